package form

import (
	"slices"
	"strconv"
	"strings"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/rule"
)

// Access is what an actor may do with the form's records. Entries add up: an
// action is allowed when one entry of the actor allows it. A field is hidden
// when every entry that lets him read hides it, locked when every entry that
// lets him create or edit locks it; hidden fields are locked too.
type Access struct {
	Create, Read, Edit, Delete bool
	Hidden, Locked             []bool // by field index
	Scope                      string // equal for actors who see the same

	scope           string // Scope without the actor
	byActor         bool   // the entries' conditions ask who the actor is
	form            *Form
	hidden, locked  *mask
	creates         []*rule.Cond // one must hold; a nil one holds always
	reads           []*rule.Cond
	edits, removals []*rule.Cond
}

// grant is a compiled def.Access.
type grant struct {
	def    *def.Access
	rows   *rule.Cond
	first  *rule.Cond // rows for a record that is being created; nil when it reads what is only known later
	actor  bool       // rows depends on who asks
	hidden *mask
	locked *mask
}

// early returns the condition unless it reads a value that a new record gets
// only after its input was checked.
func early(rows *rule.Cond) *rule.Cond {
	if rows == nil {
		return nil
	}
	for _, p := range rows.Reads() {
		switch p {
		case fact.PathID, fact.PathNo, fact.PathState:
			return nil
		}
	}
	return rows
}

// mask marks fields and, within line items, columns. A nil mask marks nothing.
type mask struct {
	fields []bool
	lines  []*mask // by field index
}

func newMask(nodes []node) *mask {
	m := &mask{fields: make([]bool, len(nodes)), lines: make([]*mask, len(nodes))}
	for i := range nodes {
		if nodes[i].columns != nil {
			m.lines[i] = newMask(nodes[i].columns)
		}
	}
	return m
}

func (m *mask) field(i int) bool { return m != nil && m.fields[i] }

func (m *mask) columns(i int) *mask {
	if m == nil {
		return nil
	}
	return m.lines[i]
}

// set marks a field, or a column when it is not negative.
func (m *mask) set(fieldAt, columnAt int) {
	if columnAt < 0 {
		m.fields[fieldAt] = true
	} else {
		m.lines[fieldAt].fields[columnAt] = true
	}
}

// keep leaves only the marks that both masks have.
func (m *mask) keep(o *mask) {
	for i := range m.fields {
		m.fields[i] = m.fields[i] && o.fields[i]
		if m.lines[i] == nil {
			continue
		}
		for j := range m.lines[i].fields {
			m.lines[i].fields[j] = m.lines[i].fields[j] && (o.lines[i].fields[j] || o.fields[i])
		}
	}
}

// add sets the marks of the other mask as well.
func (m *mask) add(o *mask) {
	for i := range m.fields {
		m.fields[i] = m.fields[i] || o.fields[i]
		if m.lines[i] != nil {
			m.lines[i].add(o.lines[i])
		}
	}
}

// intersect returns the marks that all have; none of none.
func intersect(nodes []node, masks []*mask) *mask {
	out := newMask(nodes)
	for i, m := range masks {
		if i == 0 {
			out.add(m)
			continue
		}
		out.keep(m)
	}
	return out
}

// Access returns what an actor may do: the sum of the entries for his roles and for everybody ("*").
// It is asked for at every command and request, so the sum is made once for each set of entries.
func (f *Form) Access(actor fact.Actor) *Access {
	var applies uint64 // bit i: entry i is the actor's
	for i := range f.grants {
		if role := f.grants[i].def.Role; i < mostSummed && (role == "*" || actor.Has(role)) {
			applies |= 1 << i
		}
	}
	if len(f.grants) > mostSummed {
		return f.sum(actor)
	}
	sum, ok := f.sums.Load(applies)
	if !ok {
		sum, _ = f.sums.LoadOrStore(applies, f.sum(actor))
	}
	a := sum.(*Access)
	if !a.byActor {
		return a
	}
	own := *a
	own.Scope = a.scope + "@" + actor.ID
	return &own
}

// mostSummed is how many entries a set of entries can tell apart.
const mostSummed = 64

// sum adds up the entries that apply to an actor.
func (f *Form) sum(actor fact.Actor) *Access {
	a := &Access{form: f}
	var hidden, locked []*mask
	var scope strings.Builder
	for i := range f.grants {
		g := &f.grants[i]
		if g.def.Role != "*" && !actor.Has(g.def.Role) {
			continue
		}
		if g.def.Create {
			a.Create = true
			a.creates = append(a.creates, g.first)
		}
		if g.def.Read {
			a.Read = true
			a.reads = append(a.reads, g.rows)
			hidden = append(hidden, g.hidden)
			scope.WriteString(strconv.Itoa(i))
			scope.WriteByte(',')
			a.byActor = a.byActor || g.actor
		}
		if g.def.Edit {
			a.Edit = true
			a.edits = append(a.edits, g.rows)
		}
		if g.def.Delete {
			a.Delete = true
			a.removals = append(a.removals, g.rows)
		}
		if g.def.Create || g.def.Edit {
			locked = append(locked, g.locked)
		}
	}
	a.hidden, a.locked = intersect(f.fields, hidden), intersect(f.fields, locked)
	if len(hidden) > 0 {
		a.locked.add(a.hidden)
	}
	a.Hidden, a.Locked = a.hidden.fields, a.locked.fields
	a.scope = scope.String()
	a.Scope = a.scope
	if a.byActor {
		a.Scope += "@" + actor.ID
	}
	return a
}

// Full returns the access of those who may do everything: timers, connectors, the operator.
func (f *Form) Full() *Access { return f.full }

func newFull(f *Form) *Access {
	none := newMask(f.fields)
	all := []*rule.Cond{nil}
	return &Access{
		Create: true, Read: true, Edit: true, Delete: true, Scope: "*",
		Hidden: none.fields, Locked: none.fields, form: f, hidden: none, locked: none, creates: all, reads: all, edits: all, removals: all,
	}
}

// Sees reports whether a record is among those the actor may read.
func (a *Access) Sees(row fact.Row, env *fact.Env) bool { return anyHolds(a.reads, row, env) }

// Restricted reports whether the actor may read only some of the records.
func (a *Access) Restricted() bool { return !slices.Contains(a.reads, nil) }

// Edits reports whether a record is among those the actor may edit.
func (a *Access) Edits(row fact.Row, env *fact.Env) bool { return anyHolds(a.edits, row, env) }

// Deletes reports whether a record is among those the actor may delete.
func (a *Access) Deletes(row fact.Row, env *fact.Env) bool { return anyHolds(a.removals, row, env) }

func anyHolds(conds []*rule.Cond, row fact.Row, env *fact.Env) bool {
	for _, c := range conds {
		if c == nil || c.Holds(row, env) {
			return true
		}
	}
	return false
}

// Hides reports whether a path is not shown to the actor: "cost",
// "address.city", "lines.cost". System values are always shown; what the form does not have never is.
func (a *Access) Hides(path string) bool {
	if strings.HasPrefix(path, "$") {
		return false
	}
	i, j := locate(a.form.fields, path)
	if i < 0 {
		return true
	}
	return a.hidden.field(i) || j >= 0 && a.hidden.lines[i].fields[j]
}
