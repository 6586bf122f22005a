package field

import "sluice/runtime/def"

// longTextField is text of several lines.
type longTextField struct{ single }

func (longTextField) Schema(f *def.Field) map[string]any { return stringSchema(f, MaxLongText) }
