package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// Options adjust a store. The zero value is right for production.
type Options struct {
	// LockTimeout is how long to wait for a file that another process has open;
	// 0 is one second.
	LockTimeout time.Duration
	// MapSize is how many bytes of address space each file's memory map takes at
	// first; 0 is 4 GiB. It costs no memory. While a file outgrows its map,
	// commits wait for open views.
	MapSize int
	// MaxSize is how many bytes a tenant's file may take; more is ErrFull. 0 is
	// no limit. bbolt grows a file in steps of 16 MiB.
	MaxSize int
	// NoSync leaves out every sync: acknowledged changes can be lost and the
	// file damaged by a power cut. It is there so that tests which do not cut the
	// power need not wait for the disk, and for nothing else.
	NoSync bool
}

const (
	defaultLockTimeout = time.Second
	defaultMapSize     = 4 << 30
)

// bolt returns the options of one file. The freelist stays synced: rebuilding
// it would read a whole file of a million documents at start.
func (o Options) bolt() *bolt.Options {
	timeout, mapSize := o.LockTimeout, o.MapSize
	if timeout == 0 {
		timeout = defaultLockTimeout
	}
	if mapSize == 0 {
		mapSize = defaultMapSize
	}
	return &bolt.Options{
		Timeout:         timeout,
		FreelistType:    bolt.FreelistMapType,
		InitialMmapSize: mapSize,
		MaxSize:         o.MaxSize,
		PageSize:        pageSize,
		NoSync:          o.NoSync,
		NoStatistics:    true,
	}
}

// Store keeps each tenant in a file of its own. It implements store.Store,
// store.Lister, store.Backuper, store.Watcher and store.Exclusive.
type Store struct {
	dir    string // the folder of the files
	opt    Options
	closed atomic.Bool

	mu    sync.RWMutex
	slots map[fact.TenantID]*slot
}

// slot is the place of one tenant: its file once that is open, and its watchers.
type slot struct {
	mu   sync.Mutex // held while opening
	file atomic.Pointer[file]

	watchMu  sync.Mutex
	watchers map[*watcher]struct{}
}

type watcher struct{ wake func(fact.Position) }

// Open opens the store in a folder, which is created when it is missing. Files
// of tenants are opened at first use.
func Open(dir string, opt Options) (*Store, error) {
	folder := tenantFolder(dir)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	if !opt.NoSync {
		if err := syncDir(dir); err != nil {
			return nil, fmt.Errorf("open the store: %w", err)
		}
	}
	return &Store{dir: folder, opt: opt, slots: make(map[fact.TenantID]*slot)}, nil
}

const fileSuffix = ".db"

func tenantFolder(dir string) string { return filepath.Join(dir, "tenants") }

// TenantFile returns where a store in dir keeps a tenant. It returns ErrInvalid
// for a name that is none.
func TenantFile(dir string, t fact.TenantID) (string, error) {
	if err := validTenant(t); err != nil {
		return "", err
	}
	return filepath.Join(tenantFolder(dir), string(t)+fileSuffix), nil
}

func (s *Store) slot(t fact.TenantID) *slot {
	s.mu.RLock()
	sl := s.slots[t]
	s.mu.RUnlock()
	if sl != nil {
		return sl
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if sl = s.slots[t]; sl == nil {
		sl = &slot{watchers: make(map[*watcher]struct{})}
		s.slots[t] = sl
	}
	return sl
}

// open returns the tenant's file, nil when there is none and create is not set.
func (s *Store) open(ctx context.Context, t fact.TenantID, create bool) (*file, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.closed.Load() {
		return nil, store.ErrClosed
	}
	s.mu.RLock()
	sl := s.slots[t]
	s.mu.RUnlock()
	if sl != nil {
		if f := sl.file.Load(); f != nil {
			return f, nil
		}
	}
	if err := validTenant(t); err != nil {
		return nil, err
	}
	path := filepath.Join(s.dir, string(t)+fileSuffix)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !create {
		return nil, nil
	}
	return s.openSlot(s.slot(t), path, create)
}

func (s *Store) openSlot(sl *slot, path string, create bool) (*file, error) {
	sl.mu.Lock()
	defer sl.mu.Unlock()
	if f := sl.file.Load(); f != nil {
		return f, nil
	}
	if s.closed.Load() {
		return nil, store.ErrClosed
	}
	f, err := openFile(path, s.opt, create, sl.wake)
	if err != nil {
		return nil, openFault(err)
	}
	sl.file.Store(f)
	return f, nil
}

// openFault tells a full disk, a file in use and a damaged file from other reasons.
func openFault(err error) error {
	switch {
	case noRoom(err):
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("%w: %w", store.ErrBusy, err)
	case unreadable(err) && !errors.Is(err, store.ErrCorrupt):
		return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	}
	return err
}

// View implements store.Store.
func (s *Store) View(ctx context.Context, t fact.TenantID, read func(fact.Reader) error) error {
	f, err := s.open(ctx, t, false)
	if err != nil {
		return err
	}
	if f == nil {
		return read(emptyReader{})
	}
	return f.view(func(r *reader) error { return read(r) })
}

// Commit implements store.Store. It reads c before it returns and keeps nothing of it.
func (s *Store) Commit(ctx context.Context, t fact.TenantID, c fact.Change) (fact.Receipt, error) {
	f, err := s.open(ctx, t, true)
	if err != nil {
		return fact.Receipt{}, err
	}
	if err := f.failed(); err != nil {
		return fact.Receipt{}, err
	}
	r := newRequest()
	defer r.free()
	if err := r.change.prepare(&c); err != nil {
		return fact.Receipt{}, err
	}
	err = f.do(r)
	return r.receipt, err
}

// Decide implements store.Exclusive.
func (s *Store) Decide(ctx context.Context, t fact.TenantID, decide func(fact.Reader) (fact.Change, error)) (fact.Receipt, error) {
	f, err := s.open(ctx, t, true)
	if err != nil {
		return fact.Receipt{}, err
	}
	if err := f.failed(); err != nil {
		return fact.Receipt{}, err
	}
	r := newRequest()
	defer r.free()
	r.decide = decide
	err = f.do(r)
	return r.receipt, err
}

// Lease implements store.Store. The lease is durable like a commit. A job that
// another holder has counts as left, due when that lease ends; the jobs just
// given do not. While no job is due, asking costs no transaction.
func (s *Store) Lease(ctx context.Context, t fact.TenantID, queue string, limit int, now, until time.Time) ([]fact.Job, time.Time, error) {
	if err := validName("queue", queue, maxName, false); err != nil {
		return nil, time.Time{}, err
	}
	f, err := s.open(ctx, t, false)
	if f == nil || err != nil {
		return nil, time.Time{}, err
	}
	if err := f.failed(); err != nil {
		return nil, time.Time{}, err
	}
	if first, known := f.firstDue(queue); known && first > now.UnixMilli() {
		if first == never {
			return nil, time.Time{}, nil
		}
		return nil, timeOf(first), nil
	}
	r := newRequest()
	defer r.free()
	op := &leaseOp{queue: queue, limit: limit, now: now.UnixMilli(), until: ceilMillis(until)}
	r.lease = op
	if err := f.do(r); err != nil {
		return nil, time.Time{}, err
	}
	return op.jobs, op.next, nil
}

// Tenants implements store.Lister.
func (s *Store) Tenants(ctx context.Context) ([]fact.TenantID, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.closed.Load() {
		return nil, store.ErrClosed
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	var list []fact.TenantID
	for _, e := range entries {
		name, isFile := strings.CutSuffix(e.Name(), fileSuffix)
		if t := fact.TenantID(name); isFile && validTenant(t) == nil {
			list = append(list, t)
		}
	}
	slices.Sort(list)
	return list, nil
}

// Watch implements store.Watcher. The tenant need not exist yet. wake runs in
// the committer, before the commit is answered.
func (s *Store) Watch(t fact.TenantID, wake func(fact.Position)) (cancel func()) {
	sl, w := s.slot(t), &watcher{wake}
	sl.watchMu.Lock()
	sl.watchers[w] = struct{}{}
	sl.watchMu.Unlock()
	return func() {
		sl.watchMu.Lock()
		delete(sl.watchers, w)
		sl.watchMu.Unlock()
	}
}

func (sl *slot) wake(p fact.Position) {
	sl.watchMu.Lock()
	defer sl.watchMu.Unlock()
	for w := range sl.watchers {
		wakeSafely(w, p)
	}
}

// wakeSafely keeps a panic of one watcher from the committer, whose group is
// already on disk and must be answered.
func wakeSafely(w *watcher, p fact.Position) {
	defer func() { _ = recover() }()
	w.wake(p)
}

// Backup implements store.Backuper. The copy is one snapshot; commits go on
// meanwhile, though the file keeps the pages of the snapshot until the copy is
// done. It returns fs.ErrNotExist for a tenant that does not exist.
func (s *Store) Backup(ctx context.Context, t fact.TenantID, w io.Writer) error {
	f, err := s.open(ctx, t, false)
	if err != nil {
		return err
	}
	if f == nil {
		return fmt.Errorf("back up tenant %s: %w", t, fs.ErrNotExist)
	}
	return f.backup(ctx, w)
}

// Trim gives back the memory that pages read from the files take in this
// process, which after many reads can be as much as the files themselves.
// Reading goes on, a little slower at first. It is meant for idle moments.
func (s *Store) Trim() error {
	if s.closed.Load() {
		return store.ErrClosed
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var errs []error
	for _, sl := range s.slots {
		if f := sl.file.Load(); f != nil {
			errs = append(errs, f.trim())
		}
	}
	return errors.Join(errs...)
}

// Close implements store.Store. It waits for commits in flight and for open views.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for t, sl := range s.slots {
		sl.mu.Lock()
		if f := sl.file.Load(); f != nil {
			if err := f.close(); err != nil {
				errs = append(errs, fmt.Errorf("close tenant %s: %w", t, err))
			}
		}
		sl.mu.Unlock()
	}
	return errors.Join(errs...)
}
