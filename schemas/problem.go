package schemas

import (
	"fmt"
	"strings"
)

// Problem says what is wrong with one place of a document or a request. It
// carries a code and parameters, never a sentence: the sentence is made from
// wire/errors.json in the reader's language (see [Problem.Sentence]).
type Problem struct {
	Path   string         `json:"path"`             // JSON pointer (RFC 6901) into the document; "" is the whole of it
	Code   string         `json:"code"`             // a code of wire/errors.json
	Params map[string]any `json:"params,omitempty"` // values the sentence mentions: strings, numbers, booleans
}

// At returns the problem with prefix put before its path.
func (p Problem) At(prefix string) Problem {
	p.Path = prefix + p.Path
	return p
}

// Error makes a Problem usable where one error stands for the whole outcome.
func (p Problem) Error() string {
	if p.Path == "" {
		return p.Code
	}
	return fmt.Sprintf("%s at %s", p.Code, p.Path)
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// Pointer joins reference tokens to a JSON pointer, escaping each (RFC 6901 §3).
// Tokens are strings or integers.
func Pointer(tokens ...any) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteByte('/')
		switch t := t.(type) {
		case string:
			b.WriteString(pointerEscape.Replace(t))
		default:
			fmt.Fprint(&b, t)
		}
	}
	return b.String()
}
