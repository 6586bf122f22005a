// Package boltstore is the default storage engine: one bbolt file per tenant,
// <dir>/tenants/<tenant>.db, opened at first use and kept open.
//
// # Concurrency
//
// Each open file has one committer goroutine, its only writer. A caller of
// Commit encodes its change in its own goroutine, puts it in the file's queue
// and waits. The committer takes whatever is queued (at most [groupLimit]
// requests, after one yield so that callers just woken can queue again; there
// is no timer), and carries the group in one bbolt transaction: it checks each
// change against the file and the earlier changes of the group, applies it to an
// overlay in memory or refuses it without a trace, writes the overlay's net
// effect in key order, and answers everyone after the one sync. While that sync
// runs the next group gathers. So the cost of a sync is shared by everybody who
// waited for the previous one, and a lone caller never waits for a timer.
//
// Once a request is queued the caller waits for its outcome even if its context
// ends, so an answer is never ambiguous: an error means not committed. The one
// exception is a failed sync: after ErrReadOnly the outcome of the change is
// unknown until the store is opened again.
//
// Readers use bbolt's snapshots and never wait for the committer, except while
// the file outgrows its memory map. A snapshot that stays open keeps old pages
// from being reused, so views should be short. Calling Commit inside View can
// deadlock at such a moment.
//
// # Stored form
//
// Every value starts with the CRC32C (Castagnoli) of its key and the rest of
// the value; bbolt itself does not notice a flipped bit. All of it is verified
// at each read, and damage is ErrCorrupt. Damage to a page's own structure can
// also put values out of a reader's sight; Check finds that. Numbers are big-endian. The buckets:
//
//	meta     "format" → version; "log" → epoch, offset of the newest event
//	doc      kind 0 id → revision, serial, newest event, body, counter drawn from
//	index    index 0 group sort id 0 kind → nothing (group and sort escaped, see keys)
//	count    index 0 group → entries of the group
//	counter  kind 0 id → value
//	event    offset → previous event of the subject, the event
//	job      queue 0 available id → attempts, the job; available is when it may be leased next
//	jobid    id → queue 0 available
//	gone     counter key 0 serial → document that was deleted, so that Check can tell a deletion from a gap
//
// # Full disk and failed syncs
//
// When there is no room a commit is ErrFull, nothing of it remains, reading
// goes on and later commits succeed once there is room. After a failed sync the
// kernel may have dropped the pages, so the file takes no more commits until it
// is opened again: ErrReadOnly.
package boltstore
