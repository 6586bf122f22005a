package storetest

import (
	"context"
	"errors"
	"testing"

	"sluice/runtime/fact"
	"sluice/server/store"
)

func testSnapshot(t *testing.T, open Opener) {
	cases(t, open, map[string]func(*testing.T, store.Store){
		"put, put again, delete, put": func(t *testing.T, s store.Store) {
			for _, want := range []struct {
				put fact.Put
				rev uint64
			}{{put("a", "one"), 1}, {put("a", "two"), 2}, {fact.Put{Key: order("a"), Delete: true}, 0}, {put("a", "three"), 1}} {
				r := commit(t, s, fact.Change{Put: []fact.Put{want.put}})
				equal(t, "receipt's revisions", r.Revs, []uint64{want.rev})
				view(t, s, func(r fact.Reader) {
					d := get(t, r, order("a"))
					equal(t, "revision", d.Rev, want.rev)
					equal(t, "body", string(d.Body), string(want.put.Body))
					equal(t, "key", d.Key, order("a"))
				})
			}
		},
		"absent is revision 0": func(t *testing.T, s store.Store) {
			view(t, s, func(r fact.Reader) { equal(t, "doc", get(t, r, order("no")), fact.Doc{Key: order("no")}) })
			commit(t, s, fact.Change{Put: []fact.Put{put("a", "1")}, Events: []fact.Event{event("a", "x")}})
			view(t, s, func(r fact.Reader) {
				equal(t, "doc", get(t, r, order("b")), fact.Doc{Key: order("b")})
				e, err := r.Event(2)
				noError(t, err)
				equal(t, "event", e, fact.Event{})
			})
		},
		"deleting what is absent changes nothing": func(t *testing.T, s store.Store) {
			r := commit(t, s, fact.Change{Put: []fact.Put{{Key: order("a"), Delete: true}}})
			equal(t, "revisions", r.Revs, []uint64{0})
			view(t, s, func(r fact.Reader) { equal(t, "revision", get(t, r, order("a")).Rev, uint64(0)) })
		},
		"a view keeps what it saw": testViewIsStable,
		"the error of a view": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Put: []fact.Put{put("a", "1")}})
			mine := errors.New("mine")
			isError(t, s.View(ctx, tenant, func(fact.Reader) error { return mine }), mine)
		},
		"a context that has ended": func(t *testing.T, s store.Store) {
			over, cancel := context.WithCancel(ctx)
			cancel()
			_, err := s.Commit(over, tenant, fact.Change{Put: []fact.Put{put("a", "1")}})
			isError(t, err, context.Canceled)
			view(t, s, func(r fact.Reader) { equal(t, "revision", get(t, r, order("a")).Rev, uint64(0)) })
		},
		"the change may be reused at once": func(t *testing.T, s store.Store) {
			body := []byte("kept")
			commit(t, s, fact.Change{Put: []fact.Put{{Key: order("a"), Body: body}}})
			copy(body, "lost")
			view(t, s, func(r fact.Reader) { equal(t, "body", string(get(t, r, order("a")).Body), "kept") })
		},
		"large bodies": func(t *testing.T, s store.Store) {
			body := make([]byte, 3<<20)
			for i := range body {
				body[i] = byte(i * 7 >> 3)
			}
			commit(t, s, fact.Change{Put: []fact.Put{{Key: order("a"), Body: body}}})
			view(t, s, func(r fact.Reader) { equal(t, "body", get(t, r, order("a")).Body, body) })
		},
	})
}

// testViewIsStable: commits during a view do not show in it.
func testViewIsStable(t *testing.T, s store.Store) {
	stock := fact.Key{Kind: "stock", ID: "x"}
	step := func() fact.Change {
		return fact.Change{
			Put: []fact.Put{put("a", "x")}, Events: []fact.Event{event("a", "x")},
			Adjust: []fact.Adjust{{Counter: stock, Delta: 1}},
		}
	}
	commit(t, s, step())
	view(t, s, func(r fact.Reader) {
		done := make(chan error)
		go func() {
			_, err := s.Commit(ctx, tenant, step())
			done <- err
		}()
		noError(t, <-done)
		equal(t, "revision", get(t, r, order("a")).Rev, uint64(1))
		equal(t, "counter", counter(t, r, stock), int64(1))
		equal(t, "offset", r.Position().Offset, uint64(1))
	})
	view(t, s, func(r fact.Reader) {
		equal(t, "revision", get(t, r, order("a")).Rev, uint64(2))
		equal(t, "offset", r.Position().Offset, uint64(2))
	})
}
