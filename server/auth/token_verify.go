package auth

import (
	"context"
	"time"

	"sluice/runtime/fact"
)

// ErrToken is returned for a token that is not, or no longer, valid: the refusal not_signed_in.
var ErrToken error = fact.Refuse(fact.Denied, fact.Problem{Code: "not_signed_in"})

// Verify returns who a token stands for, or ErrToken. It costs one hash and one
// map read, except at a token's first use and when a session must be prolonged.
func (a *Auth) Verify(ctx context.Context, token []byte) (*Identity, error) {
	if len(token) == 0 || len(token) > tokenLongest {
		return nil, ErrToken
	}
	h := hashToken(token)
	e, now := a.verified.get(h), a.now()
	if e == nil || !now.Before(e.until) {
		return a.lookUp(ctx, h, string(token))
	}
	if e.due(now) && e.busy.CompareAndSwap(false, true) {
		return a.prolonged(ctx, h, e)
	}
	return e.who, nil
}

// due reports whether the session is to be prolonged.
func (e *entry) due(now time.Time) bool { return !e.touch.IsZero() && !now.Before(e.touch) }

func (a *Auth) lookUp(ctx context.Context, h tokenHash, token string) (*Identity, error) {
	kind, t, ok := parseToken(token)
	if !ok {
		return nil, ErrToken
	}
	gen := a.verified.generation()
	find := a.lookUpSession
	if kind == KindKey {
		find = a.lookUpKey
	}
	e, err := find(ctx, t, h)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, ErrToken
	}
	if e.due(a.now()) {
		return a.prolonged(ctx, h, e)
	}
	a.verified.put(h, e, gen)
	return e.who, nil
}

// prolonged moves a session's end. When the store cannot write any more, the
// session goes on until its known end: who can only read shall still read.
func (a *Auth) prolonged(ctx context.Context, h tokenHash, old *entry) (*Identity, error) {
	gen := a.verified.generation()
	if err := a.prolong(ctx, old.who.Tenant, h); err != nil {
		return old.who, nil
	}
	e, err := a.lookUpSession(ctx, old.who.Tenant, h)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, ErrToken
	}
	a.verified.put(h, e, gen)
	return e.who, nil
}
