package form

import (
	"strconv"
	"strings"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/schemas"
)

// read checks a document against a schema and fills the row. It returns the
// document without empty values when it had to be read in that form.
func (r *run) read(c *schemas.Checker, doc []byte, row fact.Row, patch bool) ([]byte, []fact.Problem) {
	f := r.form
	if len(doc) > largeDoc {
		var problems []fact.Problem
		if doc, problems = f.readLarge(c, doc, patch); problems != nil {
			return nil, problems
		}
	}
	doc, problems := f.examine(doc, patch, func(doc []byte) []fact.Problem {
		r.fill.start(f, row, doc)
		return c.Check(doc, &r.fill)
	})
	if problems != nil {
		return nil, problems
	}
	r.problems = append(r.problems, r.fill.faults...)
	return doc, nil
}

// examine checks a document, and when it is not in order checks it again
// without its empty values. It returns the document that is in order.
func (f *Form) examine(doc []byte, patch bool, check func([]byte) []fact.Problem) ([]byte, []fact.Problem) {
	problems := check(doc)
	if problems == nil {
		return doc, nil
	}
	if schemas.Guard(doc, inputLimits) != nil {
		return nil, problems
	}
	bare, changed := f.withoutEmpty(doc, patch)
	if changed {
		problems = check(bare)
	}
	return bare, f.worded(problems)
}

// worded bounds the list of problems and speaks of lines where the schema speaks of items.
func (f *Form) worded(problems []fact.Problem) []fact.Problem {
	if len(problems) > maxProblems {
		problems = problems[:maxProblems]
	}
	for i := range problems {
		p := &problems[i]
		if strings.Count(p.Path, "/") != 1 {
			continue
		}
		if n := find(f.fields, p.Path[1:]); n == nil || n.columns == nil {
			continue
		}
		switch p.Code {
		case "too_few_items":
			p.Code = "too_few_rows"
		case "too_many_items":
			p.Code = "too_many_rows"
		}
	}
	return problems
}

const (
	// largeDoc is the size, in bytes, from which a document is looked at in parts first.
	largeDoc = 8 << 10
	// window is how many lines are looked at together.
	window = 200
)

// readLarge finds the problems of a large document part by part and stops at
// the first part that has any. The reference, which lists the problems, takes
// many times as long as the one pass: without this a small body full of faulty
// lines would occupy it for seconds. A document with empty values is returned without them.
func (f *Form) readLarge(c *schemas.Checker, doc []byte, patch bool) ([]byte, []fact.Problem) {
	if problems := schemas.Guard(doc, inputLimits); problems != nil {
		return nil, problems
	}
	if i := skipSpace(doc, 0); doc[i] != '{' {
		return doc, nil // refused at once
	}
	head, tails, problems := f.divide(doc)
	if problems != nil {
		return nil, problems
	}
	stripped := false
	check := func(c *schemas.Checker, part []byte, patch bool) []fact.Problem {
		used, problems := f.examine(part, patch, func(d []byte) []fact.Problem { return c.Check(d, nil) })
		stripped = stripped || len(used) > 0 && &used[0] != &part[0]
		return problems
	}
	if problems := check(c, head, patch); problems != nil {
		return nil, problems
	}
	for _, t := range tails {
		if problems := t.moved(check(f.patch, t.doc, true)); len(problems) > 0 {
			return nil, problems
		}
	}
	if stripped {
		if bare, changed := f.withoutEmpty(doc, patch); changed {
			return bare, nil
		}
	}
	return doc, nil
}

// tail is some later lines of a field, as a document of their own.
type tail struct {
	doc   []byte
	first int // number of its first line
}

// moved gives the problems of a tail their places in the whole; that it has
// fewer lines than demanded is none.
func (t *tail) moved(problems []fact.Problem) []fact.Problem {
	var out []fact.Problem
	for _, p := range problems {
		tokens := strings.SplitN(p.Path, "/", 4)
		if len(tokens) < 3 {
			continue
		}
		if i, err := strconv.Atoi(tokens[2]); err == nil {
			tokens[2] = strconv.Itoa(i + t.first)
		}
		p.Path = strings.Join(tokens, "/")
		out = append(out, p)
	}
	return out
}

// divide cuts a document after the first lines of each line field. Members that
// the form does not have and too many lines are reported here, since they can be counted.
func (f *Form) divide(doc []byte) (head []byte, tails []tail, problems []fact.Problem) {
	head = append(make([]byte, 0, largeDoc), '{')
	members(doc, func(name string, value []byte) {
		n := find(f.fields, name)
		if n == nil {
			if len(problems) < maxProblems {
				problems = append(problems, fact.Problem{Path: schemas.Pointer(name), Code: "unknown_field", Params: map[string]any{"name": name}})
			}
			return
		}
		if len(head) > 1 {
			head = append(head, ',')
		}
		head = append(head, n.key...)
		if n.def.Type != def.TypeLines || value[0] != '[' {
			head = append(head, value...)
			return
		}
		lines := items(value)
		most := field.MaxRows
		if n.def.MaxRows > 0 {
			most = n.def.MaxRows
		}
		if len(lines) > most {
			problems = append(problems, fact.Problem{Path: n.at(-1), Code: "too_many_rows", Params: map[string]any{"max": most}})
			return
		}
		first := min(len(lines), max(window, n.def.MinRows))
		head = appendList(head, lines[:first])
		for ; first < len(lines); first += window {
			part := append(append([]byte{'{'}, n.key...), appendList(nil, lines[first:min(len(lines), first+window)])...)
			tails = append(tails, tail{doc: append(part, '}'), first: first})
		}
	})
	return append(head, '}'), tails, problems
}

func appendList(dst []byte, items [][]byte) []byte {
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, item...)
	}
	return append(dst, ']')
}
