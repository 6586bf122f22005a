package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// addressField is a postal address with who receives there: seven texts, each
// a slot of its own (address.city), all optional.
type addressField struct{}

var addressParts = [...]struct {
	id   string
	most int
	name fact.Label
}{
	{"province", 50, fact.Label{Zh: "省", En: "province"}},
	{"city", 50, fact.Label{Zh: "市", En: "city"}},
	{"district", 50, fact.Label{Zh: "区", En: "district"}},
	{"street", 200, fact.Label{Zh: "详细地址", En: "street"}},
	{"postcode", 20, fact.Label{Zh: "邮编", En: "postcode"}},
	{"name", 100, fact.Label{Zh: "姓名", En: "name"}},
	{"phone", 2 * maxPhone, fact.Label{Zh: "电话", En: "phone"}},
}

const addressPhone = len(addressParts) - 1

// Kind is that of each part; there is no slot for the whole.
func (addressField) Kind() fact.Kind { return fact.Text }

func (addressField) Width() int { return len(addressParts) }

func (addressField) Schema(*def.Field) map[string]any {
	props := map[string]any{}
	for _, p := range addressParts {
		props[p.id] = Nullable(map[string]any{"type": "string", "maxLength": p.most})
	}
	return map[string]any{"type": "object", "properties": props, "additionalProperties": false}
}

func (addressField) Slots(f *def.Field) []fact.Slot {
	slots := make([]fact.Slot, len(addressParts))
	for i, p := range addressParts {
		slots[i] = fact.Slot{Path: f.ID + "." + p.id, Kind: fact.Text, Name: fact.Label{
			Zh: f.Name.In("zh") + p.name.Zh,
			En: f.Name.In("en") + " " + p.name.En,
		}}
	}
	return slots
}

func (addressField) Append(dst []byte, _ *def.Field, v []fact.Value) []byte {
	dst = append(dst, '{')
	comma := false
	for i := range addressParts {
		if v[i].Empty() {
			continue
		}
		if comma {
			dst = append(dst, ',')
		}
		comma = true
		dst = append(AppendText(dst, addressParts[i].id), ':')
		dst = AppendText(dst, v[i].Text())
	}
	return append(dst, '}')
}

func (addressField) SortKey(dst []byte, v *fact.Value) []byte { return SortKey(dst, v) }

func (addressField) GroupKey(v *fact.Value) string { return GroupKey(v) }

func (addressField) Check(_ *def.Field, v []fact.Value) (string, string, map[string]any) {
	if p := &v[addressPhone]; !p.Empty() && !validPhone(p.Text()) {
		return "/phone", "invalid_phone", nil
	}
	return "", "", nil
}
