package schemas

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGuardPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ doc, path, code string }{
		{`{"a":{"b/c":[1,{"d":1e999}]}}`, "/a/b~1c/1/d", "number_range"},
		{`{"a":[0,[1,"\ud800"]]}`, "/a/1/1", "invalid_utf8"},
		{`{"a":{"x":1,"y":{"z":2,"z":3}}}`, "/a/y/z", "duplicate_key"},
		{`{"a":1 "b":2}`, "", "invalid_json"},
		{`[1,2`, "", "invalid_json"},
		{"\"\xff\"", "", "invalid_utf8"},
		{"\"\xed\xa0\x80\"", "", "invalid_utf8"}, // half of a pair, in CESU style
		{"\"\xc0\xaf\"", "", "invalid_utf8"},     // a slash in two bytes
		{"\x00", "", "invalid_json"},
		{"\ufeff{}", "", "invalid_json"},
	} {
		got := Guard([]byte(c.doc), Limits{})
		require.Len(t, got, 1, "%s", c.doc)
		require.Equal(t, c.code, got[0].Code, "%s", c.doc)
		if c.code != "invalid_json" {
			require.Equal(t, c.path, got[0].Path, "%s", c.doc)
		}
	}
}

func TestGuardLimits(t *testing.T) {
	t.Parallel()
	tight := Limits{Bytes: 60, Depth: 2, Keys: 3, String: 5}
	require.Empty(t, Guard([]byte(`{"a":{"b":"12345"},"c":[1,2,3]}`), tight))
	for doc, code := range map[string]string{
		`{"a":{"b":{}}}`:                  "too_deep",
		`{"a":1,"b":2,"c":3,"d":4}`:       "too_many_keys",
		`["123456"]`:                      "text_too_large",
		`{"123456":1}`:                    "text_too_large",
		`[` + strings.Repeat(" ", 60):     "too_large_body",
		`[` + strings.Repeat("[1],", 20):  "too_large_body",
		`{"a":"b","c":"d","e":{"f":"g"}}`: "too_many_keys",
	} {
		got := Guard([]byte(doc), tight)
		require.Len(t, got, 1, doc)
		require.Equal(t, code, got[0].Code, doc)
	}
}

// Repeated members are found among many, too.
func TestGuardManyKeys(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, `"k%d":%d,`, i, i)
	}
	require.Empty(t, Guard([]byte("{"+b.String()+`"last":1}`), Limits{}))
	require.Equal(t, "/k17", Guard([]byte("{"+b.String()+`"k17":1}`), Limits{})[0].Path)
	require.Equal(t, "duplicate_key", Guard([]byte("{"+b.String()+`"\u006b4999":1}`), Limits{})[0].Code)
}

// Ten bytes that have made jsonschema panic, and a schema that has made it slow.
func TestHarmfulNumbersAreRefused(t *testing.T) {
	t.Parallel()
	c, err := Compile([]byte(`{"type":"number","minimum":0,"multipleOf":0.01}`))
	require.NoError(t, err)
	for _, doc := range []string{"1e10000000", "1e3000000", "-1e-10000000", "1" + strings.Repeat("0", 100_000)} {
		require.Equal(t, "number_range", c.Check([]byte(doc), nil)[0].Code)
	}
	require.Equal(t, "internal", (&oracle{schema: c.oracle.schema}).validate(json.Number("1e10000000"))[0].Code, "the guard is needed still")
}
