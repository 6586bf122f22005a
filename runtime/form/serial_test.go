package form_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/runtime/form"
)

func serialForm(t *testing.T, settings string) *form.Form {
	t.Helper()
	f, problems := form.Compile(definition(t, `"fields":[{"id":"a","type":"text","name":{}},{"id":"no","type":"serial","name":{}`+settings+`}]`), zoned{shanghai(t)})
	require.Empty(t, problems)
	return f
}

func TestSerialNumbers(t *testing.T) {
	t.Parallel()
	created := time.Date(2025, 12, 31, 16, 30, 0, 0, time.UTC) // the new year in Shanghai
	for settings, want := range map[string]string{
		``:                                       "42",
		`,"prefix":"SO{yyyy}{mm}-","digits":6`:   "SO202601-000042",
		`,"prefix":"{dd}/{mm}/{yyyy} {x} {"`:     "01/01/2026 {x} {42",
		`,"digits":2`:                            "42",
		`,"prefix":"退","digits":3`:               "退042",
		`,"prefix":"{yyyy}{yyyy}","reset":"day"`: "2026202642",
	} {
		f := serialForm(t, settings)
		require.Equal(t, want, f.No(&fact.Record{Serial: 42, Created: created}), settings)
		require.Empty(t, f.No(&fact.Record{Created: created}), "no number yet")
	}
	require.Equal(t, "18446744073709551615", serialForm(t, `,"digits":18`).No(&fact.Record{Serial: 1<<64 - 1}))
}

func TestDrawCounter(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 12, 31, 16, 30, 0, 0, time.UTC)
	for settings, want := range map[string]string{
		``: "all", `,"reset":"never"`: "all", `,"reset":"year"`: "2026", `,"reset":"month"`: "2026-01", `,"reset":"day"`: "2026-01-01",
	} {
		key, ok := serialForm(t, settings).DrawCounter(now, shanghai(t))
		require.True(t, ok)
		require.Equal(t, fact.Key{Kind: "serial/f", ID: want}, key)
		key, _ = serialForm(t, settings).DrawCounter(now, nil)
		require.Equal(t, want, key.ID, "the form's own zone")
	}
	f, problems := form.Compile(definition(t, `"fields":[{"id":"a","type":"text","name":{}}]`), nil)
	require.Empty(t, problems)
	_, ok := f.DrawCounter(now, nil)
	require.False(t, ok)
	require.Empty(t, f.No(&fact.Record{Serial: 1}))
}

func TestSerialEntryIsWhatDrawWrites(t *testing.T) {
	t.Parallel()
	require.Equal(t, fact.Entry{Index: "n/sale", Kind: "record/sale", ID: "r", Sort: []byte{0, 0, 0, 0, 0, 0, 1, 2}, Remove: true},
		form.SerialEntry("sale", "r", 258, true))
}

func TestSerialInInput(t *testing.T) {
	t.Parallel()
	f := serialForm(t, `,"prefix":"N"`)
	rec := &fact.Record{Form: "f", ID: "r", Serial: 7, Data: []byte(`{"a":"x"}`)}
	entry, problems := f.Merge(rec, []byte(`{"a":"y","no":"N7"}`), nil, env(t))
	require.Empty(t, problems, "the record's own number may be sent back")
	require.Equal(t, `{"a":"y"}`, string(entry.Data()))
	_, problems = f.Merge(rec, []byte(`{"no":"N8"}`), nil, env(t))
	require.Equal(t, []wanted{{Path: "/no", Code: "read_only"}}, compact(problems))
	entry, problems = f.Merge(rec, []byte(`{"no":null}`), nil, env(t))
	require.Empty(t, problems)
	row, err := f.Load(rec, nil)
	require.NoError(t, err)
	require.Equal(t, `{"a":"x","no":"N7"}`, string(f.Render(nil, rec, row, f.Full())))
	require.Equal(t, `{"a":"x"}`, string(entry.Data()))
}
