package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"sluice/schemas"
)

var schemasCommand = subcommand{
	name: "schemas", args: "DIR", summary: "write the JSON Schemas of definitions, for editors",
	detail: "Each file stands alone. Begin a definition with \"$schema\": \"…/form.schema.json\", or tell your editor which folder\n" +
		"is which kind, and it explains and completes every member and marks what is wrong.",
	setup: func(c *call) func(context.Context) error {
		return func(context.Context) error {
			if c.arg(0) == "" {
				return wrong("name the DIR to write to")
			}
			files := map[string][]byte{}
			for _, name := range schemas.Names() {
				kind, ok := strings.CutPrefix(name, "definition/")
				if !ok || kind == "common" || kind == "field" {
					continue
				}
				files[kind+".schema.json"] = schemas.Bundle(name)
			}
			if err := writeFolder(c.arg(0), files); err != nil {
				return err
			}
			names := slices.Sorted(maps.Keys(files))
			return c.answer(map[string]any{"files": names}, func(w io.Writer) { fmt.Fprintf(w, "%d schemas written to %s\n", len(names), c.arg(0)) })
		}
	},
}
