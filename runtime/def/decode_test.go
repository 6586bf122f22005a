package def_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/schemas"
)

// Whatever the schemas accept can be read, and comes back as the same document.
func TestDecodeReadsWhatTheSchemasAccept(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../schemas/testdata/valid/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		doc, err := os.ReadFile(f)
		require.NoError(t, err)
		var head def.Head
		require.NoError(t, json.Unmarshal(doc, &head))
		got, problems := def.Decode(head.Kind, doc)
		require.Empty(t, problems, f)
		read, problems := def.Read(head.Kind, doc)
		require.Empty(t, problems, f)
		require.Equal(t, got, read, f)
		again, err := json.Marshal(got)
		require.NoError(t, err)
		want, text := canonical(t, doc)
		have, _ := canonical(t, again)
		require.Equal(t, withoutDefaults(want), withoutDefaults(have), f)
		if !strings.Contains(text, `"rules":[]`) { // Go leaves out the empty list that a group must have
			_, problems = def.Decode(head.Kind, again)
			require.Empty(t, problems, f)
		}
	}
}

func canonical(t *testing.T, doc []byte) (any, string) {
	t.Helper()
	text, err := schemas.Canonical(doc)
	require.NoError(t, err)
	var v any
	require.NoError(t, json.Unmarshal(text, &v))
	return v, string(text)
}

// withoutDefaults drops false, 0 and empty lists, which mean the same as being absent.
func withoutDefaults(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			item = withoutDefaults(item)
			v[k] = item
			if list, ok := item.([]any); item == false || item == 0.0 || ok && len(list) == 0 {
				delete(v, k)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutDefaults(v[i])
		}
	}
	return v
}

func TestDecodeTypes(t *testing.T) {
	t.Parallel()
	doc := `{"formatVersion":1,"kind":"form","id":"note","name":{"zh":"便条"},"fields":[
		{"id":"a","type":"text","name":{"zh":"甲"},"maxLength":10.0},
		{"id":"b","type":"number","name":{"zh":"乙"},"min":-0.50,"max":1e3,"scale":2}]}`
	got, problems := def.Decode(def.KindForm, []byte(doc))
	require.Empty(t, problems)
	form, ok := got.(*def.Form)
	require.True(t, ok)
	require.Equal(t, "note", form.ID)
	require.Equal(t, 10, form.Fields[0].MaxLength)
	require.Equal(t, "-0.5", form.Fields[1].Min.String())
	require.Equal(t, "1000", form.Fields[1].Max.String())
	require.Equal(t, 2, *form.Fields[1].Scale)
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	field := `{"formatVersion":1,"kind":"form","id":"note","name":{"zh":"便条"},"fields":[{"id":"b","type":"number","name":{"zh":"乙"},$}]}`
	for _, c := range []struct {
		kind       def.Kind
		doc        string
		path, code string
	}{
		{def.KindForm, `{`, "", "invalid_json"},
		{def.KindForm, `{"Kind":"form"}`, "/Kind", "unknown_field"},
		{"nothing", `{}`, "", "unknown_kind"},
		{"field/text", `{"id":"a","type":"text","name":{"zh":"甲"}}`, "", "unknown_kind"},
		{def.KindForm, strings.Replace(field, "$", `"min":1e300`, 1), "/fields/0/min", "too_large"},
		{def.KindForm, strings.Replace(field, "$", `"max":1e-300`, 1), "/fields/0/max", "number_range"},
	} {
		got, problems := def.Decode(c.kind, []byte(c.doc))
		require.Nil(t, got, c.doc)
		require.NotEmpty(t, problems, c.doc)
		require.Equal(t, c.path+" "+c.code, problems[0].Path+" "+problems[0].Code, c.doc)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for doc, code := range map[string]string{
		`{`: "invalid_json", `{"a":1,"a":1}`: "duplicate_key", `{"x":1}`: "wrong_type", `{"id":1}`: "wrong_type", `{"fields":[{"max":1e-300}]}`: "number_range",
	} {
		got, problems := def.Read(def.KindForm, []byte(doc))
		require.Nil(t, got, doc)
		require.Len(t, problems, 1, doc)
		require.Equal(t, code, problems[0].Code, doc)
	}
	_, problems := def.Read("nothing", []byte(`{}`))
	require.Equal(t, "unknown_kind", problems[0].Code)
}
