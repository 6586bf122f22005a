package boltstore

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
	"sluice/runtime/fact"
)

func TestTmpTiming(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	require.NoError(t, err)
	load(t, s, benchPreload)
	f, _ := s.open(context.Background(), benchTenant, true)
	var commit, write, spill, rebal time.Duration
	var n, pages int64
	f.sync = func(tx *bolt.Tx) error {
		t0 := time.Now()
		err := tx.Commit()
		commit += time.Since(t0)
		st := tx.Stats()
		write += st.GetWriteTime()
		spill += st.GetSpillTime()
		rebal += st.GetRebalanceTime()
		pages += st.GetWrite()
		n++
		return err
	}
	t0 := time.Now()
	const N = 60000
	const W = 64
	done := make(chan bool)
	for w := range W {
		go func() {
			for i := w; i < N; i += W {
				var c fact.Change
				if os.Getenv("STEP") != "" {
					c = benchMove(uint64(i%benchPreload), i/benchPreload+1)
				} else {
					c = benchOrder(uint64(benchPreload + i))
				}
				if _, err := s.Commit(context.Background(), benchTenant, c); err != nil {
					t.Error(err)
				}
			}
			done <- true
		}()
	}
	for range W {
		<-done
	}
	d := time.Since(t0)
	fmt.Println("ops/s", float64(N)/d.Seconds(), "groups", n, "size", N/n, "pages/group", pages/n)
	g := time.Duration(n)
	fmt.Println("per group: total", d/g, "commit", commit/g, "write", write/g, "spill", spill/g, "rebalance", rebal/g)
}
