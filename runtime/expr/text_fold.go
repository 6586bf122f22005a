package expr

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The code points whose case is folded end where Cyrillic ends: further scripts
// gained cased letters with newer Unicode versions, and both implementations
// must agree whatever version they carry.
const caseEnd = 0x530

func cased(r rune) bool { return (r < 0x180 || r >= 0x370) && r < caseEnd && r != 0x130 }

// foldTable holds the folded form of every code point below caseEnd.
var foldTable = func() (t [caseEnd]uint16) {
	for r := range rune(caseEnd) {
		t[r] = uint16(lowerRune(r))
	}
	return t
}()

func lowerRune(r rune) rune {
	if cased(r) {
		return unicode.ToLower(r)
	}
	return r
}

func upperRune(r rune) rune {
	if cased(r) {
		return unicode.ToUpper(r)
	}
	return r
}

// narrowRune maps a full-width form to its ordinary twin.
func narrowRune(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == 0x3000:
		return ' '
	case r == 0xFFE0:
		return 0xA2
	case r == 0xFFE1:
		return 0xA3
	case r == 0xFFE5:
		return 0xA5
	}
	return r
}

func foldRune(r rune) rune {
	if r >= caseEnd {
		if r < 0x3000 {
			return r
		}
		if r = narrowRune(r); r >= caseEnd {
			return r
		}
	}
	return rune(foldTable[r])
}

// IsFolded reports whether folding would leave s as it is.
func IsFolded(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c < utf8.RuneSelf:
			if foldTable[c] != uint16(c) {
				return false
			}
			i++
		case c >= 0xE4 && c < 0xEF: // U+4000 to U+EFFF: nothing folds, and most Chinese is here
			i += 3
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			if foldRune(r) != r {
				return false
			}
			i += n
		}
	}
	return true
}

// Fold returns the form in which texts are compared: without width and case.
// It maps code point to code point, and returns s itself when nothing changes.
func Fold(s string) string {
	if IsFolded(s) {
		return s
	}
	return string(AppendFold(make([]byte, 0, len(s)), s))
}

// AppendFold appends the folded form of s to b.
func AppendFold(b []byte, s string) []byte {
	for _, r := range s {
		b = utf8.AppendRune(b, foldRune(r))
	}
	return b
}

// matchFolded returns how many bytes of s the folded text want covers at its
// beginning, -1 when s does not begin with it.
func matchFolded(s, want string) int {
	i, j := 0, 0
	for j < len(want) {
		if i == len(s) {
			return -1
		}
		if c := s[i]; c < utf8.RuneSelf {
			if byte(foldTable[c]) != want[j] {
				return -1
			}
			i++
			j++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		w, m := utf8.DecodeRuneInString(want[j:])
		if foldRune(r) != w {
			return -1
		}
		i += n
		j += m
	}
	return i
}

// EqualFolded reports whether s equals want, which must be folded already.
func EqualFolded(s, want string) bool {
	return s == want || matchFolded(s, want) == len(s)
}

// PrefixFolded reports whether s begins with want, which must be folded already.
func PrefixFolded(s, want string) bool { return matchFolded(s, want) >= 0 }

// SuffixFolded reports whether s ends with want, which must be folded already.
func SuffixFolded(s, want string) bool {
	i := len(s)
	for n := utf8.RuneCountInString(want); n > 0; n-- {
		if i == 0 {
			return false
		}
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return EqualFolded(s[i:], want)
}

// ContainsFolded reports whether want, which must be folded already, is a part of s.
func ContainsFolded(s, want string) bool {
	if IsFolded(s) {
		return strings.Contains(s, want)
	}
	first, _ := utf8.DecodeRuneInString(want)
	for i, r := range s {
		if foldRune(r) == first && matchFolded(s[i:], want) >= 0 {
			return true
		}
	}
	return want == ""
}

// CompareFolded orders two texts by their folded code points.
func CompareFolded(a, b string) int {
	for a != "" && b != "" {
		ra, na := utf8.DecodeRuneInString(a)
		rb, nb := utf8.DecodeRuneInString(b)
		if ra, rb = foldRune(ra), foldRune(rb); ra != rb {
			if ra < rb {
				return -1
			}
			return 1
		}
		a, b = a[na:], b[nb:]
	}
	return min(len(a), 1) - min(len(b), 1)
}
