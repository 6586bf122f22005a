package fact

import (
	"encoding/base64"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"sluice/schemas"
)

// Problem is the one shape of complaint; see [schemas.Problem].
type Problem = schemas.Problem

// TenantID names a company; lower-case letters, digits and hyphens, at most 32.
type TenantID string

// Key names one stored document. Kind groups documents that are scanned
// together ("record/order", "user", "release"); ID is unique within its kind.
// Record ids are time-ordered so that inserts append.
type Key struct {
	Kind string
	ID   string
}

// Doc is one stored document at one revision.
type Doc struct {
	Key    Key
	Rev    uint64 // 1 at the first commit, +1 at each further one; 0 means absent
	Serial uint64 // the number drawn by the commit that created it (see Draw); 0 when none was
	Last   uint64 // offset of the newest event whose Subject it is; 0 when there is none
	Body   []byte // valid only while the Reader that gave it is open; copy to keep
	Sort   []byte // when read through an index: the entry's sort key
}

// Range selects documents of one kind, in the order of their ids, or, with
// Index set, in the order of one group of a declared index.
type Range struct {
	Kind    string
	Index   string // name of an index; "" scans the kind itself
	Group   string // the group of the index
	After   string // exclusive bound: a document id, or with Index a Cursor; "" starts at the end of the range
	From    []byte // with Index: inclusive lower bound of the sort key
	To      []byte // with Index: exclusive upper bound of the sort key
	Reverse bool   // newest or greatest first
	Keys    bool   // leave Body nil: only Key (and Sort) are wanted
}

// Cursor returns the text that names a place in a group of an index, for
// Range.After: of the last document seen, its Sort and its id. It is base64url
// of the sort key, a dot, and the id.
func Cursor(sort []byte, id string) string {
	return base64.RawURLEncoding.EncodeToString(sort) + "." + id
}

// ParseCursor reads the text form of a cursor.
func ParseCursor(s string) (sort []byte, id string, err error) {
	head, id, ok := strings.Cut(s, ".")
	if !ok {
		return nil, "", fmt.Errorf("cursor %q: no dot", s)
	}
	if sort, err = base64.RawURLEncoding.DecodeString(head); err != nil {
		return nil, "", fmt.Errorf("cursor %q: %w", s, err)
	}
	return sort, id, nil
}

// Reader is one consistent snapshot of a tenant's documents.
type Reader interface {
	// Get returns the document, or a Doc with Rev 0 when there is none. The
	// error is of the store (corruption, closed), never "not found".
	Get(Key) (Doc, error)
	// Scan walks a range. The sequence stops at the first error, which it yields.
	Scan(Range) iter.Seq2[Doc, error]
	// Count returns how many entries a group of an index has; it is maintained, never counted.
	Count(index, group string) (int64, error)
	// Groups returns the groups of an index that have entries, with their counts.
	Groups(index string) (map[string]int64, error)
	// Counter returns the value of a counter, 0 when it was never adjusted.
	Counter(Key) (int64, error)
	// Event returns the event at an offset; Offset 0 in the answer means there is none.
	Event(offset uint64) (Event, error)
	// Position returns the snapshot's place in the event log: that of the newest event it contains.
	Position() Position
}

// Change is the one atomic outcome of a command: all of it is committed, durably, or none.
type Change struct {
	Expect []Expect // what the decision read must be unchanged
	Adjust []Adjust // guarded counter movements
	Put    []Put    // documents written or deleted
	Index  []Entry  // index entries put and removed
	Events []Event  // history; the store numbers them
	Jobs   []Job    // things to do after the commit
	Done   []string // ids of jobs that this change completes
}

// Expect says that a document must still be at the revision the decision saw; 0 means absent.
type Expect struct {
	Key Key
	Rev uint64
}

// Adjust moves a counter by Delta. With Guard set the result must not fall below Floor.
type Adjust struct {
	Counter Key
	Delta   int64
	Guard   bool
	Floor   int64
}

// Put writes a document. Delete removes it instead. Draw asks for a serial
// number, given only if the document is new.
type Put struct {
	Key    Key
	Body   []byte
	Delete bool
	Draw   *Draw
}

// Draw takes the next number (1, 2, 3 …) of a counter in the commit itself, so
// that numbers have no gap and no double, and stores it as the document's
// Serial. With Index set the store also enters the document there, under group
// "" and the number as eight big-endian bytes.
type Draw struct {
	Counter Key
	Index   string
}

// Entry puts a document into a group of an index, or removes it. Entries of one
// group are ordered by (Sort, ID); the store maintains the count of each group.
// Putting an entry that is there, or removing one that is not, changes nothing.
type Entry struct {
	Index  string
	Kind   string // of the document
	ID     string // of the document
	Group  string
	Sort   []byte
	Remove bool
}

// Position is a place in a tenant's event log. Epoch changes when the log is
// not the continuation of what a reader knew (restored, recreated).
type Position struct {
	Epoch  uint64 `json:"epoch"`
	Offset uint64 `json:"offset"` // 1 is the first event; 0 is before it
}

// String returns the text form of a position, epoch and offset in hexadecimal joined by a hyphen.
func (p Position) String() string {
	return strconv.FormatUint(p.Epoch, 16) + "-" + strconv.FormatUint(p.Offset, 16)
}

// ParsePosition reads the text form of a position.
func ParsePosition(s string) (Position, error) {
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		return Position{}, fmt.Errorf("position %q: no hyphen", s)
	}
	epoch, err := strconv.ParseUint(a, 16, 64)
	if err != nil {
		return Position{}, fmt.Errorf("position %q: %w", s, err)
	}
	offset, err := strconv.ParseUint(b, 16, 64)
	if err != nil {
		return Position{}, fmt.Errorf("position %q: %w", s, err)
	}
	return Position{Epoch: epoch, Offset: offset}, nil
}

// Event is one line of history. It is never altered.
type Event struct {
	Offset  uint64    // set by the store: 1, 2, 3 … without gap
	Prev    uint64    // set by the store: offset of the previous event of the same Subject, 0 at the first
	Subject Key       // the document it is about
	Rev     uint64    // set by the store: the subject's revision after the commit
	Type    string    // "record.submitted", "record.moved", …
	At      time.Time // the command's time, millisecond precision
	Actor   Actor
	Release string  // id of the release that decided
	Data    []byte  // JSON object; its members depend on Type
	Touch   []Entry // set by the store: the change's index entries of this subject, at its first event
}

// Job is something to do outside, after the commit: due at a time, held by one
// worker at a time under a lease, done when a later Change names it in Done.
type Job struct {
	ID       string    // unique; time-ordered
	Queue    string    // "timer", "notify", …
	Due      time.Time // not before
	Subject  Key
	Attempts int    // set by the store at each lease
	Body     []byte // JSON object; its members depend on Queue
}

// Receipt is what a commit answers.
type Receipt struct {
	Position Position // of the change's last event, else of the log's end at the commit
	Serials  []uint64 // per Put: the document's serial number, 0 when it has none
	Revs     []uint64 // per Put: the document's new revision, 0 after a delete
}
