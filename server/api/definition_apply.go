package api

import (
	"errors"
	"os"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/server/auth"
	"sluice/server/catalog"
	"sluice/server/store"
)

// applyInput is a folder of definitions.
type applyInput struct {
	Files  map[string]string `json:"files"` // path → text, as written
	Prune  bool              `json:"prune"`
	DryRun bool              `json:"dryRun"`
	Note   string            `json:"note"`
}

// applyDefinitions checks a folder of definitions and publishes it. Problems and
// failing scenarios are an answer, not an error: nothing is published then.
func (k *call) applyDefinitions() error {
	var in applyInput
	if err := k.decode(&in); err != nil {
		return err
	}
	files := make(map[string][]byte, len(in.Files))
	for name, text := range in.Files {
		files[name] = []byte(text)
	}
	out, err := k.api.Catalog.Apply(bg, k.who.Tenant, catalog.Proposal{Files: files, Prune: in.Prune, Note: in.Note, By: k.who.Actor}, in.DryRun)
	if err != nil {
		return err
	}
	return k.json(fiber.StatusOK, out)
}

// exportDefinitions reads all definitions of a release as they were applied.
func (k *call) exportDefinitions() error {
	number := 0
	if text := k.query("release"); text != "" {
		var err error
		if number, err = strconv.Atoi(text); err != nil || number < 0 {
			return refuse(fact.NotFound, "unknown_release", map[string]any{"id": text})
		}
	}
	files, err := k.api.Catalog.Export(bg, k.who.Tenant, number)
	if err != nil {
		return err
	}
	texts := make(map[string]string, len(files))
	for name, doc := range files {
		texts[name] = string(doc)
	}
	return k.json(fiber.StatusOK, map[string]any{"files": texts})
}

// backup sends a consistent copy of the tenant. The copy is made first and sent
// then, so that a slow reader does not keep the store from reusing its pages.
func (k *call) backup() error {
	if !k.who.Actor.Has(auth.Admin) {
		return refuse(fact.Denied, "role_denied", map[string]any{"roles": auth.Admin})
	}
	source, ok := k.api.Store.(store.Backuper)
	if !ok {
		return refuse(fact.Internal, "unavailable", nil)
	}
	f, err := os.CreateTemp("", "sluice-backup-")
	if err != nil {
		return err
	}
	// The name goes at once: the copy lives as long as it is being sent.
	err = errors.Join(os.Remove(f.Name()), source.Backup(bg, k.who.Tenant, f))
	if err == nil {
		_, err = f.Seek(0, 0)
	}
	info, statErr := f.Stat()
	if err = errors.Join(err, statErr); err != nil {
		return errors.Join(err, f.Close())
	}
	k.c.Set(fiber.HeaderContentType, "application/octet-stream")
	k.c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+string(k.who.Tenant)+`.backup"`)
	k.c.Context().Response.SetBodyStream(f, int(info.Size()))
	return nil
}
