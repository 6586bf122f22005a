package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"sluice/server/catalog"
	"sluice/server/store/boltstore"
)

// checked is the answer of `sluice check` for one file.
type checked struct {
	File string `json:"file"`
	boltstore.Report
}

var checkCommand = subcommand{
	name: "check", args: "[FILE]", summary: "verify stored data: pages, checksums, indexes, counts, numbers, history",
	detail: "Without FILE all tenants of the data directory are verified; FILE is one tenant's file or a backup.\nA server must not have it open.",
	setup: func(c *call) func(context.Context) error {
		dir := c.flags.String("data", "data", "data directory `DIR`")
		return func(context.Context) error {
			files := []string{c.arg(0)}
			if c.arg(0) == "" {
				var err error
				if files, err = filepath.Glob(filepath.Join(*dir, "tenants", "*.db")); err != nil {
					return err
				}
				if len(files) == 0 {
					return fmt.Errorf("%w: no tenants in %s", catalog.ErrUnknown, *dir)
				}
			}
			sound := true
			for _, file := range files {
				ok, err := checkFile(c, file)
				if err != nil {
					return err
				}
				sound = sound && ok
			}
			if !sound {
				return errInvalid
			}
			return nil
		}
	},
}

func checkFile(c *call, file string) (bool, error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("%w: %s", catalog.ErrUnknown, file)
	}
	report, err := boltstore.Check(file, func(bucket string, done int64) {
		if !c.json {
			fmt.Fprintf(c.err, "\r%s: %s %d ", filepath.Base(file), bucket, done)
		}
	})
	if err != nil {
		return false, fmt.Errorf("%s: %w", file, err)
	}
	if !c.json {
		fmt.Fprint(c.err, "\r")
	}
	return len(report.Findings) == 0, c.answer(checked{file, report}, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d documents, %d index entries, %d events, %d jobs", file, report.Docs, report.Entries, report.Events, report.Jobs)
		if len(report.Findings) == 0 {
			fmt.Fprintln(w, ": sound")
			return
		}
		fmt.Fprintf(w, ": %d findings\n", int64(len(report.Findings))+report.More)
		for _, f := range report.Findings {
			fmt.Fprintf(w, "  %s\n", f)
		}
	})
}
