package schemas

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// oracle is a schema compiled by jsonschema: the reference that decides.
type oracle struct {
	schema *jsonschema.Schema
	docs   map[string]any // the schemas as documents, by address: problems read their limits there
}

// newCompiler returns a compiler that knows no address but those added to it.
// Its own default reads files that a "$ref" names, from the server's disk.
func newCompiler() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	c.LoadURL = func(address string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("schema %q is not registered", address)
	}
	c.AssertFormat = true
	for name := range jsonschema.Formats {
		c.Formats[name] = func(any) bool { return true }
	}
	for name, ok := range formats {
		c.Formats[name] = func(v any) bool {
			s, isText := v.(string)
			return !isText || ok(s)
		}
	}
	return c
}

// checkAddress is the address of a schema that has no "$id" of its own.
const checkAddress = scheme + "check"

// newOracle compiles one schema on its own; it may refer to nothing outside.
func newOracle(raw []byte, doc any) (*oracle, error) {
	c := newCompiler()
	if err := c.AddResource(checkAddress, strings.NewReader(string(raw))); err != nil {
		return nil, err
	}
	s, err := compile(c, checkAddress)
	if err != nil {
		return nil, err
	}
	o := &oracle{schema: s, docs: map[string]any{checkAddress: doc}}
	if m, ok := doc.(map[string]any); ok {
		if id, ok := m["$id"].(string); ok {
			o.docs[strings.TrimSuffix(id, "#")] = doc
		}
	}
	return o, nil
}

// check decodes a guarded document and validates it.
func (o *oracle) check(doc []byte) (any, []Problem) {
	v, err := decode(doc)
	if err != nil {
		return nil, []Problem{{Code: "invalid_json", Params: map[string]any{"offset": len(doc)}}}
	}
	return v, o.validate(v)
}

func (o *oracle) validate(v any) []Problem {
	err := validate(o.schema, v)
	if err == nil {
		return nil
	}
	var refused *jsonschema.ValidationError
	if !errors.As(err, &refused) {
		return []Problem{{Code: "internal", Params: map[string]any{"id": err.Error()}}}
	}
	r := reader{docs: o.docs, doc: v}
	r.read(refused)
	return r.sorted()
}

// validate turns a panic of jsonschema into an error: it has been made to panic
// by ten bytes of input, and a panic in a request ends the whole process.
func validate(s *jsonschema.Schema, v any) (err error) {
	defer recovered(&err)
	return s.Validate(v)
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("jsonschema: %v", r)
	}
}
