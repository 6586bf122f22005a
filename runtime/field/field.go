package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// Type is one member of the family. All methods are pure; a Type is shared.
type Type interface {
	// Kind returns the kind of the values in the type's first slot: None for
	// computed, whose kind is that of its result (see For).
	Kind() fact.Kind
	// Width returns how many slots a field of the type fills: len(Slots(f)).
	Width() int
	// Schema returns the JSON Schema of a value that is there: not null, not empty.
	Schema(f *def.Field) map[string]any
	// Slots returns the readable places of the field, the field itself first.
	Slots(f *def.Field) []fact.Slot
	// Append writes the field's value as canonical JSON: v holds the values of
	// its slots, not all empty.
	Append(dst []byte, f *def.Field, v []fact.Value) []byte
	// SortKey appends bytes that sort as the values do; see SortKey.
	SortKey(dst []byte, v *fact.Value) []byte
	// GroupKey returns the text under which equal values meet; see GroupKey.
	GroupKey(v *fact.Value) string
	// Check says what the schema cannot: part is "" or the member at fault
	// ("/phone", "/0/type"), code is "" when the value is right.
	Check(f *def.Field, v []fact.Value) (part, code string, params map[string]any)
}

// Limits that hold when a definition sets no narrower ones.
const (
	MaxText     = 500    // characters of text
	MaxLongText = 20_000 // characters of longtext
	MaxScan     = 200    // characters of scan
	MaxID       = 64     // bytes of a record or user id
	MaxTags     = 50     // tags of one field
	MaxTag      = 100    // characters of one tag
	MaxFiles    = 20     // files of one field
	MaxFileName = 255    // characters of a file's name
	MaxRows     = 2_000  // lines of one record
	CapRows     = 5_000  // what a definition may raise MaxRows to
	MaxDigits   = 15     // significant digits, so that a JavaScript number holds the value exactly
)

// Types are all field types, in the order of the palette.
var Types = [...]def.FieldType{
	def.TypeText, def.TypeLongText, def.TypeNumber, def.TypeMoney, def.TypeInteger,
	def.TypeDate, def.TypeDateTime, def.TypeBoolean, def.TypeSelect, def.TypeMulti,
	def.TypeUrgency, def.TypePhone, def.TypeAddress, def.TypeFile, def.TypeReference,
	def.TypeLines, def.TypeSerial, def.TypeComputed, def.TypeScan, def.TypeUser, def.TypeTags,
}

// Of returns the member of the family with the name, nil when there is none.
func Of(t def.FieldType) Type {
	switch t {
	case def.TypeText:
		return textField{single{fact.Text}}
	case def.TypeLongText:
		return longTextField{single{fact.Text}}
	case def.TypeNumber:
		return numberField{single{fact.Number}}
	case def.TypeMoney:
		return moneyField{single{fact.Number}}
	case def.TypeInteger:
		return integerField{single{fact.Number}}
	case def.TypeDate:
		return dateField{single{fact.Date}}
	case def.TypeDateTime:
		return dateTimeField{single{fact.Time}}
	case def.TypeBoolean:
		return booleanField{single{fact.Bool}}
	case def.TypeSelect:
		return selectField{single{fact.Text}}
	case def.TypeMulti:
		return multiField{single{fact.List}}
	case def.TypeUrgency:
		return urgencyField{single{fact.Text}}
	}
	return ofRest(t)
}

func ofRest(t def.FieldType) Type {
	switch t {
	case def.TypePhone:
		return phoneField{single{fact.Text}}
	case def.TypeAddress:
		return addressField{}
	case def.TypeFile:
		return fileField{}
	case def.TypeReference:
		return referenceField{single{fact.Text}}
	case def.TypeLines:
		return linesField{single{fact.Rows}}
	case def.TypeSerial:
		return serialField{single{fact.Text}}
	case def.TypeComputed:
		return computedField{single{fact.None}}
	case def.TypeScan:
		return scanField{single{fact.Text}}
	case def.TypeUser:
		return userField{single{fact.Text}}
	case def.TypeTags:
		return tagsField{single{fact.List}}
	default:
		return nil
	}
}

// For returns the type of the values that a field holds: its own, or for a
// computed field that of its result. It is nil when the type is unknown.
func For(f *def.Field) Type {
	if f.Type == def.TypeComputed {
		return Of(f.Result)
	}
	return Of(f.Type)
}

// Nullable returns the schema with null allowed as well. The argument is changed.
func Nullable(schema map[string]any) map[string]any {
	if t, ok := schema["type"].(string); ok {
		schema["type"] = []any{t, "null"}
	}
	if e, ok := schema["enum"].([]any); ok {
		schema["enum"] = append(e[:len(e):len(e)], nil)
	}
	return schema
}

// Present returns the schema of a value that must be there: an empty text or
// an empty list does not satisfy it (an address without parts does, as far as
// the schema can say). The argument is changed.
func Present(schema map[string]any) map[string]any {
	least := func(key string) {
		if n, ok := schema[key].(int); !ok || n < 1 {
			schema[key] = 1
		}
	}
	switch schema["type"] {
	case "string":
		if schema["enum"] == nil {
			least("minLength")
		}
	case "array":
		least("minItems")
	}
	return schema
}

// single is what types with one slot share.
type single struct{ kind fact.Kind }

func (s single) Kind() fact.Kind { return s.kind }

func (single) Width() int { return 1 }

func (s single) Slots(f *def.Field) []fact.Slot {
	return []fact.Slot{{Path: f.ID, Kind: s.kind, Name: f.Name}}
}

func (single) Append(dst []byte, _ *def.Field, v []fact.Value) []byte { return Append(dst, &v[0]) }

func (single) SortKey(dst []byte, v *fact.Value) []byte { return SortKey(dst, v) }

func (single) GroupKey(v *fact.Value) string { return GroupKey(v) }

func (single) Check(*def.Field, []fact.Value) (string, string, map[string]any) { return "", "", nil }

// stringSchema is a string of the field's length and pattern, at most limit
// characters when the field does not say.
func stringSchema(f *def.Field, limit int) map[string]any {
	s := map[string]any{"type": "string", "maxLength": limit}
	if f.MaxLength > 0 {
		s["maxLength"] = f.MaxLength
	}
	if f.MinLength > 0 {
		s["minLength"] = f.MinLength
	}
	if f.Pattern != "" {
		s["pattern"] = Anchored(f.Pattern)
	}
	return s
}

// numberSchema is a number within the field's bounds, with at most scale
// digits after the point when scale is not negative.
func numberSchema(f *def.Field, scale int) map[string]any {
	s := map[string]any{"type": "number"}
	if f.Min != nil {
		s["minimum"] = jsonNumber(f.Min.Decimal)
	}
	if f.Max != nil {
		s["maximum"] = jsonNumber(f.Max.Decimal)
	}
	if f.Scale != nil {
		scale = *f.Scale
	}
	if scale >= 0 {
		s["multipleOf"] = step(scale)
	}
	return s
}

func optionIDs(f *def.Field) []string {
	ids := make([]string, len(f.Options))
	for i := range f.Options {
		ids[i] = f.Options[i].ID
	}
	return ids
}

func optionNames(f *def.Field) []fact.Label {
	names := make([]fact.Label, len(f.Options))
	for i := range f.Options {
		names[i] = f.Options[i].Name
	}
	return names
}

func enumOf(ids []string) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}
