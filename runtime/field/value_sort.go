package field

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"

	"sluice/runtime/fact"
)

// SortKey appends bytes that sort as the values of one slot do. Absent values
// come first. Every key ends by itself, so that keys may be joined, and
// complementing all bytes of a key reverses the order.
//
// After a byte for present: texts as UTF-8 and a zero byte (order of code
// points), numbers as a 128-bit whole number of 10^-19, days and instants as 64
// bits, each with the sign bit flipped.
func SortKey(dst []byte, v *fact.Value) []byte {
	if v.Empty() {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	switch v.Kind() {
	case fact.Text:
		return appendSortText(dst, v.Text())
	case fact.Number:
		return appendSortNumber(dst, v.Number())
	case fact.Bool:
		if v.Bool() {
			return append(dst, 1)
		}
		return append(dst, 0)
	case fact.Date:
		return appendSortInt(dst, v.Days())
	case fact.Time:
		return appendSortInt(dst, v.Millis())
	case fact.List:
		for _, s := range v.List() {
			dst = appendSortText(append(dst, 1), s)
		}
		return append(dst, 0)
	default: // Rows: by how many there are
		return appendSortInt(dst, int64(len(v.Rows())))
	}
}

// sortTextMax bounds the part of a text that orders it, in bytes, so that keys stay short.
const sortTextMax = 120

func appendSortText(dst []byte, s string) []byte {
	if len(s) > sortTextMax {
		s = s[:sortTextMax]
	}
	if strings.IndexByte(s, 0) >= 0 { // a zero byte ends the key
		s = strings.ReplaceAll(s, "\x00", "\x01")
	}
	return append(append(dst, s...), 0)
}

func appendSortInt(dst []byte, i int64) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(i)^1<<63)
}

var pow10 = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// appendSortNumber scales every decimal to 19 places: the largest, 10^38, is
// below 2^127, so that the top bit is free for the sign.
func appendSortNumber(dst []byte, d fact.Decimal) []byte {
	hi, lo := bits.Mul64(d.Coef(), pow10[19-d.Scale()])
	if d.IsNeg() {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	dst = binary.BigEndian.AppendUint64(dst, hi^1<<63)
	return binary.BigEndian.AppendUint64(dst, lo)
}

// Sorter returns the function that makes sort keys for a slot: SortKey, or for
// an urgency the rank of red, yellow, green.
func Sorter(slot *fact.Slot) func(dst []byte, v *fact.Value) []byte {
	if isUrgency(slot) {
		return urgencyField{}.SortKey
	}
	return SortKey
}

// GroupKey returns the text under which equal values of one slot meet: of an
// index group, a board column, a uniqueness key. Absent values give "".
func GroupKey(v *fact.Value) string {
	switch v.Kind() {
	case fact.Text:
		return v.Text()
	case fact.Number:
		return string(AppendNumber(nil, v.Number()))
	case fact.Bool:
		return strconv.FormatBool(v.Bool())
	case fact.Date:
		return fact.DateText(v.Days())
	case fact.Time:
		return fact.TimeText(v.Millis())
	case fact.List:
		return strings.Join(v.List(), ",")
	default:
		return ""
	}
}
