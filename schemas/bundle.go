package schemas

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Bundle returns a schema with everything it refers to inside it, for editors
// that know no other address: each schema becomes a member of "$defs" under its
// name, and references become pointers into the document. It returns nil when
// there is no schema of the name.
func Bundle(name string) []byte {
	docs := registered().docs
	root, ok := docs[scheme+name].(map[string]any)
	if !ok {
		return nil
	}
	b := bundler{docs: docs, root: name, defs: map[string]any{}}
	out, _ := b.rewrite(root, name).(map[string]any)
	own, _ := out["$defs"].(map[string]any)
	for k, v := range own {
		b.defs[k] = v
	}
	if len(b.defs) > 0 {
		out["$defs"] = b.defs
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return nil // maps, texts, numbers and booleans: cannot fail
	}
	return text.Bytes()
}

type bundler struct {
	docs map[string]any
	root string
	defs map[string]any
}

// rewrite copies a schema of the document from, pulling in what it refers to.
func (b *bundler) rewrite(v any, from string) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = b.rewrite(v[i], from)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, item := range v {
			if target, ok := item.(string); ok && k == "$ref" {
				out[k] = b.refer(target, from)
				continue
			}
			out[k] = b.rewrite(item, from)
		}
		if from != b.root {
			delete(out, "$id") // it would make "#" mean this part
			delete(out, "$schema")
		}
		return out
	default:
		return v
	}
}

// refer returns the address that a reference has within the bundle.
func (b *bundler) refer(target, from string) string {
	address, fragment, _ := strings.Cut(target, "#")
	name := strings.TrimPrefix(address, scheme)
	if address == "" {
		name = from
	}
	if name == b.root {
		return "#" + fragment
	}
	if _, done := b.defs[name]; !done {
		b.defs[name] = true // a place is kept while it is being copied: schemas refer to themselves
		b.defs[name] = b.rewrite(b.docs[scheme+name], name)
	}
	return "#/$defs" + Pointer(name) + fragment
}
