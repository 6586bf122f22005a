package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// computedField is the value of a formula. Input for it is only compared, so
// its schema says the kind and nothing more.
type computedField struct{ single }

func (computedField) Schema(f *def.Field) map[string]any {
	t := Of(f.Result)
	if t == nil {
		return map[string]any{"readOnly": true}
	}
	s := t.Schema(&def.Field{ID: f.ID})
	if t.Kind() == fact.Text {
		s["maxLength"] = MaxLongText
	}
	delete(s, "multipleOf")
	s["readOnly"] = true
	return s
}

func (computedField) Slots(f *def.Field) []fact.Slot {
	t := Of(f.Result)
	if t == nil {
		return []fact.Slot{{Path: f.ID, Name: f.Name}}
	}
	return t.Slots(f)
}
