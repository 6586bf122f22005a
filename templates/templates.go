// Package templates carries the packs that ship with Sluice: folders of
// definitions with their scenarios, and the demo data that makes them come alive.
package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed all:auto-parts all:wholesale
var packs embed.FS

// ErrUnknown is returned for a pack that does not ship.
var ErrUnknown = errors.New("no such pack")

// seedFolder holds demo data; it is not part of the definitions.
const seedFolder = "seed"

// List returns the names of the packs, sorted.
func List() []string {
	entries, err := packs.ReadDir(".")
	if err != nil {
		return nil // the embedded root can always be read
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

// Files returns the definitions of a pack by their path in its folder. ErrUnknown when there is no such pack.
func Files(pack string) (map[string][]byte, error) {
	return read(pack, func(name string) bool {
		return strings.HasSuffix(name, ".json") && !strings.HasPrefix(name, seedFolder+"/")
	})
}

// Seed returns the demo data of a pack by file name ("users.json",
// "records.ndjson"), empty when it has none. ErrUnknown when there is no such pack.
func Seed(pack string) (map[string][]byte, error) {
	files, err := read(pack, func(name string) bool { return strings.HasPrefix(name, seedFolder+"/") })
	if err != nil {
		return nil, err
	}
	out := make(map[string][]byte, len(files))
	for name, doc := range files {
		out[path.Base(name)] = doc
	}
	return out, nil
}

func read(pack string, want func(name string) bool) (map[string][]byte, error) {
	if !slices.Contains(List(), pack) {
		return nil, fmt.Errorf("pack %q: %w (there are %s)", pack, ErrUnknown, strings.Join(List(), ", "))
	}
	out := map[string][]byte{}
	err := fs.WalkDir(packs, pack, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel := strings.TrimPrefix(name, pack+"/")
		if !want(rel) {
			return nil
		}
		doc, err := packs.ReadFile(name)
		out[rel] = doc
		return err
	})
	return out, err
}
