// Package wire holds the JSON Schemas of what goes over the wire: request
// bodies and answers of the HTTP API. References between them are written as
// they stand in the OpenAPI document, "#/components/schemas/<name>".
package wire

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed *.schema.json
var files embed.FS

const suffix = ".schema.json"

// Schemas returns all schemas by name: the file name without ".schema.json".
func Schemas() (map[string]json.RawMessage, error) {
	names, err := fs.Glob(files, "*"+suffix)
	if err != nil {
		return nil, fmt.Errorf("wire schemas: %w", err)
	}
	out := make(map[string]json.RawMessage, len(names))
	for _, name := range names {
		doc, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("wire schemas: %w", err)
		}
		out[strings.TrimSuffix(name, suffix)] = doc
	}
	return out, nil
}
