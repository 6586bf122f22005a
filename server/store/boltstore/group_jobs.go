package boltstore

import (
	"bytes"
	"encoding/binary"
	"time"

	"sluice/runtime/fact"
)

// Jobs need no overlay: their changes go straight into the transaction, after
// everything else of the change has been checked.

// jobPlace returns the stored key of a job, nil when there is none.
func (g *group) jobPlace(id []byte) ([]byte, error) {
	val := g.jobID.get(id)
	if val == nil {
		return nil, nil
	}
	place, err := open(bucketJobID, id, val)
	if err != nil {
		return nil, err
	}
	return append(append(make([]byte, 0, len(place)+len(id)), place...), id...), nil
}

// checkJobs looks at every job the change names, so that damage is found before
// anything is applied.
func (g *group) checkJobs(p *prepared) error {
	for _, id := range p.done {
		if _, err := g.jobPlace(id); err != nil {
			return err
		}
	}
	for i := range p.jobs {
		if _, err := g.jobPlace(p.jobs[i].id); err != nil {
			return err
		}
	}
	return nil
}

// applyJobs first removes the completed jobs and then puts the new ones, so a
// change can complete a job and schedule it again. A new job with the id of a
// stored one takes its place; completing an unknown one changes nothing.
func (g *group) applyJobs(p *prepared) error {
	for _, id := range p.done {
		if err := g.dropJob(id); err != nil {
			return err
		}
	}
	for i := range p.jobs {
		op := &p.jobs[i]
		if err := g.dropJob(op.id); err != nil {
			return err
		}
		if err := g.putJob(op.queue, op.key, op.id, op.val); err != nil {
			return err
		}
	}
	return nil
}

func (g *group) dropJob(id []byte) error {
	key, err := g.jobPlace(id)
	if key == nil || err != nil {
		return err
	}
	g.queues[string(key[:bytes.IndexByte(key, nul)])] = struct{}{}
	if err := g.job.Delete(key); err != nil {
		return err
	}
	return g.jobID.Delete(id)
}

func (g *group) putJob(queue string, key, id, val []byte) error {
	g.queues[queue] = struct{}{}
	if err := g.job.Put(key, val); err != nil {
		return err
	}
	place := key[:len(key)-len(id)]
	idVal := append(make([]byte, sumSize, sumSize+len(place)), place...)
	seal(id, idVal)
	return g.jobID.Put(id, idVal)
}

// leaseOp asks for due jobs of one queue.
type leaseOp struct {
	queue      string
	limit      int
	now, until int64
	jobs       []fact.Job
	next       time.Time
}

// lease gives the due jobs and moves each to where its lease ends.
func (g *group) lease(op *leaseOp) error {
	op.jobs, op.next = nil, time.Time{}
	g.queues[op.queue] = struct{}{}
	prefix := append([]byte(op.queue), nul)
	var keys, vals [][]byte
	c := g.job.cursor
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix) && len(op.jobs) < op.limit; k, v = c.Next() {
		if len(k) < len(prefix)+8 || millis(k[len(prefix):]) > op.now {
			break
		}
		j, err := readJob(k, v, len(prefix))
		if err != nil {
			return err
		}
		j.Attempts++
		op.jobs = append(op.jobs, j)
		keys, vals = append(keys, bytes.Clone(k)), append(vals, bytes.Clone(v))
	}
	for i, key := range keys {
		if err := g.moveJob(key, vals[i], len(prefix), op); err != nil {
			g.fatal = err
			return err
		}
	}
	op.next = g.nextAfter(prefix, op)
	return nil
}

func (g *group) moveJob(key, val []byte, prefix int, op *leaseOp) error {
	id := key[prefix+8:]
	if err := g.job.Delete(key); err != nil {
		return err
	}
	moved := appendJobKey(make([]byte, 0, len(key)), op.queue, op.until, string(id))
	binary.BigEndian.PutUint32(val[5:], binary.BigEndian.Uint32(val[5:])+1)
	seal(moved, val)
	return g.putJob(op.queue, moved, id, val)
}

// nextAfter returns when the first job that was not just given can be leased.
func (g *group) nextAfter(prefix []byte, op *leaseOp) time.Time {
	c := g.job.cursor
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		if !given(op.jobs, k[len(prefix)+8:]) {
			return timeOf(millis(k[len(prefix):]))
		}
	}
	return time.Time{}
}

func given(jobs []fact.Job, id []byte) bool {
	for i := range jobs {
		if jobs[i].ID == string(id) {
			return true
		}
	}
	return false
}

// firstDue returns when the first job of each touched queue can be leased, for
// the file to remember once the transaction is committed.
func (g *group) firstDue() map[string]int64 {
	if len(g.queues) == 0 {
		return nil
	}
	first := make(map[string]int64, len(g.queues))
	c := g.job.cursor
	for queue := range g.queues {
		prefix := append([]byte(queue), nul)
		first[queue] = never
		if k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix) && len(k) >= len(prefix)+8 {
			first[queue] = millis(k[len(prefix):])
		}
	}
	return first
}
