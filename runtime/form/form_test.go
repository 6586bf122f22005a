package form_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/form"
	"sluice/schemas"
)

// vectors is schemas/semantics/forms.json, which the browser's forms pass too.
type vectors struct {
	Forms   map[string]json.RawMessage `json:"forms"`
	Vectors []vector                   `json:"vectors"`
}

type vector struct {
	Name string `json:"name"`
	Form string `json:"form"`
	Env  struct {
		Now   time.Time `json:"now"`
		Zone  string    `json:"zone"`
		Actor string    `json:"actor"`
	} `json:"env"`
	Merge json.RawMessage `json:"merge"`
	Input json.RawMessage `json:"input"`
	Want  struct {
		Data     json.RawMessage `json:"data"`
		Problems []wanted        `json:"problems"`
	} `json:"want"`
}

type wanted struct {
	Path  string `json:"path"`
	Code  string `json:"code"`
	Check string `json:"check,omitempty"`
}

func readVectors(t testing.TB) vectors {
	t.Helper()
	raw, err := os.ReadFile("../../schemas/semantics/forms.json")
	require.NoError(t, err)
	var v vectors
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&v))
	return v
}

// zoned is a Known that also says where the tenant is.
type zoned struct{ zone *time.Location }

func (zoned) Form(id string) bool    { return id == "order" || id == "customer" }
func (zoned) Chain(id string) bool   { return id == "flow" }
func (zoned) Rule(id string) bool    { return id == "route" }
func (z zoned) Zone() *time.Location { return z.zone }
func (zoned) Currency() string       { return "CNY" }

var _ form.Place = zoned{}

func shanghai(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	return zone
}

// compile reads a definition strictly, as a release does, and compiles it.
func compile(t testing.TB, raw []byte) *form.Form {
	t.Helper()
	require.Empty(t, schemas.Validate("form", raw))
	f, problems := form.Compile(decode(t, raw), zoned{shanghai(t)})
	require.Empty(t, problems)
	return f
}

func decode(t testing.TB, raw []byte) *def.Form {
	t.Helper()
	var d def.Form
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&d), string(raw))
	return &d
}

// env is the surroundings in which tests decide.
func env(t testing.TB) *fact.Env {
	t.Helper()
	return &fact.Env{
		Now: time.Date(2026, 3, 15, 10, 30, 0, 0, time.UTC), Zone: shanghai(t),
		Actor: fact.Actor{Kind: fact.Person, ID: "u1"},
	}
}

func (v *vector) env(t testing.TB) *fact.Env {
	t.Helper()
	e := env(t)
	if !v.Env.Now.IsZero() {
		e.Now = v.Env.Now
	}
	if v.Env.Zone != "" {
		zone, err := time.LoadLocation(v.Env.Zone)
		require.NoError(t, err)
		e.Zone = zone
	}
	if v.Env.Actor != "" {
		e.Actor.ID = v.Env.Actor
	}
	return e
}

// compact orders and shortens problems for comparison.
func compact(problems []fact.Problem) []wanted {
	out := []wanted{}
	for _, p := range problems {
		w := wanted{Path: p.Path, Code: p.Code}
		w.Check, _ = p.Params["check"].(string)
		out = append(out, w)
	}
	return sorted(out)
}

func sorted(list []wanted) []wanted {
	slices.SortFunc(list, func(a, b wanted) int {
		return slices.Compare([]string{a.Path, a.Code, a.Check}, []string{b.Path, b.Code, b.Check})
	})
	return list
}

func TestVectors(t *testing.T) {
	t.Parallel()
	file := readVectors(t)
	require.GreaterOrEqual(t, len(file.Vectors), 120)
	forms := map[string]*form.Form{}
	for id, raw := range file.Forms {
		forms[id] = compile(t, raw)
	}
	seen := map[string]bool{}
	for _, v := range file.Vectors {
		require.False(t, seen[v.Name], v.Name)
		seen[v.Name] = true
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			v.run(t, forms[v.Form])
		})
	}
}

func (v *vector) run(t *testing.T, f *form.Form) {
	t.Helper()
	var entry *form.Entry
	var problems []fact.Problem
	if v.Merge == nil {
		entry, problems = f.Submit(v.Input, nil, v.env(t))
	} else {
		rec := &fact.Record{Form: v.Form, ID: "r1", Rev: 1, Data: v.Merge}
		entry, problems = f.Merge(rec, v.Input, nil, v.env(t))
	}
	if v.Want.Problems != nil {
		require.Nil(t, entry)
		require.Equal(t, sorted(v.Want.Problems), compact(problems))
		for _, p := range problems {
			require.Contains(t, schemas.Codes(), p.Code)
			require.NotContains(t, p.Sentence("zh")+p.Sentence("en"), "…", "a parameter is missing")
		}
		return
	}
	require.Empty(t, problems)
	require.JSONEq(t, string(v.Want.Data), string(entry.Data()))
	again, err := f.Load(&fact.Record{Form: v.Form, ID: "r1", Data: entry.Data()}, v.env(t))
	require.NoError(t, err)
	require.Empty(t, f.Changed(again, entry.Row), "stored data reads as it was written")
}
