package form_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/runtime/form"
)

const accessForm = `"fields":[
 {"id":"title","type":"text","name":{"zh":"标题"}},
 {"id":"owner","type":"user","name":{"zh":"负责人"}},
 {"id":"cost","type":"money","name":{"zh":"成本","en":"Cost"}},
 {"id":"home","type":"address","name":{"zh":"地址"}},
 {"id":"rows","type":"lines","name":{"zh":"明细"},"fields":[
   {"id":"sku","type":"text","name":{"zh":"编码"}},
   {"id":"cost","type":"money","name":{"zh":"成本","en":"Cost"},"default":1},
   {"id":"qty","type":"integer","name":{"zh":"数量"}}]}],
 "access":[
  {"role":"*","read":true,"hide":["cost","rows.cost","home"]},
  {"role":"clerk","create":true,"read":true,"edit":true,"hide":["cost"],"lock":["owner","rows.cost"]},
  {"role":"own","create":true,"read":true,"edit":true,"delete":true,"rows":{"field":"owner","operator":"=","valueSource":"actor","value":"id"}},
  {"role":"boss","create":true,"read":true,"edit":true,"delete":true},
  {"role":"typist","create":true,"rows":{"field":"$state","operator":"=","value":"new"}}]`

func accessSetup(t *testing.T) (*form.Form, func(roles ...string) *form.Access) {
	t.Helper()
	f, problems := form.Compile(definition(t, accessForm), nil)
	require.Empty(t, problems)
	return f, func(roles ...string) *form.Access { return f.Access(fact.Actor{ID: "u1", Roles: roles}) }
}

func TestAccessDeniesByDefault(t *testing.T) {
	t.Parallel()
	f, problems := form.Compile(definition(t, `"fields":[{"id":"a","type":"text","name":{}}],"access":[{"role":"x","read":true}]`), nil)
	require.Empty(t, problems)
	acc := f.Access(fact.Actor{ID: "u1", Roles: []string{"y"}})
	row := make(fact.Row, len(f.Shape.Slots))
	require.False(t, acc.Create || acc.Read || acc.Edit || acc.Delete)
	require.False(t, acc.Sees(row, env(t)) || acc.Edits(row, env(t)) || acc.Deletes(row, env(t)))
	_, refused := f.Submit([]byte(`{}`), acc, env(t))
	require.Equal(t, []wanted{{Code: "role_denied"}}, compact(refused))
	_, refused = f.Merge(&fact.Record{Data: []byte(`{}`)}, []byte(`{}`), acc, env(t))
	require.Equal(t, []wanted{{Code: "role_denied"}}, compact(refused))
}

func TestAccessAddsUp(t *testing.T) {
	t.Parallel()
	f, access := accessSetup(t)
	none, clerk, boss := access(), access("clerk"), access("clerk", "boss")
	require.Equal(t, []bool{false, false, true, true, false}, none.Hidden)
	require.True(t, none.Hides("rows.cost"))
	require.True(t, none.Hides("home.city"))
	require.False(t, none.Hides("$state"))
	require.True(t, none.Hides("nothing"))
	require.Equal(t, []bool{false, false, true, false, false}, clerk.Hidden, "hidden by both")
	require.False(t, clerk.Hides("rows.cost"))
	require.Equal(t, []bool{false, true, true, false, false}, clerk.Locked, "what is hidden is locked")
	require.Equal(t, []bool{false, false, false, false, false}, boss.Hidden)
	require.Equal(t, []bool{false, false, false, false, false}, boss.Locked)
	require.True(t, boss.Delete)
	require.False(t, clerk.Delete)
	require.True(t, f.Full().Delete)
}

func TestScopeIsEqualForThoseWhoSeeTheSame(t *testing.T) {
	t.Parallel()
	f, _ := accessSetup(t)
	scope := func(id string, roles ...string) string { return f.Access(fact.Actor{ID: id, Roles: roles}).Scope }
	require.Equal(t, scope("u1", "clerk"), scope("u2", "clerk"))
	require.Equal(t, scope("u1", "typist"), scope("u2"), "a role that reads nothing adds nothing")
	require.NotEqual(t, scope("u1", "clerk"), scope("u1", "boss"))
	require.NotEqual(t, scope("u1", "own"), scope("u2", "own"), "rows by actor")
}

func TestRowsConditions(t *testing.T) {
	t.Parallel()
	f, access := accessSetup(t)
	load := func(data string) fact.Row {
		row, err := f.Load(&fact.Record{Form: "f", ID: "r", Data: []byte(data)}, env(t))
		require.NoError(t, err)
		return row
	}
	mine, other := load(`{"owner":"u1"}`), load(`{"owner":"u2"}`)
	own := f.Access(fact.Actor{ID: "u1", Roles: []string{"own"}})
	require.True(t, own.Deletes(mine, env(t)))
	require.False(t, own.Deletes(other, env(t)))
	require.True(t, own.Sees(other, env(t)), "everybody may read")
	require.False(t, access().Edits(mine, env(t)))
	_, problems := f.Submit([]byte(`{"owner":"u2"}`), own, env(t))
	require.Equal(t, []wanted{{Code: "role_denied"}}, compact(problems), "he may create only his own")
	_, problems = f.Submit([]byte(`{"owner":"u1"}`), own, env(t))
	require.Empty(t, problems)
	_, problems = f.Submit([]byte(`{"title":"x"}`), access("typist"), env(t))
	require.Empty(t, problems, "the state is not known yet")
	_, problems = f.Merge(&fact.Record{Data: []byte(`{"owner":"u2"}`)}, []byte(`{"owner":"u1"}`), own, env(t))
	require.Equal(t, []wanted{{Code: "role_denied"}}, compact(problems))
}

func TestLockedFieldsAreRefused(t *testing.T) {
	t.Parallel()
	f, access := accessSetup(t)
	clerk := access("clerk")
	_, problems := f.Submit([]byte(`{"title":"x","owner":"u1","cost":5,"rows":[{"sku":"a","cost":1},{"sku":"b","cost":2}]}`), clerk, env(t))
	require.Equal(t, []wanted{{Path: "/cost", Code: "field_denied"}, {Path: "/owner", Code: "field_denied"}, {Path: "/rows/1/cost", Code: "field_denied"}}, compact(problems))
	require.Equal(t, "You are not allowed to change “Cost”.", problems[1].Sentence("en"))
	rec := &fact.Record{Form: "f", ID: "r", Data: []byte(`{"title":"x","owner":"u1","cost":5,"rows":[{"sku":"a","cost":7,"qty":1},{"sku":"b","cost":8}]}`)}
	_, problems = f.Merge(rec, []byte(`{"owner":"u2","cost":6}`), clerk, env(t))
	require.Equal(t, []wanted{{Path: "/cost", Code: "field_denied"}, {Path: "/owner", Code: "field_denied"}}, compact(problems))
	_, problems = f.Merge(rec, []byte(`{"owner":null}`), clerk, env(t))
	require.Equal(t, []wanted{{Path: "/owner", Code: "field_denied"}}, compact(problems))
	entry, problems := f.Merge(rec, []byte(`{"owner":"u1","title":"y","rows":[{"sku":"b"},{"sku":"a","qty":2},{"sku":"c"}]}`), clerk, env(t))
	require.Empty(t, problems)
	require.JSONEq(t, `{"title":"y","owner":"u1","cost":5,"rows":[{"sku":"b","cost":8},{"sku":"a","cost":7,"qty":2},{"sku":"c","cost":1}]}`, string(entry.Data()),
		"who cannot write a column cannot lose it either")
}

func TestRenderHides(t *testing.T) {
	t.Parallel()
	f, access := accessSetup(t)
	rec := &fact.Record{Form: "f", ID: "r", Data: []byte(`{"title":"x","cost":5,"home":{"city":"c"},"rows":[{"sku":"a","cost":7,"qty":1},{"cost":8}]}`)}
	row, err := f.Load(rec, env(t))
	require.NoError(t, err)
	require.Equal(t, `{"title":"x","rows":[{"sku":"a","qty":1},{}]}`, string(f.Render(nil, rec, row, access())))
	require.Equal(t, `{"title":"x","home":{"city":"c"},"rows":[{"sku":"a","cost":7,"qty":1},{"cost":8}]}`, string(f.Render(nil, rec, row, access("clerk"))))
	require.Equal(t, string(rec.Data), string(f.Render(nil, rec, row, f.Full())))
}
