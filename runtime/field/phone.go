package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// phoneField is a telephone number as people write it.
type phoneField struct{ single }

func (phoneField) Schema(f *def.Field) map[string]any {
	return map[string]any{"type": "string", "maxLength": 2 * maxPhone}
}

func (phoneField) Check(_ *def.Field, v []fact.Value) (string, string, map[string]any) {
	if validPhone(v[0].Text()) {
		return "", "", nil
	}
	return "", "invalid_phone", nil
}

const (
	minPhone = 5
	maxPhone = 20
)

// validPhone reports whether a text has 5 to 20 characters: digits, spaces and
// hyphens, at least 5 digits, and a plus sign at most at the start.
func validPhone(s string) bool {
	if len(s) < minPhone || len(s) > maxPhone {
		return false
	}
	n := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n++
		case c == ' ' || c == '-' || c == '+' && i == 0:
		default:
			return false
		}
	}
	return n >= minPhone
}
