package rule

import (
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/expr"
	"sluice/runtime/fact"
	"sluice/schemas"
)

// Table is a compiled rule: a decision table or a list of rules. It is
// immutable; many goroutines may let it decide at once.
type Table struct {
	id      string
	src     *def.Rule
	collect bool
	unique  bool
	first   bool
	outputs []output
	rows    []tableRow // those that are switched on, in order
	noMatch []term     // of action "set"
	refuse  *fact.Problem
	reads   []string

	index
	scratch sync.Pool
	said    []atomic.Pointer[[2]string] // sentences of the rows, made when first asked for
}

type output struct {
	slot *fact.Slot
	i    int
	path string
}

// tableRow is one row that can hold.
type tableRow struct {
	index  int // in the rule's rows
	id     string
	when   *cond
	terms  []term
	timed  bool
	from   time.Time
	to     time.Time
	source *def.RuleRow
}

// term is a value to set.
type term struct {
	output  int // index into Table.outputs
	value   fact.Value
	formula *expr.Formula
}

// CompileTable reads a rule for records of a shape. The problems have JSON
// pointers into the rule; beside those of conditions and formulas their codes
// are rule_mode, rule_hit_policy, rule_input, rule_output, rule_term,
// rule_row_twice, rule_dates and rule_no_match_action.
func CompileTable(r *def.Rule, s *fact.Shape) (*Table, []fact.Problem) {
	b := &builder{reads: map[string]bool{}}
	t := &Table{id: r.ID, src: r, collect: r.Hit == "collect", unique: r.Hit == "unique", first: r.Hit == "first"}
	if r.Mode != "table" && r.Mode != "list" {
		b.problem("/mode", "rule_mode", "mode", r.Mode)
	}
	if !t.collect && !t.unique && r.Hit != "first" {
		b.problem("/hitPolicy", "rule_hit_policy", "policy", r.Hit)
	}
	t.readOutputs(b, s)
	inputs := readInputs(b, r, s)
	ids := map[string]bool{}
	for i := range r.Rows {
		t.readRow(b, s, inputs, i, ids)
	}
	t.readNoMatch(b, s)
	if len(b.problems) > 0 {
		return nil, b.problems
	}
	t.reads = b.sorted()
	t.said = make([]atomic.Pointer[[2]string], len(t.rows))
	t.index = newIndex(t.rows)
	t.scratch.New = func() any { return t.newScratch() }
	return t, nil
}

// ID returns the id of the rule.
func (t *Table) ID() string { return t.id }

// Reads returns the paths that the rule's conditions and formulas read, sorted. The caller must not change the slice.
func (t *Table) Reads() []string { return t.reads }

// Sets returns the paths of the rule's outputs, in its order.
func (t *Table) Sets() []string {
	paths := make([]string, len(t.outputs))
	for i, o := range t.outputs {
		paths[i] = o.path
	}
	return paths
}

func (t *Table) readOutputs(b *builder, s *fact.Shape) {
	for i, o := range t.src.Outputs {
		at := schemas.Pointer("outputs", i, "field")
		slot, ok := s.Slot(o.Field)
		switch {
		case !ok || strings.HasPrefix(o.Field, "$"):
			b.problem(at, "rule_unknown_field", "field", o.Field)
			continue
		case s.Slots[slot].Kind == fact.Rows || t.collect && s.Slots[slot].Kind != fact.List:
			b.problem(at, "rule_output", "field", o.Field)
		}
		t.outputs = append(t.outputs, output{slot: &s.Slots[slot], i: slot, path: o.Field})
	}
}

// input is a column of a table: where its cells look.
type input struct {
	def.Input
	at     place
	column string // of the lines, when Match is set
}

func readInputs(b *builder, r *def.Rule, s *fact.Shape) []input {
	var inputs []input
	for i, in := range r.Inputs {
		at := schemas.Pointer("inputs", i)
		one := input{Input: in}
		p, ok := b.find(in.Field, scope{shape: s})
		if !ok {
			p, one.column, ok = columnOf(s, in.Field)
		}
		switch one.at = p; {
		case !ok:
			b.problem(at+"/field", "rule_unknown_field", "field", in.Field)
		case (in.Match != nil) != (one.column != ""):
			b.problem(at+"/match", "rule_match", "field", in.Field)
		case in.Match == nil || b.mode(in.Match, at+"/match", in.Field):
			inputs = append(inputs, one)
		}
	}
	return inputs
}

// columnOf finds the rows field and the column that a path like "lines.brand" names.
func columnOf(s *fact.Shape, path string) (place, string, bool) {
	for i := range s.Slots {
		slot := &s.Slots[i]
		if slot.Rows == nil {
			continue
		}
		if column, ok := strings.CutPrefix(path, slot.Path+"."); ok {
			if _, ok = slot.Rows.Slot(column); ok {
				return place{path: slot.Path, slot: slot, i: i}, column, true
			}
		}
	}
	return place{}, "", false
}

func (t *Table) readRow(b *builder, s *fact.Shape, inputs []input, i int, ids map[string]bool) {
	r := &t.src.Rows[i]
	at := schemas.Pointer("rows", i)
	if ids[r.ID] {
		b.problem(at+"/id", "rule_row_twice", "row", r.ID)
	}
	ids[r.ID] = true
	if r.From != nil && r.To != nil && !r.From.Before(*r.To) {
		b.problem(at+"/to", "rule_dates", "row", r.ID)
	}
	row := tableRow{index: i, id: r.ID, source: r, timed: r.From != nil || r.To != nil}
	if r.From != nil {
		row.from = *r.From
	}
	if r.To != nil {
		row.to = *r.To
	}
	if t.src.Mode == "table" {
		row.when = b.cells(r, s, inputs, at+"/if")
	} else {
		row.when = b.root(r.When, s, at+"/when")
	}
	row.terms = t.readTerms(b, s, r.Then, at+"/then")
	if !r.Off {
		t.rows = append(t.rows, row)
	}
}

// cells makes the condition of a table's row: all its cells must hold.
func (b *builder) cells(r *def.RuleRow, s *fact.Shape, inputs []input, at string) *cond {
	n := &cond{src: &def.Condition{Combinator: "and"}}
	known := map[string]bool{}
	for _, in := range inputs {
		known[in.ID] = true
		c, ok := r.If[in.ID]
		if !ok {
			continue
		}
		here := at + schemas.Pointer(in.ID)
		sc := scope{shape: s}
		if in.column == "" {
			n.kids = append(n.kids, b.node(cell(in.Field, c), sc, here, 2))
			continue
		}
		m := &cond{src: &def.Condition{Field: in.at.path, Match: in.Match}, at: in.at}
		b.reads[in.at.path] = true
		line := b.node(cell(in.column, c), lineScope(in.at, sc), here, 3)
		m.overLines(in.Match, line)
		n.kids = append(n.kids, m)
	}
	for id := range r.If {
		if !known[id] && !declared(b, id) {
			b.problem(at+schemas.Pointer(id), "rule_input", "input", id)
		}
	}
	n.holds, n.cost = joined(n.kids, false)
	return n
}

// declared reports whether the inputs have problems of their own, in which case a cell is not to blame.
func declared(b *builder, _ string) bool {
	for _, p := range b.problems {
		if strings.HasPrefix(p.Path, "/inputs/") {
			return true
		}
	}
	return false
}

func (t *Table) readTerms(b *builder, s *fact.Shape, then map[string]def.Term, at string) []term {
	var terms []term
	for k, o := range t.outputs {
		if d, ok := then[o.path]; ok {
			one, fine := t.readTerm(b, s, o, d, at+schemas.Pointer(o.path))
			one.output = k
			if fine {
				terms = append(terms, one)
			}
		}
	}
	for path := range then {
		if !t.outputsPath(path) {
			b.problem(at+schemas.Pointer(path), "rule_output", "field", path)
		}
	}
	return terms
}

func (t *Table) outputsPath(path string) bool {
	for _, o := range t.src.Outputs {
		if o.Field == path {
			return true
		}
	}
	return false
}

func (t *Table) readTerm(b *builder, s *fact.Shape, o output, d def.Term, at string) (term, bool) {
	if (d.Formula != "") == (len(d.Value) > 0) {
		b.problem(at, "rule_term", "field", o.path)
		return term{}, false
	}
	if d.Formula == "" {
		v, path, code := settled(o.slot, d.Value)
		if code != "" {
			b.problem(at+"/value"+path, code, "field", o.path, "want", o.slot.Kind.String(), "value", shown(d.Value))
		}
		return term{value: v}, code == ""
	}
	f, problems := expr.Compile(d.Formula, s)
	if f == nil {
		for _, p := range problems {
			b.problems = append(b.problems, p.At(at+"/formula"))
		}
		return term{}, false
	}
	for _, path := range f.Reads() {
		b.reads[path] = true
	}
	if f.Kind() != o.slot.Kind && !(t.collect && f.Kind() == fact.Text) {
		b.problem(at+"/formula", "rule_value", "field", o.path, "want", o.slot.Kind.String(), "value", f.Kind().String())
		return term{}, false
	}
	return term{formula: f}, true
}

// settled reads a constant to set: null clears the field, a list may be given as one text.
func settled(s *fact.Slot, raw json.RawMessage) (v fact.Value, path, code string) {
	if string(raw) == "null" {
		return v, "", ""
	}
	if s.Kind != fact.List {
		v, code = constant(s, raw)
		if v.Kind() != s.Kind && code == "" { // a day for a time, an instant for a date
			code = "rule_value"
		}
		return v, "", code
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		items = []json.RawMessage{raw}
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if v, code = constant(s, item); code != "" {
			return v, "", code
		}
		texts[i] = v.Text()
	}
	return fact.OfList(texts), "", ""
}

func (t *Table) readNoMatch(b *builder, s *fact.Shape) {
	nm := &t.src.NoMatch
	switch nm.Action {
	case "keep":
	case "set":
		t.noMatch = t.readTerms(b, s, nm.Then, "/noMatch/then")
	case "refuse":
		t.refuse = &fact.Problem{Code: "rule_no_match", Params: map[string]any{"rule": called(t.src.Name, t.id), "ruleId": t.id}}
		if nm.Reason != (fact.Label{}) {
			t.refuse.Code, t.refuse.Params["message"] = "rule_refused", nm.Reason
		}
	default:
		b.problem("/noMatch/action", "rule_no_match_action", "action", nm.Action)
	}
}
