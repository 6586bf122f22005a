package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sluice/runtime/fact"
	"sluice/server/auth"
	"sluice/server/catalog"
)

var applyCommand = subcommand{
	name: "apply", args: "DIR", summary: "check a folder of definitions and publish it as a release",
	detail: "Definitions that the folder does not have stay as they are, unless --prune is given.\nNothing is published when anything has a problem or a scenario fails.",
	setup: func(c *call) func(context.Context) error {
		p := placeFlags(c, true)
		prune := c.flags.Bool("prune", false, "drop definitions that the folder does not have")
		dry := c.flags.Bool("dry-run", false, "only check")
		note := c.flags.String("note", "", "`TEXT` that explains the release")
		return func(ctx context.Context) error {
			if c.arg(0) == "" {
				return wrong("name the DIR of definitions")
			}
			files, err := readFolder(c.arg(0))
			if err != nil {
				return err
			}
			var out *catalog.Applied
			if p.remote() {
				out, err = p.applyRemote(ctx, files, *prune, *dry, *note)
			} else {
				out, err = p.applyLocal(ctx, c, files, *prune, *dry, *note)
			}
			if err != nil {
				return err
			}
			if err := c.answer(out, func(w io.Writer) { printApplied(w, out, *dry) }); err != nil {
				return err
			}
			if len(out.Problems)+len(out.Failed) > 0 {
				return errInvalid
			}
			return nil
		}
	},
}

// readFolder returns the definitions of a folder: its *.json files, demo data left out.
func readFolder(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if e.IsDir() {
			if rel == "seed" || (strings.HasPrefix(e.Name(), ".") && rel != ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".json") {
			return nil
		}
		doc, err := os.ReadFile(name)
		files[rel] = doc
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%w: no definitions in %s", catalog.ErrUnknown, dir)
	}
	return files, nil
}

func (p *place) applyLocal(ctx context.Context, c *call, files map[string][]byte, prune, dry bool, note string) (out *catalog.Applied, err error) {
	parts, err := p.create(c)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, parts.Close()) }()
	by := fact.Actor{Kind: fact.System, ID: "system", Name: "command line", Roles: []string{auth.Admin}}
	return parts.Catalog.Apply(ctx, p.id(), catalog.Proposal{Files: files, Prune: prune, Note: note, By: by}, dry)
}

func (p *place) applyRemote(ctx context.Context, files map[string][]byte, prune, dry bool, note string) (*catalog.Applied, error) {
	texts := make(map[string]string, len(files))
	for name, doc := range files {
		texts[name] = string(doc)
	}
	body, err := json.Marshal(map[string]any{"files": texts, "prune": prune, "dryRun": dry, "note": note})
	if err != nil {
		return nil, err
	}
	answer, err := p.request(ctx, http.MethodPost, "/api/v1/definitions", strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	var out catalog.Applied
	return &out, json.NewDecoder(answer).Decode(&out)
}

func printApplied(w io.Writer, a *catalog.Applied, dry bool) {
	for _, p := range a.Problems {
		fmt.Fprintf(w, "%s %s: %s: %s\n", p.File, p.Problem.Path, p.Problem.Code, p.Problem.Sentence("en"))
	}
	for _, f := range a.Failed {
		fmt.Fprintln(w, f.Error())
	}
	for _, c := range a.Changed {
		fmt.Fprintln(w, "changed", c)
	}
	switch {
	case len(a.Problems)+len(a.Failed) > 0:
		fmt.Fprintf(w, "not published: %d problems, %d scenario steps failed\n", len(a.Problems), len(a.Failed))
	case a.Unchanged:
		fmt.Fprintln(w, "nothing changed")
	case dry:
		fmt.Fprintln(w, "checked; nothing was published")
	default:
		fmt.Fprintf(w, "release %d is live (%.12s)\n", a.Number, a.Release)
	}
}

var exportCommand = subcommand{
	name: "export", args: "DIR", summary: "write the live definitions to a folder, byte for byte as they were applied",
	setup: func(c *call) func(context.Context) error {
		p := placeFlags(c, true)
		number := c.flags.Int("release", 0, "export release `NUMBER` instead of the live one")
		return func(ctx context.Context) error {
			if c.arg(0) == "" {
				return wrong("name the DIR to write to")
			}
			files, err := p.export(ctx, c, *number)
			if err != nil {
				return err
			}
			names := slices.Sorted(maps.Keys(files))
			if err := writeFolder(c.arg(0), files); err != nil {
				return err
			}
			return c.answer(map[string]any{"files": names}, func(w io.Writer) { fmt.Fprintf(w, "%d definitions written to %s\n", len(names), c.arg(0)) })
		}
	},
}

func (p *place) export(ctx context.Context, c *call, number int) (files map[string][]byte, err error) {
	if p.remote() {
		answer, err := p.request(ctx, http.MethodGet, fmt.Sprintf("/api/v1/definitions/export?release=%d", number), nil)
		if err != nil {
			return nil, err
		}
		defer answer.Close()
		var in struct{ Files map[string]string }
		if err := json.NewDecoder(answer).Decode(&in); err != nil {
			return nil, err
		}
		files = make(map[string][]byte, len(in.Files))
		for name, text := range in.Files {
			files[name] = []byte(text)
		}
		return files, nil
	}
	parts, err := p.open(c)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, parts.Close()) }()
	return parts.Catalog.Export(ctx, p.id(), number)
}

// writeFolder writes the files below dir; no name can lead out of it.
func writeFolder(dir string, files map[string][]byte) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for name, doc := range files {
		if err := root.MkdirAll(filepath.Dir(filepath.FromSlash(name)), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(filepath.FromSlash(name), doc, 0o644); err != nil {
			return err
		}
	}
	return nil
}
