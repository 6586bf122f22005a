package fact

import (
	"encoding/binary"
	"errors"
	"time"
)

// Record is one filled-in form: an order, a customer, a return.
type Record struct {
	Form      string
	ID        string
	Rev       uint64
	Serial    uint64 // 0 when its form draws none
	Last      uint64 // offset of its newest event
	State     string // state id of its chain, "" without chain
	Entered   time.Time
	Created   time.Time
	CreatedBy string // actor id
	Updated   time.Time
	UpdatedBy string // actor id
	Release   string // id of the release that its chain follows
	Data      []byte // JSON object: the values by field id, in the form's order, without empty ones
}

// RecordKind returns the document kind of a form's records.
func RecordKind(form string) string { return "record/" + form }

const recordVersion = 1

var errRecord = errors.New("record body is damaged")

// Encode returns the stored form of the record: a version byte, the times in
// milliseconds as varints, the short texts with a length before each, then Data
// as it is. Form, ID, Rev, Serial and Last are kept by the store itself.
func (r *Record) Encode() []byte {
	b := make([]byte, 0, 64+len(r.State)+len(r.CreatedBy)+len(r.UpdatedBy)+len(r.Release)+len(r.Data))
	b = append(b, recordVersion)
	for _, t := range [...]time.Time{r.Entered, r.Created, r.Updated} {
		var ms int64
		if !t.IsZero() {
			ms = t.UnixMilli()
		}
		b = binary.AppendVarint(b, ms)
	}
	for _, s := range [...]string{r.State, r.CreatedBy, r.UpdatedBy, r.Release} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return append(b, r.Data...)
}

// DecodeRecord reads the stored form. Data aliases the document's body.
func DecodeRecord(form string, d Doc) (Record, error) {
	r := Record{Form: form, ID: d.Key.ID, Rev: d.Rev, Serial: d.Serial, Last: d.Last}
	b := d.Body
	if len(b) == 0 || b[0] != recordVersion {
		return r, errRecord
	}
	b = b[1:]
	for _, t := range [...]*time.Time{&r.Entered, &r.Created, &r.Updated} {
		ms, n := binary.Varint(b)
		if n <= 0 {
			return r, errRecord
		}
		if ms != 0 {
			*t = time.UnixMilli(ms).UTC()
		}
		b = b[n:]
	}
	for _, s := range [...]*string{&r.State, &r.CreatedBy, &r.UpdatedBy, &r.Release} {
		size, n := binary.Uvarint(b)
		if n <= 0 || uint64(len(b)-n) < size {
			return r, errRecord
		}
		*s = string(b[n : n+int(size)])
		b = b[n+int(size):]
	}
	r.Data = b
	return r, nil
}
