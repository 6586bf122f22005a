package live

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"
)

// Load is what Measure puts on a server.
type Load struct {
	URL     string // of the live address
	Token   string
	View    string
	Sockets int
	Rate    float64       // changes per second
	For     time.Duration // how long changes are made
	Settle  time.Duration // how long to wait for the last ones to arrive; 5 s
	Workers int           // changes made at once; 8
	// Change makes the i-th change to a record that the view shows and returns its
	// id and revision once it is committed. It is called by Workers goroutines.
	Change func(ctx context.Context, i int) (id string, rev uint64, err error)
}

// Measured is what came of it. A delivery is one change that one socket has
// seen; its latency goes from asking for the change to reading the frame that
// shows it, so it includes the commit.
type Measured struct {
	Sockets   int
	Changes   int           // committed
	Failed    int           // refused or failed
	Rate      float64       // committed per second
	Delivered uint64        // deliveries
	Missing   uint64        // deliveries that did not come in time
	P50, P99  time.Duration // latency of deliveries
	Max       time.Duration
	Commit50  time.Duration // latency of the changes themselves, as their maker sees it
	Commit99  time.Duration
	Resyncs   uint64 // times that a socket was told to load afresh
}

// Measure watches a view with many sockets while it changes. It ends by itself.
func Measure(ctx context.Context, l Load) (*Measured, error) {
	if l.Settle == 0 {
		l.Settle = 5 * time.Second
	}
	if l.Workers == 0 {
		l.Workers = 8
	}
	g := &gauge{seed: maphash.MakeSeed(), known: map[uint64][]sighting{}, made: map[string][]mark{}}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var readers sync.WaitGroup
	if err := g.connect(ctx, &l, &readers); err != nil {
		cancel()
		readers.Wait()
		return nil, err
	}
	start := time.Now()
	g.drive(ctx, &l)
	took := time.Since(start)
	g.settle(ctx, &l)
	cancel()
	readers.Wait()
	g.evaluate()
	return g.result(&l, took), nil
}

// mark is when a revision of a record was asked for.
type mark struct {
	rev   uint64
	asked time.Time
}

// sighting is a record's revision in a frame.
type sighting struct {
	id  string
	rev uint64
}

// arrival is a frame that a socket read.
type arrival struct {
	shown []sighting
	at    time.Time
}

// gauge gathers what sockets see.
type gauge struct {
	seed maphash.Seed

	mu    sync.RWMutex
	known map[uint64][]sighting // what frames show, by their hash: equal frames are read once
	made  map[string][]mark
	logs  [][]arrival // one per socket, when it has ended

	arrived    atomic.Uint64
	deliveries histogram
	commits    histogram
	changes    atomic.Int64
	failed     atomic.Int64
	resyncs    atomic.Uint64
	lost       atomic.Uint64
}

// connect opens the sockets, some at a time, and waits until each has its snapshot.
func (g *gauge) connect(ctx context.Context, l *Load, readers *sync.WaitGroup) error {
	const atOnce = 16
	errs := make(chan error, l.Sockets)
	turns := make(chan struct{}, atOnce)
	for range l.Sockets {
		turns <- struct{}{}
		go func() {
			defer func() { <-turns }()
			c, err := Dial(ctx, l.URL, l.Token)
			if err == nil {
				if err = begin(ctx, c, l.View); err == nil {
					readers.Add(1)
					go func() { defer readers.Done(); g.watch(ctx, c, l.View) }()
				}
			}
			errs <- err
		}()
	}
	var first error
	for range l.Sockets {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
	}
	return first
}

func begin(ctx context.Context, c *Client, view string) error {
	if err := c.Subscribe(view, "", 0); err != nil {
		return err
	}
	for {
		f, err := c.Next(ctx)
		switch {
		case err != nil:
			_ = c.Abort()
			return err
		case f.Op == "snapshot":
			return nil
		case f.Op == "error":
			_ = c.Abort()
			return fmt.Errorf("view %s: %s", view, f.Code)
		}
	}
}

// watch reads one socket to the end of the measurement.
func (g *gauge) watch(ctx context.Context, c *Client, view string) {
	defer func() { _ = c.Abort() }()
	stop := context.AfterFunc(ctx, func() { _ = c.Abort() })
	defer stop()
	var log []arrival
	defer func() {
		g.mu.Lock()
		g.logs = append(g.logs, log)
		g.mu.Unlock()
	}()
	for {
		_, text, err := c.conn.ReadMessage()
		now := time.Now()
		if err != nil {
			if ctx.Err() == nil {
				g.lost.Add(1)
			}
			return
		}
		list, resync := g.read(text)
		if resync {
			g.resyncs.Add(1)
			if c.Subscribe(view, "", 0) != nil {
				return
			}
		}
		if len(list) > 0 {
			g.arrived.Add(1)
			log = append(log, arrival{list, now})
		}
	}
}

// read returns what a frame shows. Frames for many sockets are equal, so each is
// decoded once; otherwise the decoding of clients would be what is measured.
func (g *gauge) read(text []byte) (list []sighting, resync bool) {
	hash := maphash.Bytes(g.seed, text)
	g.mu.RLock()
	list, ok := g.known[hash]
	g.mu.RUnlock()
	if ok {
		return list, false
	}
	f, err := decodeFrame(text)
	if err != nil || f.Op == "resync" {
		return nil, err == nil
	}
	list = []sighting{}
	for _, c := range f.Changes {
		if c.Card != nil {
			list = append(list, sighting{c.Card.ID, c.Card.Rev})
		}
	}
	g.mu.Lock()
	g.known[hash] = list
	g.mu.Unlock()
	return list, false
}

// evaluate matches what sockets saw with what was changed. A socket sees with a
// revision all changes after the one that it saw before.
func (g *gauge) evaluate() {
	for _, log := range g.logs {
		seen := map[string]uint64{}
		for _, a := range log {
			for _, s := range a.shown {
				for _, m := range g.made[s.id] {
					if m.rev > seen[s.id] && m.rev <= s.rev {
						g.deliveries.add(a.at.Sub(m.asked))
					}
				}
				seen[s.id] = max(seen[s.id], s.rev)
			}
		}
	}
}

// drive makes changes at the rate asked for, however long each takes.
func (g *gauge) drive(ctx context.Context, l *Load) {
	total := int(l.Rate * l.For.Seconds())
	start := time.Now()
	work := make(chan int)
	var workers sync.WaitGroup
	for range l.Workers {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range work {
				g.change(ctx, l, i)
			}
		}()
	}
	for i := range total {
		due := start.Add(time.Duration(float64(i) / l.Rate * float64(time.Second)))
		if !sleep(ctx, time.Until(due)) {
			break
		}
		work <- i
	}
	close(work)
	workers.Wait()
}

func (g *gauge) change(ctx context.Context, l *Load, i int) {
	asked := time.Now()
	id, rev, err := l.Change(ctx, i)
	if err != nil {
		g.failed.Add(1)
		return
	}
	g.commits.add(time.Since(asked))
	g.changes.Add(1)
	g.mu.Lock()
	g.made[id] = append(g.made[id], mark{rev, asked})
	g.mu.Unlock()
}

func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// settle waits until nothing arrives any more, or no longer than the load says.
func (g *gauge) settle(ctx context.Context, l *Load) {
	const quiet = 500 * time.Millisecond
	for end := time.Now().Add(l.Settle); time.Now().Before(end); {
		before := g.arrived.Load()
		if !sleep(ctx, quiet) || g.arrived.Load() == before {
			return
		}
	}
}

func (g *gauge) result(l *Load, took time.Duration) *Measured {
	want := uint64(g.changes.Load()) * uint64(l.Sockets)
	m := &Measured{
		Sockets: l.Sockets, Changes: int(g.changes.Load()), Failed: int(g.failed.Load()),
		Rate: float64(g.changes.Load()) / took.Seconds(), Delivered: g.deliveries.count(),
		P50: g.deliveries.quantile(0.5), P99: g.deliveries.quantile(0.99), Max: g.deliveries.quantile(1),
		Commit50: g.commits.quantile(0.5), Commit99: g.commits.quantile(0.99), Resyncs: g.resyncs.Load(),
	}
	if m.Delivered < want {
		m.Missing = want - m.Delivered
	}
	return m
}

// ErrNothing is returned by Measured.Err when no change was seen by anybody.
var ErrNothing = errors.New("no change arrived")

// Err tells whether the measurement is worth anything.
func (m *Measured) Err() error {
	if m.Delivered == 0 {
		return ErrNothing
	}
	return nil
}
