package form_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/runtime/form"
)

func TestDataIsCanonical(t *testing.T) {
	t.Parallel()
	f := compile(t, []byte(benchForm))
	in := `{"remark":"a\u4e2d\"b", "lines":[{"price":1.50e1,"qty":2.0,"name":"n","sku":"s","origin":"oem"}],"address":{"phone":"12345","city":"c"},
		"phone":"12345","channel":"shop","customer":"x","placed":"2026-03-15T18:00:00+08:00","tags":["b","a"]}`
	entry, problems := f.Submit([]byte(in), nil, env(t))
	require.Empty(t, problems)
	require.Equal(t, `{"customer":"x","grade":"c","channel":"shop","urgency":"green","phone":"12345","address":{"city":"c","phone":"12345"},`+
		`"placed":"2026-03-15T10:00:00.000Z","tags":["b","a"],"discount":0,"freight":0,"remark":"a中\"b",`+
		`"lines":[{"sku":"s","name":"n","origin":"oem","qty":2,"price":15,"amount":30}],"total":30,"count":2,"payable":30}`, string(entry.Data()))
}

func TestSubmitStampsWhatItKnows(t *testing.T) {
	t.Parallel()
	f := compile(t, []byte(benchForm))
	e := env(t)
	entry, problems := f.Submit(benchOrder(1), nil, e)
	require.Empty(t, problems)
	value := func(path string) fact.Value {
		slot, ok := f.Shape.Slot(path)
		require.True(t, ok)
		return entry.Row[slot]
	}
	require.Equal(t, fact.OfTime(e.Now.UnixMilli()), value("$created"))
	require.Equal(t, fact.OfText("u1"), value("$createdBy"))
	none := value("$state")
	require.True(t, none.Empty())
	rec := &fact.Record{ID: "r1", Serial: 5, State: "new", Created: e.Now, Updated: e.Now.Add(time.Second), CreatedBy: "u2"}
	f.Fill(entry.Row, rec)
	require.Equal(t, fact.OfText("SO202603-000005"), value("no"))
	require.Equal(t, fact.OfText("SO202603-000005"), value("$no"))
	require.Equal(t, fact.OfText("new"), value("$state"))
	require.Equal(t, fact.OfTime(e.Now.UnixMilli()+1000), value("$updated"))
	none = value("$entered")
	require.True(t, none.Empty())
	require.NotContains(t, string(entry.Data()), "SO2026", "the number is not data")
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	f := compile(t, []byte(benchForm))
	entry, problems := f.Submit(benchOrder(2), nil, env(t))
	require.Empty(t, problems)
	rec := &fact.Record{Form: "sale", ID: "r", Data: entry.Data()}
	before, err := f.Load(rec, nil)
	require.NoError(t, err)
	after, problems := f.Merge(rec, []byte(`{"remark":null,"freight":20,"customer":"宁波北仑港汽车维修有限公司","address":{"city":"嘉兴市"}}`), nil, env(t))
	require.Empty(t, problems)
	require.Equal(t, []string{"address", "freight", "remark", "payable"}, f.Changed(before, after.Row))
	diff := f.Differences(before, after)
	require.Len(t, diff, 4)
	require.JSONEq(t, `[15,20]`, pair(t, diff["freight"]))
	require.JSONEq(t, `["到货前一小时电话联系，走东门卸货，注意包装不要压。",null]`, pair(t, diff["remark"]))
	same, problems := f.Merge(rec, []byte(`{}`), nil, env(t))
	require.Empty(t, problems)
	require.Empty(t, f.Differences(before, same))
	require.Equal(t, string(rec.Data), string(same.Data()))
	require.Contains(t, f.Differences(make(fact.Row, len(f.Shape.Slots)), same), "customer", "a record without data had nothing")
}

func pair(t *testing.T, p [2]json.RawMessage) string {
	t.Helper()
	raw, err := json.Marshal(p)
	require.NoError(t, err)
	return string(raw)
}

func TestLoadToleratesOtherForms(t *testing.T) {
	t.Parallel()
	f, problems := form.Compile(definition(t, `"fields":[
		{"id":"n","type":"number","name":{}},{"id":"d","type":"date","name":{}},{"id":"tags","type":"tags","name":{}},
		{"id":"home","type":"address","name":{}},{"id":"files","type":"file","name":{}},{"id":"b","type":"boolean","name":{}},
		{"id":"s","type":"text","name":{},"maxLength":1},
		{"id":"rows","type":"lines","name":{},"fields":[{"id":"x","type":"number","name":{}},{"id":"pics","type":"file","name":{}}]}]`), nil)
	require.Empty(t, problems)
	for in, want := range map[string]string{
		`{"n":"text","d":5,"tags":"a","home":"x","files":["f"],"b":"yes","s":7,"rows":["x"]}`:                                       `{}`,
		`{"n":1,"gone":{"a":[1,2,{"b":null}]},"s":"long"}`:                                                                          `{"n":1,"s":"long"}`,
		`{"d":"not a day","n":12345678901234567890,"tags":[1,"a",{"x":1}]}`:                                                         `{"tags":["a"]}`,
		`{"home":{"city":"c","planet":"p","street":5},"n":{"x":1}}`:                                                                 `{"home":{"city":"c"}}`,
		`{"files":[{"id":"1","name":"a"},{"name":"b","size":3,"type":"t/t"}],"rows":[{"x":"a","y":1,"pics":[{"id":"9"}]},{"x":2}]}`: `{"files":[{"id":"1","name":"a","size":0,"type":""},{"id":"","name":"b","size":3,"type":"t/t"}],"rows":[{"pics":[{"id":"9","name":"","size":0,"type":""}]},{"x":2}]}`,
		``: `{}`,
	} {
		rec := &fact.Record{Form: "f", ID: "r", Data: []byte(in)}
		row, err := f.Load(rec, nil)
		require.NoError(t, err, in)
		require.JSONEq(t, want, string(f.Render(nil, rec, row, f.Full())), in)
	}
	_, err := f.Load(&fact.Record{Form: "f", ID: "r", Data: []byte(`{"n":`)}, nil)
	require.ErrorContains(t, err, "record f/r")
	_, refused := f.Merge(&fact.Record{Form: "f", ID: "r", Data: []byte(`[`)}, []byte(`{}`), nil, nil)
	require.Equal(t, []wanted{{Code: "store_corrupt"}}, compact(refused))
}

func TestLoadKeepsNothingOfTheBody(t *testing.T) {
	t.Parallel()
	f, problems := form.Compile(definition(t, `"fields":[{"id":"a","type":"text","name":{}},{"id":"t","type":"tags","name":{}}]`), nil)
	require.Empty(t, problems)
	body := []byte(`{"a":"abc","t":["x\n","y"]}`)
	rec := &fact.Record{Form: "f", ID: "r", Data: body}
	row, err := f.Load(rec, nil)
	require.NoError(t, err)
	for i := range body {
		body[i] = '?' // the store takes its page back
	}
	require.Equal(t, `{"a":"abc","t":["x\n","y"]}`, string(f.Render(nil, rec, row, f.Full())))
}
