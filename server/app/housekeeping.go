package app

import (
	"context"
	"errors"
	"time"

	"sluice/server/command"
	"sluice/server/store"
)

// How often the house is kept: memory of files that were read is given back, and
// ended sessions and old idempotency keys are removed.
const (
	trimEvery  = time.Minute
	sweepEvery = 6 * time.Hour
)

// trimmer is implemented by engines that map files into memory and can let go
// of what nobody has looked at lately.
type trimmer interface{ Trim() error }

// keepHouse does the small chores until the context ends.
func (p *Parts) keepHouse(ctx context.Context) error {
	trim, sweep := time.NewTicker(trimEvery), time.NewTicker(sweepEvery)
	defer trim.Stop()
	defer sweep.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-trim.C:
			if t, ok := p.Store.(trimmer); ok {
				err = t.Trim()
			}
		case <-sweep.C:
			err = p.sweep(ctx)
		}
		if err != nil && !errors.Is(err, store.ErrClosed) && ctx.Err() == nil {
			p.Config.Log.Error("housekeeping", "error", err)
		}
	}
}

func (p *Parts) sweep(ctx context.Context) error {
	lister, ok := p.Store.(store.Lister)
	if !ok {
		return nil
	}
	tenants, err := lister.Tenants(ctx)
	if err != nil {
		return err
	}
	for _, t := range tenants {
		_, sweepErr := p.Auth.Sweep(ctx, t)
		err = errors.Join(err, sweepErr, p.Runner.Forget(ctx, t, p.Config.Now().Add(-command.KeyLife)))
	}
	return err
}
