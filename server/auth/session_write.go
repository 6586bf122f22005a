package auth

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"time"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// Session is a sign-in that succeeded. Token is shown this once.
type Session struct {
	Token   string
	Expires time.Time // at the latest
	Who     *Identity
}

type sessionDoc struct {
	User    string    `json:"user"`
	Hash    string    `json:"hash"` // of the whole token, hexadecimal
	Gen     uint64    `json:"gen"`  // of the user at the sign-in
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"` // within a twelfth of the idle time
	Address string    `json:"address,omitempty"`
}

// SignIn is an attempt to sign in from an address.
type SignIn struct {
	Email    string
	Password string
	Address  string
}

func sessionKey(id string) fact.Key { return fact.Key{Kind: KindSession, ID: id} }

// SignIn starts a session. An unknown account and a wrong password get the same
// answer in the same time: bad_credentials.
func (a *Auth) SignIn(ctx context.Context, in SignIn) (*Session, error) {
	email := foldEmail(in.Email)
	now := a.now()
	if wait := a.perIP.Take(in.Address, now); wait > 0 {
		return nil, refuse(fact.Denied, "", "too_many_requests", map[string]any{"seconds": seconds(wait)})
	}
	if !validEmail(email) || len(in.Password) > passwordLongest {
		email = "" // hashed all the same, against nothing
	} else if wait := a.perName.Take(email, now); wait > 0 {
		return nil, refuse(fact.Denied, "", "too_many_requests", map[string]any{"seconds": seconds(wait)})
	}
	t, u, err := a.login(ctx, email)
	if err != nil {
		return nil, err
	}
	ok, err := a.hasher.matches(u.Hash, in.Password)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, refuse(fact.Denied, "", "bad_credentials", nil)
	}
	if u.Off {
		return nil, refuse(fact.Denied, "", "account_disabled", nil)
	}
	a.perIP.Give(in.Address)
	a.perName.Give(email)
	return a.startSession(ctx, t, u, in.Address)
}

// login finds the user an email names; an empty user when there is none.
func (a *Auth) login(ctx context.Context, email string) (t fact.TenantID, u userDoc, err error) {
	if email == "" {
		return "", u, nil
	}
	var l loginDoc
	rev, err := a.read(ctx, Platform, loginKey(email), &l)
	if err != nil || rev == 0 {
		return "", u, err
	}
	rev, err = a.read(ctx, l.Tenant, userKey(l.User), &u)
	if err != nil || rev == 0 || u.Email != email { // the email was given up
		return "", userDoc{}, err
	}
	return l.Tenant, u, nil
}

func (a *Auth) startSession(ctx context.Context, t fact.TenantID, u userDoc, address string) (*Session, error) {
	token, hash, err := a.mintToken(sessionPrefix, t)
	if err != nil {
		return nil, err
	}
	c := a.change(u.actor())
	doc := sessionDoc{User: u.ID, Hash: hex.EncodeToString(hash[:]), Gen: u.Gen, Created: c.now, Seen: c.now, Address: address}
	if err := c.put(sessionKey(hash.id()), 0, doc); err != nil {
		return nil, err
	}
	if err := c.tell(userKey(u.ID), "session.started", map[string]any{"session": hash.id(), "address": address}); err != nil {
		return nil, err
	}
	if err := a.commit(ctx, t, c); err != nil {
		return nil, err
	}
	who := a.identify(t, &u, hash.id(), &doc)
	return &Session{Token: token, Expires: who.Expires, Who: who}, nil
}

func (u *userDoc) actor() fact.Actor {
	return fact.Actor{Kind: fact.Person, ID: u.ID, Name: u.Name, Roles: u.Roles}
}

func (a *Auth) identify(t fact.TenantID, u *userDoc, id string, s *sessionDoc) *Identity {
	return &Identity{Tenant: t, Actor: u.actor(), User: u.ID, Email: u.Email, Lang: u.Lang, Session: id, Expires: s.Created.Add(a.life)}
}

// SignOut ends the session of an identity. It fails on the next request.
func (a *Auth) SignOut(ctx context.Context, who *Identity) error {
	return a.endSession(ctx, who.Tenant, who.Actor, who.User, who.Session)
}

func (a *Auth) endSession(ctx context.Context, t fact.TenantID, by fact.Actor, user, id string) error {
	c := a.change(by)
	c.Put = append(c.Put, fact.Put{Key: sessionKey(id), Delete: true})
	if err := c.tell(userKey(user), "session.ended", map[string]any{"session": id}); err != nil {
		return err
	}
	if err := a.commit(ctx, t, c); err != nil {
		return err
	}
	a.forgetUser(t, user)
	return nil
}

// lookUpSession reads a session and its user; nil when it is not valid.
func (a *Auth) lookUpSession(ctx context.Context, t fact.TenantID, h tokenHash) (*entry, error) {
	var s sessionDoc
	var u userDoc
	err := a.store.View(ctx, t, func(r fact.Reader) error {
		rev, err := get(r, sessionKey(h.id()), &s)
		if err != nil || rev == 0 {
			return err
		}
		_, err = get(r, userKey(s.User), &u)
		return err
	})
	if err != nil || u.ID == "" || u.Off || u.Gen != s.Gen || !sameHash(s.Hash, h) {
		return nil, err
	}
	until, last := s.Seen.Add(a.idle), s.Created.Add(a.life)
	if last.Before(until) {
		until = last
	}
	if !a.now().Before(until) {
		return nil, nil
	}
	return &entry{who: a.identify(t, &u, h.id(), &s), until: until, touch: s.Seen.Add(a.idle / 12)}, nil
}

// prolong writes that a session is in use. Losing against a revocation is fine: the expected revision is gone then.
func (a *Auth) prolong(ctx context.Context, t fact.TenantID, h tokenHash) error {
	var s sessionDoc
	rev, err := a.read(ctx, t, sessionKey(h.id()), &s)
	if err != nil || rev == 0 {
		return err
	}
	c := a.change(fact.Actor{})
	s.Seen = c.now
	if err := c.put(sessionKey(h.id()), rev, s); err != nil {
		return err
	}
	if err := a.commit(ctx, t, c); err != nil && !errors.Is(err, store.ErrConflict) {
		return err
	}
	return nil
}

func sameHash(stored string, h tokenHash) bool {
	return subtle.ConstantTimeCompare([]byte(stored), []byte(hex.EncodeToString(h[:]))) == 1
}
