package field

import "sluice/runtime/def"

// textField is one line of text.
type textField struct{ single }

func (textField) Schema(f *def.Field) map[string]any { return stringSchema(f, MaxText) }
