// Package app is the composition root: it turns a configuration into a running
// server, and is the only package that knows all parts.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"sluice/runtime/fact"
	"sluice/server/auth"
	"sluice/server/blob"
	"sluice/server/catalog"
	"sluice/server/command"
	"sluice/server/jobs"
	"sluice/server/store"
	"sluice/server/store/boltstore"
)

// MainTenant is the tenant of an installation that has only one.
const MainTenant fact.TenantID = "main"

// Config says how a server is to run.
type Config struct {
	Dir     string // data directory; made when it is not there
	Addr    string // host:port to listen on
	BaseURL string // where people reach the server; empty: by the request's host
	Demo    string // pack to start with when nothing is published yet
	Admin   Admin  // first administrator, made unattended when set
	Version string
	MaxFile int64     // largest attachment in bytes; 20 MiB when 0
	NoSync  bool      // for benchmarks that compare with it; never for data that matters
	Out     io.Writer // where the ready line and the demo accounts go; os.Stdout when nil
	Log     *slog.Logger
	Now     func() time.Time
}

// Admin is the first administrator of an unattended installation.
type Admin struct{ Email, Password string }

// Parts are the pieces of a server without its doors: what the command line
// works on while no server runs.
type Parts struct {
	Config  Config
	Store   store.Store
	Catalog *catalog.Catalog
	Runner  *command.Runner
	Auth    *auth.Auth
	Blobs   *blob.Blobs
	Timers  *jobs.Timers
}

const defaultMaxFile = 20 << 20

// Open opens the data directory. It fails when another process has it open.
func Open(c Config) (*Parts, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	if c.Out == nil {
		c.Out = os.Stdout
	}
	if c.MaxFile == 0 {
		c.MaxFile = defaultMaxFile
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	st, err := boltstore.Open(c.Dir, boltstore.Options{NoSync: c.NoSync})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", c.Dir, err)
	}
	blobs, err := blob.Open(filepath.Join(c.Dir, "blobs"), c.MaxFile)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open attachments: %w", err), st.Close())
	}
	p := &Parts{Config: c, Store: st, Blobs: blobs}
	p.Catalog = catalog.New(st, c.Log, c.Now)
	p.Runner = &command.Runner{Store: st, Programs: p.Catalog}
	p.Auth = auth.New(auth.Config{Store: st, Now: c.Now, Tenant: MainTenant})
	p.Timers = jobs.New(st, p.Runner, c.Log, c.Now)
	p.Runner.Wake = p.Timers.Wake
	return p, nil
}

// Close finishes the commits in flight and closes the files.
func (p *Parts) Close() error {
	return errors.Join(p.Blobs.Close(), p.Store.Close())
}

// prepare makes the first administrator and the demo, when they are asked for and not there yet.
func (p *Parts) prepare(ctx context.Context) ([]Account, error) {
	if a := p.Config.Admin; a.Email != "" {
		if err := p.Auth.SetupUnattended(ctx, auth.FirstAdmin{Email: a.Email, Password: a.Password}); err != nil {
			return nil, fmt.Errorf("first administrator: %w", err)
		}
	}
	if p.Config.Demo == "" {
		return nil, nil
	}
	return p.LoadDemo(ctx, MainTenant, p.Config.Demo)
}
