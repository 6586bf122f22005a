// Package store is everything Sluice asks of a storage engine: five methods,
// the errors they return, and, in the folders below, one conformance suite and
// the engines that pass it.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"sluice/runtime/fact"
)

// Store remembers the documents, counters, events and jobs of tenants. All
// methods are safe for concurrent use. A tenant exists once something was
// committed for it; reading a tenant that does not exist finds nothing.
type Store interface {
	// View calls read with one consistent snapshot and returns its error.
	// The snapshot, and every Doc.Body from it, is invalid after read returns.
	View(ctx context.Context, t fact.TenantID, read func(fact.Reader) error) error

	// Commit applies all of the change or nothing, and returns only after it is
	// durable. It returns ErrConflict when an Expect fails, *Short when a
	// guarded counter would fall below its floor, ErrFull when the disk is
	// full, ErrReadOnly after a failed sync.
	Commit(ctx context.Context, t fact.TenantID, c fact.Change) (fact.Receipt, error)

	// Events returns up to limit events after a position, oldest first. A position
	// of another epoch is ErrEpoch.
	Events(ctx context.Context, t fact.TenantID, after fact.Position, limit int) ([]fact.Event, error)

	// Lease gives up to limit jobs of a queue that are due at now, to one holder
	// each until the lease ends, and the earliest due time of those left (zero
	// when none are left). A job whose lease ended is given again.
	Lease(ctx context.Context, t fact.TenantID, queue string, limit int, now, until time.Time) ([]fact.Job, time.Time, error)

	// Close ends all work; commits in flight are finished first.
	Close() error
}

// Lister is implemented by engines that can name their tenants.
type Lister interface {
	// Tenants returns the tenants that exist, sorted.
	Tenants(ctx context.Context) ([]fact.TenantID, error)
}

// Backuper is implemented by engines that can copy a tenant while it is in use.
type Backuper interface {
	// Backup writes one consistent copy of the tenant to w.
	Backup(ctx context.Context, t fact.TenantID, w io.Writer) error
}

// Watcher is implemented by engines that can tell when events were committed.
type Watcher interface {
	// Watch calls wake (which must not block) after each commit to the tenant
	// that had events, until the returned function is called.
	Watch(t fact.TenantID, wake func(fact.Position)) (cancel func())
}

// Exclusive is implemented by engines that can decide inside the writer, where
// nothing changes between the decision and its commit: the way out for a
// command that has met ErrConflict repeatedly.
type Exclusive interface {
	// Decide calls decide with the newest state, which contains every change
	// committed before, and commits what it returns. It fails as Commit does,
	// or with the error of decide. All other commits to the tenant wait
	// meanwhile, so decide must be short and must not call the store.
	Decide(ctx context.Context, t fact.TenantID, decide func(fact.Reader) (fact.Change, error)) (fact.Receipt, error)
}

// Errors of a store. Engines wrap them with %w.
var (
	// ErrConflict is returned by Commit when an expected revision is another one.
	ErrConflict = errors.New("conflict: a document changed since it was read")
	// ErrFull is returned by Commit when there is no room; reading goes on.
	ErrFull = errors.New("no space left for the store")
	// ErrReadOnly is returned by Commit after a sync has failed.
	ErrReadOnly = errors.New("the store is read-only after a failed write")
	// ErrCorrupt is returned when a stored checksum does not match.
	ErrCorrupt = errors.New("stored data is damaged")
	// ErrEpoch is returned by Events for a position of another epoch.
	ErrEpoch = errors.New("position belongs to another epoch")
	// ErrInvalid is returned for a tenant name or a change that no engine stores: an
	// empty kind or id, a name that is too long or has a zero byte, one document
	// put twice, a counter beyond 64 bits. It is a mistake of the caller.
	ErrInvalid = errors.New("not a valid tenant or change")
	// ErrBusy is returned when another process has the tenant's data open.
	ErrBusy = errors.New("the data is in use by another process")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("the store is closed")
)

// Short is returned by Commit when a guarded counter would fall below its floor.
type Short struct {
	Counter fact.Key
	Have    int64 // value at the attempt
	Want    int64 // the delta that was refused
}

// Error names the counter and the amounts.
func (s *Short) Error() string {
	return fmt.Sprintf("counter %s/%s is %d, %+d is not possible", s.Counter.Kind, s.Counter.ID, s.Have, s.Want)
}
