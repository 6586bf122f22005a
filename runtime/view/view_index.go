package view

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"sluice/runtime/def"
)

// indexVersion changes when sort keys or groups are made in another way, so
// that old entries are not mixed with new ones.
const indexVersion = 1

// identity names the index of a view: "v/<form>/" and 16 hexadecimal digits of
// the SHA-256 of what decides its entries. Besides the definition these are the
// kinds of the values read and the order of options, because a form that
// changes them changes the entries.
func identity(c *compiler) string {
	d := c.def
	what := map[string]any{
		"version": indexVersion,
		"groupBy": d.GroupBy,
		"sort":    c.slotIdentity(c.view.order.slot),
		"desc":    c.view.order.desc,
	}
	if d.Filter != nil {
		what["filter"] = canonical(d.Filter)
		kinds := map[string]string{}
		if c.view.filter != nil {
			for _, path := range c.view.filter.Reads() {
				if slot := slotAt(c.shape, path); slot != nil {
					kinds[path] = slot.Kind.String()
				}
			}
		}
		what["kinds"] = kinds
	}
	text, err := json.Marshal(what) // maps are written with sorted names
	if err != nil {
		text = []byte(d.ID)
	}
	sum := sha256.Sum256(text)
	return "v/" + d.Form + "/" + hex.EncodeToString(sum[:8])
}

func (c *compiler) slotIdentity(slot int) any {
	if slot < 0 || slot >= len(c.shape.Slots) {
		return nil
	}
	s := &c.shape.Slots[slot]
	return []any{s.Path, s.Kind.String(), s.Enum}
}

// canonical returns a condition without what means nothing: the ids of its
// nodes, blanks and the order of members. What is no JSON stays as it is.
func canonical(cond *def.Condition) any {
	text, err := json.Marshal(cond)
	if err != nil {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var tree any
	if dec.Decode(&tree) != nil {
		return string(text)
	}
	dropIDs(tree)
	return tree
}

func dropIDs(node any) {
	group, ok := node.(map[string]any)
	if !ok {
		return
	}
	delete(group, "id")
	if rules, ok := group["rules"].([]any); ok {
		for _, r := range rules {
			dropIDs(r)
		}
	}
	if _, lines := group["match"]; lines {
		dropIDs(group["value"])
	}
}
