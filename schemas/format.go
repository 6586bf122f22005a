package schemas

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// isDate reports whether s is an RFC 3339 full-date of a day that exists: "2026-02-28".
func isDate[T string | []byte](s T) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	y, ok1 := digits(s, 0, 4)
	m, ok2 := digits(s, 5, 7)
	d, ok3 := digits(s, 8, 10)
	if !ok1 || !ok2 || !ok3 || m < 1 || m > 12 || d < 1 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m-1]
	if m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		days = 29
	}
	return d <= days
}

// isTime reports whether s is an RFC 3339 date-time with upper-case T and Z, no
// leap second, at most nine digits of a second: what Go, JavaScript and
// PostgreSQL all read alike. Offsets reach from -23:59 to +23:59.
func isTime[T string | []byte](s T) bool {
	if len(s) < 20 || s[10] != 'T' || s[13] != ':' || s[16] != ':' || !isDate(s[:10]) {
		return false
	}
	if !clock(s, 11, 23) || !clock(s, 14, 59) || !clock(s, 17, 59) {
		return false
	}
	i := 19
	if s[i] == '.' {
		from := i + 1
		for i = from; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		}
		if i == from || i-from > 9 || i == len(s) {
			return false
		}
	}
	if s[i] == 'Z' {
		return len(s) == i+1
	}
	return (s[i] == '+' || s[i] == '-') && len(s) == i+6 && s[i+3] == ':' && clock(s, i+1, 23) && clock(s, i+4, 59)
}

// clock reports whether two digits at i are a number up to limit.
func clock[T string | []byte](s T, i, limit int) bool {
	n, ok := digits(s, i, i+2)
	return ok && n <= limit
}

func digits[T string | []byte](s T, from, to int) (n int, ok bool) {
	for i := from; i < to; i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// maxSpan is the longest duration, in seconds: 100 years of 365 days.
const maxSpan = 100 * 365 * 86400

// isDuration reports whether s is an ISO 8601 duration of whole weeks, or of
// whole days, hours, minutes and seconds, of at most 100 years. Years and
// months are not accepted: their length varies.
func isDuration(s string) bool {
	if len(s) < 3 || len(s) > 32 || s[0] != 'P' {
		return false
	}
	units, sum := "WDTHMS", 0
	for i := 1; i < len(s); {
		if s[i] == 'T' && len(units) > 3 && i+1 < len(s) {
			units, i = "HMS", i+1
			continue
		}
		n, from := 0, i
		for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			n = min(n*10+int(s[i]-'0'), maxSpan+1)
		}
		if i == from || i == len(s) || s[i] == 'T' {
			return false
		}
		at := strings.IndexByte(units, s[i])
		if at < 0 || len(units) > 3 && s[i] != 'W' && s[i] != 'D' {
			return false
		}
		if s[i] == 'W' && (from != 1 || i+1 != len(s)) {
			return false
		}
		sum += n * map[byte]int{'W': 7 * 86400, 'D': 86400, 'H': 3600, 'M': 60, 'S': 1}[s[i]]
		units, i = units[at+1:], i+1
		if sum > maxSpan {
			return false
		}
	}
	return true
}

var pointer = regexp.MustCompile(`^(/([^~/]|~[01])*)*$`)

func isPointer(s string) bool { return pointer.MatchString(s) }

// rewrites turn the two idioms that RE2 spells differently into its own.
var (
	unicodeEscape = regexp.MustCompile(`(^|[^\\])((?:\\\\)*)\\u([0-9A-Fa-f]{4})`)
	scriptClass   = regexp.MustCompile(`\\([pP])\{(?:Script|sc)=([A-Za-z_]+)\}`)
)

// Pattern returns a regular expression as RE2 reads it: \u4e00 becomes \x{4e00}
// and \p{Script=Han} becomes \p{Han}. The error says why it cannot be used:
// look-around and back-references are not in RE2, which takes linear time.
func Pattern(s string) (string, error) {
	s = scriptClass.ReplaceAllString(s, `\${1}{${2}}`)
	for unicodeEscape.MatchString(s) {
		s = unicodeEscape.ReplaceAllString(s, `${1}${2}\x{${3}}`)
	}
	if _, err := syntax.Parse(s, syntax.Perl); err != nil {
		return "", err
	}
	if _, err := regexp.Compile(s); err != nil { // too large once its repeats are written out
		return "", err
	}
	return s, nil
}

func isPattern(s string) bool {
	_, err := Pattern(s)
	return err == nil
}

// formats are the formats that are asserted; all others are annotations.
var formats = map[string]func(string) bool{
	"date":         isDate[string],
	"date-time":    isTime[string],
	"duration":     isDuration,
	"json-pointer": isPointer,
	"regex":        isPattern,
}
