package schemas

import (
	"encoding/json"
	"regexp"
	"sort"
	"strings"
)

// kinds is a set of the JSON types that a schema allows.
type kinds uint8

const (
	kindNull kinds = 1 << iota
	kindTrue
	kindFalse
	kindInteger // a number without decimal places, however it is written
	kindNumber  // any other number
	kindText
	kindList
	kindObject
	kindAny kinds = 1<<iota - 1
)

var kindNamed = map[string]kinds{
	"null": kindNull, "boolean": kindTrue | kindFalse, "integer": kindInteger, "number": kindNumber | kindInteger,
	"string": kindText, "array": kindList, "object": kindObject,
}

type formatKind uint8

const (
	formatNone formatKind = iota
	formatDate
	formatTime
)

// node is one schema made ready: everything a value of it must satisfy.
type node struct {
	kinds kinds
	slot  int // of x-slot, -1 without

	texts     *textSet // allowed strings; nil allows all
	minLength int
	maxLength int // -1 without
	pattern   *matcher
	format    formatKind

	bounds *bounds // of numbers; nil without

	items    *node
	minItems int
	maxItems int // -1 without
	unique   bool

	props  []prop
	index  propIndex
	must   []uint64 // bits of the required props
	closed bool     // other members are refused
	extra  *node    // of other members
	loose  bool     // repeated other members are not looked for: the guard has done it
	target string   // "$ref" not yet resolved
}

type prop struct {
	name string
	node *node
}

// bounds are the demands on a number.
type bounds struct {
	least, most         *decimalText
	leastOpen, mostOpen bool // the bound itself is not allowed
	stepped             bool
	step                int // a multiple of 10^step
}

// dialect2020 is the dialect whose keywords a builder knows.
const dialect2020 = "https://json-schema.org/draft/2020-12/schema"

// maxProps is how many properties of one object a bit set on the stack has room for.
const maxProps = 512

// builder turns a schema into nodes. With loose set it ignores every demand and
// keeps the structure, so that any schema can be built.
type builder struct {
	root   any
	loose  bool
	byRef  map[string]*node
	refs   []*node
	reason string // the first thing that one pass cannot check
}

// buildProgram returns nil and the reason when one pass cannot check the schema.
func buildProgram(root any, loose bool) (*node, string) {
	b := &builder{root: root, loose: loose, byRef: map[string]*node{}}
	if m, ok := root.(map[string]any); ok {
		if dialect, ok := m["$schema"]; ok && dialect != dialect2020 {
			b.cannot("another dialect")
		}
	}
	n := b.ref("#")
	if b.reason == "" {
		b.resolve()
	}
	if b.reason != "" {
		return nil, b.reason
	}
	return n, ""
}

func (b *builder) cannot(reason string) {
	if b.reason == "" && !b.loose {
		b.reason = reason
	}
}

// ref returns the node of a schema by its address within the document.
func (b *builder) ref(address string) *node {
	if n, ok := b.byRef[address]; ok {
		return n
	}
	n := &node{}
	b.byRef[address] = n
	r := reader{docs: map[string]any{"": b.root}}
	*n = *b.schema(r.schemaAt(address))
	b.note(n)
	return n
}

// resolve replaces each reference by what it refers to, keeping its own slot.
func (b *builder) resolve() {
	resolved := make([]node, len(b.refs))
	for i, n := range b.refs {
		slot, t := n.slot, n
		for steps := 0; t.target != ""; steps++ {
			if t = b.byRef[t.target]; t == nil || steps > len(b.byRef) {
				b.reason = "$ref in a circle"
				return
			}
			if slot < 0 {
				slot = t.slot
			}
		}
		resolved[i] = *t
		resolved[i].slot = slot
	}
	for i, n := range b.refs {
		*n = resolved[i]
	}
}

// anything returns a node that demands nothing, of its members and items neither.
func anything(loose bool) *node {
	free := &node{kinds: kindAny, slot: -1, maxLength: -1, maxItems: -1, loose: loose}
	free.items, free.extra = free, free
	n := *free
	return &n
}

func (b *builder) schema(v any) *node {
	n := anything(b.loose)
	m, ok := v.(map[string]any)
	if !ok {
		if v != true {
			b.cannot("the schema false")
		}
		return n
	}
	if slot, ok := m["x-slot"].(json.Number); ok {
		if i, err := slot.Int64(); err == nil && i >= 0 {
			n.slot = int(i)
		}
	}
	if target, ok := m["$ref"].(string); ok {
		b.reference(n, m, target)
		return n
	}
	b.object(n, m)
	if items, ok := m["items"]; ok {
		n.items = b.schema(items)
		b.note(n.items)
	}
	if !b.loose {
		for _, k := range sortedKeys(m) {
			b.keyword(n, k, m[k], m)
		}
		b.finish(n)
	}
	return n
}

// note remembers a reference that stands where it was built.
func (b *builder) note(n *node) {
	if n.target != "" {
		b.refs = append(b.refs, n)
	}
}

// reference handles "$ref"; beside it only annotations are allowed.
func (b *builder) reference(n *node, m map[string]any, target string) {
	if target != "#" && !strings.HasPrefix(target, "#/$defs/") {
		b.cannot("$ref to " + target)
		return
	}
	n.target = target
	b.ref(target)
	for k := range m {
		if k != "$ref" && !annotations[k] && !strings.HasPrefix(k, "x-") && k != "$defs" && k != "$schema" && k != "$id" {
			b.cannot(k + " beside $ref")
		}
	}
}

// annotations are the keywords that demand nothing.
var annotations = map[string]bool{
	"title": true, "description": true, "default": true, "examples": true, "deprecated": true,
	"readOnly": true, "writeOnly": true, "$comment": true, "enumDescriptions": true,
	"contentEncoding": true, "contentMediaType": true, "contentSchema": true,
}

func (b *builder) keyword(n *node, k string, v any, m map[string]any) {
	switch k {
	case "type":
		var named kinds
		for _, t := range asTypes(v) {
			name, _ := t.(string)
			named |= kindNamed[name]
		}
		n.kinds &= named
	case "const":
		b.choices(n, []any{v})
	case "enum":
		list, _ := v.([]any)
		b.choices(n, list)
	case "minLength":
		n.minLength = b.count(v)
	case "maxLength":
		n.maxLength = b.count(v)
	case "minItems":
		n.minItems = b.count(v)
	case "maxItems":
		n.maxItems = b.count(v)
	case "uniqueItems":
		n.unique = v == true
	case "pattern":
		b.pattern(n, v)
	case "format":
		b.format(n, v)
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
		b.bound(n, k, v)
	case "properties", "required", "additionalProperties", "items", "$defs": // read already
	case "$schema", "$id":
		if root, _ := b.root.(map[string]any); root["$id"] != m["$id"] || root["$schema"] != m["$schema"] {
			b.cannot(k + " within the schema")
		}
	default:
		if !annotations[k] && !strings.HasPrefix(k, "x-") {
			b.cannot(k)
		}
	}
}

// finish checks what several keywords say together.
func (b *builder) finish(n *node) {
	if n.unique && (n.items.target != "" || n.items.kinds != kindText) {
		b.cannot("uniqueItems of other things than texts")
	}
}

func (b *builder) count(v any) int {
	n, _ := v.(json.Number)
	f, err := n.Float64()
	if err != nil || f < 0 || f > 1<<31 || f != float64(int(f)) {
		b.cannot("a count that is no count")
		return 0
	}
	return int(f)
}

// choices handles const and enum. Numbers, lists and objects are left to the
// reference, which knows when two of them are equal.
func (b *builder) choices(n *node, list []any) {
	var allowed kinds
	var texts []string
	for _, c := range list {
		switch c := c.(type) {
		case nil:
			allowed |= kindNull
		case bool:
			if c {
				allowed |= kindTrue
			} else {
				allowed |= kindFalse
			}
		case string:
			allowed |= kindText
			texts = append(texts, c)
		default:
			b.cannot("choices other than texts, booleans and null")
		}
	}
	if n.texts != nil {
		b.cannot("enum beside const")
	}
	n.kinds &= allowed
	n.texts = newTextSet(texts)
}

func (b *builder) pattern(n *node, v any) {
	s, _ := v.(string)
	re, err := regexp.Compile(s)
	if err != nil {
		b.cannot("pattern")
		return
	}
	n.pattern = newMatcher(s, re)
}

func (b *builder) format(n *node, v any) {
	switch v {
	case "date":
		n.format = formatDate
	case "date-time":
		n.format = formatTime
	default:
		name, _ := v.(string)
		if _, asserted := formats[name]; asserted {
			b.cannot("format " + name)
		}
	}
}

func (b *builder) bound(n *node, k string, v any) {
	if n.bounds == nil {
		n.bounds = &bounds{}
	}
	number, _ := v.(json.Number)
	if k == "multipleOf" {
		step, ok := powerOfTen(string(number))
		if !ok {
			b.cannot("multipleOf other than a power of ten")
		}
		n.bounds.stepped, n.bounds.step = true, step
		return
	}
	d := &decimalText{}
	d.parse([]byte(number))
	switch k {
	case "minimum", "exclusiveMinimum":
		if n.bounds.least != nil {
			b.cannot("two lower bounds")
		}
		n.bounds.least, n.bounds.leastOpen = d, k != "minimum"
	default:
		if n.bounds.most != nil {
			b.cannot("two upper bounds")
		}
		n.bounds.most, n.bounds.mostOpen = d, k != "maximum"
	}
}

func (b *builder) object(n *node, m map[string]any) {
	props, _ := m["properties"].(map[string]any)
	for _, name := range sortedKeys(props) {
		p := b.schema(props[name])
		n.props = append(n.props, prop{name, p})
	}
	switch extra := m["additionalProperties"].(type) {
	case bool:
		n.closed = !extra && !b.loose
	case map[string]any:
		n.extra = b.schema(extra)
		b.note(n.extra)
	}
	required, _ := m["required"].([]any)
	if b.loose {
		required = nil
	}
	for _, r := range required {
		name, _ := r.(string)
		if _, ok := props[name]; !ok {
			if n.closed {
				b.cannot("required member that properties does not have")
			}
			n.props = append(n.props, prop{name, n.extra})
		}
	}
	if len(n.props) > maxProps && !b.loose {
		b.cannot("more than 512 properties")
		return
	}
	b.order(n)
	if len(required) == 0 {
		return
	}
	n.must = make([]uint64, (len(n.props)+63)/64)
	for _, r := range required {
		name, _ := r.(string)
		i := n.index.find(n.props, []byte(name))
		n.must[i>>6] |= 1 << (i & 63)
	}
}

// order puts the properties into the order of their slots, which is the order in
// which documents most often have them, and builds the index.
func (b *builder) order(n *node) {
	sort.SliceStable(n.props, func(i, j int) bool {
		x, y := n.props[i].node.order(), n.props[j].node.order()
		return x < y
	})
	for i := range n.props {
		if p := n.props[i].node; p != n.extra {
			b.note(p)
		}
	}
	n.index = newPropIndex(n.props)
}

// order is the slot, or the first slot inside.
func (n *node) order() int {
	if n.slot >= 0 {
		return n.slot
	}
	least := int(^uint(0) >> 1)
	for i := range n.props {
		least = min(least, n.props[i].node.order())
	}
	return least
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
