package expr

import (
	"strings"
	"unicode/utf8"

	"sluice/runtime/fact"
)

// TextForm returns the text form of a value: what "&" joins.
func TextForm(v *fact.Value, env *fact.Env) string {
	switch v.Kind() {
	case fact.Text:
		return v.Text()
	case fact.Number:
		return NumberText(v.Number())
	case fact.Bool:
		if v.Bool() {
			return "true"
		}
		return "false"
	case fact.Date:
		return fact.DateText(v.Days())
	case fact.Time:
		return string(isoTime.append(nil, v, env))
	}
	return ""
}

func (c *checker) joinable(a expr) {
	c.want(a, fact.Text, fact.Number, fact.Bool, fact.Date, fact.Time)
}

func join(pos int, args []expr) run {
	return func(f *frame) fact.Value {
		var b strings.Builder
		for _, a := range args {
			v := a.run(f)
			if f.err != nil {
				return v
			}
			b.WriteString(TextForm(&v, f.env))
			if b.Len() > MaxText && utf8.RuneCountInString(b.String()) > MaxText {
				return f.fail(pos, "formula_text_limit", "limit", MaxText)
			}
		}
		return fact.OfText(b.String())
	}
}

func (c *checker) callConcat(n *node, args []expr) expr {
	for _, a := range args {
		c.joinable(a)
	}
	return expr{kind: fact.Text, run: join(n.pos, args)}
}

func (c *checker) callLen(_ *node, args []expr) expr {
	c.want(args[0], fact.Text)
	a := args[0]
	return expr{kind: fact.Number, run: func(f *frame) fact.Value {
		v := a.run(f)
		return fact.OfInt(int64(utf8.RuneCountInString(v.Text())))
	}}
}

// cut returns n code points of s from the given one on (from 0).
func cut(s string, from, n int64) string {
	start := byteAt(s, from)
	return s[start : start+byteAt(s[start:], n)]
}

// byteAt returns where the n-th code point (from 0) of s begins, its length when s is shorter.
func byteAt(s string, n int64) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

func (c *checker) callSide(n *node, args []expr) expr {
	c.want(args[0], fact.Text)
	count := constant(fact.OfInt(1))
	if len(args) == 2 {
		count = args[1]
		c.want(count, fact.Number)
	}
	right, pos := n.text == "RIGHT", n.pos
	return expr{kind: fact.Text, run: both(args[0], count, func(f *frame, t, y fact.Value) fact.Value {
		size, ok := whole(y.Number())
		if !ok || size < 0 {
			return f.fail(pos, "formula_argument", "function", n.text)
		}
		if right {
			skip := int64(utf8.RuneCountInString(t.Text())) - size
			return fact.OfText(t.Text()[byteAt(t.Text(), max(skip, 0)):])
		}
		return fact.OfText(cut(t.Text(), 0, size))
	})}
}

func (c *checker) callMid(n *node, args []expr) expr {
	c.want(args[0], fact.Text)
	c.want(args[1], fact.Number)
	c.want(args[2], fact.Number)
	pos := n.pos
	return expr{kind: fact.Text, run: ternary(args, func(f *frame, t, x, y fact.Value) fact.Value {
		from, ok1 := whole(x.Number())
		size, ok2 := whole(y.Number())
		if !ok1 || !ok2 || from < 1 || size < 0 {
			return f.fail(pos, "formula_argument", "function", n.text)
		}
		return fact.OfText(cut(t.Text(), from-1, size))
	})}
}

// ternary evaluates three operands and applies fn unless one of them is empty.
func ternary(args []expr, fn func(f *frame, x, y, z fact.Value) fact.Value) run {
	x, y, z := args[0], args[1], args[2]
	return func(f *frame) fact.Value {
		a := x.run(f)
		if f.err != nil {
			return a
		}
		b := y.run(f)
		if f.err != nil {
			return b
		}
		d := z.run(f)
		if f.err != nil || a.Empty() || b.Empty() || d.Empty() {
			return fact.Value{}
		}
		return fn(f, a, b, d)
	}
}

func (c *checker) callCase(n *node, args []expr) expr {
	c.want(args[0], fact.Text)
	mapping := upperRune
	if n.text == "LOWER" {
		mapping = lowerRune
	}
	return expr{kind: fact.Text, run: unary(args[0], func(_ *frame, t fact.Value) fact.Value {
		return fact.OfText(strings.Map(mapping, t.Text()))
	})}
}

func (c *checker) callTrim(_ *node, args []expr) expr {
	c.want(args[0], fact.Text)
	blank := func(r rune) bool { return strings.ContainsRune(blanks, r) }
	return expr{kind: fact.Text, run: unary(args[0], func(_ *frame, t fact.Value) fact.Value {
		return fact.OfText(strings.Join(strings.FieldsFunc(t.Text(), blank), " "))
	})}
}

func (c *checker) callFind(n *node, args []expr) expr {
	part, text := args[0], args[1]
	c.want(part, fact.Text)
	c.want(text, fact.Text)
	from := constant(fact.OfInt(1))
	if len(args) == 3 {
		from = args[2]
		c.want(from, fact.Number)
	}
	exact, pos := part.exact || text.exact, n.pos
	return expr{kind: fact.Number, run: ternary([]expr{part, text, from}, func(f *frame, p, t, x fact.Value) fact.Value {
		start, ok := whole(x.Number())
		if !ok || start < 1 {
			return f.fail(pos, "formula_argument", "function", n.text)
		}
		hay := textKey(t.Text(), exact)
		skip := byteAt(hay, start-1)
		at := strings.Index(hay[skip:], textKey(p.Text(), exact))
		if at < 0 {
			return fact.Value{}
		}
		return fact.OfInt(int64(utf8.RuneCountInString(hay[:skip+at])) + 1)
	})}
}

func (c *checker) callContains(_ *node, args []expr) expr {
	text, part := args[0], args[1]
	c.want(text, fact.Text, fact.List)
	c.want(part, fact.Text)
	exact := text.exact || part.exact
	return expr{kind: fact.Bool, run: func(f *frame) fact.Value {
		t := text.run(f)
		if f.err != nil {
			return t
		}
		p := part.run(f)
		if f.err != nil || t.Empty() || p.Empty() {
			return fact.OfBool(false)
		}
		for _, item := range t.List() {
			if sameText(item, p.Text(), exact) {
				return fact.OfBool(true)
			}
		}
		return fact.OfBool(t.Kind() == fact.Text && strings.Contains(textKey(t.Text(), exact), textKey(p.Text(), exact)))
	}}
}

func (c *checker) callText(n *node, args []expr) expr {
	a := args[0]
	if len(args) == 1 {
		c.joinable(a)
		return expr{kind: fact.Text, run: unary(a, func(f *frame, v fact.Value) fact.Value {
			return fact.OfText(TextForm(&v, f.env))
		})}
	}
	format, ok := literal(args[1])
	var show func(v *fact.Value, env *fact.Env) (string, bool)
	if ok {
		show, ok = textFormat(format, a.kind)
	}
	if !ok {
		c.fail(args[1].pos, "formula_format", "text", format)
	}
	pos := n.pos
	return expr{kind: fact.Text, run: unary(a, func(f *frame, v fact.Value) fact.Value {
		s, fits := show(&v, f.env)
		if !fits {
			return f.fail(pos, "formula_overflow", "function", n.text)
		}
		return fact.OfText(s)
	})}
}

func literal(e expr) (string, bool) {
	if e.text == nil {
		return "", false
	}
	return *e.text, true
}
