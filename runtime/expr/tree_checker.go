package expr

import (
	"strings"

	"github.com/govalues/decimal"

	"sluice/runtime/fact"
)

// run gives the value of a node for the row in the frame. After a problem the
// value is meaningless.
type run func(*frame) fact.Value

// expr is a checked node: its kind is known and it can run.
type expr struct {
	kind  fact.Kind
	run   run
	pos   int     // where to report that it has a wrong kind
	size  int     // nodes, for the cost of aggregates
	exact bool    // a plain path to identifiers
	text  *string // of a text literal
	lines run     // of an aggregate's argument that reads columns: the rows it runs over
}

// checker gives every node its kind and turns it into closures. After the first
// problem it goes on with meaningless results, which are thrown away.
type checker struct {
	shape *fact.Shape
	fail  func(pos int, code string, params ...any)
	reads map[string]bool
	over  *over // the aggregate whose argument is being checked; nil outside
}

// over is the rows field that the columns of an aggregate's argument belong to.
type over struct {
	path   string // of the rows field, "" until a column was read
	rows   run
	used   bool  // the present argument reads a column
	nested *node // first aggregate inside the present argument
}

func (c *checker) kindProblem(e expr, want ...string) {
	c.fail(e.pos, "formula_kind", "want", want, "got", e.kind.String())
}

// want reports e unless it has one of the kinds.
func (c *checker) want(e expr, kinds ...fact.Kind) {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		if e.kind == k {
			return
		}
		names[i] = k.String()
	}
	c.kindProblem(e, names...)
}

func (c *checker) check(n *node) expr {
	e := c.checkNode(n)
	e.pos = n.pos
	if e.run == nil { // only after a problem
		e.run = func(*frame) fact.Value { return fact.Value{} }
	}
	return e
}

func (c *checker) checkNode(n *node) expr {
	switch n.kind {
	case nodeNumber:
		d, err := decimal.Parse(n.text)
		if err != nil { // the lexer counted the digits
			c.fail(n.pos, "formula_number")
		}
		return constant(fact.OfNumber(d))
	case nodeText:
		e := constant(fact.OfText(n.text))
		e.text = &n.text
		return e
	case nodeBool:
		return constant(fact.OfBool(n.text == "true"))
	case nodePath:
		return c.path(n)
	case nodeCall:
		return c.call(n)
	case nodePrefix:
		return c.prefix(n)
	default:
		return c.binary(n)
	}
}

func constant(v fact.Value) expr {
	return expr{kind: v.Kind(), size: 1, run: func(*frame) fact.Value { return v }}
}

// read returns the value of a slot, None when its kind is not the slot's.
func read(row fact.Row, slot int, kind fact.Kind) fact.Value {
	if slot >= len(row) || row[slot].Kind() != kind {
		return fact.Value{}
	}
	return row[slot]
}

func (c *checker) path(n *node) expr {
	shape, path, up := c.shape, n.text, false
	if rest, ok := strings.CutPrefix(path, "parent."); ok && shape.Parent != nil {
		shape, path, up = shape.Parent, rest, true
	}
	if i, ok := shape.Slot(path); ok {
		c.reads[n.text] = true
		slot := &shape.Slots[i]
		e := expr{kind: slot.Kind, size: 1, exact: Exact(slot)}
		e.run = slotReader(i, slot.Kind, up)
		return e
	}
	if i, column, ok := columnOf(shape, path); ok {
		return c.column(n, shape, i, column, up)
	}
	c.fail(n.pos, "formula_unknown_field", "field", n.text)
	return expr{}
}

func slotReader(i int, kind fact.Kind, up bool) run {
	if up {
		return func(f *frame) fact.Value { return read(f.parent, i, kind) }
	}
	return func(f *frame) fact.Value { return read(f.row, i, kind) }
}

// columnOf finds the rows field and the column that a path like "lines.qty" names.
func columnOf(shape *fact.Shape, path string) (rows, column int, ok bool) {
	for i := range shape.Slots {
		s := &shape.Slots[i]
		if s.Rows == nil {
			continue
		}
		if rest, found := strings.CutPrefix(path, s.Path+"."); found {
			if column, ok = s.Rows.Slot(rest); ok {
				return i, column, true
			}
		}
	}
	return 0, 0, false
}

func (c *checker) column(n *node, shape *fact.Shape, rows, column int, up bool) expr {
	field := &shape.Slots[rows]
	slot := &field.Rows.Slots[column]
	name := strings.TrimSuffix(n.text, "."+slot.Path)
	switch {
	case c.over == nil:
		c.fail(n.pos, "formula_outside_lines", "field", n.text)
		return expr{}
	case c.over.path == "":
		c.over.path, c.over.rows = name, slotReader(rows, fact.Rows, up)
	case c.over.path != name:
		c.fail(n.pos, "formula_mixed_lines", "field", n.text)
	}
	c.over.used = true
	c.reads[n.text] = true
	kind := slot.Kind
	return expr{kind: kind, size: 1, exact: Exact(slot), run: func(f *frame) fact.Value { return read(f.line, column, kind) }}
}

func (c *checker) prefix(n *node) expr {
	a := c.check(n.args[0])
	if n.text == "not" {
		c.want(a, fact.Bool)
		return expr{kind: fact.Bool, size: a.size + 1, run: func(f *frame) fact.Value {
			v := a.run(f)
			return fact.OfBool(!v.Bool())
		}}
	}
	c.want(a, fact.Number)
	e := expr{kind: fact.Number, size: a.size + 1, run: a.run}
	if n.text == "-" {
		e.run = func(f *frame) fact.Value {
			v := a.run(f)
			if v.Empty() {
				return v
			}
			return fact.OfNumber(v.Number().Neg())
		}
	}
	return e
}

func (c *checker) binary(n *node) expr {
	a, b := c.check(n.args[0]), c.check(n.args[1])
	e := c.operator(n, a, b)
	e.size = a.size + b.size + 1
	return e
}

func (c *checker) operator(n *node, a, b expr) expr {
	switch n.text {
	case "and", "or":
		c.want(a, fact.Bool)
		c.want(b, fact.Bool)
		return expr{kind: fact.Bool, run: logic([]expr{a, b}, n.text == "or")}
	case "&":
		c.joinable(a)
		c.joinable(b)
		return expr{kind: fact.Text, run: join(n.pos, []expr{a, b})}
	case "+", "-":
		if a.kind == fact.Date || b.kind == fact.Date {
			return c.dateSum(n, a, b)
		}
		return c.arithmetic(n, a, b)
	case "*", "/", "%":
		return c.arithmetic(n, a, b)
	default:
		return c.comparison(n.text, a, b)
	}
}

func (c *checker) arithmetic(n *node, a, b expr) expr {
	c.want(a, fact.Number)
	c.want(b, fact.Number)
	op, pos := n.text, n.pos
	return expr{kind: fact.Number, run: func(f *frame) fact.Value {
		x := a.run(f)
		if f.err != nil {
			return x
		}
		y := b.run(f)
		if f.err != nil || x.Empty() || y.Empty() {
			return fact.Value{}
		}
		return calculate(f, pos, op, x.Number(), y.Number())
	}}
}

func calculate(f *frame, pos int, op string, x, y fact.Decimal) fact.Value {
	var d fact.Decimal
	var err error
	switch op {
	case "+":
		d, err = x.Add(y)
	case "-":
		d, err = x.Sub(y)
	case "*":
		d, err = x.Mul(y)
	default:
		if y.IsZero() {
			return f.fail(pos, "formula_division_by_zero")
		}
		if op == "%" {
			return fact.OfNumber(modulo(x, y))
		}
		d, err = x.Quo(y)
	}
	if err != nil {
		return f.fail(pos, "formula_overflow")
	}
	return fact.OfNumber(d)
}

func (c *checker) dateSum(n *node, a, b expr) expr {
	switch {
	case a.kind == fact.Date && b.kind == fact.Date && n.text == "-":
		return expr{kind: fact.Number, run: both(a, b, func(_ *frame, x, y fact.Value) fact.Value {
			return fact.OfInt(x.Days() - y.Days())
		})}
	case a.kind == fact.Date && b.kind == fact.Number:
		return expr{kind: fact.Date, run: both(a, b, daysMoved(n.pos, n.text == "-"))}
	case a.kind == fact.Number && b.kind == fact.Date && n.text == "+":
		return expr{kind: fact.Date, run: both(a, b, func(f *frame, x, y fact.Value) fact.Value {
			return daysMoved(n.pos, false)(f, y, x)
		})}
	case a.kind == fact.Date || a.kind == fact.Number:
		c.kindProblem(b, fact.Number.String())
	default:
		c.want(a, fact.Number, fact.Date)
	}
	return expr{}
}

func daysMoved(pos int, back bool) func(f *frame, day, n fact.Value) fact.Value {
	return func(f *frame, day, n fact.Value) fact.Value {
		step, ok := whole(n.Number())
		if !ok {
			return f.fail(pos, "formula_argument")
		}
		if back {
			step = -step
		}
		moved, ok := unitDay.addDay(day.Days(), step)
		if !ok {
			return f.fail(pos, "formula_overflow")
		}
		return fact.OfDate(moved)
	}
}

func (c *checker) comparison(op string, a, b expr) expr {
	ordered := op != "=" && op != "<>"
	switch {
	case ordered:
		c.want(a, fact.Text, fact.Number, fact.Date, fact.Time)
	default:
		c.want(a, fact.Text, fact.Number, fact.Bool, fact.Date, fact.Time)
	}
	if !Comparable(a.kind, b.kind) {
		c.kindProblem(b, a.kind.String())
	}
	exact := a.exact || b.exact
	holds := ordering(op)
	return expr{kind: fact.Bool, run: func(f *frame) fact.Value {
		x := a.run(f)
		if f.err != nil {
			return x
		}
		y := b.run(f)
		if f.err != nil {
			return y
		}
		if x.Empty() || y.Empty() {
			both := x.Empty() && y.Empty()
			return fact.OfBool(op == "=" && both || op == "<>" && !both)
		}
		return fact.OfBool(holds(Compare(&x, &y, exact, f.env)))
	}}
}

// ordering returns what a comparison operator says of the result of Compare.
func ordering(op string) func(int) bool {
	switch op {
	case "=":
		return func(c int) bool { return c == 0 }
	case "<>":
		return func(c int) bool { return c != 0 }
	case "<":
		return func(c int) bool { return c < 0 }
	case "<=":
		return func(c int) bool { return c <= 0 }
	case ">":
		return func(c int) bool { return c > 0 }
	default:
		return func(c int) bool { return c >= 0 }
	}
}

// both evaluates two operands and applies fn unless one of them is empty.
func both(a, b expr, fn func(f *frame, x, y fact.Value) fact.Value) run {
	return func(f *frame) fact.Value {
		x := a.run(f)
		if f.err != nil {
			return x
		}
		y := b.run(f)
		if f.err != nil || x.Empty() || y.Empty() {
			return fact.Value{}
		}
		return fn(f, x, y)
	}
}

// logic is and (any = false) and or (any = true): it stops when the answer is known.
func logic(args []expr, any bool) run {
	return func(f *frame) fact.Value {
		for _, a := range args {
			v := a.run(f)
			if f.err != nil {
				return v
			}
			if v.Bool() == any {
				return fact.OfBool(any)
			}
		}
		return fact.OfBool(!any)
	}
}
