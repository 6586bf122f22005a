package auth

import (
	"sync"
	"sync/atomic"
	"time"

	"sluice/runtime/fact"
)

// Identity is who a verified token stands for. It is shared: treat it as immutable.
type Identity struct {
	Tenant  fact.TenantID
	Actor   fact.Actor
	User    string // user id: of the person, or of the person who made the key
	Email   string
	Lang    string // "zh" or "en"
	Session string // session id, "" for an API key
	Expires time.Time
}

// entry is an Identity that was verified, and until when that needs no further look.
type entry struct {
	who   *Identity
	until time.Time   // not valid at or after
	touch time.Time   // a session used at or after this is prolonged; zero for keys
	busy  atomic.Bool // one request is prolonging it
}

// verified keeps verified tokens by their hash. It is dropped whole when it is
// full: that costs one look-up per token that is in use.
type verified struct {
	mu   sync.RWMutex
	gen  uint64 // counts what was forgotten, so that a slow look-up cannot put back what was revoked meanwhile
	most int
	by   map[tokenHash]*entry
}

func newVerified(most int) *verified {
	return &verified{most: most, by: make(map[tokenHash]*entry)}
}

func (v *verified) get(h tokenHash) *entry {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.by[h]
}

func (v *verified) generation() uint64 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.gen
}

// put keeps an entry that was looked up in a generation, unless something was forgotten since.
func (v *verified) put(h tokenHash, e *entry, gen uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.gen != gen {
		return
	}
	if len(v.by) >= v.most {
		clear(v.by)
	}
	v.by[h] = e
}

// forget drops every entry that match says yes to.
func (v *verified) forget(match func(tokenHash, *Identity) bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.gen++
	for h, e := range v.by {
		if match(h, e.who) {
			delete(v.by, h)
		}
	}
}

// watchers are told whose tokens changed, so that open sockets can be looked at again.
type watchers struct {
	mu   sync.Mutex
	next int
	by   map[int]func(fact.TenantID, string)
}

// Watch calls changed (which must not block) after a user's roles, sessions or
// keys changed, with the tenant and the user id, until cancel is called.
func (a *Auth) Watch(changed func(t fact.TenantID, user string)) (cancel func()) {
	w := &a.watchers
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.by == nil {
		w.by = make(map[int]func(fact.TenantID, string))
	}
	id := w.next
	w.next++
	w.by[id] = changed
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.by, id)
	}
}

// forgetUser makes the next request of each of the user's tokens look them up again.
func (a *Auth) forgetUser(t fact.TenantID, user string) {
	a.verified.forget(func(_ tokenHash, id *Identity) bool { return id.Tenant == t && id.User == user })
	a.watchers.mu.Lock()
	defer a.watchers.mu.Unlock()
	for _, changed := range a.watchers.by {
		changed(t, user)
	}
}
