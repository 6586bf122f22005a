package boltstore

import (
	"errors"
	"fmt"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// run is the committer: the only writer of the file, until the queue is closed
// and empty.
func (f *file) run() {
	defer close(f.stopped)
	debug.SetPanicOnFault(true) // a damaged page must not take the process down
	g := newGroup(f)
	var list []*request
	for {
		<-f.queue.wake
		f.queue.gather(len(list))
		var over bool
		if list, over = f.queue.take(list[:0]); over {
			return
		}
		if len(list) == 0 {
			continue
		}
		f.commitGroup(g, list)
		g.clear()
		for i, r := range list {
			list[i] = nil
			r.done <- struct{}{}
		}
	}
}

// commitGroup carries the group in one transaction. When that fails for another
// reason than the disk, say at a damaged page, each request is tried alone, so
// that one that touches the damage does not take the others with it.
func (f *file) commitGroup(g *group, list []*request) {
	err := f.attempt(g, list)
	if err == nil {
		return
	}
	if len(list) > 1 && !errors.Is(err, store.ErrFull) && !errors.Is(err, store.ErrReadOnly) {
		for i := range list {
			f.commitGroup(g, list[i:i+1])
		}
		return
	}
	for _, r := range list {
		r.receipt, r.err = fact.Receipt{}, err
	}
}

// attempt runs one transaction over the requests. On success each has its
// receipt or its own refusal; on error nothing was committed.
func (f *file) attempt(g *group, list []*request) (err error) {
	if err := f.failed(); err != nil {
		return err
	}
	var tx *bolt.Tx
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: commit: %v", store.ErrCorrupt, p)
			abandon(tx)
		}
	}()
	if tx, err = f.db.Begin(true); err != nil {
		return fmt.Errorf("begin a commit: %w", err)
	}
	g.begin(tx)
	changed := false
	for _, r := range list {
		if g.serve(r) {
			changed = true
		}
		if g.fatal != nil {
			abandon(tx)
			return fmt.Errorf("write a change: %w", g.fatal)
		}
	}
	if !changed {
		f.remember(g.firstDue())
		abandon(tx)
		return nil
	}
	if err := g.flush(); err != nil {
		abandon(tx)
		return fmt.Errorf("write a group: %w", err)
	}
	first := g.firstDue()
	id := tx.ID()
	if err := f.sync(tx); err != nil {
		return f.classify(err, id)
	}
	f.committed(g, first)
	return nil
}

// abandon ends a transaction that will not be committed, whatever state a
// damaged page left it in.
func abandon(tx *bolt.Tx) {
	if tx == nil {
		return
	}
	defer func() { _ = recover() }() // bbolt's bookkeeping may meet the same damage again
	_ = tx.Rollback()
}

// serve carries one request into the group and reports whether it changed anything.
func (g *group) serve(r *request) bool {
	switch {
	case r.lease != nil:
		r.err = g.lease(r.lease)
		return len(r.lease.jobs) > 0
	case r.decide != nil:
		r.receipt, r.err = g.decide(r)
	default:
		r.receipt, r.err = g.apply(&r.change)
	}
	return r.err == nil
}

// decide lets the caller decide on the state with all earlier changes of the
// group, then applies the outcome.
func (g *group) decide(r *request) (fact.Receipt, error) {
	if err := g.flush(); err != nil {
		g.fatal = err
		return fact.Receipt{}, err
	}
	rd := reader{tx: g.tx, epoch: g.f.epoch}
	c, err := decideSafely(r.decide, &rd)
	if err != nil {
		return fact.Receipt{}, err
	}
	r.change.reset()
	if err := r.change.prepare(&c); err != nil {
		return fact.Receipt{}, err
	}
	return g.apply(&r.change)
}

// decideSafely keeps a panic of the caller's decision from being taken for damage.
func decideSafely(decide func(fact.Reader) (fact.Change, error), r fact.Reader) (c fact.Change, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("decision panicked: %v", p)
		}
	}()
	return decide(r)
}
