package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// referenceField is the id of a record of another form. Whether that record
// exists is checked where records can be read.
type referenceField struct{ single }

func (referenceField) Schema(*def.Field) map[string]any {
	return map[string]any{"type": "string", "maxLength": MaxID}
}

func (t referenceField) Slots(f *def.Field) []fact.Slot {
	return []fact.Slot{{Path: f.ID, Kind: t.kind, Exact: true, Name: f.Name}}
}
