package boltstore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// slowly lets the first write through only when gate is closed, so that the
// backup is certainly still running while others commit.
type slowly struct {
	bytes.Buffer
	began chan struct{}
	gate  chan struct{}
}

func (s *slowly) Write(b []byte) (int, error) {
	if s.Len() == 0 {
		close(s.began)
		<-s.gate
	}
	return s.Buffer.Write(b)
}

// A backup taken while others write is one sound snapshot: it has everything
// acknowledged before it began, and what it has is consistent.
func TestBackupWhileWriting(t *testing.T) {
	ctx := context.Background()
	s, err := Open(t.TempDir(), Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	load(t, s, 200)
	w := &slowly{began: make(chan struct{}), gate: make(chan struct{})}
	copied := make(chan error, 1)
	go func() { copied <- s.Backup(ctx, benchTenant, w) }()
	<-w.began
	var next atomic.Uint64
	done := make(chan error, 8)
	for range 8 {
		go func() {
			for {
				n := next.Add(1)
				if n > 400 {
					done <- nil
					return
				}
				if _, err := s.Commit(ctx, benchTenant, benchOrder(200+n)); err != nil {
					done <- err
					return
				}
				if n == 100 {
					close(w.gate)
				}
			}
		}()
	}
	for range 8 {
		require.NoError(t, <-done)
	}
	require.NoError(t, <-copied)

	path := filepath.Join(t.TempDir(), "copy.db")
	require.NoError(t, os.WriteFile(path, w.Bytes(), 0o600))
	report, err := Check(path, nil)
	require.NoError(t, err)
	require.Equal(t, Report{Docs: 200, Entries: 600, Events: 200}, report)

	dir := t.TempDir()
	require.NoError(t, Restore(dir, "copy", bytes.NewReader(w.Bytes())))
	restored, err := Open(dir, Options{NoSync: true})
	require.NoError(t, err)
	var was, is fact.Position
	require.NoError(t, s.View(ctx, benchTenant, func(r fact.Reader) error { was = r.Position(); return nil }))
	require.NoError(t, restored.View(ctx, "copy", func(r fact.Reader) error {
		is = r.Position()
		d, err := r.Get(benchOrder(199).Put[0].Key)
		require.Equal(t, benchBody(199), d.Body)
		return err
	}))
	require.Equal(t, uint64(200), is.Offset)
	require.NotEqual(t, was.Epoch, is.Epoch)
	_, err = restored.Events(ctx, "copy", fact.Position{Epoch: was.Epoch, Offset: 5}, 1)
	require.ErrorIs(t, err, store.ErrEpoch)
	_, err = restored.Commit(ctx, "copy", benchOrder(1000))
	require.NoError(t, err)
	require.NoError(t, restored.Close())
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestBackupErrors(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s, err := Open(t.TempDir(), Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.ErrorIs(t, s.Backup(ctx, "nobody", io.Discard), fs.ErrNotExist)
	load(t, s, 3)
	broken := errors.New("broken pipe")
	require.ErrorIs(t, s.Backup(ctx, benchTenant, failing{broken}), broken)
	cancel()
	require.ErrorIs(t, s.Backup(ctx, benchTenant, io.Discard), context.Canceled)
}

// A copy that is cut short or damaged is refused and leaves nothing behind.
func TestRestoreRefuses(t *testing.T) {
	ctx := context.Background()
	s, err := Open(t.TempDir(), Options{NoSync: true})
	require.NoError(t, err)
	load(t, s, 50)
	var sound bytes.Buffer
	require.NoError(t, s.Backup(ctx, benchTenant, &sound))
	require.NoError(t, s.Close())
	rotten := bytes.Clone(sound.Bytes())
	rotten[bytes.LastIndex(rotten, benchBody(9))+5] ^= 4
	dir := t.TempDir()
	for name, copy := range map[string][]byte{
		"rotten": rotten, "cut": sound.Bytes()[:sound.Len()/2], "empty": nil, "text": []byte("hello"),
	} {
		require.ErrorIs(t, Restore(dir, "x", bytes.NewReader(copy)), ErrDamagedBackup, name)
		left, err := os.ReadDir(tenantFolder(dir))
		require.NoError(t, err)
		require.Empty(t, left)
	}
	require.ErrorIs(t, Restore(dir, "../x", bytes.NewReader(sound.Bytes())), store.ErrInvalid)
	require.NoError(t, Restore(dir, "x", bytes.NewReader(sound.Bytes())))
	require.ErrorIs(t, Restore(dir, "x", bytes.NewReader(sound.Bytes())), fs.ErrExist)
}
