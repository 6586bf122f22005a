package form

import (
	"slices"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/expr"
	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/runtime/rule"
	"sluice/schemas"
)

// Compile checks a definition and prepares it. The problems point into the
// definition; with problems the form is nil. known may be nil: then references
// to other definitions are not checked.
func Compile(d *def.Form, known Known) (*Form, []fact.Problem) {
	c := &compiler{form: &Form{Def: d, Zone: time.UTC, serial: -1}, known: known, currency: "CNY"}
	if p, ok := known.(Place); ok {
		if zone := p.Zone(); zone != nil {
			c.form.Zone = zone
		}
		if currency := p.Currency(); currency != "" {
			c.currency = currency
		}
	}
	c.compile()
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	return c.form, nil
}

type compiler struct {
	form     *Form
	known    Known
	currency string
	problems []fact.Problem
	defs     []def.Field // the fields with the tenant's currency filled in
}

func (c *compiler) complain(path, code string, params map[string]any) {
	c.problems = append(c.problems, fact.Problem{Path: path, Code: code, Params: params})
}

func (c *compiler) add(prefix string, problems []fact.Problem) {
	for _, p := range problems {
		c.problems = append(c.problems, p.At(prefix))
	}
}

func (c *compiler) compile() {
	f := c.form
	c.defs = c.localized(f.Def.Fields)
	f.fields = c.nodes("/fields", c.defs, nil)
	if len(c.problems) > 0 { // without fields everything else would complain as well
		return
	}
	c.shape()
	c.formulas("/fields", f.fields, f.Shape)
	f.checks = c.checkList("/checks", f.Def.Checks, f.Shape)
	if len(c.problems) == 0 {
		c.sort()
	}
	c.references()
	c.access()
	f.full = newFull(f)
	if len(c.problems) == 0 {
		c.schemas()
	}
	if len(c.problems) == 0 {
		c.defaults()
	}
	c.collect()
}

// localized copies the fields and gives money the tenant's currency where it has none.
func (c *compiler) localized(fields []def.Field) []def.Field {
	out := slices.Clone(fields)
	for i := range out {
		d := &out[i]
		if d.Currency == "" && (d.Type == def.TypeMoney || d.Type == def.TypeComputed && d.Result == def.TypeMoney) {
			d.Currency = c.currency
		}
		d.Fields = c.localized(d.Fields)
	}
	return out
}

// reserved are ids that would be read as something else in a formula.
var reserved = []string{"parent", "and", "or", "not", "true", "false"}

func (c *compiler) nodes(path string, fields []def.Field, parent *node) []node {
	nodes := make([]node, len(fields))
	slot := 0
	for i := range fields {
		d := &fields[i]
		at := path + schemas.Pointer(i)
		if slices.Contains(reserved, d.ID) {
			c.complain(at+"/id", "reserved_id", map[string]any{"id": d.ID})
		}
		if find(nodes[:i], d.ID) != nil {
			c.complain(at+"/id", "duplicate_id", map[string]any{"id": d.ID})
		}
		n := &nodes[i]
		*n = node{def: d, typ: field.For(d), slot: slot, parent: parent, scale: -1}
		if n.typ == nil || parent != nil && (d.Type == def.TypeLines || d.Type == def.TypeSerial) {
			c.complain(at+"/type", "not_allowed", nil)
			n.typ = field.Of(def.TypeText)
		}
		n.width = n.typ.Width()
		slot += n.width
		n.key = append(field.AppendText(nil, d.ID), ':')
		c.node(at, n)
		if d.Type == def.TypeSerial {
			if c.form.serial >= 0 {
				c.complain(at+"/type", "second_serial", nil)
			}
			c.form.serial = i
		}
	}
	return nodes
}

// node checks the settings of one field.
func (c *compiler) node(at string, n *node) {
	d := n.def
	if d.Pattern != "" {
		if reason := field.CheckPattern(d.Pattern); reason != "" {
			c.complain(at+"/pattern", "invalid_pattern", map[string]any{"reason": reason})
		}
	}
	if d.Form != "" && c.known != nil && !c.known.Form(d.Form) {
		c.complain(at+"/form", "unknown_form", map[string]any{"form": d.Form})
	}
	if d.MaxRows > field.CapRows {
		c.complain(at+"/maxRows", "too_large", map[string]any{"max": field.CapRows})
	}
	seen := map[string]bool{}
	for i := range d.Options {
		o := &d.Options[i]
		if seen[o.ID] {
			c.complain(at+schemas.Pointer("options", i, "id"), "duplicate_id", map[string]any{"id": o.ID})
		}
		seen[o.ID] = true
		if o.Off {
			n.off = append(n.off, o.ID)
		}
	}
	switch d.Type {
	case def.TypeLines:
		n.columns = c.nodes(at+"/fields", d.Fields, n)
	case def.TypeComputed:
		n.scale = field.ResultScale(d)
	case def.TypeInteger, def.TypeMoney, def.TypeNumber:
		n.scale = field.ResultScale(&def.Field{Result: d.Type, Scale: d.Scale, Currency: d.Currency})
	}
}

// system is the system slots after the fields, in the order of package fact.
var system = [...]fact.Slot{
	sysID:        {Path: fact.PathID, Kind: fact.Text, Name: fact.Label{Zh: "编号", En: "id"}},
	sysNo:        {Path: fact.PathNo, Kind: fact.Text, Name: fact.Label{Zh: "单号", En: "number"}},
	sysState:     {Path: fact.PathState, Kind: fact.Text, Name: fact.Label{Zh: "状态", En: "state"}},
	sysEntered:   {Path: fact.PathEntered, Kind: fact.Time, Name: fact.Label{Zh: "进入状态时间", En: "in this state since"}},
	sysCreated:   {Path: fact.PathCreated, Kind: fact.Time, Name: fact.Label{Zh: "创建时间", En: "created"}},
	sysCreatedBy: {Path: fact.PathCreatedBy, Kind: fact.Text, Name: fact.Label{Zh: "创建人", En: "created by"}},
	sysUpdated:   {Path: fact.PathUpdated, Kind: fact.Time, Name: fact.Label{Zh: "修改时间", En: "updated"}},
}

const (
	sysID = iota
	sysNo
	sysState
	sysEntered
	sysCreated
	sysCreatedBy
	sysUpdated
)

// shape makes the record's shape; a line field's slot brings the shape of its lines.
func (c *compiler) shape() {
	var slots []fact.Slot
	for i := range c.form.fields {
		n := &c.form.fields[i]
		if n.computed() {
			slots = append(slots, field.Of(def.TypeComputed).Slots(n.def)...)
			continue
		}
		slots = append(slots, n.typ.Slots(n.def)...)
	}
	c.form.system = len(slots)
	c.form.Shape = fact.NewShape(append(slots, system[:]...))
}

// formulas compiles what the fields say about each other.
func (c *compiler) formulas(path string, nodes []node, shape *fact.Shape) {
	for i := range nodes {
		n := &nodes[i]
		at := path + schemas.Pointer(i)
		n.visible = c.condition(at+"/visibleWhen", n.def.VisibleWhen, shape)
		n.required = c.condition(at+"/requiredWhen", n.def.RequiredWhen, shape)
		n.readOnly = c.condition(at+"/readOnlyWhen", n.def.ReadOnlyWhen, shape)
		switch {
		case n.computed():
			n.formula = c.formula(at+"/formula", n.def.Formula, shape, n.typ.Kind())
		case n.def.DefaultBy != "":
			n.formula = c.formula(at+"/defaultFormula", n.def.DefaultBy, shape, n.typ.Kind())
		}
		if n.columns != nil {
			lines := shape.Slots[n.slot].Rows
			c.formulas(at+"/fields", n.columns, lines)
			n.checks = c.checkList(at+"/checks", n.def.Checks, lines)
		}
	}
}

func (c *compiler) condition(at string, d *def.Condition, shape *fact.Shape) *rule.Cond {
	if d == nil {
		return nil
	}
	cond, problems := rule.Compile(d, shape)
	c.add(at, problems)
	return cond
}

func (c *compiler) formula(at, source string, shape *fact.Shape, want fact.Kind) *expr.Formula {
	formula, problems := expr.Compile(source, shape)
	c.add(at, problems)
	if len(problems) > 0 {
		return nil
	}
	if got := formula.Kind(); got != want && got != fact.None {
		c.complain(at, "formula_kind", map[string]any{"want": want.String(), "got": got.String()})
	}
	return formula
}

func (c *compiler) checkList(path string, defs []def.Check, shape *fact.Shape) []check {
	out := make([]check, len(defs))
	for i := range defs {
		d := &defs[i]
		at := path + schemas.Pointer(i)
		if slices.ContainsFunc(defs[:i], func(o def.Check) bool { return o.ID == d.ID }) {
			c.complain(at+"/id", "duplicate_id", map[string]any{"id": d.ID})
		}
		out[i].def = d
		out[i].holds = c.condition(at+"/holds", d.Holds, shape)
		if d.Formula != "" {
			out[i].formula = c.formula(at+"/formula", d.Formula, shape, fact.Bool)
		}
	}
	return out
}

// collect notes which nodes the stages have to look at.
func (c *compiler) collect() {
	f := c.form
	each(f.fields, func(n *node, s step) {
		if n.demands() {
			f.demanding = append(f.demanding, s)
		}
		if n.def.ReadOnly || n.readOnly != nil {
			f.guarded = append(f.guarded, s)
		}
		switch n.def.Type {
		case def.TypePhone, def.TypeAddress, def.TypeFile:
			f.inspected = append(f.inspected, s)
		default:
			if len(n.off) > 0 {
				f.inspected = append(f.inspected, s)
			}
		}
		if n.def.Unique && s.column < 0 {
			f.unique = append(f.unique, s.field)
		}
	})
}

// each calls visit for every field and column, in the order of the definition.
func each(nodes []node, visit func(*node, step)) {
	for i := range nodes {
		visit(&nodes[i], step{i, -1})
		for j := range nodes[i].columns {
			visit(&nodes[i].columns[j], step{i, j})
		}
	}
}
