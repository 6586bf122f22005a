package live

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// Deps is what a Hub needs.
type Deps struct {
	Store   store.Store // when it is a store.Watcher too, changes are seen at once, else within a second
	Screens Screens
	// Check says who a token stands for now; not ok closes its sockets. It is
	// asked twice a second for each token in use and must be quick. An error means
	// that it cannot be told at the moment, and changes nothing. Nil: tokens last.
	Check   func(ctx context.Context, t fact.TenantID, token string) (actor fact.Actor, ok bool, err error)
	Origins []string // origins ("https://board.example") that may connect besides the server's own
	Now     func() time.Time
	Log     *slog.Logger
	Limits  Limits
}

// Limits bound what sockets may cost. Zero members take the defaults.
type Limits struct {
	Window        time.Duration // least time between two rounds of a feed; 25 ms
	Frames        int           // most frames that wait in a socket's queue; 256
	Bytes         int           // most bytes that wait in a socket's queue, if there are several frames; 4 MiB
	Subscriptions int           // most views that a socket watches; 32
	Sockets       int           // most sockets of a tenant; 5,000
	PerAddress    int           // most sockets from one network address; 2,000
	Replay        int           // most events that are replayed to a client that comes back; 5,000
	Changes       int           // most changes in one delta; more is a reason to load afresh; 1,000
	Visible       int           // most records of a scope with row conditions that are counted and tracked; 2,000
	Work          time.Duration // after how much time in one round further subscriptions wait for the next; 15 ms
}

func (l Limits) filled() Limits {
	orDefault(&l.Window, 25*time.Millisecond)
	orDefault(&l.Frames, 256)
	orDefault(&l.Bytes, 4<<20)
	orDefault(&l.Subscriptions, 32)
	orDefault(&l.Sockets, 5000)
	orDefault(&l.PerAddress, 2000)
	orDefault(&l.Replay, 5000)
	orDefault(&l.Changes, 1000)
	orDefault(&l.Visible, 2000)
	orDefault(&l.Work, 15*time.Millisecond)
	return l
}

func orDefault[T int | time.Duration](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}

// Stats counts what a Hub has done since its start.
type Stats struct {
	Rounds    uint64 // of all feeds
	Deltas    uint64 // delta frames encoded
	Snapshots uint64 // snapshot frames encoded
	Replays   uint64 // deltas encoded for clients that came back
	Queued    uint64 // frames given to sockets
	Overflows uint64 // queues that were full
}

type counters struct{ rounds, deltas, snapshots, replays, queued, overflows atomic.Uint64 }

// Hub holds the sockets of all tenants. It is safe for concurrent use.
type Hub struct {
	deps     Deps
	limits   Limits
	upgrader websocket.Upgrader
	origins  map[string]bool
	count    counters

	ctx    context.Context // ends feeds
	cancel context.CancelFunc
	work   sync.WaitGroup // every goroutine of the hub

	mu        sync.Mutex
	closed    bool
	feeds     map[fact.TenantID]*feed
	sockets   map[*socket]struct{}
	addresses map[string]int
}

// New returns a Hub. It needs Run while it is used, and Close at the end.
func New(d Deps) *Hub {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	h := &Hub{
		deps: d, limits: d.Limits.filled(),
		origins:   map[string]bool{},
		feeds:     map[fact.TenantID]*feed{},
		sockets:   map[*socket]struct{}{},
		addresses: map[string]int{},
	}
	for _, o := range d.Origins {
		h.origins[o] = true
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.upgrader = websocket.Upgrader{
		ReadBufferSize:   1024,
		WriteBufferSize:  4096,
		WriteBufferPool:  &sync.Pool{},
		HandshakeTimeout: writeTime,
		Subprotocols:     []string{Protocol},
		CheckOrigin:      h.checkOrigin,
	}
	return h
}

// Stats returns the counts so far.
func (h *Hub) Stats() Stats {
	c := &h.count
	return Stats{
		Rounds: c.rounds.Load(), Deltas: c.deltas.Load(), Snapshots: c.snapshots.Load(),
		Replays: c.replays.Load(), Queued: c.queued.Load(), Overflows: c.overflows.Load(),
	}
}

// seat is a place that a socket takes; it is given back once.
type seat struct {
	hub     *Hub
	feed    *feed
	address string
	once    sync.Once
}

// admit takes a place for a socket of the tenant from a network address. The
// refusals are unavailable and too_many_requests.
func (h *Hub) admit(t fact.TenantID, address string) (*seat, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, fact.Refuse(fact.Internal, fact.Problem{Code: "unavailable"})
	}
	f := h.feeds[t]
	if f != nil && f.seats >= h.limits.Sockets || h.addresses[address] >= h.limits.PerAddress {
		return nil, fact.Refuse(fact.Denied, fact.Problem{Code: "too_many_requests", Params: map[string]any{"seconds": 60}})
	}
	if f == nil {
		f = newFeed(h, t)
		h.feeds[t] = f
		h.work.Add(1)
		go h.part("feed", f.run)
	}
	f.seats++
	h.addresses[address]++
	return &seat{hub: h, feed: f, address: address}, nil
}

func (s *seat) free() {
	s.once.Do(func() {
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		s.feed.seats--
		if s.hub.addresses[s.address]--; s.hub.addresses[s.address] <= 0 {
			delete(s.hub.addresses, s.address)
		}
	})
}

// retire forgets a feed without sockets and reports whether it did.
func (h *Hub) retire(f *feed) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.seats > 0 {
		return false
	}
	delete(h.feeds, f.tenant)
	return true
}

// enter lists a socket and counts its two goroutines, unless the hub is closed.
func (h *Hub) enter(s *socket) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.sockets[s] = struct{}{}
	h.work.Add(2)
	return true
}

func (h *Hub) leave(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sockets, s)
}

func (h *Hub) all() []*socket {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]*socket, 0, len(h.sockets))
	for s := range h.sockets {
		list = append(list, s)
	}
	return list
}

// part runs a goroutine of the hub that Close waits for. A panic ends it only.
func (h *Hub) part(what string, run func()) {
	defer h.work.Done()
	defer h.rescue(what)
	run()
}

func (h *Hub) rescue(what string) {
	if p := recover(); p != nil {
		h.deps.Log.Error("live: a part failed", "part", what, "panic", p)
	}
}

// Close tells all sockets to connect again elsewhere or later (close code
// 1012), waits for them to end, and stops the feeds. Connections that come
// after it are refused.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	for _, s := range h.all() {
		s.stop(closeRestart, "restart")
	}
	h.cancel()
	h.work.Wait()
}
