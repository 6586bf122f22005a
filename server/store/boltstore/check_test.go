package boltstore

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"

	"sluice/runtime/fact"
)

// checkStore makes a small tenant with everything in it and returns its file.
func checkStore(t *testing.T) string {
	dir := t.TempDir()
	s, err := Open(dir, Options{NoSync: true})
	require.NoError(t, err)
	ctx := context.Background()
	load(t, s, 30)
	number := &fact.Draw{Counter: fact.Key{Kind: "serial", ID: "order"}, Index: "order.no"}
	for _, id := range []string{"a", "b", "c"} {
		key := fact.Key{Kind: "drawn", ID: id}
		_, err := s.Commit(ctx, benchTenant, fact.Change{
			Put: []fact.Put{{Key: key, Draw: number}}, Events: []fact.Event{benchEvent(key, 1), benchEvent(key, 2)},
			Jobs: []fact.Job{{ID: "job-" + id, Queue: "timer", Due: time.UnixMilli(5)}},
		})
		require.NoError(t, err)
	}
	_, err = s.Commit(ctx, benchTenant, fact.Change{
		Put: []fact.Put{{Key: fact.Key{Kind: "drawn", ID: "b"}, Delete: true}}, Done: []string{"job-a"},
		Index:  []fact.Entry{{Index: "order.no", Kind: "drawn", ID: "b", Sort: millisKey(2), Remove: true}},
		Events: []fact.Event{benchEvent(fact.Key{Kind: "drawn", ID: "b"}, 3), benchEvent(fact.Key{Kind: "nobody", ID: "x"}, 4)},
	})
	require.NoError(t, err)
	_, err = s.Commit(ctx, benchTenant, fact.Change{
		Put: []fact.Put{{Key: fact.Key{Kind: "drawn", ID: "b"}, Draw: number}}, Events: []fact.Event{benchEvent(fact.Key{Kind: "drawn", ID: "b"}, 5)},
	})
	require.NoError(t, err)
	_, _, err = s.Lease(ctx, benchTenant, "timer", 1, time.UnixMilli(10), time.UnixMilli(20))
	require.NoError(t, err)
	require.NoError(t, s.Close())
	path, err := TenantFile(dir, benchTenant)
	require.NoError(t, err)
	return path
}

func TestCheckOfASoundFile(t *testing.T) {
	told := map[string]int64{}
	report, err := Check(checkStore(t), func(bucket string, done int64) { told[bucket] = done })
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	require.Equal(t, Report{Docs: 33, Entries: 93, Events: 39, Jobs: 2}, report)
	require.Equal(t, int64(33), told[bucketDoc])
	text, err := json.Marshal(report)
	require.NoError(t, err)
	require.JSONEq(t, `{"docs":33,"entries":93,"events":39,"jobs":2,"findings":null}`, string(text))
}

func TestCheckErrors(t *testing.T) {
	_, err := Check(filepath.Join(t.TempDir(), "none.db"), nil)
	require.Error(t, err)
	path := checkStore(t)
	db, err := bolt.Open(path, 0o600, nil)
	require.NoError(t, err)
	_, err = Check(path, nil)
	require.ErrorContains(t, err, "timeout")
	require.NoError(t, db.Close())
}

// sealed returns a value with a right checksum, so that only the planted lie is wrong.
func sealed(key, payload []byte) []byte {
	val := append(make([]byte, sumSize), payload...)
	seal(key, val)
	return val
}

// alter changes a stored value with edit and seals it again.
func alter(b *bolt.Bucket, key []byte, edit func(val []byte) []byte) error {
	val := edit(append([]byte(nil), b.Get(key)...))
	seal(key, val)
	return b.Put(key, val)
}

// Each kind of damage that can be planted is found, with its code, and nothing else is.
func TestCheckFindsDamage(t *testing.T) {
	on := func(tx *bolt.Tx, name string) *bolt.Bucket { return tx.Bucket([]byte(name)) }
	order := func(n uint64) []byte {
		k := benchOrder(n).Put[0].Key
		return appendPair(nil, k.Kind, k.ID)
	}
	counter := appendPair(nil, "serial", "order")
	plant := map[string]struct {
		code string
		do   func(tx *bolt.Tx) error
	}{
		"checksum of a document": {FoundChecksum, func(tx *bolt.Tx) error {
			val := append([]byte(nil), on(tx, bucketDoc).Get(order(3))...)
			val[len(val)-1] ^= 1
			return on(tx, bucketDoc).Put(order(3), val)
		}},
		"value under another key": {FoundChecksum, func(tx *bolt.Tx) error {
			return on(tx, bucketDoc).Put(order(3), append([]byte(nil), on(tx, bucketDoc).Get(order(4))...))
		}},
		"document without its entries": {FoundDangling, func(tx *bolt.Tx) error { return on(tx, bucketDoc).Delete(order(3)) }},
		"entry that is not counted": {FoundCount, func(tx *bolt.Tx) error {
			key := appendEntry(nil, "order.state", "received", []byte("z"), "record/order", benchOrder(3).Put[0].Key.ID)
			return on(tx, bucketIndex).Put(key, sealed(key, nil))
		}},
		"group without count": {FoundCount, func(tx *bolt.Tx) error {
			return on(tx, bucketCount).Delete(appendPair(nil, "order.updated", ""))
		}},
		"wrong count": {FoundCount, func(tx *bolt.Tx) error {
			key := appendPair(nil, "order.updated", "")
			return on(tx, bucketCount).Put(key, number(key, 31))
		}},
		"lost number": {FoundSerial, func(tx *bolt.Tx) error {
			return on(tx, bucketGone).Delete(binary.BigEndian.AppendUint64(append(counter, nul), 2))
		}},
		"counter ahead": {FoundSerial, func(tx *bolt.Tx) error { return on(tx, bucketCounter).Put(counter, number(counter, 5)) }},
		"counter gone":  {FoundSerial, func(tx *bolt.Tx) error { return on(tx, bucketCounter).Delete(counter) }},
		"number given twice": {FoundSerial, func(tx *bolt.Tx) error {
			return alter(on(tx, bucketDoc), appendPair(nil, "drawn", "c"), func(val []byte) []byte {
				binary.BigEndian.PutUint64(val[13:], 1)
				return val
			})
		}},
		"cut log":       {FoundOffset, func(tx *bolt.Tx) error { return putLog(tx, 7, 38) }},
		"missing event": {FoundOffset, func(tx *bolt.Tx) error { return on(tx, bucketEvent).Delete(millisKey(10)) }},
		"wrong link": {FoundPrev, func(tx *bolt.Tx) error {
			return alter(on(tx, bucketEvent), millisKey(32), func(val []byte) []byte {
				binary.BigEndian.PutUint64(val[5:], 30)
				return val
			})
		}},
		"wrong newest event": {FoundLast, func(tx *bolt.Tx) error {
			return alter(on(tx, bucketDoc), order(3), func(val []byte) []byte {
				binary.BigEndian.PutUint64(val[21:], 5)
				return val
			})
		}},
		"job without id": {FoundJob, func(tx *bolt.Tx) error { return on(tx, bucketJobID).Delete([]byte("job-c")) }},
		"bucket gone":    {FoundStructure, func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte(bucketJob)) }},
		"other format": {FoundStructure, func(tx *bolt.Tx) error {
			return on(tx, bucketMeta).Put(keyFormat, number(keyFormat, 9))
		}},
	}
	for name, p := range plant {
		t.Run(name, func(t *testing.T) {
			path := checkStore(t)
			db, err := bolt.Open(path, 0o600, nil)
			require.NoError(t, err)
			require.NoError(t, db.Update(p.do))
			require.NoError(t, db.Close())
			report, err := Check(path, nil)
			require.NoError(t, err)
			require.NotEmpty(t, report.Findings)
			for _, f := range report.Findings {
				if f.Code == FoundLast && name == "missing event" {
					continue // the document that names the missing event is wrong too
				}
				require.Equal(t, p.code, f.Code, "%s", f)
			}
		})
	}
}
