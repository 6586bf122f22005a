package field

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"sluice/runtime/fact"
)

// Append writes a value as JSON by its kind alone: numbers without trailing
// zeros after the point, days and instants as texts, None and rows as null (the
// rows of a line field are written by its type, which knows the columns).
func Append(dst []byte, v *fact.Value) []byte {
	switch v.Kind() {
	case fact.Text:
		return AppendText(dst, v.Text())
	case fact.Number:
		return AppendNumber(dst, v.Number())
	case fact.Bool:
		return strconv.AppendBool(dst, v.Bool())
	case fact.Date:
		return append(AppendDate(append(dst, '"'), v.Days()), '"')
	case fact.Time:
		return append(AppendTime(append(dst, '"'), v.Millis()), '"')
	case fact.List:
		dst = append(dst, '[')
		for i, s := range v.List() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendText(dst, s)
		}
		return append(dst, ']')
	default:
		return append(dst, "null"...)
	}
}

// AppendNumber writes a decimal without trailing zeros after the point: 12.50 becomes 12.5.
func AppendNumber(dst []byte, d fact.Decimal) []byte {
	dst, _ = d.Trim(0).AppendText(dst) // never fails: the error is always nil
	return dst
}

const hexDigits = "0123456789abcdef"

// AppendText writes a JSON string, escaping only what RFC 8785 §3.2.2.2
// escapes; bytes that are not UTF-8 become U+FFFD.
func AppendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, s[start:i]...)
				dst = append(dst, "\uFFFD"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = appendEscape(dst, c)
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\t':
		return append(dst, '\\', 't')
	case '\n':
		return append(dst, '\\', 'n')
	case '\f':
		return append(dst, '\\', 'f')
	case '\r':
		return append(dst, '\\', 'r')
	default:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
}

func jsonNumber(d fact.Decimal) json.Number { return json.Number(AppendNumber(nil, d)) }

// step returns the smallest number of a scale: 0.01 for 2.
func step(scale int) json.Number {
	if scale == 0 {
		return "1"
	}
	b := []byte("0.")
	for range scale - 1 {
		b = append(b, '0')
	}
	return json.Number(append(b, '1'))
}
