package auth

import (
	"context"
	"encoding/json"

	"sluice/runtime/fact"
)

// sweepBatch is how many ended sessions one change removes.
const sweepBatch = 500

// Sweep removes the sessions of a tenant that have ended by themselves and
// returns how many. It is to be called now and then; a session that is not
// swept is not valid for that.
func (a *Auth) Sweep(ctx context.Context, t fact.TenantID) (int, error) {
	swept := 0
	for {
		c := a.change(fact.Actor{})
		if err := a.ended(ctx, t, c); err != nil {
			return swept, err
		}
		if len(c.Put) == 0 {
			return swept, nil
		}
		if err := a.commit(ctx, t, c); err != nil {
			return swept, err
		}
		swept += len(c.Put)
	}
}

// ended adds the removal of ended sessions to a change.
func (a *Auth) ended(ctx context.Context, t fact.TenantID, c *change) error {
	now := a.now()
	return a.store.View(ctx, t, func(r fact.Reader) error {
		for d, err := range r.Scan(fact.Range{Kind: KindSession}) {
			if err != nil {
				return err
			}
			var s sessionDoc
			if err := json.Unmarshal(d.Body, &s); err != nil {
				return err
			}
			if now.Before(s.Seen.Add(a.idle)) && now.Before(s.Created.Add(a.life)) {
				continue
			}
			c.remove(d.Key, d.Rev)
			if len(c.Put) == sweepBatch {
				return nil
			}
		}
		return nil
	})
}
