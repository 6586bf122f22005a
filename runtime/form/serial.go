package form

import (
	"encoding/binary"
	"fmt"
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
	prefix := d.Prefix
	if strings.IndexByte(prefix, '{') >= 0 {
		y, m, day := rec.Created.In(f.Zone).Date()
		prefix = strings.NewReplacer("{yyyy}", fmt.Sprintf("%04d", y), "{mm}", fmt.Sprintf("%02d", m), "{dd}", fmt.Sprintf("%02d", day)).Replace(prefix)
	}
	n := strconv.FormatUint(rec.Serial, 10)
	return prefix + strings.Repeat("0", max(0, d.Digits-len(n))) + n
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
