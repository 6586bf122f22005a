package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sluice/runtime/fact"
	"sluice/server/store"
)

func testTenant(t *testing.T, open Opener) {
	cases(t, open, map[string]func(*testing.T, store.Store){
		"nothing leaks": testNothingLeaks,
		"reading creates none": func(t *testing.T, s store.Store) {
			view(t, s, func(r fact.Reader) {
				equal(t, "position", r.Position(), fact.Position{})
				equal(t, "ids", ids(t, r, fact.Range{Kind: "record/order"}), []string{})
				groups, err := r.Groups("x")
				noError(t, err)
				equal(t, "groups", groups, map[string]int64{})
				equal(t, "numbers", []int64{counter(t, r, order("a")), count(t, r, "x", "y")}, []int64{0, 0})
			})
			_, err := s.Events(ctx, tenant, fact.Position{Epoch: 1}, 5)
			isError(t, err, store.ErrEpoch)
			if l, ok := s.(store.Lister); ok {
				list, err := l.Tenants(ctx)
				noError(t, err)
				equal(t, "tenants", len(list), 0)
			}
		},
		"names": func(t *testing.T, s store.Store) {
			for _, name := range []fact.TenantID{"", "A", "a/b", "..", ".", "a.b", "a_b", "é", "a b", "a\x00", fact.TenantID(strings.Repeat("a", 33))} {
				_, err := s.Commit(ctx, name, fact.Change{})
				isError(t, err, store.ErrInvalid)
				isError(t, s.View(ctx, name, func(fact.Reader) error { return nil }), store.ErrInvalid)
				_, err = s.Events(ctx, name, fact.Position{}, 1)
				isError(t, err, store.ErrInvalid)
				_, _, err = s.Lease(ctx, name, "q", 1, start, start)
				isError(t, err, store.ErrInvalid)
			}
			_, err := s.Commit(ctx, fact.TenantID(strings.Repeat("a", 32)), fact.Change{})
			noError(t, err)
		},
		"list": func(t *testing.T, s store.Store) {
			l, ok := s.(store.Lister)
			if !ok {
				return // optional
			}
			together(t, 8, func(i int) error {
				_, err := s.Commit(ctx, fact.TenantID(fmt.Sprint("t", i%4)), fact.Change{Put: []fact.Put{put(fmt.Sprint(i), "")}})
				return err
			})
			list, err := l.Tenants(ctx)
			noError(t, err)
			equal(t, "tenants", list, []fact.TenantID{"t0", "t1", "t2", "t3"})
		},
	})
}

// testNothingLeaks writes the same keys for two tenants and compares everything
// that can be read of each.
func testNothingLeaks(t *testing.T, s store.Store) {
	stock := fact.Key{Kind: "stock", ID: "x"}
	for _, name := range []fact.TenantID{"one", "two", "two"} {
		_, err := s.Commit(ctx, name, fact.Change{
			Put: []fact.Put{put("a", string(name))}, Events: []fact.Event{event("a", string(name))},
			Index: []fact.Entry{entry("a", string(name), false)}, Adjust: []fact.Adjust{{Counter: stock, Delta: 1}},
			Jobs: []fact.Job{job("j-"+string(name), start)},
		})
		noError(t, err)
	}
	var epochs []uint64
	for name, times := range map[fact.TenantID]uint64{"one": 1, "two": 2} {
		noError(t, s.View(ctx, name, func(r fact.Reader) error {
			d := get(t, r, order("a"))
			equal(t, "body", string(d.Body), string(name))
			equal(t, "revision", d.Rev, times)
			equal(t, "counter", counter(t, r, stock), int64(times))
			groups, err := r.Groups("state")
			equal(t, "groups", groups, map[string]int64{string(name): 1})
			epochs = append(epochs, r.Position().Epoch)
			return err
		}))
		got, err := s.Events(ctx, name, fact.Position{}, 10)
		noError(t, err)
		equal(t, "number of events", len(got), int(times))
		equal(t, "type of the first", got[0].Type, string(name))
		jobs, _, err := s.Lease(ctx, name, "q", 10, start, start.Add(time.Minute))
		noError(t, err)
		equal(t, "jobs", jobIDs(jobs), []string{"j-" + string(name)})
	}
	if epochs[0] == epochs[1] {
		t.Fatal("two tenants have the same epoch")
	}
}
