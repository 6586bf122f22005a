package form

import (
	"bytes"
	"encoding/json"
	"slices"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/field"
)

// appendData writes the values as canonical JSON.
func (f *Form) appendData(dst []byte, row fact.Row) []byte {
	return appendObject(dst, f.fields, row, nil)
}

// appendObject writes the fields that have a value and are not hidden, in their
// order; serial numbers are not data.
func appendObject(dst []byte, nodes []node, row fact.Row, hidden *mask) []byte {
	dst = append(dst, '{')
	open := len(dst)
	for i := range nodes {
		n := &nodes[i]
		if n.def.Type == def.TypeSerial || hidden.field(i) || field.AllEmpty(row[n.slot:n.slot+n.width]) {
			continue
		}
		if len(dst) > open {
			dst = append(dst, ',')
		}
		dst = append(dst, n.key...)
		dst = n.append(dst, row, hidden.columns(i))
	}
	return append(dst, '}')
}

// append writes the field's value, which is not empty, without hidden columns.
func (n *node) append(dst []byte, row fact.Row, hidden *mask) []byte {
	if n.columns == nil {
		return n.typ.Append(dst, n.def, row[n.slot:n.slot+n.width])
	}
	dst = append(dst, '[')
	for i, line := range row[n.slot].Rows() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendObject(dst, n.columns, line, hidden)
	}
	return append(dst, ']')
}

// Render writes the values that the actor may see as a JSON object, the serial
// number in its place included. The row is the record's, from Load or Submit.
func (f *Form) Render(dst []byte, rec *fact.Record, row fact.Row, acc *Access) []byte {
	no := f.No(rec)
	dst = append(dst, '{')
	open := len(dst)
	for i := range f.fields {
		n := &f.fields[i]
		serial := n.def.Type == def.TypeSerial
		if acc.hidden.field(i) || serial && no == "" || !serial && field.AllEmpty(row[n.slot:n.slot+n.width]) {
			continue
		}
		if len(dst) > open {
			dst = append(dst, ',')
		}
		dst = append(dst, n.key...)
		if serial {
			dst = field.AppendText(dst, no)
			continue
		}
		dst = n.append(dst, row, acc.hidden.columns(i))
	}
	return append(dst, '}')
}

// Changed returns the ids of the fields whose values differ, in the form's order.
func (f *Form) Changed(before, after fact.Row) []string {
	var ids []string
	for i := range f.fields {
		n := &f.fields[i]
		if n.def.Type != def.TypeSerial && !sameAll(before[n.slot:n.slot+n.width], after[n.slot:n.slot+n.width]) {
			ids = append(ids, n.def.ID)
		}
	}
	return ids
}

// Differences returns the fields whose values differ between a record's row and
// an entry that shall replace it, with their JSON before and after; null is absent.
// It is nil when nothing differs.
func (f *Form) Differences(before fact.Row, e *Entry) map[string][2]json.RawMessage {
	changed := f.Changed(before, e.Row)
	if len(changed) == 0 {
		return nil
	}
	out := make(map[string][2]json.RawMessage, len(changed))
	for _, id := range changed {
		n := &f.fields[slices.IndexFunc(f.fields, func(n node) bool { return n.def.ID == id })]
		out[id] = [2]json.RawMessage{n.json(before), n.json(e.Row)}
	}
	return out
}

// json returns the field's value in a row, null when it is empty.
func (n *node) json(row fact.Row) json.RawMessage {
	if field.AllEmpty(row[n.slot : n.slot+n.width]) {
		return json.RawMessage("null")
	}
	return n.append(nil, row, nil)
}

// Kept returns the entry of a record whose values stay as they are: for a move
// that brings nothing along, which need not be checked again. The row is the
// record's, from Load; the entry has its own copy.
func (f *Form) Kept(rec *fact.Record, row fact.Row) *Entry {
	return &Entry{Row: slices.Clone(row), form: f, data: bytes.Clone(rec.Data)}
}
