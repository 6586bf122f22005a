//go:build noui

// Package designer stands in for the browser side in a binary built without it.
package designer

import (
	"embed"
	"io/fs"
)

// FS returns an empty file system: the build tag noui left the browser side out.
func FS() fs.FS { return embed.FS{} }
