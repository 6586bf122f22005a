package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// integerField is a whole number. 3.0 is one too; its Scale setting is of no use.
type integerField struct{ single }

func (integerField) Schema(f *def.Field) map[string]any {
	s := numberSchema(f, -1)
	s["type"] = "integer"
	delete(s, "multipleOf")
	return s
}

func (t integerField) Slots(f *def.Field) []fact.Slot {
	return []fact.Slot{{Path: f.ID, Kind: t.kind, Unit: f.Unit, Name: f.Name}}
}
