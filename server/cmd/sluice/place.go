package main

import (
	"fmt"
	"log/slog"
	"os"

	"sluice/runtime/fact"
	"sluice/server/app"
)

// wrong is an error of the call itself.
func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, args...))
}

// place is where a subcommand works: a data directory that no server has open,
// or a running server.
type place struct {
	dir    *string
	tenant *string
	url    *string
	token  *string
}

// placeFlags declares --data and --tenant, and with remote --url and --token too.
func placeFlags(c *call, remote bool) *place {
	p := &place{
		dir:    c.flags.String("data", "data", "data directory `DIR`; no server may have it open"),
		tenant: c.flags.String("tenant", string(app.MainTenant), "`TENANT` to work on"),
	}
	if remote {
		p.url = c.flags.String("url", "", "work on the running server at `URL` instead of a data directory")
		p.token = c.flags.String("token", "", "`TOKEN` of the running server: an API key, or that of a session ($SLUICE_TOKEN)")
	}
	return p
}

func (p *place) remote() bool { return p.url != nil && *p.url != "" }

func (p *place) id() fact.TenantID { return fact.TenantID(*p.tenant) }

// open opens the data directory, which must be there.
func (p *place) open(c *call) (*app.Parts, error) {
	if _, err := os.Stat(*p.dir); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	return p.create(c)
}

// create opens the data directory, and makes it when it is not there.
func (p *place) create(c *call) (*app.Parts, error) {
	return app.Open(app.Config{Dir: *p.dir, Version: version, Out: c.out, Log: slog.New(slog.NewTextHandler(c.err, nil))})
}
