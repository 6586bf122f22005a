package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sluice/runtime/fact"
	"sluice/server/store"
)

func testReopen(t *testing.T, open Opener) {
	t.Run("everything is there", func(t *testing.T) {
		s := open(t)
		r := commit(t, s, fact.Change{
			Put: []fact.Put{drawn("a")}, Events: []fact.Event{event("a", "x")}, Index: []fact.Entry{entry("a", "g", false)},
			Adjust: []fact.Adjust{{Counter: fact.Key{Kind: "stock", ID: "x"}, Delta: 3}},
			Jobs:   []fact.Job{job("j", start), job("k", start.Add(time.Hour))},
		})
		lease(t, s, "q", 1, start, start.Add(time.Minute))
		noError(t, s.Close())
		s = open(t)
		view(t, s, func(reader fact.Reader) {
			d := get(t, reader, order("a"))
			equal(t, "document", []uint64{d.Rev, d.Serial, d.Last}, []uint64{1, 1, 1})
			equal(t, "body", string(d.Body), "a")
			equal(t, "stock", counter(t, reader, fact.Key{Kind: "stock", ID: "x"}), int64(3))
			equal(t, "count", count(t, reader, "state", "g"), int64(1))
			equal(t, "position", reader.Position(), r.Position)
		})
		jobs, next := lease(t, s, "q", 5, start.Add(time.Second), start.Add(time.Minute))
		equal(t, "jobs while the old lease runs", len(jobs), 0)
		equal(t, "next", next, start.Add(time.Minute))
		jobs, _ = lease(t, s, "q", 5, start.Add(time.Minute), start.Add(2*time.Minute))
		equal(t, "attempts", jobs[0].Attempts, 2)
		r2 := commit(t, s, fact.Change{Put: []fact.Put{drawn("b")}, Events: []fact.Event{event("a", "y")}})
		equal(t, "serials", r2.Serials, []uint64{2})
		equal(t, "position", r2.Position, fact.Position{Epoch: r.Position.Epoch, Offset: 2})
	})
	t.Run("closed", func(t *testing.T) {
		s := open(t)
		commit(t, s, fact.Change{Put: []fact.Put{put("a", "")}})
		noError(t, s.Close())
		noError(t, s.Close())
		_, err := s.Commit(ctx, tenant, fact.Change{})
		isError(t, err, store.ErrClosed)
		isError(t, s.View(ctx, tenant, func(fact.Reader) error { return nil }), store.ErrClosed)
		_, err = s.Events(ctx, tenant, fact.Position{}, 1)
		isError(t, err, store.ErrClosed)
		_, _, err = s.Lease(ctx, tenant, "q", 1, start, start)
		isError(t, err, store.ErrClosed)
	})
	t.Run("close finishes what is in flight", func(t *testing.T) { testCloseInFlight(t, open) })
}

// testCloseInFlight closes under load: what was answered must be there
// afterwards, and what was refused must not.
func testCloseInFlight(t *testing.T, open Opener) {
	s := open(t)
	const writers = 16
	acked := make([]int, writers)
	running := make(chan struct{}, writers)
	stopped := make(chan error, writers)
	for w := range writers {
		go func() {
			var err error
			for i := 0; err == nil; i++ {
				_, err = s.Commit(ctx, tenant, fact.Change{Put: []fact.Put{put(fmt.Sprintf("%02d-%05d", w, i), "")}})
				if err == nil {
					acked[w]++
				}
				if i == 3 {
					running <- struct{}{}
				}
			}
			stopped <- err
		}()
	}
	for range writers {
		<-running
	}
	noError(t, s.Close())
	for range writers {
		if err := <-stopped; !errors.Is(err, store.ErrClosed) {
			t.Fatalf("a writer was stopped by %v", err)
		}
	}
	want := 0
	for _, n := range acked {
		want += n
	}
	view(t, open(t), func(r fact.Reader) {
		equal(t, "documents", len(ids(t, r, fact.Range{Kind: "record/order", Keys: true})), want)
	})
}
