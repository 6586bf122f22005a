package form

import (
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"sluice/runtime/fact"
)

// No returns the record's serial number as people read it, "" when it has
// none: the prefix with the day of its creation in the tenant's zone, then the
// number with zeros in front.
func (f *Form) No(rec *fact.Record) string {
	if f.serial < 0 || rec.Serial == 0 {
		return ""
	}
	d := f.fields[f.serial].def
	b := make([]byte, 0, len(d.Prefix)+24)
	b = appendPrefix(b, d.Prefix, rec.Created.In(f.Zone))
	var buf [20]byte
	n := strconv.AppendUint(buf[:0], rec.Serial, 10)
	for range d.Digits - len(n) {
		b = append(b, '0')
	}
	return string(append(b, n...))
}

// appendPrefix writes the text before a serial number with the parts of the day put in.
func appendPrefix(b []byte, prefix string, created time.Time) []byte {
	for prefix != "" {
		at := strings.IndexByte(prefix, '{')
		if at < 0 {
			break
		}
		b, prefix = append(b, prefix[:at]...), prefix[at:]
		switch {
		case strings.HasPrefix(prefix, "{yyyy}"):
			b, prefix = created.AppendFormat(b, "2006"), prefix[6:]
		case strings.HasPrefix(prefix, "{mm}"):
			b, prefix = created.AppendFormat(b, "01"), prefix[4:]
		case strings.HasPrefix(prefix, "{dd}"):
			b, prefix = created.AppendFormat(b, "02"), prefix[4:]
		default:
			b, prefix = append(b, '{'), prefix[1:]
		}
	}
	return append(b, prefix...)
}

// DrawCounter returns the counter that a new record's serial number is drawn
// from, and whether the form has serial numbers: kind "serial/<form>", and as
// id the day, month or year (in the zone) in which counting starts again, or "all".
func (f *Form) DrawCounter(now time.Time, zone *time.Location) (fact.Key, bool) {
	if f.serial < 0 {
		return fact.Key{}, false
	}
	if zone == nil {
		zone = f.Zone
	}
	now = now.In(zone)
	key := fact.Key{Kind: "serial/" + f.Def.ID, ID: "all"}
	switch f.fields[f.serial].def.Reset {
	case "year":
		key.ID = now.Format("2006")
	case "month":
		key.ID = now.Format("2006-01")
	case "day":
		key.ID = now.Format(time.DateOnly)
	}
	return key, true
}

// SerialIndex returns the name of the index of a form's records by serial
// number. The store's Draw writes it: group "", the number as eight big-endian bytes.
func SerialIndex(form string) string { return "n/" + form }

// SerialEntry returns the entry that Draw writes for a record, to remove it with the record.
func SerialEntry(form, id string, serial uint64, remove bool) fact.Entry {
	return fact.Entry{
		Index: SerialIndex(form), Kind: fact.RecordKind(form), ID: id,
		Sort: binary.BigEndian.AppendUint64(nil, serial), Remove: remove,
	}
}
