package boltstore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// A file that outgrows its memory map while views come and go loses nothing.
func TestMapGrowsUnderViews(t *testing.T) {
	s, err := Open(t.TempDir(), Options{NoSync: true, MapSize: 1})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	load(t, s, 10)
	stop := make(chan struct{})
	read := make(chan error, 2)
	for range 2 {
		go func() {
			for {
				if _, err := everything(s); err != nil {
					read <- err
					return
				}
				select {
				case <-stop:
					read <- nil
					return
				default:
				}
			}
		}()
	}
	for n := uint64(10); n < 1500; n++ {
		_, err := s.Commit(context.Background(), benchTenant, benchOrder(n))
		require.NoError(t, err)
	}
	close(stop)
	require.NoError(t, <-read)
	require.NoError(t, <-read)
	holdsOrders(t, s, 1500)
}

func holdsOrders(t *testing.T, s *Store, n uint64) {
	require.NoError(t, s.View(context.Background(), benchTenant, func(r fact.Reader) error {
		for i := range n {
			d, err := r.Get(benchOrder(i).Put[0].Key)
			require.NoError(t, err)
			require.Equal(t, benchBody(i), d.Body)
		}
		return nil
	}))
}

// Asking an idle tenant for jobs costs no transaction once its first due time is known.
func TestLeaseOfAnIdleTenant(t *testing.T) {
	ctx, due := context.Background(), time.UnixMilli(1_000_000)
	s, err := Open(t.TempDir(), Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	_, err = s.Commit(ctx, benchTenant, fact.Change{Jobs: []fact.Job{{ID: "j", Queue: "q", Due: due}}})
	require.NoError(t, err)
	f, err := s.open(ctx, benchTenant, false)
	require.NoError(t, err)
	var commits atomic.Int64
	f.sync = func(tx *bolt.Tx) error {
		commits.Add(1)
		return tx.Commit()
	}
	f.queue.mu.Lock() // a request now would wait here
	for range 10 {
		_, next, err := s.Lease(ctx, benchTenant, "q", 1, due.Add(-time.Second), due)
		require.NoError(t, err)
		require.True(t, next.Equal(due))
	}
	f.queue.mu.Unlock()
	for range 10 {
		_, next, err := s.Lease(ctx, benchTenant, "empty", 1, due, due)
		require.NoError(t, err)
		require.Zero(t, next)
	}
	require.Zero(t, commits.Load())
	jobs, _, err := s.Lease(ctx, benchTenant, "q", 1, due, due.Add(time.Second))
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	require.Equal(t, int64(1), commits.Load(), "a lease is durable")
}

// What callers queue while a commit is flushing shares the next one, and a
// refused change in a group is refused alone.
func TestGroupGathersWhileFlushing(t *testing.T) {
	ctx := context.Background()
	s, err := Open(t.TempDir(), Options{NoSync: true})
	require.NoError(t, err)
	load(t, s, 1)
	f, err := s.open(ctx, benchTenant, false)
	require.NoError(t, err)
	flushing, goOn := make(chan struct{}, 10), make(chan struct{})
	f.sync = func(tx *bolt.Tx) error {
		flushing <- struct{}{}
		<-goOn
		return tx.Commit()
	}
	answers := make(chan error, 100)
	send := func(c fact.Change) {
		_, err := s.Commit(ctx, benchTenant, c)
		answers <- err
	}
	go send(benchOrder(1))
	<-flushing
	bad := benchOrder(999)
	bad.Expect[0].Rev = 7
	go send(bad)
	stock := fact.Key{Kind: "stock", ID: "x"}
	go send(fact.Change{Adjust: []fact.Adjust{{Counter: stock, Delta: 7}, {Counter: stock, Delta: -9, Guard: true}}})
	for n := range uint64(50) {
		go send(benchOrder(2 + n))
	}
	for f.queue.len() < 52 {
		runtime.Gosched() // the queue gives no signal to wait for
	}
	close(goOn)
	refused := 0
	for range 53 {
		if err := <-answers; err != nil {
			refused++
		}
	}
	require.Equal(t, 2, refused)
	require.Len(t, flushing, 1, "52 changes shared one commit")
	require.NoError(t, s.View(ctx, benchTenant, func(r fact.Reader) error {
		n, err := r.Counter(stock)
		require.Zero(t, n)
		return err
	}))
	holdsOrders(t, s, 52)
	require.NoError(t, s.Close())
	goleak.VerifyNone(t)
}

// A crash while a tenant is being made leaves nothing that looks like one, and
// does not stand in the way of making it.
func TestHalfMadeTenant(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	path, err := TenantFile(dir, benchTenant)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path+".new", []byte("half"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "Not-a-tenant.db"), nil, 0o600))
	list, err := s.Tenants(context.Background())
	require.NoError(t, err)
	require.Empty(t, list)
	load(t, s, 1)
	list, err = s.Tenants(context.Background())
	require.NoError(t, err)
	require.Equal(t, []fact.TenantID{benchTenant}, list)
}

// A second process cannot open a tenant that is in use.
func TestTenantInUse(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(dir, Options{NoSync: true})
	require.NoError(t, err)
	load(t, first, 1)
	second, err := Open(dir, Options{NoSync: true, LockTimeout: time.Millisecond})
	require.NoError(t, err)
	_, err = everything(second)
	require.ErrorContains(t, err, "timeout")
	require.NoError(t, first.Close())
	_, err = everything(second)
	require.NoError(t, err)
	require.NoError(t, second.Close())
}

// Links and other files cannot be reached by a tenant's name.
func TestTenantFile(t *testing.T) {
	for _, name := range []fact.TenantID{"", "..", "a/b", `a\b`, "a.db", "A"} {
		_, err := TenantFile("dir", name)
		require.ErrorIs(t, err, store.ErrInvalid)
	}
	path, err := TenantFile("dir", "a-1")
	require.NoError(t, err)
	require.Equal(t, filepath.Join("dir", "tenants", "a-1.db"), path)
}

// Giving memory back disturbs neither readers nor writers.
func TestTrim(t *testing.T) {
	s, err := Open(t.TempDir(), Options{NoSync: true, MapSize: 1})
	require.NoError(t, err)
	require.NoError(t, s.Trim())
	load(t, s, 200)
	trimmed := make(chan error, 1)
	go func() {
		var err error
		for range 200 {
			err = errors.Join(err, s.Trim())
		}
		trimmed <- err
	}()
	for n := uint64(200); n < 700; n++ {
		_, err := s.Commit(context.Background(), benchTenant, benchOrder(n))
		require.NoError(t, err)
	}
	require.NoError(t, <-trimmed)
	holdsOrders(t, s, 700)
	require.NoError(t, s.Close())
	require.ErrorIs(t, s.Trim(), store.ErrClosed)
}

// Closing with requests in the queue answers all of them and ends.
func TestCloseWithAQueue(t *testing.T) {
	for range 200 {
		q := newQueue()
		for range 3 {
			require.NoError(t, q.push(newRequest()))
		}
		q.close()
		require.ErrorIs(t, q.push(newRequest()), store.ErrClosed)
		taken := 0
		for over := false; !over; {
			<-q.wake
			var list []*request
			list, over = q.take(nil)
			taken += len(list)
		}
		require.Equal(t, 3, taken)
	}
}

// When committing a group meets a damaged page, which bbolt answers with a
// panic, only the change that leads there fails.
func TestPanicInAGroup(t *testing.T) {
	ctx := context.Background()
	s, err := Open(t.TempDir(), Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	load(t, s, 1)
	f, err := s.open(ctx, benchTenant, false)
	require.NoError(t, err)
	key := benchOrder(13).Put[0].Key
	bad := appendPair(nil, key.Kind, key.ID)
	flushing, goOn := make(chan struct{}, 100), make(chan struct{})
	f.sync = func(tx *bolt.Tx) error {
		flushing <- struct{}{}
		<-goOn
		if tx.Bucket([]byte(bucketDoc)).Get(bad) != nil {
			panic("page 7: invalid page type")
		}
		return tx.Commit()
	}
	var answers [30]chan error
	for n := range answers {
		answers[n] = make(chan error, 1)
		go func() {
			_, err := s.Commit(ctx, benchTenant, benchOrder(uint64(n)+1))
			answers[n] <- err
		}()
		if n == 0 {
			<-flushing // the others share the next group
		}
	}
	for f.queue.len() < len(answers)-1 {
		runtime.Gosched() // the queue gives no signal to wait for
	}
	close(goOn)
	for n := range answers {
		if n+1 == 13 {
			require.ErrorIs(t, <-answers[n], store.ErrCorrupt)
		} else {
			require.NoError(t, <-answers[n])
		}
	}
	require.NoError(t, s.View(ctx, benchTenant, func(r fact.Reader) error {
		require.Equal(t, uint64(30), r.Position().Offset)
		d, err := r.Get(key)
		require.Zero(t, d.Rev)
		return err
	}))
}
