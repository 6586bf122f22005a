package schemas

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A bundle stands alone and says the same as the schema it is made of.
func TestBundle(t *testing.T) {
	t.Parallel()
	bundles := map[string]*oracle{}
	for _, name := range Names() {
		text := Bundle(name)
		require.NotEmpty(t, text, name)
		require.NotContains(t, string(text), `"$ref": "sluice:`, name)
		if !strings.HasPrefix(name, "definition/") {
			continue
		}
		doc, err := decode(text)
		require.NoError(t, err)
		if bundles[name], err = newOracle([]byte(strings.Replace(string(text), `"$id": "sluice:`, `"$id": "sluice:bundle/`, 1)), doc); err != nil {
			require.NoError(t, err, name)
		}
	}
	require.Nil(t, Bundle("definition/nothing"))

	files, err := filepath.Glob("testdata/*valid/*.json")
	require.NoError(t, err)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		var c struct {
			invalidCase
			Want []Problem `json:"want"`
		}
		require.NoError(t, json.Unmarshal(raw, &c))
		doc := raw
		if c.Want != nil {
			if doc = c.Doc; c.Text != "" || c.Want[0].Code == "number_range" {
				continue // refused before any schema
			}
		}
		v, err := decode(doc)
		require.NoError(t, err)
		require.Equal(t, c.Want == nil, bundles["definition/"+c.Kind].schema.Validate(v) == nil, f)
	}
}
