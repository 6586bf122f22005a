package boltstore

import (
	"encoding/binary"

	"sluice/runtime/fact"
)

// A job's value: checksum, version byte, attempts, due in milliseconds, then
// with lengths before them the id's subject, and the body to the end. Queue and id stand
// in the key: queue 0 available id, where available is the due time and, while
// a lease runs, its end. So the first key of a queue is the next to look at.
const (
	jobVersion = 1
	jobHeader  = sumSize + 1 + 4 + 8
)

func appendJobKey(b []byte, queue string, available int64, id string) []byte {
	b = append(b, queue...)
	b = append(b, nul)
	b = appendMillis(b, available)
	return append(b, id...)
}

func appendJob(b []byte, j *fact.Job) []byte {
	var header [jobHeader]byte
	header[4] = jobVersion
	binary.BigEndian.PutUint32(header[5:], uint32(j.Attempts))
	binary.BigEndian.PutUint64(header[9:], uint64(ceilMillis(j.Due)))
	b = append(b, header[:]...)
	b = appendText(b, j.Subject.Kind)
	b = appendText(b, j.Subject.ID)
	return append(b, j.Body...)
}

// readJob decodes a stored job. prefix is the length of queue and separator in
// the key. Nothing of the job aliases key or val.
func readJob(key, val []byte, prefix int) (fact.Job, error) {
	rest, err := open(bucketJob, key, val)
	if err != nil {
		return fact.Job{}, err
	}
	if len(val) < jobHeader || rest[0] != jobVersion || len(key) < prefix+8 {
		return fact.Job{}, damaged(bucketJob, key)
	}
	j := fact.Job{
		Queue:    string(key[:prefix-1]),
		ID:       string(key[prefix+8:]),
		Attempts: int(binary.BigEndian.Uint32(val[5:])),
		Due:      timeOf(int64(binary.BigEndian.Uint64(val[9:]))),
	}
	r := textReader{s: string(val[jobHeader:])}
	j.Subject.Kind, j.Subject.ID = r.text(), r.text()
	if r.bad {
		return fact.Job{}, damaged(bucketJob, key)
	}
	if r.s != "" {
		j.Body = []byte(r.s)
	}
	return j, nil
}
