package expr

import (
	"fmt"
	"strings"
	"time"

	"sluice/runtime/fact"
)

// textFormat reads a format of TEXT for values of a kind. The function it
// returns says false when a number becomes too long.
func textFormat(format string, kind fact.Kind) (func(v *fact.Value, env *fact.Env) (string, bool), bool) {
	switch kind {
	case fact.Number:
		nf, ok := readNumberFormat(format)
		return func(v *fact.Value, _ *fact.Env) (string, bool) { return nf.text(v.Number()) }, ok
	case fact.Date, fact.Time:
		tf, ok := readTimeFormat(format, kind == fact.Time)
		return func(v *fact.Value, env *fact.Env) (string, bool) { return string(tf.append(nil, v, env)), true }, ok
	}
	return nil, false
}

type numberFormat struct {
	grouped, percent bool
	before, after    int // least digits before the point, exact digits after it
}

func readNumberFormat(s string) (f numberFormat, ok bool) {
	s, f.grouped = strings.CutPrefix(s, "#,##")
	s, f.percent = strings.CutSuffix(s, "%")
	head, fraction, pointed := strings.Cut(s, ".")
	f.before, f.after = len(head), len(fraction)
	ok = zeros(head) && (!pointed || zeros(fraction)) && f.before <= 19 && f.after <= 19
	return f, ok
}

func zeros(s string) bool { return s != "" && strings.Trim(s, "0") == "" }

func (f numberFormat) text(d fact.Decimal) (string, bool) {
	if f.percent {
		m, err := d.Mul(hundred)
		if err != nil {
			return "", false
		}
		d = m
	}
	d, ok := roundTo(d, f.after, halfAway)
	if !ok {
		return "", false
	}
	head, fraction, _ := strings.Cut(d.Abs().Trim(0).String(), ".")
	head = strings.Repeat("0", max(f.before-len(head), 0)) + head
	var b strings.Builder
	if d.Sign() < 0 {
		b.WriteByte('-')
	}
	for i := range len(head) {
		if f.grouped && i > 0 && (len(head)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(head[i])
	}
	if f.after > 0 {
		b.WriteByte('.')
		b.WriteString(fraction + strings.Repeat("0", f.after-len(fraction)))
	}
	if f.percent {
		b.WriteByte('%')
	}
	return b.String(), true
}

// timeFormat is a sequence of parts: a token like "yyyy" or "mi" (minute), or a literal text.
type timeFormat []timePart

type timePart struct {
	token byte // y m d h i (minute) s; 0 for a literal
	text  string
}

var isoTime, _ = readTimeFormat("yyyy-mm-dd hh:mm:ss", true)

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func readTimeFormat(s string, clock bool) (f timeFormat, ok bool) {
	tokens := 0
	for i := 0; i < len(s); {
		j := i
		if !letter(s[i]) {
			for j < len(s) && !letter(s[j]) {
				j++
			}
			f = append(f, timePart{text: s[i:j]})
			i = j
			continue
		}
		c := s[i] | 0x20
		for j < len(s) && letter(s[j]) && s[j]|0x20 == c {
			j++
		}
		if n := j - i; !strings.ContainsRune("ymdhs", rune(c)) || n != 2 && (c == 'y') != (n == 4) || n > 2 && c != 'y' {
			return nil, false
		}
		f = append(f, timePart{token: c, text: s[i:j]})
		tokens++
		i = j
	}
	f.minutes()
	for _, p := range f {
		if !clock && (p.token == 'h' || p.token == 'i' || p.token == 's') {
			return nil, false
		}
	}
	return f, tokens > 0
}

// minutes turns each m that stands next to hours or seconds into a minute.
func (f timeFormat) minutes() {
	before := byte(0)
	for i := range f {
		if f[i].token == 'm' && (before == 'h' || f[i+1:].first() == 's') {
			f[i].token = 'i'
		}
		if f[i].token != 0 {
			before = f[i].token
		}
	}
}

func (f timeFormat) first() byte {
	for _, p := range f {
		if p.token != 0 {
			return p.token
		}
	}
	return 0
}

func (f timeFormat) append(b []byte, v *fact.Value, env *fact.Env) []byte {
	t := time.Unix(v.Days()*86400, 0).UTC()
	if v.Kind() == fact.Time {
		t = time.UnixMilli(v.Millis()).In(zone(env))
	}
	for _, p := range f {
		n := 0
		switch p.token {
		case 0:
			b = append(b, p.text...)
			continue
		case 'y':
			n = t.Year()
			if len(p.text) == 2 {
				n %= 100
			}
		case 'm':
			n = int(t.Month())
		case 'd':
			n = t.Day()
		case 'h':
			n = t.Hour()
		case 'i':
			n = t.Minute()
		case 's':
			n = t.Second()
		}
		b = fmt.Appendf(b, "%0*d", len(p.text), n)
	}
	return b
}
