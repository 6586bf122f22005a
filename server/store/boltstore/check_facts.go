package boltstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"

	"sluice/server/store"
)

func isCorrupt(err error) bool { return errors.Is(err, store.ErrCorrupt) }

func (c *checker) subject(kind, id string) uint64 {
	return maphash.Bytes(c.hash, appendPair(nil, kind, id))
}

// events checks that offsets have no gap, that the log ends where meta says,
// and that each link names the newest earlier event of the subject. A link of 0
// always passes: it is right after a deletion and for subjects without document.
func (c *checker) events() error {
	want := uint64(1)
	c.each(bucketEvent, func(k, v []byte) {
		c.report.Events++
		e, err := readEvent(k, v)
		if err != nil {
			c.found(FoundChecksum, bucketEvent, k, "the event cannot be read")
			return
		}
		if e.Offset != want {
			c.found(FoundOffset, bucketEvent, k, fmt.Sprintf("offset %d follows %d", e.Offset, want-1))
		}
		want = e.Offset + 1
		subject := c.subject(e.Subject.Kind, e.Subject.ID)
		if e.Prev != 0 && e.Prev != c.last[subject] {
			c.found(FoundPrev, bucketEvent, k, fmt.Sprintf("previous event is %d, not %d", c.last[subject], e.Prev))
		}
		c.last[subject] = e.Offset
	})
	_, end, err := readLog(c.tx)
	if err == nil && end != want-1 {
		c.found(FoundOffset, bucketMeta, keyLog, fmt.Sprintf("the log ends at %d, not %d", want-1, end))
	}
	return nil
}

func (c *checker) docs() error {
	c.each(bucketDoc, func(k, v []byte) {
		c.report.Docs++
		kind, id, ok := splitPair(k)
		d := docState{key: k}
		if err := d.decode(v); err != nil || !ok {
			c.found(FoundChecksum, bucketDoc, k, "the document cannot be read")
			return
		}
		if last := c.last[c.subject(kind, id)]; d.last != 0 && d.last != last {
			c.found(FoundLast, bucketDoc, k, fmt.Sprintf("newest event is %d, not %d", last, d.last))
		}
		if d.serial > 0 {
			c.serials[string(d.counter)] = append(c.serials[string(d.counter)], d.serial)
		}
	})
	return nil
}

func (c *checker) goneDocs() error {
	c.each(bucketGone, func(k, v []byte) {
		if len(k) < 9 {
			c.found(FoundChecksum, bucketGone, k, "the key is too short")
			return
		}
		counter := string(k[:len(k)-9])
		c.serials[counter] = append(c.serials[counter], binary.BigEndian.Uint64(k[len(k)-8:]))
	})
	return nil
}

func (c *checker) entries() error {
	docs := c.tx.Bucket([]byte(bucketDoc))
	var key []byte
	c.each(bucketIndex, func(k, _ []byte) {
		c.report.Entries++
		e, ok := cutIndexKey(k)
		if !ok {
			c.found(FoundChecksum, bucketIndex, k, "the key cannot be read")
			return
		}
		key = appendPair(key[:0], e.Index, e.Group)
		c.counts[string(key)]++
		key = appendPair(key[:0], e.Kind, e.ID)
		if docs.Get(key) == nil {
			c.found(FoundDangling, bucketIndex, k, fmt.Sprintf("there is no document %s/%s", e.Kind, e.ID))
		}
	})
	return nil
}

func (c *checker) groupCounts() error {
	c.each(bucketCount, func(k, v []byte) {
		n, err := readNumber(bucketCount, k, v)
		if err != nil {
			c.found(FoundChecksum, bucketCount, k, "the count cannot be read")
			return
		}
		if n != c.counts[string(k)] {
			c.found(FoundCount, bucketCount, k, fmt.Sprintf("the count is %d, the group has %d entries", n, c.counts[string(k)]))
		}
		delete(c.counts, string(k))
	})
	for key, n := range c.counts {
		c.found(FoundCount, bucketCount, []byte(key), fmt.Sprintf("there is no count, the group has %d entries", n))
	}
	return nil
}

// counters checks that every counter that numbered documents gave 1, 2, 3 … up
// to its value, each once, deleted documents included.
func (c *checker) counters() error {
	c.each(bucketCounter, func(k, v []byte) {
		n, err := readNumber(bucketCounter, k, v)
		serials, drawn := c.serials[string(k)]
		if err != nil || !drawn {
			return
		}
		delete(c.serials, string(k))
		slices.Sort(serials)
		for i, serial := range serials {
			if serial != uint64(i)+1 {
				c.found(FoundSerial, bucketCounter, k, fmt.Sprintf("number %d stands where %d should", serial, i+1))
				return
			}
		}
		if int64(len(serials)) != n {
			c.found(FoundSerial, bucketCounter, k, fmt.Sprintf("the counter is %d, %d numbers were given", n, len(serials)))
		}
	})
	for key := range c.serials {
		c.found(FoundSerial, bucketCounter, []byte(key), "there is no counter for the numbers given")
	}
	return nil
}

func (c *checker) jobs() error {
	ids := c.tx.Bucket([]byte(bucketJobID))
	c.each(bucketJob, func(k, v []byte) {
		c.report.Jobs++
		i := bytes.IndexByte(k, nul)
		if i < 0 || len(k) < i+9 {
			c.found(FoundChecksum, bucketJob, k, "the key cannot be read")
			return
		}
		if _, err := readJob(k, v, i+1); err != nil {
			c.found(FoundChecksum, bucketJob, k, "the job cannot be read")
		}
		place, id := k[:i+9], k[i+9:]
		if val := ids.Get(id); len(val) < sumSize || !bytes.Equal(val[sumSize:], place) {
			c.found(FoundJob, bucketJob, k, "its id leads elsewhere")
		}
	})
	var placed int64
	c.each(bucketJobID, func([]byte, []byte) { placed++ })
	if placed != c.report.Jobs {
		c.found(FoundJob, bucketJobID, nil, fmt.Sprintf("%d ids for %d jobs", placed, c.report.Jobs))
	}
	return nil
}

func (c *checker) meta() error {
	c.each(bucketMeta, func([]byte, []byte) {})
	version, err := readNumber(bucketMeta, keyFormat, c.tx.Bucket([]byte(bucketMeta)).Get(keyFormat))
	if err == nil && version != formatVersion {
		c.found(FoundStructure, bucketMeta, keyFormat, fmt.Sprintf("format %d is not %d", version, formatVersion))
	}
	_, _, err = readLog(c.tx)
	if err != nil {
		c.found(FoundChecksum, bucketMeta, keyLog, "the log's end cannot be read")
	}
	return nil
}
