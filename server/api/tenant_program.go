package api

import (
	"errors"
	"time"

	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/catalog"
)

// program returns a tenant's live program; before anything was published, one
// with nothing in it, so that an administrator can sign in and begin.
func (a *API) program(t fact.TenantID) (*program.Program, error) {
	p, err := a.Catalog.Program(bg, t)
	if errors.Is(err, catalog.ErrNone) {
		return emptyProgram, nil
	}
	return p, err
}

var emptyProgram = &program.Program{Zone: time.UTC}
