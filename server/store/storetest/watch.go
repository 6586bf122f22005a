package storetest

import (
	"testing"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// testWatch is for engines that implement store.Watcher.
func testWatch(t *testing.T, open Opener) {
	s := open(t)
	w, ok := s.(store.Watcher)
	if !ok {
		return // optional
	}
	woken := make(chan fact.Position, 100)
	cancel := w.Watch(tenant, func(p fact.Position) { woken <- p })
	w.Watch("other", func(fact.Position) { t.Error("another tenant's watcher was woken") })
	broken := w.Watch(tenant, func(fact.Position) { panic("watcher") })
	r := commit(t, s, fact.Change{Events: []fact.Event{event("a", "x")}})
	equal(t, "position", <-woken, r.Position)
	broken()
	commit(t, s, fact.Change{Put: []fact.Put{put("a", "quiet")}})
	r = commit(t, s, fact.Change{Events: []fact.Event{event("a", "x"), event("a", "y")}})
	equal(t, "position", <-woken, r.Position)
	cancel()
	commit(t, s, fact.Change{Events: []fact.Event{event("a", "x")}})
	noError(t, s.Close())
	equal(t, "calls left", len(woken), 0)
}
