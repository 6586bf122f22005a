package expr

import (
	"strconv"

	"sluice/runtime/fact"
)

// each runs the arguments of an aggregate: a line expression once per line, in
// order, any other once. It stops after a problem.
func each(f *frame, pos int, args []expr, visit func(v *fact.Value)) {
	for i := range args {
		a := &args[i]
		if a.lines == nil {
			v := a.run(f)
			if f.err != nil {
				return
			}
			visit(&v)
			continue
		}
		for _, line := range rowsOf(f, pos, a.lines, a.size) {
			f.line = line
			v := a.run(f)
			if f.err != nil {
				return
			}
			visit(&v)
		}
	}
}

// rowsOf returns the lines to visit, none when that would cost too much.
func rowsOf(f *frame, pos int, lines run, size int) []fact.Row {
	v := lines(f)
	rows := v.Rows()
	f.cost += len(rows) * size
	if f.cost > MaxCost {
		f.fail(pos, "formula_too_costly", "limit", MaxCost)
		return nil
	}
	return rows
}

// summed adds up what is not empty, from left to right.
func summed(f *frame, pos int, args []expr) (sum fact.Decimal, n int64) {
	each(f, pos, args, func(v *fact.Value) {
		if v.Empty() || f.err != nil {
			return
		}
		d, err := sum.Add(v.Number())
		if err != nil {
			f.fail(pos, "formula_overflow")
			return
		}
		sum = d
		n++
	})
	return sum, n
}

func (c *checker) callSum(n *node, args []expr) expr {
	for _, a := range args {
		c.want(a, fact.Number)
	}
	pos, average := n.pos, n.text == "AVG"
	return expr{kind: fact.Number, run: func(f *frame) fact.Value {
		sum, count := summed(f, pos, args)
		switch {
		case f.err != nil || average && count == 0:
			return fact.Value{}
		case average:
			of := fact.OfInt(count)
			return calculate(f, pos, "/", sum, of.Number())
		}
		return fact.OfNumber(sum)
	}}
}

func (c *checker) callLeast(n *node, args []expr) expr {
	for _, a := range args {
		c.want(a, fact.Number, fact.Date, fact.Time)
		if a.kind != args[0].kind {
			c.kindProblem(a, args[0].kind.String())
		}
	}
	pos, sign := n.pos, 1
	if n.text == "MAX" {
		sign = -1
	}
	return expr{kind: args[0].kind, run: func(f *frame) fact.Value {
		var best fact.Value
		each(f, pos, args, func(v *fact.Value) {
			if !v.Empty() && (best.Empty() || Compare(v, &best, false, f.env)*sign < 0) {
				best = *v
			}
		})
		return best
	}}
}

func (c *checker) callCount(n *node, args []expr) expr {
	pos := n.pos
	return expr{kind: fact.Number, run: func(f *frame) fact.Value {
		count := 0
		each(f, pos, args, func(v *fact.Value) {
			switch v.Kind() {
			case fact.Rows:
				count += len(v.Rows())
			case fact.List:
				count += len(v.List())
			default:
				if !v.Empty() {
					count++
				}
			}
		})
		return fact.OfInt(int64(count))
	}}
}

func (c *checker) callCountIf(n *node, args []expr) expr {
	c.want(args[0], fact.Bool)
	if args[0].lines == nil {
		c.kindProblem(args[0], "lines")
	}
	pos := n.pos
	return expr{kind: fact.Number, run: func(f *frame) fact.Value {
		count := int64(0)
		each(f, pos, args, func(v *fact.Value) {
			if v.Bool() {
				count++
			}
		})
		return fact.OfInt(count)
	}}
}

func (c *checker) callSumIf(n *node, args []expr) expr {
	test, what := args[0], args[1]
	c.want(test, fact.Bool)
	c.want(what, fact.Number)
	lines := test.lines
	if lines == nil {
		lines = what.lines
	}
	if lines == nil {
		c.kindProblem(test, "lines")
	}
	pos, size := n.pos, test.size+what.size
	return expr{kind: fact.Number, run: func(f *frame) fact.Value {
		var sum fact.Decimal
		for _, line := range rowsOf(f, pos, lines, size) {
			f.line = line
			v := test.run(f)
			if f.err == nil && v.Bool() {
				if v = what.run(f); f.err == nil && !v.Empty() {
					v = calculate(f, pos, "+", sum, v.Number())
					sum = v.Number()
				}
			}
			if f.err != nil {
				break
			}
		}
		return fact.OfNumber(sum)
	}}
}

func (c *checker) callDistinct(n *node, args []expr) expr {
	a, pos := args[0], n.pos
	if a.kind != fact.List || a.lines != nil {
		c.want(a, fact.Text, fact.Number, fact.Bool, fact.Date, fact.Time)
		if a.lines == nil {
			c.kindProblem(a, "lines")
		}
	}
	return expr{kind: fact.Number, run: func(f *frame) fact.Value {
		seen := map[string]bool{}
		each(f, pos, args, func(v *fact.Value) {
			for _, item := range v.List() {
				if item != "" {
					seen[textKey(item, a.exact)] = true
				}
			}
			if v.Kind() != fact.List && !v.Empty() {
				seen[distinctKey(v, a.exact)] = true
			}
		})
		return fact.OfInt(int64(len(seen)))
	}}
}

func textKey(s string, exact bool) string {
	if exact {
		return s
	}
	return Fold(s)
}

// distinctKey is the same text for equal values of one kind.
func distinctKey(v *fact.Value, exact bool) string {
	switch v.Kind() {
	case fact.Text:
		return textKey(v.Text(), exact)
	case fact.Number:
		return NumberText(v.Number())
	case fact.Bool:
		return strconv.FormatBool(v.Bool())
	default:
		return strconv.FormatInt(v.Days()+v.Millis(), 10)
	}
}
