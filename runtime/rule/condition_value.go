package rule

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"time"

	"github.com/govalues/decimal"

	"sluice/runtime/expr"
	"sluice/runtime/fact"
	"sluice/schemas"
)

// side is the right side of a comparison: constants, or what is read anew each time.
type side struct {
	constants []fact.Value // of valueSource value: one, two (between) or the items of a list
	reads     []operand    // of the other sources: one or two
}

// operand reads a value when it is asked.
type operand func(row, up fact.Row, env *fact.Env) fact.Value

// form is how many values an operator takes on its right.
type form uint8

const (
	formNone form = iota
	formOne
	formTwo
	formMany
)

// missing reports whether a right side has not been filled in.
func missing(raw json.RawMessage) bool {
	t := bytes.TrimSpace(raw)
	return len(t) == 0 || string(t) == "null" || string(t) == `""`
}

// elements splits a right side by the operator's form, with the pointer of each.
func (b *builder) elements(raw json.RawMessage, want form, at, field string) (items []json.RawMessage, paths []string, ok bool) {
	at += "/value"
	if missing(raw) || string(bytes.TrimSpace(raw)) == "[]" {
		b.problem(at, "rule_value_missing", "field", field)
		return nil, nil, false
	}
	if want == formOne {
		return []json.RawMessage{raw}, []string{at}, true
	}
	if json.Unmarshal(raw, &items) != nil || want == formTwo && len(items) != 2 {
		b.problem(at, "rule_value", "field", field, "want", map[form]string{formTwo: "pair", formMany: "list"}[want], "value", shown(raw))
		return nil, nil, false
	}
	for i, item := range items {
		path := at + schemas.Pointer(i)
		if missing(item) {
			b.problem(path, "rule_value_missing", "field", field)
			return nil, nil, false
		}
		paths = append(paths, path)
	}
	return items, paths, true
}

// constants reads the right side of a comparison with fixed values.
func (b *builder) constants(n *cond, at string) bool {
	field := n.src.Field
	items, paths, ok := b.elements(n.src.Value, n.op.form, at, field)
	if !ok {
		return false
	}
	for i, item := range items {
		v, code := constant(n.at.slot, item)
		if code != "" {
			b.problem(paths[i], code, "field", field, "want", n.at.slot.Kind.String(), "value", shown(item))
			return false
		}
		n.side.constants = append(n.side.constants, v)
	}
	if n.op.form == formTwo {
		lo, hi := &n.side.constants[0], &n.side.constants[1]
		if lo.Kind() == hi.Kind() && expr.Compare(lo, hi, n.exact, &fact.Env{}) > 0 {
			b.problem(at+"/value", "rule_range", "field", field)
			return false
		}
	}
	return true
}

func shown(raw json.RawMessage) string {
	s := strings.Trim(string(raw), `"`)
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return s
}

// constant reads one fixed value for a slot (an item, for a list). code is the
// problem when it does not fit, "" otherwise.
func constant(s *fact.Slot, raw json.RawMessage) (v fact.Value, code string) {
	raw = bytes.TrimSpace(raw)
	switch s.Kind {
	case fact.Bool:
		if string(raw) == "true" || string(raw) == "false" {
			return fact.OfBool(string(raw) == "true"), ""
		}
		return v, "rule_value"
	case fact.Number:
		d, ok := number(raw)
		if !ok {
			return v, "rule_value"
		}
		return fact.OfNumber(d), ""
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return v, "rule_value"
	}
	switch s.Kind {
	case fact.Text, fact.List:
		if s.Enum != nil && !isOption(s, text) {
			return v, "rule_option"
		}
		return fact.OfText(text), ""
	case fact.Date, fact.Time:
		if v, ok := moment(text); ok {
			return v, ""
		}
	}
	return v, "rule_value"
}

func isOption(s *fact.Slot, text string) bool {
	for _, id := range s.Enum {
		if id == text {
			return true
		}
	}
	return false
}

// number reads a JSON number that a decimal holds exactly.
func number(raw json.RawMessage) (fact.Decimal, bool) {
	if len(raw) == 0 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return fact.Decimal{}, false
	}
	d, err := decimal.Parse(string(raw))
	if err != nil {
		return d, false
	}
	exact, ok := new(big.Rat).SetString(string(raw)) // Parse bounded the exponent
	kept, _ := new(big.Rat).SetString(d.String())
	return d.Trim(0), ok && exact.Cmp(kept) == 0
}

// moment reads a date or an instant.
func moment(text string) (fact.Value, bool) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return fact.OfDate(t.Unix() / 86400), t.Year() >= 1
	}
	t, err := time.Parse(time.RFC3339, text)
	year := t.UTC().Year()
	return fact.OfTime(t.UnixMilli()), err == nil && year >= 1 && year <= 9999
}

// dynamic reads the right side of a comparison with another field or a formula.
func (b *builder) dynamic(n *cond, sc scope, at string) bool {
	want := n.op.form
	if want == formMany { // one path or formula that gives a list
		want = formOne
	}
	items, paths, ok := b.elements(n.src.Value, want, at, n.src.Field)
	if !ok {
		return false
	}
	for i, item := range items {
		var text string
		if json.Unmarshal(item, &text) != nil {
			b.problem(paths[i], "rule_value", "field", n.src.Field, "want", "text", "value", shown(item))
			return false
		}
		read, kind, exact, found := b.source(n, sc, text, paths[i])
		if !found {
			return false
		}
		if !n.op.accepts(n.at.slot.Kind, kind) {
			b.problem(paths[i], "rule_value", "field", n.src.Field, "want", n.op.wanted(n.at.slot.Kind).String(), "value", text)
			return false
		}
		n.exact = n.exact || exact
		n.side.reads = append(n.side.reads, read)
	}
	return true
}

// source returns what reads another field or a formula, with its kind.
func (b *builder) source(n *cond, sc scope, text, at string) (read operand, kind fact.Kind, exact, ok bool) {
	if n.src.ValueSource == "field" {
		p, found := b.find(text, sc)
		if !found {
			b.problem(at, "rule_unknown_field", "field", text)
			return nil, 0, false, false
		}
		n.name(text, p.slot)
		return func(row, up fact.Row, _ *fact.Env) fact.Value { return *p.value(row, up) }, p.slot.Kind, p.exact(), true
	}
	f, problems := expr.Compile(text, sc.shape)
	if f == nil {
		for _, p := range problems {
			b.problems = append(b.problems, p.At(at))
		}
		return nil, 0, false, false
	}
	for _, path := range f.Reads() {
		if rest, found := strings.CutPrefix(path, "parent."); found && sc.shape.Parent != nil {
			b.reads[sc.outer+rest] = true
		} else {
			b.reads[sc.own+path] = true
		}
	}
	return func(row, up fact.Row, env *fact.Env) fact.Value {
		v, err := f.Eval(row, up, env)
		if err != nil { // a formula with a problem counts as empty
			return fact.Value{}
		}
		return v
	}, f.Kind(), f.Exact(), true
}

// name remembers what people call the fields that a comparison reads on its right.
func (n *cond) name(path string, s *fact.Slot) {
	if n.names == nil {
		n.names = map[string]fact.Label{}
	}
	label := s.Name
	if label == (fact.Label{}) {
		label = fact.Label{Zh: s.Path, En: s.Path}
	}
	n.names[path] = label
}
