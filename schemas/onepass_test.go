package schemas

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// suite is one file of testdata/agree: a schema with documents and verdicts, in
// the manner of the official test suite.
type suite struct {
	Why     string          `json:"why"`
	Schema  json.RawMessage `json:"schema"`
	OnePass bool            `json:"onePass"` // one pass must be able to decide it
	Cases   []struct {
		Doc   json.RawMessage `json:"doc"`
		Text  string          `json:"text"` // instead of doc: bytes that need not be JSON
		Valid bool            `json:"valid"`
	} `json:"cases"`
}

func readSuites(t testing.TB) map[string]suite {
	t.Helper()
	files, err := filepath.Glob("testdata/agree/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	suites := map[string]suite{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		var list []suite
		require.NoError(t, json.Unmarshal(raw, &list), f)
		for i, s := range list {
			suites[fmt.Sprintf("%s/%d %s", filepath.Base(f), i, s.Why)] = s
		}
	}
	return suites
}

// agree checks a document in one pass and by the reference and returns whether it is valid.
func agree(t testing.TB, c *Checker, doc []byte) bool {
	t.Helper()
	want := c.Oracle(doc)
	if c.program != nil {
		switch c.run(c.program, doc, nil) {
		case holds:
			require.Empty(t, want, "one pass accepts %s", doc)
		case fails:
			require.NotEmpty(t, want, "one pass refuses %s", doc)
		}
	}
	rec := newRecorder()
	require.Equal(t, want, c.Check(doc, rec))
	require.Equal(t, want, c.Check(doc, nil))
	require.Zero(t, c.Disagreements())
	if want == nil {
		v, err := decode(doc)
		require.NoError(t, err)
		require.Equal(t, slotsOf(c.oracle.docs[checkAddress], c.oracle.docs[checkAddress], v), rec.top(), "values of %s", doc)
	}
	return want == nil
}

func TestOnePassAgreesWithTheReference(t *testing.T) {
	t.Parallel()
	for name, s := range readSuites(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := Compile(s.Schema)
			require.NoError(t, err)
			require.Equal(t, s.OnePass, c.OnePass(), c.Reason())
			require.Equal(t, s.OnePass, c.Reason() == "")
			for _, k := range s.Cases {
				doc := []byte(k.Text)
				if k.Text == "" {
					doc = k.Doc
				}
				require.Equal(t, k.Valid, agree(t, c, doc), "%s", doc)
				if s.OnePass && k.Valid {
					require.Equal(t, holds, c.run(c.program, doc, nil), "%s", doc)
				}
			}
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		``, `{`, `7`, `{"type":"text"}`, `{"pattern":"("}`, `{"pattern":"(?=a)"}`, `{"enum":[]}`, `{"properties":{"a":{"items":{"enum":[]}}}}`,
		`{"$ref":"file:///etc/hostname"}`, `{"$ref":"http://localhost/x"}`, `{"$ref":"other.json"}`, `{"$ref":"sluice:definition/form"}`,
		`{"$ref":"#/$defs/none"}`, `{"$ref":"#"}`, `{"minimum":1e999}`, `{"type":"object","type":"object"}`, `{"multipleOf":0}`, `{"maxLength":-1}`,
		`{"$schema":"https://example.com/dialect"}`,
	} {
		_, err := Compile([]byte(s))
		require.Error(t, err, s)
	}
}

// An address outside the registry must not be opened, whatever it is.
func TestReferenceOpensNothing(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret.json")
	require.NoError(t, os.WriteFile(secret, []byte(`{"type":"string"}`), 0o600))
	_, err := Compile([]byte(`{"$ref":"file://` + secret + `"}`))
	require.ErrorContains(t, err, "not registered")
}

func TestCheckReportsPlacesAndLimits(t *testing.T) {
	t.Parallel()
	schema, doc := SampleOrder()
	c, err := Compile(schema)
	require.NoError(t, err)
	broken := strings.NewReplacer(
		`"customer":"C001024"`, `"customer":"1024"`, `"grade":"A"`, `"grade":"Z"`, `"parcels":2`, `"parcels":0`,
		`"total":4186.5`, `"total":4186.505`, `"deliverOn":"2026-11-13"`, `"deliverOn":"2026-02-30"`, `"contact":"张工"`, `"contact":""`,
		`"qty":4`, `"qty":"4"`, `"sku":"BP-204417",`, ``, `"gift":true`, `"gift":true,"colour":1`,
	).Replace(string(doc))
	got := c.Check([]byte(broken), nil)
	require.Equal(t, []Problem{
		{Path: "/contact", Code: "required"},
		{Path: "/customer", Code: "pattern", Params: map[string]any{"pattern": "^C[0-9]{6}$"}},
		{Path: "/deliverOn", Code: "invalid_date"},
		{Path: "/grade", Code: "not_option", Params: map[string]any{"options": []string{"A", "B", "C", "D"}}},
		{Path: "/lines/0/sku", Code: "required"},
		{Path: "/lines/1/qty", Code: "wrong_type", Params: map[string]any{"want": "integer"}},
		{Path: "/lines/4/colour", Code: "unknown_field", Params: map[string]any{"name": "colour"}},
		{Path: "/parcels", Code: "too_small", Params: map[string]any{"min": 1}},
		{Path: "/total", Code: "not_multiple", Params: map[string]any{"scale": 2}},
	}, got)
	require.Zero(t, c.Disagreements())
}

// The guard's limits hold in one pass too, so that both ways give one verdict.
func TestCheckKeepsTheLimits(t *testing.T) {
	t.Parallel()
	open, err := Compile([]byte(`{}`))
	require.NoError(t, err)
	members := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,{"k":%d}`, i)
		}
		return "[" + b.String()[1:] + "]"
	}
	for _, c := range []struct {
		doc  string
		code string
	}{
		{strings.Repeat("[", 32) + strings.Repeat("]", 32), ""},
		{strings.Repeat("[", 33) + strings.Repeat("]", 33), "too_deep"},
		{strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33), "too_deep"},
		{`"` + strings.Repeat("x", 256<<10) + `"`, ""},
		{`"` + strings.Repeat("x", 256<<10+1) + `"`, "text_too_large"},
		{`{"` + strings.Repeat("x", 256<<10+1) + `":1}`, "text_too_large"},
		{members(10_000), ""},
		{members(10_001), "too_many_keys"},
		{strings.Repeat(" ", 1<<20-1) + "1", ""},
		{strings.Repeat(" ", 1<<20) + "1", "too_large_body"},
		{strings.Repeat("1", 64), ""},
		{strings.Repeat("1", 65), "number_range"},
		{"1e308", ""},
		{"1e-309", "number_range"},
		{"1e99999999999999999999", "number_range"},
	} {
		got := open.Check([]byte(c.doc), nil)
		if c.code == "" {
			require.Empty(t, got, "%.40s", c.doc)
		} else {
			require.Len(t, got, 1)
			require.Equal(t, c.code, got[0].Code)
		}
		agree(t, open, []byte(c.doc))
	}
}

// More members than one pass compares with each other are left to the
// reference; the sink is then told to forget what it has.
func TestCheckAsksTheReference(t *testing.T) {
	t.Parallel()
	c, err := Compile([]byte(`{"properties":{"first":{"type":"string","x-slot":0}}}`))
	require.NoError(t, err)
	require.True(t, c.OnePass())
	many := func(last string) []byte {
		var b strings.Builder
		b.WriteString(`{"first":"x"`)
		for i := range 100 {
			fmt.Fprintf(&b, `,"k%d":1`, i)
		}
		return []byte(b.String() + `,"` + last + `":1}`)
	}
	require.Equal(t, unsure, c.run(c.program, many("last"), nil))
	rec := newRecorder()
	require.Empty(t, c.Check(many("last"), rec))
	require.Equal(t, 1, rec.resets)
	require.Equal(t, map[int]any{0: "x"}, rec.top())
	require.Equal(t, "duplicate_key", c.Check(many("k7"), nil)[0].Code)
	require.Zero(t, c.Disagreements())
}

// A failed document must leave nothing behind for the next one.
func TestCheckAfterFailure(t *testing.T) {
	t.Parallel()
	c, err := Compile([]byte(`{"items":{"type":"string"},"uniqueItems":true,"x-slot":1}`))
	require.NoError(t, err)
	for range 3 {
		require.Empty(t, c.Check([]byte(`["a","b"]`), nil))
		require.NotEmpty(t, c.Check([]byte(`["a","b",{"c":["a","b"]}]`), nil))
		require.NotEmpty(t, c.Check([]byte(`["a","\u0061"]`), nil))
	}
	require.Zero(t, c.Disagreements())
}
