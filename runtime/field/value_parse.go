package field

import (
	"time"

	"github.com/govalues/decimal"

	"sluice/runtime/fact"
)

// ParseNumber reads a JSON number exactly. It is not ok when the number needs
// more than 15 significant digits, more than 15 digits after the point, or is 10^15 or
// more: JavaScript could not hold or write it unchanged.
func ParseNumber(s string) (fact.Decimal, bool) {
	if d, ok := parseShort(s); ok {
		return d, true
	}
	if len(s) > 16 && !fewDigits(s) {
		return fact.Decimal{}, false
	}
	d, err := decimal.Parse(s)
	if err != nil {
		return fact.Decimal{}, false
	}
	return d, Fits(d)
}

// parseShort reads what nearly all numbers are: up to 15 digits with a point
// perhaps, no exponent. It is not ok for the rest, right or wrong.
func parseShort(s string) (fact.Decimal, bool) {
	i, neg := 0, false
	if s != "" && s[0] == '-' {
		i, neg = 1, true
	}
	first, point, coef := i, -1, int64(0)
	if len(s)-i > MaxDigits+1 {
		return fact.Decimal{}, false
	}
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			coef = coef*10 + int64(c-'0')
		case c == '.' && point < 0 && i > first && i+1 < len(s):
			point = i
		default:
			return fact.Decimal{}, false
		}
	}
	scale := 0
	if point >= 0 {
		scale = len(s) - point - 1
	}
	if n := len(s) - first; n == 0 || point < 0 && n > MaxDigits {
		return fact.Decimal{}, false
	}
	if neg {
		coef = -coef
	}
	d, err := decimal.New(coef, scale)
	return d, err == nil
}

// Fits reports whether a number has at most 15 significant digits, at most 15
// of them after the point, and is less than 10^15.
func Fits(d fact.Decimal) bool {
	if d.Prec() <= MaxDigits && d.Scale() <= MaxDigits {
		return true
	}
	d = d.Trim(0)
	return d.Prec() <= MaxDigits && d.Scale() <= MaxDigits
}

// fewDigits reports whether the mantissa has so few significant digits that
// parsing cannot round it. An exponent is left to the parser, which refuses what it cannot hold.
func fewDigits(s string) bool {
	first, last, n := -1, -1, 0
	for i := range len(s) {
		c := s[i]
		if c == 'e' || c == 'E' {
			return last-first < MaxDigits && len(s)-i <= 4
		}
		if c < '0' || c > '9' {
			continue
		}
		if c != '0' {
			if first < 0 {
				first = n
			}
			last = n
		}
		n++
	}
	return last-first < MaxDigits
}

// ParseDate reads a calendar day written as 2026-01-31 and returns its day
// number; it is not ok when there is no such day.
func ParseDate(s string) (days int64, ok bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:])
	if !ok1 || !ok2 || !ok3 || y < 1 || m < 1 || m > 12 || d < 1 || d > monthDays(y, m) {
		return 0, false
	}
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() / 86400, true
}

func monthDays(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}

func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// ParseTime reads an instant as RFC 3339 with an offset, of the years 1 to
// 9999, and returns Unix milliseconds; finer parts are cut off.
func ParseTime(s string) (ms int64, ok bool) {
	if len(s) < 20 || len(s) > 40 || s[10] != 'T' {
		return 0, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0, false
	}
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		return 0, false
	}
	return t.UnixMilli(), true
}

// AppendDate writes a day number as 2026-01-31.
func AppendDate(dst []byte, days int64) []byte {
	y, m, d := time.Unix(days*86400, 0).UTC().Date()
	return append2(append(append2(append(append4(dst, y), '-'), int(m)), '-'), d)
}

// AppendTime writes Unix milliseconds as 2026-01-31T08:00:00.000Z.
func AppendTime(dst []byte, ms int64) []byte {
	t := time.UnixMilli(ms).UTC()
	h, m, s := t.Clock()
	dst = append(AppendDate(dst, floorDiv(ms, 86_400_000)), 'T')
	dst = append(append2(dst, h), ':')
	dst = append(append2(dst, m), ':')
	dst = append(append2(dst, s), '.')
	frac := t.Nanosecond() / 1e6
	return append(append2(append(dst, byte('0'+frac/100)), frac%100), 'Z')
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func append2(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

func append4(dst []byte, n int) []byte { return append2(append2(dst, n/100), n%100) }
