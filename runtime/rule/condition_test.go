package rule_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/expr/exprtest"
	"sluice/runtime/fact"
	"sluice/runtime/rule"
	"sluice/schemas/semantics"
)

func vectors(t testing.TB) []exprtest.Vector {
	vs, err := exprtest.Read(semantics.Conditions)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(vs), 300)
	return vs
}

func orderShape(t testing.TB) *fact.Shape {
	s, err := exprtest.Shape(semantics.Conditions, "order")
	require.NoError(t, err)
	return s
}

func condition(t testing.TB, src string) *def.Condition {
	var c def.Condition
	require.NoError(t, json.Unmarshal([]byte(src), &c))
	return &c
}

func TestVectors(t *testing.T) {
	names := map[string]bool{}
	for _, v := range vectors(t) {
		require.False(t, names[v.Name], "two vectors are called %q", v.Name)
		names[v.Name] = true
		t.Run(v.Name, func(t *testing.T) {
			c, problems := rule.Compile(condition(t, string(v.Condition)), v.Shape)
			if v.Problem != "" {
				require.NotEmpty(t, problems)
				require.Equal(t, v.Problem, problems[0].Code)
				if v.Path != nil {
					require.Equal(t, *v.Path, problems[0].Path)
				}
				return
			}
			require.Empty(t, problems)
			got := c.Holds(v.Row, v.Env)
			if v.Parent != nil {
				got = c.HoldsLine(v.Row, v.Parent, v.Env)
			}
			require.Equal(t, string(v.Want), fmt.Sprint(got))
		})
	}
}

func TestNoConditionHolds(t *testing.T) {
	c, problems := rule.Compile(nil, orderShape(t))
	require.Empty(t, problems)
	require.True(t, c.Holds(nil, &fact.Env{}))
	require.Empty(t, c.Reads())
}

func TestReadsNamesPathsAsTheRecordSeesThem(t *testing.T) {
	c, problems := rule.Compile(condition(t, `{"combinator":"and","rules":[
		{"field":"amount","operator":">","valueSource":"formula","value":"qty * SUM(lines.price)"},
		{"field":"lines","match":{"mode":"some"},"value":{"combinator":"and","rules":[
			{"field":"brand","operator":"=","valueSource":"field","value":"parent.title"},
			{"field":"qty","operator":"=","valueSource":"formula","value":"parent.rate * price"}]}}]}`), orderShape(t))
	require.Empty(t, problems)
	require.Equal(t, []string{"amount", "lines", "lines.brand", "lines.price", "lines.qty", "qty", "rate", "title"}, c.Reads())
}

func TestEveryProblemIsReportedAtItsPlace(t *testing.T) {
	_, problems := rule.Compile(condition(t, `{"combinator":"and","rules":[
		{"field":"colour","operator":"=","value":"a"},
		{"field":"qty","operator":"=","value":"a"},
		{"field":"grade","operator":"in","value":["vip","gold"]}]}`), orderShape(t))
	got := make([]string, len(problems))
	for i, p := range problems {
		got[i] = p.Path + " " + p.Code
	}
	require.Equal(t, []string{"/rules/0/field rule_unknown_field", "/rules/1/value rule_value", "/rules/2/value/1 rule_option"}, got)
}

func TestNodeLimit(t *testing.T) {
	some := `{"field":"qty","operator":"null"}`
	rules := strings.Repeat(some+",", rule.MaxNodes-2) + some
	_, problems := rule.Compile(condition(t, `{"combinator":"or","rules":[`+rules+`]}`), orderShape(t))
	require.Empty(t, problems)
	_, problems = rule.Compile(condition(t, `{"combinator":"or","rules":[`+rules+`,`+some+`,`+some+`]}`), orderShape(t))
	require.Len(t, problems, 1)
	require.Equal(t, "rule_too_large", problems[0].Code)
}

func TestHoldsDoesNotAllocate(t *testing.T) {
	for _, v := range vectors(t) {
		if v.Problem != "" || strings.Contains(string(v.Condition), "formula") || v.Parent != nil {
			continue
		}
		c, problems := rule.Compile(condition(t, string(v.Condition)), v.Shape)
		require.Empty(t, problems)
		dynamicText := strings.Contains(string(v.Condition), `"valueSource":"field"`) // a full-width right side is folded anew
		if n := testing.AllocsPerRun(10, func() { c.Holds(v.Row, v.Env) }); n > 0 && !dynamicText {
			t.Errorf("%s: %v allocations", v.Name, n)
		}
	}
}
