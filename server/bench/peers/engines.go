package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	exprlang "github.com/expr-lang/expr"
	"github.com/google/cel-go/cel"

	"sluice/server/bench/workload"
)

// compileAll returns this product first, then the peers; built is how long this product took to compile the set.
func compileAll(rules []workload.Spec, orders []workload.Order) (engines []engine, built time.Duration, err error) {
	start := processorTime()
	own, err := workload.Compile(rules, orders)
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
	return []engine{{"sluice", own}, ex, ce}, built, err
}

// source is the rule in a peer's language.
func source(s *workload.Spec, contains, anyLine, inList string) string {
	var all []string
	for _, f := range s.Texts() {
		all = append(all, fmt.Sprintf("%s == %q", f[0], f[1]))
	}
	if s.AsksUrgent() {
		all = append(all, map[bool]string{true: "urgent", false: "!urgent"}[s.Urgent])
	}
	if s.Amount > 0 {
		all = append(all, fmt.Sprintf("amount >= %d", s.Amount))
	}
	var words []string
	for _, w := range s.Words {
		words = append(words, fmt.Sprintf(contains, w))
	}
	if words != nil {
		all = append(all, "("+strings.Join(words, " || ")+")")
	}
	if s.Brand != "" {
		all = append(all, fmt.Sprintf(anyLine, fmt.Sprintf("l.brand == %q && l.origin == %q", s.Brand, s.Origin)))
	}
	if s.Skus != nil {
		list, _ := json.Marshal(s.Skus)
		all = append(all, fmt.Sprintf(anyLine, fmt.Sprintf(inList, list)+fmt.Sprintf(" && l.qty >= %d", s.Qty)))
	}
	return strings.Join(all, " && ")
}

func asMaps(orders []workload.Order) []map[string]any {
	maps := make([]map[string]any, len(orders))
	for i := range orders {
		o := &orders[i]
		lines := make([]any, len(o.Lines))
		for k, l := range o.Lines {
			lines[k] = map[string]any{"sku": l.Sku, "brand": l.Brand, "origin": l.Origin, "qty": l.Qty}
		}
		maps[i] = map[string]any{
			"grade": o.Grade, "channel": o.Channel, "province": o.Province, "note": o.Note, "customer": o.Customer,
			"warehouse": o.Warehouse, "urgent": o.Urgent, "amount": o.Amount, "lines": lines,
		}
	}
	return maps
}

func compileExpr(rules []workload.Spec, maps []map[string]any) (engine, error) {
	env := map[string]any{"grade": "", "channel": "", "province": "", "note": "", "customer": "", "warehouse": "", "urgent": false, "amount": int64(0), "lines": []any{}}
	run := make([]func(map[string]any) bool, len(rules))
	for i := range rules {
		src := strings.ReplaceAll(source(&rules[i], "note contains %q", "any(lines, %s)", "l.sku in %s"), "l.", "#.")
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

func compileCel(rules []workload.Spec, maps []map[string]any) (engine, error) {
	env, err := cel.NewEnv(
		cel.Variable("grade", cel.StringType), cel.Variable("channel", cel.StringType), cel.Variable("province", cel.StringType), cel.Variable("note", cel.StringType),
		cel.Variable("customer", cel.StringType), cel.Variable("warehouse", cel.StringType), cel.Variable("urgent", cel.BoolType), cel.Variable("amount", cel.IntType),
		cel.Variable("lines", cel.ListType(cel.MapType(cel.StringType, cel.DynType))))
	if err != nil {
		return engine{}, err
	}
	run := make([]func(map[string]any) bool, len(rules))
	for i := range rules {
		src := source(&rules[i], "note.contains(%q)", "lines.exists(l, %s)", "l.sku in %s")
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
