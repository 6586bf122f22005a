package expr

import (
	"strings"
	"time"

	"sluice/runtime/fact"
)

func (c *checker) callToday(*node, []expr) expr {
	return expr{kind: fact.Date, run: func(f *frame) fact.Value { return fact.OfDate(f.env.Day(f.env.Now)) }}
}

func (c *checker) callNow(*node, []expr) expr {
	return expr{kind: fact.Time, run: func(f *frame) fact.Value { return fact.OfTime(f.env.Now.UnixMilli()) }}
}

const maxPart = 1_000_000

func (c *checker) callDate(n *node, args []expr) expr {
	if len(args) == 1 {
		c.want(args[0], fact.Date, fact.Time)
		return expr{kind: fact.Date, run: unary(args[0], func(f *frame, v fact.Value) fact.Value {
			return fact.OfDate(Day(&v, f.env))
		})}
	}
	for _, a := range args {
		c.want(a, fact.Number)
	}
	pos := n.pos
	return expr{kind: fact.Date, run: ternary(args, func(f *frame, x, y, z fact.Value) fact.Value {
		parts, far := [3]int64{}, false
		for i, v := range [...]*fact.Value{&x, &y, &z} {
			part, ok := whole(v.Number())
			if !ok {
				return f.fail(pos, "formula_argument", "function", n.text)
			}
			far = far || part > maxPart || part < -maxPart
			parts[i] = part
		}
		if !far {
			if day := dayOf(parts[0]*12+parts[1]-1, parts[2]); day >= firstDay && day <= lastDay {
				return fact.OfDate(day)
			}
		}
		return f.fail(pos, "formula_overflow", "function", n.text)
	})}
}

func (c *checker) callDatePart(n *node, args []expr) expr {
	c.want(args[0], fact.Date, fact.Time)
	name := n.text
	return expr{kind: fact.Number, run: unary(args[0], func(f *frame, v fact.Value) fact.Value {
		days := Day(&v, f.env)
		y, m, d := civil(days)
		switch name {
		case "YEAR":
			return fact.OfInt(y)
		case "MONTH":
			return fact.OfInt(m)
		case "DAY":
			return fact.OfInt(d)
		}
		return fact.OfInt(days + 3 - 7*floorDiv(days+3, 7) + 1) // 1970-01-01 was a Thursday
	})}
}

func (c *checker) callTimePart(n *node, args []expr) expr {
	c.want(args[0], fact.Time)
	name := n.text
	return expr{kind: fact.Number, run: unary(args[0], func(f *frame, v fact.Value) fact.Value {
		t := time.UnixMilli(v.Millis()).In(zone(f.env))
		if name == "HOUR" {
			return fact.OfInt(int64(t.Hour()))
		}
		return fact.OfInt(int64(t.Minute()))
	})}
}

// unitOf reads the unit argument; under a day it is allowed for times only.
func (c *checker) unitOf(e expr, timed bool) unit {
	text, _ := literal(e)
	u, ok := units[strings.ToLower(text)]
	if !ok || u >= unitHour && !timed {
		c.fail(e.pos, "formula_format", "text", text)
	}
	return u
}

// moved returns a step of n units for a date or a time.
func (c *checker) moved(n *node, a, count expr, u unit) expr {
	pos := n.pos
	return expr{kind: a.kind, run: both(a, count, func(f *frame, v, by fact.Value) fact.Value {
		step, ok := whole(by.Number())
		if !ok {
			return f.fail(pos, "formula_argument", "function", n.text)
		}
		if v.Kind() == fact.Date {
			if day, fits := u.addDay(v.Days(), step); fits {
				return fact.OfDate(day)
			}
		} else if ms, fits := u.addTime(v.Millis(), step, zone(f.env)); fits {
			return fact.OfTime(ms)
		}
		return f.fail(pos, "formula_overflow", "function", n.text)
	})}
}

func (c *checker) callDateAdd(n *node, args []expr) expr {
	c.want(args[0], fact.Date, fact.Time)
	c.want(args[1], fact.Number)
	return c.moved(n, args[0], args[1], c.unitOf(args[2], args[0].kind == fact.Time))
}

func (c *checker) callEdate(n *node, args []expr) expr {
	c.want(args[0], fact.Date, fact.Time)
	c.want(args[1], fact.Number)
	return c.moved(n, args[0], args[1], unitMonth)
}

func (c *checker) callEndOfMonth(n *node, args []expr) expr {
	c.want(args[0], fact.Date, fact.Time)
	c.want(args[1], fact.Number)
	pos := n.pos
	return expr{kind: fact.Date, run: both(args[0], args[1], func(f *frame, v, by fact.Value) fact.Value {
		step, ok := whole(by.Number())
		if !ok {
			return f.fail(pos, "formula_argument", "function", n.text)
		}
		day, fits := unitMonth.addDay(Day(&v, f.env), step)
		if !fits {
			return f.fail(pos, "formula_overflow", "function", n.text)
		}
		y, m, _ := civil(day)
		return fact.OfDate(dayOf(y*12+m, 0))
	})}
}

func (c *checker) callDateDiff(n *node, args []expr) expr {
	a, b := args[0], args[1]
	c.want(a, fact.Date, fact.Time)
	c.want(b, fact.Date, fact.Time)
	u := c.unitOf(args[2], a.kind == fact.Time && b.kind == fact.Time)
	return expr{kind: fact.Number, run: both(a, b, func(f *frame, x, y fact.Value) fact.Value {
		if u >= unitHour {
			return fact.OfInt((y.Millis() - x.Millis()) / u.millis())
		}
		return fact.OfInt(u.between(Day(&x, f.env), Day(&y, f.env)))
	})}
}
