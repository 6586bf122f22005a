package rule

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"sluice/runtime/def"
	"sluice/runtime/expr/exprtest"
	"sluice/runtime/fact"
	"sluice/schemas/semantics"
)

func shapeOf(t testing.TB) *fact.Shape {
	s, err := exprtest.Shape(semantics.Conditions, "order")
	require.NoError(t, err)
	return s
}

var (
	drawnTexts = []string{"a", "A", "ａ", "b", "急件", "急", "加急", "易碎", "ab", "宁波 急件"}
	drawnOps   = map[string][]string{
		"text":   {"=", "!=", "in", "notIn", "contains", "doesNotContain", "beginsWith", "endsWith", "containsAny", "containsAll", "null", "<"},
		"choice": {"=", "!=", "in", "null"},
		"list":   {"contains", "containsAny", "containsAll", "doesNotContain"},
		"number": {"=", "!=", "in", "between", ">=", "<"},
		"date":   {"=", "in", "<"},
		"bool":   {"=", "!="},
	}
)

type drawnField struct {
	path, kind string
	values     []string // as JSON
}

func quotedAll(texts ...string) []string {
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = fmt.Sprintf("%q", s)
	}
	return out
}

var (
	recordFields = []drawnField{
		{"title", "text", quotedAll(drawnTexts...)}, {"note", "text", quotedAll(drawnTexts...)}, {"ref", "text", quotedAll(drawnTexts...)},
		{"grade", "choice", quotedAll("svip", "vip", "normal")}, {"tags", "list", quotedAll(drawnTexts...)},
		{"qty", "number", []string{"1", "2", "2.0", "3.5"}}, {"urgent", "bool", []string{"true", "false"}}, {"due", "date", quotedAll("2026-03-15", "2026-03-16")},
	}
	lineFields = []drawnField{
		{"sku", "text", quotedAll(drawnTexts...)}, {"origin", "choice", quotedAll("oem", "brand")}, {"qty", "number", []string{"1", "2", "3"}},
		{"labels", "list", quotedAll(drawnTexts...)}, {"parent.note", "text", quotedAll(drawnTexts...)}, {"made", "date", quotedAll("2026-03-15", "2026-03-16")},
	}
)

func drawValues(t *rapid.T, f drawnField, n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = rapid.SampledFrom(f.values).Draw(t, "value")
	}
	return strings.Join(items, ",")
}

func drawComparison(t *rapid.T, fields []drawnField) string {
	f := rapid.SampledFrom(fields).Draw(t, "field")
	op := rapid.SampledFrom(drawnOps[f.kind]).Draw(t, "op")
	value := drawValues(t, f, 1)
	switch op {
	case "between":
		value = "[1,2]"
	case "in", "notIn", "containsAny", "containsAll":
		value = "[" + drawValues(t, f, rapid.IntRange(1, 3).Draw(t, "n")) + "]"
	}
	not := rapid.IntRange(0, 9).Draw(t, "not") == 0
	return fmt.Sprintf(`{"field":%q,"operator":%q,"value":%s,"not":%v}`, f.path, op, value, not)
}

func drawGroup(t *rapid.T, depth int, lines bool) string {
	fields := recordFields
	if lines {
		fields = lineFields
	}
	rules := make([]string, rapid.IntRange(0, 3).Draw(t, "rules"))
	for i := range rules {
		switch pick := rapid.IntRange(0, 9).Draw(t, "pick"); {
		case pick < 2 && depth > 0:
			rules[i] = drawGroup(t, depth-1, lines)
		case pick < 5 && !lines:
			mode := rapid.SampledFrom([]string{"some", "all", "none", "atLeast", "atMost", "exactly"}).Draw(t, "mode")
			rules[i] = fmt.Sprintf(`{"field":"lines","match":{"mode":%q,"threshold":%d},"value":%s}`, mode, rapid.IntRange(0, 2).Draw(t, "threshold"), drawGroup(t, 1, true))
		default:
			rules[i] = drawComparison(t, fields)
		}
	}
	combinator := rapid.SampledFrom([]string{"and", "and", "or"}).Draw(t, "combinator")
	not := rapid.IntRange(0, 9).Draw(t, "not") == 0
	return fmt.Sprintf(`{"combinator":%q,"not":%v,"rules":[%s]}`, combinator, not, strings.Join(rules, ","))
}

func drawMembers(t *rapid.T, fields []drawnField) []string {
	var members []string
	for _, f := range fields {
		if strings.HasPrefix(f.path, "parent.") || rapid.IntRange(0, 3).Draw(t, "absent") == 0 {
			continue
		}
		value := drawValues(t, f, 1)
		if f.kind == "list" {
			value = "[" + drawValues(t, f, rapid.IntRange(0, 2).Draw(t, "items")) + "]"
		}
		members = append(members, fmt.Sprintf("%q:%s", f.path, value))
	}
	return members
}

func drawRow(t *rapid.T, s *fact.Shape) fact.Row {
	members := drawMembers(t, recordFields)
	lines := make([]string, rapid.IntRange(0, 3).Draw(t, "lines"))
	for i := range lines {
		lines[i] = "{" + strings.Join(drawMembers(t, lineFields), ",") + "}"
	}
	var values map[string]json.RawMessage
	src := "{" + strings.Join(append(members, `"lines":[`+strings.Join(lines, ",")+"]"), ",") + "}"
	require.NoError(t, json.Unmarshal([]byte(src), &values))
	row, err := exprtest.Row(s, values)
	require.NoError(t, err)
	return row
}

func drawRule(t *rapid.T, now time.Time) *def.Rule {
	r := &def.Rule{Head: def.Head{ID: "drawn"}, Mode: "list", Outputs: []def.Output{{Field: "code"}}, NoMatch: def.NoMatch{Action: "keep"}}
	r.Hit = rapid.SampledFrom([]string{"first", "unique", "collect"}).Draw(t, "hit")
	if r.Hit == "collect" {
		r.Outputs[0].Field = "tags"
	}
	for i := range rapid.IntRange(0, 12).Draw(t, "rows") {
		row := def.RuleRow{ID: fmt.Sprint("r", i), Off: rapid.IntRange(0, 9).Draw(t, "off") == 0, When: &def.Condition{}}
		require.NoError(t, json.Unmarshal([]byte(drawGroup(t, 1, false)), row.When))
		if rapid.IntRange(0, 5).Draw(t, "timed") == 0 {
			at := now.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "from")) * time.Hour)
			row.From = &at
		}
		row.Then = map[string]def.Term{r.Outputs[0].Field: {Value: json.RawMessage(fmt.Sprintf("%q", row.ID))}}
		r.Rows = append(r.Rows, row)
	}
	return r
}

// wantHits asks each row by itself.
func wantHits(t *rapid.T, r *def.Rule, s *fact.Shape, row fact.Row, env *fact.Env) []Hit {
	var hits []Hit
	for i, d := range r.Rows {
		c, problems := Compile(d.When, s)
		require.Empty(t, problems)
		if d.Off || d.From != nil && env.Now.Before(*d.From) || !c.Holds(row, env) {
			continue
		}
		hits = append(hits, Hit{Row: d.ID, Index: i})
		if r.Hit == "first" {
			break
		}
	}
	return hits
}

func TestIndexFindsWhatAskingEachRowFinds(t *testing.T) {
	s := shapeOf(t)
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		env := &fact.Env{Now: time.Date(2026, 3, 15, 10, 0, 0, 0, time.UTC)}
		r := drawRule(t, env.Now)
		table, problems := CompileTable(r, s)
		require.Empty(t, problems)
		var out Outcome
		for range 6 {
			row := drawRow(t, s)
			table.Decide(row, env, &out)
			want := wantHits(t, r, s, row, env)
			require.Equal(t, len(want), len(out.Hits), "%v %v", want, out.Hits)
			for i := range want {
				require.Equal(t, want[i], out.Hits[i])
				e := table.Explain(want[i], row, env)
				require.NotEmpty(t, e.Zh)
			}
			require.Equal(t, r.Hit == "unique" && len(want) > 1, out.Refuse != nil)
			found += len(want)
		}
	})
	require.Positive(t, found)
}

func TestAutomatonFindsEveryWord(t *testing.T) {
	words := rapid.SliceOfNDistinct(rapid.StringOfN(rapid.SampledFrom([]rune("ab急")), 1, 4, -1), 1, 6, rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		list, text := words.Draw(t, "words"), rapid.StringOfN(rapid.SampledFrom([]rune("ab急c")), 0, 12, -1).Draw(t, "text")
		rows := map[string][]entry{}
		for i, w := range list {
			rows[w] = []entry{{row: int32(i)}}
		}
		a := newAutomaton(rows, list)
		got, state := map[int32]bool{}, int32(0)
		for i := range len(text) {
			state = a.next[state*a.width+int32(a.class[text[i]])]
			for _, k := range a.rows[state] {
				got[k.row] = true
			}
		}
		for i, w := range list {
			require.Equal(t, strings.Contains(text, w), got[int32(i)], "%q in %q", w, text)
		}
	})
}
