package view

import (
	"encoding/json"
	"regexp"
	"strings"

	"sluice/runtime/def"
)

// reads is what a condition looks at, as far as it can be told from its text:
// rather too much than too little.
type reads struct {
	paths    map[string]bool
	changing string // why the same record may answer otherwise later or for another: "actor", "clock"
}

func readsOf(cond *def.Condition) reads {
	r := reads{paths: map[string]bool{}}
	r.walk(cond)
	return r
}

func (r *reads) walk(c *def.Condition) {
	if c == nil {
		return
	}
	if c.Field != "" {
		r.paths[c.Field] = true
	}
	for _, sub := range c.Rules {
		r.walk(sub)
	}
	if c.Match != nil {
		var group def.Condition
		if json.Unmarshal(c.Value, &group) == nil {
			r.walk(&group)
		}
		return
	}
	switch c.ValueSource {
	case "actor":
		r.changing = "actor"
	case "field":
		for _, path := range texts(c.Value) {
			r.paths[strings.TrimPrefix(path, "parent.")] = true
		}
	case "formula":
		for _, formula := range texts(c.Value) {
			r.formula(formula)
		}
	}
}

// texts reads one text or an array of texts.
func texts(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return many
	}
	return nil
}

var (
	words  = regexp.MustCompile(`[A-Za-z_$][A-Za-z0-9_.$]*`)
	clocks = regexp.MustCompile(`(?i)(^|[^A-Za-z0-9_.$])(now|today)[\s\x{A0}\x{3000}]*\(`)
)

// formula notes the words of a formula, since each may be a path, and calls of
// the two functions that read the clock. Words in quotes count too.
func (r *reads) formula(text string) {
	text = narrow(text)
	if clocks.MatchString(text) {
		r.changing = "clock"
	}
	for _, w := range words.FindAllString(text, -1) {
		r.paths[strings.TrimPrefix(w, "parent.")] = true
	}
}

// narrow turns full-width letters, digits and signs into ASCII, as formulas are read.
func narrow(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 0xFF01 && c <= 0xFF5E {
			return c - 0xFEE0
		}
		return c
	}, s)
}

// any reports whether one of the paths is hidden.
func (r *reads) any(hidden func(string) bool) bool {
	for path := range r.paths {
		if isHidden(hidden, path) {
			return true
		}
	}
	return false
}
