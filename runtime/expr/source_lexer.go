package expr

import (
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenNumber
	tokenText
	tokenName // a path, a word or the name of a function
	tokenSign // an operator, a parenthesis or a comma
)

type token struct {
	kind tokenKind
	text string // signs and names in their ASCII form; texts without marks
	pos  int    // byte offset in the source
}

func (t token) is(sign string) bool { return t.kind == tokenSign && t.text == sign }

// word reports whether the token is one of the language's words, in any case.
func (t token) word(w string) bool { return t.kind == tokenName && strings.EqualFold(t.text, w) }

type lexer struct {
	src    string
	pos    int
	tokens []token
	fail   func(pos int, code string, params ...any)
}

// lex cuts the source into tokens, ending with tokenEnd. It stops at the first problem.
func (l *lexer) lex() bool {
	for {
		r, n := l.peek()
		if n == 0 {
			l.tokens = append(l.tokens, token{kind: tokenEnd, pos: l.pos})
			return true
		}
		ok := true
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == 0xA0:
			l.pos += n
		case r == '"' || r == '“':
			ok = l.text(r, n)
		case digit(r):
			ok = l.number()
		case nameStart(r):
			l.name()
		default:
			ok = l.sign(r, n)
		}
		if !ok {
			return false
		}
	}
}

// peek returns the next character in its ordinary width, and its size in the source.
func (l *lexer) peek() (rune, int) {
	if l.pos == len(l.src) {
		return 0, 0
	}
	r, n := utf8.DecodeRuneInString(l.src[l.pos:])
	return narrowRune(r), n
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

func nameStart(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '$'
}

func (l *lexer) add(kind tokenKind, text string, pos int) {
	l.tokens = append(l.tokens, token{kind: kind, text: text, pos: pos})
}

// text reads a text literal; its closing mark is written twice to stand for itself.
func (l *lexer) text(mark rune, size int) bool {
	start := l.pos
	l.pos += size
	var b strings.Builder
	for l.pos < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.pos:])
		if !closes(mark, r) {
			b.WriteString(l.src[l.pos : l.pos+n])
			l.pos += n
			continue
		}
		l.pos += n
		next, m := utf8.DecodeRuneInString(l.src[l.pos:])
		if m == 0 || !closes(mark, next) {
			l.add(tokenText, b.String(), start)
			return true
		}
		b.WriteString(l.src[l.pos : l.pos+m])
		l.pos += m
	}
	l.fail(start, "formula_syntax", "found", l.src[start:start+size])
	return false
}

func closes(mark, r rune) bool {
	if mark == '“' {
		return r == '”'
	}
	return narrowRune(r) == '"'
}

func (l *lexer) digits() string {
	var b strings.Builder
	for {
		r, n := l.peek()
		if !digit(r) {
			return b.String()
		}
		b.WriteByte(byte(r))
		l.pos += n
	}
}

func (l *lexer) number() bool {
	start := l.pos
	head, fraction := l.digits(), ""
	if r, n := l.peek(); r == '.' {
		back := l.pos
		l.pos += n
		if fraction = l.digits(); fraction == "" {
			l.pos = back
		}
	}
	if len(fraction) > 19 || len(strings.TrimLeft(head+fraction, "0")) > 19 {
		l.fail(start, "formula_number")
		return false
	}
	text := strings.TrimLeft(head, "0")
	if text == "" {
		text = "0"
	}
	if fraction != "" {
		text += "." + fraction
	}
	l.add(tokenNumber, text, start)
	return true
}

func (l *lexer) name() {
	start := l.pos
	var b strings.Builder
	for {
		r, n := l.peek()
		if r == '.' {
			l.pos += n
			next, _ := l.peek()
			l.pos -= n
			if !nameStart(next) {
				break
			}
		} else if !nameStart(r) && !digit(r) || r == '$' && l.pos > start && !strings.HasSuffix(b.String(), ".") {
			break
		}
		b.WriteByte(byte(r))
		l.pos += n
	}
	l.add(tokenName, b.String(), start)
}

// The signs of two characters come first.
var signs = [...]string{"<>", "!=", "<=", ">=", "+", "-", "*", "/", "%", "&", "=", "<", ">", "(", ")", ","}

var typographic = map[rune]string{'≠': "<>", '≤': "<=", '≥': ">="}

func (l *lexer) sign(r rune, n int) bool {
	start := l.pos
	if s, ok := typographic[r]; ok {
		l.pos += n
		l.add(tokenSign, s, start)
		return true
	}
	l.pos += n
	second, m := l.peek()
	for _, s := range signs {
		if rune(s[0]) != r {
			continue
		}
		if len(s) == 2 {
			if rune(s[1]) != second {
				continue
			}
			l.pos += m
		}
		if s == "!=" {
			s = "<>"
		}
		l.add(tokenSign, s, start)
		return true
	}
	l.fail(start, "formula_syntax", "found", l.src[start:start+n])
	return false
}
