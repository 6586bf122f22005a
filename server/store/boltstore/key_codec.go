package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// Limits of the parts of a key, in bytes. bbolt's own limit is 32,768 for the
// whole key, and escaping can double group and sort.
const (
	maxName = 255  // kind, index, queue
	maxID   = 2048 // id, group, sort
)

// Separators inside keys. Names and ids must not contain nul; groups and sort
// keys may, so there nul is written as nul, escaped and ends are nul, ended.
// That keeps the order of the raw bytes.
const (
	nul     = 0x00
	ended   = 0x01
	escaped = 0xFF
)

func validName(what, s string, limit int, empty bool) error {
	switch {
	case s == "" && !empty:
		return fmt.Errorf("%w: the %s is empty", store.ErrInvalid, what)
	case len(s) > limit:
		return fmt.Errorf("%w: the %s has %d bytes, at most %d are possible", store.ErrInvalid, what, len(s), limit)
	case strings.IndexByte(s, nul) >= 0:
		return fmt.Errorf("%w: the %s %q has a zero byte", store.ErrInvalid, what, s)
	}
	return nil
}

func validKey(what string, k fact.Key, emptyID bool) error {
	err := validName("kind", k.Kind, maxName, false)
	if err == nil {
		err = validName("id", k.ID, maxID, emptyID)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// validTenant keeps file names harmless: it is the only text of a caller that becomes a path.
func validTenant(t fact.TenantID) error {
	if len(t) == 0 || len(t) > 32 {
		return fmt.Errorf("%w: tenant name %q must have 1 to 32 characters", store.ErrInvalid, string(t))
	}
	for i := range len(t) {
		c := t[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("%w: tenant name %q may have lower-case letters, digits and hyphens", store.ErrInvalid, string(t))
		}
	}
	return nil
}

// appendPair appends first 0 second: the key of a document, a counter, a count or a job id's place.
func appendPair(b []byte, first, second string) []byte {
	b = append(b, first...)
	b = append(b, nul)
	return append(b, second...)
}

func splitPair(k []byte) (first, second string, ok bool) {
	i := bytes.IndexByte(k, nul)
	if i < 0 {
		return "", "", false
	}
	return string(k[:i]), string(k[i+1:]), true
}

func appendEscaped[T string | []byte](b []byte, s T) []byte {
	for i := range len(s) {
		b = append(b, s[i])
		if s[i] == nul {
			b = append(b, escaped)
		}
	}
	return append(b, nul, ended)
}

// cutEscaped reads one escaped text and returns it and what follows.
func cutEscaped(k []byte) (text, rest []byte, ok bool) {
	for i := 0; i+1 < len(k); i++ {
		if k[i] != nul {
			continue
		}
		if k[i+1] == ended {
			return append(text, k[:i]...), k[i+2:], true
		}
		if k[i+1] != escaped {
			return nil, nil, false
		}
		text = append(text, k[:i+1]...)
		k = k[i+2:]
		i = -1
	}
	return nil, nil, false
}

// appendGroup appends the prefix that all entries of a group share.
func appendGroup(b []byte, index, group string) []byte {
	b = append(b, index...)
	b = append(b, nul)
	return appendEscaped(b, group)
}

// appendEntry appends the key of an index entry.
func appendEntry(b []byte, index, group string, sort []byte, kind, id string) []byte {
	b = appendGroup(b, index, group)
	b = appendEscaped(b, sort)
	b = append(b, id...)
	b = append(b, nul)
	return append(b, kind...)
}

// cutEntry reads what follows the group prefix in the key of an entry.
func cutEntry(rest []byte) (sort []byte, kind, id string, ok bool) {
	sort, rest, ok = cutEscaped(rest)
	if !ok {
		return nil, "", "", false
	}
	i := bytes.IndexByte(rest, nul)
	if i < 0 {
		return nil, "", "", false
	}
	return sort, string(rest[i+1:]), string(rest[:i]), true
}

// cutIndexKey reads a whole index key.
func cutIndexKey(k []byte) (e fact.Entry, ok bool) {
	i := bytes.IndexByte(k, nul)
	if i < 0 {
		return e, false
	}
	e.Index = string(k[:i])
	group, rest, ok := cutEscaped(k[i+1:])
	if !ok {
		return e, false
	}
	e.Group = string(group)
	e.Sort, e.Kind, e.ID, ok = cutEntry(rest)
	return e, ok
}

// ceilMillis rounds up, so that a job is never given before its time.
func ceilMillis(t time.Time) int64 {
	ms := t.UnixMilli()
	if t.Nanosecond()%int(time.Millisecond) != 0 {
		ms++
	}
	return ms
}

// appendMillis appends a time so that earlier times sort first.
func appendMillis(b []byte, ms int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(ms)^(1<<63))
}

func millis(b []byte) int64 { return int64(binary.BigEndian.Uint64(b) ^ (1 << 63)) }

// timeOf is the time of stored milliseconds; the zero time survives the trip.
func timeOf(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
