package field

import "sluice/runtime/def"

// dateTimeField is an instant, kept in UTC to the millisecond.
type dateTimeField struct{ single }

func (dateTimeField) Schema(*def.Field) map[string]any {
	return map[string]any{"type": "string", "format": "date-time"}
}
