package expr

import (
	"math/big"
	"strings"

	"github.com/govalues/decimal"

	"sluice/runtime/fact"
)

// NumberText returns the shortest plain decimal form, "-12.5": the text form of numbers.
func NumberText(d fact.Decimal) string { return d.Trim(0).String() }

// whole returns the whole number of d, clamped to ±10¹⁸, and whether d is whole.
func whole(d fact.Decimal) (int64, bool) {
	if !d.IsInt() {
		return 0, false
	}
	const limit = 1_000_000_000_000_000_000
	n, _, ok := d.Int64(0)
	if !ok || n > limit || n < -limit {
		return limit * int64(d.Sign()), true
	}
	return n, true
}

// modulo returns a − b × floor(a / b), exact before its one rounding. b is not zero.
func modulo(a, b fact.Decimal) fact.Decimal {
	if a.Scale() == 0 && b.Scale() == 0 && a.Sign() >= 0 && b.Sign() > 0 {
		if _, r, err := a.QuoRem(b); err == nil {
			return r
		}
	}
	scale := max(a.Scale(), b.Scale())
	x, y := scaled(a, scale), scaled(b, scale)
	r := new(big.Int).Rem(x, y)
	if r.Sign() != 0 && r.Sign() != y.Sign() {
		r.Add(r, y)
	}
	d, err := decimal.Parse(pointed(r, scale))
	if err != nil { // |r| < |b|, so it always fits
		return fact.Decimal{}
	}
	return d
}

// scaled returns d × 10^scale; scale is at least d's own.
func scaled(d fact.Decimal, scale int) *big.Int {
	n := new(big.Int).SetUint64(d.Coef())
	n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale-d.Scale())), nil))
	if d.Sign() < 0 {
		n.Neg(n)
	}
	return n
}

func pointed(n *big.Int, scale int) string {
	digits := new(big.Int).Abs(n).String()
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	s := digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	if n.Sign() < 0 {
		s = "-" + s
	}
	return strings.TrimSuffix(s, ".")
}

type rounding uint8

const (
	halfAway rounding = iota
	awayFromZero
	towardZero
)

// roundTo rounds d to n digits after the point (before it, when n is negative).
// n is between -18 and 19. ok is false when the result needs over 19 digits.
func roundTo(d fact.Decimal, n int, mode rounding) (r fact.Decimal, ok bool) {
	shift := d.Scale() - n
	if shift <= 0 {
		return d, true
	}
	q, up := uint64(0), d.Coef() > 0 && mode == awayFromZero
	if shift <= 19 {
		pow := uint64(1)
		for range shift {
			pow *= 10
		}
		rest := d.Coef() % pow
		q = d.Coef() / pow
		up = rest > 0 && (mode == awayFromZero || mode == halfAway && rest >= pow-rest)
	}
	if up {
		q++
	}
	r, err := decimal.New(int64(q), max(n, 0)) // shift is at least 1, so q is at most 10¹⁸
	for ; n < 0 && err == nil; n++ {
		r, err = r.Mul(ten)
	}
	if d.Sign() < 0 {
		r = r.Neg()
	}
	return r, err == nil
}

var (
	ten     = decimal.MustNew(10, 0)
	hundred = decimal.MustNew(100, 0)
)

// parseNumber reads a person's number: sign, digits with optional grouping in
// threes, fraction. found is false when it is none, ok when it has too many
// digits before the point.
func parseNumber(s string) (d fact.Decimal, found, ok bool) {
	s = strings.Trim(narrow(s), blanks)
	sign := ""
	if s != "" && (s[0] == '+' || s[0] == '-') {
		sign, s = s[:1], s[1:]
	}
	head, fraction, pointed := strings.Cut(s, ".")
	head, good := ungroup(head)
	if !good || !digitsOnly(head) || pointed && !digitsOnly(fraction) {
		return d, false, true
	}
	if fraction = strings.TrimRight(fraction, "0"); len(fraction) > 38 { // more digits cannot matter but for a tie, which a last 1 keeps from being one
		fraction = fraction[:38] + "1"
	}
	head = strings.TrimLeft(head, "0")
	if len(head) > 19 {
		return d, true, false
	}
	d, err := decimal.Parse(sign + "0" + head + "." + fraction + "0")
	return d, true, err == nil
}

// ungroup removes the commas between groups of three digits.
func ungroup(s string) (string, bool) {
	if !strings.Contains(s, ",") {
		return s, true
	}
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if len(g) != 3 && !(i == 0 && len(g) > 0 && len(g) < 3) {
			return s, false
		}
	}
	return strings.Join(groups, ""), true
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

const blanks = "\t\n\v\f\r \u00a0\u3000"

func narrow(s string) string { return strings.Map(narrowRune, s) }
