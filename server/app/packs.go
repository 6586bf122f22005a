package app

import (
	"encoding/json"
	"fmt"

	"sluice/runtime/def"
	"sluice/server/api"
	"sluice/templates"
)

// shippedPacks reads the packs that ship with the product, for people who begin.
func shippedPacks() ([]api.Pack, error) {
	var out []api.Pack
	for _, id := range templates.List() {
		files, err := templates.Files(id)
		if err != nil {
			return nil, err
		}
		var head def.Pack
		if err := json.Unmarshal(files["pack.json"], &head); err != nil {
			return nil, fmt.Errorf("pack %s: %w", id, err)
		}
		out = append(out, api.Pack{ID: id, Name: head.Name, Note: head.Note, Files: files})
	}
	return out, nil
}
