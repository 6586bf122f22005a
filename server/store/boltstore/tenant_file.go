package boltstore

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"

	"sluice/runtime/fact"
	"sluice/server/store"
)

const (
	formatVersion = 1
	pageSize      = 4096 // 8 and 16 KiB measured 20 to 40 % slower commits
)

var (
	keyFormat = []byte("format")
	keyLog    = []byte("log")
)

// never is the due time of an empty queue.
const never = math.MaxInt64

// file is one tenant's open file with its committer.
type file struct {
	db      *bolt.DB
	epoch   uint64
	end     uint64 // the committer's own: offset of the newest event committed
	queue   *queue
	stopped chan struct{} // closed when the committer has ended
	broken  atomic.Pointer[error]
	sync    func(*bolt.Tx) error // commits; tests put a failing one here
	wake    func(fact.Position)

	dueMu sync.Mutex
	due   map[string]int64 // per queue looked at: when its first job can be leased
}

// openFile opens a tenant's file, creating it when create is set, and starts
// its committer.
func openFile(path string, opt Options, create bool, wake func(fact.Position)) (*file, error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // the file may be cut short
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) && create {
		if err := createFile(path, opt); err != nil {
			return nil, err
		}
	}
	db, err := openBolt(path, opt.bolt())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	f := &file{
		db: db, queue: newQueue(), stopped: make(chan struct{}), wake: wake,
		sync: (*bolt.Tx).Commit, due: make(map[string]int64),
	}
	if err := f.load(); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	go f.run()
	return f, nil
}

// createFile makes an empty file under another name first, so that a crash
// half-way leaves nothing that looks like a tenant, and syncs the folder, so
// that the file is there after a power cut.
func createFile(path string, opt Options) error {
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("create a tenant: %w", err)
	}
	small := opt.bolt()
	small.InitialMmapSize = 0
	db, err := bolt.Open(fresh, 0o600, small)
	if err != nil {
		return fmt.Errorf("create a tenant: %w", err)
	}
	err = errors.Join(db.Update(initialise), db.Close())
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err == nil && !opt.NoSync {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("create a tenant: %w", err)
	}
	return nil
}

func initialise(tx *bolt.Tx) error {
	for _, name := range allBuckets {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	if err := tx.Bucket([]byte(bucketMeta)).Put(keyFormat, number(keyFormat, formatVersion)); err != nil {
		return err
	}
	return putLog(tx, newEpoch(), 0)
}

// newEpoch returns a random epoch of 52 bits, never 0: every JSON reader can hold it exactly.
func newEpoch() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return binary.BigEndian.Uint64(b[:])>>12 | 1
}

func putLog(tx *bolt.Tx, epoch, end uint64) error {
	val := make([]byte, sumSize, sumSize+16)
	val = binary.BigEndian.AppendUint64(val, epoch)
	val = binary.BigEndian.AppendUint64(val, end)
	seal(keyLog, val)
	return tx.Bucket([]byte(bucketMeta)).Put(keyLog, val)
}

func readLog(tx *bolt.Tx) (epoch, end uint64, err error) {
	meta := tx.Bucket([]byte(bucketMeta))
	if meta == nil {
		return 0, 0, damaged(bucketMeta, keyLog)
	}
	b, err := open(bucketMeta, keyLog, meta.Get(keyLog))
	if err != nil {
		return 0, 0, err
	}
	if len(b) != 16 {
		return 0, 0, damaged(bucketMeta, keyLog)
	}
	return binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:]), nil
}

// load reads the file's own facts.
func (f *file) load() error {
	return f.db.View(func(tx *bolt.Tx) (err error) {
		defer asCorrupt(bucketMeta, &err)
		for _, name := range allBuckets {
			if tx.Bucket([]byte(name)) == nil {
				return damaged(name, nil)
			}
		}
		version, err := readNumber(bucketMeta, keyFormat, tx.Bucket([]byte(bucketMeta)).Get(keyFormat))
		if err != nil {
			return err
		}
		if version != formatVersion {
			return fmt.Errorf("the file has format %d, this program reads %d", version, formatVersion)
		}
		f.epoch, f.end, err = readLog(tx)
		return err
	})
}

// do queues a request and waits for its answer. An answer always comes.
func (f *file) do(r *request) error {
	if err := f.queue.push(r); err != nil {
		return err
	}
	<-r.done
	return r.err
}

// committed makes a group's outcome known.
func (f *file) committed(g *group, first map[string]int64) {
	f.end = g.end
	f.remember(first)
	if g.hasEvent {
		f.wake(fact.Position{Epoch: f.epoch, Offset: g.end})
	}
}

// remember notes when the first jobs of queues can be leased, so that asking an
// idle tenant costs no transaction.
func (f *file) remember(first map[string]int64) {
	if first == nil {
		return
	}
	f.dueMu.Lock()
	maps.Copy(f.due, first)
	f.dueMu.Unlock()
}

// firstDue returns when the first job of a queue can be leased, and whether that is known.
func (f *file) firstDue(queue string) (int64, bool) {
	f.dueMu.Lock()
	defer f.dueMu.Unlock()
	ms, known := f.due[queue]
	return ms, known
}

func (f *file) close() error {
	f.queue.close()
	<-f.stopped
	return f.db.Close()
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// asCorrupt turns a panic, which is how bbolt meets a damaged page, into ErrCorrupt.
func asCorrupt(where string, err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %s: %v", store.ErrCorrupt, where, p)
	}
}
