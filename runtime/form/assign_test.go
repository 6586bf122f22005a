package form_test

import (
	"testing"

	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/runtime/form"
)

const assignForm = `"fields":[
 {"id":"qty","type":"integer","name":{}},
 {"id":"price","type":"money","name":{},"readOnly":true},
 {"id":"total","type":"computed","name":{},"formula":"qty * price","result":"money"},
 {"id":"route","type":"select","name":{},"options":[{"id":"near","name":{}},{"id":"far","name":{}},{"id":"old","name":{},"off":true}]},
 {"id":"carrier","type":"text","name":{},"visibleWhen":{"field":"route","operator":"=","value":"far"},"default":"zto"},
 {"id":"why","type":"text","name":{},"maxLength":5,"requiredWhen":{"field":"route","operator":"=","value":"old"}},
 {"id":"rows","type":"lines","name":{},"fields":[{"id":"q","type":"number","name":{}},{"id":"v","type":"computed","name":{},"formula":"q * parent.price","result":"number"}]}],
 "checks":[{"id":"dear","formula":"IF(NOT(ISBLANK(total)), total <= 100)","at":"total","message":{"zh":"太贵","en":"Too dear"}}]`

func assignSetup(t *testing.T, input string) (*form.Form, *form.Entry, func(map[string]fact.Value) []fact.Problem) {
	t.Helper()
	f, problems := form.Compile(definition(t, assignForm), nil)
	require.Empty(t, problems)
	entry, problems := f.Submit([]byte(input), nil, env(t))
	require.Empty(t, problems)
	return f, entry, func(set map[string]fact.Value) []fact.Problem {
		var list []form.Assign
		for path, v := range set {
			slot, ok := f.Shape.Slot(path)
			require.True(t, ok)
			list = append(list, form.Assign{Slot: slot, Value: v})
		}
		return f.Assign(entry, list, env(t))
	}
}

func money(i int64) fact.Value { return fact.OfNumber(decimal.MustNew(i, 0)) }

func TestAssignComputesAgain(t *testing.T) {
	t.Parallel()
	_, entry, assign := assignSetup(t, `{"qty":3,"rows":[{"q":2}]}`)
	require.JSONEq(t, `{"qty":3,"rows":[{"q":2}]}`, string(entry.Data()))
	require.Empty(t, assign(map[string]fact.Value{"price": money(7), "route": fact.OfText("far")}))
	require.JSONEq(t, `{"qty":3,"price":7,"total":21,"route":"far","carrier":"zto","rows":[{"q":2,"v":14}]}`, string(entry.Data()),
		"read-only fields may be set; what becomes visible gets its default")
	require.Empty(t, assign(map[string]fact.Value{"price": money(8), "route": fact.OfText("near")}))
	require.JSONEq(t, `{"qty":3,"price":8,"total":24,"route":"near","rows":[{"q":2,"v":16}]}`, string(entry.Data()))
	require.Empty(t, assign(map[string]fact.Value{"price": {}, "total": money(99)}))
	require.JSONEq(t, `{"qty":3,"route":"near","rows":[{"q":2}]}`, string(entry.Data()), "computed fields cannot be set")
}

func TestAssignChecksAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  map[string]fact.Value
		want []wanted
	}{
		"a check":      {map[string]fact.Value{"price": money(70)}, []wanted{{Path: "/total", Code: "check_failed", Check: "dear"}}},
		"an option":    {map[string]fact.Value{"route": fact.OfText("zzz")}, []wanted{{Path: "/route", Code: "not_option"}}},
		"a limit":      {map[string]fact.Value{"why": fact.OfText("too long")}, []wanted{{Path: "/why", Code: "too_long"}}},
		"decimals":     {map[string]fact.Value{"price": fact.OfNumber(decimal.MustNew(1, 3))}, []wanted{{Path: "/price", Code: "not_multiple"}}},
		"now required": {map[string]fact.Value{"route": fact.OfText("old")}, []wanted{{Path: "/why", Code: "required"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, assign := assignSetup(t, `{"qty":3}`)
			require.Equal(t, c.want, compact(assign(c.set)))
		})
	}
}

func TestAssignLeavesWhatItDoesNotTouchUnchecked(t *testing.T) {
	t.Parallel()
	f, _, _ := assignSetup(t, `{}`)
	entry, problems := f.Merge(&fact.Record{Form: "f", ID: "r", Data: []byte(`{"why":"longer than it may be now"}`)}, []byte(`{"qty":1}`), nil, env(t))
	require.Empty(t, problems)
	slot, _ := f.Shape.Slot("route")
	require.Empty(t, f.Assign(entry, []form.Assign{{Slot: slot, Value: fact.OfText("far")}}, env(t)))
	require.JSONEq(t, `{"qty":1,"route":"far","why":"longer than it may be now"}`, string(entry.Data()), "an edit gives no defaults")
}

func TestAssignLeavesSharedLinesAlone(t *testing.T) {
	t.Parallel()
	f, _, _ := assignSetup(t, `{}`)
	rec := &fact.Record{Form: "f", ID: "r", Data: []byte(`{"qty":1,"price":2,"total":2,"rows":[{"q":2,"v":4}]}`)}
	before, err := f.Load(rec, nil)
	require.NoError(t, err)
	entry := f.Kept(rec, before)
	require.Equal(t, string(rec.Data), string(entry.Data()))
	slot, _ := f.Shape.Slot("price")
	require.Empty(t, f.Assign(entry, []form.Assign{{Slot: slot, Value: money(3)}}, env(t)))
	require.JSONEq(t, `{"qty":1,"price":3,"total":3,"rows":[{"q":2,"v":6}]}`, string(entry.Data()))
	require.Equal(t, string(rec.Data), string(f.Render(nil, rec, before, f.Full())), "the row it was made of is as it was")
	require.Equal(t, []string{"price", "total", "rows"}, f.Changed(before, entry.Row))
}
