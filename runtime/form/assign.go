package form

import (
	"slices"
	"strings"

	"sluice/runtime/fact"
	"sluice/runtime/field"
)

// Assign sets values that rules or chains decide, settles the entry again and
// checks it: the assigned values by the schema, what is required, and the
// checks; read-only fields may be set, computed ones not. With problems the
// entry is of no further use.
func (f *Form) Assign(e *Entry, set []Assign, env *fact.Env) []fact.Problem {
	r := f.begin(nil, env)
	defer r.end()
	r.row, r.new = e.Row, e.new
	e.data = nil
	for _, a := range set {
		for i := range f.fields {
			n := &f.fields[i]
			if a.Slot < n.slot || a.Slot >= n.slot+n.width || n.computed() {
				continue
			}
			r.row[a.Slot] = a.Value
			r.derived = append(r.derived, step{i, -1})
		}
	}
	for i := range f.fields {
		n := &f.fields[i]
		if n.computed() {
			r.row[n.slot] = fact.Value{}
		}
		if n.columns != nil {
			r.ownLines(n)
		}
	}
	r.settle()
	for _, s := range f.demanding {
		r.places(f.node(s), demand)
	}
	r.check()
	if len(r.problems) == 0 {
		r.recheck(r.derived)
	}
	return r.problems
}

// ownLines gives the entry lines of its own, with the computed columns cleared:
// those it has may be the stored record's.
func (r *run) ownLines(n *node) {
	shared := r.row[n.slot].Rows()
	if len(shared) == 0 {
		return
	}
	rows := make([]fact.Row, len(shared))
	for i := range shared {
		rows[i] = slices.Clone(shared[i])
		clearComputed(n.columns, rows[i])
	}
	r.row[n.slot] = fact.OfRows(rows)
}

// recheck asks the schema about values that were not input: those of default
// formulas, rules and chains. Of line items only the named columns count.
func (r *run) recheck(steps []step) {
	f := r.form
	problems := f.patch.Check(r.appendSteps(nil, steps), nil)
	for _, p := range f.worded(problems) {
		tokens := strings.Split(p.Path, "/")
		for _, s := range steps {
			n := &f.fields[s.field]
			if len(tokens) < 2 || tokens[1] != n.def.ID {
				continue
			}
			if s.column < 0 || len(tokens) > 3 && tokens[3] == n.columns[s.column].def.ID {
				r.problems = append(r.problems, p)
				break
			}
		}
	}
	for _, s := range steps {
		r.places(f.node(s), inspectOne)
	}
}

// appendSteps writes an object of the fields that the steps are about.
func (r *run) appendSteps(dst []byte, steps []step) []byte {
	dst = append(dst, '{')
	for i := range r.form.fields {
		n := &r.form.fields[i]
		about := slices.ContainsFunc(steps, func(s step) bool { return s.field == i })
		if !about || field.AllEmpty(n.values(r.row)) {
			continue
		}
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = n.append(append(dst, n.key...), r.row, nil)
	}
	return append(dst, '}')
}
