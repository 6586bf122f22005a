package catalog

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"sluice/runtime/fact"
	"sluice/runtime/program"
)

// tenant is what the catalog keeps of one tenant in memory. Tenants do not wait
// for each other, and nobody waits for indexes that are being filled.
type tenant struct {
	publish sync.Mutex // one publish, switch or fill at a time; may be held for minutes
	load    sync.Mutex // from reading or writing the head to knowing its program; held briefly
	live    atomic.Pointer[program.Program]
	behind  atomic.Bool  // indexes of the live program are still to be filled
	retry   atomic.Int64 // when a fill that failed is tried again, Unix milliseconds
}

// fillRetry is how long a fill that failed is left alone.
const fillRetry = 10 * time.Second

func (c *Catalog) tenant(t fact.TenantID) *tenant {
	if v, ok := c.tenants.Load(t); ok {
		return v.(*tenant)
	}
	v, _ := c.tenants.LoadOrStore(t, &tenant{})
	return v.(*tenant)
}

// Program returns the tenant's live program, compiling it at first use. ErrNone
// when nothing is published. Indexes that a stopped process has left unfilled
// are filled before the first caller gets the program; others get it meanwhile.
func (c *Catalog) Program(ctx context.Context, t fact.TenantID) (*program.Program, error) {
	st := c.tenant(t)
	p := st.live.Load()
	if p == nil {
		var err error
		if p, err = c.Fresh(ctx, t); err != nil {
			return nil, err
		}
	}
	if st.behind.Load() {
		c.catchUp(ctx, t, st)
	}
	return p, nil
}

// Fresh is Program for those who know that another release may just be going
// live: it waits until a switch that has begun is done.
func (c *Catalog) Fresh(ctx context.Context, t fact.TenantID) (*program.Program, error) {
	st := c.tenant(t)
	st.load.Lock()
	defer st.load.Unlock()
	if p := st.live.Load(); p != nil {
		return p, nil
	}
	rel, rev, err := c.liveRelease(ctx, t)
	if err != nil {
		return nil, err
	}
	p, complaints, err := c.compile(ctx, t, rel)
	if err != nil {
		return nil, err
	}
	if len(complaints) > 0 {
		return nil, fmt.Errorf("release %d does not compile: %w", rel.Number, complaints[0])
	}
	p.Head = rev
	plan, err := c.indexPlan(ctx, t, p)
	if err != nil {
		return nil, err
	}
	st.behind.Store(!plan.done())
	st.live.Store(p)
	return p, nil
}

// Ready reports whether all indexes of the tenant's live program are filled.
func (c *Catalog) Ready(t fact.TenantID) bool { return !c.tenant(t).behind.Load() }

// catchUp fills what is missing, unless somebody is at it or it has just failed.
// A fill that fails is told to the log only: reading goes on with what there is.
func (c *Catalog) catchUp(ctx context.Context, t fact.TenantID, st *tenant) {
	if c.now().UnixMilli() < st.retry.Load() || !st.publish.TryLock() {
		return
	}
	defer st.publish.Unlock()
	if !st.behind.Load() {
		return
	}
	if err := c.settle(ctx, t, st); err != nil {
		st.retry.Store(c.now().Add(fillRetry).UnixMilli())
		c.log.Error("fill indexes", "tenant", t, "error", err)
	}
}
