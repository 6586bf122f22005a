package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/store"
)

// fillStep is how many records one commit of a fill covers.
const fillStep = 500

// indexPlan compares the indexes that are kept with those the program keeps.
// Stale ones will no longer be kept and must be built anew if they return;
// missing ones, by name with their form, are to be filled.
func (c *Catalog) indexPlan(ctx context.Context, t fact.TenantID, p *program.Program) (stale []string, missing map[string]string, err error) {
	wanted := map[string]string{} // index → form
	for id, f := range p.Forms {
		wanted[program.StateIndex(id)] = id
		for _, d := range f.Def.Indexes {
			wanted["i/"+id+"/"+d.ID] = id
		}
		for _, v := range f.Indexes {
			wanted[v.Index()] = id
		}
	}
	missing = map[string]string{}
	err = c.store.View(ctx, t, func(r fact.Reader) error {
		for doc, err := range r.Scan(fact.Range{Kind: "index"}) {
			if err != nil {
				return err
			}
			if wanted[doc.Key.ID] == "" {
				stale = append(stale, doc.Key.ID)
			} else {
				delete(wanted, doc.Key.ID)
			}
		}
		missing = wanted
		return nil
	})
	return stale, missing, err
}

// fill builds the missing indexes from the stored records. Writes that happen
// meanwhile keep the indexes themselves; a record that changes between reading
// and committing is read again.
func (c *Catalog) fill(ctx context.Context, t fact.TenantID, p *program.Program, missing map[string]string) error {
	byForm := map[string][]string{}
	for name, form := range missing {
		byForm[form] = append(byForm[form], name)
	}
	for form, names := range byForm {
		slices.Sort(names)
		if err := c.fillForm(ctx, t, p, form, names); err != nil {
			return fmt.Errorf("fill indexes of %s: %w", form, err)
		}
	}
	return nil
}

func (c *Catalog) fillForm(ctx context.Context, t fact.TenantID, p *program.Program, formID string, names []string) error {
	after := ""
	for {
		change, last, err := c.fillChange(ctx, t, p, formID, names, after)
		if err != nil {
			return err
		}
		if len(change.Index) > 0 {
			_, err := c.store.Commit(ctx, t, change)
			if errors.Is(err, store.ErrConflict) {
				continue // somebody wrote one of these records: read them again
			}
			if err != nil {
				return err
			}
		}
		if last == "" {
			break
		}
		after = last
	}
	var done fact.Change
	for _, name := range names {
		done.Put = append(done.Put, fact.Put{Key: fact.Key{Kind: "index", ID: name}, Body: []byte(`{}`)})
	}
	_, err := c.store.Commit(ctx, t, done)
	return err
}

// fillChange returns the entries of the next records and the id of the last one, "" at the end.
func (c *Catalog) fillChange(ctx context.Context, t fact.TenantID, p *program.Program, formID string, names []string, after string) (fact.Change, string, error) {
	var change fact.Change
	last := ""
	f := p.Forms[formID]
	env := &fact.Env{Now: c.now(), Zone: p.Zone}
	kind := fact.RecordKind(formID)
	err := c.store.View(ctx, t, func(r fact.Reader) error {
		n := 0
		for doc, err := range r.Scan(fact.Range{Kind: kind, After: after}) {
			if err != nil {
				return err
			}
			if n == fillStep {
				return nil
			}
			n++
			rec, err := fact.DecodeRecord(formID, doc)
			if err != nil {
				return err
			}
			row, err := f.Load(&rec, env)
			if err != nil {
				return err
			}
			touched := false
			for _, e := range f.Entries(row, env) {
				if slices.Contains(names, e.Index) {
					change.Index = append(change.Index, e)
					touched = true
				}
			}
			if touched {
				change.Expect = append(change.Expect, fact.Expect{Key: fact.Key{Kind: kind, ID: rec.ID}, Rev: rec.Rev})
			}
			last = rec.ID
		}
		last = "" // the sequence ended before the step was full
		return nil
	})
	return change, last, err
}
