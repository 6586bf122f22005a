package form

import (
	"errors"

	"sluice/runtime/expr"
	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/runtime/rule"
)

// settle brings visibility, defaults and computed values into order: one pass,
// each node after all it reads.
func (r *run) settle() {
	for _, s := range r.form.order {
		r.places(r.form.node(s), settleOne)
	}
}

func settleOne(r *run, n *node, p place) {
	v := n.values(p.row)
	if n.visible != nil && !holds(n.visible, p, r.env) {
		clear(v)
		return
	}
	if n.computed() {
		r.compute(n, p)
		return
	}
	if !r.new && (!r.edit || p.parent == nil || p.before != nil) || !field.AllEmpty(v) {
		return
	}
	if n.fallback != nil {
		copy(v, n.fallback)
		return
	}
	if n.formula == nil {
		return
	}
	d, problem := r.evaluate(n, p)
	if problem != nil {
		r.complain(n.at(p.line), problem.Code, problem.Params)
		return
	}
	if !d.Empty() {
		v[0] = d
		r.derive(n)
	}
}

// compute gives a computed field its value. Input for it must be that value or,
// in an edit, the one that was stored.
func (r *run) compute(n *node, p place) {
	v := &p.row[n.slot]
	given := *v
	d, problem := r.evaluate(n, p)
	if problem != nil {
		*v = fact.Value{}
		r.complain(n.at(p.line), problem.Code, problem.Params)
		return
	}
	*v = d
	if given.Empty() || same(&given, &d) || p.before != nil && same(&given, &p.before[n.slot]) {
		return
	}
	r.complain(n.at(p.line), "read_only", nil)
}

// derive remembers that a value came of a default formula.
func (r *run) derive(n *node) {
	for _, s := range r.derived {
		if r.form.node(s) == n {
			return
		}
	}
	for _, s := range r.form.order {
		if r.form.node(s) == n {
			r.derived = append(r.derived, s)
			return
		}
	}
}

// maxComputedText is the longest computed text, in bytes.
const maxComputedText = 4 * field.MaxLongText

// evaluate returns the value of the node's formula as the field can hold it.
func (r *run) evaluate(n *node, p place) (fact.Value, *fact.Problem) {
	v, problem := evaluate(n.formula, p, r.env)
	if problem != nil || v.Empty() {
		return fact.Value{}, problem
	}
	switch v.Kind() {
	case fact.Number:
		d, ok := fit(v.Number(), n.scale)
		if !ok {
			return fact.Value{}, &fact.Problem{Code: "number_overflow", Params: map[string]any{"digits": field.MaxDigits}}
		}
		return fact.OfNumber(d), nil
	case fact.Text:
		if len(v.Text()) > maxComputedText {
			return fact.Value{}, &fact.Problem{Code: "too_long", Params: map[string]any{"max": field.MaxLongText}}
		}
	}
	return v, nil
}

// evaluate runs a formula for a record or for a line with its record.
func evaluate(f *expr.Formula, p place, env *fact.Env) (fact.Value, *fact.Problem) {
	v, err := f.Eval(p.row, p.parent, env)
	if err == nil {
		return v, nil
	}
	var problem fact.Problem
	if errors.As(err, &problem) {
		return fact.Value{}, &problem
	}
	return fact.Value{}, &fact.Problem{Code: "internal", Params: map[string]any{"id": err.Error()}}
}

// holds asks a condition about a record or about a line with its record; no condition does not hold.
func holds(c *rule.Cond, p place, env *fact.Env) bool {
	if c == nil {
		return false
	}
	if p.parent != nil {
		return c.HoldsLine(p.row, p.parent, env)
	}
	return c.Holds(p.row, env)
}
