package boltstore

import (
	"fmt"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// prepared is a change as the committer wants it: keys built, values laid down,
// everything checked that needs no state. It is made in the caller's goroutine,
// so that the committer, of which there is one per file, has the least to do.
// All its bytes lie in one buffer; growing the buffer leaves earlier slices valid.
type prepared struct {
	buf     []byte
	expects []expectOp
	adjusts []adjustOp
	puts    []putOp
	entries []entryOp
	events  []eventOp
	jobs    []jobOp
	done    [][]byte
}

type expectOp struct {
	key []byte
	rev uint64
}

type adjustOp struct {
	key    []byte
	adjust fact.Adjust
}

type putOp struct {
	key     []byte
	id      string
	kind    string
	buf     []byte // header space and body; nil for a delete
	delete  bool
	drawn   uint64
	counter []byte // nil without a draw
	index   string // of the draw
	count   []byte // count key of the draw's index
	doc     *docState
	entry   *entryState // of the draw
}

type entryOp struct {
	key    []byte
	count  []byte
	remove bool
	entry  *entryState
}

type eventOp struct {
	subject []byte
	val     []byte
	doc     *docState
}

type jobOp struct {
	queue     string
	id        []byte
	key       []byte
	val       []byte
	available int64
}

// cut returns what was appended since start, closed against further appends.
func (p *prepared) cut(start int) []byte { return p.buf[start:len(p.buf):len(p.buf)] }

func (p *prepared) pair(first, second string) []byte {
	start := len(p.buf)
	p.buf = appendPair(p.buf, first, second)
	return p.cut(start)
}

func (p *prepared) reset() {
	clear(p.expects)
	clear(p.adjusts)
	clear(p.puts)
	clear(p.entries)
	clear(p.events)
	clear(p.jobs)
	clear(p.done)
	*p = prepared{
		buf: p.buf[:0], expects: p.expects[:0], adjusts: p.adjusts[:0], puts: p.puts[:0],
		entries: p.entries[:0], events: p.events[:0], jobs: p.jobs[:0], done: p.done[:0],
	}
}

// prepare reads a change. It returns ErrInvalid for one that cannot be stored.
func (p *prepared) prepare(c *fact.Change) error {
	for i := range c.Expect {
		if err := validKey("expected", c.Expect[i].Key, false); err != nil {
			return err
		}
		k := c.Expect[i].Key
		p.expects = append(p.expects, expectOp{key: p.pair(k.Kind, k.ID), rev: c.Expect[i].Rev})
	}
	for i := range c.Adjust {
		if err := validKey("counter", c.Adjust[i].Counter, true); err != nil {
			return err
		}
		k := c.Adjust[i].Counter
		p.adjusts = append(p.adjusts, adjustOp{key: p.pair(k.Kind, k.ID), adjust: c.Adjust[i]})
	}
	if err := p.preparePuts(c.Put); err != nil {
		return err
	}
	if err := p.prepareEntries(c.Index); err != nil {
		return err
	}
	if err := p.prepareEvents(c); err != nil {
		return err
	}
	return p.prepareJobs(c)
}

func (p *prepared) preparePuts(puts []fact.Put) error {
	if err := putsDiffer(puts); err != nil {
		return err
	}
	for i := range puts {
		put := &puts[i]
		if err := validKey("document", put.Key, false); err != nil {
			return err
		}
		if len(put.Body) > maxBody {
			return fmt.Errorf("%w: document %s/%s has %d bytes", store.ErrInvalid, put.Key.Kind, put.Key.ID, len(put.Body))
		}
		op := putOp{kind: put.Key.Kind, id: put.Key.ID, delete: put.Delete}
		op.key = p.pair(put.Key.Kind, put.Key.ID)
		if put.Draw != nil && !put.Delete {
			if err := p.prepareDraw(&op, put.Draw); err != nil {
				return err
			}
		}
		if !put.Delete {
			op.buf = p.body(put.Body)
		}
		p.puts = append(p.puts, op)
	}
	return nil
}

// counterRoom is left behind a body, so that the counter key fits without a copy.
const counterRoom = 48

// maxBody keeps one document well under what bbolt can hold in one value.
const maxBody = 1 << 28

func (p *prepared) body(body []byte) []byte {
	start := len(p.buf)
	var header [docHeader]byte
	var room [counterRoom]byte
	p.buf = append(p.buf, header[:]...)
	p.buf = append(p.buf, body...)
	end := len(p.buf)
	p.buf = append(p.buf, room[:]...)
	return p.buf[start:end:len(p.buf)]
}

func (p *prepared) prepareDraw(op *putOp, d *fact.Draw) error {
	if err := validKey("draw counter", d.Counter, true); err != nil {
		return err
	}
	op.counter = p.pair(d.Counter.Kind, d.Counter.ID)
	if d.Index == "" {
		return nil
	}
	if err := validName("index", d.Index, maxName, false); err != nil {
		return err
	}
	op.index = d.Index
	op.count = p.pair(d.Index, "")
	return nil
}

// putsDiffer refuses a document that is put twice: which of the two would stand?
func putsDiffer(puts []fact.Put) error {
	const few = 8
	if len(puts) > few {
		seen := make(map[fact.Key]struct{}, len(puts))
		for i := range puts {
			if _, twice := seen[puts[i].Key]; twice {
				return putTwice(puts[i].Key)
			}
			seen[puts[i].Key] = struct{}{}
		}
		return nil
	}
	for i := range puts {
		for j := range i {
			if puts[i].Key == puts[j].Key {
				return putTwice(puts[i].Key)
			}
		}
	}
	return nil
}

func putTwice(k fact.Key) error {
	return fmt.Errorf("%w: document %s/%s is put twice", store.ErrInvalid, k.Kind, k.ID)
}

func (p *prepared) prepareEntries(entries []fact.Entry) error {
	for i := range entries {
		e := &entries[i]
		if err := validEntry(e); err != nil {
			return err
		}
		start := len(p.buf)
		p.buf = appendEntry(p.buf, e.Index, e.Group, e.Sort, e.Kind, e.ID)
		op := entryOp{key: p.cut(start), remove: e.Remove}
		op.count = p.pair(e.Index, e.Group)
		p.entries = append(p.entries, op)
	}
	return nil
}

func validEntry(e *fact.Entry) error {
	if err := validName("index", e.Index, maxName, false); err != nil {
		return err
	}
	if err := validKey("index entry's document", fact.Key{Kind: e.Kind, ID: e.ID}, false); err != nil {
		return err
	}
	if len(e.Group) > maxID || len(e.Sort) > maxID {
		return fmt.Errorf("%w: the group or sort key of index %s has more than %d bytes", store.ErrInvalid, e.Index, maxID)
	}
	return nil
}

func (p *prepared) prepareEvents(c *fact.Change) error {
	touched := touchedBy(c)
	for i := range c.Events {
		e := &c.Events[i]
		if err := validKey("event's subject", e.Subject, false); err != nil {
			return err
		}
		op := eventOp{subject: p.pair(e.Subject.Kind, e.Subject.ID)}
		start := len(p.buf)
		p.buf = appendEvent(p.buf, e, touched(i))
		op.val = p.cut(start)
		p.events = append(p.events, op)
	}
	return nil
}

// touchedBy returns where the i-th event finds the entries of its subject: nil
// when an earlier event of the subject has them already.
func touchedBy(c *fact.Change) func(i int) []fact.Entry {
	const few = 8
	if len(c.Events) <= few {
		return func(i int) []fact.Entry {
			for j := range i {
				if c.Events[j].Subject == c.Events[i].Subject {
					return nil
				}
			}
			return c.Index
		}
	}
	bySubject := make(map[fact.Key][]fact.Entry, len(c.Events))
	for i := range c.Index {
		k := fact.Key{Kind: c.Index[i].Kind, ID: c.Index[i].ID}
		bySubject[k] = append(bySubject[k], c.Index[i])
	}
	return func(i int) []fact.Entry {
		k := c.Events[i].Subject
		entries := bySubject[k]
		delete(bySubject, k)
		return entries
	}
}

func (p *prepared) prepareJobs(c *fact.Change) error {
	for _, id := range c.Done {
		if err := validName("job id", id, maxID, false); err != nil {
			return err
		}
		p.done = append(p.done, []byte(id))
	}
	for i := range c.Jobs {
		j := &c.Jobs[i]
		if err := validName("queue", j.Queue, maxName, false); err != nil {
			return err
		}
		if err := validName("job id", j.ID, maxID, false); err != nil {
			return err
		}
		fresh := *j
		fresh.Attempts = 0
		op := jobOp{queue: j.Queue, id: []byte(j.ID), available: ceilMillis(j.Due)}
		start := len(p.buf)
		p.buf = appendJobKey(p.buf, j.Queue, op.available, j.ID)
		op.key = p.cut(start)
		start = len(p.buf)
		p.buf = appendJob(p.buf, &fresh)
		op.val = p.cut(start)
		seal(op.key, op.val)
		p.jobs = append(p.jobs, op)
	}
	return nil
}
