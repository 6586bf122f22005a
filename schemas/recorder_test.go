package schemas

import (
	"encoding/json"
	"strings"
)

// recorder is a sink that keeps values by slot; the rows of a list are maps of their own.
type recorder struct {
	stack  []map[int]any
	resets int
}

func newRecorder() *recorder { return &recorder{stack: []map[int]any{{}}} }

func (r *recorder) top() map[int]any { return r.stack[0] }

func (r *recorder) set(slot int, v any)         { r.stack[len(r.stack)-1][slot] = v }
func (r *recorder) Text(slot int, raw []byte)   { r.set(slot, string(raw)) }
func (r *recorder) Number(slot int, raw []byte) { r.set(slot, json.Number(raw)) }
func (r *recorder) Bool(slot int, v bool)       { r.set(slot, v) }
func (r *recorder) Null(slot int)               { r.set(slot, nil) }
func (r *recorder) Item(slot int, raw []byte)   { r.add(slot, string(raw)) }
func (r *recorder) Enter(int)                   { r.stack = append(r.stack, map[int]any{}) }
func (r *recorder) Reset()                      { r.stack, r.resets = []map[int]any{{}}, r.resets+1 }
func (r *recorder) add(slot int, v any) {
	r.set(slot, append(listOf(r.stack[len(r.stack)-1][slot]), v))
}
func listOf(v any) []any { list, _ := v.([]any); return list }
func (r *recorder) Leave(slot int) {
	row := r.stack[len(r.stack)-1]
	r.stack = r.stack[:len(r.stack)-1]
	r.add(slot, row)
}

// slotsOf says from the decoded document what a recorder must have received.
func slotsOf(root, schema, v any) map[int]any {
	got := map[int]any{}
	gather(root, schema, v, got)
	return got
}

// deref follows "$ref" and returns the schema with its slot, -1 without.
func deref(root, schema any) (map[string]any, int) {
	slot := -1
	for range 20 {
		m, _ := schema.(map[string]any)
		if n, ok := m["x-slot"].(json.Number); ok && slot < 0 {
			i, _ := n.Int64()
			slot = int(i)
		}
		target, ok := m["$ref"].(string)
		if !ok {
			return m, slot
		}
		schema = walk(root, strings.TrimPrefix(target, "#"))
	}
	return nil, slot
}

func gather(root, schema, v any, into map[int]any) {
	m, slot := deref(root, schema)
	switch v := v.(type) {
	case map[string]any:
		props, _ := m["properties"].(map[string]any)
		for k, item := range v {
			sub, ok := props[k]
			if !ok {
				sub = m["additionalProperties"]
			}
			gather(root, sub, item, into)
		}
	case []any:
		for _, item := range v {
			text, isText := item.(string)
			_, isObject := item.(map[string]any)
			switch {
			case isText && slot >= 0:
				into[slot] = append(listOf(into[slot]), text)
			case isObject && slot >= 0:
				into[slot] = append(listOf(into[slot]), slotsOf(root, m["items"], item))
			case !isText:
				gather(root, m["items"], item, into)
			}
		}
	default:
		if slot >= 0 {
			into[slot] = v
		}
	}
}
