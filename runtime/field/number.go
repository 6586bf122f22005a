package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// numberField is an exact decimal, perhaps with a unit.
type numberField struct{ single }

func (numberField) Schema(f *def.Field) map[string]any { return numberSchema(f, -1) }

func (t numberField) Slots(f *def.Field) []fact.Slot {
	return []fact.Slot{{Path: f.ID, Kind: t.kind, Unit: f.Unit, Name: f.Name}}
}
