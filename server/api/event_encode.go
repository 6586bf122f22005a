package api

import (
	"strconv"

	"sluice/runtime/fact"
	"sluice/runtime/field"
)

// appendEvent writes a line of history as somebody from whom these fields are hidden may see it.
func appendEvent(b []byte, e *fact.Event, hidden map[string]bool) []byte {
	b = append(b, `{"offset":`...)
	b = strconv.AppendUint(b, e.Offset, 10)
	b = appendMember(b, "type", e.Type)
	b = appendTimeMember(b, "at", e.At)
	b = append(b, `,"actor":{"kind":`...)
	b = field.AppendText(b, string(e.Actor.Kind))
	b = appendMember(b, "id", e.Actor.ID)
	b = appendMember(b, "name", e.Actor.Name)
	b = append(b, '}')
	if e.Release != "" {
		b = appendMember(b, "release", e.Release)
	}
	b = append(b, `,"data":`...)
	if data := visibleData(e.Data, hidden); len(data) > 0 {
		b = append(b, data...)
	} else {
		b = append(b, "{}"...)
	}
	return append(b, '}')
}

func formatOffset(offset uint64) string { return strconv.FormatUint(offset, 36) }

func parseOffset(s string) (uint64, error) { return strconv.ParseUint(s, 36, 64) }
