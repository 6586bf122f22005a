package view

import (
	"encoding/binary"
	"slices"

	"sluice/runtime/fact"
	"sluice/runtime/field"
)

// order makes sort keys of one slot's values.
type order struct {
	slot int
	desc bool
	enum []string // a choice is sorted by its place among the options, not by its id
}

// First byte of a sort key: records without a value come last, in both directions.
const (
	hasValue = 1
	hasNone  = 2
)

// key returns the bytes that sort as the records shall be shown.
func (o *order) key(row fact.Row) []byte {
	v := &row[o.slot]
	if v.Empty() {
		return []byte{hasNone}
	}
	b := append(make([]byte, 0, 24), hasValue)
	if o.enum != nil && v.Kind() == fact.Text {
		b = appendChoice(b, o.enum, v)
	} else {
		b = field.SortKey(b, v)
	}
	if o.desc {
		for i := 1; i < len(b); i++ {
			b[i] = ^b[i]
		}
	}
	return b
}

// appendChoice places options as their author listed them, unknown ones after them by id.
func appendChoice(b []byte, enum []string, v *fact.Value) []byte {
	if i := slices.Index(enum, v.Text()); i >= 0 {
		return binary.BigEndian.AppendUint16(b, uint16(min(i, 0xFFFE)))
	}
	return field.SortKey(append(b, 0xFF, 0xFF), v)
}
