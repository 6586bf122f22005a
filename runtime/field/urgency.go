package field

import (
	"slices"

	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// urgencyField says how urgent something is: red before yellow before green.
type urgencyField struct{ single }

var (
	urgencies     = []string{"red", "yellow", "green"}
	urgencyLabels = []fact.Label{{Zh: "特急", En: "Critical"}, {Zh: "加急", En: "Urgent"}, {Zh: "普通", En: "Normal"}}
)

func isUrgency(s *fact.Slot) bool { return s.Kind == fact.Text && slices.Equal(s.Enum, urgencies) }

func (urgencyField) Schema(*def.Field) map[string]any {
	return map[string]any{"type": "string", "enum": enumOf(urgencies)}
}

func (t urgencyField) Slots(f *def.Field) []fact.Slot {
	return []fact.Slot{{Path: f.ID, Kind: t.kind, Enum: urgencies, EnumNames: urgencyLabels, Name: f.Name}}
}

// SortKey sorts the most urgent first, as people read a list.
func (urgencyField) SortKey(dst []byte, v *fact.Value) []byte {
	if v.Empty() {
		return append(dst, 0)
	}
	return append(dst, 1, byte(slices.Index(urgencies, v.Text())+1))
}
