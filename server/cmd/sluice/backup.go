package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"sluice/server/store"
	"sluice/server/store/boltstore"
)

// copied is the answer of backup and restore.
type copied struct {
	Tenant string `json:"tenant"`
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
}

var backupCommand = subcommand{
	name: "backup", args: "FILE", summary: "write one consistent copy of a tenant, also while the server runs (--url)",
	setup: func(c *call) func(context.Context) error {
		p := placeFlags(c, true)
		return func(ctx context.Context) error {
			if c.arg(0) == "" {
				return wrong("name the FILE to write")
			}
			n, err := writeNew(c.arg(0), func(w io.Writer) error { return p.backup(ctx, c, w) })
			if err != nil {
				return err
			}
			return c.answer(copied{*p.tenant, c.arg(0), n}, func(w io.Writer) { fmt.Fprintf(w, "%s: %d bytes\n", c.arg(0), n) })
		}
	},
}

func (p *place) backup(ctx context.Context, c *call, w io.Writer) (err error) {
	if p.remote() {
		answer, err := p.request(ctx, http.MethodGet, "/api/v1/backup", nil)
		if err != nil {
			return err
		}
		defer answer.Close()
		_, err = io.Copy(w, answer)
		return err
	}
	parts, err := p.open(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, parts.Close()) }()
	return parts.Store.(store.Backuper).Backup(ctx, p.id(), w)
}

// writeNew writes a file that appears under its name only when it is whole and durable.
func writeNew(name string, write func(io.Writer) error) (n int64, err error) {
	tmp := name + ".part"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp))
		}
	}()
	if err := errors.Join(write(f), f.Sync()); err != nil {
		return 0, errors.Join(err, f.Close())
	}
	info, err := f.Stat()
	if err := errors.Join(err, f.Close()); err != nil {
		return 0, err
	}
	return info.Size(), os.Rename(tmp, name)
}

var restoreCommand = subcommand{
	name: "restore", args: "FILE", summary: "make a tenant from a backup, in a data directory where it does not exist",
	setup: func(c *call) func(context.Context) error {
		p := placeFlags(c, false)
		return func(context.Context) error {
			if c.arg(0) == "" {
				return wrong("name the FILE of a backup")
			}
			f, err := os.Open(c.arg(0))
			if err != nil {
				return err
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				return err
			}
			if err := boltstore.Restore(*p.dir, p.id(), f); err != nil {
				return err
			}
			return c.answer(copied{*p.tenant, c.arg(0), info.Size()}, func(w io.Writer) {
				fmt.Fprintf(w, "%s restored into %s\n", *p.tenant, *p.dir)
			})
		}
	},
}
