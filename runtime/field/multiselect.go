package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// multiField is some of the author's options, each at most once, in the order given.
type multiField struct{ single }

func (multiField) Schema(f *def.Field) map[string]any {
	most := len(f.Options)
	if f.MaxItem > 0 {
		most = f.MaxItem
	}
	return map[string]any{
		"type":        "array",
		"items":       map[string]any{"type": "string", "enum": enumOf(optionIDs(f))},
		"maxItems":    most,
		"uniqueItems": true,
	}
}

func (t multiField) Slots(f *def.Field) []fact.Slot {
	return []fact.Slot{{Path: f.ID, Kind: t.kind, Enum: optionIDs(f), EnumNames: optionNames(f), Name: f.Name}}
}
