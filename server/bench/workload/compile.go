package workload

import (
	"encoding/json"
	"fmt"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/rule"
)

var header = []string{"grade", "channel", "province", "note", "customer", "warehouse", "urgent", "amount"}

// orderShape has 24 fields before the lines, and lines of 9, as real orders have.
func orderShape() *fact.Shape {
	column := []fact.Slot{{Path: "sku", Kind: fact.Text}, {Path: "brand", Kind: fact.Text}, {Path: "origin", Kind: fact.Text, Enum: origins}, {Path: "qty", Kind: fact.Number}}
	for i := range 5 {
		column = append(column, fact.Slot{Path: fmt.Sprintf("extra%d", i), Kind: fact.Text})
	}
	kinds := map[string]fact.Kind{"urgent": fact.Bool, "amount": fact.Number}
	enums := map[string][]string{"grade": grades, "channel": channels, "warehouse": warehouses}
	var slots []fact.Slot
	for _, name := range header {
		kind, ok := kinds[name]
		if !ok {
			kind = fact.Text
		}
		slots = append(slots, fact.Slot{Path: name, Kind: kind, Enum: enums[name]})
	}
	for i := range 16 {
		slots = append(slots, fact.Slot{Path: fmt.Sprintf("extra%d", i), Kind: fact.Text})
	}
	return fact.NewShape(append(slots, fact.Slot{Path: "lines", Kind: fact.Rows, Rows: fact.NewShape(column)}))
}

func asRow(o *Order, s *fact.Shape) fact.Row {
	row := make(fact.Row, len(s.Slots))
	for i, v := range []fact.Value{
		fact.OfText(o.Grade), fact.OfText(o.Channel), fact.OfText(o.Province), fact.OfText(o.Note),
		fact.OfText(o.Customer), fact.OfText(o.Warehouse), fact.OfBool(o.Urgent), fact.OfInt(o.Amount),
	} {
		row[i] = v
	}
	lines := make([]fact.Row, len(o.Lines))
	for i, l := range o.Lines {
		lines[i] = make(fact.Row, 9)
		copy(lines[i], []fact.Value{fact.OfText(l.Sku), fact.OfText(l.Brand), fact.OfText(l.Origin), fact.OfInt(l.Qty)})
	}
	row[len(row)-1] = fact.OfRows(lines)
	return row
}

// Engine is a compiled set of rules: it returns how many hold for the order of a number.
type Engine func(order int) int

// Compile returns the product's own engine for the rules. All matches are collected.
func Compile(rules []Spec, orders []Order) (Engine, error) {
	r := &def.Rule{Head: def.Head{ID: "bench"}, Mode: "list", Hit: "collect", NoMatch: def.NoMatch{Action: "keep"}}
	for i := range rules {
		r.Rows = append(r.Rows, def.RuleRow{ID: fmt.Sprint("r", i), When: rules[i].condition()})
	}
	shape := orderShape()
	table, problems := rule.CompileTable(r, shape)
	if table == nil {
		return nil, problems[0]
	}
	rows := make([]fact.Row, len(orders))
	for i := range orders {
		rows[i] = asRow(&orders[i], shape)
	}
	env, out := &fact.Env{Now: time.Unix(1_770_000_000, 0)}, &rule.Outcome{}
	return func(order int) int {
		table.Decide(rows[order], env, out)
		return len(out.Hits)
	}, nil
}

func compared(field, operator string, value any) *def.Condition {
	b, err := json.Marshal(value)
	if err != nil {
		panic(err) // texts and numbers only
	}
	return &def.Condition{Field: field, Operator: operator, Value: b}
}

func group(rules ...*def.Condition) *def.Condition {
	return &def.Condition{Combinator: "and", Rules: rules}
}

func someLine(rules ...*def.Condition) *def.Condition {
	b, err := json.Marshal(group(rules...))
	if err != nil {
		panic(err) // a condition always encodes
	}
	return &def.Condition{Field: "lines", Match: &def.Match{Mode: "some"}, Value: b}
}

// condition is the rule as this product stores it.
func (s *Spec) condition() *def.Condition {
	var all []*def.Condition
	for _, f := range s.Texts() {
		all = append(all, compared(f[0], "=", f[1]))
	}
	if s.AsksUrgent() {
		all = append(all, compared("urgent", "=", s.Urgent))
	}
	if s.Amount > 0 {
		all = append(all, compared("amount", ">=", s.Amount))
	}
	if s.Words != nil {
		all = append(all, compared("note", "containsAny", s.Words))
	}
	if s.Brand != "" {
		all = append(all, someLine(compared("brand", "=", s.Brand), compared("origin", "=", s.Origin)))
	}
	if s.Skus != nil {
		all = append(all, someLine(compared("sku", "in", s.Skus), compared("qty", ">=", s.Qty)))
	}
	return group(all...)
}

// AsksUrgent reports whether the rule compares the urgent mark.
func (s *Spec) AsksUrgent() bool { return s.Grade != "" || s.Customer != "" }

// Texts returns the fields that the rule compares with a text.
func (s *Spec) Texts() (out [][2]string) {
	for _, f := range [][2]string{{"grade", s.Grade}, {"channel", s.Channel}, {"province", s.Province}, {"customer", s.Customer}, {"warehouse", s.Warehouse}} {
		if f[1] != "" {
			out = append(out, f)
		}
	}
	return out
}
