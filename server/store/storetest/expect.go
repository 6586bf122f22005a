package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"

	"sluice/runtime/fact"
	"sluice/server/store"
)

func testExpect(t *testing.T, open Opener) {
	cases(t, open, map[string]func(*testing.T, store.Store){
		"only at the revision seen": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Expect: []fact.Expect{{Key: order("a")}}, Put: []fact.Put{put("a", "1")}})
			for _, rev := range []uint64{0, 2} {
				_, err := s.Commit(ctx, tenant, fact.Change{Expect: []fact.Expect{{Key: order("a"), Rev: rev}}, Put: []fact.Put{put("a", "no")}})
				isError(t, err, store.ErrConflict)
			}
			r := commit(t, s, fact.Change{Expect: []fact.Expect{{Key: order("a"), Rev: 1}}, Put: []fact.Put{put("a", "2")}})
			equal(t, "revisions", r.Revs, []uint64{2})
		},
		"a document the change does not write": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Put: []fact.Put{put("rule", "1")}})
			c := fact.Change{Expect: []fact.Expect{{Key: order("rule"), Rev: 1}}, Put: []fact.Put{put("a", "1")}}
			commit(t, s, c)
			commit(t, s, fact.Change{Put: []fact.Put{put("rule", "2")}})
			_, err := s.Commit(ctx, tenant, c)
			isError(t, err, store.ErrConflict)
		},
		"a refused change leaves no trace": testRefusedLeavesNothing,
		"no increment is lost":             testIncrements,
		"one of many creators wins":        testOneCreator,
	})
}

// testRefusedLeavesNothing: whatever refuses a change, none of its parts stays.
func testRefusedLeavesNothing(t *testing.T, s store.Store) {
	stock, number := fact.Key{Kind: "stock", ID: "x"}, fact.Key{Kind: "serial", ID: "order"}
	commit(t, s, fact.Change{
		Put: []fact.Put{put("a", "1")}, Events: []fact.Event{event("a", "made")},
		Adjust: []fact.Adjust{{Counter: stock, Delta: 5}},
		Index:  []fact.Entry{{Index: "by", Kind: "record/order", ID: "a", Group: "g"}},
		Jobs:   []fact.Job{{ID: "j1", Queue: "q", Due: start}},
	})
	full := fact.Change{
		Adjust: []fact.Adjust{{Counter: stock, Delta: -2}, {Counter: stock, Delta: 1}},
		Put:    []fact.Put{put("a", "2"), {Key: order("b"), Body: []byte("b"), Draw: &fact.Draw{Counter: number, Index: "no"}}},
		Index: []fact.Entry{
			{Index: "by", Kind: "record/order", ID: "a", Group: "g", Remove: true},
			{Index: "by", Kind: "record/order", ID: "b", Group: "h"},
		},
		Events: []fact.Event{event("a", "no"), event("b", "no")},
		Jobs:   []fact.Job{{ID: "j2", Queue: "q", Due: start}},
		Done:   []string{"j1"},
	}
	conflict, short := full, full
	conflict.Expect = []fact.Expect{{Key: order("b"), Rev: 9}}
	short.Adjust = append(short.Adjust[:2:2], fact.Adjust{Counter: stock, Delta: -5, Guard: true})
	_, err := s.Commit(ctx, tenant, conflict)
	isError(t, err, store.ErrConflict)
	_, err = s.Commit(ctx, tenant, short)
	var lack *store.Short
	if !errors.As(err, &lack) {
		t.Fatalf("error is %v, want *store.Short", err)
	}
	equal(t, "what was short", *lack, store.Short{Counter: stock, Have: 4, Want: -5})
	view(t, s, func(r fact.Reader) {
		equal(t, "a", string(get(t, r, order("a")).Body), "1")
		equal(t, "newest event of a", get(t, r, order("a")).Last, uint64(1))
		equal(t, "revision of b", get(t, r, order("b")).Rev, uint64(0))
		equal(t, "stock", counter(t, r, stock), int64(5))
		equal(t, "serial", counter(t, r, number), int64(0))
		equal(t, "counts", []int64{count(t, r, "by", "g"), count(t, r, "by", "h"), count(t, r, "no", "")}, []int64{1, 0, 0})
		equal(t, "offset", r.Position().Offset, uint64(1))
	})
	jobs, _, err := s.Lease(ctx, tenant, "q", 10, start, start.Add(1))
	noError(t, err)
	equal(t, "jobs", len(jobs), 1)
	equal(t, "job", jobs[0].ID, "j1")
}

// testIncrements: many writers raise one number by read, expect, write.
func testIncrements(t *testing.T, s store.Store) {
	const writers, each = 16, 25
	var conflicts atomic.Int64
	together(t, writers, func(int) error {
		for range each {
			for {
				var n int
				var rev uint64
				err := s.View(ctx, tenant, func(r fact.Reader) error {
					d, err := r.Get(order("sum"))
					rev = d.Rev
					n, _ = strconv.Atoi(string(d.Body))
					return err
				})
				if err != nil {
					return err
				}
				_, err = s.Commit(ctx, tenant, fact.Change{
					Expect: []fact.Expect{{Key: order("sum"), Rev: rev}}, Put: []fact.Put{put("sum", strconv.Itoa(n+1))},
				})
				if err == nil {
					break
				}
				if !errors.Is(err, store.ErrConflict) {
					return err
				}
				conflicts.Add(1)
			}
		}
		return nil
	})
	view(t, s, func(r fact.Reader) {
		d := get(t, r, order("sum"))
		equal(t, "sum", string(d.Body), strconv.Itoa(writers*each))
		equal(t, "revision", d.Rev, uint64(writers*each))
	})
}

func testOneCreator(t *testing.T, s store.Store) {
	var won atomic.Int64
	together(t, 64, func(i int) error {
		_, err := s.Commit(ctx, tenant, fact.Change{
			Expect: []fact.Expect{{Key: order("only")}}, Put: []fact.Put{put("only", fmt.Sprint(i))},
		})
		if err == nil {
			won.Add(1)
		} else if !errors.Is(err, store.ErrConflict) {
			return err
		}
		return nil
	})
	equal(t, "winners", won.Load(), int64(1))
}
