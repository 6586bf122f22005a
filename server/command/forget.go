package command

import (
	"context"
	"time"

	"sluice/runtime/fact"
)

// KeyLife is how long an idempotency key is remembered at least.
const KeyLife = 7 * 24 * time.Hour

// LastingKey begins the idempotency keys that are never forgotten: those that an
// import makes of the names in a table. Reading the same table again adds
// nothing, however much later.
const LastingKey = "import/"

// keyIndex keeps idempotency keys by the day of their command, so that old ones
// are found without looking at the others.
const keyIndex = "idem"

func keyDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// forgetBatch is how many keys one change forgets.
const forgetBatch = 1000

// Forget removes the idempotency keys of the days before a time, but for lasting ones.
func (r *Runner) Forget(ctx context.Context, t fact.TenantID, before time.Time) error {
	for ctx.Err() == nil {
		var change fact.Change
		err := r.Store.View(ctx, t, func(reader fact.Reader) error {
			days, err := reader.Groups(keyIndex)
			if err != nil {
				return err
			}
			for day := range days {
				if day >= keyDay(before) {
					continue
				}
				for doc, err := range reader.Scan(fact.Range{Kind: "idem", Index: keyIndex, Group: day, Keys: true}) {
					if err != nil {
						return err
					}
					if len(change.Put) == forgetBatch {
						return nil
					}
					change.Put = append(change.Put, fact.Put{Key: doc.Key, Delete: true})
					change.Index = append(change.Index, fact.Entry{Index: keyIndex, Kind: "idem", ID: doc.Key.ID, Group: day, Remove: true})
				}
			}
			return nil
		})
		if err != nil || len(change.Put) == 0 {
			return err
		}
		if _, err := r.Store.Commit(ctx, t, change); err != nil {
			return err
		}
	}
	return ctx.Err()
}
