package form

import (
	"slices"
	"strconv"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/schemas"
)

func itoa(i int) string { return strconv.Itoa(i) }

// references checks what the definition names elsewhere: fields in title,
// layout, checks and indexes; rules and the chain.
func (c *compiler) references() {
	d := c.form.Def
	if d.Title != "" {
		c.slotOf("/title", d.Title)
	}
	if d.Chain != "" && c.known != nil && !c.known.Chain(d.Chain) {
		c.complain("/chain", "unknown_chain", map[string]any{"chain": d.Chain})
	}
	for i, id := range d.Rules {
		if c.known != nil && !c.known.Rule(id) {
			c.complain(schemas.Pointer("rules", i), "unknown_rule", map[string]any{"rule": id})
		}
	}
	c.layout()
	c.checksAt("/checks", d.Checks, c.form.fields)
	for i := range c.form.fields {
		n := &c.form.fields[i]
		c.checksAt(schemas.Pointer("fields", i, "checks"), n.def.Checks, n.columns)
	}
	for i := range d.Indexes {
		c.index(i, &d.Indexes[i])
	}
}

func (c *compiler) unknownField(at, path string) {
	c.complain(at, "unknown_path", map[string]any{"path": path})
}

func (c *compiler) layout() {
	groups := c.form.Def.Layout
	placed := map[string]bool{}
	for i := range groups {
		g := &groups[i]
		if slices.ContainsFunc(groups[:i], func(o def.Group) bool { return o.ID == g.ID }) {
			c.complain(schemas.Pointer("layout", i, "id"), "duplicate_id", map[string]any{"id": g.ID})
		}
		for j, id := range g.Fields {
			at := schemas.Pointer("layout", i, "fields", j)
			if find(c.form.fields, id) == nil {
				c.unknownField(at, id)
			}
			if placed[id] {
				c.complain(at, "duplicate_id", map[string]any{"id": id})
			}
			placed[id] = true
		}
	}
}

func (c *compiler) checksAt(path string, checks []def.Check, nodes []node) {
	for i := range checks {
		if at := checks[i].At; at != "" && find(nodes, at) == nil {
			c.unknownField(path+schemas.Pointer(i, "at"), at)
		}
	}
}

// slotOf returns the slot of a path of the record, complaining when there is none.
func (c *compiler) slotOf(at, path string) int {
	slot, ok := c.form.Shape.Slot(path)
	if !ok {
		if n := find(c.form.fields, path); n != nil { // an address as a whole
			return n.slot
		}
		c.unknownField(at, path)
		return -1
	}
	return slot
}

// index makes the index of a value of the record ("customer", "address.city",
// "$createdBy") or of a column ("lines.sku").
func (c *compiler) index(i int, d *def.Index) {
	at := schemas.Pointer("indexes", i)
	if slices.ContainsFunc(c.form.Def.Indexes[:i], func(o def.Index) bool { return o.ID == d.ID }) {
		c.complain(at+"/id", "duplicate_id", map[string]any{"id": d.ID})
	}
	x := index{name: "i/" + c.form.Def.ID + "/" + d.ID, path: d.Field, column: -1}
	shape := c.form.Shape
	slot, ok := shape.Slot(d.Field)
	if f, col := locate(c.form.fields, d.Field); !ok && col >= 0 {
		n := &c.form.fields[f]
		lines := shape.Slots[n.slot].Rows
		if x.column, ok = lines.Slot(d.Field[len(n.def.ID)+1:]); ok {
			x.slot, x.kind = n.slot, lines.Slots[x.column].Kind
		}
	} else if ok {
		x.slot, x.kind = slot, shape.Slots[slot].Kind
	}
	switch {
	case !ok:
		c.unknownField(at+"/field", d.Field)
	case x.kind == fact.Rows || x.kind == fact.None:
		c.complain(at+"/field", "not_allowed", nil)
	}
	c.form.indexes = append(c.form.indexes, x)
}

// access compiles the entries of who may do what.
func (c *compiler) access() {
	f := c.form
	f.grants = make([]grant, len(f.Def.Access))
	for i := range f.Def.Access {
		d := &f.Def.Access[i]
		at := schemas.Pointer("access", i)
		rows := c.condition(at+"/rows", d.Rows, f.Shape)
		f.grants[i] = grant{
			def: d, rows: rows, first: early(rows), actor: asksActor(d.Rows),
			hidden: c.mask(at+"/hide", d.Hide), locked: c.mask(at+"/lock", d.Lock),
		}
	}
}

func (c *compiler) mask(at string, paths []string) *mask {
	m := newMask(c.form.fields)
	for i, p := range paths {
		f, col := locate(c.form.fields, p)
		if f < 0 {
			c.unknownField(at+schemas.Pointer(i), p)
			continue
		}
		m.set(f, col)
	}
	return m
}

// asksActor reports whether a condition on a record compares with the id of who asks.
func asksActor(c *def.Condition) bool {
	if c == nil {
		return false
	}
	return c.ValueSource == "actor" || slices.ContainsFunc(c.Rules, asksActor)
}
