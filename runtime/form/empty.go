package form

import (
	"bytes"
	"encoding/json"

	"sluice/runtime/def"
)

// withoutEmpty returns the document without members whose value is null, "",
// [] or {}: they count as absent, but the schema of a date, say, does not allow
// "". In a patch such members of the record become null, which removes the
// stored value. changed is false when there was none.
func (f *Form) withoutEmpty(doc []byte, patch bool) (out []byte, changed bool) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, false
	}
	object, ok := v.(map[string]any)
	if !ok || !stripObject(object, f.fields, patch) {
		return nil, false
	}
	return encode(object), true
}

func stripObject(object map[string]any, nodes []node, patch bool) (changed bool) {
	for id, v := range object {
		n := find(nodes, id)
		if n == nil {
			continue
		}
		if isEmpty(v) && !(patch && n.def.Type == def.TypeAddress && v != nil) {
			changed = drop(object, id, v, patch) || changed
			continue
		}
		switch v := v.(type) {
		case []any:
			if n.columns == nil {
				continue
			}
			for _, line := range v {
				if row, ok := line.(map[string]any); ok {
					changed = stripObject(row, n.columns, false) || changed
				}
			}
		case map[string]any:
			for part, text := range v {
				if isEmpty(text) {
					changed = drop(v, part, text, patch) || changed
				}
			}
		}
	}
	return changed
}

func drop(object map[string]any, id string, v any, patch bool) (changed bool) {
	if !patch {
		delete(object, id)
		return true
	}
	object[id] = nil
	return v != nil
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	default:
		return false
	}
}

// members calls visit for each member of an object that is known to be valid
// JSON, with its name unescaped and its value as written.
func members(doc []byte, visit func(name string, value []byte)) {
	i := skipSpace(doc, 0) + 1 // the opening brace
	for {
		i = skipSpace(doc, i)
		if i >= len(doc) || doc[i] == '}' {
			return
		}
		if doc[i] == ',' {
			i++
			continue
		}
		end := skipValue(doc, i)
		var name string
		if json.Unmarshal(doc[i:end], &name) != nil {
			return
		}
		i = skipSpace(doc, skipSpace(doc, end)+1) // the colon
		end = skipValue(doc, i)
		visit(name, doc[i:end])
		i = end
	}
}

// items returns the items, as written, of a list that is known to be valid JSON.
func items(list []byte) [][]byte {
	var out [][]byte
	for i := skipSpace(list, 1); i < len(list) && list[i] != ']'; {
		end := skipValue(list, i)
		out = append(out, list[i:end])
		if i = skipSpace(list, end); i < len(list) && list[i] == ',' {
			i = skipSpace(list, i+1)
		}
	}
	return out
}

func skipSpace(doc []byte, i int) int {
	for i < len(doc) && (doc[i] == ' ' || doc[i] == '\n' || doc[i] == '\r' || doc[i] == '\t') {
		i++
	}
	return i
}

// skipValue returns the place after the value at i.
func skipValue(doc []byte, i int) int {
	depth := 0
	for ; i < len(doc); i++ {
		switch c := doc[i]; c {
		case '"':
			for i++; i < len(doc) && doc[i] != '"'; i++ {
				if doc[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return i + depth + 1 // a bracket of the object around ends a plain value before it
			}
		case ',', ' ', '\n', '\r', '\t', ':':
			if depth == 0 {
				return i
			}
		}
	}
	return i
}
