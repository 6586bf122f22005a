package live

import (
	"context"
	"errors"
	"sync"
	"time"

	"sluice/runtime/fact"
	"sluice/server/store"
)

const (
	pollTime = time.Second      // covers a wake-up that was lost and stores that cannot wake
	tickTime = 10 * time.Second // how often sockets hear that all is well
	idleTime = 30 * time.Second // after which a feed without sockets ends

	busyWindows = 4 // most windows that a round waits for sockets that are busy
)

// feed is one tenant's live data. Except for seats (under Hub.mu) and the
// mailbox, everything belongs to the goroutine that runs it.
type feed struct {
	hub    *Hub
	tenant fact.TenantID
	seats  int // sockets that have or will have a place

	mailbox struct {
		sync.Mutex
		list []request
	}
	wake chan struct{} // holds one

	started bool
	at      fact.Position // everything up to here was sent
	release string
	sockets map[*socket]struct{}
	topics  map[topicKey]*topic
	waiting []*request // subscriptions not yet answered
	last    time.Time  // when the last round began
	widest  *frame     // the delta of the last round that went to the most sockets
}

func newFeed(h *Hub, t fact.TenantID) *feed {
	return &feed{hub: h, tenant: t, wake: make(chan struct{}, 1), sockets: map[*socket]struct{}{}, topics: map[topicKey]*topic{}}
}

// operation is what a socket asks its feed.
type operation uint8

const (
	opJoin operation = iota
	opLeave
	opChanged // the socket's actor changed
	opWatch
	opUnwatch
)

type request struct {
	op     operation
	socket *socket
	view   string
	since  string
	window int
	screen *Screen // of opWatch, once it was found
	over   bool    // of opWatch: answered or no longer wanted
}

// ask puts a request into the mailbox; it never blocks.
func (f *feed) ask(r request) {
	f.mailbox.Lock()
	f.mailbox.list = append(f.mailbox.list, r)
	f.mailbox.Unlock()
	f.poke()
}

func (f *feed) poke() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *feed) take() []request {
	f.mailbox.Lock()
	defer f.mailbox.Unlock()
	list := f.mailbox.list
	f.mailbox.list = nil
	return list
}

// run works in rounds until the hub ends or nobody has been there for a while.
func (f *feed) run() {
	if w, ok := f.hub.deps.Store.(store.Watcher); ok {
		defer w.Watch(f.tenant, func(fact.Position) { f.poke() })()
	}
	poll, tick := time.NewTicker(pollTime), time.NewTicker(tickTime)
	defer poll.Stop()
	defer tick.Stop()
	idle := time.Duration(0)
	for {
		select {
		case <-f.hub.ctx.Done():
			return
		case <-tick.C:
			f.sendTick()
			continue
		case <-poll.C:
			if len(f.sockets) > 0 {
				idle = 0
			} else if idle += pollTime; idle >= idleTime && f.hub.retire(f) {
				return
			}
		case <-f.wake:
		}
		if !f.pause() {
			return
		}
		f.round()
	}
}

// pause waits until a window has passed since the last round; the first change
// after a quiet time is sent at once. While many sockets are still busy with the
// last delta it waits on, up to some windows: on a machine that has too much to
// do, fewer and fuller deltas arrive earlier than many that queue up.
func (f *feed) pause() bool {
	window := f.hub.limits.Window
	if !f.sleep(window - time.Since(f.last)) {
		return false
	}
	for n := 0; n < 4*busyWindows && f.busy(); n++ {
		if !f.sleep(window / 4) {
			return false
		}
	}
	f.widest = nil
	f.last = time.Now()
	return true
}

// busy reports whether the last wide delta has still to be written to a quarter
// of its sockets. A few slow ones do not count.
func (f *feed) busy() bool {
	const few = 32
	if f.widest == nil {
		return false
	}
	rest := f.widest.given - f.widest.written.Load()
	return rest > few && rest > f.widest.given/4
}

func (f *feed) sleep(d time.Duration) bool {
	if d <= 0 {
		return f.hub.ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-f.hub.ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

var errRound = errors.New("the round failed")

// round reads and sends what is new, then answers subscriptions. When the store
// fails, both are tried again in the next round. A panic costs the round: all
// who watch are told to load afresh, and who was about to is refused.
func (f *feed) round() {
	defer func() {
		if p := recover(); p != nil {
			f.hub.deps.Log.Error("live: a round failed", "tenant", f.tenant, "panic", p)
			f.reset(whySlow)
			f.started = false
			for _, q := range f.waiting {
				f.refuse(q, errRound)
			}
			f.waiting = nil
		}
	}()
	f.hub.count.rounds.Add(1)
	ctx := f.hub.ctx
	err := f.follow(ctx)
	f.receive(f.take())
	if err == nil {
		err = f.read(ctx)
	}
	if err != nil {
		f.failed(err)
	} else if len(f.waiting) > 0 {
		f.poke()
	}
}

// read is the part of a round that needs the store.
func (f *feed) read(ctx context.Context) error {
	if len(f.topics) == 0 && len(f.waiting) == 0 {
		f.started = false // nobody needs what happens until the next subscription
		return nil
	}
	// Views are found before the snapshot is open: finding one may read the
	// store, and reads inside each other can wait for each other.
	f.resolve(ctx)
	return f.hub.deps.Store.View(ctx, f.tenant, func(r fact.Reader) error {
		if err := f.advance(r); err != nil {
			return err
		}
		f.answer(r)
		return nil
	})
}

func (f *feed) failed(err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, store.ErrClosed) {
		return
	}
	f.hub.deps.Log.Error("live: a round could not be finished", "tenant", f.tenant, "error", err)
}

// follow notices that another release went live: whatever is on screens was
// drawn by the old one.
func (f *feed) follow(ctx context.Context) error {
	release, err := f.hub.deps.Screens.Release(ctx, f.tenant)
	if err != nil {
		return err
	}
	if release != f.release {
		f.reset(whyRelease)
		f.release = release
	}
	return nil
}

// reset ends all subscriptions and tells their sockets to subscribe again.
func (f *feed) reset(why string) {
	for _, t := range f.topics {
		f.end(t, why)
	}
}

// end ends one topic.
func (f *feed) end(t *topic, why string) {
	delete(f.topics, t.key)
	for s := range t.subs {
		delete(s.watched, t.key.view)
		s.push(resyncFrame(t.key.view, why))
	}
}

func (f *feed) sendTick() {
	if len(f.sockets) == 0 {
		return
	}
	tick, err := prepare(tickFrame(f.at, f.hub.deps.Now()))
	if err != nil {
		return
	}
	for s := range f.sockets {
		f.send(s, tick)
	}
}

// send gives a frame to a socket. When its queue is full, everything that it
// watches ends, and it is told so.
func (f *feed) send(s *socket, fr *frame) {
	if s.push(fr) {
		return
	}
	f.overflow(s)
}

func (f *feed) overflow(s *socket) {
	f.hub.count.overflows.Add(1)
	s.drop()
	for view := range s.watched {
		f.unwatch(s, view)
		s.push(resyncFrame(view, whySlow))
	}
	if s.overflowed(time.Now()) {
		s.stop(closeSlow, "too slow")
	}
}
