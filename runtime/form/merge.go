package form

import (
	"slices"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/field"
)

// Merge applies a JSON Merge Patch (RFC 7396) to a record's values, with the
// same checks as Submit: members of the patch replace stored ones, null (and ""
// and []) removes them, the parts of an address merge one by one, lists and
// line items are replaced whole. Values that the patch does not touch are not
// checked by themselves again.
//
// Lines have no ids. Each line of the patch replaces the stored line that it
// equals, else, in order, one of those left; further lines are new and get
// their defaults. Columns that the actor may not write keep the value of the
// replaced line when the patch leaves them out.
//
// A record that the actor may not edit is role_denied.
func (f *Form) Merge(rec *fact.Record, patch []byte, acc *Access, env *fact.Env) (*Entry, []fact.Problem) {
	before, err := f.Load(rec, env)
	if err != nil {
		return nil, []fact.Problem{{Code: "store_corrupt", Params: map[string]any{"form": rec.Form, "id": rec.ID}}}
	}
	r := f.begin(acc, env)
	defer r.end()
	if !r.acc.Edits(before, r.env) {
		return nil, []fact.Problem{{Code: "role_denied"}}
	}
	r.edit, r.before = true, before
	given := make(fact.Row, len(before))
	doc, problems := r.read(f.patch, patch, given, true)
	if problems != nil {
		return nil, problems
	}
	touched := r.merge(doc, given)
	r.inspect(touched)
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	r.decide()
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return &Entry{Row: r.row, form: f}, nil
}

// merge makes the row of the stored values and those given, and pairs the
// lines. It returns which fields the patch has.
func (r *run) merge(doc []byte, given fact.Row) []bool {
	f := r.form
	r.row = slices.Clone(r.before)
	r.twins = map[*node][]fact.Row{}
	touched := make([]bool, len(f.fields))
	members(doc, func(name string, value []byte) {
		for i := range f.fields {
			if f.fields[i].def.ID == name {
				touched[i] = true
				r.take(&f.fields[i], given, string(value) == "null")
			}
		}
	})
	for i := range f.fields {
		n := &f.fields[i]
		switch {
		case n.computed() && !touched[i]:
			r.row[n.slot] = fact.Value{}
		case n.columns != nil && touched[i]:
			r.pair(i, n)
		case n.columns != nil:
			r.keepLines(n)
		}
	}
	return touched
}

// take puts the given value of a field into the row.
func (r *run) take(n *node, given fact.Row, null bool) {
	if n.def.Type != def.TypeAddress || null {
		copy(n.values(r.row), n.values(given))
		return
	}
	for slot := n.slot; slot < n.slot+n.width; slot++ {
		if r.fill.touched[slot] {
			r.row[slot] = given[slot]
		}
	}
}

// keepLines copies lines that the patch leaves alone: their computed columns are
// computed again, since they may read the record.
func (r *run) keepLines(n *node) {
	r.twins[n] = r.before[n.slot].Rows()
	r.ownLines(n)
}

func clearComputed(nodes []node, row fact.Row) {
	for i := range nodes {
		if nodes[i].computed() {
			row[nodes[i].slot] = fact.Value{}
		}
	}
}

// pair finds for each given line the stored line that it replaces: an equal one
// first, then those left in order. What the actor may not write is then taken
// over where it is left out.
func (r *run) pair(at int, n *node) {
	stored, given := r.before[n.slot].Rows(), r.row[n.slot].Rows()
	twins := make([]fact.Row, len(given))
	fixed := r.fixedColumns(at, n)
	byKey := map[string][]int{}
	for i, line := range stored {
		key := lineKey(n, line, fixed)
		byKey[key] = append(byKey[key], i)
	}
	used := make([]bool, len(stored))
	for i, line := range given {
		key := lineKey(n, line, fixed)
		if left := byKey[key]; len(left) > 0 {
			twins[i], used[left[0]] = stored[left[0]], true
			byKey[key] = left[1:]
		}
	}
	next := 0
	for i := range given {
		if twins[i] == nil {
			for next < len(stored) && used[next] {
				next++
			}
			if next == len(stored) {
				break
			}
			twins[i], used[next] = stored[next], true
		}
	}
	for i, twin := range twins {
		if twin != nil {
			restore(n, given[i], twin, fixed)
		}
	}
	r.twins[n] = twins
}

// fixedColumns are the columns that the actor may not write: read-only ones,
// and those locked or hidden.
func (r *run) fixedColumns(at int, n *node) []bool {
	fixed := make([]bool, len(n.columns))
	for j := range n.columns {
		fixed[j] = n.columns[j].def.ReadOnly || r.acc.locked.lines[at].fields[j]
	}
	return fixed
}

// lineKey is a text that is equal for lines that agree in what the actor can write.
func lineKey(n *node, line fact.Row, fixed []bool) string {
	var b []byte
	for j := range n.columns {
		c := &n.columns[j]
		if c.computed() || fixed[j] {
			continue
		}
		if v := c.values(line); !field.AllEmpty(v) {
			b = c.typ.Append(append(b, c.key...), c.def, v)
		}
	}
	return string(b)
}

func restore(n *node, line, twin fact.Row, fixed []bool) {
	for j := range n.columns {
		c := &n.columns[j]
		if fixed[j] && !c.computed() && field.AllEmpty(c.values(line)) {
			copy(c.values(line), c.values(twin))
		}
	}
}
