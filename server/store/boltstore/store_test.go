package boltstore

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/server/store"
	"sluice/server/store/storetest"
)

var (
	_ store.Store     = (*Store)(nil)
	_ store.Lister    = (*Store)(nil)
	_ store.Backuper  = (*Store)(nil)
	_ store.Watcher   = (*Store)(nil)
	_ store.Exclusive = (*Store)(nil)
)

// opener opens a store in one folder per test.
func opener(opt Options) func(testing.TB) store.Store {
	var mu sync.Mutex
	dirs := map[testing.TB]string{}
	return func(t testing.TB) store.Store {
		mu.Lock()
		dir, again := dirs[t]
		if !again {
			dir = t.TempDir()
			dirs[t] = dir
		}
		mu.Unlock()
		s, err := Open(dir, opt)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return s
	}
}

func TestConformance(t *testing.T) {
	storetest.Exercise(t, opener(Options{NoSync: true}))
}
