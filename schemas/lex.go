package schemas

import "unicode/utf8"

// fault is why a token was refused.
type fault uint8

const (
	fine        fault = iota
	faultSyntax       // not JSON (RFC 8259)
	faultUTF8         // not UTF-8, or half of a surrogate pair
	faultNumber       // a number that is too long or too large
)

// Limits of numbers: exact arithmetic on longer ones can be made to take
// seconds, or to panic (math/big gives up on huge exponents).
const (
	maxNumber   = 64  // characters
	maxExponent = 308 // absolute value, as written
)

// plain has the bytes that a string may contain as they are, without the quote,
// the backslash, control characters and everything that is not ASCII.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 0x80; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// text is a scanned string: its bytes stand between the quotes.
type text struct {
	end     int  // after the closing quote; with a fault the place of it
	runes   int  // code points after unescaping
	escaped bool // it has escapes
	bad     fault
}

// lexString scans the string whose opening quote is at i.
func lexString(doc []byte, i int) (t text) {
	start := i + 1
	spare := 0 // bytes that are not a code point of their own
	for i = start; i < len(doc); {
		c := doc[i]
		if plain[c] {
			i++
			continue
		}
		switch {
		case c == '"':
			t.end = i + 1
			t.runes = i - start - spare
			return t
		case c == '\\':
			_, size, bad := lexEscape(doc, i)
			if bad != fine {
				t.end, t.bad = i, bad
				return t
			}
			t.escaped = true
			spare += size - 1
			i += size
		case c < utf8.RuneSelf:
			t.end, t.bad = i, faultSyntax
			return t
		default:
			r, size := utf8.DecodeRune(doc[i:])
			if r == utf8.RuneError && size <= 1 {
				t.end, t.bad = i, faultUTF8
				return t
			}
			spare += size - 1
			i += size
		}
	}
	t.end, t.bad = len(doc), faultSyntax
	return t
}

// lexEscape reads the escape at i; size is what it takes in the document, both
// halves of a surrogate pair included.
func lexEscape(doc []byte, i int) (r rune, size int, bad fault) {
	if i+1 >= len(doc) {
		return 0, 0, faultSyntax
	}
	switch doc[i+1] {
	case '"', '\\', '/':
		return rune(doc[i+1]), 2, fine
	case 'b':
		return '\b', 2, fine
	case 'f':
		return '\f', 2, fine
	case 'n':
		return '\n', 2, fine
	case 'r':
		return '\r', 2, fine
	case 't':
		return '\t', 2, fine
	case 'u':
	default:
		return 0, 0, faultSyntax
	}
	r, ok := lexHex(doc, i+2)
	if !ok {
		return 0, 0, faultSyntax
	}
	if r < 0xD800 || r > 0xDFFF {
		return r, 6, fine
	}
	if r > 0xDBFF || i+7 >= len(doc) || doc[i+6] != '\\' || doc[i+7] != 'u' {
		return 0, 0, faultUTF8
	}
	low, ok := lexHex(doc, i+8)
	if !ok {
		return 0, 0, faultSyntax
	}
	if low < 0xDC00 || low > 0xDFFF {
		return 0, 0, faultUTF8
	}
	return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, 12, fine
}

func lexHex(doc []byte, i int) (r rune, ok bool) {
	if i+4 > len(doc) {
		return 0, false
	}
	for _, c := range doc[i : i+4] {
		r <<= 4
		switch {
		case c >= '0' && c <= '9':
			r |= rune(c - '0')
		case c >= 'a' && c <= 'f':
			r |= rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			r |= rune(c-'A') + 10
		default:
			return 0, false
		}
	}
	return r, true
}

// unescape appends the text of a scanned string (the bytes between the quotes) to dst.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			dst = append(dst, raw[i])
			i++
			continue
		}
		r, size, _ := lexEscape(raw, i)
		dst = utf8.AppendRune(dst, r)
		i += size
	}
	return dst
}

// lexNumber scans the number at i: end is after it, or the place of the fault.
func lexNumber(doc []byte, i int) (end int, bad fault) {
	start := i
	if i < len(doc) && doc[i] == '-' {
		i++
	}
	switch {
	case i >= len(doc):
		return i, faultSyntax
	case doc[i] == '0':
		i++
	case doc[i] >= '1' && doc[i] <= '9':
		i = lexDigits(doc, i)
	default:
		return i, faultSyntax
	}
	if i < len(doc) && doc[i] == '.' {
		from := i + 1
		if i = lexDigits(doc, from); i == from {
			return i, faultSyntax
		}
	}
	if i < len(doc) && doc[i]|0x20 == 'e' {
		i++
		if i < len(doc) && (doc[i] == '+' || doc[i] == '-') {
			i++
		}
		from, exponent := i, 0
		for i < len(doc) && doc[i] >= '0' && doc[i] <= '9' {
			exponent = min(exponent*10+int(doc[i]-'0'), maxExponent+1)
			i++
		}
		if i == from {
			return i, faultSyntax
		}
		if exponent > maxExponent {
			return start, faultNumber
		}
	}
	if i-start > maxNumber {
		return start, faultNumber
	}
	return i, fine
}

func lexDigits(doc []byte, i int) int {
	for i < len(doc) && doc[i] >= '0' && doc[i] <= '9' {
		i++
	}
	return i
}

// lexSpace returns the place of the next byte that is not white space.
func lexSpace(doc []byte, i int) int {
	for i < len(doc) {
		switch doc[i] {
		case ' ', '\n', '\r', '\t':
			i++
		default:
			return i
		}
	}
	return i
}

// lexWord reports whether the literal stands at i.
func lexWord(doc []byte, i int, word string) bool {
	return len(doc)-i >= len(word) && string(doc[i:i+len(word)]) == word
}
