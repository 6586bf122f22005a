// Package rule decides: it compiles conditions into closures over the slots of
// a shape, and decision tables into an index of those conditions. What a
// condition means is written in schemas/semantics/README.md, and the vectors
// beside it are run here.
//
// A condition goes through condition_compile.go (fields, operators, limits),
// condition_value.go (right sides), comparison_operator.go and the files of
// closures, comparison_fixed.go and comparison_dynamic.go. A rule goes through
// table_compile.go, table_index.go (which rows can hold at all) and
// table_decide.go; table_explain.go says afterwards why a row held.
package rule
