package field

import "sluice/runtime/def"

// tagsField is a list of free words, each at most once.
type tagsField struct{ single }

func (tagsField) Schema(f *def.Field) map[string]any {
	most, long := MaxTags, MaxTag
	if f.MaxItem > 0 {
		most = f.MaxItem
	}
	if f.MaxLength > 0 {
		long = f.MaxLength
	}
	return map[string]any{
		"type":        "array",
		"items":       map[string]any{"type": "string", "minLength": 1, "maxLength": long},
		"maxItems":    most,
		"uniqueItems": true,
	}
}
