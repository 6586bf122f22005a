package boltstore

import (
	"bytes"
	"cmp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"sluice/runtime/fact"
)

// rawBytes favours the bytes that separators are made of.
var rawBytes = rapid.SliceOfN(rapid.SampledFrom([]byte{0, 0, 1, 2, 'a', 0xFE, 0xFF, 0xFF}), 0, 6)

var someEntry = rapid.Custom(func(t *rapid.T) fact.Entry {
	name := rapid.StringMatching(`[a-c./]{1,3}`)
	return fact.Entry{
		Index: name.Draw(t, "index"), Kind: name.Draw(t, "kind"), ID: name.Draw(t, "id"),
		Group: string(rawBytes.Draw(t, "group")), Sort: rawBytes.Draw(t, "sort"),
	}
})

func entryKey(e fact.Entry) []byte {
	return appendEntry(nil, e.Index, e.Group, e.Sort, e.Kind, e.ID)
}

// Keys of entries come apart into what they were made of, and sort as the
// contract of fact.Entry says.
func TestEntryKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := someEntry.Draw(t, "a"), someEntry.Draw(t, "b")
		back, ok := cutIndexKey(entryKey(a))
		require.True(t, ok)
		require.True(t, bytes.Equal(a.Sort, back.Sort))
		back.Sort = a.Sort
		require.Equal(t, a, back)
		b.Index, b.Group = a.Index, a.Group
		want := cmp.Or(bytes.Compare(a.Sort, b.Sort), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind))
		require.Equal(t, want, bytes.Compare(entryKey(a), entryKey(b)))
	})
}

// Two groups never share a prefix, whatever bytes their names have.
func TestGroupPrefixes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := someEntry.Draw(t, "a"), someEntry.Draw(t, "b")
		same := a.Index == b.Index && a.Group == b.Group
		require.Equal(t, same, bytes.HasPrefix(entryKey(a), appendGroup(nil, b.Index, b.Group)))
	})
}

func TestMillisKeys(t *testing.T) {
	times := []time.Time{
		{}, time.UnixMilli(-1), time.UnixMilli(0), time.UnixMilli(1), time.Date(2026, 1, 1, 0, 0, 0, 1, time.UTC),
		time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	}
	for i, a := range times {
		ms := ceilMillis(a)
		require.Equal(t, ms, millis(appendMillis(nil, ms)))
		require.False(t, timeOf(ms).Before(a))
		for _, b := range times[i+1:] {
			require.Negative(t, bytes.Compare(appendMillis(nil, ms), appendMillis(nil, ceilMillis(b))))
		}
	}
	require.True(t, timeOf(ceilMillis(time.Time{})).IsZero())
}

// Bytes that no key was made of are refused, never cut out of bounds.
func FuzzCutIndexKey(f *testing.F) {
	f.Add([]byte("i\x00g\x00\x01s\x00\x01id\x00kind"))
	f.Add([]byte("i\x00g\x00"))
	f.Add([]byte{0, 0, 0xFF})
	f.Fuzz(func(t *testing.T, k []byte) {
		e, ok := cutIndexKey(k)
		if ok && !bytes.Equal(entryKey(e), k) {
			t.Fatalf("%q was read as %+v", k, e)
		}
	})
}
