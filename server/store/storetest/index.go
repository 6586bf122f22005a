package storetest

import (
	"fmt"
	"testing"

	"sluice/runtime/fact"
	"sluice/server/store"
)

func entry(id, group string, remove bool) fact.Entry {
	return fact.Entry{Index: "state", Kind: "record/order", ID: id, Group: group, Sort: []byte(id), Remove: remove}
}

func testIndex(t *testing.T, open Opener) {
	cases(t, open, map[string]func(*testing.T, store.Store){
		"putting and removing twice counts once": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Put: []fact.Put{put("a", "")}, Index: []fact.Entry{entry("a", "new", false), entry("a", "new", false)}})
			commit(t, s, fact.Change{Index: []fact.Entry{entry("a", "new", false)}})
			view(t, s, func(r fact.Reader) { equal(t, "count", count(t, r, "state", "new"), int64(1)) })
			commit(t, s, fact.Change{Index: []fact.Entry{entry("a", "new", true), entry("a", "new", true), entry("b", "new", true)}})
			commit(t, s, fact.Change{Index: []fact.Entry{entry("a", "new", true)}})
			view(t, s, func(r fact.Reader) {
				equal(t, "count", count(t, r, "state", "new"), int64(0))
				equal(t, "ids", ids(t, r, fact.Range{Index: "state", Group: "new"}), []string{})
			})
		},
		"entries of a change act in order": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Put: []fact.Put{put("a", "")}, Index: []fact.Entry{entry("a", "x", false), entry("a", "x", true), entry("a", "y", true), entry("a", "y", false)}})
			view(t, s, func(r fact.Reader) {
				equal(t, "counts", []int64{count(t, r, "state", "x"), count(t, r, "state", "y")}, []int64{0, 1})
			})
		},
		"a document may stand in many places": func(t *testing.T, s store.Store) {
			other := entry("a", "new", false)
			other.Sort = []byte("zz")
			commit(t, s, fact.Change{Put: []fact.Put{put("a", "")}, Index: []fact.Entry{entry("a", "new", false), other, entry("a", "tag", false)}})
			view(t, s, func(r fact.Reader) {
				equal(t, "ids", ids(t, r, fact.Range{Index: "state", Group: "new"}), []string{"a", "a"})
				groups, err := r.Groups("state")
				noError(t, err)
				equal(t, "groups", groups, map[string]int64{"new": 2, "tag": 1})
			})
		},
		"kinds share an index": func(t *testing.T, s store.Store) {
			other := entry("a", "new", false)
			other.Kind = "user"
			commit(t, s, fact.Change{
				Put:   []fact.Put{put("a", ""), {Key: fact.Key{Kind: "user", ID: "a"}}},
				Index: []fact.Entry{entry("a", "new", false), other},
			})
			view(t, s, func(r fact.Reader) {
				equal(t, "count", count(t, r, "state", "new"), int64(2))
				equal(t, "of one kind", len(ids(t, r, fact.Range{Index: "state", Group: "new", Kind: "user"})), 1)
			})
		},
		"names that are prefixes do not mix": func(t *testing.T, s store.Store) {
			longer := entry("b", "", false)
			longer.Index = "state2"
			commit(t, s, fact.Change{Put: []fact.Put{put("a", ""), put("b", "")}, Index: []fact.Entry{entry("a", "n", false), longer}})
			view(t, s, func(r fact.Reader) {
				groups, err := r.Groups("state")
				noError(t, err)
				equal(t, "groups", groups, map[string]int64{"n": 1})
			})
		},
		"an entry stays when its document goes": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Put: []fact.Put{put("a", "")}, Index: []fact.Entry{entry("a", "new", false)}})
			commit(t, s, fact.Change{Put: []fact.Put{{Key: order("a"), Delete: true}}})
			view(t, s, func(r fact.Reader) {
				equal(t, "count", count(t, r, "state", "new"), int64(1))
				equal(t, "keys", ids(t, r, fact.Range{Index: "state", Group: "new", Keys: true}), []string{"a"})
				equal(t, "documents", ids(t, r, fact.Range{Index: "state", Group: "new"}), []string{})
			})
		},
		"counts are exact under load": testCountLoad,
	})
}

// testCountLoad moves documents between groups from many writers.
func testCountLoad(t *testing.T, s store.Store) {
	const writers, steps = 32, 30
	group := func(i int) string { return fmt.Sprint("g", i%5) }
	together(t, writers, func(w int) error {
		id := fmt.Sprintf("%02d", w)
		for i := range steps {
			c := fact.Change{Put: []fact.Put{put(id, "")}, Index: []fact.Entry{entry(id, group(w+i), false)}}
			if i > 0 {
				c.Index = append(c.Index, entry(id, group(w+i-1), true))
			}
			if _, err := s.Commit(ctx, tenant, c); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(r fact.Reader) {
		var sum int64
		for i := range 5 {
			n := count(t, r, "state", group(i))
			equal(t, "entries of "+group(i), int64(len(ids(t, r, fact.Range{Index: "state", Group: group(i)}))), n)
			sum += n
		}
		equal(t, "all entries", sum, int64(writers))
	})
}
