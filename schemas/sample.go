package schemas

import _ "embed" // the sample

//go:embed sample/order.schema.json
var sampleSchema []byte

//go:embed sample/order.json
var sampleOrder []byte

// SampleOrder returns the schema and the document that benchmarks of checking
// use, the program's own among them: an order with 24 fields and five lines of
// nine fields, about 1.5 kB. The caller must not change them.
func SampleOrder() (schema, doc []byte) { return sampleSchema, sampleOrder }

// CheckReference checks a document as one would without this package, with
// encoding/json and jsonschema. It exists for benchmarks to compare with.
func (c *Checker) CheckReference(doc []byte) error {
	v, err := decode(doc)
	if err != nil {
		return err
	}
	return c.oracle.schema.Validate(v)
}
