// Package expr is the formula language: small, typed, in exact decimals,
// without loops or effects. What a formula means is written in
// schemas/semantics/README.md, and the vectors beside it are run here.
//
// A source text goes through one file per stage: source_lexer.go (tokens),
// tree_parser.go (grammar), tree_checker.go (kinds, and closures over the slots
// of a shape), then formula.go evaluates. The text comparisons that conditions
// share with formulas are here too: text_fold.go and value_compare.go.
package expr
