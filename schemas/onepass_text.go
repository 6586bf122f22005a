package schemas

import (
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// textSet is the texts of an enum: a few are compared, many are looked up.
type textSet struct {
	few  []string
	many map[string]struct{}
}

func newTextSet(texts []string) *textSet {
	if len(texts) <= 8 {
		return &textSet{few: texts}
	}
	t := &textSet{many: make(map[string]struct{}, len(texts))}
	for _, s := range texts {
		t.many[s] = struct{}{}
	}
	return t
}

func (t *textSet) has(raw []byte) bool {
	if t.many != nil {
		_, ok := t.many[string(raw)] // no copy: the compiler knows this form
		return ok
	}
	for _, s := range t.few {
		if s == string(raw) {
			return true
		}
	}
	return false
}

// propIndex finds a property by its name: open addressing over a hash of it.
type propIndex struct {
	table []int32 // number of the property + 1
}

func newPropIndex(props []prop) propIndex {
	size := 4
	for size < 2*len(props) {
		size *= 2
	}
	x := propIndex{table: make([]int32, size)}
	for i := range props {
		at := hashOf([]byte(props[i].name)) & (size - 1)
		for x.table[at] != 0 {
			at = (at + 1) & (size - 1)
		}
		x.table[at] = int32(i + 1)
	}
	return x
}

// find returns the number of a property, -1 when there is none of the name.
func (x *propIndex) find(props []prop, name []byte) int {
	if len(props) == 0 {
		return -1
	}
	mask := len(x.table) - 1
	for at := hashOf(name) & mask; x.table[at] != 0; at = (at + 1) & mask {
		if p := int(x.table[at]) - 1; props[p].name == string(name) {
			return p
		}
	}
	return -1
}

// hashOf is FNV-1a.
func hashOf(b []byte) int {
	h := uint32(2166136261)
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return int(h)
}

// matcher is a pattern: a sequence of character classes with counts when it is
// as plain as most are ("^SO[0-9]{8}$"), else a regular expression.
type matcher struct {
	steps []step
	re    *regexp.Regexp
}

// step is one class that must come at least and at most so many times (most < 0: any number).
type step struct {
	ascii       [128]bool
	wide        []rune // pairs from–to above ASCII
	least, most int
}

func newMatcher(pattern string, re *regexp.Regexp) *matcher {
	m := &matcher{re: re}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return m
	}
	if steps, ok := plainSteps(parsed); ok {
		m.steps = steps
	}
	return m
}

// plainSteps returns the steps of a pattern that is bound at both ends and can
// be matched from left to right without ever going back.
func plainSteps(re *syntax.Regexp) ([]step, bool) {
	parts := flatten(re, nil)
	if len(parts) < 2 || parts[0].Op != syntax.OpBeginText || parts[len(parts)-1].Op != syntax.OpEndText {
		return nil, false
	}
	var steps []step
	for _, p := range parts[1 : len(parts)-1] {
		more, ok := stepsOf(p)
		if !ok {
			return nil, false
		}
		steps = append(steps, more...)
	}
	for i := range steps {
		if !decided(steps, i) {
			return nil, false
		}
	}
	return steps, true
}

// flatten lays out nested concatenations and groups; what a group captures is not needed.
func flatten(re *syntax.Regexp, out []*syntax.Regexp) []*syntax.Regexp {
	if re.Op == syntax.OpConcat || re.Op == syntax.OpCapture {
		for _, sub := range re.Sub {
			out = flatten(sub, out)
		}
		return out
	}
	return append(out, re)
}

func stepsOf(re *syntax.Regexp) ([]step, bool) {
	if re.Flags&syntax.FoldCase != 0 && re.Op == syntax.OpLiteral {
		return nil, false
	}
	least, most, sub := 1, 1, re
	switch re.Op {
	case syntax.OpEmptyMatch:
		return nil, true
	case syntax.OpLiteral:
		var steps []step
		for _, r := range re.Rune {
			steps = append(steps, newStep([]rune{r, r}, 1, 1))
		}
		return steps, true
	case syntax.OpRepeat:
		least, most, sub = re.Min, re.Max, re.Sub[0]
	case syntax.OpStar:
		least, most, sub = 0, -1, re.Sub[0]
	case syntax.OpPlus:
		least, most, sub = 1, -1, re.Sub[0]
	case syntax.OpQuest:
		least, most, sub = 0, 1, re.Sub[0]
	}
	for sub.Op == syntax.OpCapture {
		sub = sub.Sub[0]
	}
	switch {
	case sub.Op == syntax.OpAnyCharNotNL:
		return []step{newStep([]rune{0, '\n' - 1, '\n' + 1, utf8.MaxRune}, least, most)}, true
	case sub.Op == syntax.OpCharClass:
		return []step{newStep(sub.Rune, least, most)}, true
	case sub.Op == syntax.OpLiteral && len(sub.Rune) == 1 && sub.Flags&syntax.FoldCase == 0:
		return []step{newStep([]rune{sub.Rune[0], sub.Rune[0]}, least, most)}, true
	}
	return nil, false
}

func newStep(pairs []rune, least, most int) step {
	st := step{least: least, most: most}
	for i := 0; i+1 < len(pairs); i += 2 {
		for r := pairs[i]; r <= pairs[i+1] && r < utf8.RuneSelf; r++ {
			st.ascii[r] = true
		}
		if pairs[i+1] >= utf8.RuneSelf {
			st.wide = append(st.wide, max(pairs[i], utf8.RuneSelf), pairs[i+1])
		}
	}
	return st
}

// decided reports whether step i may take all it can: when its count can vary,
// nothing that may follow it begins with a character of its class.
func decided(steps []step, i int) bool {
	if steps[i].least == steps[i].most {
		return true
	}
	for j := i + 1; j < len(steps); j++ {
		if steps[i].overlaps(&steps[j]) {
			return false
		}
		if steps[j].least > 0 {
			return true
		}
	}
	return true
}

func (st *step) overlaps(o *step) bool {
	for c := range st.ascii {
		if st.ascii[c] && o.ascii[c] {
			return true
		}
	}
	for i := 0; i < len(st.wide); i += 2 {
		for j := 0; j < len(o.wide); j += 2 {
			if st.wide[i] <= o.wide[j+1] && o.wide[j] <= st.wide[i+1] {
				return true
			}
		}
	}
	return false
}

func (m *matcher) match(raw []byte) bool {
	if m.steps == nil {
		return m.re.Match(raw)
	}
	i := 0
	for s := range m.steps {
		st := &m.steps[s]
		n := 0
		for i < len(raw) && n != st.most {
			size := st.size(raw[i:])
			if size == 0 {
				break
			}
			i += size
			n++
		}
		if n < st.least {
			return false
		}
	}
	return i == len(raw)
}

// size returns how many bytes the first character takes when it is of the class, else 0.
func (st *step) size(raw []byte) int {
	if c := raw[0]; c < utf8.RuneSelf {
		if st.ascii[c] {
			return 1
		}
		return 0
	}
	r, size := utf8.DecodeRune(raw)
	for i := 0; i < len(st.wide); i += 2 {
		if r >= st.wide[i] && r <= st.wide[i+1] {
			return size
		}
	}
	return 0
}
