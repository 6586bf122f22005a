//go:build !noui

// Package designer carries the built browser side in the binary.
//
// dist is made by `npm run build` in this folder; a checkout that was never
// built embeds only the placeholder, and FS then has no index.html. The build
// tag noui leaves the browser side out altogether.
package designer

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS returns the built files, rooted so that "index.html" is the page. Files
// below assets/ have a hash in their name and never change; most files have
// compressed twins beside them, named with ".br" and ".gz" added.
func FS() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil { // only when the name is not a valid path, and it is a constant
		return dist
	}
	return sub
}
