package form

import (
	"slices"

	"github.com/govalues/decimal"

	"sluice/runtime/fact"
	"sluice/runtime/field"
)

// same reports whether two values are equal; empty ones are.
func same(a, b *fact.Value) bool {
	if a.Empty() || b.Empty() {
		return a.Empty() && b.Empty()
	}
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case fact.Text:
		return a.Text() == b.Text()
	case fact.Number:
		return a.Number().Cmp(b.Number()) == 0
	case fact.Bool:
		return a.Bool() == b.Bool()
	case fact.Date:
		return a.Days() == b.Days()
	case fact.Time:
		return a.Millis() == b.Millis()
	case fact.List:
		return slices.Equal(a.List(), b.List())
	default:
		return slices.EqualFunc(a.Rows(), b.Rows(), func(x, y fact.Row) bool { return sameAll(x, y) })
	}
}

func sameAll(a, b []fact.Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !same(&a[i], &b[i]) {
			return false
		}
	}
	return true
}

// fit makes a computed number storable: rounded to the scale (-1: as many
// digits as fit), then to 15 significant digits; false when it is 10^15 or more.
func fit(d fact.Decimal, scale int) (fact.Decimal, bool) {
	if scale >= 0 {
		d = roundAway(d, scale)
	}
	if d = d.Trim(0); field.Fits(d) {
		return d, true
	}
	whole := d.Prec() - d.Scale() // digits before the point; not positive for 0.0…
	if whole > field.MaxDigits {
		return d, false
	}
	d = roundAway(d, min(field.MaxDigits, field.MaxDigits-whole))
	return d.Trim(0), field.Fits(d)
}

// roundAway rounds half away from zero, as taught at school.
func roundAway(d fact.Decimal, scale int) fact.Decimal {
	if scale < 0 || scale >= d.Scale() {
		return d
	}
	cut := d.Trunc(scale)
	rest, err := d.Sub(cut)
	if err != nil || rest.IsZero() {
		return cut
	}
	half := decimal.MustNew(5, scale+1)
	if rest.CmpAbs(half) < 0 {
		return cut
	}
	ulp := decimal.MustNew(1, scale).CopySign(d)
	if up, err := cut.Add(ulp); err == nil {
		return up
	}
	return cut
}
