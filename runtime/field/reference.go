package field

import "sluice/runtime/def"

// referenceField is the id of a record of another form. Whether that record
// exists is checked where records can be read.
type referenceField struct{ single }

func (referenceField) Schema(*def.Field) map[string]any {
	return map[string]any{"type": "string", "maxLength": MaxID}
}
