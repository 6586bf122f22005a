package api

import (
	"context"

	"sluice/runtime/fact"
	"sluice/server/command"
)

// broken panics at every command.
type broken struct{}

func (broken) Run(context.Context, fact.TenantID, fact.Command) (*command.Outcome, error) {
	panic("out of order")
}
