package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/server/catalog"
	"sluice/server/store/boltstore"
)

// indexed returns the order form with its index on another field.
func indexed(t *testing.T, field string) map[string][]byte {
	t.Helper()
	doc := pack(t)["forms/order.json"]
	changed := bytes.Replace(doc, []byte(`{"id": "by-waybill", "field": "waybill"}`), []byte(`{"id": "by-waybill", "field": "`+field+`"}`), 1)
	return map[string][]byte{"forms/order.json": changed}
}

// unique returns the order form with or without unique codes.
func unique(t *testing.T, yes bool) map[string][]byte {
	t.Helper()
	doc := pack(t)["forms/order.json"]
	if !yes {
		doc = bytes.Replace(doc, []byte(`, "unique": true`), nil, 1)
	}
	return map[string][]byte{"forms/order.json": doc}
}

func (b *bundle) viewIndex(id string) string {
	b.t.Helper()
	p, err := b.catalog.Program(b.t.Context(), acme)
	require.NoError(b.t, err)
	return p.Views[id].Index()
}

func TestAReleaseFillsTheIndexesThatItAdds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(pack(t))
	b.orders(1100) // more than two steps of a fill
	b.sound()
	b.publish(list("more", "qty"))
	b.sound()
	require.True(t, b.has(b.viewIndex("more")))
	b.publish(indexed(t, "lane"))
	b.sound()
	b.publish(indexed(t, "qty"))
	b.sound()
}

// TestARollbackAndAReturnLeaveNoGhosts lets records move and go while an index is not kept.
func TestARollbackAndAReturnLeaveNoGhosts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(pack(t))
	ids := b.orders(700)
	b.publish(list("more", "qty"))
	gone := b.viewIndex("more")
	require.True(t, b.has(gone))
	_, err := b.catalog.Activate(t.Context(), acme, 1, "", clerk)
	require.NoError(t, err)
	require.False(t, b.has(gone), "an index that nobody keeps takes no room")
	b.sound()
	for i, id := range ids {
		switch i % 3 {
		case 0:
			require.NoError(t, b.do(fact.Edit, id, fmt.Sprintf(`{"qty":%d}`, i%50+1)))
		case 1:
			require.NoError(t, b.do(fact.Delete, id, ""))
		}
	}
	_, err = b.catalog.Activate(t.Context(), acme, 2, "", clerk)
	require.NoError(t, err)
	b.sound()
	require.True(t, b.has(gone))
}

// TestAFormThatGoesAndReturns drops everything about orders and takes it back.
func TestAFormThatGoesAndReturns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(pack(t))
	b.orders(20)
	rest := map[string][]byte{}
	for name, doc := range pack(t) {
		if name == "forms/customer.json" || strings.HasPrefix(name, "roles/") {
			rest[name] = doc
		}
	}
	_, err := b.catalog.Publish(t.Context(), acme, catalog.Proposal{Files: rest, Prune: true, By: clerk})
	require.NoError(t, err)
	require.False(t, b.has("s/order"))
	_, err = b.catalog.Activate(t.Context(), acme, 1, "", clerk)
	require.NoError(t, err)
	require.True(t, b.has("s/order"))
	b.sound()
}

func TestAFieldThatBecomesUniqueClaimsWhatIsThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	files := pack(t)
	files["forms/order.json"] = unique(t, false)["forms/order.json"]
	b.publish(files)
	first := b.submit(`{"qty":1,"code":"A"}`)
	b.submit(`{"qty":1,"code":"A"}`)
	b.submit(`{"qty":1,"code":"B"}`)
	b.publish(unique(t, true))
	var refusal *fact.Refusal
	for _, code := range []string{"A", "B"} {
		_, err := b.runner.Run(t.Context(), acme, fact.Command{Type: fact.Submit, Form: "order", Input: []byte(`{"qty":1,"code":"` + code + `"}`), Actor: clerk, Now: start})
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, "not_unique", refusal.Problems[0].Code)
	}
	require.NoError(t, b.do(fact.Delete, first, ""))
	b.submit(`{"qty":1,"code":"C"}`)
}

// TestFillWithWritersAtWork has writers submit, edit and delete while indexes come and go.
func TestFillWithWritersAtWork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(pack(t))
	b.orders(300)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	failed := make(chan error, 4)
	for w := range 4 {
		wg.Go(func() {
			var mine []string
			for n := 0; ctx.Err() == nil; n++ {
				out, err := b.runner.Run(t.Context(), acme, fact.Command{
					Type: fact.Submit, Form: "order", Actor: clerk, Now: start,
					Input: fmt.Appendf(nil, `{"qty":%d,"waybill":"W%d","code":"w%d-%d"}`, n%30+1, n%5, w, n),
				})
				if err == nil {
					mine = append(mine, out.Record.ID)
					err = b.do(fact.Edit, mine[n/2], fmt.Sprintf(`{"qty":%d}`, (n+w)%30+1))
				}
				if err == nil && n%7 == 6 {
					err = b.do(fact.Delete, mine[len(mine)-1], "")
					mine[len(mine)-1] = mine[0]
				}
				if err != nil {
					failed <- err
					return
				}
			}
		})
	}
	for i := range 6 {
		var err error
		switch i % 3 {
		case 0:
			_, err = b.catalog.Publish(t.Context(), acme, catalog.Proposal{Files: list("more", "qty"), By: clerk, Note: fmt.Sprint(i)})
			if errors.Is(err, catalog.ErrUnchanged) {
				err = nil
			}
		case 1:
			_, err = b.catalog.Activate(t.Context(), acme, 1, "", clerk)
		default:
			_, err = b.catalog.Activate(t.Context(), acme, 2, "", clerk)
		}
		require.NoError(t, err)
	}
	stop()
	wg.Wait()
	select {
	case err := <-failed:
		require.NoError(t, err)
	default:
	}
	b.sound()
}

// TestFillGetsThroughWhenEveryStepIsDisturbed changes a record before each commit of the fill.
func TestFillGetsThroughWhenEveryStepIsDisturbed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(pack(t))
	ids := b.orders(120)
	n := 0
	b.store.hook(func(_ fact.TenantID, c *fact.Change) error {
		if len(c.Index) == 0 || len(c.Events) > 0 || c.Index[0].Remove {
			return nil // not a step of a fill
		}
		n++
		return b.do(fact.Edit, ids[n%len(ids)], fmt.Sprintf(`{"qty":%d,"waybill":"N%d"}`, 50+n, n))
	})
	b.publish(list("more", "qty"))
	require.Positive(t, n)
	b.store.hook(nil)
	b.sound()
}

var errCut = errors.New("the power went")

// TestAFillThatIsCutOffIsFinishedAtTheNextStart dies at each commit of a publish in turn.
func TestAFillThatIsCutOffIsFinishedAtTheNextStart(t *testing.T) {
	t.Parallel()
	changes := map[string]func(b *bundle) error{
		"a view comes": func(b *bundle) error {
			_, err := b.catalog.Publish(t.Context(), acme, catalog.Proposal{Files: list("more", "qty"), By: clerk})
			return err
		},
		"a view goes": func(b *bundle) error {
			_, err := b.catalog.Publish(t.Context(), acme, catalog.Proposal{Drop: []catalog.Item{{Kind: def.KindView, ID: "big"}}, By: clerk})
			return err
		},
		"an index changes": func(b *bundle) error {
			_, err := b.catalog.Publish(t.Context(), acme, catalog.Proposal{Files: indexed(t, "lane"), By: clerk})
			return err
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for cut := 1; ; cut++ {
				b := setup(t)
				b.publish(pack(t))
				b.orders(30)
				n := 0
				b.store.hook(func(fact.TenantID, *fact.Change) error {
					if n++; n >= cut {
						return errCut
					}
					return nil
				})
				err := change(b)
				if err == nil {
					require.Greater(t, cut, 2, "the publish has several commits")
					return
				}
				require.ErrorIs(t, err, errCut)
				b.restart()
				_, err = b.catalog.Program(t.Context(), acme)
				require.NoError(t, err)
				b.submit(`{"qty":33,"waybill":"after"}`)
				b.sound()
				b.restart()
				b.sound()
			}
		})
	}
}

// TestAFillThatFailsIsTriedAgainLater lets the disk be full for a while, without a restart.
func TestAFillThatFailsIsTriedAgainLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	now := start
	b.catalog = catalog.New(b.store, quiet(), func() time.Time { return now })
	b.runner.Programs = b.catalog
	b.publish(pack(t))
	b.orders(20)
	fills := 0
	b.store.hook(func(_ fact.TenantID, c *fact.Change) error {
		if len(c.Events) == 0 && len(c.Index) > 0 {
			fills++
			return errCut
		}
		return nil
	})
	_, err := b.catalog.Publish(t.Context(), acme, catalog.Proposal{Files: list("more", "qty"), By: clerk})
	require.ErrorIs(t, err, errCut)
	require.False(t, b.catalog.Ready(acme))
	live, err := b.catalog.Live(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, 2, live.Number)

	p, err := b.catalog.Program(t.Context(), acme) // tries again, in vain
	require.NoError(t, err)
	require.Equal(t, 2, p.Number)
	require.Equal(t, 2, fills)
	_, err = b.catalog.Program(t.Context(), acme) // lets it rest
	require.NoError(t, err)
	require.Equal(t, 2, fills)

	b.store.hook(nil)
	now = now.Add(time.Minute)
	b.sound()
}

// TestNobodyWaitsForAFill holds the fill of one tenant and asks for programs.
func TestNobodyWaitsForAFill(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(pack(t))
	b.orders(20)
	_, err := b.catalog.Publish(t.Context(), "other", catalog.Proposal{Files: pack(t), By: clerk})
	require.NoError(t, err)
	_, err = b.catalog.Publish(t.Context(), "idle", catalog.Proposal{Files: pack(t), By: clerk})
	require.NoError(t, err)
	b.restart()

	reached, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	b.store.hook(func(tenant fact.TenantID, c *fact.Change) error {
		if tenant == acme && len(c.Events) == 0 && len(c.Index) > 0 {
			once.Do(func() { close(reached); <-release })
		}
		return nil
	})
	published := make(chan error, 1)
	go func() {
		_, err := b.catalog.Publish(t.Context(), acme, catalog.Proposal{Files: list("more", "qty"), By: clerk})
		published <- err
	}()
	<-reached
	for _, tenant := range []fact.TenantID{acme, "other", "idle"} {
		p, err := b.catalog.Program(t.Context(), tenant)
		require.NoError(t, err)
		require.Equal(t, tenant == acme, p.Number == 2)
	}
	require.False(t, b.catalog.Ready(acme))
	b.submit(`{"qty":20}`)
	_, err = b.catalog.Publish(t.Context(), "other", catalog.Proposal{Files: list("more", "qty"), By: clerk})
	require.NoError(t, err)
	close(release)
	require.NoError(t, <-published)
	b.sound()
}

// TestAnOldProgramCannotCommit decides with a program that is no longer live:
// such a change would not know the indexes that are kept now.
func TestAnOldProgramCannotCommit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(pack(t))
	old, err := b.catalog.Program(t.Context(), acme)
	require.NoError(t, err)
	b.publish(list("more", "qty"))
	out, err := b.runner.RunOn(t.Context(), old, acme, fact.Command{Type: fact.Submit, Form: "order", Input: []byte(`{"qty":20}`), Actor: clerk, Now: start})
	require.NoError(t, err)
	live, err := b.catalog.Program(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, live.Release, out.Record.Release)
	b.sound()
}

// TestACheckOfTheFileIsSoundAfterFills asks the store's own check.
func TestACheckOfTheFileIsSoundAfterFills(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(pack(t))
	b.orders(50)
	b.publish(list("more", "qty"))
	_, err := b.catalog.Activate(t.Context(), acme, 1, "", clerk)
	require.NoError(t, err)
	require.NoError(t, b.store.Close())
	file, err := boltstore.TenantFile(b.dir, acme)
	require.NoError(t, err)
	report, err := boltstore.Check(file, nil)
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	b.open()
}
