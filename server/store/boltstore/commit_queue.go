package boltstore

import (
	"runtime"
	"sync"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// groupLimit is how many requests one transaction carries at most.
const groupLimit = 4096

// request is one caller waiting for the committer: for a change, a lease or a
// decision, whichever is set.
type request struct {
	change  prepared
	lease   *leaseOp
	decide  func(fact.Reader) (fact.Change, error)
	receipt fact.Receipt
	err     error
	done    chan struct{} // one answer, buffered
}

var requests = sync.Pool{New: func() any { return &request{done: make(chan struct{}, 1)} }}

// keepBuffer is the largest buffer that goes back to the pool.
const keepBuffer = 64 << 10

func newRequest() *request { return requests.Get().(*request) }

// free gives the request back. Nothing may refer to its buffer any more: not
// the committer, not bbolt, so it is called after the answer only.
func (r *request) free() {
	if cap(r.change.buf) > keepBuffer {
		return
	}
	r.change.reset()
	r.lease, r.decide, r.err, r.receipt = nil, nil, nil, fact.Receipt{}
	requests.Put(r)
}

// queue holds the requests that wait for the next group.
type queue struct {
	mu     sync.Mutex
	list   []*request
	closed bool
	wake   chan struct{} // one token: there is something, or the queue was closed
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

func (q *queue) push(r *request) error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return store.ErrClosed
	}
	q.list = append(q.list, r)
	first := len(q.list) == 1
	q.mu.Unlock()
	if first {
		q.ring()
	}
	return nil
}

func (q *queue) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// gatherYields is how often the committer yields in vain before it starts.
const gatherYields = 40

// gather yields to the callers who have just been answered, until as many have
// come or yielding no longer makes the queue longer: most come back in a moment,
// and one sync shared with them costs less than two. It sets no timer, so a
// lone caller loses a few yields, about a microsecond.
func (q *queue) gather(answered int) {
	seen, vain := q.len(), 0
	for want := seen + answered; seen < want && vain < gatherYields; {
		runtime.Gosched()
		if n := q.len(); n > seen {
			seen, vain = n, 0
		} else {
			vain++
		}
	}
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.list)
}

// take moves what is queued into group, at most groupLimit, and reports whether
// the queue is closed and empty.
func (q *queue) take(group []*request) ([]*request, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.list), groupLimit)
	group = append(group, q.list[:n]...)
	rest := copy(q.list, q.list[n:])
	clear(q.list[rest:])
	q.list = q.list[:rest]
	if rest > 0 || q.closed {
		q.ring()
	}
	return group, q.closed && n == 0
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.ring()
}
