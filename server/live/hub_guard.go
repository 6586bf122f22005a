package live

import (
	"context"
	"slices"
	"time"

	"sluice/runtime/fact"
)

// guardTime is how often tokens are looked at: a revoked one is out within a second.
const guardTime = 500 * time.Millisecond

// Run looks after open sockets until ctx ends, then closes the hub: it closes
// sockets whose token no longer stands for anybody, and gives the others the
// roles that their people have now.
func (h *Hub) Run(ctx context.Context) error {
	defer h.Close()
	tick := time.NewTicker(guardTime)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			h.Recheck(ctx)
		}
	}
}

type holder struct {
	tenant fact.TenantID
	token  string
}

// Recheck asks at once who the tokens of all open sockets stand for.
func (h *Hub) Recheck(ctx context.Context) {
	if h.deps.Check == nil {
		return
	}
	defer h.rescue("guard")
	by := map[holder][]*socket{}
	for _, s := range h.all() {
		k := holder{s.feed.tenant, s.token}
		by[k] = append(by[k], s)
	}
	for k, list := range by {
		actor, ok, err := h.deps.Check(ctx, k.tenant, k.token)
		if err != nil {
			h.deps.Log.Warn("live: a token cannot be checked", "tenant", k.tenant, "error", err)
			continue
		}
		for _, s := range list {
			if !ok {
				s.stop(closeSignedOut, "signed out")
			} else {
				s.become(actor)
			}
		}
	}
}

// Revoke closes the sockets of a token at once.
func (h *Hub) Revoke(t fact.TenantID, token string) {
	for _, s := range h.all() {
		if s.feed.tenant == t && s.token == token {
			s.stop(closeSignedOut, "signed out")
		}
	}
}

// become gives a socket the actor that its token stands for now. When his roles
// changed, everything he watches is loaded afresh.
func (s *socket) become(actor fact.Actor) {
	old := s.actor.Load()
	if old.ID == actor.ID && old.Kind == actor.Kind && slices.Equal(old.Roles, actor.Roles) {
		return
	}
	s.actor.Store(&actor)
	s.feed.ask(request{op: opChanged, socket: s})
}
