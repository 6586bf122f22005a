package form

import (
	"sync"

	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/schemas"
)

// maxProblems is how many problems one answer carries.
const maxProblems = 100

// run is one check of one record. Runs are used again; what an Entry keeps (row,
// texts) is never theirs.
type run struct {
	form   *Form
	env    *fact.Env
	acc    *Access
	row    fact.Row
	before fact.Row             // the stored values in an edit; nil on submission and when rules assign
	twins  map[*node][]fact.Row // in an edit, by line field: for each line the stored line it replaces, nil for a new one
	new    bool                 // defaults apply
	edit   bool                 // only changes are guarded
	input  bool                 // the values being looked at were given: options that are off are refused

	fill     filler
	problems []fact.Problem
	derived  []step // whose values came of a default formula: to be checked like input
}

var runs = sync.Pool{New: func() any { return &run{} }}

func (f *Form) begin(acc *Access, env *fact.Env) *run {
	r, _ := runs.Get().(*run)
	if acc == nil {
		acc = f.full
	}
	if env == nil {
		env = &fact.Env{}
	}
	r.form, r.acc, r.env = f, acc, env
	return r
}

// end gives the run back. The problems have been handed out with take.
func (r *run) end() {
	r.fill.release()
	fill, derived := r.fill, r.derived[:0]
	*r = run{fill: fill, derived: derived}
	runs.Put(r)
}

func (r *run) complain(path, code string, params map[string]any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, fact.Problem{Path: path, Code: code, Params: params})
	}
}

// node returns the node of a step.
func (f *Form) node(s step) *node {
	n := &f.fields[s.field]
	if s.column >= 0 {
		return &n.columns[s.column]
	}
	return n
}

// place is where a node's value stands: in the record (line -1) or in one of its lines.
type place struct {
	row    fact.Row
	parent fact.Row // of a line: the record
	before fact.Row // what was there: the stored record or line, nil when new
	line   int
}

// places calls visit wherever the node has a value: once, or for each line.
func (r *run) places(n *node, visit func(*run, *node, place)) {
	if n.parent == nil {
		visit(r, n, place{row: r.row, before: r.before, line: -1})
		return
	}
	twins := r.twins[n.parent]
	for i, line := range r.row[n.parent.slot].Rows() {
		p := place{row: line, parent: r.row, line: i}
		if i < len(twins) {
			p.before = twins[i]
		}
		visit(r, n, p)
	}
}

// decide is stage 2: it settles, demands, guards and checks.
func (r *run) decide() {
	r.settle()
	f := r.form
	for _, s := range f.demanding {
		r.places(f.node(s), demand)
	}
	r.guard()
	r.check()
	if len(r.problems) == 0 && len(r.derived) > 0 {
		r.recheck(r.derived)
	}
}

// demand reports a value that must be there and is not.
func demand(r *run, n *node, p place) {
	if !field.AllEmpty(n.values(p.row)) || !r.visible(n, p) {
		return
	}
	if !n.def.Required && !holds(n.required, p, r.env) {
		return
	}
	if n.readOnly != nil && holds(n.readOnly, p, r.env) {
		return
	}
	r.complain(n.at(p.line), "required", nil)
}

func (r *run) visible(n *node, p place) bool {
	return n.visible == nil || holds(n.visible, p, r.env)
}

// guard reports values that the actor may not give.
func (r *run) guard() {
	f := r.form
	if f.serial >= 0 {
		r.guardSerial(&f.fields[f.serial])
	}
	for _, s := range f.guarded {
		r.places(f.node(s), guardReadOnly)
	}
	if r.acc.locked == f.full.locked {
		return
	}
	for i := range f.fields {
		n := &f.fields[i]
		if r.acc.locked.fields[i] {
			r.places(n, guardLocked)
			continue
		}
		for j := range n.columns {
			if r.acc.locked.lines[i].fields[j] {
				r.places(&n.columns[j], guardLocked)
			}
		}
	}
}

// guardSerial refuses a serial number in the input unless it is the record's own.
func (r *run) guardSerial(n *node) {
	v := &r.row[n.slot]
	if r.edit && v.Text() == r.before[n.slot].Text() {
		return
	}
	if !v.Empty() {
		r.complain(n.at(-1), "read_only", nil)
	}
}

func guardReadOnly(r *run, n *node, p place) {
	if (n.def.ReadOnly || holds(n.readOnly, p, r.env)) && r.given(n, p) {
		r.complain(n.at(p.line), "read_only", nil)
	}
}

func guardLocked(r *run, n *node, p place) {
	if n.computed() || n.def.ReadOnly || n.readOnly != nil && holds(n.readOnly, p, r.env) {
		return // said already
	}
	if r.given(n, p) {
		r.complain(n.at(p.line), "field_denied", map[string]any{"field": n.def.Name})
	}
}

// given reports whether the value is one that somebody chose: not the stored
// one in an edit, not the default otherwise.
func (r *run) given(n *node, p place) bool {
	v := n.values(p.row)
	if p.before != nil {
		return !sameAll(v, n.values(p.before)) && (!field.AllEmpty(v) || r.visible(n, p))
	}
	switch {
	case field.AllEmpty(v):
		return false
	case n.fallback != nil:
		return !sameAll(v, n.fallback)
	case n.formula != nil && !n.computed():
		d, problem := r.evaluate(n, p)
		return problem != nil || !same(&v[0], &d)
	default:
		return true
	}
}

// check evaluates the checks of the lines and of the record.
func (r *run) check() {
	for i := range r.form.fields {
		n := &r.form.fields[i]
		if len(n.checks) == 0 {
			continue
		}
		for j, line := range r.row[n.slot].Rows() {
			p := place{row: line, parent: r.row, line: j}
			for k := range n.checks {
				r.checkOne(&n.checks[k], p, n)
			}
		}
	}
	for k := range r.form.checks {
		r.checkOne(&r.form.checks[k], place{row: r.row, line: -1}, nil)
	}
}

// checkOne evaluates a check of the record or, with lines not nil, of a line of that field.
func (r *run) checkOne(c *check, p place, lines *node) {
	if c.formula == nil {
		if !holds(c.holds, p, r.env) {
			r.complain(c.at(p, lines), "check_failed", c.params())
		}
		return
	}
	v, problem := evaluate(c.formula, p, r.env)
	switch {
	case problem != nil:
		r.complain(c.at(p, lines), problem.Code, problem.Params)
	case !v.Empty() && !v.Bool():
		r.complain(c.at(p, lines), "check_failed", c.params())
	}
}

// at is the place at which a check's message is shown.
func (c *check) at(p place, lines *node) string {
	at := ""
	if lines != nil {
		at = schemas.Pointer(lines.def.ID, p.line)
	}
	if c.def.At != "" {
		at += "/" + c.def.At
	}
	return at
}

// params carries the author's sentence: message is what errors.json shows.
func (c *check) params() map[string]any {
	m := c.def.Message
	return map[string]any{"check": c.def.ID, "message": m, "zh": m.In("zh"), "en": m.In("en")}
}
