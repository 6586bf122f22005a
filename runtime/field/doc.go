// Package field is the family of field types: one file per type, all with the
// same outline. A type says how its values look in JSON (a JSON Schema
// fragment), which slots they fill in a row, how they are written back, how
// they sort and how they group.
//
// The fragments are strict about what a schema can say; [Type.Check] says the
// rest about single values. Whether a value may be there at all (required,
// visible, read-only) is the form's question, not the type's.
package field
