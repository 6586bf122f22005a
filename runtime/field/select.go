package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// selectField is one of the author's options. The schema allows options that
// are off too: they stay valid where they are stored.
type selectField struct{ single }

func (selectField) Schema(f *def.Field) map[string]any {
	return map[string]any{"type": "string", "enum": enumOf(optionIDs(f))}
}

func (t selectField) Slots(f *def.Field) []fact.Slot {
	return []fact.Slot{{Path: f.ID, Kind: t.kind, Enum: optionIDs(f), EnumNames: optionNames(f), Name: f.Name}}
}
