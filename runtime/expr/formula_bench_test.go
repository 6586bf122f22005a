package expr_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/expr"
)

func BenchmarkEval(b *testing.B) {
	var full = vectors(b)[0]
	for _, v := range vectors(b) {
		if v.Name == "line total with discount" {
			full = v
		}
	}
	f, problems := expr.Compile(full.Formula, full.Shape)
	require.Empty(b, problems)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Eval(full.Row, nil, full.Env); err != nil {
			b.Fatal(err)
		}
	}
}
