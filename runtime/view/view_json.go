package view

import (
	"strings"
	"unicode/utf8"

	"sluice/runtime/fact"
)

// colors are the colours that a paint may use.
var colors = []string{"gray", "red", "orange", "yellow", "green", "teal", "blue", "purple"}

var colorNames = strings.Join(colors, ", ")

const hexDigits = "0123456789abcdef"

// appendText appends a JSON string. Bytes that are not UTF-8 become U+FFFD.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, c)
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, '\\', 'n')
	case c < 0x20:
		return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	default:
		return append(b, "\ufffd"...)
	}
}

func appendHex(b, raw []byte) []byte {
	b = append(b, '"')
	for _, c := range raw {
		b = append(b, hexDigits[c>>4], hexDigits[c&15])
	}
	return append(b, '"')
}

func appendTime(b []byte, ms int64) []byte {
	return append(append(append(b, '"'), fact.TimeText(ms)...), '"')
}

// appendValue appends a value in the form in which the API writes it.
func appendValue(b []byte, v *fact.Value) []byte {
	switch v.Kind() {
	case fact.Text:
		return appendText(b, v.Text())
	case fact.Number:
		return append(b, v.Number().String()...)
	case fact.Bool:
		if v.Bool() {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case fact.Date:
		return appendText(b, fact.DateText(v.Days()))
	case fact.Time:
		return appendTime(b, v.Millis())
	case fact.List:
		b = append(b, '[')
		for i, item := range v.List() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendText(b, item)
		}
		return append(b, ']')
	default:
		return append(b, "null"...)
	}
}

// plain returns a value as the text of a title.
func plain(v *fact.Value) string {
	switch v.Kind() {
	case fact.Text:
		return v.Text()
	case fact.Number:
		return v.Number().String()
	case fact.Date:
		return fact.DateText(v.Days())
	case fact.Time:
		return fact.TimeText(v.Millis())
	case fact.List:
		return strings.Join(v.List(), ", ")
	default:
		return ""
	}
}
