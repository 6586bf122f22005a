package form

import (
	"slices"
	"time"

	"sluice/runtime/fact"
	"sluice/runtime/field"
)

// Submit checks a new record's input (a JSON object of values by field id) and
// completes it. The problems' places are within the input. The row's system
// values are those of env ($created, $updated, $entered, $createdBy); see Fill for the
// rest. acc nil is the access of those who may do everything. A new record that
// none of the actor's entries lets him create is role_denied.
func (f *Form) Submit(input []byte, acc *Access, env *fact.Env) (*Entry, []fact.Problem) {
	r := f.begin(acc, env)
	defer r.end()
	r.new = true
	r.row = make(fact.Row, len(f.Shape.Slots))
	r.stamp()
	if _, problems := r.read(f.submit, input, r.row, false); problems != nil {
		return nil, problems
	}
	r.inspect(nil)
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	r.decide()
	if !anyHolds(r.acc.creates, r.row, r.env) {
		r.complain("", "role_denied", nil)
	}
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return &Entry{Row: r.row, form: f, new: true}, nil
}

// stamp gives a new record the system values that are known before it is stored.
func (r *run) stamp() {
	if !r.env.Now.IsZero() {
		now := fact.OfTime(r.env.Now.UnixMilli())
		for _, slot := range [...]int{sysEntered, sysCreated, sysUpdated} {
			r.row[r.form.system+slot] = now
		}
	}
	if r.env.Actor.ID != "" {
		r.row[r.form.system+sysCreatedBy] = fact.OfText(r.env.Actor.ID)
	}
}

// inspect says of single values what the schema cannot. With touched not nil,
// only fields that it marks are looked at.
func (r *run) inspect(touched []bool) {
	r.input = true
	defer func() { r.input = false }()
	for _, s := range r.form.inspected {
		if touched == nil || touched[s.field] {
			r.places(r.form.node(s), inspectOne)
		}
	}
}

func inspectOne(r *run, n *node, p place) {
	v := n.values(p.row)
	if field.AllEmpty(v) {
		return
	}
	if part, code, params := n.typ.Check(n.def, v); code != "" {
		r.complain(n.at(p.line)+part, code, params)
	}
	if len(n.off) == 0 || !r.input {
		return
	}
	var had *fact.Value
	if p.before != nil {
		had = &p.before[n.slot]
	}
	if at, ok := n.offAt(&v[0], had); ok {
		r.complain(n.at(p.line)+at, "not_option", map[string]any{"options": n.offered()})
	}
}

// offAt returns the place, within the value, of the first option that is no
// longer offered and was not stored before.
func (n *node) offAt(v, had *fact.Value) (at string, ok bool) {
	if v.Kind() == fact.Text {
		return "", slices.Contains(n.off, v.Text()) && (had == nil || had.Text() != v.Text())
	}
	for i, id := range v.List() {
		if slices.Contains(n.off, id) && (had == nil || !slices.Contains(had.List(), id)) {
			return "/" + itoa(i), true
		}
	}
	return "", false
}

func (n *node) offered() []string {
	var ids []string
	for i := range n.def.Options {
		if !n.def.Options[i].Off {
			ids = append(ids, n.def.Options[i].ID)
		}
	}
	return ids
}

// Fill writes a record's own values into the system slots of a row, and its
// serial number into the slot of the serial field.
func (f *Form) Fill(row fact.Row, rec *fact.Record) {
	no := fact.OfText(f.No(rec))
	s := row[f.system:]
	s[sysID], s[sysNo], s[sysState] = fact.OfText(rec.ID), no, fact.OfText(rec.State)
	s[sysEntered], s[sysCreated] = instant(rec.Entered), instant(rec.Created)
	s[sysCreatedBy], s[sysUpdated] = fact.OfText(rec.CreatedBy), instant(rec.Updated)
	if f.serial >= 0 {
		row[f.fields[f.serial].slot] = no
	}
}

func instant(t time.Time) fact.Value {
	if t.IsZero() {
		return fact.Value{}
	}
	return fact.OfTime(t.UnixMilli())
}
