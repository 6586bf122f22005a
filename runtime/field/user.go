package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// userField is the id of a person. Whether that person exists and has one of
// the field's roles is checked where people can be read.
type userField struct{ single }

func (userField) Schema(*def.Field) map[string]any {
	return map[string]any{"type": "string", "maxLength": MaxID}
}

func (t userField) Slots(f *def.Field) []fact.Slot {
	return []fact.Slot{{Path: f.ID, Kind: t.kind, Exact: true, Name: f.Name}}
}
