package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/server/store"
)

// Draft is an edited definition that is not live yet. It may be unfinished.
type Draft struct {
	Kind def.Kind `json:"kind"`
	ID   string   `json:"id"`
	Rev  uint64   `json:"rev"`
	Doc  []byte   `json:"-"`
}

func draftKey(kind def.Kind, id string) fact.Key {
	return fact.Key{Kind: "draft/" + string(kind), ID: id}
}

// Drafts returns the tenant's drafts, by kind and id, without their documents.
func (c *Catalog) Drafts(ctx context.Context, t fact.TenantID) ([]Draft, error) {
	out := []Draft{}
	err := c.store.View(ctx, t, func(r fact.Reader) error {
		for _, kind := range def.Kinds {
			for doc, err := range r.Scan(fact.Range{Kind: "draft/" + string(kind)}) {
				if err != nil {
					return err
				}
				out = append(out, Draft{Kind: kind, ID: doc.Key.ID, Rev: doc.Rev})
			}
		}
		return nil
	})
	return out, err
}

// Draft returns one draft. ErrUnknown when there is none.
func (c *Catalog) Draft(ctx context.Context, t fact.TenantID, kind def.Kind, id string) (*Draft, error) {
	d := &Draft{Kind: kind, ID: id}
	err := c.store.View(ctx, t, func(r fact.Reader) error {
		doc, err := r.Get(draftKey(kind, id))
		if err != nil {
			return err
		}
		if doc.Rev == 0 {
			return ErrUnknown
		}
		d.Rev, d.Doc = doc.Rev, append([]byte(nil), doc.Body...)
		return nil
	})
	return d, err
}

// SaveDraft stores a draft over revision rev (0: there was none). ErrStale when it is another one.
func (c *Catalog) SaveDraft(ctx context.Context, t fact.TenantID, kind def.Kind, id string, doc []byte, rev uint64, by fact.Actor) (uint64, error) {
	key := draftKey(kind, id)
	return c.draftChange(ctx, t, fact.Put{Key: key, Body: doc}, rev, "draft.saved", by)
}

// DropDraft removes a draft at revision rev. ErrStale when it is another one.
func (c *Catalog) DropDraft(ctx context.Context, t fact.TenantID, kind def.Kind, id string, rev uint64, by fact.Actor) error {
	_, err := c.draftChange(ctx, t, fact.Put{Key: draftKey(kind, id), Delete: true}, rev, "draft.dropped", by)
	return err
}

func (c *Catalog) draftChange(ctx context.Context, t fact.TenantID, put fact.Put, rev uint64, eventType string, by fact.Actor) (uint64, error) {
	data, err := json.Marshal(map[string]string{"kind": put.Key.Kind, "id": put.Key.ID})
	if err != nil {
		return 0, err
	}
	receipt, err := c.store.Commit(ctx, t, fact.Change{
		Expect: []fact.Expect{{Key: put.Key, Rev: rev}},
		Put:    []fact.Put{put},
		Events: []fact.Event{{Subject: put.Key, Type: eventType, At: c.now().UTC(), Actor: by, Data: data}},
	})
	if errors.Is(err, store.ErrConflict) {
		return 0, ErrStale
	}
	if err != nil {
		return 0, fmt.Errorf("save draft: %w", err)
	}
	return receipt.Revs[0], nil
}

// DraftFiles returns all drafts as files to lay over the live release.
func (c *Catalog) DraftFiles(ctx context.Context, t fact.TenantID) (map[string][]byte, error) {
	files := map[string][]byte{}
	live, err := c.Live(ctx, t)
	if err != nil && !errors.Is(err, ErrNone) {
		return nil, err
	}
	drafts, err := c.Drafts(ctx, t)
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		full, err := c.Draft(ctx, t, d.Kind, d.ID)
		if err != nil {
			return nil, err
		}
		files[FileOf(live, d.Kind, d.ID)] = full.Doc
	}
	return files, nil
}

// FileOf returns the path of a definition: where the release has it, else its kind's folder.
func FileOf(rel *Release, kind def.Kind, id string) string {
	if rel != nil {
		for _, item := range rel.Items {
			if item.Kind == kind && item.ID == id {
				return item.File
			}
		}
	}
	if kind.Folder() == "" {
		return string(kind) + ".json"
	}
	return kind.Folder() + "/" + id + ".json"
}
