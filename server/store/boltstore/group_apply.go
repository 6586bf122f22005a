package boltstore

import (
	"encoding/binary"
	"fmt"
	"math"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// apply carries one change into the overlay, or refuses it and leaves no trace:
// everything that can fail is looked at first, and only counters, which may be
// named twice, are moved on the way and taken back.
func (g *group) apply(p *prepared) (fact.Receipt, error) {
	g.undo = g.undo[:0]
	g.change++
	if err := g.check(p); err != nil {
		g.takeBack()
		return fact.Receipt{}, err
	}
	receipt := fact.Receipt{}
	if n := len(p.puts); n > 0 {
		both := make([]uint64, 2*n)
		receipt.Serials, receipt.Revs = both[:n:n], both[n:]
	}
	g.number(p)
	g.applyPuts(p, &receipt)
	for i := range p.entries {
		g.setEntry(p.entries[i].entry, !p.entries[i].remove)
	}
	if err := g.applyJobs(p); err != nil {
		g.fatal = err
		return fact.Receipt{}, err
	}
	receipt.Position = fact.Position{Epoch: g.f.epoch, Offset: g.end}
	return receipt, nil
}

func (g *group) check(p *prepared) error {
	for i := range p.expects {
		e := &p.expects[i]
		d, err := g.loadDoc(e.key)
		if err != nil {
			return err
		}
		if d.rev != e.rev {
			return fmt.Errorf("%w: %q is at revision %d, not %d", store.ErrConflict, e.key, d.rev, e.rev)
		}
	}
	for i := range p.adjusts {
		if err := g.checkAdjust(&p.adjusts[i]); err != nil {
			return err
		}
	}
	for i := range p.puts {
		if err := g.checkPut(&p.puts[i]); err != nil {
			return err
		}
	}
	var err error
	for i := range p.entries {
		op := &p.entries[i]
		if op.entry, err = g.loadEntry(op.key, op.count); err != nil {
			return err
		}
	}
	for i := range p.events {
		op := &p.events[i]
		if op.doc, err = g.loadDoc(op.subject); err != nil {
			return err
		}
	}
	return g.checkJobs(p)
}

func (g *group) checkAdjust(op *adjustOp) error {
	a := &op.adjust
	s, err := loadNumber(g.counters, g.counter, bucketCounter, op.key)
	if err != nil {
		return err
	}
	if a.Delta > 0 && s.n > math.MaxInt64-a.Delta || a.Delta < 0 && s.n < math.MinInt64-a.Delta {
		return fmt.Errorf("%w: counter %s/%s would leave 64 bits", store.ErrInvalid, a.Counter.Kind, a.Counter.ID)
	}
	if a.Guard && s.n+a.Delta < a.Floor {
		return &store.Short{Counter: a.Counter, Have: s.n, Want: a.Delta}
	}
	if a.Delta != 0 {
		g.setCounter(s, s.n+a.Delta)
	}
	return nil
}

// checkPut loads the document and, when it is new and draws, takes its number.
func (g *group) checkPut(op *putOp) error {
	d, err := g.loadDoc(op.key)
	if err != nil {
		return err
	}
	op.doc, op.drawn, op.entry = d, 0, nil
	d.put, d.putIn = op, g.change
	if op.counter == nil || d.rev > 0 {
		return nil
	}
	s, err := loadNumber(g.counters, g.counter, bucketCounter, op.counter)
	if err != nil {
		return err
	}
	if s.n < 0 || s.n == math.MaxInt64 {
		return fmt.Errorf("%w: counter %q at %d cannot number documents", store.ErrInvalid, op.counter, s.n)
	}
	g.setCounter(s, s.n+1)
	op.drawn = uint64(s.n)
	if op.index == "" {
		return nil
	}
	sort := binary.BigEndian.AppendUint64(nil, op.drawn)
	op.entry, err = g.loadEntry(appendEntry(nil, op.index, "", sort, op.kind, op.id), op.count)
	return err
}

// number gives the events their offsets, links and revisions. It runs before
// the puts, so it sees each document as it was and says what it becomes.
func (g *group) number(p *prepared) {
	for i := range p.events {
		op := &p.events[i]
		d := op.doc
		rev := d.rev
		if d.put != nil && d.putIn == g.change {
			rev = d.put.next()
		}
		var prev uint64
		if d.rev > 0 || rev > 0 {
			prev = d.last
			d.last = g.end + 1
			g.touchDoc(d)
		}
		g.addEvent(op.val, prev, rev)
	}
}

// next is the revision that the put leads to.
func (op *putOp) next() uint64 {
	if op.delete {
		return 0
	}
	return op.doc.rev + 1
}

func (g *group) applyPuts(p *prepared, receipt *fact.Receipt) {
	for i := range p.puts {
		op := &p.puts[i]
		d := op.doc
		if op.delete {
			g.bury(d)
		} else {
			if op.drawn > 0 {
				d.serial, d.counter = op.drawn, op.counter
				if op.entry != nil {
					g.setEntry(op.entry, true)
				}
			}
			d.rev++
			d.buf, d.owned = op.buf, true
			g.touchDoc(d)
		}
		receipt.Serials[i], receipt.Revs[i] = d.serial, d.rev
	}
}

func (g *group) bury(d *docState) {
	if d.rev == 0 {
		return
	}
	if d.serial > 0 {
		key := append(make([]byte, 0, len(d.counter)+9), d.counter...)
		key = binary.BigEndian.AppendUint64(append(key, nul), d.serial)
		g.buried = append(g.buried, burial{key: key, doc: d.key})
	}
	d.rev, d.serial, d.last, d.counter, d.buf, d.owned = 0, 0, 0, nil, nil, false
	g.touchDoc(d)
}
