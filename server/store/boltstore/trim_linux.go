package boltstore

import (
	"fmt"
	"syscall"
	"unsafe"

	bolt "go.etcd.io/bbolt"
)

// trim takes the file's pages out of this process's memory. The map is shared
// and only read, so nothing is lost: a page that is needed again comes from the
// kernel's cache or the disk. The view keeps the map where it is meanwhile.
func (f *file) trim() error {
	err := f.db.View(func(tx *bolt.Tx) error {
		start := f.db.Info().Data
		return syscall.Madvise(unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&start))), tx.Size()), syscall.MADV_DONTNEED)
	})
	if err != nil {
		return fmt.Errorf("trim: %w", err)
	}
	return nil
}
