package storetest

import (
	"strings"
	"testing"

	"sluice/runtime/fact"
	"sluice/server/store"
)

func testInvalid(t *testing.T, open Opener) {
	s := open(t)
	long := strings.Repeat("x", 40_000)
	key := func(kind, id string) fact.Key { return fact.Key{Kind: kind, ID: id} }
	changes := map[string]fact.Change{
		"document without kind":   {Put: []fact.Put{{Key: key("", "a")}}},
		"document without id":     {Put: []fact.Put{{Key: key("k", "")}}},
		"zero byte in a kind":     {Put: []fact.Put{{Key: key("k\x00", "a")}}},
		"zero byte in an id":      {Put: []fact.Put{{Key: key("k", "a\x00b")}}},
		"long id":                 {Put: []fact.Put{{Key: key("k", long)}}},
		"document twice":          {Put: []fact.Put{put("a", "1"), put("a", "2")}},
		"expected without kind":   {Expect: []fact.Expect{{Key: key("", "a")}}},
		"counter without kind":    {Adjust: []fact.Adjust{{Counter: key("", "a")}}},
		"draw without kind":       {Put: []fact.Put{{Key: order("a"), Draw: &fact.Draw{}}}},
		"entry without index":     {Index: []fact.Entry{{Kind: "k", ID: "a"}}},
		"entry without document":  {Index: []fact.Entry{{Index: "i"}}},
		"long group":              {Index: []fact.Entry{{Index: "i", Kind: "k", ID: "a", Group: long}}},
		"long sort key":           {Index: []fact.Entry{{Index: "i", Kind: "k", ID: "a", Sort: []byte(long)}}},
		"event without subject":   {Events: []fact.Event{{Type: "t"}}},
		"job without queue":       {Jobs: []fact.Job{{ID: "j"}}},
		"job without id":          {Jobs: []fact.Job{{Queue: "q"}}},
		"completing without a id": {Done: []string{""}},
	}
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			c.Put = append(c.Put, put("witness", ""))
			_, err := s.Commit(ctx, tenant, c)
			isError(t, err, store.ErrInvalid)
		})
	}
	view(t, s, func(r fact.Reader) {
		equal(t, "revision of the witness", get(t, r, order("witness")).Rev, uint64(0))
	})
	commit(t, s, fact.Change{Put: []fact.Put{put("witness", "")}})
	view(t, s, func(r fact.Reader) {
		var bad error
		for _, err := range r.Scan(fact.Range{Index: "i", After: "no cursor"}) {
			bad = err
		}
		isError(t, bad, store.ErrInvalid)
	})
}
