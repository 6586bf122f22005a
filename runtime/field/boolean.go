package field

import "sluice/runtime/def"

// booleanField is yes or no; no answer is neither.
type booleanField struct{ single }

func (booleanField) Schema(*def.Field) map[string]any { return map[string]any{"type": "boolean"} }
