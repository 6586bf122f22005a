package schemas

import (
	"embed"
	"encoding/json"
	"io/fs"
	"strings"
)

//go:embed wire/*.schema.json
var wireFiles embed.FS

// Wire returns the schemas of request bodies and answers of the HTTP API by
// name. References between them are written as they stand in the OpenAPI
// document, "#/components/schemas/<name>".
func Wire() map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	_ = fs.WalkDir(wireFiles, "wire", func(path string, _ fs.DirEntry, _ error) error { // an embedded tree has no errors
		if name, ok := strings.CutSuffix(strings.TrimPrefix(path, "wire/"), suffix); ok {
			out[name], _ = wireFiles.ReadFile(path)
		}
		return nil
	})
	return out
}
