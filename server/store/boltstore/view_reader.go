package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// reader is one snapshot. It is used by one goroutine at a time.
type reader struct {
	tx    *bolt.Tx
	epoch uint64
	doc   *bolt.Bucket // opened at first use, as most views read documents only
	key   []byte       // scratch for building keys
}

// view runs read over a snapshot. A fault at a damaged page becomes a panic,
// and the reader's methods turn those into ErrCorrupt.
func (f *file) view(read func(*reader) error) error {
	tx, err := f.db.Begin(false)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return store.ErrClosed
	}
	if err != nil {
		return fmt.Errorf("begin a view: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // ending a read transaction cannot fail
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return read(&reader{tx: tx, epoch: f.epoch})
}

func (r *reader) docs() *bolt.Bucket {
	if r.doc == nil {
		r.doc = r.tx.Bucket([]byte(bucketDoc))
	}
	return r.doc
}

// Get implements fact.Reader.
func (r *reader) Get(k fact.Key) (doc fact.Doc, err error) {
	defer asCorrupt(bucketDoc, &err)
	r.key = appendPair(r.key[:0], k.Kind, k.ID)
	val := r.docs().Get(r.key)
	if val == nil {
		return fact.Doc{Key: k}, nil
	}
	return readDoc(r.key, k, val, false)
}

// Count implements fact.Reader.
func (r *reader) Count(index, group string) (n int64, err error) {
	return r.number(bucketCount, index, group)
}

// Counter implements fact.Reader.
func (r *reader) Counter(k fact.Key) (n int64, err error) {
	return r.number(bucketCounter, k.Kind, k.ID)
}

func (r *reader) number(name, first, second string) (n int64, err error) {
	defer asCorrupt(name, &err)
	r.key = appendPair(r.key[:0], first, second)
	return readNumber(name, r.key, r.tx.Bucket([]byte(name)).Get(r.key))
}

// Groups implements fact.Reader.
func (r *reader) Groups(index string) (groups map[string]int64, err error) {
	defer asCorrupt(bucketCount, &err)
	prefix := appendPair(nil, index, "")
	groups = make(map[string]int64)
	c := r.tx.Bucket([]byte(bucketCount)).Cursor()
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		n, err := readNumber(bucketCount, k, v)
		if err != nil {
			return nil, err
		}
		groups[string(k[len(prefix):])] = n
	}
	return groups, nil
}

// Event implements fact.Reader. The event may be kept.
func (r *reader) Event(offset uint64) (e fact.Event, err error) {
	defer asCorrupt(bucketEvent, &err)
	var key [8]byte
	binary.BigEndian.PutUint64(key[:], offset)
	val := r.tx.Bucket([]byte(bucketEvent)).Get(key[:])
	if val == nil {
		return fact.Event{}, nil
	}
	return readEvent(key[:], val)
}

// Position implements fact.Reader. A damaged log entry, which opening the file
// would have refused, gives the position before the first event.
func (r *reader) Position() fact.Position {
	end, err := r.logEnd()
	if err != nil {
		return fact.Position{Epoch: r.epoch}
	}
	return fact.Position{Epoch: r.epoch, Offset: end}
}

func (r *reader) logEnd() (end uint64, err error) {
	defer asCorrupt(bucketMeta, &err)
	_, end, err = readLog(r.tx)
	return end, err
}

// Events implements store.Store. The zero position stands before the first
// event of any epoch. An offset beyond the log's end is of another log too.
func (s *Store) Events(ctx context.Context, t fact.TenantID, after fact.Position, limit int) ([]fact.Event, error) {
	f, err := s.open(ctx, t, false)
	if err != nil {
		return nil, err
	}
	if f == nil {
		if after != (fact.Position{}) {
			return nil, store.ErrEpoch
		}
		return nil, nil
	}
	if after != (fact.Position{}) && after.Epoch != f.epoch {
		return nil, store.ErrEpoch
	}
	var list []fact.Event
	err = f.view(func(r *reader) (err error) {
		list, err = r.events(after.Offset, limit)
		return err
	})
	return list, err
}

func (r *reader) events(after uint64, limit int) (list []fact.Event, err error) {
	end, err := r.logEnd()
	if err != nil {
		return nil, err
	}
	if after > end {
		return nil, store.ErrEpoch
	}
	defer asCorrupt(bucketEvent, &err)
	n := uint64(max(limit, 0))
	if n = min(n, end-after); n == 0 {
		return nil, nil
	}
	list = make([]fact.Event, 0, n)
	want := binary.BigEndian.AppendUint64(nil, after+1)
	c := r.tx.Bucket([]byte(bucketEvent)).Cursor()
	for k, v := c.Seek(want); uint64(len(list)) < n; k, v = c.Next() {
		if !bytes.Equal(k, want) {
			return nil, damaged(bucketEvent, want) // a hole in the log
		}
		e, err := readEvent(k, v)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		binary.BigEndian.PutUint64(want, e.Offset+1)
	}
	return list, nil
}

// emptyReader is the snapshot of a tenant that does not exist.
type emptyReader struct{}

func (emptyReader) Get(k fact.Key) (fact.Doc, error)        { return fact.Doc{Key: k}, nil }
func (emptyReader) Count(string, string) (int64, error)     { return 0, nil }
func (emptyReader) Groups(string) (map[string]int64, error) { return map[string]int64{}, nil }
func (emptyReader) Counter(fact.Key) (int64, error)         { return 0, nil }
func (emptyReader) Event(uint64) (fact.Event, error)        { return fact.Event{}, nil }
func (emptyReader) Position() fact.Position                 { return fact.Position{} }
func (emptyReader) Scan(fact.Range) iter.Seq2[fact.Doc, error] {
	return func(func(fact.Doc, error) bool) {}
}
