package schemas

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEverySchemaCompiles(t *testing.T) {
	t.Parallel()
	names := Names()
	require.Contains(t, names, "definition/form")
	require.Contains(t, names, "field/lines")
	require.Contains(t, names, "view/board")
	for _, name := range names {
		o, err := registered().oracle(name)
		require.NoError(t, err, name)
		require.NotNil(t, o, name)
		require.Empty(t, Guard(Raw(name), DefinitionLimits), name)
	}
	require.Nil(t, Raw("definition/nothing"))
}

// The schemas are the help text of every editor: whatever can be written is explained in both languages.
func TestEveryPropertyIsExplained(t *testing.T) {
	t.Parallel()
	han := regexp.MustCompile(`\p{Han}`)
	for _, name := range Names() {
		doc, err := decode(Raw(name))
		require.NoError(t, err)
		root, _ := doc.(map[string]any)
		require.Equal(t, scheme+name, root["$id"])
		require.Equal(t, dialect2020, root["$schema"])
		eachProperty(root, "", func(path string, p map[string]any) {
			for _, k := range [...]string{"title", "description"} {
				text, _ := p[k].(string)
				require.NotEmpty(t, text, name+path+" "+k)
				require.Regexp(t, han, text, name+path+" "+k)
				require.Regexp(t, `^[A-Za-z"]`, text, name+path+" "+k)
			}
			if described, ok := p["enumDescriptions"].([]any); ok {
				require.Len(t, described, len(p["enum"].([]any)), name+path)
			}
		})
	}
}

// eachProperty visits the properties that a schema introduces; those within if,
// then and else only narrow what was introduced elsewhere.
func eachProperty(v any, path string, visit func(string, map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			if props, ok := item.(map[string]any); ok && k == "properties" {
				for name, p := range props {
					if m, ok := p.(map[string]any); ok {
						visit(path+"/properties/"+name, m)
						eachProperty(m, path+"/properties/"+name, visit)
					}
				}
				continue
			}
			if k != "if" && k != "then" && k != "else" && k != "examples" && k != "default" {
				eachProperty(item, path+"/"+k, visit)
			}
		}
	case []any:
		for _, item := range v {
			eachProperty(item, path, visit)
		}
	}
}

// Examples and defaults that the schema itself refuses would mislead.
func TestExamplesAreValid(t *testing.T) {
	t.Parallel()
	c := newCompiler()
	for _, n := range Names() {
		require.NoError(t, c.AddResource(scheme+n, strings.NewReader(string(Raw(n)))))
	}
	for _, name := range Names() {
		doc, err := decode(Raw(name))
		require.NoError(t, err)
		eachProperty(doc, "#", func(path string, p map[string]any) {
			examples, _ := p["examples"].([]any)
			if d, ok := p["default"]; ok {
				examples = append(examples, d)
			}
			if len(examples) == 0 {
				return
			}
			s, err := c.Compile(scheme + name + path)
			require.NoError(t, err, name+path)
			for _, e := range examples {
				require.NoError(t, s.Validate(e), name+path)
			}
		})
	}
}

func TestValidDefinitions(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/valid/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	kinds := map[string]bool{}
	for _, f := range files {
		doc, err := os.ReadFile(f)
		require.NoError(t, err)
		var head struct{ Kind string }
		require.NoError(t, json.Unmarshal(doc, &head))
		require.Empty(t, Validate(head.Kind, doc), f)
		require.Len(t, Identity(doc), 64, f)
		kinds[head.Kind] = true
	}
	for _, kind := range [...]string{"form", "chain", "rule", "view", "role", "pack", "hook", "scenario"} {
		require.True(t, kinds[kind], "no valid "+kind)
	}
}

// invalidCase is one file of testdata/invalid: a document, or a text that is no
// JSON, with exactly the problems it must raise.
type invalidCase struct {
	Kind string          `json:"kind"`
	Want []Problem       `json:"want"`
	Doc  json.RawMessage `json:"doc"`
	Text string          `json:"text"`
}

func TestInvalidDefinitions(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/invalid/*.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 40)
	codes := Codes()
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		var c invalidCase
		require.NoError(t, json.Unmarshal(raw, &c), f)
		doc := []byte(c.Text)
		if c.Text == "" {
			doc = c.Doc
		}
		got := Validate(c.Kind, doc)
		require.Equal(t, toJSON(t, c.Want), toJSON(t, got), f)
		for _, p := range got {
			require.Contains(t, codes, p.Code, f)
			require.NotContains(t, p.Sentence("zh"), "…", f)
			require.NotContains(t, p.Sentence("en"), "…", f)
		}
	}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	require.NoError(t, err)
	return string(b)
}

func TestValidateUnknownKind(t *testing.T) {
	t.Parallel()
	for _, kind := range [...]string{"", "nothing", "../form", "field/nothing"} {
		got := Validate(kind, []byte(`{}`))
		require.Len(t, got, 1)
		require.Equal(t, "unknown_kind", got[0].Code)
	}
	require.Empty(t, Validate("field/boolean", []byte(`{"id":"a","type":"boolean","name":{"en":"A"}}`)))
}

// Codes that this package gives must be in the list of codes.
func TestEveryCodeIsListed(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	given := regexp.MustCompile(`(?:r\.add\([^"]*|Code: |g\.fail\(|return )"([a-z]+_[a-z_]+)"`)
	for _, l := range limits {
		require.Contains(t, Codes(), l.code)
	}
	found := 0
	for _, f := range sources {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		for _, m := range given.FindAllSubmatch(text, -1) {
			require.True(t, slices.Contains(Codes(), string(m[1])), f+": "+string(m[1]))
			found++
		}
	}
	require.Greater(t, found, 15)
}
