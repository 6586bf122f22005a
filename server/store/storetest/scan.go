package storetest

import (
	"testing"

	"sluice/runtime/fact"
	"sluice/server/store"
)

func testScan(t *testing.T, open Opener) {
	cases(t, open, map[string]func(*testing.T, store.Store){
		"a kind in the order of ids": func(t *testing.T, s store.Store) {
			var c fact.Change
			for _, id := range []string{"c", "a", "b", "a1", "d"} {
				c.Put = append(c.Put, put(id, "body "+id))
			}
			c.Put = append(c.Put, fact.Put{Key: fact.Key{Kind: "record/orde", ID: "z"}}, fact.Put{Key: fact.Key{Kind: "record/order2", ID: "a"}})
			commit(t, s, c)
			view(t, s, func(r fact.Reader) {
				kind := fact.Range{Kind: "record/order"}
				equal(t, "ids", ids(t, r, kind), []string{"a", "a1", "b", "c", "d"})
				equal(t, "ids", ids(t, r, fact.Range{Kind: kind.Kind, After: "a"}), []string{"a1", "b", "c", "d"})
				equal(t, "ids", ids(t, r, fact.Range{Kind: kind.Kind, After: "bb"}), []string{"c", "d"})
				equal(t, "ids", ids(t, r, fact.Range{Kind: kind.Kind, Reverse: true}), []string{"d", "c", "b", "a1", "a"})
				equal(t, "ids", ids(t, r, fact.Range{Kind: kind.Kind, Reverse: true, After: "b"}), []string{"a1", "a"})
				equal(t, "ids", ids(t, r, fact.Range{Kind: "record/none", Reverse: true}), []string{})
				for d, err := range r.Scan(kind) {
					noError(t, err)
					equal(t, "body", string(d.Body), "body "+d.Key.ID)
					equal(t, "revision", d.Rev, uint64(1))
				}
				for d, err := range r.Scan(fact.Range{Kind: kind.Kind, Keys: true}) {
					noError(t, err)
					equal(t, "body", d.Body, []byte(nil))
				}
			})
		},
		"a scan stops when its caller does": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Put: []fact.Put{put("a", ""), put("b", "")}})
			view(t, s, func(r fact.Reader) {
				n := 0
				for range r.Scan(fact.Range{Kind: "record/order"}) {
					n++
					break
				}
				equal(t, "documents seen", n, 1)
			})
		},
		"a group by sort key, then id":  testScanIndex,
		"pages by cursor meet all once": testScanPages,
	})
}

func testScanIndex(t *testing.T, s store.Store) {
	var c fact.Change
	add := func(id, group, sort string) {
		if len(c.Put) == 0 || c.Put[len(c.Put)-1].Key.ID != id {
			c.Put = append(c.Put, put(id, "body "+id))
		}
		c.Index = append(c.Index, fact.Entry{Index: "by", Kind: "record/order", ID: id, Group: group, Sort: []byte(sort)})
	}
	add("e", "g", "\x00")
	add("d", "g", "\x00\x00")
	add("c", "g", "")
	add("b", "g", "\x00\xff")
	add("a", "g", "\x01")
	add("aa", "g", "\x01")
	add("z", "g\x00", "\x01")
	add("y", "g2", "\x00")
	add("x", "", "\x05")
	commit(t, s, c)
	view(t, s, func(r fact.Reader) {
		g := fact.Range{Index: "by", Group: "g"}
		equal(t, "ids", ids(t, r, g), []string{"c", "e", "d", "b", "a", "aa"})
		g.Reverse = true
		equal(t, "ids", ids(t, r, g), []string{"aa", "a", "b", "d", "e", "c"})
		equal(t, "ids", ids(t, r, fact.Range{Index: "by", Group: "g\x00"}), []string{"z"})
		equal(t, "ids", ids(t, r, fact.Range{Index: "by"}), []string{"x"})
		bounded := fact.Range{Index: "by", Group: "g", From: []byte("\x00\x00"), To: []byte("\x01")}
		equal(t, "ids", ids(t, r, bounded), []string{"d", "b"})
		bounded.Reverse = true
		equal(t, "ids", ids(t, r, bounded), []string{"b", "d"})
		bounded.After = fact.Cursor([]byte("\x01"), "aa")
		equal(t, "ids after what is beyond", ids(t, r, bounded), []string{"b", "d"})
		bounded.Reverse, bounded.After = false, fact.Cursor(nil, "c")
		equal(t, "ids after what is before", ids(t, r, bounded), []string{"d", "b"})
		for d, err := range r.Scan(fact.Range{Index: "by", Group: "g", From: []byte("\x01")}) {
			noError(t, err)
			equal(t, "sort", d.Sort, []byte("\x01"))
			equal(t, "body", string(d.Body), "body "+d.Key.ID)
		}
	})
}

func testScanPages(t *testing.T, s store.Store) {
	var c fact.Change
	want := []string{}
	for i := range 100 {
		id := string(rune('a'+i/26)) + string(rune('a'+i%26))
		want = append(want, id)
		c.Put = append(c.Put, put(id, "x"))
		c.Index = append(c.Index, fact.Entry{Index: "by", Kind: "record/order", ID: id, Group: "g", Sort: []byte{byte(i / 7)}})
	}
	commit(t, s, c)
	for _, g := range []fact.Range{{Kind: "record/order"}, {Index: "by", Group: "g"}} {
		for _, reverse := range []bool{false, true} {
			g.Reverse, g.After = reverse, ""
			got := []string{}
			for {
				page := pageOf(t, s, g, 9)
				for _, d := range page {
					got = append(got, d.Key.ID)
				}
				if len(page) < 9 {
					break
				}
				last := page[len(page)-1]
				if g.After = last.Key.ID; g.Index != "" {
					g.After = fact.Cursor(last.Sort, last.Key.ID)
				}
			}
			if reverse {
				for i, j := 0, len(got)-1; i < j; i, j = i+1, j-1 {
					got[i], got[j] = got[j], got[i]
				}
			}
			equal(t, "ids over all pages", got, want)
		}
	}
}

func pageOf(t failer, s store.Store, g fact.Range, size int) (page []fact.Doc) {
	view(t, s, func(r fact.Reader) {
		for d, err := range r.Scan(g) {
			noError(t, err)
			if page = append(page, d); len(page) == size {
				return
			}
		}
	})
	return page
}
