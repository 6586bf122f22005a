package rule

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"sluice/runtime/def"
	"sluice/runtime/expr"
	"sluice/runtime/fact"
	"sluice/schemas"
)

// Limits of a condition.
const (
	MaxDepth = 16   // levels; the group of a line match is one below its comparison
	MaxNodes = 2000 // groups and comparisons
)

// test answers for a row; up is the record around when the row is a line.
type test func(row, up fact.Row, env *fact.Env) bool

// Cond is a compiled condition. It is immutable; many goroutines may ask it at once.
type Cond struct {
	root  *cond
	reads []string
}

// cond is one compiled node: a group, a match over lines or a comparison.
type cond struct {
	src   *def.Condition
	holds test
	cost  int // rough price of holds, to ask cheap ones first

	kids []*cond // of a group
	or   bool    // the group is an or
	not  bool    // the answer is turned

	at    place      // of a comparison or a match: what the field reads
	match *def.Match // of a match
	lines *cond      // of a match: what a line must satisfy
	op    operator
	exact bool
	side  side                  // right side of a comparison
	names map[string]fact.Label // what people call the fields on its right, by path
}

// place is a slot that a path leads to.
type place struct {
	path string // as the author wrote it
	slot *fact.Slot
	i    int
	up   bool // the slot is of the record around
}

// Compile reads a condition for rows of a shape; nil always holds. For a line's
// shape, parent.x reads the record around it. Each problem has a JSON pointer
// into the condition; the codes are listed in schemas/semantics/README.md.
func Compile(c *def.Condition, s *fact.Shape) (*Cond, []fact.Problem) {
	b := &builder{reads: map[string]bool{}}
	root := b.root(c, s, "")
	if len(b.problems) > 0 {
		return nil, b.problems
	}
	return &Cond{root: root, reads: b.sorted()}, nil
}

// Holds reports whether the condition holds for a record. env must not be nil. It does not allocate.
func (c *Cond) Holds(row fact.Row, env *fact.Env) bool { return c.root.holds(row, nil, env) }

// HoldsLine reports whether a condition that was compiled for a line's shape
// holds for a line of the record parent.
func (c *Cond) HoldsLine(line, parent fact.Row, env *fact.Env) bool {
	return c.root.holds(line, parent, env)
}

// Reads returns the paths that the condition reads, sorted: "amount", "lines.brand", "parent.grade".
// The caller must not change the slice.
func (c *Cond) Reads() []string { return c.reads }

// builder compiles the conditions of one document and gathers its problems.
type builder struct {
	problems []fact.Problem
	nodes    int
	full     bool // too many nodes were reported
	reads    map[string]bool
}

func (b *builder) problem(path, code string, params ...any) {
	p := fact.Problem{Path: path, Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if p.Params == nil {
			p.Params = map[string]any{}
		}
		name, _ := params[i].(string)
		p.Params[name] = params[i+1]
	}
	b.problems = append(b.problems, p)
}

func (b *builder) sorted() []string {
	out := make([]string, 0, len(b.reads))
	for path := range b.reads {
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}

// scope is where paths are looked up, and how they are called seen from the record.
type scope struct {
	shape      *fact.Shape
	own, outer string // put before the path of the shape itself and of its parent, for Reads
}

func always(yes bool) test { return func(fact.Row, fact.Row, *fact.Env) bool { return yes } }

func (b *builder) root(c *def.Condition, s *fact.Shape, at string) *cond {
	b.nodes = 0
	b.full = false
	if c == nil {
		return &cond{src: &def.Condition{Combinator: "and"}, holds: always(true)}
	}
	return b.node(c, scope{shape: s, outer: "parent."}, at, 1)
}

// node compiles one node; after a problem the result is meaningless but never nil.
func (b *builder) node(c *def.Condition, sc scope, at string, depth int) *cond {
	b.nodes++
	n := &cond{src: c, not: c.Not, holds: always(false)}
	switch {
	case depth > MaxDepth:
		b.problem(at, "rule_too_deep", "limit", MaxDepth)
		return n
	case b.nodes > MaxNodes:
		if !b.full {
			b.full = true
			b.problem("", "rule_too_large", "limit", MaxNodes)
		}
		return n
	case c.IsGroup():
		b.group(n, sc, at, depth)
	default:
		b.comparison(n, sc, at, depth)
	}
	if n.not {
		inner := n.holds
		n.holds = func(row, up fact.Row, env *fact.Env) bool { return !inner(row, up, env) }
	}
	return n
}

func (b *builder) group(n *cond, sc scope, at string, depth int) {
	if n.src.Combinator != "and" && n.src.Combinator != "or" {
		b.problem(at+"/combinator", "rule_combinator", "combinator", n.src.Combinator)
		return
	}
	n.or = n.src.Combinator == "or"
	for i, r := range n.src.Rules {
		if r == nil {
			b.problem(at+schemas.Pointer("rules", i), "rule_unknown_field", "field", "")
			continue
		}
		n.kids = append(n.kids, b.node(r, sc, at+schemas.Pointer("rules", i), depth+1))
		if b.full {
			return
		}
	}
	n.holds, n.cost = joined(n.kids, n.or)
}

// joined asks the nodes one after the other, cheap ones first: they have no effects, so the order is ours.
func joined(kids []*cond, or bool) (test, int) {
	ordered := slices.Clone(kids)
	slices.SortStableFunc(ordered, func(a, b *cond) int { return a.cost - b.cost })
	tests, cost := make([]test, len(ordered)), 0
	for i, k := range ordered {
		tests[i] = k.holds
		cost += k.cost
	}
	switch {
	case len(tests) == 0:
		return always(!or), 0
	case len(tests) == 1:
		return tests[0], cost
	case or:
		return anyOf(tests), cost
	}
	return allOf(tests), cost
}

func anyOf(tests []test) test {
	return func(row, up fact.Row, env *fact.Env) bool {
		for _, t := range tests {
			if t(row, up, env) {
				return true
			}
		}
		return false
	}
}

func allOf(tests []test) test {
	if len(tests) == 2 {
		first, second := tests[0], tests[1]
		return func(row, up fact.Row, env *fact.Env) bool { return first(row, up, env) && second(row, up, env) }
	}
	return func(row, up fact.Row, env *fact.Env) bool {
		for _, t := range tests {
			if !t(row, up, env) {
				return false
			}
		}
		return true
	}
}

// find looks a path up.
func (b *builder) find(path string, sc scope) (place, bool) {
	p := place{path: path}
	shape, name, prefix := sc.shape, path, sc.own
	if rest, ok := strings.CutPrefix(path, "parent."); ok && shape.Parent != nil {
		shape, name, prefix, p.up = shape.Parent, rest, sc.outer, true
	}
	i, ok := shape.Slot(name)
	if !ok {
		return p, false
	}
	p.i, p.slot = i, &shape.Slots[i]
	b.reads[prefix+name] = true
	return p, true
}

func (b *builder) comparison(n *cond, sc scope, at string, depth int) {
	p, ok := b.find(n.src.Field, sc)
	if !ok {
		b.problem(at+"/field", "rule_unknown_field", "field", n.src.Field)
		return
	}
	n.at = p
	isNull := n.src.Operator == "null" || n.src.Operator == "notNull"
	rows := p.slot.Kind == fact.Rows
	switch {
	case rows != (n.src.Match != nil) && !(rows && isNull):
		b.problem(at+"/match", "rule_match", "field", n.src.Field)
	case rows && n.src.Match != nil:
		b.match(n, sc, at, depth)
	default:
		b.compare(n, sc, at)
	}
}

func (b *builder) match(n *cond, sc scope, at string, depth int) {
	if n.src.Operator != "" && n.src.Operator != "=" {
		b.problem(at+"/operator", "rule_operator", "operator", n.src.Operator, "field", n.src.Field)
		return
	}
	if !b.mode(n.src.Match, at+"/match", n.src.Field) {
		return
	}
	if missing(n.src.Value) {
		b.problem(at+"/value", "rule_value_missing", "field", n.src.Field)
		return
	}
	var group def.Condition
	if json.Unmarshal(n.src.Value, &group) != nil || !group.IsGroup() {
		b.problem(at+"/value", "rule_value", "field", n.src.Field, "want", "group", "value", shown(n.src.Value))
		return
	}
	n.overLines(n.src.Match, b.node(&group, lineScope(n.at, sc), at+"/value", depth+1))
}

// lineScope is the scope of the lines of a rows field.
func lineScope(p place, sc scope) scope {
	around := sc.own
	if p.up {
		around = sc.outer
	}
	return scope{shape: p.slot.Rows, own: around + p.slot.Path + ".", outer: around}
}

func (b *builder) mode(m *def.Match, at, field string) bool {
	switch m.Mode {
	case "all", "some", "none", "atLeast", "atMost", "exactly":
		if m.Threshold >= 0 {
			return true
		}
	}
	b.problem(at, "rule_match", "field", field, "mode", m.Mode, "threshold", strconv.Itoa(m.Threshold))
	return false
}

// overLines makes the node a match: so many lines must satisfy the group.
func (n *cond) overLines(m *def.Match, group *cond) {
	n.match, n.lines = m, group
	n.cost = 10 + 4*group.cost
	i, up, inner := n.at.i, n.at.up, group.holds
	lines := func(row, around fact.Row) ([]fact.Row, fact.Row) {
		if up {
			row = around
		}
		return at(row, i, fact.Rows).Rows(), row
	}
	switch least, most := bounds(m); {
	case m.Mode == "some":
		n.holds = func(row, up fact.Row, env *fact.Env) bool {
			rows, record := lines(row, up)
			for _, line := range rows {
				if inner(line, record, env) {
					return true
				}
			}
			return false
		}
	default:
		n.holds = func(row, up fact.Row, env *fact.Env) bool {
			rows, record := lines(row, up)
			k := 0
			for _, line := range rows {
				if inner(line, record, env) {
					k++
				}
			}
			return k >= least && k <= most || least < 0 && k == len(rows)
		}
	}
}

// bounds returns the least and the most lines of a mode; least is negative for all of them.
func bounds(m *def.Match) (least, most int) {
	const any = int(^uint(0) >> 1)
	switch m.Mode {
	case "all":
		return -1, -1
	case "some":
		return 1, any
	case "none":
		return 0, 0
	case "atLeast":
		return m.Threshold, any
	case "atMost":
		return 0, m.Threshold
	}
	return m.Threshold, m.Threshold
}

var none fact.Value

// at returns the value of a slot, none when there is no value of its kind.
func at(row fact.Row, i int, kind fact.Kind) *fact.Value {
	if i < len(row) && row[i].Kind() == kind {
		return &row[i]
	}
	return &none
}

// value returns what the place reads.
func (p *place) value(row, up fact.Row) *fact.Value {
	if p.up {
		row = up
	}
	return at(row, p.i, p.slot.Kind)
}

func (p *place) exact() bool { return expr.Exact(p.slot) }
