package schemas

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Canonical returns the one text of a JSON document (RFC 8785): no white space,
// members sorted by their UTF-16 code units, numbers and texts as ECMAScript
// writes them. The error is a [Problem]: of [Guard] with the limits of a
// definition, or number_range when a double cannot hold a number exactly enough
// to write it again.
func Canonical(doc []byte) ([]byte, error) {
	if problems := Guard(doc, DefinitionLimits); problems != nil {
		return nil, problems[0]
	}
	v, err := decode(doc)
	if err != nil {
		return nil, Problem{Code: "invalid_json", Params: map[string]any{"offset": len(doc)}}
	}
	if problems := inexact(v, nil, nil); problems != nil {
		return nil, problems[0]
	}
	return appendCanonical(make([]byte, 0, len(doc)), v), nil
}

// Identity returns the SHA-256 of the canonical text as 64 hexadecimal digits,
// "" when the document has no canonical text.
func Identity(doc []byte) string {
	text, err := Canonical(doc)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func appendCanonical(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case json.Number:
		f, _ := v.Float64()
		return append(b, numberText(f)...)
	case string:
		return appendText(b, v)
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCanonical(b, item)
		}
		return append(b, ']')
	case map[string]any:
		return appendObject(b, v)
	}
	return b
}

func appendObject(b []byte, m map[string]any) []byte {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return lessUTF16(keys[i], keys[j]) })
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, k), ':')
		b = appendCanonical(b, m[k])
	}
	return append(b, '}')
}

// lessUTF16 differs from the order of bytes only above U+FFFF.
func lessUTF16(a, b string) bool {
	x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return len(x) < len(y)
}

// appendText writes a string with the fewest escapes (RFC 8785 §3.2.2.2).
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			_, size := utf8.DecodeRuneInString(s[i:])
			b = append(b, s[i:i+size]...)
			i += size
			continue
		}
		i++
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= 0x20:
			b = append(b, c)
		default:
			b = appendControl(b, c)
		}
	}
	return append(b, '"')
}

func appendControl(b []byte, c byte) []byte {
	switch c {
	case '\b':
		return append(b, `\b`...)
	case '\t':
		return append(b, `\t`...)
	case '\n':
		return append(b, `\n`...)
	case '\f':
		return append(b, `\f`...)
	case '\r':
		return append(b, `\r`...)
	}
	const hexDigits = "0123456789abcdef"
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// numberText writes a double as ECMAScript does (ECMA-262 §6.1.6.1.20).
func numberText(f float64) string {
	if f == 0 {
		return "0" // minus zero too
	}
	if abs := max(f, -f); abs >= 1e-6 && abs < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}

// inexact returns a problem for each number that would come back as another one.
func inexact(v any, path []any, problems []Problem) []Problem {
	switch v := v.(type) {
	case json.Number:
		if !survives(string(v)) {
			problems = append(problems, Problem{Path: Pointer(path...), Code: "number_range", Params: map[string]any{"digits": 15}})
		}
	case []any:
		for i, item := range v {
			problems = inexact(item, append(path, i), problems)
		}
	case map[string]any:
		for k, item := range v {
			problems = inexact(item, append(path, k), problems)
		}
	}
	return problems
}

// survives reports whether the number is still the same after it was a double.
func survives(number string) bool {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return false
	}
	var before, after decimalText
	before.parse([]byte(number))
	after.parse([]byte(numberText(f)))
	return before.cmp(&after) == 0
}
