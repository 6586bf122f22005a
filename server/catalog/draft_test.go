package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/server/catalog"
)

func TestDraftsAreSavedOverWhatWasSeen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	save := func(doc string, rev uint64) (uint64, error) {
		return b.catalog.SaveDraft(t.Context(), acme, def.KindView, "big", []byte(doc), rev, clerk)
	}
	_, err := b.catalog.Draft(t.Context(), acme, def.KindView, "big")
	require.ErrorIs(t, err, catalog.ErrUnknown)
	rev, err := save("{", 0)
	require.NoError(t, err)
	require.EqualValues(t, 1, rev)
	_, err = save("{}", 0)
	require.ErrorIs(t, err, catalog.ErrStale)
	_, err = save("{}", 2)
	require.ErrorIs(t, err, catalog.ErrStale)
	rev, err = save(`{"a":1}`, 1)
	require.NoError(t, err)
	require.EqualValues(t, 2, rev)

	_, err = b.catalog.SaveDraft(t.Context(), acme, def.KindForm, "new", []byte(`{"b":1}`), 0, clerk)
	require.NoError(t, err)
	drafts, err := b.catalog.Drafts(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, []catalog.Draft{{Kind: def.KindForm, ID: "new", Rev: 1}, {Kind: def.KindView, ID: "big", Rev: 2}}, drafts)
	files, err := b.catalog.DraftFiles(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, map[string][]byte{"forms/new.json": []byte(`{"b":1}`), "views/big.json": []byte(`{"a":1}`)}, files)

	require.ErrorIs(t, b.catalog.DropDraft(t.Context(), acme, def.KindView, "big", 1, clerk), catalog.ErrStale)
	require.NoError(t, b.catalog.DropDraft(t.Context(), acme, def.KindView, "big", 2, clerk))
	_, err = b.catalog.Draft(t.Context(), acme, def.KindView, "big")
	require.ErrorIs(t, err, catalog.ErrUnknown)
}

// TestPublishedDraftsAreDone publishes one of two drafts.
func TestPublishedDraftsAreDone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	odd := pack(t)
	odd["odd/big.json"] = odd["views/big.json"]
	delete(odd, "views/big.json")
	b.publish(odd)
	for _, id := range []string{"big", "more"} {
		_, err := b.catalog.SaveDraft(t.Context(), acme, def.KindView, id, list(id, "qty")["views/"+id+".json"], 0, clerk)
		require.NoError(t, err)
	}
	files, err := b.catalog.DraftFiles(t.Context(), acme)
	require.NoError(t, err)
	require.Contains(t, files, "odd/big.json", "a draft lies where its definition lives")
	delete(files, "views/more.json")
	b.publish(files)
	drafts, err := b.catalog.Drafts(t.Context(), acme)
	require.NoError(t, err)
	require.Len(t, drafts, 1)
	require.Equal(t, "more", drafts[0].ID)
}

// TestADraftSavedDuringAPublishIsKept saves while the former text is going live.
func TestADraftSavedDuringAPublishIsKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(pack(t))
	doc := list("big", "qty")["views/big.json"]
	rev, err := b.catalog.SaveDraft(t.Context(), acme, def.KindView, "big", doc, 0, clerk)
	require.NoError(t, err)
	saved := false
	b.store.hook(func(_ fact.TenantID, c *fact.Change) error {
		if saved || len(c.Events) == 0 || !strings.HasPrefix(c.Events[0].Type, "release.") {
			return nil
		}
		saved = true
		_, err := b.catalog.SaveDraft(t.Context(), acme, def.KindView, "big", []byte(`{"newer":true}`), rev, clerk)
		return err
	})
	rel := b.publish(map[string][]byte{"views/big.json": doc})
	require.True(t, saved)
	require.Equal(t, 2, rel.Number)
	kept, err := b.catalog.Draft(t.Context(), acme, def.KindView, "big")
	require.NoError(t, err)
	require.Equal(t, `{"newer":true}`, string(kept.Doc))
}
