package expr

import "strings"

// maxDepth bounds open parentheses and pending prefix operators together.
const maxDepth = 32

type nodeKind uint8

const (
	nodeNumber nodeKind = iota
	nodeText
	nodeBool
	nodePath
	nodeCall   // text is the function's name in capitals
	nodePrefix // text is "-", "+" or "not"
	nodeBinary // text is the operator: a sign, "and" or "or"
)

type node struct {
	kind nodeKind
	text string
	pos  int // byte offset of its first token; of a nodeBinary: of its operator
	args []*node
}

type parser struct {
	tokens []token
	at     int
	depth  int
	failed bool
	fail   func(pos int, code string, params ...any)
}

func (p *parser) next() token { return p.tokens[p.at] }

// unexpected reports the next token; nothing of the tree is used afterwards.
func (p *parser) unexpected() *node {
	t := p.next()
	found := t.text
	if t.kind == tokenEnd {
		found = "(end)"
	}
	p.stop(t.pos, "formula_syntax", "found", found)
	return &node{}
}

func (p *parser) stop(pos int, code string, params ...any) {
	if !p.failed {
		p.failed = true
		p.fail(pos, code, params...)
	}
}

// parse reads a whole formula; nil when there is a problem.
func (p *parser) parse() *node {
	n := p.or()
	if !p.failed && p.next().kind != tokenEnd {
		p.unexpected()
	}
	if p.failed {
		return nil
	}
	return n
}

// enter counts one level more and reports whether that is allowed.
func (p *parser) enter(t token) bool {
	p.depth++
	if p.depth > maxDepth {
		p.stop(t.pos, "formula_too_deep", "limit", maxDepth)
	}
	return !p.failed
}

// binary reads operands joined by any of the operators, to the left.
func (p *parser) binary(operand func() *node, match func(token) bool) *node {
	n := operand()
	for !p.failed && match(p.next()) {
		t := p.next()
		p.at++
		n = &node{kind: nodeBinary, text: strings.ToLower(t.text), pos: t.pos, args: []*node{n, operand()}}
	}
	return n
}

func (p *parser) or() *node  { return p.binary(p.and, func(t token) bool { return t.word("or") }) }
func (p *parser) and() *node { return p.binary(p.not, func(t token) bool { return t.word("and") }) }

func (p *parser) not() *node {
	t := p.next()
	if !t.word("not") || p.tokens[p.at+1].is("(") {
		return p.comparison()
	}
	return p.prefixed(t, p.not)
}

func (p *parser) prefixed(t token, operand func() *node) *node {
	if !p.enter(t) {
		return &node{}
	}
	p.at++
	n := &node{kind: nodePrefix, text: strings.ToLower(t.text), pos: t.pos, args: []*node{operand()}}
	p.depth--
	return n
}

func (p *parser) comparison() *node {
	n := p.join()
	t := p.next()
	if p.failed || !comparisons[t.text] || t.kind != tokenSign {
		return n
	}
	p.at++
	return &node{kind: nodeBinary, text: t.text, pos: t.pos, args: []*node{n, p.join()}}
}

var comparisons = map[string]bool{"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true}

func (p *parser) join() *node {
	return p.binary(p.sum, func(t token) bool { return t.is("&") })
}

func (p *parser) sum() *node {
	return p.binary(p.product, func(t token) bool { return t.is("+") || t.is("-") })
}

func (p *parser) product() *node {
	return p.binary(p.prefix, func(t token) bool { return t.is("*") || t.is("/") || t.is("%") })
}

func (p *parser) prefix() *node {
	t := p.next()
	if t.is("-") || t.is("+") {
		return p.prefixed(t, p.prefix)
	}
	return p.operand()
}

func (p *parser) operand() *node {
	t := p.next()
	switch t.kind {
	case tokenNumber:
		p.at++
		return &node{kind: nodeNumber, text: t.text, pos: t.pos}
	case tokenText:
		p.at++
		return &node{kind: nodeText, text: t.text, pos: t.pos}
	case tokenName:
		return p.named(t)
	}
	if !t.is("(") {
		return p.unexpected()
	}
	if !p.enter(t) {
		return &node{}
	}
	p.at++
	n := p.or()
	p.close()
	return n
}

func (p *parser) close() {
	if p.failed {
		return
	}
	if !p.next().is(")") {
		p.unexpected()
		return
	}
	p.at++
	p.depth--
}

func (p *parser) named(t token) *node {
	if p.tokens[p.at+1].is("(") && !strings.Contains(t.text, ".") && !strings.Contains(t.text, "$") {
		return p.call(t)
	}
	head, _, dotted := strings.Cut(t.text, ".")
	switch strings.ToLower(head) {
	case "true", "false":
		if !dotted {
			p.at++
			return &node{kind: nodeBool, text: strings.ToLower(head), pos: t.pos}
		}
		return p.unexpected()
	case "and", "or", "not":
		return p.unexpected()
	}
	p.at++
	return &node{kind: nodePath, text: t.text, pos: t.pos}
}

func (p *parser) call(t token) *node {
	n := &node{kind: nodeCall, text: strings.ToUpper(t.text), pos: t.pos}
	p.at++
	if !p.enter(p.next()) {
		return n
	}
	p.at++
	if !p.next().is(")") {
		for {
			n.args = append(n.args, p.or())
			if p.failed || !p.next().is(",") {
				break
			}
			p.at++
		}
	}
	p.close()
	return n
}
