package boltstore

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// Whatever bytes stand in a value, reading it gives an answer or ErrCorrupt.
func FuzzValues(f *testing.F) {
	f.Add([]byte("key"), appendEvent(nil, &fact.Event{Subject: fact.Key{Kind: "k", ID: "i"}, At: time.UnixMilli(5)}, nil))
	f.Add([]byte("q\x0012345678id"), appendJob(nil, &fact.Job{Subject: fact.Key{Kind: "k"}}))
	f.Add([]byte("k\x00i"), make([]byte, docHeader))
	f.Add([]byte("12345678"), []byte{0, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, key, val []byte) {
		if len(val) >= sumSize {
			seal(key, val)
		}
		_, eventErr := readEvent(key, val)
		_, jobErr := readJob(key, val, min(2, len(key)))
		_, docErr := readDoc(key, fact.Key{}, val, false)
		_, numErr := readNumber(bucketCount, key, val)
		for _, err := range []error{eventErr, jobErr, docErr, numErr} {
			if err != nil && !errors.Is(err, store.ErrCorrupt) {
				t.Fatal(err)
			}
		}
	})
}

// Every single bit of a value and of its key is covered by the checksum.
func TestEveryBitIsCovered(t *testing.T) {
	key := []byte("record/order\x0001hx")
	val := append(make([]byte, sumSize), "a value of some length"...)
	seal(key, val)
	_, err := open(bucketDoc, key, val)
	require.NoError(t, err)
	for _, b := range [][]byte{key, val} {
		for i := range 8 * len(b) {
			b[i/8] ^= 1 << (i % 8)
			_, err := open(bucketDoc, key, val)
			require.ErrorIs(t, err, store.ErrCorrupt)
			b[i/8] ^= 1 << (i % 8)
		}
	}
}
