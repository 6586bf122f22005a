package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// testModel runs random changes, leases and reopenings against the engine and
// against plain maps, and compares everything that can be read.
func testModel(t *testing.T, open Opener) {
	s := open(t)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		m := newMaps()
		name := fact.TenantID(fmt.Sprintf("m%d", runs))
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 12).Draw(rt, "step") {
			case 0:
				stepLease(rt, s, name, m)
			case 1:
				compare(rt, s, name, m)
			case 2:
				if rapid.IntRange(0, 9).Draw(rt, "reopen") == 0 {
					noError(rt, s.Close())
					s = open(t)
				}
			default:
				stepChange(rt, s, name, m)
			}
		}
		compare(rt, s, name, m)
	})
}

// maps is what a tenant should hold.
type maps struct {
	docs     map[fact.Key]fact.Doc
	entries  map[[2]string]map[place]bool // by index and group
	counters map[fact.Key]int64
	events   []fact.Event
	jobs     map[string]fact.Job
	free     map[string]time.Time // when a job can be leased
}

type place struct{ sort, id, kind string }

func newMaps() *maps {
	return &maps{
		docs: map[fact.Key]fact.Doc{}, entries: map[[2]string]map[place]bool{}, counters: map[fact.Key]int64{},
		jobs: map[string]fact.Job{}, free: map[string]time.Time{},
	}
}

var (
	someKey = rapid.Custom(func(t *rapid.T) fact.Key {
		return fact.Key{
			Kind: rapid.SampledFrom([]string{"a", "ab", "record/order"}).Draw(t, "kind"),
			ID:   rapid.SampledFrom([]string{"1", "10", "2", "é", "\x01", "\xff"}).Draw(t, "id"),
		}
	})
	someCounter = rapid.Custom(func(t *rapid.T) fact.Key {
		return fact.Key{Kind: "n", ID: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "counter")}
	})
	someSort = rapid.SampledFrom([]string{"", "\x00", "\x00\x00", "\x00\x01", "\x00\xff", "a", "a\x00", "b", "\xff"})
)

func someEntry(t *rapid.T) fact.Entry {
	k := someKey.Draw(t, "document")
	e := fact.Entry{
		Index: rapid.SampledFrom([]string{"i", "ix"}).Draw(t, "index"), Kind: k.Kind, ID: k.ID,
		Group:  rapid.SampledFrom([]string{"", "g", "g\x00", "g\x01"}).Draw(t, "group"),
		Remove: rapid.IntRange(0, 2).Draw(t, "remove") == 0,
	}
	if s := someSort.Draw(t, "sort"); s != "" {
		e.Sort = []byte(s)
	}
	return e
}

// draw returns up to limit things.
func draw[T any](t *rapid.T, limit int, one func(*rapid.T) T) []T {
	var list []T
	for range rapid.IntRange(0, limit).Draw(t, "number") {
		list = append(list, one(t))
	}
	return list
}

func someChange(t *rapid.T, m *maps) fact.Change {
	c := fact.Change{
		Expect: draw(t, 1, func(t *rapid.T) fact.Expect {
			k := someKey.Draw(t, "expected")
			return fact.Expect{Key: k, Rev: m.docs[k].Rev + uint64(rapid.IntRange(0, 5).Draw(t, "stale")/5)}
		}),
		Adjust: draw(t, 2, func(t *rapid.T) fact.Adjust {
			return fact.Adjust{
				Counter: someCounter.Draw(t, "counter"), Delta: int64(rapid.IntRange(-3, 5).Draw(t, "delta")),
				Guard: rapid.Bool().Draw(t, "guard"), Floor: int64(rapid.IntRange(-2, 2).Draw(t, "floor")),
			}
		}),
		Index: draw(t, 4, someEntry),
		Events: draw(t, 3, func(t *rapid.T) fact.Event {
			return fact.Event{Subject: someKey.Draw(t, "subject"), Type: "t", At: start, Data: []byte("{}")}
		}),
		Jobs: draw(t, 2, func(t *rapid.T) fact.Job {
			due := start.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "due")) * time.Minute)
			return fact.Job{ID: rapid.SampledFrom([]string{"j1", "j2", "j3"}).Draw(t, "job"), Queue: rapid.SampledFrom([]string{"q", "r"}).Draw(t, "queue"), Due: due}
		}),
		Done: draw(t, 1, func(t *rapid.T) string { return rapid.SampledFrom([]string{"j1", "j2", "j3"}).Draw(t, "done") }),
	}
	seen := map[fact.Key]bool{}
	for _, p := range draw(t, 3, somePut) {
		if !seen[p.Key] {
			c.Put = append(c.Put, p)
		}
		seen[p.Key] = true
	}
	return c
}

func somePut(t *rapid.T) fact.Put {
	p := fact.Put{Key: someKey.Draw(t, "put"), Delete: rapid.IntRange(0, 4).Draw(t, "delete") == 0}
	p.Body = []byte(rapid.StringN(0, 3, 300).Draw(t, "body"))
	if rapid.Bool().Draw(t, "draw") {
		p.Draw = &fact.Draw{Counter: fact.Key{Kind: "serial", ID: "s"}, Index: rapid.SampledFrom([]string{"", "i"}).Draw(t, "draw index")}
	}
	return p
}

func stepChange(t *rapid.T, s store.Store, name fact.TenantID, m *maps) {
	c := someChange(t, m)
	want, wantErr := m.commit(&c)
	got, err := s.Commit(ctx, name, c)
	var lack *store.Short
	switch {
	case wantErr == nil:
		noError(t, err)
		equal(t, "serials", got.Serials, want.Serials)
		equal(t, "revisions", got.Revs, want.Revs)
		equal(t, "offset", got.Position.Offset, uint64(len(m.events)))
	case errors.As(wantErr, &lack):
		equal(t, "error", err, error(lack))
	default:
		isError(t, err, wantErr)
	}
}

// commit is what a change should do, or the error that it should have.
func (m *maps) commit(c *fact.Change) (fact.Receipt, error) {
	for _, e := range c.Expect {
		if m.docs[e.Key].Rev != e.Rev {
			return fact.Receipt{}, store.ErrConflict
		}
	}
	counters := map[fact.Key]int64{}
	for k, n := range m.counters {
		counters[k] = n
	}
	for _, a := range c.Adjust {
		if n := counters[a.Counter]; a.Guard && n+a.Delta < a.Floor {
			return fact.Receipt{}, &store.Short{Counter: a.Counter, Have: n, Want: a.Delta}
		}
		counters[a.Counter] += a.Delta
	}
	m.counters = counters
	before := map[fact.Key]fact.Doc{}
	for k, d := range m.docs {
		before[k] = d
	}
	var r fact.Receipt
	for _, p := range c.Put {
		serial, rev := m.put(p)
		r.Serials, r.Revs = append(r.Serials, serial), append(r.Revs, rev)
	}
	for _, e := range c.Index {
		m.entry(e)
	}
	for i := range c.Events {
		m.event(c, i, before)
	}
	for _, id := range c.Done {
		delete(m.jobs, id)
	}
	for _, j := range c.Jobs {
		m.jobs[j.ID], m.free[j.ID] = j, j.Due
	}
	return r, nil
}

func (m *maps) put(p fact.Put) (serial, rev uint64) {
	if p.Delete {
		delete(m.docs, p.Key)
		return 0, 0
	}
	d := m.docs[p.Key]
	if d.Rev == 0 && p.Draw != nil {
		m.counters[p.Draw.Counter]++
		d.Serial = uint64(m.counters[p.Draw.Counter])
		if p.Draw.Index != "" {
			var sort [8]byte
			for i := range sort {
				sort[i] = byte(d.Serial >> (56 - 8*i))
			}
			m.entry(fact.Entry{Index: p.Draw.Index, Kind: p.Key.Kind, ID: p.Key.ID, Sort: sort[:]})
		}
	}
	d.Key, d.Body, d.Rev = p.Key, p.Body, d.Rev+1
	m.docs[p.Key] = d
	return d.Serial, d.Rev
}

func (m *maps) entry(e fact.Entry) {
	g := [2]string{e.Index, e.Group}
	if m.entries[g] == nil {
		m.entries[g] = map[place]bool{}
	}
	at := place{string(e.Sort), e.ID, e.Kind}
	if e.Remove {
		delete(m.entries[g], at)
	} else {
		m.entries[g][at] = true
	}
}

func (m *maps) event(c *fact.Change, i int, before map[fact.Key]fact.Doc) {
	e := c.Events[i]
	e.Offset, e.Rev = uint64(len(m.events)+1), m.docs[e.Subject].Rev
	if first := slices.IndexFunc(c.Events, func(o fact.Event) bool { return o.Subject == e.Subject }); first == i {
		for _, t := range c.Index {
			if t.Kind == e.Subject.Kind && t.ID == e.Subject.ID {
				e.Touch = append(e.Touch, t)
			}
		}
	}
	was := before[e.Subject]
	if was.Rev > 0 || e.Rev > 0 {
		e.Prev = was.Last
		was.Key, was.Last = e.Subject, e.Offset
		if was.Rev == 0 {
			was.Rev = 1
		}
		before[e.Subject] = was
	}
	if d, ok := m.docs[e.Subject]; ok {
		d.Last = e.Offset
		m.docs[e.Subject] = d
	}
	m.events = append(m.events, e)
}

func stepLease(t *rapid.T, s store.Store, name fact.TenantID, m *maps) {
	queue := rapid.SampledFrom([]string{"q", "r"}).Draw(t, "queue")
	limit := rapid.IntRange(0, 3).Draw(t, "limit")
	now := start.Add(time.Duration(rapid.IntRange(0, 6).Draw(t, "now")) * time.Minute)
	until := now.Add(time.Duration(rapid.IntRange(1, 3).Draw(t, "lease")) * time.Minute)
	var left []string
	for id, j := range m.jobs {
		if j.Queue == queue {
			left = append(left, id)
		}
	}
	slices.SortFunc(left, func(a, b string) int {
		if d := m.free[a].Compare(m.free[b]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	want := []string{}
	for len(left) > 0 && len(want) < limit && !m.free[left[0]].After(now) {
		want, left = append(want, left[0]), left[1:]
	}
	var next time.Time
	if len(left) > 0 {
		next = m.free[left[0]]
	}
	jobs, gotNext, err := s.Lease(ctx, name, queue, limit, now, until)
	noError(t, err)
	equal(t, "jobs leased", jobIDs(jobs), want)
	equal(t, "next due", gotNext, next)
	for i := range jobs {
		j := m.jobs[jobs[i].ID]
		j.Attempts++
		m.jobs[j.ID], m.free[j.ID] = j, until
		equal(t, "job", jobs[i], j)
	}
}

// compare reads everything of the tenant and compares it with the maps.
func compare(t *rapid.T, s store.Store, name fact.TenantID, m *maps) {
	noError(t, s.View(ctx, name, func(r fact.Reader) error {
		compareDocs(t, r, m)
		compareIndexes(t, r, m)
		for k, n := range m.counters {
			equal(t, "counter "+k.ID, counter(t, r, k), n)
		}
		equal(t, "log's end", r.Position().Offset, uint64(len(m.events)))
		return nil
	}))
	events, err := s.Events(ctx, name, fact.Position{}, math.MaxInt)
	noError(t, err)
	equal(t, "number of events", len(events), len(m.events))
	for i := range events {
		equal(t, "event", events[i], m.events[i])
	}
}

func compareDocs(t *rapid.T, r fact.Reader, m *maps) {
	seen := 0
	for _, kind := range []string{"a", "ab", "record/order"} {
		last := ""
		for d, err := range r.Scan(fact.Range{Kind: kind}) {
			noError(t, err)
			want := m.docs[d.Key]
			equal(t, "body", string(d.Body), string(want.Body))
			equal(t, "document", []uint64{d.Rev, d.Serial, d.Last}, []uint64{want.Rev, want.Serial, want.Last})
			if d.Key.ID <= last {
				t.Fatalf("id %q follows %q", d.Key.ID, last)
			}
			last = d.Key.ID
			got := get(t, r, d.Key)
			equal(t, "the same by key", []any{got.Rev, string(got.Body)}, []any{d.Rev, string(d.Body)})
			seen++
		}
	}
	equal(t, "number of documents", seen, len(m.docs))
}

func compareIndexes(t *rapid.T, r fact.Reader, m *maps) {
	for _, index := range []string{"i", "ix"} {
		want := map[string]int64{}
		for g, places := range m.entries {
			if g[0] == index && len(places) > 0 {
				want[g[1]] = int64(len(places))
			}
		}
		got, err := r.Groups(index)
		noError(t, err)
		equal(t, "groups of "+index, got, want)
	}
	for g, places := range m.entries {
		equal(t, "count", count(t, r, g[0], g[1]), int64(len(places)))
		var list []place
		for p := range places {
			list = append(list, p)
		}
		slices.SortFunc(list, func(a, b place) int {
			return cmp.Or(strings.Compare(a.sort, b.sort), strings.Compare(a.id, b.id), strings.Compare(a.kind, b.kind))
		})
		for _, reverse := range []bool{false, true} {
			i := 0
			for d, err := range r.Scan(fact.Range{Index: g[0], Group: g[1], Keys: true, Reverse: reverse}) {
				noError(t, err)
				equal(t, "entry", place{string(d.Sort), d.Key.ID, d.Key.Kind}, list[i])
				i++
			}
			equal(t, "entries scanned", i, len(list))
			slices.Reverse(list)
		}
	}
}
