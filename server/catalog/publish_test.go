package catalog_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/server/catalog"
)

func TestNothingIsLiveAtFirst(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.catalog.Program(t.Context(), acme)
	require.ErrorIs(t, err, catalog.ErrNone)
	_, err = b.catalog.Live(t.Context(), acme)
	require.ErrorIs(t, err, catalog.ErrNone)
	_, err = b.catalog.Activate(t.Context(), acme, 1, "", clerk)
	require.ErrorIs(t, err, catalog.ErrNone)
	_, err = b.catalog.Export(t.Context(), acme, 0)
	require.ErrorIs(t, err, catalog.ErrNone)
}

func TestPublishMakesAReleaseLive(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.publish(pack(t))
	require.Equal(t, 1, first.Number)
	require.Equal(t, "note", first.Note)
	require.Len(t, first.Items, len(pack(t)))
	p, err := b.catalog.Program(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, first.Release, p.Release)
	require.Equal(t, 1, p.Number)

	second := b.publish(list("more", "qty"))
	require.Equal(t, 2, second.Number)
	require.Equal(t, 1, second.Base)
	p, err = b.catalog.Program(t.Context(), acme)
	require.NoError(t, err)
	require.Contains(t, p.Views, "more")

	all, err := b.catalog.Releases(t.Context(), acme, 0, 10)
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, 2, all[0].Number)
	require.Empty(t, all[0].Items)
	before, err := b.catalog.Releases(t.Context(), acme, 2, 10)
	require.NoError(t, err)
	require.Len(t, before, 1)
}

func TestPublishRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.publish(pack(t))
	for name, tc := range map[string]struct {
		proposal catalog.Proposal
		check    func(*testing.T, error)
	}{
		"what is live already": {catalog.Proposal{Files: pack(t)}, func(t *testing.T, err error) { require.ErrorIs(t, err, catalog.ErrUnchanged) }},
		"nothing":              {catalog.Proposal{}, func(t *testing.T, err error) { require.ErrorIs(t, err, catalog.ErrUnchanged) }},
		"another base":         {catalog.Proposal{Files: list("x", "qty"), Base: "ghost"}, func(t *testing.T, err error) { require.ErrorIs(t, err, catalog.ErrMoved) }},
		"a problem":            {catalog.Proposal{Files: list("x", "ghost")}, broken(1, 0, "ghost")},
		"no JSON":              {catalog.Proposal{Files: map[string][]byte{"x.json": []byte("{")}}, broken(1, 0, "x.json")},
		"no kind":              {catalog.Proposal{Files: map[string][]byte{"x.json": []byte(`{"kind":"soup","id":"x"}`)}}, broken(1, 0, "unknown_kind")},
		"one id in two files":  {catalog.Proposal{Files: map[string][]byte{"a.json": list("x", "qty")["views/x.json"], "b.json": list("x", "qty")["views/x.json"]}}, broken(1, 0, "duplicate_id")},
		"a form that is used":  {catalog.Proposal{Drop: []catalog.Item{{Kind: def.KindForm, ID: "order"}}}, broken(5, 0, "unknown_form")},
		"a failing scenario":   {catalog.Proposal{Files: scene("s1", "picked")}, broken(0, 1, "s1")},
	} {
		_, err := b.catalog.Publish(t.Context(), acme, tc.proposal)
		require.Error(t, err, name)
		tc.check(t, err)
	}
	live, err := b.catalog.Live(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, first.Release, live.Release)
}

func broken(complaints, failures int, says string) func(*testing.T, error) {
	return func(t *testing.T, err error) {
		t.Helper()
		var b *catalog.Broken
		require.ErrorAs(t, err, &b)
		require.Len(t, b.Complaints, complaints, err)
		require.Len(t, b.Failures, failures, err)
		doc, jsonErr := json.Marshal(b)
		require.NoError(t, jsonErr)
		require.Contains(t, string(doc), says)
	}
}

// scene is a scenario that expects a state after a submission.
func scene(id, state string) map[string][]byte {
	return map[string][]byte{"scenarios/" + id + ".json": []byte(`{"formatVersion":1,"kind":"scenario","id":"` + id + `","name":{"zh":"景","en":"A < B"},"form":"order",
		"now":"2026-03-01T08:00:00Z","steps":[{"do":"submit","as":"clerk","input":{"qty":1},"then":{"state":"` + state + `"}}]}`)}
}

// TestOneOfTwoPublishersWins lets two people publish from the same base at once.
func TestOneOfTwoPublishersWins(t *testing.T) {
	t.Parallel()
	b := setup(t)
	base := b.publish(pack(t)).Release
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = b.catalog.Publish(t.Context(), acme, catalog.Proposal{Files: list("v"+string(rune('a'+i)), "qty"), Base: base, By: clerk})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			require.ErrorIs(t, err, catalog.ErrMoved)
		}
	}
	require.Equal(t, 1, won)
}

func TestAcceptRecordsScenariosAnewInTheirFile(t *testing.T) {
	t.Parallel()
	moved := map[string][]byte{"odd/place.json": scene("s1", "review")["scenarios/s1.json"]}
	changed := func(t *testing.T) map[string][]byte { // orders now begin elsewhere
		t.Helper()
		doc := pack(t)["flows/order-chain.json"]
		return map[string][]byte{"flows/order-chain.json": bytes.Replace(doc, []byte(`"initial": "review"`), []byte(`"initial": "picked"`), 1)}
	}
	for name, tc := range map[string]struct {
		live, more map[string][]byte
		file       string
	}{
		"in its folder":             {scene("s1", "review"), nil, "scenarios/s1.json"},
		"in another place":          {moved, nil, "odd/place.json"},
		"part of the proposal":      {scene("s1", "review"), scene("s1", "sent"), "scenarios/s1.json"},
		"moved by the proposal":     {scene("s1", "review"), moved, "odd/place.json"},
		"brought by the proposal":   {nil, scene("s1", "sent"), "scenarios/s1.json"},
		"the one of several failed": {scene("s1", "review"), scene("s2", "picked"), "scenarios/s1.json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			files := pack(t)
			maps.Copy(files, tc.live)
			b.publish(files)
			proposal := catalog.Proposal{Files: changed(t), By: clerk}
			maps.Copy(proposal.Files, tc.more)
			_, err := b.catalog.Publish(t.Context(), acme, proposal)
			broken(0, 1, "s1")(t, err)
			proposal.Accept = []string{"s1", "ghost"}
			_, err = b.catalog.Publish(t.Context(), acme, proposal)
			require.NoError(t, err)
			out, err := b.catalog.Export(t.Context(), acme, 0)
			require.NoError(t, err)
			require.Contains(t, string(out[tc.file]), `"state": "picked"`)
			require.Contains(t, string(out[tc.file]), "A < B")
			n := 0
			for name := range out {
				if strings.HasSuffix(name, "s1.json") || name == "odd/place.json" {
					n++
				}
			}
			require.Equal(t, 1, n, "the scenario is in one file")
		})
	}
}

func TestActivateGoesBackAndForth(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.publish(pack(t))
	second := b.publish(list("more", "qty"))
	views := func() map[string]bool {
		p, err := b.catalog.Program(t.Context(), acme)
		require.NoError(t, err)
		out := map[string]bool{}
		for id := range p.Views {
			out[id] = true
		}
		return out
	}
	_, err := b.catalog.Activate(t.Context(), acme, 1, first.Release, clerk)
	require.ErrorIs(t, err, catalog.ErrMoved)
	_, err = b.catalog.Activate(t.Context(), acme, 7, "", clerk)
	require.ErrorIs(t, err, catalog.ErrUnknown)

	back, err := b.catalog.Activate(t.Context(), acme, 1, second.Release, clerk)
	require.NoError(t, err)
	require.Equal(t, first.Release, back.Release)
	require.NotContains(t, views(), "more")
	at := b.position()
	again, err := b.catalog.Activate(t.Context(), acme, 1, "", clerk)
	require.NoError(t, err)
	require.Equal(t, 1, again.Number)
	require.Equal(t, at, b.position(), "what is live already is not made live again")

	third := b.publish(list("third", "qty"))
	require.Equal(t, 3, third.Number, "numbers count all releases")
	require.Equal(t, 1, third.Base)
	require.NotContains(t, views(), "more")

	_, err = b.catalog.Activate(t.Context(), acme, 2, "", clerk)
	require.NoError(t, err)
	require.Contains(t, views(), "more")
	b.restart()
	require.Contains(t, views(), "more", "the live program is loaded at the start")
}

// position returns the end of the tenant's log.
func (b *bundle) position() fact.Position {
	b.t.Helper()
	var at fact.Position
	require.NoError(b.t, b.store.View(b.t.Context(), acme, func(r fact.Reader) error {
		at = r.Position()
		return nil
	}))
	return at
}

func TestPruneAndDrop(t *testing.T) {
	t.Parallel()
	b := setup(t)
	files := pack(t)
	maps.Copy(files, list("more", "qty"))
	b.publish(files)
	rel := b.publish(nil, catalog.Item{Kind: def.KindView, ID: "more"})
	require.Len(t, rel.Items, len(pack(t)))

	less := pack(t)
	delete(less, "views/big.json")
	_, err := b.catalog.Publish(t.Context(), acme, catalog.Proposal{Files: less})
	require.ErrorIs(t, err, catalog.ErrUnchanged, "without prune, what a folder does not have stays")
	checked, err := b.catalog.Check(t.Context(), acme, catalog.Proposal{Files: less, Prune: true})
	require.NoError(t, err)
	require.Len(t, checked.Changed, 1)
	_, err = b.catalog.Publish(t.Context(), acme, catalog.Proposal{Files: less, Prune: true})
	require.NoError(t, err)
	out, err := b.catalog.Export(t.Context(), acme, 0)
	require.NoError(t, err)
	require.Equal(t, less, out)
}

func TestApplyReportsAndPublishes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	dry, err := b.catalog.Apply(t.Context(), acme, catalog.Proposal{Files: pack(t), By: clerk}, true)
	require.NoError(t, err)
	require.Zero(t, dry.Number)
	require.Len(t, dry.Changed, len(pack(t)))
	_, err = b.catalog.Live(t.Context(), acme)
	require.ErrorIs(t, err, catalog.ErrNone)

	done, err := b.catalog.Apply(t.Context(), acme, catalog.Proposal{Files: pack(t), By: clerk}, false)
	require.NoError(t, err)
	require.Equal(t, 1, done.Number)
	same, err := b.catalog.Apply(t.Context(), acme, catalog.Proposal{Files: pack(t), By: clerk}, false)
	require.NoError(t, err)
	require.True(t, same.Unchanged)
	bad, err := b.catalog.Apply(t.Context(), acme, catalog.Proposal{Files: list("x", "ghost"), By: clerk}, false)
	require.NoError(t, err)
	require.Len(t, bad.Problems, 1)
	failed, err := b.catalog.Apply(t.Context(), acme, catalog.Proposal{Files: scene("s1", "sent"), By: clerk}, false)
	require.NoError(t, err)
	require.Len(t, failed.Failed, 1)
}

// TestExportIsByteForByte applies files that are laid out oddly.
func TestExportIsByteForByte(t *testing.T) {
	t.Parallel()
	b := setup(t)
	files := pack(t)
	files["views/big.json"] = bytes.ReplaceAll(files["views/big.json"], []byte(": "), []byte(" :\t"))
	files["deep/er/role.json"] = []byte("\n {\"id\":\"zoo\" ,\"kind\":\"role\",\"formatVersion\":1,\"name\":{\"zh\":\"\\u4e2d\"}}\r\n\r\n")
	b.publish(files)
	out, err := b.catalog.Export(t.Context(), acme, 0)
	require.NoError(t, err)
	require.Equal(t, files, out)

	// A new layout alone is a release of its own; the old one is given back as it was.
	b.publish(map[string][]byte{"deep/er/role.json": []byte(`{"formatVersion":1,"kind":"role","id":"zoo","name":{"zh":"中"}}`)})
	old, err := b.catalog.Export(t.Context(), acme, 1)
	require.NoError(t, err)
	require.Equal(t, files, old)

	doc, hash, err := b.catalog.Source(t.Context(), acme, def.KindView, "big")
	require.NoError(t, err)
	require.Equal(t, files["views/big.json"], doc)
	require.NotEmpty(t, hash)
	_, _, err = b.catalog.Source(t.Context(), acme, def.KindView, "ghost")
	require.ErrorIs(t, err, catalog.ErrUnknown)
	_, err = b.catalog.Export(t.Context(), acme, 9)
	require.ErrorIs(t, err, catalog.ErrUnknown)
}

// TestAFileThatChangesItsIDLosesNothing renames a definition in its file: the old one stays live, in another file.
func TestAFileThatChangesItsIDLosesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(pack(t))
	renamed := bytes.Replace(pack(t)["views/big.json"], []byte(`"id": "big"`), []byte(`"id": "huge"`), 1)
	rel := b.publish(map[string][]byte{"views/big.json": renamed})
	out, err := b.catalog.Export(t.Context(), acme, 0)
	require.NoError(t, err)
	require.Len(t, out, len(rel.Items))
	require.Equal(t, string(renamed), string(out["views/big.json"]))
	require.Equal(t, string(pack(t)["views/big.json"]), string(out["views/big-2.json"]))
}
