package boltstore

import (
	"bytes"
	"encoding/binary"

	"sluice/runtime/fact"
)

// A document's value: checksum, version byte, revision, serial, newest event,
// length of the counter key, body, counter key. The counter that the serial was
// drawn from stands last because it is not known before the commit whether the
// document is new; the header before the body has a fixed size so that the
// caller of Commit can lay the body down where it will be written from.
const (
	docVersion = 1
	docHeader  = sumSize + 1 + 8 + 8 + 8 + 2
)

// docState is one document as the committer knows it during a group.
type docState struct {
	key     []byte
	rev     uint64 // 0: absent
	serial  uint64
	last    uint64
	counter []byte // key of the counter that the serial came from
	buf     []byte // header space and body, without the counter key
	owned   bool   // buf is ours to write to, not bbolt's page
	dirty   bool   // differs from what the transaction holds
	stored  bool   // the transaction holds it
	put     *putOp // the newest put of it,
	putIn   int    // which was in this change of the group
}

// decode reads a stored value into the state. The buffer aliases val.
func (d *docState) decode(val []byte) error {
	rest, err := open(bucketDoc, d.key, val)
	if err != nil {
		return err
	}
	if len(val) < docHeader || rest[0] != docVersion {
		return damaged(bucketDoc, d.key)
	}
	d.rev = binary.BigEndian.Uint64(val[5:])
	d.serial = binary.BigEndian.Uint64(val[13:])
	d.last = binary.BigEndian.Uint64(val[21:])
	end := len(val) - int(binary.BigEndian.Uint16(val[29:]))
	if d.rev == 0 || end < docHeader {
		return damaged(bucketDoc, d.key)
	}
	d.counter = val[end:]
	d.buf = val[:end:end]
	d.owned = false
	return nil
}

// encode returns the value to store. It writes into the state's own buffer.
func (d *docState) encode() []byte {
	if !d.owned {
		d.buf = append(make([]byte, 0, len(d.buf)+len(d.counter)), d.buf...)
		d.counter = bytes.Clone(d.counter)
		d.owned = true
	}
	b := d.buf
	b[4] = docVersion
	binary.BigEndian.PutUint64(b[5:], d.rev)
	binary.BigEndian.PutUint64(b[13:], d.serial)
	binary.BigEndian.PutUint64(b[21:], d.last)
	binary.BigEndian.PutUint16(b[29:], uint16(len(d.counter)))
	b = append(b, d.counter...)
	seal(d.key, b)
	return b
}

// readDoc decodes a stored value for a reader. The body aliases val.
func readDoc(key []byte, k fact.Key, val []byte, keysOnly bool) (fact.Doc, error) {
	d := docState{key: key}
	if err := d.decode(val); err != nil {
		return fact.Doc{}, err
	}
	doc := fact.Doc{Key: k, Rev: d.rev, Serial: d.serial, Last: d.last}
	if !keysOnly {
		doc.Body = d.buf[docHeader:]
	}
	return doc, nil
}
