package command_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/command"
	"sluice/server/store"
	"sluice/server/store/boltstore"
)

const acme fact.TenantID = "acme"

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// bundle is a runner over a store and the definitions that the engine is tested with.
type bundle struct {
	t       *testing.T
	store   *boltstore.Store
	program *program.Program
	runner  *command.Runner
}

func setup(t *testing.T) *bundle {
	t.Helper()
	s, err := boltstore.Open(t.TempDir(), boltstore.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	p := compile(t)
	return &bundle{t: t, store: s, program: p, runner: &command.Runner{Store: s, Programs: programs{p}}}
}

// programs always gives the same program.
type programs struct{ p *program.Program }

func (p programs) Program(context.Context, fact.TenantID) (*program.Program, error) { return p.p, nil }

func compile(t *testing.T) *program.Program {
	t.Helper()
	files, err := filepath.Glob("../../runtime/engine/testdata/pack/*.json")
	require.NoError(t, err)
	var sources []program.Source
	for _, file := range files {
		doc, err := os.ReadFile(file)
		require.NoError(t, err)
		var h def.Head
		require.NoError(t, json.Unmarshal(doc, &h), file)
		sources = append(sources, program.Source{Kind: h.Kind, ID: h.ID, File: file, Doc: doc})
	}
	p, complaints := program.Compile(sources, "rel-1", time.UTC)
	require.Empty(t, complaints)
	return p
}

func person(role string) fact.Actor {
	return fact.Actor{Kind: fact.Person, ID: "u-" + role, Name: role, Roles: []string{role}}
}

// submission is a command that creates an order.
func submission(data, key string) fact.Command {
	return fact.Command{Type: fact.Submit, Form: "order", Input: []byte(data), Key: key, Actor: person("clerk"), Now: start}
}

// order creates an order and returns its id.
func (b *bundle) order() string {
	b.t.Helper()
	out, err := b.runner.Run(b.t.Context(), acme, submission(`{"qty":1}`, ""))
	require.NoError(b.t, err)
	return out.Record.ID
}

func (b *bundle) on(kind fact.CommandType, id, input string) fact.Command {
	return fact.Command{Type: kind, Form: "order", ID: id, Input: []byte(input), Actor: person("clerk"), Now: start}
}

func pick(id string) fact.Command {
	return fact.Command{Type: fact.Move, Form: "order", ID: id, Transition: "pick", Actor: person("warehouse"), Now: start}
}

// stored reads a record as it is now.
func (b *bundle) stored(id string) fact.Record {
	b.t.Helper()
	var rec fact.Record
	b.view(func(r fact.Reader) {
		doc, err := r.Get(fact.Key{Kind: "record/order", ID: id})
		require.NoError(b.t, err)
		if doc.Rev == 0 {
			return
		}
		rec, err = fact.DecodeRecord("order", doc)
		require.NoError(b.t, err)
		rec.Data = append([]byte(nil), rec.Data...)
	})
	return rec
}

func (b *bundle) view(read func(fact.Reader)) {
	b.t.Helper()
	require.NoError(b.t, b.store.View(b.t.Context(), acme, func(r fact.Reader) error { read(r); return nil }))
}

func (b *bundle) position() (at fact.Position) {
	b.t.Helper()
	b.view(func(r fact.Reader) { at = r.Position() })
	return at
}

// events returns the types of a record's events, oldest first.
func (b *bundle) events(id string) []string {
	b.t.Helper()
	all, err := b.store.Events(b.t.Context(), acme, fact.Position{Epoch: b.position().Epoch}, 100_000)
	require.NoError(b.t, err)
	var out []string
	for _, e := range all {
		if e.Subject.ID == id && e.Subject.Kind == "record/order" {
			out = append(out, e.Type)
		}
	}
	return out
}

// code returns the first problem's code of a refusal, "" without error.
func code(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var refusal *fact.Refusal
	require.ErrorAs(t, err, &refusal)
	require.NotContains(t, refusal.Problems[0].Sentence("en"), "…")
	return string(refusal.Kind) + " " + refusal.Problems[0].Code
}

// contested is a store where somebody else is always faster.
type contested struct {
	*boltstore.Store
	commits atomic.Int64
}

func (c *contested) Commit(context.Context, fact.TenantID, fact.Change) (fact.Receipt, error) {
	c.commits.Add(1)
	return fact.Receipt{}, fmt.Errorf("beaten: %w", store.ErrConflict)
}

// plain hides what an engine can do besides the interface.
type plain struct{ store.Store }

// failing fails at each commit.
type failing struct {
	store.Store
	err error
}

func (f failing) Commit(context.Context, fact.TenantID, fact.Change) (fact.Receipt, error) {
	return fact.Receipt{}, f.err
}

// overtaken is contested, and the command that it holds up is done by somebody else under the same key.
type overtaken struct {
	*contested
	by *command.Runner
	t  *testing.T
}

func (o *overtaken) Commit(ctx context.Context, t fact.TenantID, c fact.Change) (fact.Receipt, error) {
	if o.commits.Load() == 2 {
		_, err := o.by.Run(ctx, t, submission(`{"qty":2}`, "k"))
		require.NoError(o.t, err)
	}
	return o.contested.Commit(ctx, t, c)
}
