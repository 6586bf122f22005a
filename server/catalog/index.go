package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/store"
)

// fillStep is how many records or entries one commit of a fill covers, and
// fillBusy how many when writers keep changing the same records.
const (
	fillStep = 500
	fillBusy = 50
)

// indexKind is the kind of the documents that say which indexes are complete.
// The id is the index's name. Claims of unique values are kept track of in the
// same way, under the kind of their documents ("unique/<form>/<field>").
const indexKind = "index"

const uniquePrefix = "unique/"

// indexStatus is the body of such a document.
type indexStatus struct {
	Of    string `json:"of,omitempty"`    // what a declared index is made of: the same id may come to mean another field
	Stale bool   `json:"stale,omitempty"` // the live program does not keep it: its entries are to be removed
}

// plan is what lies between the indexes as they are kept and as a program keeps them.
type plan struct {
	missing map[string]map[string]string // form → name → what it is made of: to be built
	stale   []string                     // to be marked when the program goes live
	drop    []string                     // kept by nobody, marked or not: to be removed
}

func (p *plan) done() bool { return len(p.missing)+len(p.drop) == 0 }

// wanted returns the indexes that a program keeps: by form, their names with what they are made of.
func wanted(p *program.Program) map[string]map[string]string {
	out := map[string]map[string]string{}
	for id, f := range p.Forms {
		names := map[string]string{program.StateIndex(id): ""}
		for _, d := range f.Def.Indexes {
			names["i/"+id+"/"+d.ID] = d.Field + " " + kindAt(f, d.Field)
		}
		for _, v := range f.Indexes {
			names[v.Index()] = "" // the name is made of all that matters
		}
		for i := range f.Def.Fields {
			if d := &f.Def.Fields[i]; d.Unique {
				names[uniquePrefix+id+"/"+d.ID] = string(d.Type)
			}
		}
		out[id] = names
	}
	return out
}

// kindAt returns the type of the field at a path ("lines.sku" for a column).
func kindAt(f *program.Form, path string) string {
	fields := f.Def.Fields
	head, rest, _ := strings.Cut(path, ".")
	i := slices.IndexFunc(fields, func(d def.Field) bool { return d.ID == head })
	if i < 0 {
		return ""
	}
	kind := string(fields[i].Type)
	if j := slices.IndexFunc(fields[i].Fields, func(d def.Field) bool { return d.ID == rest }); j >= 0 {
		kind += "/" + string(fields[i].Fields[j].Type)
	}
	return kind
}

// indexPlan compares the indexes that are kept with those the program keeps.
func (c *Catalog) indexPlan(ctx context.Context, t fact.TenantID, p *program.Program) (*plan, error) {
	out := &plan{missing: wanted(p)}
	formOf := map[string]string{}
	for form, names := range out.missing {
		for name := range names {
			formOf[name] = form
		}
	}
	err := c.store.View(ctx, t, func(r fact.Reader) error {
		for doc, err := range r.Scan(fact.Range{Kind: indexKind}) {
			if err != nil {
				return err
			}
			var status indexStatus
			if err := json.Unmarshal(doc.Body, &status); err != nil {
				return fmt.Errorf("index %s: %w", doc.Key.ID, err)
			}
			names := out.missing[formOf[doc.Key.ID]]
			of, kept := names[doc.Key.ID]
			switch {
			case !kept:
				out.drop = append(out.drop, doc.Key.ID)
				if !status.Stale {
					out.stale = append(out.stale, doc.Key.ID)
				}
			case !status.Stale && status.Of == of:
				delete(names, doc.Key.ID)
			}
		}
		return nil
	})
	maps.DeleteFunc(out.missing, func(_ string, names map[string]string) bool { return len(names) == 0 })
	return out, err
}

// settle brings the indexes to what the live program keeps. It can be broken off
// and begun again at any point: an index counts as complete only by its document,
// which is written last, and one that is dropped is gone before its document is.
func (c *Catalog) settle(ctx context.Context, t fact.TenantID, st *tenant) error {
	p := st.live.Load()
	plan, err := c.indexPlan(ctx, t, p)
	if err != nil {
		return err
	}
	if plan.done() {
		st.behind.Store(false)
		return nil
	}
	filled := false
	for _, form := range slices.Sorted(maps.Keys(plan.missing)) {
		some, err := c.build(ctx, t, p, form, plan.missing[form])
		if err != nil {
			return fmt.Errorf("fill indexes of %s: %w", form, err)
		}
		filled = filled || some
	}
	for _, name := range plan.drop {
		if err := c.clear(ctx, t, name); err != nil {
			return fmt.Errorf("remove index %s: %w", name, err)
		}
		gone := fact.Change{Put: []fact.Put{{Key: fact.Key{Kind: indexKind, ID: name}, Delete: true}}}
		if _, err := c.store.Commit(ctx, t, gone); err != nil {
			return err
		}
	}
	st.behind.Store(false)
	if !filled {
		return nil
	}
	// Whoever looked meanwhile has seen half of it: the event makes boards look again.
	_, err = c.store.Commit(ctx, t, fact.Change{Events: []fact.Event{{
		Subject: headKey, Type: "index.filled", At: c.now().UTC(), Actor: fact.Actor{Kind: fact.System, ID: "system"}, Release: p.Release, Data: []byte("{}"),
	}}})
	return err
}

// build makes indexes of a form anew: what is left of former times is removed,
// then every record is entered. Writers that are at work meanwhile keep the
// indexes themselves, since the program that keeps them is live. some is whether
// there was anything to enter.
func (c *Catalog) build(ctx context.Context, t fact.TenantID, p *program.Program, form string, indexes map[string]string) (some bool, err error) {
	names := slices.Sorted(maps.Keys(indexes))
	for _, name := range names {
		if err := c.clear(ctx, t, name); err != nil {
			return false, err
		}
	}
	f := &filling{program: p, form: form, names: names}
	if err := c.fill(ctx, t, f); err != nil {
		return false, err
	}
	var done fact.Change
	for _, name := range names {
		body, err := json.Marshal(indexStatus{Of: indexes[name]})
		if err != nil {
			return false, err
		}
		done.Put = append(done.Put, fact.Put{Key: fact.Key{Kind: indexKind, ID: name}, Body: body})
	}
	_, err = c.store.Commit(ctx, t, done)
	return f.some, err
}

// clear removes the entries that an index has at the start; those that writers
// put meanwhile may go too, and come back with the fill. Claims of unique values
// are left: the engine judges each by the record that it names.
func (c *Catalog) clear(ctx context.Context, t fact.TenantID, name string) error {
	if strings.HasPrefix(name, uniquePrefix) {
		return nil
	}
	var groups map[string]int64
	err := c.store.View(ctx, t, func(r fact.Reader) (err error) {
		groups, err = r.Groups(name)
		return err
	})
	if err != nil {
		return err
	}
	for group := range groups {
		if err := c.clearGroup(ctx, t, fact.Range{Index: name, Group: group, Keys: true}); err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalog) clearGroup(ctx context.Context, t fact.TenantID, rng fact.Range) error {
	for {
		var change fact.Change
		err := c.store.View(ctx, t, func(r fact.Reader) error {
			for doc, err := range r.Scan(rng) {
				if err != nil {
					return err
				}
				if len(change.Index) == fillStep {
					return nil
				}
				change.Index = append(change.Index, fact.Entry{
					Index: rng.Index, Group: rng.Group, Sort: slices.Clone(doc.Sort), Kind: doc.Key.Kind, ID: doc.Key.ID, Remove: true,
				})
			}
			return nil
		})
		if err != nil || len(change.Index) == 0 {
			return err
		}
		if _, err := c.store.Commit(ctx, t, change); err != nil {
			return err
		}
		last := &change.Index[len(change.Index)-1]
		rng.After = fact.Cursor(last.Sort, last.ID)
	}
}

// filling is the work of entering a form's records into indexes.
type filling struct {
	program *program.Program
	form    string
	names   []string
	after   string // the record done last
	some    bool   // there was a record to enter
}

// fill enters all records, step by step. A record that changes between reading
// and committing is read again; when writers are too many for that, a small step
// is made inside the store's writer, where nobody can be faster.
func (c *Catalog) fill(ctx context.Context, t fact.TenantID, f *filling) error {
	for {
		var change fact.Change
		var last string
		err := c.store.View(ctx, t, func(r fact.Reader) (err error) {
			change, last, err = f.gather(r, c.env(f.program), fillStep)
			return err
		})
		if err != nil {
			return err
		}
		if len(change.Expect) > 0 {
			_, err = c.store.Commit(ctx, t, change)
		}
		if errors.Is(err, store.ErrConflict) {
			last, err = c.fillBusily(ctx, t, f)
		}
		if err != nil {
			return err
		}
		if last == "" {
			return nil
		}
		f.after = last
	}
}

func (c *Catalog) env(p *program.Program) *fact.Env { return &fact.Env{Now: c.now(), Zone: p.Zone} }

// fillBusily makes one small step that nobody can disturb; an engine without
// such a door is asked again and again.
func (c *Catalog) fillBusily(ctx context.Context, t fact.TenantID, f *filling) (last string, err error) {
	decide := func(r fact.Reader) (change fact.Change, err error) {
		change, last, err = f.gather(r, c.env(f.program), fillBusy)
		return change, err
	}
	if exclusive, ok := c.store.(store.Exclusive); ok {
		_, err = exclusive.Decide(ctx, t, decide)
		return last, err
	}
	for {
		var change fact.Change
		err := c.store.View(ctx, t, func(r fact.Reader) (err error) {
			change, err = decide(r)
			return err
		})
		if err != nil {
			return "", err
		}
		if _, err = c.store.Commit(ctx, t, change); !errors.Is(err, store.ErrConflict) {
			return last, err
		}
	}
}

// gather returns the change for up to limit records after the last one done, and
// the id of the last of them; "" at the end.
func (f *filling) gather(r fact.Reader, env *fact.Env, limit int) (fact.Change, string, error) {
	var change fact.Change
	last, n := "", 0
	for doc, err := range r.Scan(fact.Range{Kind: fact.RecordKind(f.form), After: f.after}) {
		if err != nil {
			return change, "", err
		}
		if n == limit {
			return change, last, nil
		}
		n++
		if err := f.enter(&change, r, doc, env); err != nil {
			return change, "", err
		}
		last = doc.Key.ID
	}
	return change, "", nil // the sequence ended before the step was full
}

// enter adds one record's entries, and its claims of unique values that nobody has.
func (f *filling) enter(change *fact.Change, r fact.Reader, doc fact.Doc, env *fact.Env) error {
	form := f.program.Forms[f.form]
	rec, err := fact.DecodeRecord(f.form, doc)
	if err != nil {
		return err
	}
	row, err := form.Load(&rec, env)
	if err != nil {
		return err
	}
	had := len(change.Index) + len(change.Put)
	for _, e := range form.Entries(row, env) {
		if slices.Contains(f.names, e.Index) {
			change.Index = append(change.Index, e)
		}
	}
	for _, k := range form.Uniques(row) {
		if !slices.Contains(f.names, k.Kind) || slices.ContainsFunc(change.Put, func(p fact.Put) bool { return p.Key == k }) {
			continue
		}
		claimed, err := r.Get(k)
		if err != nil {
			return err
		}
		if claimed.Rev == 0 {
			change.Expect = append(change.Expect, fact.Expect{Key: k})
			change.Put = append(change.Put, fact.Put{Key: k, Body: []byte(rec.ID)})
		}
	}
	if len(change.Index)+len(change.Put) > had {
		f.some = true
		change.Expect = append(change.Expect, fact.Expect{Key: doc.Key, Rev: doc.Rev})
	}
	return nil
}
