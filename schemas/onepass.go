package schemas

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// Sink receives the values of a document while a [Checker] reads it. The slot is
// the "x-slot" of the value's schema. The bytes are valid during the call only.
// The sink may have received values although the document is refused in the end.
type Sink interface {
	Text(slot int, raw []byte)   // a string, unescaped
	Number(slot int, raw []byte) // a number as it is written
	Bool(slot int, v bool)
	Null(slot int)
	Item(slot int, raw []byte) // a string, unescaped, of the list with this slot
	Enter(slot int)            // an object of the list with this slot begins; slots until Leave are its own numbering
	Leave(slot int)            // that object ends
}

// Resetter is implemented by a Sink that can forget what it has received. Reset
// is called when a document must be read again from its start: one that only
// the reference can decide, though the one pass had begun.
type Resetter interface{ Reset() }

// Checker checks documents against one schema. It is safe for concurrent use.
type Checker struct {
	program    *node // nil when the schema says something that one pass cannot check
	structure  *node // where the slots are, without any demand; of every schema
	oracle     *oracle
	limits     Limits
	states     sync.Pool
	disagreed  atomic.Int64
	unexpected string // why the schema needs the reference, "" when it does not
}

// Compile prepares a checker. The schema is JSON Schema 2020-12, may refer to
// its own "$defs" only, and is checked itself: the error says what is wrong with
// it. Every schema that compiles can be checked; one pass does it for those that
// use nothing but
//
//   - type, const and enum (of texts, booleans and null), "$ref" to "#" and "#/$defs/…"
//   - properties, required, additionalProperties
//   - items, minItems, maxItems, uniqueItems (of lists of texts)
//   - minLength, maxLength, pattern (RE2), format
//   - minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf (a power of ten)
//   - annotations, among them "x-slot": the number by which a [Sink] knows the value
//
// The formats date (a full-date of RFC 3339 that exists) and date-time (RFC 3339
// with upper-case T and Z, no leap second, at most nine digits of a second) are
// asserted, and so are duration, json-pointer and regex, which need the
// reference. Slots are found through properties, items and "$ref" only.
func Compile(schema []byte) (*Checker, error) {
	if problems := Guard(schema, DefinitionLimits); problems != nil {
		return nil, fmt.Errorf("schema: %w", problems[0])
	}
	doc, err := decode(schema)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	if path := emptyEnum(doc, nil); path != "" {
		return nil, fmt.Errorf("schema: enum at %s allows nothing", path)
	}
	o, err := newOracle(schema, doc)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	c := &Checker{oracle: o, limits: Limits{}.withDefaults()}
	c.states.New = func() any { return &state{limits: c.limits} }
	c.program, c.unexpected = buildProgram(doc, false)
	c.structure, _ = buildProgram(doc, true)
	return c, nil
}

// CompileWithin is Compile for documents with other limits than those of a request body.
func CompileWithin(schema []byte, limits Limits) (*Checker, error) {
	c, err := Compile(schema)
	if err != nil {
		return nil, err
	}
	c.limits = limits.withDefaults()
	return c, nil
}

// emptyEnum finds an enum without values, which jsonschema takes for no demand at all.
func emptyEnum(v any, path []any) string {
	switch v := v.(type) {
	case map[string]any:
		if list, ok := v["enum"].([]any); ok && len(list) == 0 {
			return Pointer(append(path, "enum")...)
		}
		for k, item := range v {
			if found := emptyEnum(item, append(path, k)); found != "" {
				return found
			}
		}
	case []any:
		for i, item := range v {
			if found := emptyEnum(item, append(path, i)); found != "" {
				return found
			}
		}
	}
	return ""
}

// OnePass reports whether documents are checked in one pass; the reference
// decides all documents of the other schemas.
func (c *Checker) OnePass() bool { return c.program != nil }

// Reason returns what in the schema one pass cannot check, "" when OnePass.
func (c *Checker) Reason() string { return c.unexpected }

// Check returns what is wrong with a document, nil when nothing is, and gives
// its values to the sink (which may be nil). Besides the schema the document
// must pass [Guard] with the limits of a request body. The path of a valid
// document allocates nothing.
func (c *Checker) Check(doc []byte, sink Sink) []Problem {
	got := unsure
	if c.program != nil {
		if got = c.run(c.program, doc, sink); got == holds {
			return nil
		}
	}
	return c.slow(doc, sink, got)
}

// slow asks the reference. When it accepts what one pass did not, the values
// are given again from the start.
func (c *Checker) slow(doc []byte, sink Sink, got verdict) []Problem {
	if problems := c.Oracle(doc); problems != nil {
		return problems
	}
	if got == fails {
		c.disagreed.Add(1)
	}
	if sink == nil {
		return nil
	}
	if r, ok := sink.(Resetter); ok && c.program != nil {
		r.Reset()
	}
	c.run(c.structure, doc, sink)
	return nil
}

// Oracle returns what the guard and the reference alone say of a document.
func (c *Checker) Oracle(doc []byte) []Problem {
	if problems := Guard(doc, c.limits); problems != nil {
		return problems
	}
	_, problems := c.oracle.check(doc)
	return problems
}

// Disagreements returns how many documents one pass refused and the reference
// accepted. It stays 0 unless there is a mistake in this package.
func (c *Checker) Disagreements() int64 { return c.disagreed.Load() }

// run reads the document once.
func (c *Checker) run(n *node, doc []byte, sink Sink) verdict {
	if len(doc) > c.limits.Bytes {
		return fails
	}
	s, _ := c.states.Get().(*state)
	s.doc, s.sink, s.keys, s.verdict = doc, sink, 0, holds
	s.kept, s.keyEnds = s.kept[:0], s.keyEnds[:0]
	end := s.value(n, lexSpace(doc, 0), 0)
	if end >= 0 && lexSpace(doc, end) != len(doc) {
		s.verdict = fails
	}
	got := s.verdict
	s.doc, s.sink = nil, nil
	c.states.Put(s)
	return got
}
