package catalog_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/server/catalog"
	"sluice/server/command"
	"sluice/server/store"
	"sluice/server/store/boltstore"
)

const acme fact.TenantID = "acme"

var (
	start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	clerk = fact.Actor{Kind: fact.Person, ID: "u1", Name: "U", Roles: []string{"clerk", "lead"}}
)

// bundle is a catalog over a store of its own.
type bundle struct {
	t       *testing.T
	dir     string
	store   *hooked
	catalog *catalog.Catalog
	runner  *command.Runner
}

// hooked is a store that can be interfered with before a commit.
type hooked struct {
	*boltstore.Store
	mu     sync.Mutex
	before func(t fact.TenantID, c *fact.Change) error
}

func (h *hooked) hook(f func(t fact.TenantID, c *fact.Change) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.before = f
}

func (h *hooked) Commit(ctx context.Context, t fact.TenantID, c fact.Change) (fact.Receipt, error) {
	h.mu.Lock()
	before := h.before
	h.mu.Unlock()
	if before != nil {
		if err := before(t, &c); err != nil {
			return fact.Receipt{}, err
		}
	}
	return h.Store.Commit(ctx, t, c)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

var _ store.Exclusive = (*hooked)(nil)

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{t: t, dir: t.TempDir()}
	b.open()
	t.Cleanup(func() { require.NoError(t, b.store.Close()) })
	return b
}

func (b *bundle) open() {
	b.t.Helper()
	s, err := boltstore.Open(b.dir, boltstore.Options{NoSync: true})
	require.NoError(b.t, err)
	b.store = &hooked{Store: s}
	b.catalog = catalog.New(b.store, quiet(), func() time.Time { return start })
	b.runner = &command.Runner{Store: b.store, Programs: b.catalog}
}

// restart closes everything and opens the same data again.
func (b *bundle) restart() {
	b.t.Helper()
	require.NoError(b.t, b.store.Close())
	b.open()
}

// pack returns the small set of definitions that the engine is tested with, as files.
func pack(t *testing.T) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("../../runtime/engine/testdata/pack/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	files := map[string][]byte{}
	for _, name := range names {
		doc, err := os.ReadFile(name)
		require.NoError(t, err)
		var h def.Head
		require.NoError(t, json.Unmarshal(doc, &h))
		files[catalog.FileOf(nil, h.Kind, h.ID)] = doc
	}
	return files
}

// publish makes files live and returns the release.
func (b *bundle) publish(files map[string][]byte, more ...catalog.Item) *catalog.Release {
	b.t.Helper()
	rel, err := b.catalog.Publish(b.t.Context(), acme, catalog.Proposal{Files: files, Drop: more, By: clerk, Note: "note"})
	require.NoError(b.t, err)
	return rel
}

// list is a file with a list view of big orders, sorted by a field.
func list(id, sort string) map[string][]byte {
	return map[string][]byte{"views/" + id + ".json": fmt.Appendf(nil, `{"formatVersion":1,"kind":"view","id":%q,"name":{"zh":"单","en":"List"},"type":"list","form":"order","roles":["*"],
		"filter":{"combinator":"and","rules":[{"field":"qty","operator":">","value":10}]},"columns":[{"field":"qty"}],"sort":{"field":%q}}`, id, sort)}
}

// submit creates an order and returns its id.
func (b *bundle) submit(data string) string {
	b.t.Helper()
	out, err := b.runner.Run(b.t.Context(), acme, fact.Command{Type: fact.Submit, Form: "order", Input: []byte(data), Actor: clerk, Now: start})
	require.NoError(b.t, err)
	return out.Record.ID
}

func (b *bundle) do(kind fact.CommandType, id, input string) error {
	_, err := b.runner.Run(b.t.Context(), acme, fact.Command{Type: kind, Form: "order", ID: id, Input: []byte(input), Actor: clerk, Now: start})
	return err
}

// orders creates n orders of different quantities.
func (b *bundle) orders(n int) []string {
	b.t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = b.submit(fmt.Sprintf(`{"qty":%d,"code":"C%d","waybill":"W%d"}`, i%40+1, i, i%7))
	}
	return ids
}

// sound compares every index of the live program with what a scan of the
// records says: the entries, the counts, and nothing beside them.
func (b *bundle) sound() {
	b.t.Helper()
	p, err := b.catalog.Program(b.t.Context(), acme)
	require.NoError(b.t, err)
	require.True(b.t, b.catalog.Ready(acme))
	require.NoError(b.t, b.store.View(b.t.Context(), acme, func(r fact.Reader) error {
		indexes := map[string]bool{}
		want := map[string][]string{}
		for id, f := range p.Forms {
			indexes["s/"+id] = true
			for _, d := range f.Def.Indexes {
				indexes["i/"+id+"/"+d.ID] = true
			}
			for _, v := range f.Indexes {
				indexes[v.Index()] = true
			}
			for doc, err := range r.Scan(fact.Range{Kind: fact.RecordKind(id)}) {
				require.NoError(b.t, err)
				rec, err := fact.DecodeRecord(id, doc)
				require.NoError(b.t, err)
				env := &fact.Env{Now: start, Zone: p.Zone}
				row, err := f.Load(&rec, env)
				require.NoError(b.t, err)
				for _, e := range f.Entries(row, env) {
					want[e.Index] = append(want[e.Index], e.Group+" "+hex.EncodeToString(e.Sort)+" "+e.ID)
				}
				for _, k := range f.Uniques(row) {
					claim, err := r.Get(k)
					require.NoError(b.t, err)
					require.Equal(b.t, rec.ID, string(claim.Body), "claim of %v", k)
				}
			}
		}
		for name := range indexes {
			require.ElementsMatch(b.t, want[name], entries(b.t, r, name), name)
		}
		for doc, err := range r.Scan(fact.Range{Kind: "index"}) {
			require.NoError(b.t, err)
			require.True(b.t, indexes[doc.Key.ID] || strings.HasPrefix(doc.Key.ID, "unique/"), "%s is kept by nobody", doc.Key.ID)
		}
		return nil
	}))
}

// entries returns all of an index and insists that its counts are right.
func entries(t *testing.T, r fact.Reader, name string) []string {
	t.Helper()
	groups, err := r.Groups(name)
	require.NoError(t, err)
	out := []string{}
	for group, count := range groups {
		n := 0
		for doc, err := range r.Scan(fact.Range{Index: name, Group: group, Keys: true}) {
			require.NoError(t, err)
			out = append(out, group+" "+hex.EncodeToString(doc.Sort)+" "+doc.Key.ID)
			n++
		}
		require.EqualValues(t, n, count, "count of %s in %s", group, name)
	}
	slices.Sort(out)
	return out
}

// has reports whether an index has any entries.
func (b *bundle) has(name string) bool {
	b.t.Helper()
	some := false
	require.NoError(b.t, b.store.View(b.t.Context(), acme, func(r fact.Reader) error {
		some = len(entries(b.t, r, name)) > 0
		return nil
	}))
	return some
}
