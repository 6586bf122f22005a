// Package semantics holds the written meaning of conditions and formulas
// (README.md) and the vectors that every implementation of them must pass.
package semantics

import _ "embed"

// Conditions is conditions.json; its format is section 7 of README.md.
//
//go:embed conditions.json
var Conditions []byte

// Formulas is formulas.json; its format is section 7 of README.md.
//
//go:embed formulas.json
var Formulas []byte
