package boltstore

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	bolterrors "go.etcd.io/bbolt/errors"

	"sluice/server/store"
)

// classify says what a failed bbolt commit means. id is the transaction's.
//
// No room before the sync is harmless: bbolt has rolled back, and no page that
// the file's state refers to was written. A failed sync is not: the kernel may
// have dropped pages and reports it once only. Any other failed write is
// treated like a failed sync, and so is one after which the new state is
// visible all the same.
func (f *file) classify(err error, id int) error {
	if noRoom(err) && f.snapshotID() < id {
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	f.broken.CompareAndSwap(nil, &err)
	return f.failed()
}

// failed returns ErrReadOnly with its cause once the file takes no more commits.
func (f *file) failed() error {
	if cause := f.broken.Load(); cause != nil {
		return fmt.Errorf("%w: %w", store.ErrReadOnly, *cause)
	}
	return nil
}

// noRoom reports whether a write, not a sync, failed for want of room. bbolt
// turns the error of growing the file into text, so that one is told by its text.
func noRoom(err error) bool {
	if errors.Is(err, bolterrors.ErrMaxSizeReached) {
		return true
	}
	var write *fs.PathError
	for _, e := range [...]syscall.Errno{syscall.ENOSPC, syscall.EFBIG, syscall.EDQUOT} {
		if errors.Is(err, e) {
			return errors.As(err, &write)
		}
		if strings.HasPrefix(err.Error(), "file resize error") && strings.HasSuffix(err.Error(), e.Error()) {
			return true
		}
	}
	return false
}

// snapshotID returns the id of the state that readers see now.
func (f *file) snapshotID() int {
	tx, err := f.db.Begin(false)
	if err != nil {
		return 1 << 62 // unknown: not older than any
	}
	defer func() { _ = tx.Rollback() }()
	return tx.ID()
}
