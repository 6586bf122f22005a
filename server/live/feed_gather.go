package live

import (
	"fmt"

	"sluice/runtime/fact"
	"sluice/runtime/view"
)

// batch is the changes of a run of events.
type batch struct {
	changes  map[string][]*changed // by kind of document, in the order of their first event
	released bool                  // another release went live
}

// changed is one document that changed, with what its events did to its index entries.
type changed struct {
	key   fact.Key
	touch [][]fact.Entry // one per change of entries, oldest first

	loaded bool
	exists bool
	rec    fact.Record
	row    fact.Row
	err    error
}

// gather reads the events after one offset up to and with another.
func gather(r fact.Reader, after, to uint64) (*batch, error) {
	b := &batch{changes: map[string][]*changed{}}
	known := map[fact.Key]*changed{}
	for o := after + 1; o <= to; o++ {
		e, err := r.Event(o)
		if err != nil {
			return nil, err
		}
		if e.Offset != o {
			return nil, fmt.Errorf("event %d is missing", o)
		}
		if e.Type == releaseEvent {
			b.released = true
		}
		c := known[e.Subject]
		if c == nil {
			c = &changed{key: e.Subject}
			known[e.Subject] = c
			b.changes[e.Subject.Kind] = append(b.changes[e.Subject.Kind], c)
		}
		if len(e.Touch) > 0 {
			c.touch = append(c.touch, e.Touch)
		}
	}
	return b, nil
}

// net returns what happened to the document's membership of an index.
func (c *changed) net(index string) view.Membership {
	var m view.Membership
	for _, touch := range c.touch {
		m = m.Then(index, touch)
	}
	return m
}

// load reads the record as it stands in the snapshot, once for all topics: they
// are of one release, so the form is the same.
func (c *changed) load(r fact.Reader, t *topic) error {
	if c.loaded {
		return c.err
	}
	c.loaded = true
	doc, err := r.Get(c.key)
	if err != nil || doc.Rev == 0 {
		c.err = err
		return err
	}
	c.exists = true
	c.rec, c.row, c.err = t.load(doc)
	return c.err
}
