package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"sluice/designer"
	"sluice/server/api"
	"sluice/server/auth"
	"sluice/server/live"
)

// grace is how long requests in flight may take when the server stops.
const grace = 10 * time.Second

// gcPercent lets the heap grow to five times what lives before it is collected.
// Little lives (definitions, sessions, what is in flight), so this costs a few
// tens of megabytes under load, none at rest, and saves a sixth of the work.
const gcPercent = 400

// Serve opens the data directory, prepares what the configuration asks for,
// listens, prints the ready line and serves until the context ends.
func Serve(ctx context.Context, c Config) (err error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	p, err := Open(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	accounts, err := p.prepare(ctx)
	if err != nil {
		return err
	}
	packs, err := shippedPacks()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	hub := live.New(live.Deps{
		Store: p.Store, Screens: screens{p.Catalog}, Check: check(p.Auth), Now: p.Config.Now, Log: p.Config.Log,
	})
	app := api.New(api.Deps{
		Store: p.Store, Runner: p.Runner, Catalog: p.Catalog, Auth: p.Auth, Blobs: p.Blobs,
		Live: func(c *fiber.Ctx, who *auth.Identity, token string) error {
			return hub.Serve(c, who.Tenant, who.Actor, token)
		},
		UI: designer.FS(), Packs: packs, Version: c.Version, BaseURL: c.BaseURL, Now: p.Config.Now, Log: p.Config.Log,
	})
	live.Prepare(app)
	stop := p.background(ctx, hub)
	defer stop()
	if err := p.announce(ctx, listener.Addr(), accounts); err != nil {
		return errors.Join(err, listener.Close())
	}
	served := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				served <- fmt.Errorf("server: %v\n%s", r, debug.Stack())
			}
		}()
		served <- app.Listener(listener)
	}()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	hub.Close()
	return app.ShutdownWithTimeout(grace)
}

// background runs what works without being asked: timers and live feeds. The
// returned function ends them and waits.
func (p *Parts) background(ctx context.Context, hub *live.Hub) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for name, run := range map[string]func(context.Context) error{"timers": p.Timers.Run, "live": hub.Run, "housekeeping": p.keepHouse} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				if r := recover(); r != nil {
					p.Config.Log.Error("panic", "part", name, "panic", r, "stack", string(debug.Stack()))
				}
			}()
			if err := run(ctx); err != nil && ctx.Err() == nil {
				p.Config.Log.Error("part ended", "part", name, "error", err)
			}
		}()
	}
	return func() { cancel(); wg.Wait() }
}

// announce prints the ready line, which scripts wait for, then what a person needs to sign in.
func (p *Parts) announce(ctx context.Context, addr net.Addr, accounts []Account) error {
	url := "http://" + addr.String()
	if _, err := fmt.Fprintf(p.Config.Out, "ready %s\n", url); err != nil {
		return err
	}
	for _, a := range accounts {
		if _, err := fmt.Fprintf(p.Config.Out, "%-12s %-28s %s\n", a.Role, a.Email, a.Password); err != nil {
			return err
		}
	}
	if len(accounts) > 0 {
		return nil
	}
	token, err := p.Auth.SetupToken(ctx)
	if err != nil || token == "" {
		return err
	}
	_, err = fmt.Fprintf(p.Config.Out, "set up: %s/setup#%s\n", url, token)
	return err
}
