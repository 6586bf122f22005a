package command

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/engine"
	"sluice/runtime/fact"
	"sluice/server/store/boltstore"
)

// TestForget keeps keys for their life and removes them afterwards.
func TestForget(t *testing.T) {
	t.Parallel()
	s, err := boltstore.Open(t.TempDir(), boltstore.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	r := &Runner{Store: s}
	now := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	remember := func(key string, at time.Time) *once {
		o := onceOf(&fact.Command{Type: fact.Submit, Key: key})
		d := &engine.Decision{}
		o.remember(d, at)
		_, err := s.Commit(t.Context(), "t", d.Change)
		require.NoError(t, err)
		return o
	}
	old, young := remember("old", now.Add(-9*24*time.Hour)), remember("young", now.Add(-6*24*time.Hour))
	lasting := remember("import/A1", now.Add(-9*24*time.Hour))
	require.NoError(t, r.Forget(t.Context(), "t", now.Add(-KeyLife)))
	require.NoError(t, s.View(t.Context(), "t", func(reader fact.Reader) error {
		gone, err := reader.Get(old.key)
		require.NoError(t, err)
		require.Zero(t, gone.Rev)
		kept, err := reader.Get(young.key)
		require.NoError(t, err)
		require.EqualValues(t, 1, kept.Rev)
		named, err := reader.Get(lasting.key)
		require.NoError(t, err)
		require.EqualValues(t, 1, named.Rev, "a table that is read again adds nothing, however much later")
		days, err := reader.Groups(keyIndex)
		require.NoError(t, err)
		require.Len(t, days, 1)
		return nil
	}))
}
