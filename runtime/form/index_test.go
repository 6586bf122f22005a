package form_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/runtime/form"
)

const indexForm = `"fields":[
 {"id":"customer","type":"text","name":{},"unique":true},
 {"id":"code","type":"integer","name":{},"unique":true},
 {"id":"amount","type":"money","name":{}},
 {"id":"day","type":"date","name":{}},
 {"id":"tags","type":"tags","name":{}},
 {"id":"home","type":"address","name":{}},
 {"id":"who","type":"user","name":{}},
 {"id":"ref","type":"reference","name":{},"form":"customer"},
 {"id":"rows","type":"lines","name":{},"fields":[{"id":"sku","type":"text","name":{}},{"id":"part","type":"reference","name":{},"form":"part"}]}],
 "indexes":[{"id":"c","field":"customer"},{"id":"a","field":"amount"},{"id":"d","field":"day"},{"id":"t","field":"tags"},
  {"id":"city","field":"home.city"},{"id":"sku","field":"rows.sku"},{"id":"by","field":"$createdBy"}]`

func indexSetup(t *testing.T, data string) (*form.Form, fact.Row) {
	t.Helper()
	f, problems := form.Compile(definition(t, indexForm), nil)
	require.Empty(t, problems)
	row, err := f.Load(&fact.Record{Form: "f", ID: "r", Data: []byte(data), CreatedBy: "u1", Created: time.UnixMilli(1000)}, nil)
	require.NoError(t, err)
	return f, row
}

func TestEntries(t *testing.T) {
	t.Parallel()
	f, row := indexSetup(t, `{"customer":"远航","amount":12.50,"tags":["a","b","a"],"home":{"city":"宁波"},"rows":[{"sku":"x"},{"sku":"y"},{"sku":"x"},{}]}`)
	var got []string
	for _, e := range f.Entries("r", row) {
		require.Equal(t, "record/f", e.Kind)
		require.Equal(t, "r", e.ID)
		require.NotEmpty(t, e.Sort)
		got = append(got, e.Index+" "+e.Group)
	}
	require.Equal(t, []string{"i/f/c 远航", "i/f/a ", "i/f/t a", "i/f/t b", "i/f/city 宁波", "i/f/sku x", "i/f/sku y", "i/f/by u1"}, got)
	f, row = indexSetup(t, `{}`)
	require.Len(t, f.Entries("r", row), 1, "absent values are not indexed")
}

func TestEntriesOfNumbersSortByValue(t *testing.T) {
	t.Parallel()
	var last []byte
	for _, data := range []string{`{"amount":-3}`, `{"amount":-2.5}`, `{"amount":0}`, `{"amount":9}`, `{"amount":10}`} {
		f, row := indexSetup(t, data)
		e := f.Entries("r", row)[0]
		require.Equal(t, "i/f/a", e.Index)
		require.Negative(t, bytes.Compare(last, e.Sort))
		last = e.Sort
	}
}

func TestFindIsWhereEntriesAre(t *testing.T) {
	t.Parallel()
	f, row := indexSetup(t, `{"customer":"远航","amount":12.50,"day":"2026-01-31","tags":["a"],"home":{"city":"宁波"},"rows":[{"sku":"x"}]}`)
	for path, v := range map[string]fact.Value{
		"customer": fact.OfText("远航"), "amount": fact.OfNumber(decimal.MustNew(125, 1)), "day": fact.OfText("2026-01-31"),
		"tags": fact.OfText("a"), "home.city": fact.OfText("宁波"), "rows.sku": fact.OfText("x"), "$createdBy": fact.OfText("u1"),
	} {
		r, ok := f.Find(path, v)
		require.True(t, ok, path)
		require.True(t, found(f, row, r), path)
	}
	r, ok := f.Find("amount", fact.OfText("12.6"))
	require.True(t, ok)
	require.False(t, found(f, row, r))
	for path, v := range map[string]fact.Value{"who": fact.OfText("x"), "amount": fact.OfText("x"), "day": fact.OfText("2026-02-30"), "customer": {}} {
		_, ok = f.Find(path, v)
		require.False(t, ok, path)
	}
}

// found reports whether one of the row's entries lies in the range.
func found(f *form.Form, row fact.Row, r fact.Range) bool {
	for _, e := range f.Entries("r", row) {
		if e.Index == r.Index && e.Group == r.Group && bytes.Compare(e.Sort, r.From) >= 0 && (r.To == nil || bytes.Compare(e.Sort, r.To) < 0) {
			return true
		}
	}
	return false
}

func TestSpan(t *testing.T) {
	t.Parallel()
	f, row := indexSetup(t, `{"amount":12.50}`)
	number := func(i int64) fact.Value { return fact.OfNumber(decimal.MustNew(i, 1)) }
	for _, c := range []struct {
		from, to fact.Value
		want     bool
	}{{number(125), number(126), true}, {number(100), number(125), false}, {fact.Value{}, number(126), true}, {number(126), fact.Value{}, false}, {fact.Value{}, fact.Value{}, true}} {
		r, ok := f.Span("amount", c.from, c.to)
		require.True(t, ok)
		require.Equal(t, c.want, found(f, row, r))
	}
	_, ok := f.Span("customer", fact.Value{}, fact.Value{})
	require.False(t, ok)
}

func TestUniques(t *testing.T) {
	t.Parallel()
	f, row := indexSetup(t, `{"customer":"远航","code":12}`)
	require.Equal(t, []fact.Key{{Kind: "unique/f/customer", ID: "远航"}, {Kind: "unique/f/code", ID: "12"}}, f.Uniques(row))
	p := f.NotUnique(f.Uniques(row)[1], "r9")
	require.Equal(t, "/code", p.Path)
	require.Equal(t, "not_unique", p.Code)
	f, row = indexSetup(t, `{}`)
	require.Empty(t, f.Uniques(row))
}

func TestLongAndOddValuesGetABoundedName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, value := range []string{strings.Repeat("长", 200), strings.Repeat("长", 199) + "x", `a\u0000b`, "#a", "a"} {
		f, row := indexSetup(t, `{"customer":"`+value+`"}`)
		key := f.Uniques(row)[0]
		require.LessOrEqual(t, len(key.ID), 240)
		require.NotContains(t, key.ID, "\x00")
		require.False(t, seen[key.ID])
		seen[key.ID] = true
		require.Equal(t, key.ID, f.Entries("r", row)[0].Group)
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	f, row := indexSetup(t, `{"who":"u7","ref":"c1","rows":[{"sku":"x"},{"part":"p1"}]}`)
	require.Equal(t, []form.Reference{
		{Form: "part", ID: "p1", Path: "/rows/1/part"},
		{Form: "", ID: "u7", Path: "/who"},
		{Form: "customer", ID: "c1", Path: "/ref"},
	}, f.References(row))
}
