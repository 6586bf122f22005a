package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/auth"
	"sluice/server/catalog"
	"sluice/server/store"
	"sluice/server/store/boltstore"
	"sluice/templates"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// setup opens an empty data directory.
func setup(t *testing.T, dir string) *Parts {
	t.Helper()
	p, err := Open(Config{Dir: dir, NoSync: true, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// stages are the states of an order in the demo, with the groups of boards.
var stages = []string{"review", "routed", "picked", "checked", "packed", "handed", "collected"}

// states counts the orders by state, by reading every one of them.
func states(t *testing.T, p *Parts) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	require.NoError(t, p.Store.View(t.Context(), MainTenant, func(r fact.Reader) error {
		for doc, err := range r.Scan(fact.Range{Kind: "record/order"}) {
			require.NoError(t, err)
			rec, err := fact.DecodeRecord("order", doc)
			require.NoError(t, err)
			require.False(t, rec.Entered.After(now))
			require.Positive(t, rec.Serial)
			out[rec.State]++
		}
		return nil
	}))
	return out
}

// groups returns the maintained counts of an index.
func groups(t *testing.T, p *Parts, index string) map[string]int64 {
	t.Helper()
	var out map[string]int64
	require.NoError(t, p.Store.View(t.Context(), MainTenant, func(r fact.Reader) (err error) {
		out, err = r.Groups(index)
		return err
	}))
	return out
}

func requireDemo(t *testing.T, p *Parts) {
	t.Helper()
	counted := states(t, p)
	total := int64(0)
	for _, stage := range stages {
		require.Positive(t, counted[stage], stage)
		total += counted[stage]
	}
	require.Len(t, counted, len(stages))
	require.EqualValues(t, 300, total)
	require.Equal(t, counted, groups(t, p, program.StateIndex("order")))
	prog, err := p.Catalog.Program(t.Context(), MainTenant)
	require.NoError(t, err)
	require.Equal(t, counted, groups(t, p, prog.Views["sales-board"].Index()), "the board shows what there is")
}

// TestDemo loads the demo of a pack into an empty directory.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := setup(t, dir)
	accounts, err := p.LoadDemo(t.Context(), MainTenant, "auto-parts")
	require.NoError(t, err)
	requireDemo(t, p)

	roles := map[string]bool{}
	for i, a := range accounts {
		s, err := p.Auth.SignIn(t.Context(), auth.SignIn{Email: a.Email, Password: a.Password, Address: fmt.Sprintf("10.0.0.%d", i)})
		require.NoError(t, err, a.Email)
		require.NotEmpty(t, s.Token)
		who, err := p.Auth.Verify(t.Context(), []byte(s.Token))
		require.NoError(t, err)
		require.Equal(t, MainTenant, who.Tenant)
		require.True(t, who.Actor.Has(a.Role))
		roles[a.Role] = true
	}
	require.Len(t, roles, 6)

	// Once it is there, loading it only tells the accounts.
	before := position(t, p)
	again, err := p.LoadDemo(t.Context(), MainTenant, "auto-parts")
	require.NoError(t, err)
	require.Equal(t, accounts, again)
	require.Equal(t, before, position(t, p))
	other, err := p.LoadDemo(t.Context(), MainTenant, "wholesale")
	require.NoError(t, err)
	require.Empty(t, other, "accounts of a pack that is not live are not shown")

	require.NoError(t, p.Close())
	for _, tenant := range []fact.TenantID{MainTenant, auth.Platform} {
		file, err := boltstore.TenantFile(dir, tenant)
		require.NoError(t, err)
		report, err := boltstore.Check(file, nil)
		require.NoError(t, err)
		require.Empty(t, report.Findings)
	}
}

func position(t *testing.T, p *Parts) (at fact.Position) {
	t.Helper()
	require.NoError(t, p.Store.View(t.Context(), MainTenant, func(r fact.Reader) error {
		at = r.Position()
		return nil
	}))
	return at
}

var errCut = errors.New("the power went")

// dying fails at a commit and at all after it.
type dying struct {
	*boltstore.Store
	left int
}

func (d *dying) Commit(ctx context.Context, t fact.TenantID, c fact.Change) (fact.Receipt, error) {
	if d.left--; d.left < 0 {
		return fact.Receipt{}, errCut
	}
	return d.Store.Commit(ctx, t, c)
}

var _ store.Exclusive = (*dying)(nil)

// TestADemoThatWasCutOffIsFinished dies among the users, at the release and among the records.
func TestADemoThatWasCutOffIsFinished(t *testing.T) {
	t.Parallel()
	for _, commits := range []int{0, 1, 2, 5, 13, 14, 15, 200, 1000} {
		t.Run(fmt.Sprint(commits), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			p := setup(t, dir)
			cut := &dying{p.Store.(*boltstore.Store), commits}
			p.Store, p.Runner.Store = cut, cut
			p.Auth = auth.New(auth.Config{Store: cut, Now: p.Config.Now, Tenant: MainTenant})
			p.Catalog = catalog.New(cut, p.Config.Log, p.Config.Now)
			p.Runner.Programs = p.Catalog
			_, err := p.LoadDemo(t.Context(), MainTenant, "auto-parts")
			require.ErrorIs(t, err, errCut)
			require.NoError(t, p.Close())

			next := setup(t, dir)
			accounts, err := next.LoadDemo(t.Context(), MainTenant, "auto-parts")
			require.NoError(t, err)
			require.Len(t, accounts, 6)
			requireDemo(t, next)
			for i, a := range accounts {
				_, err := next.Auth.SignIn(t.Context(), auth.SignIn{Email: a.Email, Password: a.Password, Address: fmt.Sprintf("10.0.0.%d", i)})
				require.NoError(t, err)
			}
		})
	}
}

// TestADemoIsNotLoadedOverDefinitionsOfItsOwn: whoever has applied the pack himself gets no demo records.
func TestADemoIsNotLoadedOverDefinitionsOfItsOwn(t *testing.T) {
	t.Parallel()
	p := setup(t, filepath.Join(t.TempDir(), "data"))
	files, err := templates.Files("auto-parts")
	require.NoError(t, err)
	_, err = p.Catalog.Publish(t.Context(), MainTenant, catalog.Proposal{Files: files})
	require.NoError(t, err)
	_, err = p.LoadDemo(t.Context(), MainTenant, "auto-parts")
	require.NoError(t, err)
	require.Empty(t, states(t, p))
	_, err = p.LoadDemo(t.Context(), MainTenant, "no-such-pack")
	require.ErrorIs(t, err, templates.ErrUnknown)
}

// TestEveryPackLoads has no demo records of its own to compare with: each must come up without a complaint.
func TestEveryPackLoads(t *testing.T) {
	t.Parallel()
	for _, pack := range templates.List() {
		t.Run(pack, func(t *testing.T) {
			t.Parallel()
			p := setup(t, t.TempDir())
			accounts, err := p.LoadDemo(t.Context(), MainTenant, pack)
			require.NoError(t, err)
			require.NotEmpty(t, accounts)
			for _, a := range accounts {
				require.True(t, strings.Contains(a.Email, "@"))
			}
		})
	}
}

// TestDemoClosesTheSetUp makes sure that nobody can set up an installation that has a demo.
func TestDemoClosesTheSetUp(t *testing.T) {
	t.Parallel()
	p, err := Open(Config{Dir: t.TempDir(), NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	_, err = p.LoadDemo(t.Context(), MainTenant, "wholesale")
	require.NoError(t, err)
	token, err := p.Auth.SetupToken(t.Context())
	require.NoError(t, err)
	require.Empty(t, token)
}
