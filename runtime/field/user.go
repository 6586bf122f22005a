package field

import "sluice/runtime/def"

// userField is the id of a person. Whether that person exists and has one of
// the field's roles is checked where people can be read.
type userField struct{ single }

func (userField) Schema(*def.Field) map[string]any {
	return map[string]any{"type": "string", "maxLength": MaxID}
}
