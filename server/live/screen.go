package live

import (
	"context"
	"time"

	"sluice/runtime/fact"
	"sluice/runtime/view"
)

// Screen is one view of one release as all actors of one scope see it. It is immutable.
type Screen struct {
	View    *view.View
	Release string
	Scope   string // equal for actors who see the same records and fields
	Actor   fact.Actor
	Zone    *time.Location
	Load    func(rec *fact.Record, env *fact.Env) (fact.Row, error)
	Hidden  func(path string) bool                 // nil: the scope sees all fields
	Sees    func(row fact.Row, env *fact.Env) bool // nil: the scope sees all records
}

// Screens finds what an actor may watch.
type Screens interface {
	// Release returns the id of the tenant's live release, "" when there is none.
	// It is asked in every round and must be quick.
	Release(ctx context.Context, t fact.TenantID) (string, error)
	// Screen returns a view of the live release as the actor sees it. It fails with a
	// *fact.Refusal: unknown_view when there is none that he may see, view_reveals
	// when he may see it but not what it is ordered by.
	Screen(ctx context.Context, t fact.TenantID, actor fact.Actor, viewID string) (*Screen, error)
}
