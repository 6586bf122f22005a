package boltstore

import (
	"bytes"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// Scan implements fact.Reader. An entry whose document is gone is passed over.
// With both Index and Kind set, entries of other kinds are too.
func (r *reader) Scan(g fact.Range) iter.Seq2[fact.Doc, error] {
	return func(yield func(fact.Doc, error) bool) {
		w, err := r.walk(&g)
		if err != nil {
			yield(fact.Doc{}, err)
			return
		}
		for {
			doc, ok, err := w.next()
			if err != nil {
				yield(fact.Doc{}, err)
				return
			}
			if !ok || !yield(doc, nil) {
				return
			}
		}
	}
}

// walk is a cursor between two keys: from is inclusive, to exclusive.
type walk struct {
	r        *reader
	g        *fact.Range
	c        *bolt.Cursor
	prefix   int // length of what all keys share
	from, to []byte
	started  bool
}

func (r *reader) walk(g *fact.Range) (w *walk, err error) {
	defer asCorrupt(bucketDoc, &err)
	w = &walk{r: r, g: g}
	if g.Index == "" {
		w.kindBounds()
		w.c = r.docs().Cursor()
		return w, nil
	}
	if err := w.indexBounds(); err != nil {
		return nil, err
	}
	w.c = r.tx.Bucket([]byte(bucketIndex)).Cursor()
	return w, nil
}

func (w *walk) kindBounds() {
	prefix := appendPair(nil, w.g.Kind, "")
	w.prefix = len(prefix)
	w.from, w.to = prefix, after(prefix)
	if w.g.After == "" {
		return
	}
	at := appendPair(nil, w.g.Kind, w.g.After)
	if w.g.Reverse {
		w.to = least(w.to, at)
	} else {
		w.from = append(at, nul)
	}
}

func (w *walk) indexBounds() error {
	g := w.g
	prefix := appendGroup(nil, g.Index, g.Group)
	w.prefix = len(prefix)
	w.from, w.to = prefix, after(prefix)
	bound := func(sort []byte) []byte {
		return appendEscaped(append(make([]byte, 0, len(prefix)+len(sort)+2), prefix...), sort)
	}
	if len(g.From) > 0 {
		w.from = bound(g.From)
	}
	if len(g.To) > 0 {
		w.to = bound(g.To)
	}
	if g.After == "" {
		return nil
	}
	sort, id, err := fact.ParseCursor(g.After)
	if err != nil {
		return fmt.Errorf("%w: %w", store.ErrInvalid, err)
	}
	at := append(append(bound(sort), id...), nul) // every kind of this id starts so
	if g.Reverse {
		w.to = least(w.to, at)
	} else if at = after(at); bytes.Compare(at, w.from) > 0 {
		w.from = at
	}
	return nil
}

// after returns the first key behind all that start with prefix, whose last
// byte is a separator.
func after(prefix []byte) []byte {
	next := bytes.Clone(prefix)
	next[len(next)-1]++
	return next
}

func least(a, b []byte) []byte {
	if bytes.Compare(a, b) < 0 {
		return a
	}
	return b
}

// step moves the cursor by one key within the bounds.
func (w *walk) step() (k, v []byte) {
	switch {
	case w.started && w.g.Reverse:
		k, v = w.c.Prev()
	case w.started:
		k, v = w.c.Next()
	case w.g.Reverse:
		if k, _ = w.c.Seek(w.to); k == nil {
			k, v = w.c.Last()
		}
		if k != nil && bytes.Compare(k, w.to) >= 0 {
			k, v = w.c.Prev()
		}
	default:
		k, v = w.c.Seek(w.from)
	}
	w.started = true
	if k == nil || bytes.Compare(k, w.from) < 0 || bytes.Compare(k, w.to) >= 0 {
		return nil, nil
	}
	return k, v
}

func (w *walk) next() (doc fact.Doc, ok bool, err error) {
	defer asCorrupt(bucketDoc, &err)
	for {
		k, v := w.step()
		if k == nil {
			return fact.Doc{}, false, nil
		}
		if w.g.Index == "" {
			doc, err = readDoc(k, fact.Key{Kind: w.g.Kind, ID: string(k[w.prefix:])}, v, w.g.Keys)
			return doc, err == nil, err
		}
		doc, ok, err = w.entry(k, v)
		if ok || err != nil {
			return doc, ok, err
		}
	}
}

// entry reads one index entry and, unless only keys are wanted, its document.
func (w *walk) entry(k, v []byte) (fact.Doc, bool, error) {
	if _, err := open(bucketIndex, k, v); err != nil {
		return fact.Doc{}, false, err
	}
	sort, kind, id, ok := cutEntry(k[w.prefix:])
	if !ok {
		return fact.Doc{}, false, damaged(bucketIndex, k)
	}
	if w.g.Kind != "" && kind != w.g.Kind {
		return fact.Doc{}, false, nil
	}
	doc := fact.Doc{Key: fact.Key{Kind: kind, ID: id}, Sort: sort}
	if w.g.Keys {
		return doc, true, nil
	}
	found, err := w.r.Get(doc.Key)
	if err != nil || found.Rev == 0 {
		return fact.Doc{}, false, err
	}
	found.Sort = sort
	return found, true, nil
}
