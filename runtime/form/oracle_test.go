package form_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"sluice/runtime/fact"
	"sluice/runtime/form"
	"sluice/schemas"
)

// pieces are values that are right for some field and wrong for most.
var pieces = []string{
	`null`, `""`, `[]`, `{}`, `true`, `false`, `0`, `1`, `-1`, `2.5`, `0.005`, `11`, `1e3`, `100000000000000000000`, `1.0`,
	`"a"`, `"ab"`, `"abcdef"`, `"b"`, `"z"`, `"0042"`, `"中文"`, `"12345"`, `"+86 138 0013 8000"`, `"red"`, `"x\u0041"`,
	`"2026-01-31"`, `"2026-02-30"`, `"2026-01-31T08:00:00Z"`, `"2026-01-31T08:00:00.5+08:00"`,
	`["a"]`, `["a","b"]`, `["b","a","b"]`, `["z"]`, `[1]`, `[null]`, `{"city":"c"}`, `{"city":null,"phone":"x"}`, `{"zip":1}`,
	`[{"id":"1","name":"n","size":1,"type":"image/png"}]`, `[{"id":"1","name":"n","size":1,"type":"a/b"}]`, `[{"id":"1"}]`,
	`[{"x":1}]`, `[{"x":0},{}]`, `[{"tg":["a"],"pd":"12345","day":"2026-01-31"}]`, `[{"y":1}]`, `[{},{},{},{}]`,
}

// document draws an object of some of the fields.
func document(t *rapid.T, fields []string) []byte {
	out := []byte("{")
	for _, id := range fields {
		if !rapid.Bool().Draw(t, id) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, "%q:%s", id, rapid.SampledFrom(pieces).Draw(t, "value"))
	}
	return append(out, '}')
}

// TestSubmitAgreesWithTheReference compares Submit with what jsonschema says of
// the published schema.
func TestSubmitAgreesWithTheReference(t *testing.T) {
	t.Parallel()
	file := readVectors(t)
	for _, name := range []string{"types", "order", "guard", "defaults"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := compile(t, file.Forms[name])
			checker, err := schemas.Compile(f.Schema)
			require.NoError(t, err)
			require.True(t, checker.OnePass(), checker.Reason())
			var ids []string
			for i := range f.Def.Fields {
				ids = append(ids, f.Def.Fields[i].ID)
			}
			ids = append(ids, "unknown")
			e := env(t)
			rapid.Check(t, func(t *rapid.T) { agree(t, f, checker, document(t, ids), e) })
			require.Zero(t, checker.Disagreements())
		})
	}
}

// agree states what ties the two verdicts: the one pass equals the reference;
// what the reference refuses even without empty values Submit refuses; what
// Submit accepts is in order by the published schema and stays as it is when submitted as a change of itself.
func agree(t *rapid.T, f *form.Form, checker *schemas.Checker, doc []byte, e *fact.Env) {
	onePass, reference := checker.Check(doc, nil), checker.Oracle(doc)
	require.Equal(t, reference == nil, onePass == nil, "%s", doc)
	entry, problems := f.Submit(doc, nil, e)
	if reference != nil && checker.Oracle(withoutEmpty(t, doc)) != nil {
		require.NotEmpty(t, problems, "%s", doc)
	}
	if len(problems) > 0 {
		require.Nil(t, entry)
		return
	}
	require.Empty(t, checker.Oracle(entry.Data()), "%s", entry.Data())
	rec := &fact.Record{Form: f.Def.ID, ID: "r", Data: entry.Data()}
	same, problems := f.Merge(rec, entry.Data(), nil, e)
	require.Empty(t, problems, "%s", entry.Data())
	require.Equal(t, string(entry.Data()), string(same.Data()))
}

// withoutEmpty drops members that count as absent, at every depth.
func withoutEmpty(t *rapid.T, doc []byte) []byte {
	var v any
	if json.Unmarshal(doc, &v) != nil {
		return doc
	}
	out, err := json.Marshal(bare(v))
	require.NoError(t, err)
	return out
}

func bare(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, m := range v {
			switch m := bare(m).(type) {
			case nil:
				delete(v, k)
			case string:
				if m == "" {
					delete(v, k)
				}
			case []any:
				if len(m) == 0 {
					delete(v, k)
				}
			case map[string]any:
				if len(m) == 0 {
					delete(v, k)
				}
			}
		}
	case []any:
		for i := range v {
			if _, isObject := v[i].(map[string]any); isObject {
				v[i] = bare(v[i])
			}
		}
	}
	return v
}

func FuzzSubmit(f *testing.F) {
	f.Add([]byte(`{"t":"ab","ln":[{"x":1}]}`), []byte(`{"ad":{"city":null}}`))
	f.Add([]byte(`{"n":1,"c":2}`), []byte(`{"n":"","ms":[]}`))
	f.Add([]byte(`{"f":[{"id":"1","name":"n","size":1,"type":"image/png"}]}`), []byte(`{"f":null}`))
	compiled := compile(f, readVectors(f).Forms["types"])
	f.Fuzz(func(t *testing.T, input, patch []byte) {
		entry, problems := compiled.Submit(input, nil, nil)
		if len(problems) > 0 {
			require.Nil(t, entry)
			entry, _ = compiled.Submit([]byte(`{}`), nil, nil)
		}
		rec := &fact.Record{Form: "types", ID: "r", Data: entry.Data()}
		require.True(t, json.Valid(rec.Data))
		after, problems := compiled.Merge(rec, patch, nil, nil)
		if len(problems) > 0 {
			return
		}
		again, problems := compiled.Merge(&fact.Record{Form: "types", ID: "r", Data: after.Data()}, patch, nil, nil)
		require.Empty(t, problems, "a patch may come twice: %s on %s", patch, rec.Data)
		require.Equal(t, string(after.Data()), string(again.Data()))
	})
}
