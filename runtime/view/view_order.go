package view

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"sluice/runtime/fact"
)

// order makes sort keys of one slot's values.
type order struct {
	slot int
	desc bool
	enum []string // a choice is sorted by its place among the options, not by its id
}

// First byte of a sort key. Records without a value come last in both directions.
const (
	hasValue = 0x10
	hasNone  = 0x20
)

// maxSortText is how many bytes of a text take part in the order.
const maxSortText = 128

// key returns the bytes that sort as the rows shall be shown.
func (o *order) key(row fact.Row) []byte {
	v := &row[o.slot]
	if v.Empty() {
		return []byte{hasNone}
	}
	b := append(make([]byte, 0, 24), hasValue)
	switch {
	case o.enum != nil:
		b = appendChoice(b, o.enum, v.Text())
	case v.Kind() == fact.Text:
		b = appendSortText(b, v.Text())
	case v.Kind() == fact.Number:
		b = appendSortNumber(b, v.Number())
	case v.Kind() == fact.Bool:
		b = append(b, truth(v))
	case v.Kind() == fact.Date:
		b = appendSortInt(b, v.Days())
	case v.Kind() == fact.Time:
		b = appendSortInt(b, v.Millis())
	}
	if o.desc {
		for i := 1; i < len(b); i++ {
			b[i] = ^b[i]
		}
	}
	return b
}

func truth(v *fact.Value) byte {
	if v.Bool() {
		return 1
	}
	return 0
}

// appendChoice places options as their author listed them, unknown ones after them by id.
func appendChoice(b []byte, enum []string, id string) []byte {
	if i := slices.Index(enum, id); i >= 0 {
		return binary.BigEndian.AppendUint16(b, uint16(min(i, 0xFFFE)))
	}
	return appendSortText(append(b, 0xFF, 0xFF), id)
}

// appendSortText ends the text with a byte lower than all others, so that the
// inverted key puts the longer of two texts with a common beginning first. A
// zero byte in the text is followed by a one to keep the end distinct.
func appendSortText(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		_, size := utf8.DecodeRuneInString(s[i:])
		if i+size > maxSortText {
			break
		}
		for ; size > 0; size-- {
			b = append(b, s[i])
			if s[i] == 0 {
				b = append(b, 1)
			}
			i++
		}
	}
	return append(b, 0, 0)
}

func appendSortInt(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(n)^(1<<63))
}

// appendSortNumber writes sign, magnitude (the power of ten of the first digit)
// and the first 19 digits. For negative numbers magnitude and digits are inverted.
func appendSortNumber(b []byte, d fact.Decimal) []byte {
	if d.IsZero() {
		return append(b, 1)
	}
	coef := d.Coef()
	digits := 0
	for c := coef; c > 0; c /= 10 {
		digits++
	}
	magnitude := byte(64 + digits - d.Scale())
	for ; digits < 19; digits++ {
		coef *= 10
	}
	if d.IsNeg() {
		return binary.BigEndian.AppendUint64(append(b, 0, ^magnitude), ^coef)
	}
	return binary.BigEndian.AppendUint64(append(b, 2, magnitude), coef)
}
