package rule

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"sluice/runtime/expr"
	"sluice/runtime/fact"
)

// Explanation says why a row of a rule held for a record. It stays readable
// without the rule: the record's history keeps it.
type Explanation struct {
	Rule    string   `json:"rule"`
	Row     string   `json:"row"`
	Because []Reason `json:"because,omitempty"` // what the row asked for and the record had
	Zh      string   `json:"zh"`                // the row as a sentence
	En      string   `json:"en"`
}

// Reason is one comparison of the row that held.
type Reason struct {
	Path     string          `json:"path"` // "grade"; for the first line that satisfies a match "lines.2.brand" (from 0); else "lines"
	Operator string          `json:"operator"`
	Want     json.RawMessage `json:"want,omitempty"` // as in the condition; of a field, a formula or the actor: their value; of a match that counts lines: its threshold
	Got      json.RawMessage `json:"got"`            // the record's value, null when it is empty; of a match that counts lines: how many satisfy it
}

// Explain says why the row of a hit held. It asks the record again, so row and
// env must be those of the decision.
func (t *Table) Explain(hit Hit, row fact.Row, env *fact.Env) Explanation {
	e := Explanation{Rule: t.id, Row: hit.Row}
	if k, ok := t.rowAt(hit.Index); ok {
		w := witness{env: env}
		w.reasons(t.rows[k].when, row, nil, "")
		e.Because = w.found
		said := t.sentences(k)
		e.Zh, e.En = said[0], said[1]
	}
	return e
}

// rowAt finds a row by its index in the rule; rows that are switched off are not there.
func (t *Table) rowAt(index int) (int, bool) {
	return slices.BinarySearchFunc(t.rows, index, func(r tableRow, i int) int { return r.index - i })
}

// sentences returns a row in both languages; they are made once.
func (t *Table) sentences(k int) *[2]string {
	if s := t.said[k].Load(); s != nil {
		return s
	}
	s := &[2]string{t.rowSentence(&t.rows[k], "zh"), t.rowSentence(&t.rows[k], "en")}
	t.said[k].Store(s)
	return s
}

// Sentence returns a row of the rule in words, by its index in the rule's rows;
// "" for a row that is switched off. lang is "zh" or "en".
func (t *Table) Sentence(index int, lang string) string {
	k, ok := t.rowAt(index)
	switch {
	case !ok:
		return ""
	case lang == "en":
		return t.sentences(k)[1]
	}
	return t.sentences(k)[0]
}

func (t *Table) rowSentence(r *tableRow, lang tongue) string {
	sets := make([]string, len(r.terms))
	for i := range r.terms {
		d := &r.terms[i]
		slot := t.outputs[d.output].slot
		what := said(&d.value, slot, lang)
		if d.formula != nil {
			what = lang.pick("公式「"+d.formula.Source()+"」的结果", "the result of `"+d.formula.Source()+"`")
		}
		sets[i] = slotName(slot, lang) + lang.pick("设为", " becomes ") + strings.TrimSpace(what)
	}
	s := lang.pick("若", "If ") + sentence(r.when, lang)
	if len(r.when.kids) == 0 && r.when.src.IsGroup() && !r.when.or && !r.when.not {
		s = lang.pick("任何情况下", "In any case")
	}
	s += lang.pick("，则", ", then ") + strings.Join(sets, lang.pick("，", ", "))
	if name := r.source.Name.In(string(lang)); name != "" {
		s = name + lang.pick("：", ": ") + s
	}
	return s
}

// witness gathers the comparisons that made a condition hold.
type witness struct {
	env   *fact.Env
	found []Reason
}

func (w *witness) reasons(n *cond, row, up fact.Row, prefix string) {
	switch {
	case n.match != nil:
		w.lines(n, row, up, prefix)
	case n.src.IsGroup():
		for _, k := range n.kids {
			if n.or && !n.not {
				if !k.holds(row, up, w.env) {
					continue
				}
				w.reasons(k, row, up, prefix)
				return
			}
			w.reasons(k, row, up, prefix)
		}
	default:
		w.comparison(n, row, up, prefix)
	}
}

// lines names the first line that satisfies a match, or counts the lines.
func (w *witness) lines(n *cond, row, up fact.Row, prefix string) {
	container := row
	if n.at.up {
		container = up
	}
	count := 0
	for i, line := range at(container, n.at.i, fact.Rows).Rows() {
		if !n.lines.holds(line, container, w.env) {
			continue
		}
		if n.match.Mode == "some" && !n.not {
			w.reasons(n.lines, line, container, prefix+n.at.path+"."+strconv.Itoa(i)+".")
			return
		}
		count++
	}
	want := json.RawMessage(nil)
	if strings.HasPrefix(n.match.Mode, "at") || n.match.Mode == "exactly" {
		want = json.RawMessage(strconv.Itoa(n.match.Threshold))
	}
	w.found = append(w.found, Reason{Path: prefix + n.at.path, Operator: n.match.Mode, Want: want, Got: json.RawMessage(strconv.Itoa(count))})
}

func (w *witness) comparison(n *cond, row, up fact.Row, prefix string) {
	r := Reason{Path: prefix + n.at.path, Operator: n.src.Operator, Want: n.src.Value, Got: encode(n.at.value(row, up))}
	switch {
	case n.op.form == formNone:
		r.Want = nil
	case n.src.ValueSource == "actor":
		r.Want = quoted(w.env.Actor.ID)
	case len(n.side.reads) == 1:
		v := n.side.reads[0](row, up, w.env)
		r.Want = encode(&v)
	case len(n.side.reads) == 2:
		lo, hi := n.side.reads[0](row, up, w.env), n.side.reads[1](row, up, w.env)
		r.Want = json.RawMessage("[" + string(encode(&lo)) + "," + string(encode(&hi)) + "]")
	}
	w.found = append(w.found, r)
}

// encode writes a value as JSON, as in a record's data; rows are their number.
func encode(v *fact.Value) json.RawMessage {
	switch v.Kind() {
	case fact.Text:
		return quoted(v.Text())
	case fact.Number:
		return json.RawMessage(expr.NumberText(v.Number()))
	case fact.Bool:
		return json.RawMessage(strconv.FormatBool(v.Bool()))
	case fact.Date, fact.Time:
		return quoted(momentText(v))
	case fact.List:
		b, err := json.Marshal(v.List())
		if err == nil {
			return b
		}
	case fact.Rows:
		return json.RawMessage(strconv.Itoa(len(v.Rows())))
	}
	return json.RawMessage("null")
}

func quoted(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}
