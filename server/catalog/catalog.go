package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/store"
)

// Catalog is the definitions of all tenants. It is safe for concurrent use.
type Catalog struct {
	store store.Store
	log   *slog.Logger
	now   func() time.Time

	tenants sync.Map // fact.TenantID → *tenant
}

// Errors of the catalog.
var (
	// ErrNone is returned by Program when nothing has been published for the tenant.
	ErrNone = errors.New("no release has been published")
	// ErrMoved is returned by Publish and Activate when the live release is not the one the caller saw.
	ErrMoved = errors.New("another release went live in between")
	// ErrStale is returned when a draft was saved by somebody else in between.
	ErrStale = errors.New("the draft was saved in between")
	// ErrUnknown is returned for a definition, draft or release that does not exist.
	ErrUnknown = errors.New("no such definition")
	// ErrUnchanged is returned by Publish when the result would equal the live release.
	ErrUnchanged = errors.New("nothing changed")
)

// New returns the catalog over a store. now is the clock.
func New(s store.Store, log *slog.Logger, now func() time.Time) *Catalog {
	return &Catalog{store: s, log: log, now: now}
}

// Item is one definition of a release.
type Item struct {
	Kind   def.Kind   `json:"kind"`
	ID     string     `json:"id"`
	Name   fact.Label `json:"name"`
	File   string     `json:"file"`   // path in a folder of definitions
	Hash   string     `json:"hash"`   // SHA-256 of the canonical form (RFC 8785): its identity
	Source string     `json:"source"` // SHA-256 of the bytes as written: where they are kept
}

// Release is an immutable set of definitions.
type Release struct {
	Number  int        `json:"number"`
	Release string     `json:"release"` // SHA-256 over kind, id and hash of its items: its identity
	At      time.Time  `json:"at"`
	By      fact.Actor `json:"by"`
	Note    string     `json:"note,omitempty"`
	Base    int        `json:"base,omitempty"` // the release it was made from
	Items   []Item     `json:"items"`
}

// head says which release is live.
type head struct {
	Number  int    `json:"number"`
	Release string `json:"release"`
}

var headKey = program.HeadKey()

func releaseKey(number int) fact.Key {
	return fact.Key{Kind: "release", ID: fmt.Sprintf("%08d", number)}
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Live returns the release that is live. ErrNone when nothing is published.
func (c *Catalog) Live(ctx context.Context, t fact.TenantID) (*Release, error) {
	rel, _, err := c.liveRelease(ctx, t)
	return rel, err
}

func (c *Catalog) liveRelease(ctx context.Context, t fact.TenantID) (*Release, uint64, error) {
	var rel Release
	var rev uint64
	err := c.store.View(ctx, t, func(r fact.Reader) error {
		doc, err := r.Get(headKey)
		if err != nil {
			return err
		}
		if doc.Rev == 0 {
			return ErrNone
		}
		rev = doc.Rev
		var h head
		if err := json.Unmarshal(doc.Body, &h); err != nil {
			return fmt.Errorf("head: %w", err)
		}
		return getJSON(r, releaseKey(h.Number), &rel)
	})
	return &rel, rev, err
}

// Release returns a release by its number. ErrUnknown when there is none.
func (c *Catalog) Release(ctx context.Context, t fact.TenantID, number int) (*Release, error) {
	var rel Release
	err := c.store.View(ctx, t, func(r fact.Reader) error { return getJSON(r, releaseKey(number), &rel) })
	return &rel, err
}

// Releases returns the releases before a number (0: all), newest first, at most limit, without their items.
func (c *Catalog) Releases(ctx context.Context, t fact.TenantID, before, limit int) ([]Release, error) {
	var out []Release
	err := c.store.View(ctx, t, func(r fact.Reader) error {
		rng := fact.Range{Kind: "release", Reverse: true}
		if before > 0 {
			rng.After = releaseKey(before).ID
		}
		for doc, err := range r.Scan(rng) {
			if err != nil {
				return err
			}
			if len(out) == limit {
				return nil
			}
			var rel Release
			if err := json.Unmarshal(doc.Body, &rel); err != nil {
				return fmt.Errorf("release %s: %w", doc.Key.ID, err)
			}
			rel.Items = nil
			out = append(out, rel)
		}
		return nil
	})
	return out, err
}

// Source returns the bytes of a live definition as its author wrote them, and
// its hash. ErrUnknown when the live release does not have it.
func (c *Catalog) Source(ctx context.Context, t fact.TenantID, kind def.Kind, id string) ([]byte, string, error) {
	rel, err := c.Live(ctx, t)
	if err != nil {
		return nil, "", err
	}
	for _, item := range rel.Items {
		if item.Kind == kind && item.ID == id {
			docs, err := c.sources(ctx, t, []Item{item})
			if err != nil {
				return nil, "", err
			}
			return docs[0].Doc, item.Hash, nil
		}
	}
	return nil, "", ErrUnknown
}

// Export returns the definitions of a release (0: the live one) as files, byte
// for byte as they were applied.
func (c *Catalog) Export(ctx context.Context, t fact.TenantID, number int) (map[string][]byte, error) {
	rel, err := c.Live(ctx, t)
	if err == nil && number > 0 {
		rel, err = c.Release(ctx, t, number)
	}
	if err != nil {
		return nil, err
	}
	docs, err := c.sources(ctx, t, rel.Items)
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte, len(docs))
	for _, d := range docs {
		files[d.File] = d.Doc
	}
	return files, nil
}

func (c *Catalog) sources(ctx context.Context, t fact.TenantID, items []Item) ([]program.Source, error) {
	out := make([]program.Source, len(items))
	err := c.store.View(ctx, t, func(r fact.Reader) error {
		for i, item := range items {
			doc, err := r.Get(fact.Key{Kind: "source", ID: item.Source})
			if err != nil {
				return err
			}
			if doc.Rev == 0 {
				return fmt.Errorf("source of %s %s: %w", item.Kind, item.ID, ErrUnknown)
			}
			out[i] = program.Source{Kind: item.Kind, ID: item.ID, File: item.File, Doc: append([]byte(nil), doc.Body...)}
		}
		return nil
	})
	return out, err
}

func (c *Catalog) compile(ctx context.Context, t fact.TenantID, rel *Release) (*program.Program, []program.Complaint, error) {
	docs, err := c.sources(ctx, t, rel.Items)
	if err != nil {
		return nil, nil, err
	}
	p, complaints := compileSources(docs, rel)
	return p, complaints, nil
}

// Compile compiles a folder of definitions that no tenant has: for tools that
// work on files alone.
func Compile(files map[string][]byte) (*program.Program, []program.Complaint) {
	sources, complaints := overlay(nil, Proposal{Files: files})
	items, identity := manifest(sources)
	p, more := compileSources(sources, &Release{Release: identity, Items: items})
	return p, append(complaints, more...)
}

func compileSources(docs []program.Source, rel *Release) (*program.Program, []program.Complaint) {
	zoneName := program.DefaultZone
	for i := range docs {
		var pack def.Pack
		if docs[i].Kind == def.KindPack && json.Unmarshal(docs[i].Doc, &pack) == nil && pack.Zone != "" {
			zoneName = pack.Zone
		}
	}
	zone, err := time.LoadLocation(zoneName)
	p, complaints := program.Compile(docs, rel.Release, zone)
	p.Number = rel.Number
	if err != nil && p.Pack != nil {
		complaints = append(complaints, program.Complaint{Kind: def.KindPack, ID: p.Pack.ID, Problem: fact.Problem{Path: "/zone", Code: "unknown_zone", Params: map[string]any{"zone": zoneName}}})
	}
	return p, complaints
}

func getJSON(r fact.Reader, key fact.Key, into any) error {
	doc, err := r.Get(key)
	if err != nil {
		return err
	}
	if doc.Rev == 0 {
		return ErrUnknown
	}
	if err := json.Unmarshal(doc.Body, into); err != nil {
		return fmt.Errorf("%s %s: %w", key.Kind, key.ID, err)
	}
	return nil
}
