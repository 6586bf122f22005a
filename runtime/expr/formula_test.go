package expr_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/expr"
	"sluice/runtime/expr/exprtest"
	"sluice/runtime/fact"
	"sluice/schemas/semantics"
)

func vectors(t testing.TB) []exprtest.Vector {
	vs, err := exprtest.Read(semantics.Formulas)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(vs), 300)
	return vs
}

func orderShape(t testing.TB) *fact.Shape {
	s, err := exprtest.Shape(semantics.Formulas, "order")
	require.NoError(t, err)
	return s
}

func TestVectors(t *testing.T) {
	names := map[string]bool{}
	for _, v := range vectors(t) {
		require.False(t, names[v.Name], "two vectors are called %q", v.Name)
		names[v.Name] = true
		t.Run(v.Name, func(t *testing.T) {
			f, problems := expr.Compile(v.Formula, v.Shape)
			if f == nil {
				require.Len(t, problems, 1)
				wantProblem(t, v, problems[0])
				return
			}
			require.Empty(t, problems)
			got, err := f.Eval(v.Row, v.Parent, v.Env)
			if err != nil {
				p, ok := expr.AsProblem(err)
				require.True(t, ok)
				wantProblem(t, v, p)
				return
			}
			require.Empty(t, v.Problem, "got %v", expr.TextForm(&got, v.Env))
			if v.Kind != "" {
				require.Equal(t, v.Kind, f.Kind().String())
			}
			same, err := exprtest.Same(&got, f.Kind(), v.Want)
			require.NoError(t, err)
			require.True(t, same, "got %s %q %v, want %s", got.Kind(), expr.TextForm(&got, v.Env), got.List(), v.Want)
		})
	}
}

func wantProblem(t *testing.T, v exprtest.Vector, p fact.Problem) {
	require.Equal(t, v.Problem, p.Code, "%v", p.Params)
	if v.Line > 0 {
		require.Equal(t, v.Line, p.Params["line"], "%v", p.Params)
	}
	if v.Column > 0 {
		require.Equal(t, v.Column, p.Params["column"], "%v", p.Params)
	}
}

func TestExcerptShowsThePlaceUnderWideCharacters(t *testing.T) {
	_, problems := expr.Compile("1 &\n“宁波” & nix * 2\n& 3", orderShape(t))
	require.Len(t, problems, 1)
	require.Equal(t, "“宁波” & nix * 2\n \u3000\u3000    ^", problems[0].Params["excerpt"])
}

func TestReadsNamesEveryPathOnce(t *testing.T) {
	f, problems := expr.Compile(`IF(urgent, SUM(lines.qty * rate), amount) + COUNT(gifts) + rate`, orderShape(t))
	require.Empty(t, problems)
	require.Equal(t, []string{"amount", "gifts", "lines.qty", "rate", "urgent"}, f.Reads())
	line := orderShape(t).Slots[mustSlot(t, orderShape(t), "lines")].Rows
	f, problems = expr.Compile(`qty / SUM(parent.lines.qty) * parent.rate`, line)
	require.Empty(t, problems)
	require.Equal(t, []string{"parent.lines.qty", "parent.rate", "qty"}, f.Reads())
}

func mustSlot(t testing.TB, s *fact.Shape, path string) int {
	i, ok := s.Slot(path)
	require.True(t, ok)
	return i
}

func TestSourceLimit(t *testing.T) {
	_, problems := expr.Compile(strings.Repeat(" ", expr.MaxSource-1)+"1", orderShape(t))
	require.Empty(t, problems)
	_, problems = expr.Compile(strings.Repeat(" ", expr.MaxSource)+"1", orderShape(t))
	require.Equal(t, "formula_too_long", problems[0].Code)
}

func TestCostLimit(t *testing.T) {
	shape := orderShape(t)
	f, problems := expr.Compile(`1 + SUM(lines.qty * 2)`, shape)
	require.Empty(t, problems)
	row := make(fact.Row, len(shape.Slots))
	lines := make([]fact.Row, expr.MaxCost/3)
	row[mustSlot(t, shape, "lines")] = fact.OfRows(lines)
	_, err := f.Eval(row, nil, &fact.Env{})
	require.NoError(t, err)
	row[mustSlot(t, shape, "lines")] = fact.OfRows(make([]fact.Row, len(lines)+1))
	_, err = f.Eval(row, nil, &fact.Env{})
	p, _ := expr.AsProblem(err)
	require.Equal(t, "formula_too_costly", p.Code)
	require.Equal(t, 5, p.Params["column"])
}

func TestTextLimit(t *testing.T) {
	shape := orderShape(t)
	f, problems := expr.Compile(`title & note`, shape)
	require.Empty(t, problems)
	row := make(fact.Row, len(shape.Slots))
	row[mustSlot(t, shape, "title")] = fact.OfText(strings.Repeat("宁", expr.MaxText-1))
	row[mustSlot(t, shape, "note")] = fact.OfText("波")
	_, err := f.Eval(row, nil, &fact.Env{})
	require.NoError(t, err)
	row[mustSlot(t, shape, "note")] = fact.OfText("波仓")
	_, err = f.Eval(row, nil, &fact.Env{})
	p, _ := expr.AsProblem(err)
	require.Equal(t, "formula_text_limit", p.Code)
}

func TestEvalReturnsToItsPoolAfterAProblem(t *testing.T) {
	shape := orderShape(t)
	f, problems := expr.Compile(`amount / qty`, shape)
	require.Empty(t, problems)
	row := make(fact.Row, len(shape.Slots))
	row[mustSlot(t, shape, "amount")] = fact.OfInt(6)
	row[mustSlot(t, shape, "qty")] = fact.OfInt(0)
	_, err := f.Eval(row, nil, &fact.Env{})
	require.Error(t, err)
	row[mustSlot(t, shape, "qty")] = fact.OfInt(3)
	v, err := f.Eval(row, nil, &fact.Env{})
	require.NoError(t, err)
	require.Equal(t, "2", expr.NumberText(v.Number()))
}

func FuzzCompile(f *testing.F) {
	vs := vectors(f)
	for _, v := range vs {
		f.Add(v.Formula)
	}
	shape := orderShape(f)
	rows := map[string]fact.Row{}
	for _, v := range vs {
		if v.Parent == nil {
			rows[v.Name] = v.Row
		}
	}
	env := vs[0].Env
	f.Fuzz(func(t *testing.T, src string) {
		formula, problems := expr.Compile(src, shape)
		if formula == nil {
			require.Len(t, problems, 1)
			require.NotEmpty(t, problems[0].Params["excerpt"])
			return
		}
		require.LessOrEqual(t, len(src), expr.MaxSource)
		for _, row := range rows {
			v, err := formula.Eval(row, nil, env)
			if err == nil && v.Kind() != fact.None {
				require.Equal(t, formula.Kind(), v.Kind(), "%q", src)
			}
		}
	})
}
