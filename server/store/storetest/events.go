package storetest

import (
	"fmt"
	"testing"
	"time"

	"sluice/runtime/fact"
	"sluice/server/store"
)

func testEvents(t *testing.T, open Opener) {
	cases(t, open, map[string]func(*testing.T, store.Store){
		"everything comes back": func(t *testing.T, s store.Store) {
			e := event("a", "record.submitted")
			e.Actor.Roles = []string{"not stored"}
			e.At = start.Add(1234 * time.Millisecond)
			r := commit(t, s, fact.Change{Put: []fact.Put{put("a", "1")}, Events: []fact.Event{e}})
			e.Offset, e.Rev, e.Actor.Roles = 1, 1, nil
			got, err := s.Events(ctx, tenant, fact.Position{}, 10)
			noError(t, err)
			equal(t, "events", got, []fact.Event{e})
			equal(t, "position", r.Position, fact.Position{Epoch: r.Position.Epoch, Offset: 1})
			view(t, s, func(reader fact.Reader) {
				one, err := reader.Event(1)
				noError(t, err)
				equal(t, "event", one, e)
				equal(t, "newest of the document", get(t, reader, order("a")).Last, uint64(1))
				equal(t, "position", reader.Position(), r.Position)
			})
			empty := fact.Event{Subject: order("b"), Type: "t"}
			commit(t, s, fact.Change{Events: []fact.Event{empty}})
			got, err = s.Events(ctx, tenant, r.Position, 10)
			noError(t, err)
			empty.Offset = 2
			equal(t, "events", got, []fact.Event{empty})
		},
		"limits and positions":       testPositions,
		"links lead through history": testLinks,
		"touched entries": func(t *testing.T, s store.Store) {
			mine, other := entry("a", "new", false), entry("b", "new", false)
			gone := entry("a", "old", true)
			commit(t, s, fact.Change{
				Put:   []fact.Put{put("a", ""), put("b", "")},
				Index: []fact.Entry{mine, other, gone}, Events: []fact.Event{event("a", "1"), event("a", "2"), event("b", "3")},
			})
			got, err := s.Events(ctx, tenant, fact.Position{}, 10)
			noError(t, err)
			equal(t, "touched by the first", got[0].Touch, []fact.Entry{mine, gone})
			equal(t, "touched by the second", got[1].Touch, []fact.Entry(nil))
			equal(t, "touched by the third", got[2].Touch, []fact.Entry{other})
		},
		"many events in a change":          testManyEvents,
		"no gap and no reorder under load": testEventLoad,
	})
}

func testPositions(t *testing.T, s store.Store) {
	got, err := s.Events(ctx, tenant, fact.Position{}, 10)
	noError(t, err)
	equal(t, "events of nobody", len(got), 0)
	var last fact.Receipt
	for i := range 10 {
		last = commit(t, s, fact.Change{Put: []fact.Put{put("a", "")}, Events: []fact.Event{event("a", fmt.Sprint(i))}})
	}
	equal(t, "offset", last.Position.Offset, uint64(10))
	at := last.Position
	at.Offset = 3
	got, err = s.Events(ctx, tenant, at, 4)
	noError(t, err)
	equal(t, "number", len(got), 4)
	equal(t, "first", got[0].Offset, uint64(4))
	got, err = s.Events(ctx, tenant, last.Position, 4)
	noError(t, err)
	equal(t, "after the end", len(got), 0)
	got, err = s.Events(ctx, tenant, at, 0)
	noError(t, err)
	equal(t, "limit 0", len(got), 0)
	at.Epoch++
	_, err = s.Events(ctx, tenant, at, 4)
	isError(t, err, store.ErrEpoch)
	at = last.Position
	at.Offset++
	_, err = s.Events(ctx, tenant, at, 4)
	isError(t, err, store.ErrEpoch)
	quiet := commit(t, s, fact.Change{Put: []fact.Put{put("b", "")}})
	equal(t, "position without events", quiet.Position, last.Position)
	text, err := fact.ParsePosition(last.Position.String())
	noError(t, err)
	equal(t, "position by text", text, last.Position)
}

// testLinks: Prev and Last make a list per document, also over events without a
// put, several in a change, and a deletion.
func testLinks(t *testing.T, s store.Store) {
	a, b := event("a", "x"), event("b", "x")
	commit(t, s, fact.Change{Put: []fact.Put{put("a", "")}, Events: []fact.Event{a, a}})       // 1 2
	commit(t, s, fact.Change{Put: []fact.Put{put("b", "")}, Events: []fact.Event{b, a}})       // 3 4
	commit(t, s, fact.Change{Put: []fact.Put{put("a", "")}})                                   //
	commit(t, s, fact.Change{Events: []fact.Event{a}})                                         // 5
	commit(t, s, fact.Change{Events: []fact.Event{event("none", "x"), event("none", "x"), b}}) // 6 7 8
	view(t, s, func(r fact.Reader) {
		d := get(t, r, order("a"))
		equal(t, "a", []uint64{d.Rev, d.Last}, []uint64{2, 5})
		equal(t, "newest of b", get(t, r, order("b")).Last, uint64(8))
	})
	gone := fact.Change{Put: []fact.Put{{Key: order("a"), Delete: true}}, Events: []fact.Event{a, a}}
	commit(t, s, gone)                                                                // 9 10
	commit(t, s, fact.Change{Events: []fact.Event{a}})                                // 11
	commit(t, s, fact.Change{Put: []fact.Put{put("a", "")}, Events: []fact.Event{a}}) // 12
	got, err := s.Events(ctx, tenant, fact.Position{}, 100)
	noError(t, err)
	var prev, rev []uint64
	for i := range got {
		equal(t, "offset", got[i].Offset, uint64(i+1))
		prev, rev = append(prev, got[i].Prev), append(rev, got[i].Rev)
	}
	equal(t, "links", prev, []uint64{0, 1, 0, 2, 4, 0, 0, 3, 5, 9, 0, 0})
	equal(t, "revisions", rev, []uint64{1, 1, 1, 1, 2, 0, 0, 1, 0, 0, 0, 1})
}

// testManyEvents: a large change, as an import makes, treats each document as a small one does.
func testManyEvents(t *testing.T, s store.Store) {
	var c fact.Change
	for i := range 200 {
		id := fmt.Sprintf("%03d", i)
		c.Put = append(c.Put, put(id, ""))
		c.Events = append(c.Events, event(id, "1"), event(id, "2"))
		c.Index = append(c.Index, entry(id, "new", false))
	}
	commit(t, s, c)
	got, err := s.Events(ctx, tenant, fact.Position{}, 1000)
	noError(t, err)
	equal(t, "number", len(got), 400)
	for i := 0; i < len(got); i += 2 {
		equal(t, "touched by the first", got[i].Touch, c.Index[i/2:i/2+1])
		equal(t, "touched by the second", len(got[i+1].Touch), 0)
		equal(t, "links", []uint64{got[i].Prev, got[i+1].Prev}, []uint64{0, got[i].Offset})
	}
}

// testEventLoad: 32 writers, and a reader that follows meanwhile and must see
// every offset once and each writer's events in the order it wrote them.
func testEventLoad(t *testing.T, s store.Store) {
	const writers, each = 32, 30
	commit(t, s, fact.Change{Events: []fact.Event{event("first", "x")}})
	written := make(chan struct{})
	followed := make(chan error, 1)
	go func() { followed <- follow(s, writers*each+1, written) }()
	together(t, writers, func(w int) error {
		for i := range each {
			id := fmt.Sprintf("%02d", w)
			e := event(id, "x")
			e.Data = fmt.Appendf(nil, "%d", i)
			r, err := s.Commit(ctx, tenant, fact.Change{Put: []fact.Put{put(id, "")}, Events: []fact.Event{e}})
			if err != nil {
				return err
			}
			if r.Revs[0] != uint64(i+1) {
				return fmt.Errorf("revision %d at step %d", r.Revs[0], i)
			}
		}
		return nil
	})
	close(written)
	noError(t, <-followed)
}

func follow(s store.Store, total int, written <-chan struct{}) error {
	var at fact.Position
	err := s.View(ctx, tenant, func(r fact.Reader) error {
		at = r.Position()
		return nil
	})
	at.Offset = 0
	next := map[string]int{}
	last := map[string]uint64{}
	for over := false; err == nil && int(at.Offset) < total; {
		var got []fact.Event
		if got, err = s.Events(ctx, tenant, at, 50); err != nil {
			return err
		}
		if len(got) == 0 && over {
			return fmt.Errorf("the log ends at %d of %d", at.Offset, total)
		}
		for i := range got {
			if err := followed(&got[i], &at, next, last); err != nil {
				return err
			}
		}
		select {
		case <-written:
			over = len(got) == 0
		default:
		}
	}
	return err
}

func followed(e *fact.Event, at *fact.Position, next map[string]int, last map[string]uint64) error {
	id := e.Subject.ID
	if e.Offset != at.Offset+1 {
		return fmt.Errorf("offset %d follows %d", e.Offset, at.Offset)
	}
	at.Offset = e.Offset
	if id == "first" {
		return nil
	}
	if string(e.Data) != fmt.Sprint(next[id]) || e.Prev != last[id] || e.Rev != uint64(next[id]+1) {
		return fmt.Errorf("event %d of %s: data %s, previous %d, revision %d; want %d, %d, %d",
			e.Offset, id, e.Data, e.Prev, e.Rev, next[id], last[id], next[id]+1)
	}
	next[id]++
	last[id] = e.Offset
	return nil
}
