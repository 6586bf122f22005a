package rule

import (
	"slices"
	"strings"

	"sluice/runtime/expr"
	"sluice/runtime/fact"
	"sluice/schemas"
)

// Outcome is what a rule decides about one record. The caller keeps it from
// decision to decision, so that its slices are used again.
type Outcome struct {
	Hits    []Hit         // the rows that hold, in the rule's order; with policy first at most one
	Set     []Assign      // in the order of the rule's outputs; with several hits (collect) one for each output
	Refuse  *fact.Problem // not nil: the command is refused (rule_not_unique, rule_no_match, rule_refused with the rule's own message, or a formula's problem); Set is empty then
	NoMatch bool          // no row holds; Set then has what the rule says for that case
}

// Hit is a row that holds.
type Hit struct {
	Row   string // its id
	Index int    // in the rule's rows
}

// Assign is a value for a field of the record. An empty value clears it.
type Assign struct {
	Path  string
	Slot  int // in the record's shape
	Value fact.Value
}

func (o *Outcome) reset() {
	o.Hits, o.Set, o.Refuse, o.NoMatch = o.Hits[:0], o.Set[:0], nil, false
}

// Decide fills out with what the rule says about a record. env must not be nil.
// It does not allocate, except to collect lists, to evaluate formulas that make
// texts and to refuse.
func (t *Table) Decide(row fact.Row, env *fact.Env, out *Outcome) {
	out.reset()
	if len(t.rows) <= scanned {
		var few [scanned]int32
		t.settle(out, t.scan(few[:0], row, env), row, env)
		return
	}
	s := t.find(row, env)
	t.settle(out, s.hits, row, env)
	t.scratch.Put(s)
}

// settle fills out with what the rows that hold say.
func (t *Table) settle(out *Outcome, hits []int32, row fact.Row, env *fact.Env) {
	for _, k := range hits {
		r := &t.rows[k]
		out.Hits = append(out.Hits, Hit{Row: r.id, Index: r.index})
	}
	switch {
	case len(hits) == 0:
		out.NoMatch, out.Refuse = true, t.refuse
		if t.refuse == nil {
			t.set(out, t.noMatch, row, env)
		}
	case t.unique && len(hits) > 1:
		out.Refuse = t.notUnique(hits)
	case t.collect:
		t.gather(out, hits, row, env)
	default:
		t.set(out, t.rows[hits[0]].terms, row, env)
	}
}

func (t *Table) notUnique(hits []int32) *fact.Problem {
	ids, names := make([]string, len(hits)), make([]any, len(hits))
	for i, k := range hits {
		ids[i], names[i] = t.rows[k].id, called(t.rows[k].source.Name, t.rows[k].id)
	}
	return &fact.Problem{Code: "rule_not_unique", Params: map[string]any{
		"rule": called(t.src.Name, t.id), "ruleId": t.id, "rows": names, "rowIds": ids,
	}}
}

// called is what people call something: its name, else its id.
func called(name fact.Label, id string) fact.Label {
	if name == (fact.Label{}) {
		return fact.Label{Zh: id, En: id}
	}
	return name
}

func (t *Table) set(out *Outcome, terms []term, row fact.Row, env *fact.Env) {
	for i := range terms {
		v, ok := t.result(out, &terms[i], row, env)
		if !ok {
			return
		}
		o := &t.outputs[terms[i].output]
		out.Set = append(out.Set, Assign{Path: o.path, Slot: o.i, Value: v})
	}
}

// result evaluates a term; a formula's problem refuses the command.
func (t *Table) result(out *Outcome, d *term, row fact.Row, env *fact.Env) (fact.Value, bool) {
	if d.formula == nil {
		return d.value, true
	}
	v, err := d.formula.Eval(row, nil, env)
	if err == nil {
		return v, true
	}
	p, _ := expr.AsProblem(err)
	var tokens []any
	for part := range strings.SplitSeq(t.outputs[d.output].path, ".") {
		tokens = append(tokens, part)
	}
	p.Path = schemas.Pointer(tokens...)
	p.Params["ruleId"] = t.id
	out.Refuse, out.Set = &p, out.Set[:0]
	return v, false
}

// gather makes one list for each output of what all rows say, each text once.
func (t *Table) gather(out *Outcome, hits []int32, row fact.Row, env *fact.Env) {
	for k := range t.outputs {
		var items []string
		for _, h := range hits {
			terms := t.rows[h].terms
			for i := range terms {
				if terms[i].output != k {
					continue
				}
				v, ok := t.result(out, &terms[i], row, env)
				if !ok {
					return
				}
				items = appendNew(items, v.List()...)
				if v.Text() != "" {
					items = appendNew(items, v.Text())
				}
			}
		}
		o := &t.outputs[k]
		out.Set = append(out.Set, Assign{Path: o.path, Slot: o.i, Value: fact.OfList(items)})
	}
}

func appendNew(items []string, more ...string) []string {
	for _, s := range more {
		if !slices.Contains(items, s) {
			items = append(items, s)
		}
	}
	return items
}
