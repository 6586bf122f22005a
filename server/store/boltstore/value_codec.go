package boltstore

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"sluice/server/store"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const sumSize = 4

// seal writes the checksum of key and value into the value's first four bytes.
// The key is part of it, so that a value that ended up under another key is
// noticed, and a flipped bit in a key whenever its value is read.
func seal(key, val []byte) {
	binary.BigEndian.PutUint32(val, sum(key, val))
}

func sum(key, val []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, val[sumSize:])
}

// open verifies a value and returns what follows its checksum.
func open(bucket string, key, val []byte) ([]byte, error) {
	if len(val) < sumSize || binary.BigEndian.Uint32(val) != sum(key, val) {
		return nil, damaged(bucket, key)
	}
	return val[sumSize:], nil
}

func damaged(bucket string, key []byte) error {
	return fmt.Errorf("%w: %s %q", store.ErrCorrupt, bucket, key)
}

// number is the stored form of counts and counters.
func number(key []byte, n int64) []byte {
	val := make([]byte, sumSize+8)
	binary.BigEndian.PutUint64(val[sumSize:], uint64(n))
	seal(key, val)
	return val
}

// readNumber is number's inverse; nil (not stored) is 0.
func readNumber(bucket string, key, val []byte) (int64, error) {
	if val == nil {
		return 0, nil
	}
	b, err := open(bucket, key, val)
	if err != nil {
		return 0, err
	}
	if len(b) != 8 {
		return 0, damaged(bucket, key)
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

// texts appends and reads short texts with their length before them.
func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// textReader cuts texts and numbers off a string, so that reading an envelope
// costs one allocation for all its texts. After the first failure bad is set
// and everything read is empty.
type textReader struct {
	s   string
	bad bool
}

func (r *textReader) uvarint() uint64 {
	var n uint64
	for i := 0; i < len(r.s) && i < binary.MaxVarintLen64; i++ {
		c := r.s[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.s = r.s[i+1:]
			return n
		}
	}
	r.s, r.bad = "", true
	return 0
}

func (r *textReader) varint() int64 {
	u := r.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (r *textReader) text() string {
	n := r.uvarint()
	if n > uint64(len(r.s)) {
		r.s, r.bad = "", true
		return ""
	}
	t := r.s[:n]
	r.s = r.s[n:]
	return t
}
