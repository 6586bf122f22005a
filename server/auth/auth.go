// Package auth knows who asks: it signs people in, keeps their sessions and
// API keys, and is the one place that says what an actor may do beyond forms.
//
// Every write is a Change with an Event, like any other. What was verified is
// kept in memory and forgotten at the moment it changes, so a revoked session
// or key fails on the next request.
package auth

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"time"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// Platform is the tenant that holds logins (email → tenant and user) and settings of the installation.
const Platform fact.TenantID = "platform"

// Admin is the role that may do everything beyond forms; see [Can].
const Admin = "admin"

// The kinds of document this package keeps.
const (
	KindUser    = "user"    // in a tenant: one person
	KindSession = "session" // in a tenant: one signed-in browser; the id is derived from the token's hash
	KindKey     = "key"     // in a tenant: one API key; the id is derived from the token's hash
	KindLogin   = "login"   // in Platform: the id is the email
	KindSetting = "setting" // in Platform
	KindTenant  = "tenant"  // in Platform: the name of a tenant
)

// Config is what an Auth is made of. Store is needed; the rest has defaults.
type Config struct {
	Store  store.Store
	Now    func() time.Time // time.Now
	Rand   io.Reader        // crypto/rand
	Tenant fact.TenantID    // whom the first administrator belongs to; "main"

	Idle   time.Duration // a session ends after so long without a request; 12 h
	Life   time.Duration // a session ends after so long in any case; 30 days
	Cached int           // most verified tokens kept in memory; 20,000

	Cost    Cost  // of a password hash; argon2id with 2 passes over 19 MiB
	Hashers int   // password hashes computed at once; 2
	PerIP   Quota // sign-ins from one address; 30, then one per second
	PerName Quota // sign-ins to one account; 10, then one per 12 seconds
}

// Auth signs in, verifies and revokes. It is safe for concurrent use.
type Auth struct {
	store  store.Store
	now    func() time.Time
	rand   io.Reader
	tenant fact.TenantID
	idle   time.Duration
	life   time.Duration

	hasher   *hasher
	verified *verified
	perIP    *Limiter
	perName  *Limiter
	setup    setup
	watchers watchers
}

// New returns an Auth over the store of its Config.
func New(c Config) *Auth {
	orDefault(&c.Idle, 12*time.Hour)
	orDefault(&c.Life, 30*24*time.Hour)
	orDefault(&c.Cached, 20_000)
	orDefault(&c.Hashers, 2)
	orDefault(&c.Tenant, "main")
	orDefault(&c.Cost, Cost{Passes: 2, KiB: 19 * 1024})
	orDefault(&c.PerIP, Quota{Burst: 30, Every: time.Second})
	orDefault(&c.PerName, Quota{Burst: 10, Every: 12 * time.Second})
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	return &Auth{
		store: c.Store, now: c.Now, rand: c.Rand, tenant: c.Tenant, idle: c.Idle, life: c.Life,
		hasher:   newHasher(c.Cost, c.Hashers, c.Rand),
		verified: newVerified(c.Cached),
		perIP:    NewLimiter(c.PerIP, limiterKeys),
		perName:  NewLimiter(c.PerName, limiterKeys),
	}
}

func orDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// read decodes the JSON document at a key into v and returns its revision, 0 when there is none.
func (a *Auth) read(ctx context.Context, t fact.TenantID, k fact.Key, v any) (rev uint64, err error) {
	err = a.store.View(ctx, t, func(r fact.Reader) error {
		rev, err = get(r, k, v)
		return err
	})
	return rev, err
}

func get(r fact.Reader, k fact.Key, v any) (uint64, error) {
	d, err := r.Get(k)
	if err != nil || d.Rev == 0 {
		return 0, err
	}
	return d.Rev, json.Unmarshal(d.Body, v)
}

// change gathers one atomic write of documents that were read before.
type change struct {
	fact.Change
	now time.Time
	by  fact.Actor
}

// put writes v at k, which must still be at rev.
func (c *change) put(k fact.Key, rev uint64, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Expect = append(c.Expect, fact.Expect{Key: k, Rev: rev})
	c.Put = append(c.Put, fact.Put{Key: k, Body: body})
	return nil
}

// remove deletes the document at k, which must still be at rev.
func (c *change) remove(k fact.Key, rev uint64) {
	c.Expect = append(c.Expect, fact.Expect{Key: k, Rev: rev})
	c.Put = append(c.Put, fact.Put{Key: k, Delete: true})
}

// tell adds a line of history; data must marshal to a JSON object and hold no secret.
func (c *change) tell(subject fact.Key, kind string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	c.Events = append(c.Events, fact.Event{Subject: subject, Type: kind, At: c.now, Actor: c.by, Data: body})
	return nil
}

func (a *Auth) change(by fact.Actor) *change {
	return &change{now: a.now().UTC().Truncate(time.Millisecond), by: by}
}

func (a *Auth) commit(ctx context.Context, t fact.TenantID, c *change) error {
	_, err := a.store.Commit(ctx, t, c.Change)
	return err
}

func refuse(kind fact.RefusalKind, path, code string, params map[string]any) error {
	return fact.Refuse(kind, fact.Problem{Path: path, Code: code, Params: params})
}
