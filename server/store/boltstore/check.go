package boltstore

import (
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Codes of findings.
const (
	FoundStructure = "structure" // bbolt's pages or buckets are damaged
	FoundChecksum  = "checksum"  // a value does not match its checksum or cannot be read
	FoundDangling  = "dangling"  // an index entry names a document that is not there
	FoundCount     = "count"     // the count of a group is not the number of its entries
	FoundSerial    = "serial"    // numbers drawn from a counter have a gap or a double
	FoundOffset    = "offset"    // the event log has a gap or does not end where it should
	FoundPrev      = "prev"      // an event's link to the previous one of its subject is wrong
	FoundLast      = "last"      // a document does not name its newest event
	FoundJob       = "job"       // a job and its place by id do not agree
)

// Finding is one thing that Check found to be wrong.
type Finding struct {
	Code   string `json:"code"`
	Bucket string `json:"bucket,omitempty"`
	Key    string `json:"key,omitempty"` // quoted: keys hold binary parts
	Detail string `json:"detail"`
}

// String returns the finding on one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s %s %s: %s", f.Code, f.Bucket, f.Key, f.Detail)
}

// Report is the outcome of Check: how much was read and what was found.
type Report struct {
	Docs     int64     `json:"docs"`
	Entries  int64     `json:"entries"`
	Events   int64     `json:"events"`
	Jobs     int64     `json:"jobs"`
	Findings []Finding `json:"findings"`
	More     int64     `json:"more,omitempty"` // findings beyond those listed
}

// maxFindings is how many findings a report lists.
const maxFindings = 1000

// progressStep is how many values are read between two calls of progress.
const progressStep = 10_000

// checker carries a check through the buckets. It keeps 16 to 32 bytes in
// memory per subject that has events and per document with a serial.
type checker struct {
	report   Report
	tx       *bolt.Tx
	progress func(bucket string, done int64)
	hash     maphash.Seed
	counts   map[string]int64    // by index 0 group, as counted
	last     map[uint64]uint64   // by hash of the subject: its newest event so far
	serials  map[string][]uint64 // by counter key
}

// Check reads a closed tenant file, or a copy that Backup wrote, and reports
// everything that is not as it should be: pages, checksums, index entries,
// group counts, serial numbers, event offsets and links, jobs. progress, which
// may be nil, is told now and then how many values of a bucket have been read.
//
// The error is for a file that cannot be opened at all: missing, in use (store.ErrBusy), or not
// of this format. A damaged file is a report, not an error.
func Check(path string, progress func(bucket string, done int64)) (report Report, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	c := &checker{
		progress: progress, hash: maphash.MakeSeed(),
		counts: make(map[string]int64), last: make(map[uint64]uint64), serials: make(map[string][]uint64),
	}
	opt := Options{}.bolt()
	opt.ReadOnly, opt.InitialMmapSize = true, 0
	db, err := openBolt(path, opt)
	if unreadable(err) {
		c.found(FoundStructure, "", nil, err.Error())
		return c.report, nil
	}
	if err != nil {
		return c.report, fmt.Errorf("check: %w", openFault(err))
	}
	if err := safely("pages", func() error { return c.run(db) }); err != nil {
		c.found(FoundStructure, "", nil, err.Error())
	}
	if err := db.Close(); err != nil {
		return c.report, fmt.Errorf("check: %w", err)
	}
	return c.report, nil
}

// openBolt opens a file that exists and may be damaged so badly that bbolt
// panics. An empty one bbolt would take for a new one.
func openBolt(path string, opt *bolt.Options) (db *bolt.DB, err error) {
	defer asCorrupt("file", &err)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() == 0 {
		return nil, bolterrors.ErrInvalid
	}
	return bolt.Open(path, 0o600, opt)
}

// unreadable reports whether bbolt refused a file for what is in it.
func unreadable(err error) bool {
	for _, e := range [...]error{bolterrors.ErrInvalid, bolterrors.ErrChecksum, bolterrors.ErrVersionMismatch} {
		if errors.Is(err, e) {
			return true
		}
	}
	return isCorrupt(err)
}

func (c *checker) found(code, bucket string, key []byte, detail string) {
	if len(c.report.Findings) == maxFindings {
		c.report.More++
		return
	}
	f := Finding{Code: code, Bucket: bucket, Detail: detail}
	if key != nil {
		f.Key = fmt.Sprintf("%q", key)
	}
	c.report.Findings = append(c.report.Findings, f)
}

// run reads the buckets first and lets bbolt look at its pages last: bbolt does
// that in a goroutine of its own, where a fault could not be caught, so it is
// left out when reading has already met damaged pages.
func (c *checker) run(db *bolt.DB) error {
	sound := true
	err := db.View(func(tx *bolt.Tx) error {
		c.tx = tx
		for _, name := range allBuckets {
			if tx.Bucket([]byte(name)) == nil {
				sound = false
				c.found(FoundStructure, name, nil, "the bucket is missing")
			}
		}
		if !sound {
			return nil
		}
		for _, step := range c.steps() {
			if err := safely(step.name, step.read); err != nil {
				sound = false
				c.found(FoundStructure, step.name, nil, err.Error())
			}
		}
		return nil
	})
	if err != nil || !sound {
		return err
	}
	return db.View(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			c.found(FoundStructure, "", nil, err.Error())
		}
		return nil
	})
}

type checkStep struct {
	name string
	read func() error
}

// steps lists the passes in an order in which each finds what it compares with.
func (c *checker) steps() []checkStep {
	return []checkStep{
		{bucketEvent, c.events},
		{bucketDoc, c.docs},
		{bucketGone, c.goneDocs},
		{bucketIndex, c.entries},
		{bucketCount, c.groupCounts},
		{bucketCounter, c.counters},
		{bucketJob, c.jobs},
		{bucketMeta, c.meta},
	}
}

func safely(name string, read func() error) (err error) {
	defer asCorrupt(name, &err)
	return read()
}

// each calls read for every value of a bucket whose checksum is right.
func (c *checker) each(name string, read func(k, v []byte)) {
	var done int64
	cursor := c.tx.Bucket([]byte(name)).Cursor()
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		if done++; done%progressStep == 0 && c.progress != nil {
			c.progress(name, done)
		}
		if _, err := open(name, k, v); err != nil {
			c.found(FoundChecksum, name, k, "the checksum does not match")
			continue
		}
		read(k, v)
	}
	if c.progress != nil {
		c.progress(name, done)
	}
}
