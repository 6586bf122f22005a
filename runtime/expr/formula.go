package expr

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"sluice/runtime/fact"
)

// Limits of a formula; those not named here are maxDepth and maxStep.
const (
	MaxSource = 4096    // bytes of a source text
	MaxCost   = 200_000 // nodes evaluated on lines by all aggregates of one evaluation
	MaxText   = 65_536  // code points of a joined text
)

// Formula is a compiled formula. It is immutable and may be evaluated by many
// goroutines at once.
type Formula struct {
	src    string
	root   expr
	reads  []string
	frames sync.Pool
}

// frame is the state of one evaluation.
type frame struct {
	formula *Formula
	row     fact.Row
	parent  fact.Row
	line    fact.Row // the line that an aggregate stands at
	env     *fact.Env
	cost    int
	err     *fact.Problem
}

// fail ends the evaluation with a problem; the first one counts.
func (f *frame) fail(pos int, code string, params ...any) fact.Value {
	if f.err == nil {
		p := problemAt(f.formula.src, pos, code, params...)
		f.err = &p
	}
	return fact.Value{}
}

// Compile reads a formula for rows of a shape. For a line's shape, parent.x
// reads the record around it. There is at most one problem, the first; its
// params hold line and column (from 1, in code points) and an excerpt with a caret.
func Compile(src string, s *fact.Shape) (*Formula, []fact.Problem) {
	if len(src) > MaxSource {
		return nil, []fact.Problem{problemAt("", 0, "formula_too_long", "limit", MaxSource)}
	}
	var problems []fact.Problem
	fail := func(pos int, code string, params ...any) {
		if len(problems) == 0 {
			problems = append(problems, problemAt(src, pos, code, params...))
		}
	}
	l := lexer{src: src, fail: fail}
	if !l.lex() {
		return nil, problems
	}
	p := parser{tokens: l.tokens, fail: fail}
	tree := p.parse()
	if tree == nil {
		return nil, problems
	}
	c := checker{shape: s, fail: fail, reads: map[string]bool{}}
	root := c.check(tree)
	if root.kind == fact.Rows {
		fail(root.pos, "formula_kind", "want", []string{"value"}, "got", fact.Rows.String())
	}
	if len(problems) > 0 {
		return nil, problems
	}
	f := &Formula{src: src, root: root}
	for path := range c.reads {
		f.reads = append(f.reads, path)
	}
	slices.Sort(f.reads)
	return f, nil
}

// Kind returns the kind of the formula's results; an empty result is None whatever the kind.
func (f *Formula) Kind() fact.Kind { return f.root.kind }

// Exact reports whether the formula is a plain path to identifiers, whose texts are compared exactly.
func (f *Formula) Exact() bool { return f.root.exact }

// Reads returns the paths that the formula reads, sorted: "amount", "lines.qty", "parent.rate".
// The caller must not change the slice.
func (f *Formula) Reads() []string { return f.reads }

// Source returns the text that was compiled.
func (f *Formula) Source() string { return f.src }

// Eval returns the formula's value for a row; parent is the record around when
// the row is a line, else nil. The error is a fact.Problem: formula_division_by_zero,
// formula_overflow, formula_argument, formula_too_costly or formula_text_limit.
func (f *Formula) Eval(row, parent fact.Row, env *fact.Env) (fact.Value, error) {
	fr, ok := f.frames.Get().(*frame)
	if !ok {
		fr = &frame{}
	}
	*fr = frame{formula: f, row: row, parent: parent, env: env}
	v := f.root.run(fr)
	err := fr.err
	*fr = frame{}
	f.frames.Put(fr)
	if err != nil {
		return fact.Value{}, *err
	}
	if v.Empty() {
		return fact.Value{}, nil
	}
	return v, nil
}

// AsProblem returns the problem that Eval returned as an error.
func AsProblem(err error) (p fact.Problem, ok bool) {
	ok = errors.As(err, &p)
	return p, ok
}

// problemAt makes a problem at a byte of the source. params are names and values in turn.
func problemAt(src string, pos int, code string, params ...any) fact.Problem {
	pos = min(pos, len(src))
	start := strings.LastIndexByte(src[:pos], '\n') + 1
	text, _, _ := strings.Cut(src[start:], "\n")
	p := fact.Problem{Code: code, Params: map[string]any{
		"line":    strings.Count(src[:pos], "\n") + 1,
		"column":  utf8.RuneCountInString(src[start:pos]) + 1,
		"excerpt": strings.TrimRight(text, "\r") + "\n" + caret(src[start:pos]),
	}}
	for i := 0; i+1 < len(params); i += 2 {
		name, _ := params[i].(string)
		p.Params[name] = params[i+1]
	}
	return p
}

// caret returns a ^ under the end of the text: wide characters are padded with a wide blank.
func caret(before string) string {
	var b strings.Builder
	for _, r := range before {
		switch {
		case r == '\t':
			b.WriteByte('\t')
		case r >= 0x2E80:
			b.WriteRune('\u3000')
		default:
			b.WriteByte(' ')
		}
	}
	return b.String() + "^"
}
