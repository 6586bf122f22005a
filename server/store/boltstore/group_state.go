package boltstore

import (
	"bytes"
	"encoding/binary"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// Names of the buckets.
const (
	bucketMeta    = "meta"
	bucketDoc     = "doc"
	bucketIndex   = "index"
	bucketCount   = "count"
	bucketCounter = "counter"
	bucketEvent   = "event"
	bucketJob     = "job"
	bucketJobID   = "jobid"
	bucketGone    = "gone"
)

var allBuckets = [...]string{
	bucketMeta, bucketDoc, bucketIndex, bucketCount, bucketCounter,
	bucketEvent, bucketJob, bucketJobID, bucketGone,
}

// Fill of the pages when bbolt splits them: full where keys arrive in order,
// with room left where they arrive anywhere.
const (
	fillOrdered = 0.95
	fillMixed   = 0.75
)

// entryState is one index entry as the committer knows it during a group.
type entryState struct {
	key    []byte
	stored bool // the transaction holds it
	now    bool
	listed bool // it is among those to write
	count  *numberState
}

// numberState is a counter or a group's count during a group.
type numberState struct {
	key   []byte
	n     int64
	dirty bool
}

// eventState is one event of the group, in order.
type eventState struct {
	key [8]byte
	val []byte
}

// group is the state of one transaction: the overlay of what its changes did so
// far over what the file holds.
type group struct {
	f  *file
	tx *bolt.Tx

	doc, index, count, counter, event, job, jobID, gone tree

	docs     map[string]*docState
	entries  map[string]*entryState
	counts   map[string]*numberState
	counters map[string]*numberState

	dirtyDocs     []*docState
	dirtyEntries  []*entryState
	dirtyCounts   []*numberState
	dirtyCounters []*numberState
	events        []eventState
	buried        []burial
	undo          []undoNumber
	queues        map[string]struct{} // queues whose first job may be another now

	end      uint64 // offset of the newest event, this group's included
	endSaved uint64
	hasEvent bool

	change int   // number of the change being applied
	fatal  error // bbolt refused a write half-way: the whole transaction must go
}

// burial remembers the serial of a deleted document.
type burial struct {
	key []byte // counter key 0 serial
	doc []byte // document key
}

type undoNumber struct {
	state *numberState
	n     int64
}

func newGroup(f *file) *group {
	return &group{
		f:        f,
		docs:     make(map[string]*docState),
		entries:  make(map[string]*entryState),
		counts:   make(map[string]*numberState),
		counters: make(map[string]*numberState),
		queues:   make(map[string]struct{}),
	}
}

// begin starts the group's transaction over an empty overlay.
func (g *group) begin(tx *bolt.Tx) {
	g.clear()
	g.tx = tx
	g.doc = bucket(tx, bucketDoc, fillOrdered)
	g.index = bucket(tx, bucketIndex, fillMixed)
	g.count = bucket(tx, bucketCount, fillMixed)
	g.counter = bucket(tx, bucketCounter, fillMixed)
	g.event = bucket(tx, bucketEvent, fillOrdered)
	g.job = bucket(tx, bucketJob, fillMixed)
	g.jobID = bucket(tx, bucketJobID, fillOrdered)
	g.gone = bucket(tx, bucketGone, fillMixed)
	g.end = g.f.end
	g.endSaved = g.f.end
}

// tree is a bucket with one cursor for all its reads: bbolt's own Get makes a
// new one each time.
type tree struct {
	*bolt.Bucket
	cursor *bolt.Cursor
}

func bucket(tx *bolt.Tx, name string, fill float64) tree {
	b := tx.Bucket([]byte(name))
	b.FillPercent = fill
	return tree{b, b.Cursor()}
}

// get returns the value of a key, nil when there is none.
func (t tree) get(key []byte) []byte {
	k, v := t.cursor.Seek(key)
	if !bytes.Equal(k, key) {
		return nil
	}
	return v
}

func (g *group) clear() {
	clear(g.docs)
	clear(g.entries)
	clear(g.counts)
	clear(g.counters)
	clear(g.queues)
	g.dirtyDocs = reuse(g.dirtyDocs)
	g.dirtyEntries = reuse(g.dirtyEntries)
	g.dirtyCounts = reuse(g.dirtyCounts)
	g.dirtyCounters = reuse(g.dirtyCounters)
	g.events = reuse(g.events)
	g.buried = reuse(g.buried)
	g.undo = reuse(g.undo)
	g.hasEvent = false
	g.change = 0
	g.fatal = nil
}

func reuse[T any](s []T) []T {
	clear(s)
	return s[:0]
}

// loadDoc returns the state of a document; absent ones have revision 0.
func (g *group) loadDoc(key []byte) (*docState, error) {
	if d, ok := g.docs[string(key)]; ok {
		return d, nil
	}
	d := &docState{key: key}
	if val := g.doc.get(key); val != nil {
		if err := d.decode(val); err != nil {
			return nil, err
		}
		d.stored = true
	}
	g.docs[string(key)] = d
	return d, nil
}

func (g *group) touchDoc(d *docState) {
	if !d.dirty {
		d.dirty = true
		g.dirtyDocs = append(g.dirtyDocs, d)
	}
}

// loadEntry returns the state of an index entry and loads its group's count.
func (g *group) loadEntry(key, countKey []byte) (*entryState, error) {
	if e, ok := g.entries[string(key)]; ok {
		return e, nil
	}
	count, err := loadNumber(g.counts, g.count, bucketCount, countKey)
	if err != nil {
		return nil, err
	}
	e := &entryState{key: key, count: count}
	if val := g.index.get(key); val != nil {
		if _, err := open(bucketIndex, key, val); err != nil {
			return nil, err
		}
		e.stored, e.now = true, true
	}
	g.entries[string(key)] = e
	return e, nil
}

// setEntry puts or removes an entry; the count follows only a real difference.
func (g *group) setEntry(e *entryState, there bool) {
	if e.now == there {
		return
	}
	e.now = there
	if there {
		e.count.n++
	} else {
		e.count.n--
	}
	if !e.count.dirty {
		e.count.dirty = true
		g.dirtyCounts = append(g.dirtyCounts, e.count)
	}
	if !e.listed {
		e.listed = true
		g.dirtyEntries = append(g.dirtyEntries, e)
	}
}

func loadNumber(states map[string]*numberState, t tree, name string, key []byte) (*numberState, error) {
	if s, ok := states[string(key)]; ok {
		return s, nil
	}
	n, err := readNumber(name, key, t.get(key))
	if err != nil {
		return nil, err
	}
	s := &numberState{key: key, n: n}
	states[string(key)] = s
	return s, nil
}

// setCounter moves a counter and remembers how to take that back.
func (g *group) setCounter(s *numberState, n int64) {
	g.undo = append(g.undo, undoNumber{s, s.n})
	s.n = n
	if !s.dirty {
		s.dirty = true
		g.dirtyCounters = append(g.dirtyCounters, s)
	}
}

// takeBack undoes the counters of a change that is refused.
func (g *group) takeBack() {
	for _, u := range slices.Backward(g.undo) {
		u.state.n = u.n
	}
}

// flush writes the overlay's net effect into the transaction, in key order, and
// leaves the overlay as a clean cache of it.
func (g *group) flush() error {
	for _, write := range [...]func() error{g.flushDocs, g.flushEntries, g.flushNumbers, g.flushEvents} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

func (g *group) flushDocs() error {
	slices.SortFunc(g.dirtyDocs, func(a, b *docState) int { return bytes.Compare(a.key, b.key) })
	for _, d := range g.dirtyDocs {
		d.dirty = false
		switch {
		case d.rev > 0:
			if err := g.doc.Put(d.key, d.encode()); err != nil {
				return err
			}
			d.stored = true
		case d.stored:
			if err := g.doc.Delete(d.key); err != nil {
				return err
			}
			d.stored = false
		}
	}
	g.dirtyDocs = reuse(g.dirtyDocs)
	for _, b := range g.buried {
		val := append(make([]byte, sumSize, sumSize+len(b.doc)), b.doc...)
		seal(b.key, val)
		if err := g.gone.Put(b.key, val); err != nil {
			return err
		}
	}
	g.buried = reuse(g.buried)
	return nil
}

func (g *group) flushEntries() error {
	slices.SortFunc(g.dirtyEntries, func(a, b *entryState) int { return bytes.Compare(a.key, b.key) })
	sums := make([]byte, sumSize*len(g.dirtyEntries))
	for i, e := range g.dirtyEntries {
		e.listed = false
		if e.now == e.stored {
			continue
		}
		e.stored = e.now
		if !e.now {
			if err := g.index.Delete(e.key); err != nil {
				return err
			}
			continue
		}
		val := sums[i*sumSize : (i+1)*sumSize : (i+1)*sumSize]
		seal(e.key, val)
		if err := g.index.Put(e.key, val); err != nil {
			return err
		}
	}
	g.dirtyEntries = reuse(g.dirtyEntries)
	return nil
}

func (g *group) flushNumbers() error {
	for _, s := range g.dirtyCounts {
		s.dirty = false
		if s.n == 0 {
			if err := g.count.Delete(s.key); err != nil {
				return err
			}
			continue
		}
		if err := g.count.Put(s.key, number(s.key, s.n)); err != nil {
			return err
		}
	}
	for _, s := range g.dirtyCounters {
		s.dirty = false
		if err := g.counter.Put(s.key, number(s.key, s.n)); err != nil {
			return err
		}
	}
	g.dirtyCounts = reuse(g.dirtyCounts)
	g.dirtyCounters = reuse(g.dirtyCounters)
	return nil
}

func (g *group) flushEvents() error {
	for i := range g.events {
		e := &g.events[i]
		if err := g.event.Put(e.key[:], e.val); err != nil {
			return err
		}
	}
	g.events = reuse(g.events)
	if g.end == g.endSaved {
		return nil
	}
	g.endSaved = g.end
	return putLog(g.tx, g.f.epoch, g.end)
}

// addEvent numbers an event.
func (g *group) addEvent(val []byte, prev, rev uint64) {
	g.end++
	g.hasEvent = true
	e := eventState{val: val}
	binary.BigEndian.PutUint64(e.key[:], g.end)
	finishEvent(e.key[:], val, prev, rev)
	g.events = append(g.events, e)
}
