package storetest

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"testing"

	"sluice/runtime/fact"
	"sluice/server/store"
)

func testAdjust(t *testing.T, open Opener) {
	stock := fact.Key{Kind: "stock", ID: "gift"}
	cases(t, open, map[string]func(*testing.T, store.Store){
		"without guard it may go anywhere": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Adjust: []fact.Adjust{{Counter: stock, Delta: -7}, {Counter: stock, Delta: 2}}})
			view(t, s, func(r fact.Reader) { equal(t, "counter", counter(t, r, stock), int64(-5)) })
		},
		"the floor": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Adjust: []fact.Adjust{{Counter: stock, Delta: 10}}})
			commit(t, s, fact.Change{Adjust: []fact.Adjust{{Counter: stock, Delta: -7, Guard: true, Floor: 3}}})
			_, err := s.Commit(ctx, tenant, fact.Change{Adjust: []fact.Adjust{{Counter: stock, Delta: -1, Guard: true, Floor: 3}}})
			var lack *store.Short
			if !errors.As(err, &lack) {
				t.Fatalf("error is %v, want *store.Short", err)
			}
			equal(t, "what was short", *lack, store.Short{Counter: stock, Have: 3, Want: -1})
		},
		"one change names it twice": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Adjust: []fact.Adjust{{Counter: stock, Delta: 10}}})
			twice := fact.Adjust{Counter: stock, Delta: -6, Guard: true}
			_, err := s.Commit(ctx, tenant, fact.Change{Adjust: []fact.Adjust{twice, twice}})
			var lack *store.Short
			if !errors.As(err, &lack) {
				t.Fatalf("error is %v, want *store.Short", err)
			}
			view(t, s, func(r fact.Reader) { equal(t, "counter", counter(t, r, stock), int64(10)) })
		},
		"it does not wrap around": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Adjust: []fact.Adjust{{Counter: stock, Delta: math.MaxInt64}}})
			_, err := s.Commit(ctx, tenant, fact.Change{Adjust: []fact.Adjust{{Counter: stock, Delta: 1}}})
			isError(t, err, store.ErrInvalid)
			view(t, s, func(r fact.Reader) { equal(t, "counter", counter(t, r, stock), int64(math.MaxInt64)) })
		},
		"never below the floor under 64 writers": testNeverBelow,
		"refused among others":                   testRefusedAmongOthers,
	})
}

// testNeverBelow: 64 writers reserve from a stock that is too small, and some
// give back; the sum must come out and no view may see less than the floor.
func testNeverBelow(t *testing.T, s store.Store) {
	const writers, each, first = 64, 20, 300
	stock := fact.Key{Kind: "stock", ID: "gift"}
	commit(t, s, fact.Change{Adjust: []fact.Adjust{{Counter: stock, Delta: first}}})
	var taken, refused atomic.Int64
	together(t, writers, func(w int) error {
		for i := range each {
			delta := int64(-1 - (w+i)%3)
			if (w+i)%10 == 0 {
				delta = 2
			}
			_, err := s.Commit(ctx, tenant, fact.Change{Adjust: []fact.Adjust{{Counter: stock, Delta: delta, Guard: true}}})
			var lack *store.Short
			switch {
			case err == nil:
				taken.Add(-delta)
			case errors.As(err, &lack):
				refused.Add(1)
				if lack.Have+lack.Want >= 0 {
					return err
				}
			default:
				return err
			}
			if err := s.View(ctx, tenant, func(r fact.Reader) error {
				n, err := r.Counter(stock)
				if n < 0 {
					return errors.New("the counter is below its floor")
				}
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if refused.Load() == 0 {
		t.Fatal("nothing was refused: the test did not reach the floor")
	}
	view(t, s, func(r fact.Reader) { equal(t, "counter", counter(t, r, stock), first-taken.Load()) })
}

// testRefusedAmongOthers: changes that are refused at their last part, between
// others that are not, leave nothing of their first parts.
func testRefusedAmongOthers(t *testing.T, s store.Store) {
	const writers, each = 32, 20
	sum, none := fact.Key{Kind: "stock", ID: "sum"}, fact.Key{Kind: "stock", ID: "none"}
	together(t, writers, func(w int) error {
		for i := range each {
			c := fact.Change{Adjust: []fact.Adjust{{Counter: sum, Delta: 1}}}
			bad := (w+i)%2 == 0
			if bad {
				c.Adjust = []fact.Adjust{{Counter: sum, Delta: 1000}, {Counter: none, Delta: -1, Guard: true}}
			}
			_, err := s.Commit(ctx, tenant, c)
			var lack *store.Short
			if bad != errors.As(err, &lack) || !bad && err != nil {
				return fmt.Errorf("bad is %v, the error is %w", bad, err)
			}
		}
		return nil
	})
	view(t, s, func(r fact.Reader) { equal(t, "counter", counter(t, r, sum), int64(writers*each/2)) })
}
