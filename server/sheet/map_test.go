package sheet_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/server/sheet"
)

func TestAMapNamesThePlaceOfEveryProblem(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		doc  string
		want []string
	}{
		"sound":                       {simple, []string{}},
		"no JSON":                     {`{`, []string{"invalid_json"}},
		"a member twice":              {`{"key":"No","key":"No","fields":{"no":{"value":1}}}`, []string{"/key duplicate_key"}},
		"an unknown member":           {`{"key":"No","column":"x","fields":{"no":{"value":1}}}`, []string{"invalid_map"}},
		"nothing":                     {`{}`, []string{"/key required", "/fields required"}},
		"a long comma":                {`{"key":"No","comma":";;","fields":{"no":{"value":1}}}`, []string{"/comma too_long"}},
		"an unknown key column":       {`{"key":"Nr","fields":{"no":{"column":"No"}}}`, []string{"/key unknown_column"}},
		"an unknown group column":     {`{"key":"No","group":"Nr","fields":{"no":{"column":"No"}}}`, []string{"/group unknown_column"}},
		"an unknown column":           {`{"key":"No","fields":{"no":{"column":"Nr"}}}`, []string{"/fields/no/column unknown_column"}},
		"an unknown field":            {`{"key":"No","fields":{"nr":{"column":"No"}}}`, []string{"/fields/nr unknown_field"}},
		"a whole address":             {`{"key":"No","fields":{"address":{"column":"No"}}}`, []string{"/fields/address not_importable"}},
		"a source of nothing":         {`{"key":"No","fields":{"no":{}}}`, []string{"/fields/no need_one"}},
		"a column and a constant":     {`{"key":"No","fields":{"no":{"column":"No","value":1}}}`, []string{"/fields/no need_one"}},
		"a match of nothing":          {`{"key":"No","fields":{"no":{"match":[{"value":1}]}}}`, []string{"/fields/no need_one"}},
		"lines of an unknown field":   {`{"key":"No","fields":{"no":{"value":1}},"lines":{"field":"items","fields":{}}}`, []string{"/lines/field unknown_field"}},
		"lines of a plain field":      {`{"key":"No","fields":{"no":{"value":1}},"lines":{"field":"sum","fields":{}}}`, []string{"/lines/field unknown_field"}},
		"an unknown column of a line": {`{"key":"No","fields":{"no":{"value":1}},"lines":{"field":"lines","fields":{"code":{"column":"Nr"},"size":{"column":"No"}}}}`, []string{"/lines/fields/code/column unknown_column", "/lines/fields/size unknown_field"}},
		"an unknown zone":             {`{"key":"No","zone":"Moon/Base","fields":{"no":{"value":1}}}`, []string{"/zone unknown_zone"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, problems := sheet.ReadMap([]byte(tc.doc))
			if len(problems) == 0 {
				var err error
				_, problems, err = sheet.Open(strings.NewReader("No,Sum\n1,2\n"), m, invoice(t), shanghai(t))
				require.NoError(t, err)
			}
			require.ElementsMatch(t, tc.want, codes(t, problems))
		})
	}
}

// TestTextsBecomeValues writes one text into one field of each kind.
func TestTextsBecomeValues(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ field, text, want string }{
		{"no", " a\"b ", `"a\"b"`},
		{"no", "", ``},
		{"no", "  ", ``},
		{"sum", "12.50", `12.50`},
		{"sum", "-3", `-3`},
		{"sum", "1,234", `"1,234"`}, // the form says that this is no number, at its place
		{"sum", "+5", `"+5"`},
		{"sum", "007", `"007"`},
		{"sum", "null", `"null"`},
		{"sum", "1e3", `1e3`},
		{"paid", "Yes", `true`},
		{"paid", "是", `true`},
		{"paid", "0", `false`},
		{"paid", "否", `false`},
		{"paid", "maybe", `"maybe"`},
		{"at", "2026-03-01T08:00:00+01:00", `"2026-03-01T07:00:00.000Z"`},
		{"at", "2026-03-01 08:00", `"2026-03-01T00:00:00.000Z"`},
		{"at", "2026-03-01", `"2026-02-28T16:00:00.000Z"`},
		{"at", "soon", `"soon"`},
		{"day", "2026-03-01", `"2026-03-01"`},
		{"tags", "a; b；c|d", `["a","b","c","d"]`},
		{"kind", "order", `"order"`},
	} {
		table := fmt.Sprintf("No,X\nk1,%q\n", tc.text)
		table = strings.ReplaceAll(table, `\"`, `""`)
		drafts := read(t, `{"key":"No","fields":{"`+tc.field+`":{"column":"X"}}}`, table)
		want := `{}`
		if tc.want != "" {
			want = `{"` + tc.field + `":` + tc.want + `}`
		}
		require.Equal(t, want, string(drafts[0].Data), "%s %q", tc.field, tc.text)
	}
}

func TestConstantsAndMatches(t *testing.T) {
	t.Parallel()
	mapping := `{"key":"No","fields":{"sum":{"value":1.5},"kind":{"column":"No","match":[{"prefix":"C","value":"cancel"},{"equals":"X","value":"order"},{"prefix":"Z","equals":"Z1","value":null}]},"no":{"column":"No","match":[{"value":"all"}]}}}`
	var got []string
	for _, d := range read(t, mapping, "No\nC1\nX\nX1\nZ1\nZ2\n") {
		got = append(got, string(d.Data))
	}
	require.Equal(t, []string{
		`{"no":"all","kind":"cancel","sum":1.5}`,
		`{"no":"all","kind":"order","sum":1.5}`,
		`{"no":"all","sum":1.5}`,
		`{"no":"all","kind":null,"sum":1.5}`,
		`{"no":"all","sum":1.5}`,
	}, got)
}

func TestTheMapsZoneCountsBeforeTheTenants(t *testing.T) {
	t.Parallel()
	drafts := read(t, `{"key":"No","zone":"Europe/London","fields":{"at":{"column":"At"}}}`, "No,At\n1,2026-07-01 08:00\n")
	require.Equal(t, `{"at":"2026-07-01T07:00:00.000Z"}`, string(drafts[0].Data))
}

func TestRowsBecomeLines(t *testing.T) {
	t.Parallel()
	drafts := read(t, grouped, "No,Code,Qty\nA,a,1\nA,,2\nB,c,x\n")
	require.Len(t, drafts, 2)
	require.Equal(t, `{"no":"A","lines":[{"code":"a","qty":1},{"qty":2}]}`, string(drafts[0].Data))
	require.Equal(t, `{"no":"B","lines":[{"code":"c","qty":"x"}]}`, string(drafts[1].Data))
	require.Equal(t, []int{2, 4}, []int{drafts[0].First, drafts[1].First})

	only := read(t, strings.Replace(grouped, `"no":{"column":"No"}`, `"no":{"column":"No","match":[]}`, 1), "No,Code,Qty\nA,a,1\n")
	require.Equal(t, `{"lines":[{"code":"a","qty":1}]}`, string(only[0].Data))
	require.True(t, slices.ContainsFunc(only, func(d *sheet.Draft) bool { return d.Key == "A" }))
}
