package boltstore

import (
	"encoding/binary"

	"sluice/runtime/fact"
)

// An event's value: checksum, version byte, previous event, revision of the
// subject; then time in milliseconds and the texts with their lengths: subject,
// type, actor, release, data, and the touched entries, which are the subject's
// own and so leave kind and id out.
const (
	eventVersion = 1
	eventHeader  = sumSize + 1 + 8 + 8
)

// appendEvent lays an event down with space for the header. index is where to
// look for the entries that it touches.
func appendEvent(b []byte, e *fact.Event, index []fact.Entry) []byte {
	var header [eventHeader]byte
	header[sumSize] = eventVersion
	b = append(b, header[:]...)
	b = binary.AppendVarint(b, e.At.UnixMilli())
	for _, s := range [...]string{
		e.Subject.Kind, e.Subject.ID, e.Type,
		string(e.Actor.Kind), e.Actor.ID, e.Actor.Name, e.Release,
	} {
		b = appendText(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Data)))
	b = append(b, e.Data...)
	return appendTouch(b, e.Subject, index)
}

func appendTouch(b []byte, subject fact.Key, index []fact.Entry) []byte {
	var n uint64
	for i := range index {
		if index[i].ID == subject.ID && index[i].Kind == subject.Kind {
			n++
		}
	}
	b = binary.AppendUvarint(b, n)
	for i := range index {
		if index[i].ID == subject.ID && index[i].Kind == subject.Kind {
			b = appendTouched(b, &index[i])
		}
	}
	return b
}

func appendTouched(b []byte, e *fact.Entry) []byte {
	var remove byte
	if e.Remove {
		remove = 1
	}
	b = append(b, remove)
	b = appendText(b, e.Index)
	b = appendText(b, e.Group)
	b = binary.AppendUvarint(b, uint64(len(e.Sort)))
	return append(b, e.Sort...)
}

// finishEvent fills the header in; it is known only in the commit.
func finishEvent(key, val []byte, prev, rev uint64) {
	binary.BigEndian.PutUint64(val[5:], prev)
	binary.BigEndian.PutUint64(val[13:], rev)
	seal(key, val)
}

// readEvent decodes a stored event. Nothing of it aliases val.
func readEvent(key, val []byte) (fact.Event, error) {
	rest, err := open(bucketEvent, key, val)
	if err != nil {
		return fact.Event{}, err
	}
	if len(key) != 8 || len(val) < eventHeader || rest[0] != eventVersion {
		return fact.Event{}, damaged(bucketEvent, key)
	}
	e := fact.Event{
		Offset: binary.BigEndian.Uint64(key),
		Prev:   binary.BigEndian.Uint64(val[5:]),
		Rev:    binary.BigEndian.Uint64(val[13:]),
	}
	r := textReader{s: string(val[eventHeader:])}
	e.At = timeOf(r.varint())
	e.Subject.Kind, e.Subject.ID, e.Type = r.text(), r.text(), r.text()
	e.Actor.Kind = fact.ActorKind(r.text())
	e.Actor.ID, e.Actor.Name, e.Release = r.text(), r.text(), r.text()
	if data := r.text(); data != "" {
		e.Data = []byte(data)
	}
	e.Touch = readTouch(&r, e.Subject)
	if r.bad || r.s != "" {
		return fact.Event{}, damaged(bucketEvent, key)
	}
	return e, nil
}

func readTouch(r *textReader, subject fact.Key) []fact.Entry {
	n := r.uvarint()
	if n == 0 || n > uint64(len(r.s)) {
		r.bad = r.bad || n != 0
		return nil
	}
	touch := make([]fact.Entry, n)
	for i := range touch {
		if r.s == "" {
			r.bad = true
			return nil
		}
		t := &touch[i]
		t.Kind, t.ID, t.Remove = subject.Kind, subject.ID, r.s[0] == 1
		r.s = r.s[1:]
		t.Index, t.Group = r.text(), r.text()
		if sort := r.text(); sort != "" {
			t.Sort = []byte(sort)
		}
	}
	return touch
}
