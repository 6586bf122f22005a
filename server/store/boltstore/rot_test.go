package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// rotStore fills a tenant, closes the store and returns the folder and the file.
func rotStore(t *testing.T, orders uint64) (dir, path string) {
	dir = t.TempDir()
	s, err := Open(dir, Options{NoSync: true})
	require.NoError(t, err)
	load(t, s, orders)
	require.NoError(t, s.Close())
	path, err = TenantFile(dir, benchTenant)
	require.NoError(t, err)
	return dir, path
}

// flip inverts one bit of the file.
func flip(t *testing.T, path string, at int64, bit uint) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	var b [1]byte
	_, err = f.ReadAt(b[:], at)
	require.NoError(t, err)
	b[0] ^= 1 << bit
	_, err = f.WriteAt(b[:], at)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// everything reads all that a tenant has and returns how much there was.
func everything(s *Store) (n int, err error) {
	ctx := context.Background()
	err = s.View(ctx, benchTenant, func(r fact.Reader) error {
		for _, g := range []fact.Range{{Kind: "record/order"}, {Index: "order.updated"}, {Index: "order.state", Group: "received"}} {
			for d, err := range r.Scan(g) {
				if err != nil {
					return err
				}
				if !bytes.Equal(d.Body, benchBody(orderNumber(d.Key.ID))) {
					return fmt.Errorf("a damaged document %s was served", d.Key.ID)
				}
				n++
			}
		}
		_, err := r.Groups("order.customer")
		return err
	})
	if err != nil {
		return n, err
	}
	events, err := s.Events(ctx, benchTenant, fact.Position{}, 1<<30)
	return n + len(events), err
}

func orderNumber(id string) (n uint64) {
	_, _ = fmt.Sscanf(id, "01hx%x", &n)
	return n
}

// A flipped bit in a document's body, wherever it lies in the file, is refused
// by every way of reading it and found by Check; the other documents are served.
func TestRotInABodyIsRefused(t *testing.T) {
	dir, path := rotStore(t, 40)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	body := benchBody(17)
	hits := 0
	for at := bytes.Index(raw, body); at >= 0; hits++ {
		flip(t, path, int64(at+600), uint(hits)%8)
		next := bytes.Index(raw[at+1:], body)
		if next < 0 {
			break
		}
		at += 1 + next
	}
	s, err := Open(dir, Options{NoSync: true})
	require.NoError(t, err)
	ctx := context.Background()
	require.NoError(t, s.View(ctx, benchTenant, func(r fact.Reader) error {
		for n := range uint64(40) {
			d, err := r.Get(benchOrder(n).Put[0].Key)
			if n == 17 {
				require.ErrorIs(t, err, store.ErrCorrupt)
				require.ErrorContains(t, err, benchOrder(n).Put[0].Key.ID)
				require.Empty(t, d.Body)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, benchBody(n), d.Body)
		}
		return nil
	}))
	_, err = everything(s)
	require.ErrorIs(t, err, store.ErrCorrupt)
	_, err = s.Commit(ctx, benchTenant, benchMove(17, 1))
	require.ErrorIs(t, err, store.ErrCorrupt)
	_, err = s.Commit(ctx, benchTenant, benchMove(18, 1))
	require.NoError(t, err)
	require.NoError(t, s.Close())
	report, err := Check(path, nil)
	require.NoError(t, err)
	require.Len(t, report.Findings, 1)
	require.Equal(t, FoundChecksum, report.Findings[0].Code)
	require.Equal(t, bucketDoc, report.Findings[0].Bucket)
}

// Bits flipped anywhere in the pages: nothing damaged is ever served and the
// process survives. A flip in a page's own structure can put values out of a
// scan's sight without an error; Check notices that, and all that reading notices.
func TestRotAnywhere(t *testing.T) {
	dir, path := rotStore(t, 60)
	sound, err := os.ReadFile(path)
	require.NoError(t, err)
	s, err := Open(dir, Options{NoSync: true})
	require.NoError(t, err)
	all, err := everything(s)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	r := rand.New(rand.NewPCG(3, 9))
	used := bytes.LastIndexFunc(sound, func(c rune) bool { return c != 0 })
	refused, hidden := 0, 0
	for range 300 {
		at, bit := 2*pageSize+r.Int64N(int64(used-2*pageSize)), uint(r.IntN(8))
		flip(t, path, at, bit)
		n, err := readDamaged(t, dir)
		report, checkErr := Check(path, nil)
		flip(t, path, at, bit)
		require.NoError(t, checkErr)
		if err == nil {
			if n != all {
				hidden++
				require.NotEmpty(t, report.Findings, "%d values are out of sight and Check sees nothing", all-n)
			}
			continue
		}
		refused++
		require.True(t, errors.Is(err, store.ErrCorrupt), "%v", err)
		require.NotEmpty(t, report.Findings, "Check did not see: %v", err)
	}
	require.Greater(t, refused, 100)
	require.Less(t, hidden, 30)
}

func readDamaged(t *testing.T, dir string) (int, error) {
	s, err := Open(dir, Options{NoSync: true})
	require.NoError(t, err)
	n, err := everything(s)
	require.NoError(t, s.Close())
	return n, err
}

// A change that touches a damaged document fails alone; those that share its group do not.
func TestRotInAGroup(t *testing.T) {
	dir, path := rotStore(t, 64)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	for at, from := bytes.Index(raw, benchBody(5)), 0; at >= 0; at = bytes.Index(raw[from:], benchBody(5)) {
		flip(t, path, int64(from+at+9), 3)
		from += at + 1
	}
	s, err := Open(dir, Options{NoSync: true})
	require.NoError(t, err)
	errs := make([]chan error, 64)
	for i := range errs {
		errs[i] = make(chan error, 1)
		go func() {
			_, err := s.Commit(context.Background(), benchTenant, benchMove(uint64(i), 1))
			errs[i] <- err
		}()
	}
	for i := range errs {
		if i == 5 {
			require.ErrorIs(t, <-errs[i], store.ErrCorrupt)
		} else {
			require.NoError(t, <-errs[i])
		}
	}
	require.NoError(t, s.Close())
}

// Files that are no store are refused when they are opened.
func TestRotWholeFile(t *testing.T) {
	for name, content := range map[string][]byte{
		"text": bytes.Repeat([]byte("not a store "), 4096), "zeros": make([]byte, 1<<16), "short": []byte("x"),
	} {
		t.Run(name, func(t *testing.T) {
			dir, path := rotStore(t, 1)
			require.NoError(t, os.WriteFile(path, content, 0o600))
			s, err := Open(dir, Options{})
			require.NoError(t, err)
			_, err = everything(s)
			require.ErrorIs(t, err, store.ErrCorrupt)
			_, err = s.Commit(context.Background(), benchTenant, fact.Change{})
			require.ErrorIs(t, err, store.ErrCorrupt)
			require.NoError(t, s.Close())
			report, err := Check(path, nil)
			require.NoError(t, err)
			require.NotEmpty(t, report.Findings)
		})
	}
}
