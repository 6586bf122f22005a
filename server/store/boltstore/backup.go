package boltstore

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"

	"sluice/runtime/fact"
)

func (f *file) backup(ctx context.Context, w io.Writer) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer asCorrupt("backup", &err)
	to := stoppable{ctx: ctx, w: w}
	err = f.db.View(func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(&to)
		return err
	})
	if err = cmp.Or(to.err, err); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return nil
}

// stoppable ends a copy when its context ends, and keeps the error that ended
// it, which bbolt turns into text.
type stoppable struct {
	ctx context.Context
	w   io.Writer
	err error
}

func (s *stoppable) Write(b []byte) (n int, err error) {
	if err = s.ctx.Err(); err == nil {
		n, err = s.w.Write(b)
	}
	s.err = err
	return n, err
}

// ErrDamagedBackup is returned by Restore for a copy in which Check finds something.
var ErrDamagedBackup = errors.New("the backup is damaged")

// Restore makes a tenant of a copy that Backup wrote, in the folder of a store
// that does not have the tenant. The copy is checked first; one with findings is
// ErrDamagedBackup and nothing is left of it. The restored log has a new epoch,
// so that readers of the old one notice. It returns fs.ErrExist when the tenant
// exists.
func Restore(dir string, t fact.TenantID, backup io.Reader) error {
	path, err := TenantFile(dir, t)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("restore tenant %s: %w", t, fs.ErrExist)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("restore tenant %s: %w", t, err)
	}
	fresh := path + ".restored"
	err = copyFile(fresh, backup)
	if err == nil {
		err = soundFile(fresh)
	}
	if err == nil {
		err = changeEpoch(fresh)
	}
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return fmt.Errorf("restore tenant %s: %w", t, errors.Join(err, os.Remove(fresh)))
	}
	return syncDir(filepath.Dir(path))
}

func copyFile(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bufio.NewReaderSize(from, 1<<20))
	return errors.Join(err, f.Sync(), f.Close())
}

func soundFile(path string) error {
	report, err := Check(path, nil)
	if err != nil {
		return err
	}
	if len(report.Findings) > 0 {
		return fmt.Errorf("%w: %s", ErrDamagedBackup, report.Findings[0])
	}
	return nil
}

func changeEpoch(path string) error {
	small := Options{}.bolt()
	small.InitialMmapSize = 0
	db, err := bolt.Open(path, 0o600, small)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		_, end, err := readLog(tx)
		if err != nil {
			return err
		}
		return putLog(tx, newEpoch(), end)
	})
	return errors.Join(err, db.Close())
}
