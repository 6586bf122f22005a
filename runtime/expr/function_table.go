package expr

import "sluice/runtime/fact"

// function is one entry of the language's functions.
type function struct {
	min, max  int // number of arguments; max < 0 is without bound
	aggregate bool
	check     func(c *checker, n *node, args []expr) expr
}

var functions = map[string]function{
	"IF": {2, 3, false, (*checker).callIf}, "IFS": {2, -1, false, (*checker).callIfs}, "SWITCH": {3, -1, false, (*checker).callSwitch},
	"AND": {1, -1, false, (*checker).callLogic}, "OR": {1, -1, false, (*checker).callLogic}, "NOT": {1, 1, false, (*checker).callNot},
	"ISBLANK": {1, 1, false, (*checker).callIsBlank}, "COALESCE": {1, -1, false, (*checker).callCoalesce},

	"SUM": {1, -1, true, (*checker).callSum}, "AVG": {1, -1, true, (*checker).callSum}, "COUNT": {1, -1, true, (*checker).callCount},
	"MIN": {1, -1, true, (*checker).callLeast}, "MAX": {1, -1, true, (*checker).callLeast},
	"COUNTIF": {1, 1, true, (*checker).callCountIf}, "SUMIF": {2, 2, true, (*checker).callSumIf}, "DISTINCT": {1, 1, true, (*checker).callDistinct},

	"ROUND": {1, 2, false, (*checker).callRound}, "ROUNDUP": {1, 2, false, (*checker).callRound}, "ROUNDDOWN": {1, 2, false, (*checker).callRound},
	"ABS": {1, 1, false, (*checker).callAbs}, "INT": {1, 1, false, (*checker).callInt}, "MOD": {2, 2, false, (*checker).callMod},

	"LEN": {1, 1, false, (*checker).callLen}, "LEFT": {1, 2, false, (*checker).callSide}, "RIGHT": {1, 2, false, (*checker).callSide},
	"MID": {3, 3, false, (*checker).callMid}, "UPPER": {1, 1, false, (*checker).callCase}, "LOWER": {1, 1, false, (*checker).callCase},
	"TRIM": {1, 1, false, (*checker).callTrim}, "CONCAT": {1, -1, false, (*checker).callConcat},
	"FIND": {2, 3, false, (*checker).callFind}, "CONTAINS": {2, 2, false, (*checker).callContains},
	"TEXT": {1, 2, false, (*checker).callText}, "VALUE": {1, 1, false, (*checker).callValue},

	"DATE": {1, 3, false, (*checker).callDate}, "TODAY": {0, 0, false, (*checker).callToday}, "NOW": {0, 0, false, (*checker).callNow},
	"YEAR": {1, 1, false, (*checker).callDatePart}, "MONTH": {1, 1, false, (*checker).callDatePart}, "DAY": {1, 1, false, (*checker).callDatePart},
	"WEEKDAY": {1, 1, false, (*checker).callDatePart}, "HOUR": {1, 1, false, (*checker).callTimePart}, "MINUTE": {1, 1, false, (*checker).callTimePart},
	"DATEADD": {3, 3, false, (*checker).callDateAdd}, "DATEDIFF": {3, 3, false, (*checker).callDateDiff},
	"EDATE": {2, 2, false, (*checker).callEdate}, "EOMONTH": {2, 2, false, (*checker).callEndOfMonth},
}

// call checks a call: its name, the number of arguments, the arguments, then what the function asks of them.
func (c *checker) call(n *node) expr {
	fn, ok := functions[n.text]
	if !ok {
		c.fail(n.pos, "formula_unknown_function", "function", n.text)
		return expr{}
	}
	count := len(n.args)
	if count < fn.min || fn.max >= 0 && count > fn.max || n.text == "DATE" && count == 2 {
		c.fail(n.pos, "formula_argument_count", "function", n.text, "got", count)
		return expr{}
	}
	var args []expr
	if fn.aggregate {
		args = c.aggregateArgs(n)
	} else {
		for _, a := range n.args {
			args = append(args, c.check(a))
		}
	}
	e := fn.check(c, n, args)
	e.size = 1
	for _, a := range args {
		e.size += a.size
	}
	return e
}

// aggregateArgs checks the arguments of an aggregate, which may read columns.
func (c *checker) aggregateArgs(n *node) []expr {
	outer := c.over
	if outer != nil && outer.nested == nil {
		outer.nested = n
	}
	oneField := n.text == "COUNTIF" || n.text == "SUMIF"
	here := &over{}
	args := make([]expr, 0, len(n.args))
	for _, a := range n.args {
		if !oneField {
			here = &over{}
		}
		here.used, here.nested = false, nil
		c.over = here
		e := c.check(a)
		if here.used {
			if here.nested != nil {
				c.fail(here.nested.pos, "formula_nested_lines", "function", here.nested.text)
			}
			e.lines = here.rows
		}
		args = append(args, e)
	}
	c.over = outer
	return args
}

// branches gives the one kind that all branches of a choice have.
func (c *checker) branches(args ...expr) fact.Kind {
	for _, a := range args {
		c.want(a, fact.Text, fact.Number, fact.Bool, fact.Date, fact.Time, fact.List)
		if a.kind != args[0].kind {
			c.kindProblem(a, args[0].kind.String())
		}
	}
	return args[0].kind
}

func (c *checker) callIf(_ *node, args []expr) expr {
	c.want(args[0], fact.Bool)
	test, then := args[0], args[1]
	e := expr{kind: c.branches(args[1:]...)}
	e.run = func(f *frame) fact.Value {
		v := test.run(f)
		switch {
		case f.err != nil:
		case v.Bool():
			return then.run(f)
		case len(args) == 3:
			return args[2].run(f)
		}
		return fact.Value{}
	}
	return e
}

func (c *checker) callIfs(_ *node, args []expr) expr {
	pairs := len(args) / 2 * 2
	var values []expr
	for i := 0; i < pairs; i += 2 {
		c.want(args[i], fact.Bool)
		values = append(values, args[i+1])
	}
	values = append(values, args[pairs:]...)
	return expr{kind: c.branches(values...), run: func(f *frame) fact.Value {
		for i := 0; i < pairs; i += 2 {
			v := args[i].run(f)
			if f.err != nil {
				return v
			}
			if v.Bool() {
				return args[i+1].run(f)
			}
		}
		return orElse(f, args[pairs:])
	}}
}

func orElse(f *frame, rest []expr) fact.Value {
	if len(rest) == 0 {
		return fact.Value{}
	}
	return rest[0].run(f)
}

func (c *checker) callSwitch(_ *node, args []expr) expr {
	x, rest := args[0], args[1:]
	c.want(x, fact.Text, fact.Number, fact.Bool, fact.Date, fact.Time)
	pairs := len(rest) / 2 * 2
	var values []expr
	for i := 0; i < pairs; i += 2 {
		if !Comparable(x.kind, rest[i].kind) {
			c.kindProblem(rest[i], x.kind.String())
		}
		values = append(values, rest[i+1])
	}
	values = append(values, rest[pairs:]...)
	return expr{kind: c.branches(values...), run: func(f *frame) fact.Value {
		v := x.run(f)
		for i := 0; i < pairs && f.err == nil; i += 2 {
			key := rest[i].run(f)
			if f.err == nil && Equal(&v, &key, x.exact || rest[i].exact, f.env) {
				return rest[i+1].run(f)
			}
		}
		if f.err != nil {
			return v
		}
		return orElse(f, rest[pairs:])
	}}
}

func (c *checker) callLogic(n *node, args []expr) expr {
	for _, a := range args {
		c.want(a, fact.Bool)
	}
	return expr{kind: fact.Bool, run: logic(args, n.text == "OR")}
}

func (c *checker) callNot(_ *node, args []expr) expr {
	c.want(args[0], fact.Bool)
	a := args[0]
	return expr{kind: fact.Bool, run: func(f *frame) fact.Value {
		v := a.run(f)
		return fact.OfBool(!v.Bool())
	}}
}

func (c *checker) callIsBlank(_ *node, args []expr) expr {
	a := args[0]
	return expr{kind: fact.Bool, run: func(f *frame) fact.Value {
		v := a.run(f)
		return fact.OfBool(v.Empty())
	}}
}

func (c *checker) callCoalesce(_ *node, args []expr) expr {
	return expr{kind: c.branches(args...), run: func(f *frame) fact.Value {
		for _, a := range args {
			if v := a.run(f); f.err != nil || !v.Empty() {
				return v
			}
		}
		return fact.Value{}
	}}
}
