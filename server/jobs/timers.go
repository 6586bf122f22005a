// Package jobs does what changes have asked for after their commit: today the
// timers of status chains. A job is held under a lease, so a crash gives it back;
// it is done when the change that it leads to names it.
//
// One goroutine serves all tenants. It sleeps until the earliest due time it
// knows, and a commit that brings an earlier job wakes it, so an idle tenant's
// file is not touched.
package jobs

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"sluice/runtime/fact"
	"sluice/server/command"
	"sluice/server/store"
)

const (
	queue = "timer"
	lease = 30 * time.Second
	batch = 64
	retry = time.Second // after an error of the store
	// doze is the longest wait: the clock may be set forward, or the machine sleep,
	// while a wait goes on. Waking up without anything due touches no file.
	doze = time.Minute
)

// Timers runs the "timer" queue of all tenants.
type Timers struct {
	Store  store.Store
	Runner *command.Runner
	Log    *slog.Logger
	Now    func() time.Time

	mu   sync.Mutex
	due  map[fact.TenantID]time.Time // earliest known due time; absent: nothing is waiting
	wake chan struct{}
}

// New returns the timers of the store's tenants; Run starts them.
func New(s store.Store, r *command.Runner, log *slog.Logger, now func() time.Time) *Timers {
	return &Timers{Store: s, Runner: r, Log: log, Now: now, due: map[fact.TenantID]time.Time{}, wake: make(chan struct{}, 1)}
}

// Wake tells of a job that is due at a time. It does not block.
func (t *Timers) Wake(tenant fact.TenantID, due time.Time) {
	t.mu.Lock()
	known, ok := t.due[tenant]
	earlier := !ok || due.Before(known)
	if earlier {
		t.due[tenant] = due
	}
	t.mu.Unlock()
	if earlier {
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
}

// Run serves the timers until the context ends. At the start every tenant is
// looked at once, since a job may have come due while nobody was running.
func (t *Timers) Run(ctx context.Context) error {
	if lister, ok := t.Store.(store.Lister); ok {
		tenants, err := lister.Tenants(ctx)
		if err != nil {
			return err
		}
		for _, tenant := range tenants {
			t.Wake(tenant, t.Now())
		}
	}
	for {
		next := t.serve(ctx)
		wait := time.NewTimer(next)
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-t.wake:
			wait.Stop()
		case <-wait.C:
		}
	}
}

// serve does what is due and returns how long to wait for the next.
func (t *Timers) serve(ctx context.Context) time.Duration {
	now := t.Now()
	next := doze
	for _, tenant := range t.ready(now) {
		t.tenant(ctx, tenant)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, due := range t.due {
		next = min(next, due.Sub(now))
	}
	return max(next, 0)
}

func (t *Timers) ready(now time.Time) []fact.TenantID {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []fact.TenantID
	for tenant, due := range t.due {
		if !due.After(now) {
			out = append(out, tenant)
			delete(t.due, tenant)
		}
	}
	return out
}

// tenant does a tenant's due jobs, batch by batch.
func (t *Timers) tenant(ctx context.Context, tenant fact.TenantID) {
	for ctx.Err() == nil {
		now := t.Now()
		jobs, next, err := t.Store.Lease(ctx, tenant, queue, batch, now, now.Add(lease))
		if err != nil {
			if !errors.Is(err, store.ErrClosed) {
				t.Log.Error("timers: lease", "tenant", tenant, "error", err)
			}
			t.Wake(tenant, now.Add(retry))
			return
		}
		for i := range jobs {
			t.do(ctx, tenant, &jobs[i])
		}
		if len(jobs) < batch {
			if !next.IsZero() {
				t.Wake(tenant, next)
			}
			return
		}
	}
}

// do issues the command that the timer stands for. A refusal is an answer too:
// then the timer had nothing to do any more and is only ticked off.
func (t *Timers) do(ctx context.Context, tenant fact.TenantID, job *fact.Job) {
	defer func() {
		if r := recover(); r != nil {
			t.Log.Error("timers: panic", "tenant", tenant, "job", job.ID, "panic", r, "stack", string(debug.Stack()))
			t.Wake(tenant, t.Now().Add(lease))
		}
	}()
	form := strings.TrimPrefix(job.Subject.Kind, fact.RecordKind(""))
	_, err := t.Runner.Run(ctx, tenant, fact.Command{
		Type: fact.Due, Form: form, ID: job.Subject.ID, Input: job.Body, JobID: job.ID, Now: t.Now(),
		Actor: fact.Actor{Kind: fact.Timer, ID: "timer", Name: "timer"},
	})
	var refusal *fact.Refusal
	if errors.As(err, &refusal) && refusal.Kind != fact.Internal && refusal.Kind != fact.Conflict {
		_, err = t.Store.Commit(ctx, tenant, fact.Change{Done: []string{job.ID}})
	}
	if err != nil && !errors.Is(err, store.ErrClosed) && ctx.Err() == nil {
		t.Log.Error("timers: job", "tenant", tenant, "job", job.ID, "attempts", job.Attempts, "error", err)
		t.Wake(tenant, t.Now().Add(lease))
	}
}
