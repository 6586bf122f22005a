package catalog

import (
	"bytes"
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
	"sluice/runtime/scenario"
	"sluice/schemas"
	"sluice/server/store"
)

// Broken is returned when definitions cannot be published: they have problems or
// their scenarios fail.
type Broken struct {
	Complaints []program.Complaint
	Failures   []scenario.Failure
}

// Error names the first problem.
func (b *Broken) Error() string {
	if len(b.Complaints) > 0 {
		return fmt.Sprintf("%d problems, first: %v", len(b.Complaints), b.Complaints[0])
	}
	if len(b.Failures) > 0 {
		return fmt.Sprintf("%d scenarios fail, first: %s", len(b.Failures), b.Failures[0].Scenario)
	}
	return "not publishable"
}

// Proposal is a set of definitions to publish.
type Proposal struct {
	Files map[string][]byte // path → definition, laid over the live release
	Prune bool              // definitions that Files does not have are dropped
	Drop  []Item            // definitions to drop (by Kind and ID)
	Note  string
	By    fact.Actor
	Base  string // identity of the live release the caller saw; "" does not mind

	// Accept names scenarios whose outcome has changed on purpose: they are
	// recorded anew, as part of the same release, instead of stopping it.
	Accept []string
}

// Checked is what a proposal would be.
type Checked struct {
	Release    Release
	Program    *program.Program
	Sources    []program.Source
	Complaints []program.Complaint
	Scenarios  scenario.Report
	Changed    []Item // definitions that differ from the live release, those dropped included
}

// Check lays the proposal over the live release, compiles it and runs its
// scenarios, without changing anything. ErrMoved when Base is not live any more.
func (c *Catalog) Check(ctx context.Context, t fact.TenantID, p Proposal) (*Checked, error) {
	checked, _, err := c.check(ctx, t, p)
	return checked, err
}

func (c *Catalog) check(ctx context.Context, t fact.TenantID, p Proposal) (*Checked, uint64, error) {
	live, rev, err := c.liveRelease(ctx, t)
	if errors.Is(err, ErrNone) {
		live, err = &Release{}, nil
	}
	if err != nil {
		return nil, 0, err
	}
	if p.Base != "" && p.Base != live.Release {
		return nil, 0, ErrMoved
	}
	old, err := c.sources(ctx, t, live.Items)
	if err != nil {
		return nil, 0, err
	}
	out := &Checked{}
	out.Sources, out.Complaints = overlay(old, p)
	out.Release = Release{Number: live.Number + 1, Base: live.Number, At: c.now().UTC(), By: p.By, Note: p.Note}
	out.Release.Items, out.Release.Release = manifest(out.Sources)
	out.Changed = differences(live.Items, out.Release.Items)
	prog, complaints := compileSources(out.Sources, &out.Release)
	out.Program, out.Complaints = prog, append(out.Complaints, complaints...)
	if len(out.Complaints) > 0 {
		return out, rev, nil
	}
	out.Scenarios = scenario.RunAll(prog)
	if len(out.Scenarios.Failures) > 0 && len(p.Accept) > 0 {
		accepted, some, err := accept(out, p)
		if err != nil {
			return nil, 0, err
		}
		if some {
			return c.check(ctx, t, accepted)
		}
	}
	return out, rev, nil
}

// accept adds to the proposal the failing scenarios that it accepts, recorded
// anew in the files that have them. One that cannot be recorded goes on failing.
func accept(checked *Checked, p Proposal) (out Proposal, some bool, err error) {
	out = p
	out.Files, out.Accept = maps.Clone(p.Files), nil
	if out.Files == nil {
		out.Files = map[string][]byte{}
	}
	for _, s := range checked.Program.Scenarios {
		failed := slices.ContainsFunc(checked.Scenarios.Failures, func(f scenario.Failure) bool { return f.Scenario == s.ID })
		if !failed || !slices.Contains(p.Accept, s.ID) {
			continue
		}
		recorded, ok := scenario.Record(checked.Program, s)
		if !ok {
			continue
		}
		doc, err := indented(recorded)
		if err != nil {
			return p, false, err
		}
		i := slices.IndexFunc(checked.Sources, func(o program.Source) bool { return o.Kind == def.KindScenario && o.ID == s.ID })
		out.Files[checked.Sources[i].File] = doc
		some = true
	}
	return out, some, nil
}

// indented writes a definition as people keep it: indented, with < and & as they are.
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return b.Bytes(), err
}

// publishAttempts is how often a publish is committed anew because drafts are being saved.
const publishAttempts = 10

// Publish checks the proposal and makes it the live release. It returns *Broken,
// ErrMoved or ErrUnchanged when it does not.
func (c *Catalog) Publish(ctx context.Context, t fact.TenantID, p Proposal) (*Release, error) {
	st := c.tenant(t)
	st.publish.Lock()
	defer st.publish.Unlock()
	checked, headRev, err := c.check(ctx, t, p)
	if err != nil {
		return nil, err
	}
	if len(checked.Complaints) > 0 || len(checked.Scenarios.Failures) > 0 {
		return nil, &Broken{Complaints: checked.Complaints, Failures: checked.Scenarios.Failures}
	}
	if len(checked.Changed) == 0 && headRev > 0 {
		return nil, ErrUnchanged
	}
	// The number counts all releases, also those after the live one when somebody rolled back.
	if last, err := c.Releases(ctx, t, 0, 1); err != nil {
		return nil, err
	} else if len(last) > 0 {
		checked.Release.Number = last[0].Number + 1
		checked.Program.Number = checked.Release.Number
	}
	rel := &checked.Release
	for attempt := 1; ; attempt++ {
		change, err := c.releaseChange(ctx, t, rel, checked.Sources)
		if err != nil {
			return nil, err
		}
		err = c.golive(ctx, t, change, &switching{rel, headRev, p.By, checked.Program})
		if errors.Is(err, errDraft) && attempt < publishAttempts {
			continue
		}
		if err != nil {
			return nil, err
		}
		return rel, nil
	}
}

// Activate makes an older release live again, or a newer one after that. The
// caller names the live release it saw; "" does not mind.
func (c *Catalog) Activate(ctx context.Context, t fact.TenantID, number int, base string, by fact.Actor) (*Release, error) {
	st := c.tenant(t)
	st.publish.Lock()
	defer st.publish.Unlock()
	live, headRev, err := c.liveRelease(ctx, t)
	if err != nil {
		return nil, err
	}
	if base != "" && base != live.Release {
		return nil, ErrMoved
	}
	if number == live.Number {
		return live, nil // it is live already: sent twice, done once
	}
	rel, err := c.Release(ctx, t, number)
	if err != nil {
		return nil, err
	}
	prog, complaints, err := c.compile(ctx, t, rel)
	if err != nil {
		return nil, err
	}
	if len(complaints) > 0 {
		return nil, &Broken{Complaints: complaints}
	}
	if err := c.golive(ctx, t, fact.Change{}, &switching{rel, headRev, by, prog}); err != nil {
		return nil, err
	}
	return rel, nil
}

// switching is what goes live.
type switching struct {
	release *Release
	headRev uint64 // of the head that it takes the place of
	by      fact.Actor
	program *program.Program
}

// errDraft tells that a draft was saved while its former text went live: the
// change, which would drop it, is made anew.
var errDraft = errors.New("a draft was saved meanwhile")

// golive commits the switch, swaps the program and fills the indexes that it
// keeps and its predecessor did not. The release is live also when that last
// part fails: the next call of Program goes on with it.
func (c *Catalog) golive(ctx context.Context, t fact.TenantID, change fact.Change, s *switching) error {
	rel := s.release
	body, err := json.Marshal(head{Number: rel.Number, Release: rel.Release})
	if err != nil {
		return err
	}
	data, err := json.Marshal(map[string]any{"number": rel.Number, "release": rel.Release, "note": rel.Note})
	if err != nil {
		return err
	}
	change.Expect = append(change.Expect, fact.Expect{Key: headKey, Rev: s.headRev})
	change.Events = append(change.Events, fact.Event{
		Subject: headKey, Type: "release.activated", At: c.now().UTC(), Actor: s.by, Release: rel.Release, Data: data,
	})
	plan, err := c.indexPlan(ctx, t, s.program)
	if err != nil {
		return err
	}
	for _, name := range plan.stale {
		change.Put = append(change.Put, fact.Put{Key: fact.Key{Kind: indexKind, ID: name}, Body: []byte(`{"stale":true}`)})
	}
	change.Put = append(change.Put, fact.Put{Key: headKey, Body: body})
	st := c.tenant(t)
	if err := c.switchTo(ctx, t, st, change, s, plan.done()); err != nil {
		return err
	}
	return c.settle(ctx, t, st)
}

// switchTo commits the change, whose last document is the head, and lets the
// program go live. Nobody learns of the one without the other.
func (c *Catalog) switchTo(ctx context.Context, t fact.TenantID, st *tenant, change fact.Change, s *switching, settled bool) error {
	st.load.Lock()
	defer st.load.Unlock()
	receipt, err := c.store.Commit(ctx, t, change)
	if errors.Is(err, store.ErrConflict) {
		if _, rev, err := c.liveRelease(ctx, t); rev == s.headRev && (err == nil || errors.Is(err, ErrNone)) {
			return errDraft
		}
		return ErrMoved
	}
	if err != nil {
		return fmt.Errorf("go live: %w", err)
	}
	s.program.Head = receipt.Revs[len(receipt.Revs)-1]
	st.behind.Store(!settled)
	st.live.Store(s.program)
	return nil
}

func (c *Catalog) releaseChange(ctx context.Context, t fact.TenantID, rel *Release, sources []program.Source) (fact.Change, error) {
	var change fact.Change
	err := c.store.View(ctx, t, func(r fact.Reader) error {
		for i := range rel.Items {
			key := fact.Key{Kind: "source", ID: rel.Items[i].Source}
			doc, err := r.Get(key)
			if err != nil {
				return err
			}
			if doc.Rev == 0 && !slices.ContainsFunc(change.Put, func(p fact.Put) bool { return p.Key == key }) {
				change.Put = append(change.Put, fact.Put{Key: key, Body: sources[i].Doc})
			}
		}
		// Drafts that are now live have done their work.
		for _, kind := range def.Kinds {
			for doc, err := range r.Scan(fact.Range{Kind: "draft/" + string(kind)}) {
				if err != nil {
					return err
				}
				for i := range sources {
					if sources[i].Kind == kind && sources[i].ID == doc.Key.ID && string(sources[i].Doc) == string(doc.Body) {
						change.Expect = append(change.Expect, fact.Expect{Key: doc.Key, Rev: doc.Rev})
						change.Put = append(change.Put, fact.Put{Key: doc.Key, Delete: true})
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return change, err
	}
	body, err := json.Marshal(rel)
	if err != nil {
		return change, err
	}
	change.Expect = append(change.Expect, fact.Expect{Key: releaseKey(rel.Number)})
	change.Put = append(change.Put, fact.Put{Key: releaseKey(rel.Number), Body: body})
	return change, nil
}

// overlay lays the proposal's files over the definitions that are live.
func overlay(live []program.Source, p Proposal) ([]program.Source, []program.Complaint) {
	var complaints []program.Complaint
	byKey := map[string]program.Source{}
	if !p.Prune {
		for _, s := range live {
			byKey[string(s.Kind)+"/"+s.ID] = s
		}
	}
	for _, item := range p.Drop {
		delete(byKey, string(item.Kind)+"/"+item.ID)
	}
	paths := make([]string, 0, len(p.Files))
	for path := range p.Files {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	seen := map[string]string{}
	for _, path := range paths {
		doc := p.Files[path]
		var h def.Head
		if err := json.Unmarshal(doc, &h); err != nil || !known(h.Kind) || h.ID == "" {
			problems := schemas.Guard(doc, schemas.DefinitionLimits)
			if len(problems) == 0 {
				problems = []fact.Problem{{Path: "/kind", Code: "unknown_kind", Params: map[string]any{"kind": string(h.Kind)}}}
			}
			for _, problem := range problems {
				complaints = append(complaints, program.Complaint{Kind: h.Kind, ID: h.ID, File: path, Problem: problem})
			}
			continue
		}
		key := string(h.Kind) + "/" + h.ID
		if first, twice := seen[key]; twice {
			complaints = append(complaints, program.Complaint{Kind: h.Kind, ID: h.ID, File: path, Problem: fact.Problem{Path: "/id", Code: "duplicate_id", Params: map[string]any{"id": h.ID, "file": first}}})
			continue
		}
		seen[key] = path
		byKey[key] = program.Source{Kind: h.Kind, ID: h.ID, File: path, Doc: doc}
	}
	makeRoom(byKey, seen)
	out := make([]program.Source, 0, len(byKey))
	for _, s := range byKey {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b program.Source) int {
		if a.Kind != b.Kind {
			return slices.Index(def.Kinds[:], a.Kind) - slices.Index(def.Kinds[:], b.Kind)
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, complaints
}

// makeRoom gives a live definition another file when the proposal has put a
// definition with another id into its one: an export must not lose either.
func makeRoom(byKey map[string]program.Source, proposed map[string]string) {
	taken := map[string]bool{}
	for _, path := range proposed {
		taken[path] = true
	}
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		s := byKey[key]
		if proposed[key] == s.File {
			continue
		}
		for n := 1; taken[s.File]; n++ {
			s.File = FileOf(nil, s.Kind, s.ID)
			if n > 1 {
				s.File = fmt.Sprintf("%s-%d.json", strings.TrimSuffix(s.File, ".json"), n)
			}
		}
		taken[s.File] = true
		byKey[key] = s
	}
}

func known(k def.Kind) bool { return slices.Contains(def.Kinds[:], k) }

// manifest returns the items of a set of sources and its identity.
func manifest(sources []program.Source) ([]Item, string) {
	items := make([]Item, len(sources))
	var identity strings.Builder
	for i := range sources {
		s := &sources[i]
		var h def.Head
		if json.Unmarshal(s.Doc, &h) != nil {
			h = def.Head{} // the complaints say so
		}
		canonical, err := schemas.Canonical(s.Doc)
		if err != nil {
			canonical = s.Doc
		}
		items[i] = Item{Kind: s.Kind, ID: s.ID, Name: h.Name, File: s.File, Hash: hashOf(canonical), Source: hashOf(s.Doc)}
		fmt.Fprintf(&identity, "%s/%s %s\n", s.Kind, s.ID, items[i].Hash)
	}
	return items, hashOf([]byte(identity.String()))
}

// differences returns the items that are new, changed or dropped. A file that
// only moved or was only laid out anew counts too: exporting gives it back as it is.
func differences(was, is []Item) []Item {
	var out []Item
	for _, b := range is {
		if !slices.Contains(was, b) {
			out = append(out, b)
		}
	}
	for _, a := range was {
		gone := !slices.ContainsFunc(is, func(b Item) bool { return a.Kind == b.Kind && a.ID == b.ID })
		if gone {
			out = append(out, a)
		}
	}
	return out
}
