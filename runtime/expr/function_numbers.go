package expr

import "sluice/runtime/fact"

// unary evaluates one operand and applies fn unless it is empty.
func unary(a expr, fn func(f *frame, x fact.Value) fact.Value) run {
	return func(f *frame) fact.Value {
		x := a.run(f)
		if f.err != nil || x.Empty() {
			return fact.Value{}
		}
		return fn(f, x)
	}
}

var roundings = map[string]rounding{"ROUND": halfAway, "ROUNDUP": awayFromZero, "ROUNDDOWN": towardZero}

func (c *checker) callRound(n *node, args []expr) expr {
	for _, a := range args {
		c.want(a, fact.Number)
	}
	mode, pos := roundings[n.text], n.pos
	digits := constant(fact.OfInt(0))
	if len(args) == 2 {
		digits = args[1]
	}
	return expr{kind: fact.Number, run: both(args[0], digits, func(f *frame, x, y fact.Value) fact.Value {
		places, ok := whole(y.Number())
		if !ok || places < -18 || places > 19 {
			return f.fail(pos, "formula_argument", "function", n.text)
		}
		d, ok := roundTo(x.Number(), int(places), mode)
		if !ok {
			return f.fail(pos, "formula_overflow", "function", n.text)
		}
		return fact.OfNumber(d)
	})}
}

func (c *checker) callAbs(_ *node, args []expr) expr {
	c.want(args[0], fact.Number)
	return expr{kind: fact.Number, run: unary(args[0], func(_ *frame, x fact.Value) fact.Value {
		return fact.OfNumber(x.Number().Abs())
	})}
}

func (c *checker) callInt(_ *node, args []expr) expr {
	c.want(args[0], fact.Number)
	return expr{kind: fact.Number, run: unary(args[0], func(_ *frame, x fact.Value) fact.Value {
		return fact.OfNumber(x.Number().Floor(0))
	})}
}

func (c *checker) callMod(n *node, args []expr) expr {
	c.want(args[0], fact.Number)
	c.want(args[1], fact.Number)
	pos := n.pos
	return expr{kind: fact.Number, run: both(args[0], args[1], func(f *frame, x, y fact.Value) fact.Value {
		return calculate(f, pos, "%", x.Number(), y.Number())
	})}
}

func (c *checker) callValue(n *node, args []expr) expr {
	c.want(args[0], fact.Text)
	pos := n.pos
	return expr{kind: fact.Number, run: unary(args[0], func(f *frame, x fact.Value) fact.Value {
		d, found, ok := parseNumber(x.Text())
		switch {
		case !ok:
			return f.fail(pos, "formula_overflow", "function", n.text)
		case !found:
			return fact.Value{}
		}
		return fact.OfNumber(d)
	})}
}
