package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// linesField is the line items of a record: a table whose columns are fields themselves.
type linesField struct{ single }

func (linesField) Schema(f *def.Field) map[string]any {
	most := MaxRows
	if f.MaxRows > 0 {
		most = f.MaxRows
	}
	s := map[string]any{
		"type":     "array",
		"items":    ObjectSchema(f.Fields),
		"maxItems": most,
	}
	if f.MinRows > 0 {
		s["minItems"] = f.MinRows
	}
	return s
}

// ObjectSchema returns the schema of an object with the fields as members. A
// member that must be there in every case is listed as required; one that may
// be missing may also be null.
func ObjectSchema(fields []def.Field) map[string]any {
	props := map[string]any{}
	required := []any{}
	for i := range fields {
		c := &fields[i]
		t := Of(c.Type)
		if t == nil {
			continue
		}
		if AlwaysRequired(c) {
			required = append(required, c.ID)
			props[c.ID] = Present(t.Schema(c))
		} else {
			props[c.ID] = Nullable(t.Schema(c))
		}
	}
	s := map[string]any{"type": "object", "properties": props, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// AlwaysRequired reports whether input without the field is wrong whatever else
// it says: the field is required, always visible, may always be written, and
// nothing else fills it in.
func AlwaysRequired(f *def.Field) bool {
	return f.Required && f.VisibleWhen == nil && f.Default == nil && f.DefaultBy == "" &&
		!f.ReadOnly && f.ReadOnlyWhen == nil && f.Type != def.TypeComputed && f.Type != def.TypeSerial
}

func (t linesField) Slots(f *def.Field) []fact.Slot {
	var columns []fact.Slot
	for i := range f.Fields {
		if ct := Of(f.Fields[i].Type); ct != nil {
			columns = append(columns, ct.Slots(&f.Fields[i])...)
		}
	}
	return []fact.Slot{{Path: f.ID, Kind: t.kind, Rows: fact.NewShape(columns), Name: f.Name}}
}

func (linesField) Append(dst []byte, f *def.Field, v []fact.Value) []byte {
	dst = append(dst, '[')
	for i, row := range v[0].Rows() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendObject(dst, f.Fields, row)
	}
	return append(dst, ']')
}

// AppendObject writes the fields that have a value, in their order. Serial
// numbers are left out: they are not data.
func AppendObject(dst []byte, fields []def.Field, row []fact.Value) []byte {
	dst = append(dst, '{')
	open, slot := len(dst), 0
	for i := range fields {
		f := &fields[i]
		t := Of(f.Type)
		if t == nil {
			continue
		}
		v := row[slot : slot+t.Width()]
		slot += t.Width()
		if f.Type == def.TypeSerial || AllEmpty(v) {
			continue
		}
		if len(dst) > open {
			dst = append(dst, ',')
		}
		dst = append(AppendText(dst, f.ID), ':')
		dst = t.Append(dst, f, v)
	}
	return append(dst, '}')
}

// AllEmpty reports whether none of a field's slots has a value.
func AllEmpty(v []fact.Value) bool {
	for i := range v {
		if !v[i].Empty() {
			return false
		}
	}
	return true
}
