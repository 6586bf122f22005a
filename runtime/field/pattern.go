package field

import (
	"regexp"
	"strings"
)

// Anchored returns the pattern so that it matches the whole text, with \uXXXX
// (as JSON Schema and JavaScript write it) turned into RE2's \x{XXXX}.
func Anchored(pattern string) string { return "^(?:" + rewriteUnicode(pattern) + ")$" }

// CheckPattern returns why a pattern cannot be used, "" when it can: it must be
// in RE2, which runs in linear time and knows no look-around and no references back.
func CheckPattern(pattern string) string {
	if _, err := regexp.Compile(Anchored(pattern)); err != nil {
		return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	}
	return ""
}

func rewriteUnicode(p string) string {
	if !strings.Contains(p, `\u`) {
		return p
	}
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		if p[i] != '\\' || i+1 >= len(p) {
			b.WriteByte(p[i])
			continue
		}
		if p[i+1] == 'u' && i+6 <= len(p) && isHex(p[i+2:i+6]) {
			b.WriteString(`\x{` + p[i+2:i+6] + `}`)
			i += 5
			continue
		}
		b.WriteString(p[i : i+2])
		i++
	}
	return b.String()
}

func isHex(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
