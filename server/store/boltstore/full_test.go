//go:build linux

package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// fill commits orders until the store refuses one and returns how many it took.
func fill(t *testing.T, s *Store, tenant fact.TenantID) (n uint64) {
	for ; n < 100_000; n++ {
		if _, err := s.Commit(context.Background(), tenant, benchOrder(n)); err != nil {
			require.ErrorIs(t, err, store.ErrFull)
			return n
		}
	}
	t.Fatal("the store never was full")
	return 0
}

// holds checks that exactly the first n orders are there.
func holds(t *testing.T, s *Store, tenant fact.TenantID, n uint64) {
	require.NoError(t, s.View(context.Background(), tenant, func(r fact.Reader) error {
		require.Equal(t, n, r.Position().Offset)
		entries, err := r.Count("order.updated", "")
		require.NoError(t, err)
		require.Equal(t, n, uint64(entries))
		for i := range n + 1 {
			d, err := r.Get(benchOrder(i).Put[0].Key)
			require.NoError(t, err)
			if i < n {
				require.Equal(t, benchBody(i), d.Body)
			} else {
				require.Zero(t, d.Rev)
			}
		}
		return nil
	}))
}

// soundAfter closes the store and checks the file, which must hold n orders.
func soundAfter(t *testing.T, s *Store, dir string, tenant fact.TenantID, n uint64) {
	require.NoError(t, s.Close())
	path, err := TenantFile(dir, tenant)
	require.NoError(t, err)
	report, err := Check(path, nil)
	require.NoError(t, err)
	require.Equal(t, Report{Docs: int64(n), Entries: int64(3 * n), Events: int64(n)}, report)
}

// At the size limit commits are refused, reading goes on, and a store with more
// room takes the very change that was refused.
func TestFullBySize(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{NoSync: true, MaxSize: 20 << 20})
	require.NoError(t, err)
	n := fill(t, s, benchTenant)
	require.Greater(t, n, uint64(100))
	holds(t, s, benchTenant, n)
	_, err = s.Commit(context.Background(), benchTenant, benchOrder(n))
	require.ErrorIs(t, err, store.ErrFull)
	holds(t, s, benchTenant, n)
	soundAfter(t, s, dir, benchTenant, n)

	s, err = Open(dir, Options{NoSync: true})
	require.NoError(t, err)
	_, err = s.Commit(context.Background(), benchTenant, benchOrder(n))
	require.NoError(t, err)
	holds(t, s, benchTenant, n+1)
	soundAfter(t, s, dir, benchTenant, n+1)
}

// The same with calls that fail for want of room, as the kernel reports them:
// the limit is on what this process may write to a file (EFBIG). A fresh file
// meets it when it grows, a grown one when a page is written.
func TestFullByFileLimit(t *testing.T) {
	for name, first := range map[string]uint64{"when the file grows": 1, "when a page is written": 50} {
		t.Run(name, func(t *testing.T) {
			dir, ctx := t.TempDir(), context.Background()
			s, err := Open(dir, Options{NoSync: true})
			require.NoError(t, err)
			load(t, s, first)
			n := first
			limitFiles(t, 8<<20, func() {
				for ; err == nil && n < 50_000; n++ {
					_, err = s.Commit(ctx, benchTenant, benchOrder(n))
				}
				n--
				require.ErrorIs(t, err, store.ErrFull)
				require.Equal(t, first > 1, n > 100)
				holds(t, s, benchTenant, n)
				_, err = s.Commit(ctx, benchTenant, benchOrder(n))
				require.ErrorIs(t, err, store.ErrFull)
				_, err = s.Commit(ctx, "another", fact.Change{})
				require.NoError(t, err, "a tenant with room is not affected")
			})
			_, err = s.Commit(ctx, benchTenant, benchOrder(n))
			require.NoError(t, err, "there is room again")
			holds(t, s, benchTenant, n+1)
			soundAfter(t, s, dir, benchTenant, n+1)
		})
	}
}

// Writes beyond the room of a file system (ENOSPC), where this may be mounted;
// the other tests of this file cover what the engine makes of the errors.
func TestFullFileSystem(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "small")
	require.NoError(t, os.Mkdir(dir, 0o700))
	if err := mountSmall(dir, 12<<20); err != nil {
		require.ErrorIs(t, err, syscall.EPERM, "only the permission may be missing")
		return
	}
	defer func() { require.NoError(t, unmount(dir)) }()
	s, err := Open(dir, Options{})
	require.NoError(t, err)
	ballast := filepath.Join(dir, "ballast")
	require.NoError(t, os.WriteFile(ballast, make([]byte, 3<<20), 0o600))
	n := fill(t, s, benchTenant)
	require.Greater(t, n, uint64(100))
	holds(t, s, benchTenant, n)
	_, err = s.Commit(context.Background(), "new", benchOrder(0))
	require.ErrorIs(t, err, store.ErrFull, "a tenant cannot be made")
	require.NoError(t, os.Remove(ballast))
	_, err = s.Commit(context.Background(), benchTenant, benchOrder(n))
	require.NoError(t, err, "there is room again")
	_, err = s.Commit(context.Background(), "new", benchOrder(0))
	require.NoError(t, err)
	holds(t, s, benchTenant, n+1)
	soundAfter(t, s, dir, benchTenant, n+1)
}

// After a failed sync nothing is committed any more until the store is opened
// again; reading goes on.
func TestFailedSync(t *testing.T) {
	for name, cause := range map[string]error{
		"sync": syscall.EIO, "sync without room": syscall.ENOSPC,
		"write": &fs.PathError{Op: "write", Err: syscall.EIO},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := Open(dir, Options{NoSync: true})
			require.NoError(t, err)
			load(t, s, 5)
			f, err := s.open(context.Background(), benchTenant, false)
			require.NoError(t, err)
			f.sync = func(tx *bolt.Tx) error { return errors.Join(tx.Rollback(), cause) }
			_, err = s.Commit(context.Background(), benchTenant, benchOrder(5))
			require.ErrorIs(t, err, store.ErrReadOnly)
			require.ErrorIs(t, err, cause)
			f.sync = (*bolt.Tx).Commit
			ctx := context.Background()
			_, err = s.Commit(ctx, benchTenant, benchOrder(5))
			require.ErrorIs(t, err, store.ErrReadOnly)
			_, err = s.Decide(ctx, benchTenant, func(fact.Reader) (fact.Change, error) { return fact.Change{}, nil })
			require.ErrorIs(t, err, store.ErrReadOnly)
			_, _, err = s.Lease(ctx, benchTenant, "q", 1, benchOrder(1).Events[0].At, benchOrder(2).Events[0].At)
			require.ErrorIs(t, err, store.ErrReadOnly)
			holds(t, s, benchTenant, 5)
			require.NoError(t, s.Close())
			s, err = Open(dir, Options{NoSync: true})
			require.NoError(t, err)
			_, err = s.Commit(ctx, benchTenant, benchOrder(5))
			require.NoError(t, err)
			soundAfter(t, s, dir, benchTenant, 6)
		})
	}
}

// A write that fails for want of room is no reason to stop, unless the new
// state is visible all the same.
func TestNoRoom(t *testing.T) {
	write := &fs.PathError{Op: "write", Err: syscall.ENOSPC}
	require.True(t, noRoom(write))
	require.True(t, noRoom(&fs.PathError{Op: "write", Err: syscall.EDQUOT}))
	require.True(t, noRoom(fmt.Errorf("file resize error: %s", &fs.PathError{Op: "truncate", Err: syscall.EFBIG})))
	require.False(t, noRoom(syscall.ENOSPC), "that is a sync's")
	require.False(t, noRoom(fmt.Errorf("file sync error: %s", syscall.ENOSPC)))
	require.False(t, noRoom(&fs.PathError{Op: "write", Err: syscall.EIO}))

	dir := t.TempDir()
	s, err := Open(dir, Options{NoSync: true})
	require.NoError(t, err)
	load(t, s, 1)
	f, err := s.open(context.Background(), benchTenant, false)
	require.NoError(t, err)
	f.sync = func(tx *bolt.Tx) error { return errors.Join(tx.Commit(), write) }
	_, err = s.Commit(context.Background(), benchTenant, benchOrder(1))
	require.ErrorIs(t, err, store.ErrReadOnly)
	require.NoError(t, s.Close())
}
