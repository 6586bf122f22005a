package app

import (
	"context"
	"errors"

	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/auth"
	"sluice/server/catalog"
	"sluice/server/live"
)

// screens shows the hub what an actor may watch, by the live program.
type screens struct{ catalog *catalog.Catalog }

var _ live.Screens = screens{}

// Release returns the id of the live release, "" when nothing is published. It
// changes once more when the release's indexes are filled: a board that was
// opened before has shown a part and must look again.
func (s screens) Release(ctx context.Context, t fact.TenantID) (string, error) {
	p, err := s.catalog.Fresh(ctx, t)
	if errors.Is(err, catalog.ErrNone) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return s.name(t, p), nil
}

func (s screens) name(t fact.TenantID, p *program.Program) string {
	if s.catalog.Ready(t) {
		return p.Release
	}
	return p.Release + "+filling"
}

// Screen returns a view as the actor sees it. It refuses a view that is not
// there or not for the actor (unknown_view), and one whose order or groups would
// show the actor a hidden field (view_reveals).
func (s screens) Screen(ctx context.Context, t fact.TenantID, actor fact.Actor, viewID string) (*live.Screen, error) {
	p, err := s.catalog.Fresh(ctx, t) // not Program: a feed must not wait for a fill
	if err != nil {
		return nil, err
	}
	unknown := fact.Refuse(fact.NotFound, fact.Problem{Code: "unknown_view", Params: map[string]any{"view": viewID}})
	v := p.Views[viewID]
	if v == nil || !v.Seen(actor) {
		return nil, unknown
	}
	access := v.Form.Access(actor)
	if !access.Read {
		return nil, unknown
	}
	if path, reveals := v.Reveals(access.Hides); reveals {
		return nil, fact.Refuse(fact.Denied, fact.Problem{Code: "view_reveals", Params: map[string]any{"view": viewID, "field": path}})
	}
	screen := &live.Screen{
		View: v.View, Release: s.name(t, p), Scope: access.Scope, Actor: actor, Zone: p.Zone,
		Load: v.Form.Load, Hidden: access.Hides,
	}
	if access.Restricted() {
		screen.Sees = access.Sees
	}
	return screen, nil
}

// check tells the hub whom a token stands for now.
func check(a *auth.Auth) func(context.Context, fact.TenantID, string) (fact.Actor, bool, error) {
	return func(ctx context.Context, t fact.TenantID, token string) (fact.Actor, bool, error) {
		who, err := a.Verify(ctx, []byte(token))
		var refusal *fact.Refusal
		if errors.As(err, &refusal) && refusal.Kind != fact.Internal {
			return fact.Actor{}, false, nil
		}
		if err != nil {
			return fact.Actor{}, true, err
		}
		return who.Actor, who.Tenant == t, nil
	}
}
