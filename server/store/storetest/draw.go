package storetest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"sluice/runtime/fact"
	"sluice/server/store"
)

var numbers = fact.Key{Kind: "serial", ID: "order"}

func drawn(id string) fact.Put {
	return fact.Put{Key: order(id), Body: []byte(id), Draw: &fact.Draw{Counter: numbers, Index: "order.no"}}
}

func testDraw(t *testing.T, open Opener) {
	cases(t, open, map[string]func(*testing.T, store.Store){
		"a number for the new, kept afterwards": func(t *testing.T, s store.Store) {
			r := commit(t, s, fact.Change{Put: []fact.Put{drawn("a"), put("plain", ""), drawn("b")}})
			equal(t, "serials", r.Serials, []uint64{1, 0, 2})
			r = commit(t, s, fact.Change{Put: []fact.Put{drawn("b"), put("a", "again"), drawn("c")}})
			equal(t, "serials", r.Serials, []uint64{2, 1, 3})
			view(t, s, func(r fact.Reader) {
				equal(t, "serial", get(t, r, order("a")).Serial, uint64(1))
				equal(t, "counter", counter(t, r, numbers), int64(3))
				equal(t, "entries", count(t, r, "order.no", ""), int64(3))
				equal(t, "ids by number", ids(t, r, fact.Range{Index: "order.no"}), []string{"a", "b", "c"})
				third := binary.BigEndian.AppendUint64(nil, 3)
				equal(t, "ids from the third", ids(t, r, fact.Range{Index: "order.no", From: third}), []string{"c"})
			})
		},
		"a deleted one is new again": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Put: []fact.Put{drawn("a")}})
			commit(t, s, fact.Change{
				Put: []fact.Put{{Key: order("a"), Delete: true}},
				Index: []fact.Entry{{
					Index: "order.no", Kind: "record/order", ID: "a", Sort: binary.BigEndian.AppendUint64(nil, 1), Remove: true,
				}},
			})
			r := commit(t, s, fact.Change{Put: []fact.Put{drawn("a")}})
			equal(t, "serials", r.Serials, []uint64{2})
			view(t, s, func(r fact.Reader) { equal(t, "entries", count(t, r, "order.no", ""), int64(1)) })
		},
		"without an index": func(t *testing.T, s store.Store) {
			p := drawn("a")
			p.Draw.Index = ""
			equal(t, "serials", commit(t, s, fact.Change{Put: []fact.Put{p}}).Serials, []uint64{1})
			view(t, s, func(r fact.Reader) { equal(t, "entries", count(t, r, "order.no", ""), int64(0)) })
		},
		"no gap and no double under load": testDrawLoad,
	})
}

// testDrawLoad mixes refused changes with good ones; the refused must not use up a number.
func testDrawLoad(t *testing.T, s store.Store) {
	const writers, each = 32, 20
	var mu sync.Mutex
	var got []uint64
	together(t, writers, func(w int) error {
		for i := range each {
			c := fact.Change{Put: []fact.Put{drawn(fmt.Sprintf("%02d-%02d", w, i))}}
			bad := (w+i)%3 == 0
			if bad && i%2 == 0 {
				c.Expect = []fact.Expect{{Key: order("none"), Rev: 4}}
			} else if bad {
				c.Adjust = []fact.Adjust{{Counter: fact.Key{Kind: "stock", ID: "x"}, Delta: -1, Guard: true}}
			}
			r, err := s.Commit(ctx, tenant, c)
			if bad {
				var lack *store.Short
				if !errors.Is(err, store.ErrConflict) && !errors.As(err, &lack) {
					return fmt.Errorf("a change to be refused had: %w", err)
				}
				continue
			}
			if err != nil {
				return err
			}
			mu.Lock()
			got = append(got, r.Serials[0])
			mu.Unlock()
		}
		return nil
	})
	slices.Sort(got)
	for i, n := range got {
		equal(t, "number", n, uint64(i+1))
	}
	view(t, s, func(r fact.Reader) {
		equal(t, "counter", counter(t, r, numbers), int64(len(got)))
		equal(t, "entries", count(t, r, "order.no", ""), int64(len(got)))
	})
}
