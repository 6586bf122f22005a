package form_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/runtime/form"
)

func TestHostileInputIsRefused(t *testing.T) {
	t.Parallel()
	f := compile(t, []byte(benchForm))
	for name, c := range map[string]struct{ in, code string }{
		"nothing":        {``, "invalid_json"},
		"not an object":  {`[]`, "wrong_type"},
		"null":           {`null`, "wrong_type"},
		"a text":         {`"x"`, "wrong_type"},
		"cut off":        {`{"customer":"x`, "invalid_json"},
		"twice":          {`{"customer":"x","customer":"y"}`, "duplicate_key"},
		"deep":           {strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat(`}`, 5000), "too_deep"},
		"wide":           {`{"lines":[` + strings.Repeat(`{},`, 60_000) + `{}]}`, "too_many_rows"},
		"many members":   {`{"x":[` + strings.TrimSuffix(strings.Repeat(`{"a":1},`, 80_000), ",") + `]}`, "too_many_keys"},
		"large":          {`{"customer":"` + strings.Repeat("x", 2<<20) + `"}`, "too_large_body"},
		"bad utf-8":      {"{\"customer\":\"\xff\"}", "invalid_utf8"},
		"huge exponent":  {`{"discount":1e999999999}`, "number_range"},
		"half surrogate": {`{"customer":"\ud800"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			entry, problems := f.Submit([]byte(c.in), nil, env(t))
			require.Nil(t, entry)
			require.NotEmpty(t, problems)
			if c.code != "" {
				require.Contains(t, codes(problems), c.code)
			}
			_, problems = f.Merge(&fact.Record{Form: "sale", ID: "r", Data: []byte(`{}`)}, []byte(c.in), nil, env(t))
			require.NotEmpty(t, problems)
		})
	}
}

func codes(problems []fact.Problem) []string {
	out := make([]string, len(problems))
	for i := range problems {
		out[i] = problems[i].Code
	}
	return out
}

func TestProblemsAreCapped(t *testing.T) {
	t.Parallel()
	f := compile(t, []byte(benchForm))
	bad := bytes.ReplaceAll(benchOrder(150), []byte(`"price":`), []byte(`"price":-`))
	_, problems := f.Submit(bad, nil, env(t))
	require.Len(t, problems, 100, "first stage")
	free := bytes.ReplaceAll(benchOrder(150), []byte(`.75`), []byte(``))
	for i := range 100 {
		free = bytes.ReplaceAll(free, []byte(fmt.Sprintf(`"price":%d}`, 100+i)), []byte(`"price":0}`))
	}
	_, problems = f.Submit(free, nil, env(t))
	require.Len(t, problems, 100, "second stage")
	require.Equal(t, "check_failed", problems[0].Code)
}

func TestManyLines(t *testing.T) {
	t.Parallel()
	f, problems := form.Compile(definition(t, `"fields":[{"id":"rows","type":"lines","name":{},"maxRows":5000,"fields":[
		{"id":"v","type":"integer","name":{},"min":0},{"id":"w","type":"computed","name":{},"formula":"v * 2","result":"integer"}]},
		{"id":"sum","type":"computed","name":{},"formula":"SUM(rows.w)","result":"integer"}]`), nil)
	require.Empty(t, problems)
	many := func(n int) []byte {
		return []byte(`{"rows":[` + strings.TrimSuffix(strings.Repeat(`{"v":1},`, n), ",") + `]}`)
	}
	entry, problems := f.Submit(many(5000), nil, env(t))
	require.Empty(t, problems)
	require.Contains(t, string(entry.Data()), `"sum":10000`)
	_, problems = f.Submit(many(5001), nil, env(t))
	require.Equal(t, []wanted{{Path: "/rows", Code: "too_many_rows"}}, compact(problems))
	rec := &fact.Record{Form: "f", ID: "r", Data: entry.Data()}
	after, problems := f.Merge(rec, many(4999), nil, env(t))
	require.Empty(t, problems, "pairing many equal lines")
	require.Contains(t, string(after.Data()), `"sum":9998`)
}

func TestLargeInputIsReadInParts(t *testing.T) {
	t.Parallel()
	f, problems := form.Compile(definition(t, `"fields":[{"id":"a","type":"text","name":{},"required":true},
		{"id":"rows","type":"lines","name":{},"minRows":300,"fields":[
		{"id":"v","type":"integer","name":{},"min":0,"required":true},{"id":"day","type":"date","name":{}}]},
		{"id":"sum","type":"computed","name":{},"formula":"SUM(rows.v)","result":"integer"}]`), nil)
	require.Empty(t, problems)
	rows := func(n int, odd map[int]string) []byte {
		lines := make([]string, n)
		for i := range lines {
			if lines[i] = odd[i]; lines[i] == "" {
				lines[i] = fmt.Sprintf(`{ "v": %d, "day": "2026-01-31" }`, i%10)
			}
		}
		return []byte(`{"a":"]}{[\",", "rows": [` + strings.Join(lines, " , ") + ` ] }`)
	}
	entry, problems := f.Submit(rows(1000, map[int]string{3: `{"v":5,"day":""}`, 900: `{"v":7,"day":null}`, 901: `{"day":"","v":1}`}), nil, env(t))
	require.Empty(t, problems)
	require.Contains(t, string(entry.Data()), `"sum":4509}`)
	for name, c := range map[string]struct {
		in   []byte
		want []wanted
	}{
		"late":         {rows(1000, map[int]string{777: `{"v":-1}`, 778: `{"v":1,"day":"x"}`}), []wanted{{Path: "/rows/777/v", Code: "too_small"}, {Path: "/rows/778/day", Code: "invalid_date"}}},
		"very late":    {rows(1000, map[int]string{999: `{"v":""}`}), []wanted{{Path: "/rows/999/v", Code: "required"}}},
		"first part":   {rows(1000, map[int]string{0: `7`, 999: `{"v":""}`}), []wanted{{Path: "/rows/0", Code: "wrong_type"}}},
		"head":         {bytes.Replace(rows(1000, nil), []byte(`{"a"`), []byte(`{"b":1,"a"`), 1), []wanted{{Path: "/b", Code: "unknown_field"}}},
		"too few":      {rows(299, nil), []wanted{{Path: "/rows", Code: "too_few_rows"}}},
		"too many":     {rows(2001, nil), []wanted{{Path: "/rows", Code: "too_many_rows"}}},
		"second stage": {rows(1000, map[int]string{500: `{"v":12345678901234567}`}), []wanted{{Path: "/rows/500/v", Code: "number_range"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			entry, problems := f.Submit(c.in, nil, env(t))
			require.Nil(t, entry)
			require.Equal(t, c.want, compact(problems))
		})
	}
	rec := &fact.Record{Form: "f", ID: "r", Data: entry.Data()}
	after, problems := f.Merge(rec, rows(1000, map[int]string{1: `{"v":9,"day":""}`}), nil, env(t))
	require.Empty(t, problems)
	require.Contains(t, string(after.Data()), `"sum":4508}`)
	_, problems = f.Merge(rec, rows(1000, map[int]string{700: `{"day":""}`}), nil, env(t))
	require.Equal(t, []wanted{{Path: "/rows/700/v", Code: "required"}}, compact(problems))
}
