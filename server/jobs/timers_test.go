package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/command"
	"sluice/server/store/boltstore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const acme fact.TenantID = "acme"

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// bundle is timers over a store, with a clock that stands still.
type bundle struct {
	t      *testing.T
	dir    string
	store  *counted
	runner *command.Runner
	timers *Timers
	now    time.Time
	tick   time.Duration // how much the clock goes on at each look at it; less than 0 sets it back
	err    error         // Programs fail with it
	panics bool
}

// counted counts the looks at the queue.
type counted struct {
	*boltstore.Store
	leases int
}

func (c *counted) Lease(ctx context.Context, t fact.TenantID, queue string, limit int, now, until time.Time) ([]fact.Job, time.Time, error) {
	c.leases++
	return c.Store.Lease(ctx, t, queue, limit, now, until)
}

// programs gives the definitions that the engine is tested with.
type programs struct {
	b *bundle
	p *program.Program
}

func (p programs) Program(context.Context, fact.TenantID) (*program.Program, error) {
	if p.b.panics {
		panic("a mistake")
	}
	return p.p, p.b.err
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{t: t, dir: t.TempDir(), now: start}
	b.open()
	t.Cleanup(func() { require.NoError(t, b.store.Close()) })
	return b
}

func (b *bundle) open() {
	b.t.Helper()
	s, err := boltstore.Open(b.dir, boltstore.Options{NoSync: true})
	require.NoError(b.t, err)
	b.store = &counted{Store: s}
	b.runner = &command.Runner{Store: b.store, Programs: programs{b, compile(b.t)}}
	b.timers = New(b.store, b.runner, slog.New(slog.DiscardHandler), func() time.Time {
		now := b.now
		b.now = b.now.Add(b.tick)
		return now
	})
	b.runner.Wake = b.timers.Wake
}

func compile(t *testing.T) *program.Program {
	t.Helper()
	files, err := filepath.Glob("../../runtime/engine/testdata/pack/*.json")
	require.NoError(t, err)
	var sources []program.Source
	for _, file := range files {
		doc, err := os.ReadFile(file)
		require.NoError(t, err)
		var h def.Head
		require.NoError(t, json.Unmarshal(doc, &h), file)
		sources = append(sources, program.Source{Kind: h.Kind, ID: h.ID, File: file, Doc: doc})
	}
	p, complaints := program.Compile(sources, "rel-1", time.UTC)
	require.Empty(t, complaints)
	return p
}

// order creates an order, which is late after two hours and, with fewer than a hundred pieces, expires after a day.
func (b *bundle) order(qty int) string {
	b.t.Helper()
	out, err := b.runner.Run(b.t.Context(), acme, fact.Command{
		Type: fact.Submit, Form: "order", Input: fmt.Appendf(nil, `{"qty":%d}`, qty), Now: b.now,
		Actor: fact.Actor{Kind: fact.Person, ID: "u1", Roles: []string{"clerk"}},
	})
	require.NoError(b.t, err)
	return out.Record.ID
}

// serve looks once and returns how long it would wait.
func (b *bundle) serve() time.Duration {
	b.t.Helper()
	return b.timers.serve(b.t.Context())
}

// events counts the events of a type.
func (b *bundle) events(kind string) int {
	b.t.Helper()
	var epoch uint64
	require.NoError(b.t, b.store.View(b.t.Context(), acme, func(r fact.Reader) error {
		epoch = r.Position().Epoch
		return nil
	}))
	all, err := b.store.Events(b.t.Context(), acme, fact.Position{Epoch: epoch}, 100_000)
	require.NoError(b.t, err)
	n := 0
	for _, e := range all {
		if e.Type == kind {
			n++
		}
	}
	return n
}

// left returns how many jobs are stored; it takes them under a lease.
func (b *bundle) left() int {
	b.t.Helper()
	far := b.now.AddDate(10, 0, 0)
	list, _, err := b.store.Store.Lease(b.t.Context(), acme, queue, 10_000, far, far)
	require.NoError(b.t, err)
	return len(list)
}

func TestADueTimerRunsOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.order(1)
	require.Equal(t, doze, b.serve())
	require.Zero(t, b.events("record.late"))

	b.now = start.Add(2*time.Hour - 10*time.Second)
	require.Equal(t, 10*time.Second, b.serve())
	require.Zero(t, b.events("record.late"))

	b.now = start.Add(2 * time.Hour)
	require.Equal(t, doze, b.serve())
	require.Equal(t, 1, b.events("record.late"))
	b.serve()
	require.Equal(t, 1, b.events("record.late"))

	b.now = start.Add(24 * time.Hour)
	b.serve()
	require.Equal(t, 1, b.events("record.late"))
	require.Equal(t, 1, b.events("record.moved"))
	require.Zero(t, b.left())
}

// TestNothingDueTouchesNoFile looks often while nothing is due.
func TestNothingDueTouchesNoFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.order(1)
	for range 10 {
		b.now = b.now.Add(time.Minute)
		require.Positive(t, b.serve())
	}
	require.Zero(t, b.store.leases)
}

func TestManyAreDoneInOneGo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 2*batch + 10 {
		b.order(1)
	}
	b.now = start.Add(2 * time.Hour)
	b.serve()
	require.Equal(t, 2*batch+10, b.events("record.late"))
	require.Equal(t, 3, b.store.leases)
}

// TestALeaseEndsWithoutItsHolder takes a job and dies.
func TestALeaseEndsWithoutItsHolder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.order(1)
	b.now = start.Add(2 * time.Hour)
	taken, _, err := b.store.Store.Lease(t.Context(), acme, queue, 1, b.now, b.now.Add(lease))
	require.NoError(t, err)
	require.Len(t, taken, 1)

	require.Equal(t, lease, b.serve())
	require.Zero(t, b.events("record.late"))
	b.now = b.now.Add(lease)
	b.serve()
	require.Equal(t, 1, b.events("record.late"))
}

func TestARefusedTimerIsTickedOff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.order(500) // too many to expire
	b.now = start.Add(24 * time.Hour)
	b.serve()
	require.Zero(t, b.events("record.moved"))
	require.Zero(t, b.left())
}

// TestATimerOfAFormThatIsGoneIsTickedOff has a job for what no program knows.
func TestATimerOfAFormThatIsGoneIsTickedOff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.store.Commit(t.Context(), acme, fact.Change{Jobs: []fact.Job{
		{ID: "a", Queue: queue, Due: start, Subject: fact.Key{Kind: "record/ghost", ID: "x"}, Body: []byte(`{}`)},
		{ID: "b", Queue: queue, Due: start, Subject: fact.Key{Kind: "odd", ID: "x"}, Body: []byte(`{`)},
	}})
	require.NoError(t, err)
	b.timers.Wake(acme, start)
	b.serve()
	require.Zero(t, b.left())
}

// TestAFailureIsTriedAgainAfterTheLease lets programs fail, and panic.
func TestAFailureIsTriedAgainAfterTheLease(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.order(1)
	b.now = start.Add(2 * time.Hour)
	b.err = errors.New("disk")
	require.Equal(t, lease, b.serve())
	b.err, b.panics = nil, true
	b.now = b.now.Add(lease)
	require.Equal(t, lease, b.serve())
	require.Zero(t, b.events("record.late"))
	b.panics = false
	require.Equal(t, lease, b.serve(), "not before the lease ends")
	require.Zero(t, b.events("record.late"))
	b.now = b.now.Add(lease)
	b.serve()
	require.Equal(t, 1, b.events("record.late"))
}

func TestAClockSetBackRepeatsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.order(1)
	b.now = start.Add(3 * time.Hour)
	b.serve()
	require.Equal(t, 1, b.events("record.late"))
	looks := b.store.leases
	b.now = start.Add(-48 * time.Hour)
	for range 5 {
		require.Equal(t, doze, b.serve(), "no busy loop")
	}
	require.Equal(t, looks, b.store.leases)
	b.now = start.Add(24 * time.Hour)
	b.serve()
	require.Equal(t, 1, b.events("record.late"))
	require.Equal(t, 1, b.events("record.moved"))
}

// TestAClockSetBackInTheMiddleLosesNoMove goes back between the look at the queue and the command.
func TestAClockSetBackInTheMiddleLosesNoMove(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.order(1)
	b.now, b.tick = start.Add(24*time.Hour), -time.Minute
	b.serve()
	require.Zero(t, b.events("record.moved"))
	b.now, b.tick = start.Add(24*time.Hour), 0
	require.Equal(t, doze, b.serve())
	require.Equal(t, 1, b.events("record.moved"))
	require.Zero(t, b.left())
}

func TestWakeKeepsTheEarliest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.timers.Wake(acme, start.Add(30*time.Second))
	b.timers.Wake(acme, start.Add(50*time.Second))
	require.Equal(t, 30*time.Second, b.serve())
	b.timers.Wake("other", start.Add(10*time.Second))
	require.Equal(t, 10*time.Second, b.serve())
	b.timers.Wake(acme, start.Add(5*time.Second))
	require.Equal(t, 5*time.Second, b.serve())
	require.Zero(t, b.store.leases)
}

// TestOverdueTimersRunAtTheStart stops, lets time pass, and starts again.
func TestOverdueTimersRunAtTheStart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.order(1)
	require.NoError(t, b.store.Close())
	b.now = start.Add(25 * time.Hour)
	b.open()

	committed := make(chan struct{}, 16)
	cancelWatch := b.store.Watch(acme, func(fact.Position) { committed <- struct{}{} })
	defer cancelWatch()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.timers.Run(ctx) }()
	<-committed // late
	<-committed // expired
	stop()
	require.NoError(t, <-ended)
	require.Equal(t, 1, b.events("record.late"))
	require.Equal(t, 1, b.events("record.moved"))
	require.Zero(t, b.left())
}

// TestACommitWakesTheLoop runs with a loop that has nothing to do, until a job comes that is due.
func TestACommitWakesTheLoop(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.timers.Run(ctx) }()
	late := make(chan struct{}, 16)
	defer b.store.Watch(acme, func(fact.Position) { late <- struct{}{} })()
	_, err := b.runner.Run(t.Context(), acme, fact.Command{ // the past: overdue as soon as it is there
		Type: fact.Submit, Form: "order", Input: []byte(`{"qty":500}`), Now: start.Add(-3 * time.Hour),
		Actor: fact.Actor{Kind: fact.Person, ID: "u1", Roles: []string{"clerk"}},
	})
	require.NoError(t, err)
	<-late // submitted
	<-late // marked
	stop()
	require.NoError(t, <-ended)
	require.Equal(t, 1, b.events("record.late"))
}

// TestAStoreThatFailsIsAskedAgainSoon closes the store under the timers.
func TestAStoreThatFailsIsAskedAgainSoon(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.order(1)
	require.NoError(t, b.store.Close())
	b.now = start.Add(2 * time.Hour)
	require.Equal(t, retry, b.serve())
	b.open()
}
