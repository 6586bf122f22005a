package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	exprlang "github.com/expr-lang/expr"
	"github.com/google/cel-go/cel"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/rule"
)

// compileAll returns this product first, then the peers; built is how long this product took to compile the set.
func compileAll(rules []spec, orders []order) (engines []engine, built time.Duration, err error) {
	start := processorTime()
	ours, err := compileOurs(rules, orders)
	if err != nil {
		return nil, 0, err
	}
	built = processorTime() - start
	maps := asMaps(orders)
	ex, err := compileExpr(rules, maps)
	if err != nil {
		return nil, 0, err
	}
	ce, err := compileCel(rules, maps)
	return []engine{ours, ex, ce}, built, err
}

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

func asRow(o *order, s *fact.Shape) fact.Row {
	row := make(fact.Row, len(s.Slots))
	for i, v := range []fact.Value{
		fact.OfText(o.grade), fact.OfText(o.channel), fact.OfText(o.province), fact.OfText(o.note),
		fact.OfText(o.customer), fact.OfText(o.warehouse), fact.OfBool(o.urgent), fact.OfInt(o.amount),
	} {
		row[i] = v
	}
	lines := make([]fact.Row, len(o.lines))
	for i, l := range o.lines {
		lines[i] = make(fact.Row, 9)
		copy(lines[i], []fact.Value{fact.OfText(l.sku), fact.OfText(l.brand), fact.OfText(l.origin), fact.OfInt(l.qty)})
	}
	row[len(row)-1] = fact.OfRows(lines)
	return row
}

func compileOurs(rules []spec, orders []order) (engine, error) {
	r := &def.Rule{Head: def.Head{ID: "bench"}, Mode: "list", Hit: "collect", NoMatch: def.NoMatch{Action: "keep"}}
	for i := range rules {
		r.Rows = append(r.Rows, def.RuleRow{ID: fmt.Sprint("r", i), When: rules[i].condition()})
	}
	shape := orderShape()
	table, problems := rule.CompileTable(r, shape)
	if table == nil {
		return engine{}, problems[0]
	}
	rows := make([]fact.Row, len(orders))
	for i := range orders {
		rows[i] = asRow(&orders[i], shape)
	}
	env, out := &fact.Env{Now: time.Unix(1_770_000_000, 0)}, &rule.Outcome{}
	return engine{"sluice", func(order int) int {
		table.Decide(rows[order], env, out)
		return len(out.Hits)
	}}, nil
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
func (s *spec) condition() *def.Condition {
	var all []*def.Condition
	for _, f := range s.texts() {
		all = append(all, compared(f[0], "=", f[1]))
	}
	if s.asksUrgent() {
		all = append(all, compared("urgent", "=", s.urgent))
	}
	if s.amount > 0 {
		all = append(all, compared("amount", ">=", s.amount))
	}
	if s.words != nil {
		all = append(all, compared("note", "containsAny", s.words))
	}
	if s.brand != "" {
		all = append(all, someLine(compared("brand", "=", s.brand), compared("origin", "=", s.origin)))
	}
	if s.skus != nil {
		all = append(all, someLine(compared("sku", "in", s.skus), compared("qty", ">=", s.qty)))
	}
	return group(all...)
}

func (s *spec) asksUrgent() bool { return s.grade != "" || s.customer != "" }

// texts returns the fields that the rule compares with a text.
func (s *spec) texts() (out [][2]string) {
	for _, f := range [][2]string{{"grade", s.grade}, {"channel", s.channel}, {"province", s.province}, {"customer", s.customer}, {"warehouse", s.warehouse}} {
		if f[1] != "" {
			out = append(out, f)
		}
	}
	return out
}

// source is the rule in a peer's language.
func (s *spec) source(contains, anyLine, inList string) string {
	var all []string
	for _, f := range s.texts() {
		all = append(all, fmt.Sprintf("%s == %q", f[0], f[1]))
	}
	if s.asksUrgent() {
		all = append(all, map[bool]string{true: "urgent", false: "!urgent"}[s.urgent])
	}
	if s.amount > 0 {
		all = append(all, fmt.Sprintf("amount >= %d", s.amount))
	}
	var words []string
	for _, w := range s.words {
		words = append(words, fmt.Sprintf(contains, w))
	}
	if words != nil {
		all = append(all, "("+strings.Join(words, " || ")+")")
	}
	if s.brand != "" {
		all = append(all, fmt.Sprintf(anyLine, fmt.Sprintf("l.brand == %q && l.origin == %q", s.brand, s.origin)))
	}
	if s.skus != nil {
		list, _ := json.Marshal(s.skus)
		all = append(all, fmt.Sprintf(anyLine, fmt.Sprintf(inList, list)+fmt.Sprintf(" && l.qty >= %d", s.qty)))
	}
	return strings.Join(all, " && ")
}

func asMaps(orders []order) []map[string]any {
	maps := make([]map[string]any, len(orders))
	for i := range orders {
		o := &orders[i]
		lines := make([]any, len(o.lines))
		for k, l := range o.lines {
			lines[k] = map[string]any{"sku": l.sku, "brand": l.brand, "origin": l.origin, "qty": l.qty}
		}
		maps[i] = map[string]any{
			"grade": o.grade, "channel": o.channel, "province": o.province, "note": o.note, "customer": o.customer,
			"warehouse": o.warehouse, "urgent": o.urgent, "amount": o.amount, "lines": lines,
		}
	}
	return maps
}

func compileExpr(rules []spec, maps []map[string]any) (engine, error) {
	env := map[string]any{"grade": "", "channel": "", "province": "", "note": "", "customer": "", "warehouse": "", "urgent": false, "amount": int64(0), "lines": []any{}}
	run := make([]func(map[string]any) bool, len(rules))
	for i := range rules {
		src := strings.ReplaceAll(rules[i].source("note contains %q", "any(lines, %s)", "l.sku in %s"), "l.", "#.")
		program, err := exprlang.Compile(src, exprlang.Env(env), exprlang.AsBool())
		if err != nil {
			return engine{}, fmt.Errorf("expr: %s: %w", src, err)
		}
		run[i] = func(m map[string]any) bool {
			v, err := exprlang.Run(program, m)
			held, ok := v.(bool)
			return err == nil && ok && held
		}
	}
	return engine{"expr", counter(run, maps)}, nil
}

func compileCel(rules []spec, maps []map[string]any) (engine, error) {
	env, err := cel.NewEnv(
		cel.Variable("grade", cel.StringType), cel.Variable("channel", cel.StringType), cel.Variable("province", cel.StringType), cel.Variable("note", cel.StringType),
		cel.Variable("customer", cel.StringType), cel.Variable("warehouse", cel.StringType), cel.Variable("urgent", cel.BoolType), cel.Variable("amount", cel.IntType),
		cel.Variable("lines", cel.ListType(cel.MapType(cel.StringType, cel.DynType))))
	if err != nil {
		return engine{}, err
	}
	run := make([]func(map[string]any) bool, len(rules))
	for i := range rules {
		src := rules[i].source("note.contains(%q)", "lines.exists(l, %s)", "l.sku in %s")
		ast, issues := env.Compile(src)
		if issues.Err() != nil {
			return engine{}, fmt.Errorf("cel: %s: %w", src, issues.Err())
		}
		program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize))
		if err != nil {
			return engine{}, err
		}
		run[i] = func(m map[string]any) bool {
			v, _, err := program.Eval(m)
			if err != nil {
				return false
			}
			held, ok := v.Value().(bool)
			return ok && held
		}
	}
	return engine{"cel", counter(run, maps)}, nil
}

func counter(run []func(map[string]any) bool, maps []map[string]any) func(int) int {
	return func(order int) int {
		n := 0
		for _, holds := range run {
			if holds(maps[order]) {
				n++
			}
		}
		return n
	}
}
