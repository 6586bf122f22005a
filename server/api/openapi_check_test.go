package api

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/schemas"
)

// wireCheckers compiles every wire schema, each with all the others to refer to.
var wireCheckers = sync.OnceValues(func() (map[string]*schemas.Checker, error) {
	all := schemas.Wire()
	out := map[string]*schemas.Checker{}
	for name := range all {
		whole, err := json.Marshal(object{"$ref": "#/components/schemas/" + name, "components": object{"schemas": all}})
		if err != nil {
			return nil, err
		}
		if out[name], err = schemas.Compile(whole); err != nil {
			return nil, err
		}
	}
	return out, nil
})

// checked holds one answer against the OpenAPI document: its status, its media type, its body.
func checkAnswer(t testing.TB, a *API, method, path string, got *answer) {
	t.Helper()
	path, _, _ = strings.Cut(path, "?")
	media, _, _ := strings.Cut(got.header.Get("Content-Type"), ";")
	if got.status >= 400 {
		require.Equal(t, "application/problem+json", media, "%s %s: %s", method, path, got.text)
		checkBody(t, "problem", got.text)
		return
	}
	i := slices.IndexFunc(a.routes, func(r route) bool { return r.method == method && matches(r.path, path) })
	if i < 0 || got.status == 304 && a.routes[i].doc.etag {
		return
	}
	d := a.routes[i].doc
	require.Equal(t, d.status, got.status, "%s %s", method, path)
	if d.out == "" {
		return
	}
	if d.media == "" {
		require.Equal(t, "application/json", media)
		checkBody(t, d.out, got.text)
		return
	}
	for line := range strings.SplitSeq(strings.TrimSpace(got.text), "\n") {
		checkBody(t, d.out, line)
	}
}

func checkBody(t testing.TB, name, text string) {
	t.Helper()
	checkers, err := wireCheckers()
	require.NoError(t, err)
	require.Contains(t, checkers, name)
	require.Empty(t, checkers[name].Check([]byte(text), nil), "%s: %s", name, text)
}

// The document says what the table says: every route, no other path, and only schemas that are there and used.
func TestOpenAPIIsTheTable(t *testing.T) {
	a := newAPI(Deps{})
	text, err := json.Marshal(a.document(nil))
	require.NoError(t, err)
	var spec struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Security    []map[string][]string
			Parameters  []struct{ Name, In string }
			Responses   map[string]any
		}
		Components struct{ Schemas map[string]any }
	}
	require.NoError(t, json.Unmarshal(text, &spec))
	require.Equal(t, "3.1.0", spec.OpenAPI)

	want, names := map[string]bool{}, map[string]bool{}
	for _, r := range a.routes {
		op, ok := spec.Paths[openPath(r.path)][strings.ToLower(r.method)]
		require.True(t, ok, "%s %s is in the document", r.method, r.path)
		want[strings.ToLower(r.method)+" "+openPath(r.path)] = true
		require.Equal(t, r.name, op.OperationID)
		require.False(t, names[r.name], "%s names one route", r.name)
		names[r.name] = true
		require.Equal(t, r.need == public, len(op.Security) == 0, r.name)
		require.Contains(t, op.Responses, itoa(r.doc.status))
		require.Equal(t, strings.Count(r.path, ":"), strings.Count(openPath(r.path), "{"))
	}
	for path, ops := range spec.Paths {
		for method := range ops {
			require.True(t, want[method+" "+path], "%s %s is in the table", method, path)
		}
	}
	for name := range spec.Components.Schemas {
		require.True(t, strings.Contains(string(text), `"#/components/schemas/`+name+`"`), "schema %s is used", name)
	}
	for _, ref := range strings.Split(string(text), `"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(ref, `"`)
		require.Contains(t, slices.Collect(maps.Keys(spec.Components.Schemas)), name)
	}
}
