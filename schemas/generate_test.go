package schemas

import (
	"fmt"
	"strconv"
	"strings"
)

// dice turns the bytes of a fuzz input into choices, so that the fuzzer can
// change one choice at a time.
type dice struct {
	rolls   []byte
	slots   int
	without bool // no slots: the schema is used at several places
}

// n returns a number below k.
func (d *dice) n(k int) int {
	if len(d.rolls) == 0 {
		return 0
	}
	r := int(d.rolls[0])
	d.rolls = d.rolls[1:]
	return r % k
}

func pick[T any](d *dice, from ...T) T { return from[d.n(len(from))] }

var (
	someTexts    = []string{`""`, `"a"`, `"abc"`, `"SO12"`, `"A-1"`, `"汽车"`, `"😀"`, `"\u0061"`, `"\ud83d\ude00"`, `"2024-02-29"`, `"2023-02-29"`, `"2026-01-31T08:00:00Z"`, `"2026-01-31T08:00:60Z"`, `"a\nb"`, `"\\\""`, `"\ud800"`, `"\x"`, "\"\xff\"", "\"a\tb\"", `"abcdefghij"`, `"12"`}
	someNumbers  = []string{"0", "1", "-1", "2", "10", "-0", "0.5", "1.0", "1.05", "1.005", "1e1", "15e-1", "100e-2", "9.99", "1e308", "1e309", "12345678901234567890", "01", "1.", "-", "0.10", "1E+2", "-1.5", "3"}
	somePatterns = []string{`^SO[0-9]{2}$`, `^[a-c]+$`, `a`, `^[A-Z]-?[0-9]*$`, `^(abc|汽车)$`, `^.{1,2}$`, `^[\\x{4e00}-\\x{9fa5}]+$`, `^[^a]*$`, `^a*b*$`, `^a*ab?$`}
	someNames    = []string{"a", "b", "c", "ab", "属", `a\"`, "a/b"}
	someBlanks   = []string{"", "", "", "", " ", "\n\t ", "\r", "\f"}
)

// schema writes a schema of nested depth, mostly of what one pass knows.
func (d *dice) schema(depth int) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if d.n(3) > 0 && !d.without {
		d.slots++
		add(`"x-slot":%d`, d.slots)
	}
	kind := d.n(9)
	if depth <= 0 && kind >= 5 {
		kind = d.n(5)
	}
	switch kind {
	case 0:
		add(`"type":%s`, pick(d, `"string"`, `["string","null"]`, `["boolean","string"]`))
		if d.n(2) == 0 {
			add(`"minLength":%d`, d.n(4))
		}
		if d.n(2) == 0 {
			add(`"maxLength":%d`, d.n(6))
		}
		if d.n(3) == 0 {
			add(`"pattern":"%s"`, pick(d, somePatterns...))
		}
		if d.n(4) == 0 {
			add(`"format":"%s"`, pick(d, "date", "date-time", "email", "duration"))
		}
	case 1:
		add(`"type":%s`, pick(d, `"number"`, `"integer"`, `["integer","null"]`))
		d.bounds(add)
	case 2:
		add(`"enum":[%s]`, strings.Join([]string{pick(d, `"a"`, `null`, `true`), pick(d, `"abc"`, `"汽车"`, `"SO12"`), pick(d, `""`, `false`, `1`)}, ","))
	case 3:
		add(`"const":%s`, pick(d, `"a"`, `null`, `true`, `1`, `"\u0061bc"`))
	case 4:
		add(`"type":%s`, pick(d, `"boolean"`, `"null"`, `["boolean","null"]`, `["object","array"]`))
	case 5, 6:
		d.objectSchema(depth, add)
	case 7:
		d.listSchema(depth, add)
	case 8:
		add(`"$ref":"%s"`, pick(d, "#/$defs/x", "#/$defs/y"))
	}
	if d.n(30) == 0 {
		add(`"not":{"const":"a"}`)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (d *dice) bounds(add func(string, ...any)) {
	if d.n(2) == 0 {
		add(`"%s":%s`, pick(d, "minimum", "exclusiveMinimum"), pick(d, "0", "1", "-1.5", "0.5", "1e1"))
	}
	if d.n(2) == 0 {
		add(`"%s":%s`, pick(d, "maximum", "exclusiveMaximum"), pick(d, "10", "2", "1.05", "1e300"))
	}
	if d.n(3) == 0 {
		add(`"multipleOf":%s`, pick(d, "0.01", "1", "10", "0.1", "0.5"))
	}
}

func (d *dice) objectSchema(depth int, add func(string, ...any)) {
	if d.n(2) == 0 {
		add(`"type":"object"`)
	}
	var props []string
	for i := range 1 + d.n(4) {
		props = append(props, fmt.Sprintf(`"%s":%s`, someNames[i], d.schema(depth-1)))
	}
	add(`"properties":{%s}`, strings.Join(props, ","))
	if d.n(2) == 0 {
		add(`"required":["%s"]`, pick(d, "a", "b", "ab"))
	}
	switch d.n(4) {
	case 0, 1:
		add(`"additionalProperties":false`)
	case 2:
		add(`"additionalProperties":%s`, d.schema(0))
	}
}

func (d *dice) listSchema(depth int, add func(string, ...any)) {
	if d.n(2) == 0 {
		add(`"type":"array"`)
	}
	if d.n(3) == 0 {
		add(`"items":{"type":"string"},"uniqueItems":true`)
	} else {
		add(`"items":%s`, d.schema(depth-1))
	}
	if d.n(2) == 0 {
		add(`"minItems":%d`, d.n(3))
	}
	if d.n(2) == 0 {
		add(`"maxItems":%d`, d.n(4))
	}
}

// wholeSchema adds the definitions that "$ref" points to.
func (d *dice) wholeSchema() string {
	s := d.schema(3)
	d.without = true
	x, y := d.schema(1), d.schema(0)
	if strings.Contains(x, "$ref") || strings.Contains(y, "$ref") {
		x, y = `{"type":"integer"}`, `{}`
	}
	defs := fmt.Sprintf(`"$defs":{"x":%s,"y":%s}`, x, y)
	if s == "{}" {
		return "{" + defs + "}"
	}
	return s[:len(s)-1] + "," + defs + "}"
}

// doc writes a document that mostly follows the schema.
func (d *dice) doc(root, schema any, depth int) string {
	return pick(d, someBlanks...) + d.value(root, schema, depth) + pick(d, someBlanks...)
}

func (d *dice) value(root, schema any, depth int) string {
	m, _ := deref(root, schema)
	props, isObject := m["properties"].(map[string]any)
	_, isList := m["items"]
	stray := d.n(12) == 0
	switch {
	case depth <= 0:
		return pick(d, "1", `"a"`, "null")
	case isObject != stray && (isObject || d.n(2) == 0):
		return d.members(root, m, props, depth)
	case isList != stray && (isList || d.n(2) == 0):
		var items []string
		for range d.n(4) {
			items = append(items, d.doc(root, m["items"], depth-1))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	if c, ok := m["const"]; ok && d.n(2) == 0 {
		return string(appendCanonical(nil, c))
	}
	if list, ok := m["enum"].([]any); ok && len(list) > 0 && d.n(4) > 0 {
		return string(appendCanonical(nil, list[d.n(len(list))]))
	}
	named := fmt.Sprint(m["type"])
	switch {
	case strings.Contains(named, "string") && !stray:
		return pick(d, someTexts...)
	case (strings.Contains(named, "number") || strings.Contains(named, "integer")) && !stray:
		return pick(d, someNumbers...)
	}
	return pick(d, "true", "false", "null", `"a"`, "1", "{}", "[]", "tru", pick(d, someNumbers...), pick(d, someTexts...))
}

func (d *dice) members(root any, m, props map[string]any, depth int) string {
	var parts []string
	for _, name := range sortedKeys(props) {
		if d.n(5) == 0 {
			continue
		}
		key := string(appendText(nil, name))
		if d.n(6) == 0 && name[0] < 0x80 {
			key = fmt.Sprintf(`"\u%04x`, name[0]) + string(appendText(nil, name[1:]))[1:]
		}
		parts = append(parts, pick(d, someBlanks...)+key+pick(d, someBlanks...)+":"+d.doc(root, props[name], depth-1))
	}
	for range d.n(3) / 2 {
		parts = append(parts, `"`+pick(d, "z", "a", "y", strconv.Itoa(d.n(9)))+`":`+d.doc(root, m["additionalProperties"], depth-1))
	}
	if len(parts) > 1 && d.n(2) == 0 {
		parts[0], parts[len(parts)-1] = parts[len(parts)-1], parts[0]
	}
	return "{" + strings.Join(parts, ",") + "}"
}
