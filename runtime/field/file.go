package field

import (
	"strconv"
	"strings"

	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// fileField is a list of attachments. Its value is the list of their names; the
// other members lie in three more lists of the same length (photos.id,
// photos.size, photos.type).
type fileField struct{}

// Places of the four lists among the slots of a file field.
const (
	FileName = iota
	FileID
	FileSize
	FileType
	fileWidth
)

// FileParts are the members of an attachment by place among the slots.
var FileParts = [...]string{FileName: "name", FileID: "id", FileSize: "size", FileType: "type"}

func (fileField) Kind() fact.Kind { return fact.List }

func (fileField) Width() int { return fileWidth }

func (fileField) Schema(f *def.Field) map[string]any {
	most := MaxFiles
	if f.MaxItem > 0 {
		most = f.MaxItem
	}
	return map[string]any{
		"type": "array",
		"items": map[string]any{
			"type": "object",
			"properties": map[string]any{
				"id":   map[string]any{"type": "string", "minLength": 1, "maxLength": MaxID},
				"name": map[string]any{"type": "string", "minLength": 1, "maxLength": MaxFileName},
				"size": map[string]any{"type": "integer", "minimum": 0},
				"type": map[string]any{"type": "string", "minLength": 1, "maxLength": 100},
			},
			"required":             []any{"id", "name", "size", "type"},
			"additionalProperties": false,
		},
		"maxItems": most,
	}
}

func (fileField) Slots(f *def.Field) []fact.Slot {
	slots := []fact.Slot{{Path: f.ID, Kind: fact.List, Name: f.Name}}
	for _, part := range FileParts[1:] {
		slots = append(slots, fact.Slot{Path: f.ID + "." + part, Kind: fact.List, Name: f.Name})
	}
	return slots
}

func (fileField) Append(dst []byte, _ *def.Field, v []fact.Value) []byte {
	names, ids, sizes, types := v[FileName].List(), v[FileID].List(), v[FileSize].List(), v[FileType].List()
	dst = append(dst, '[')
	for i := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendText(append(dst, `{"id":`...), ids[i])
		dst = AppendText(append(dst, `,"name":`...), names[i])
		dst = append(append(dst, `,"size":`...), sizes[i]...)
		dst = AppendText(append(dst, `,"type":`...), types[i])
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func (fileField) SortKey(dst []byte, v *fact.Value) []byte { return SortKey(dst, v) }

func (fileField) GroupKey(v *fact.Value) string { return GroupKey(v) }

func (fileField) Check(f *def.Field, v []fact.Value) (string, string, map[string]any) {
	for i, t := range v[FileType].List() {
		if !accepts(f.Accept, t) {
			return "/" + strconv.Itoa(i) + "/type", "file_type", map[string]any{"accept": strings.Join(f.Accept, ", ")}
		}
	}
	return "", "", nil
}

// accepts reports whether a media type is one of the accepted: "image/png", or
// "image/*" for all of a kind; no list accepts all.
func accepts(accept []string, mediaType string) bool {
	mediaType, _, _ = strings.Cut(strings.ToLower(mediaType), ";")
	for _, a := range accept {
		if kind, ok := strings.CutSuffix(a, "/*"); ok && strings.HasPrefix(mediaType, kind+"/") {
			return true
		}
		if a == mediaType || a == "*/*" {
			return true
		}
	}
	return len(accept) == 0
}
