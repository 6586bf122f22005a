package auth

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"sluice/runtime/fact"
	"sluice/schemas"
)

// Key is an API key as people see it; the secret is shown once, when it is made.
type Key struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Roles   []string  `json:"roles"`
	User    string    `json:"user"` // who made it; it can do at most what that person can
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
}

type keyDoc struct {
	Key
	Hash string `json:"hash"`
}

func apiKey(id string) fact.Key { return fact.Key{Kind: KindKey, ID: id} }

// CreateKey makes an API key for the caller with some of the caller's own
// roles (an administrator may choose any) and returns it with its secret token.
// A zero expires is never.
func (a *Auth) CreateKey(ctx context.Context, who *Identity, name string, roles []string, expires time.Time) (*Key, string, error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 200 {
		return nil, "", refuse(fact.Invalid, "/name", "required", nil)
	}
	if !expires.IsZero() && !expires.After(a.now()) {
		return nil, "", refuse(fact.Invalid, "/expires", "not_above", map[string]any{"limit": fact.TimeText(a.now().UnixMilli())})
	}
	for i, role := range roles {
		if !who.Actor.Has(role) && !who.Actor.Has(Admin) {
			return nil, "", refuse(fact.Denied, schemas.Pointer("roles", i), "role_denied", nil)
		}
	}
	token, hash, err := a.mintToken(keyPrefix, who.Tenant)
	if err != nil {
		return nil, "", err
	}
	c := a.change(who.Actor)
	roles = slices.Compact(slices.Sorted(slices.Values(roles)))
	doc := keyDoc{Hash: hex.EncodeToString(hash[:]), Key: Key{
		ID: hash.id(), Name: name, Roles: roles, User: who.User, Created: c.now, Expires: expires,
	}}
	if err := c.put(apiKey(doc.ID), 0, doc); err != nil {
		return nil, "", err
	}
	if err := c.tell(apiKey(doc.ID), "key.created", map[string]any{"name": name, "roles": roles}); err != nil {
		return nil, "", err
	}
	if err := a.commit(ctx, who.Tenant, c); err != nil {
		return nil, "", err
	}
	return &doc.Key, token, nil
}

// Keys returns a tenant's API keys by id: all of them, or with user set those of one person.
func (a *Auth) Keys(ctx context.Context, t fact.TenantID, user string) (keys []Key, err error) {
	err = a.store.View(ctx, t, func(r fact.Reader) error {
		for d, err := range r.Scan(fact.Range{Kind: KindKey}) {
			if err != nil {
				return err
			}
			var k keyDoc
			if err := json.Unmarshal(d.Body, &k); err != nil {
				return err
			}
			if user == "" || k.User == user {
				keys = append(keys, k.Key)
			}
		}
		return nil
	})
	return keys, err
}

// RevokeKey ends an API key; with user set, only a key of that person. It fails on the next request.
func (a *Auth) RevokeKey(ctx context.Context, who *Identity, id, user string) error {
	var k keyDoc
	rev, err := a.read(ctx, who.Tenant, apiKey(id), &k)
	if err != nil {
		return err
	}
	if rev == 0 || user != "" && k.User != user {
		return refuse(fact.NotFound, "", "not_found", nil)
	}
	c := a.change(who.Actor)
	c.remove(apiKey(id), rev)
	if err := c.tell(apiKey(id), "key.revoked", map[string]any{"name": k.Name}); err != nil {
		return err
	}
	if err := a.commit(ctx, who.Tenant, c); err != nil {
		return err
	}
	a.forgetUser(who.Tenant, k.User)
	return nil
}

// lookUpKey reads a key and who made it; nil when it is not valid. What that
// person lost since, the key lost too.
func (a *Auth) lookUpKey(ctx context.Context, t fact.TenantID, h tokenHash) (*entry, error) {
	var k keyDoc
	var u userDoc
	err := a.store.View(ctx, t, func(r fact.Reader) error {
		rev, err := get(r, apiKey(h.id()), &k)
		if err != nil || rev == 0 {
			return err
		}
		_, err = get(r, userKey(k.User), &u)
		return err
	})
	if err != nil || u.ID == "" || u.Off || !sameHash(k.Hash, h) {
		return nil, err
	}
	until := a.now().Add(24 * time.Hour)
	if !k.Expires.IsZero() {
		if !a.now().Before(k.Expires) {
			return nil, nil
		}
		until = k.Expires
	}
	roles := k.Roles
	if owner := u.actor(); !owner.Has(Admin) {
		roles = slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return !owner.Has(r) })
	}
	who := &Identity{
		Tenant: t, User: u.ID, Email: u.Email, Lang: u.Lang, Expires: k.Expires,
		Actor: fact.Actor{Kind: fact.APIKey, ID: "key:" + k.ID, Name: k.Name, Roles: roles},
	}
	return &entry{who: who, until: until}, nil
}
