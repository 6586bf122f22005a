package boltstore

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"

	"sluice/runtime/fact"
)

const benchTenant fact.TenantID = "bench"

var benchStates = [...]string{"received", "routed", "picked", "checked", "packed", "handed", "collected"}

// benchBody is a document of an order's size whose bytes differ between orders.
func benchBody(n uint64) []byte {
	body := make([]byte, 1300)
	r := rand.NewPCG(n, 7)
	for i := 0; i+8 <= len(body); i += 8 {
		binary.LittleEndian.PutUint64(body[i:], r.Uint64()&0x3f3f3f3f3f3f3f3f|0x4040404040404040)
	}
	return body
}

func millisKey(ms uint64) []byte { return binary.BigEndian.AppendUint64(nil, ms) }

var benchEventData = []byte(fmt.Sprintf(`{"from":"received","to":"routed","note":"%0170d"}`, 1))

// benchOrder is the change of one new order: a document, an event, three index entries.
func benchOrder(n uint64) fact.Change {
	key := fact.Key{Kind: "record/order", ID: fmt.Sprintf("01hx%014x", n)}
	at := millisKey(1_700_000_000_000 + n)
	return fact.Change{
		Expect: []fact.Expect{{Key: key}},
		Put:    []fact.Put{{Key: key, Body: benchBody(n)}},
		Index: []fact.Entry{
			{Index: "order.state", Kind: key.Kind, ID: key.ID, Group: benchStates[0], Sort: at},
			{Index: "order.customer", Kind: key.Kind, ID: key.ID, Group: fmt.Sprintf("c%03d", n*2654435761%327), Sort: at},
			{Index: "order.updated", Kind: key.Kind, ID: key.ID, Sort: at},
		},
		Events: []fact.Event{benchEvent(key, n)},
	}
}

func benchEvent(key fact.Key, n uint64) fact.Event {
	return fact.Event{
		Subject: key, Type: "record.submitted", At: time.UnixMilli(int64(1_700_000_000_000 + n)),
		Actor: fact.Actor{Kind: fact.Person, ID: "u-1042", Name: "desk"}, Release: "r-7", Data: benchEventData,
	}
}

// benchMove is one step of an order along its chain: the document is rewritten
// and two of its index entries move.
func benchMove(n uint64, step int) fact.Change {
	key := fact.Key{Kind: "record/order", ID: fmt.Sprintf("01hx%014x", n)}
	was, at := millisKey(1_700_000_000_000+n+uint64(step-1)*50_000_000), millisKey(1_700_000_000_000+n+uint64(step)*50_000_000)
	return fact.Change{
		Expect: []fact.Expect{{Key: key, Rev: uint64(step)}},
		Put:    []fact.Put{{Key: key, Body: benchBody(n)}},
		Index: []fact.Entry{
			{Index: "order.state", Kind: key.Kind, ID: key.ID, Group: benchStates[step-1], Sort: was, Remove: true},
			{Index: "order.state", Kind: key.Kind, ID: key.ID, Group: benchStates[step], Sort: at},
			{Index: "order.updated", Kind: key.Kind, ID: key.ID, Sort: was, Remove: true},
			{Index: "order.updated", Kind: key.Kind, ID: key.ID, Sort: at},
		},
		Events: []fact.Event{benchEvent(key, n)},
	}
}

// load commits n orders, many at a time.
func load(tb testing.TB, s *Store, n uint64) {
	const at = 500
	for first := uint64(0); first < n; first += at {
		var all fact.Change
		for i := first; i < min(first+at, n); i++ {
			c := benchOrder(i)
			all.Put, all.Events = append(all.Put, c.Put...), append(all.Events, c.Events...)
			all.Index = append(all.Index, c.Index...)
		}
		_, err := s.Commit(context.Background(), benchTenant, all)
		require.NoError(tb, err)
	}
}

// writers runs op b.N times from w goroutines and reports rates and latencies.
func writers(b *testing.B, w int, op func(n uint64) error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	times := make([][]time.Duration, w)
	b.ReportAllocs()
	b.ResetTimer()
	start := time.Now()
	for i := range w {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				t := time.Now()
				if err := op(uint64(n)); err != nil {
					b.Error(err)
					return
				}
				times[i] = append(times[i], time.Since(t))
			}
		}()
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Concat(times...)
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "ops/s")
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

func openBench(b *testing.B, preload uint64) *Store {
	s, err := Open(b.TempDir(), Options{})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	load(b, s, preload)
	return s
}

const benchPreload = 10_000

// BenchmarkCommit: new orders, then steps of stored orders, both with the sync.
func BenchmarkCommit(b *testing.B) {
	for _, w := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("new/%d", w), func(b *testing.B) {
			s := openBench(b, benchPreload)
			writers(b, w, func(n uint64) error {
				_, err := s.Commit(context.Background(), benchTenant, benchOrder(benchPreload+n))
				return err
			})
		})
	}
	for _, w := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("step/%d", w), func(b *testing.B) {
			orders := max(benchPreload, uint64(b.N)/6+1)
			s := openBench(b, orders)
			writers(b, w, func(n uint64) error {
				n--
				_, err := s.Commit(context.Background(), benchTenant, benchMove(n%orders, int(n/orders)+1))
				return err
			})
		})
	}
}

// plainPut writes what an order is made of with bbolt's own calls, without the
// checks, counts and checksums of the store.
func plainPut(tx *bolt.Tx, n uint64) error {
	c := benchOrder(n)
	key := appendPair(nil, c.Put[0].Key.Kind, c.Put[0].Key.ID)
	if err := tx.Bucket([]byte(bucketDoc)).Put(key, c.Put[0].Body); err != nil {
		return err
	}
	for i := range c.Index {
		e := &c.Index[i]
		if err := tx.Bucket([]byte(bucketIndex)).Put(appendEntry(nil, e.Index, e.Group, e.Sort, e.Kind, e.ID), nil); err != nil {
			return err
		}
	}
	return tx.Bucket([]byte(bucketEvent)).Put(millisKey(n), appendEvent(nil, &c.Events[0], nil))
}

// BenchmarkPlain is the alternative without a committer of our own: one
// transaction per order, or bbolt's own batches.
func BenchmarkPlain(b *testing.B) {
	calls := map[string]func(*bolt.DB, func(*bolt.Tx) error) error{
		"update": (*bolt.DB).Update, "batch": (*bolt.DB).Batch,
	}
	for _, name := range []string{"update", "batch"} {
		for _, w := range []int{1, 16, 64, 256} {
			b.Run(fmt.Sprintf("%s/%d", name, w), func(b *testing.B) {
				db, err := bolt.Open(filepath.Join(b.TempDir(), "plain.db"), 0o600, Options{}.bolt())
				require.NoError(b, err)
				b.Cleanup(func() { require.NoError(b, db.Close()) })
				require.NoError(b, db.Update(initialise))
				require.NoError(b, db.Update(func(tx *bolt.Tx) error {
					for n := range uint64(benchPreload) {
						if err := plainPut(tx, n); err != nil {
							return err
						}
					}
					return nil
				}))
				writers(b, w, func(n uint64) error {
					return calls[name](db, func(tx *bolt.Tx) error { return plainPut(tx, benchPreload+n) })
				})
			})
		}
	}
}

// BenchmarkRead: one document by key, and a page of 50 in the order of an index.
func BenchmarkRead(b *testing.B) {
	const orders = 100_000
	s := openBench(b, orders)
	ctx := context.Background()
	b.Run("get", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			key := fact.Key{Kind: "record/order", ID: fmt.Sprintf("01hx%014x", uint64(i)*7919%orders)}
			err := s.View(ctx, benchTenant, func(r fact.Reader) error {
				d, err := r.Get(key)
				if d.Rev == 0 {
					b.Errorf("%s is missing", key.ID)
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	page := func(g fact.Range) func(b *testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				err := s.View(ctx, benchTenant, func(r fact.Reader) error {
					for _, err := range r.Scan(g) {
						if err != nil {
							return err
						}
						if n++; n == 50 {
							return nil
						}
					}
					return nil
				})
				if err != nil || n != 50 {
					b.Fatal(n, err)
				}
			}
		}
	}
	b.Run("page50/customer", page(fact.Range{Index: "order.customer", Group: "c042", Reverse: true}))
	b.Run("page50/updated", page(fact.Range{Index: "order.updated", Reverse: true}))
	b.Run("page50/kind", page(fact.Range{Kind: "record/order", Reverse: true}))
}
