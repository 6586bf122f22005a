package expr

import (
	"cmp"
	"strings"

	"sluice/runtime/fact"
)

// Exact reports whether the texts of a slot are identifiers, which are compared
// exactly: choices, system values and what its shape declares so.
func Exact(s *fact.Slot) bool {
	return s.Exact || s.Enum != nil || strings.HasPrefix(s.Path, "$")
}

// Day returns the calendar day of a Date, or of a Time in the tenant's zone.
func Day(v *fact.Value, env *fact.Env) int64 {
	if v.Kind() == fact.Date {
		return v.Days()
	}
	return localDay(v.Millis(), zone(env))
}

// Compare orders two values that are not empty and of kinds that can be
// compared: the same one, or a Date and a Time. Texts are compared folded
// unless exact.
func Compare(a, b *fact.Value, exact bool, env *fact.Env) int {
	switch a.Kind() {
	case fact.Text:
		if exact {
			return strings.Compare(a.Text(), b.Text())
		}
		return CompareFolded(a.Text(), b.Text())
	case fact.Number:
		return a.Number().Cmp(b.Number())
	case fact.Bool:
		if a.Bool() == b.Bool() {
			return 0
		}
		return 1
	case fact.Time:
		if b.Kind() == fact.Time {
			return cmp.Compare(a.Millis(), b.Millis())
		}
	}
	return cmp.Compare(Day(a, env), Day(b, env))
}

// Equal reports whether two values are equal: both empty, or neither and of
// equal value.
func Equal(a, b *fact.Value, exact bool, env *fact.Env) bool {
	if a.Empty() || b.Empty() {
		return a.Empty() && b.Empty()
	}
	return Compare(a, b, exact, env) == 0
}

// Comparable reports whether values of the two kinds can be equal: kinds with
// an order or bool, two of one kind or a Date and a Time.
func Comparable(a, b fact.Kind) bool {
	switch a {
	case fact.Text, fact.Number, fact.Bool:
		return a == b
	case fact.Date, fact.Time:
		return b == fact.Date || b == fact.Time
	}
	return false
}

func sameText(a, b string, exact bool) bool {
	if exact {
		return a == b
	}
	return a == b || CompareFolded(a, b) == 0
}
