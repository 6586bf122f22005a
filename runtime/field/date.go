package field

import "sluice/runtime/def"

// dateField is a calendar day, the same day in every zone.
type dateField struct{ single }

func (dateField) Schema(*def.Field) map[string]any {
	return map[string]any{"type": "string", "format": "date"}
}
