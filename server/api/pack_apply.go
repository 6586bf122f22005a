package api

import (
	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/server/catalog"
)

// Pack is a set of definitions that ships with the product.
type Pack struct {
	ID   string     `json:"id"`
	Name fact.Label `json:"name"`
	Note fact.Label `json:"note"`
	// Files are its definitions by path.
	Files map[string][]byte `json:"-"`
}

// listPacks reads which packs there are to begin with.
func (k *call) listPacks() error {
	return k.json(fiber.StatusOK, map[string]any{"items": notNil(k.api.Packs)})
}

// applyPack publishes a pack: how a new installation begins.
func (k *call) applyPack() error {
	for _, p := range k.api.Packs {
		if p.ID != k.c.Params("id") {
			continue
		}
		out, err := k.api.Catalog.Apply(bg, k.who.Tenant, catalog.Proposal{Files: p.Files, Note: p.ID, By: k.who.Actor}, false)
		if err != nil {
			return err
		}
		return k.json(fiber.StatusOK, out)
	}
	return refuse(fact.NotFound, "unknown_definition", map[string]any{"kind": "pack", "id": k.param("id")})
}
