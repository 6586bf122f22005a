package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// serialField is the running number of a record, formatted. It is drawn by the
// store and never stored with the data, so input for it is only compared.
type serialField struct{ single }

func (serialField) Schema(*def.Field) map[string]any {
	return map[string]any{"type": "string", "maxLength": MaxText, "readOnly": true}
}

func (s serialField) Slots(f *def.Field) []fact.Slot {
	slots := s.single.Slots(f)
	slots[0].Drawn = true
	return slots
}
