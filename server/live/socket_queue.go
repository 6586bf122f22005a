package live

import "sync"

// queue holds what a socket has still to send, bounded in frames and bytes. A
// single frame always finds room in an empty queue, however long it is.
type queue struct {
	frames, bytes int
	ready         chan struct{} // holds one: something waits

	mu   sync.Mutex
	list []*frame
	size int
}

// push adds a frame; false means that there is no room. Short notes always find
// some up to twice the bound, so that one can be told that a queue was full.
func (q *queue) push(fr *frame) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	most := q.frames
	if fr.keep {
		most *= 2
	}
	if n := len(q.list); n >= most || n > 0 && !fr.keep && q.size+fr.size() > q.bytes {
		return false
	}
	q.list = append(q.list, fr)
	q.size += fr.size()
	select {
	case q.ready <- struct{}{}:
	default:
	}
	return true
}

// take returns all that waits, appended to dst.
func (q *queue) take(dst []*frame) []*frame {
	q.mu.Lock()
	defer q.mu.Unlock()
	dst = append(dst, q.list...)
	clear(q.list)
	q.list, q.size = q.list[:0], 0
	return dst
}

// drop forgets all but notes.
func (q *queue) drop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	kept := q.list[:0]
	q.size = 0
	for _, fr := range q.list {
		if fr.keep {
			kept = append(kept, fr)
			q.size += fr.size()
		}
	}
	clear(q.list[len(kept):])
	q.list = kept
}
