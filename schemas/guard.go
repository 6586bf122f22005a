package schemas

import (
	"bytes"
	"encoding/json"
)

// Limits bound a document before anything else reads it. A member that is zero
// has the value of a request body.
type Limits struct {
	Bytes  int // of the whole document; 1 MiB
	Depth  int // of objects and lists in each other, the outermost is 1; 32
	Keys   int // object members of the whole document; 10,000
	String int // bytes of one text as written; 256 KiB
}

func (l Limits) withDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = 1 << 20
	}
	if l.Depth == 0 {
		l.Depth = 32
	}
	if l.Keys == 0 {
		l.Keys = 10_000
	}
	if l.String == 0 {
		l.String = 256 << 10
	}
	return l
}

// Guard returns why a document must not be read further: it is too large or too
// deep, it is not strict JSON (RFC 8259) in UTF-8, a member is written twice, a
// text has half of a surrogate pair, or a number has more than 64 characters or
// an exponent beyond ±308. It stops at the first problem. The codes are
// too_large_body, invalid_json, invalid_utf8, duplicate_key, number_range,
// too_deep, too_many_keys and text_too_large.
func Guard(doc []byte, limits Limits) []Problem {
	g := guard{doc: doc, limits: limits.withDefaults()}
	if len(doc) > g.limits.Bytes {
		return []Problem{{Code: "too_large_body", Params: map[string]any{"max": g.limits.Bytes}}}
	}
	i := g.value(lexSpace(doc, 0), 0)
	if g.problem == nil {
		if i = lexSpace(doc, i); i != len(doc) {
			g.refuse(faultSyntax, i)
		}
	}
	if g.problem != nil {
		return []Problem{*g.problem}
	}
	return nil
}

// guard walks a document; after a problem was found all functions return at once.
type guard struct {
	doc     []byte
	limits  Limits
	keys    int
	path    []token  // to the value being read
	open    [][]byte // keys of the objects being read, one object's after the other's
	problem *Problem
}

// token is one step of a path: a key, or the number of an item.
type token struct {
	key  []byte // nil for an item
	item int
}

func (g *guard) fail(code, param string, v any) int {
	var tokens []any
	for _, t := range g.path {
		if t.key != nil {
			tokens = append(tokens, string(t.key))
		} else {
			tokens = append(tokens, t.item)
		}
	}
	g.problem = &Problem{Path: Pointer(tokens...), Code: code, Params: map[string]any{param: v}}
	return len(g.doc)
}

func (g *guard) refuse(bad fault, at int) int {
	switch bad {
	case faultUTF8:
		return g.fail("invalid_utf8", "offset", at)
	case faultNumber:
		return g.fail("number_range", "digits", maxNumber)
	default:
		return g.fail("invalid_json", "offset", at)
	}
}

// value reads the value at i and returns the place after it.
func (g *guard) value(i, depth int) int {
	if i >= len(g.doc) {
		return g.refuse(faultSyntax, i)
	}
	switch c := g.doc[i]; c {
	case '{', '[':
		if depth >= g.limits.Depth {
			return g.fail("too_deep", "max", g.limits.Depth)
		}
		if c == '{' {
			return g.object(i+1, depth+1)
		}
		return g.array(i+1, depth+1)
	case '"':
		_, end := g.string(i)
		return end
	case 't':
		return g.word(i, "true")
	case 'f':
		return g.word(i, "false")
	case 'n':
		return g.word(i, "null")
	default:
		end, bad := lexNumber(g.doc, i)
		if bad != fine {
			return g.refuse(bad, end)
		}
		return end
	}
}

func (g *guard) word(i int, word string) int {
	if !lexWord(g.doc, i, word) {
		return g.refuse(faultSyntax, i)
	}
	return i + len(word)
}

// string reads the string at i; the text aliases the document when it has no escapes.
func (g *guard) string(i int) (raw []byte, end int) {
	t := lexString(g.doc, i)
	if t.bad != fine {
		return nil, g.refuse(t.bad, t.end)
	}
	raw = g.doc[i+1 : t.end-1]
	if len(raw) > g.limits.String {
		return nil, g.fail("text_too_large", "max", g.limits.String)
	}
	if t.escaped {
		raw = unescape(make([]byte, 0, len(raw)), raw)
	}
	return raw, t.end
}

func (g *guard) object(i, depth int) int {
	if i = lexSpace(g.doc, i); i < len(g.doc) && g.doc[i] == '}' {
		return i + 1
	}
	seen := keySet{from: len(g.open)}
	for g.problem == nil {
		if i >= len(g.doc) || g.doc[i] != '"' {
			return g.refuse(faultSyntax, i)
		}
		var key []byte
		if key, i = g.string(i); g.problem != nil {
			return i
		}
		if g.keys++; g.keys > g.limits.Keys {
			return g.fail("too_many_keys", "max", g.limits.Keys)
		}
		g.path = append(g.path, token{key: key})
		if !seen.add(g, key) {
			return g.fail("duplicate_key", "name", string(key))
		}
		if i = lexSpace(g.doc, i); i >= len(g.doc) || g.doc[i] != ':' {
			return g.refuse(faultSyntax, i)
		}
		i = g.value(lexSpace(g.doc, i+1), depth)
		if g.problem != nil {
			return i
		}
		g.path = g.path[:len(g.path)-1]
		var more bool
		if i, more = g.next(i, '}'); !more {
			g.open = g.open[:seen.from]
			return i
		}
	}
	return i
}

func (g *guard) array(i, depth int) int {
	if i = lexSpace(g.doc, i); i < len(g.doc) && g.doc[i] == ']' {
		return i + 1
	}
	g.path = append(g.path, token{})
	last := len(g.path) - 1
	for n := 0; g.problem == nil; n++ {
		g.path[last].item = n
		i = g.value(i, depth)
		if g.problem != nil {
			return i
		}
		var more bool
		if i, more = g.next(i, ']'); !more {
			g.path = g.path[:last]
			return i
		}
	}
	return i
}

// next reads the comma or the closing bracket after a member or an item.
func (g *guard) next(i int, closing byte) (end int, more bool) {
	i = lexSpace(g.doc, i)
	switch {
	case i < len(g.doc) && g.doc[i] == ',':
		return lexSpace(g.doc, i+1), true
	case i < len(g.doc) && g.doc[i] == closing:
		return i + 1, false
	default:
		return g.refuse(faultSyntax, i), false
	}
}

// keySet finds repeated keys of an object: in the guard's list while they are
// few, then in a map.
type keySet struct {
	from int // where the object's keys begin in the list
	many map[string]struct{}
}

// fewKeys is how many keys are compared one by one.
const fewKeys = 16

// add reports whether the key is new.
func (s *keySet) add(g *guard, key []byte) bool {
	if s.many != nil {
		if _, ok := s.many[string(key)]; ok {
			return false
		}
		s.many[string(key)] = struct{}{}
		return true
	}
	few := g.open[s.from:]
	for _, k := range few {
		if bytes.Equal(k, key) {
			return false
		}
	}
	g.open = append(g.open, key)
	if len(few) >= fewKeys {
		s.many = make(map[string]struct{}, 4*fewKeys)
		for _, k := range g.open[s.from:] {
			s.many[string(k)] = struct{}{}
		}
	}
	return true
}

// decode reads a guarded document into maps, lists and json.Number.
func decode(doc []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	return v, err
}
