package schemas

import (
	"encoding/json"
	"net/url"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// reader turns the error tree of jsonschema into problems: one for each fault,
// at the place of the fault, with the limits read from the schema. The texts of
// jsonschema are not used.
type reader struct {
	docs     map[string]any
	doc      any
	problems []Problem
}

func (r *reader) add(path, code string, params map[string]any) {
	r.problems = append(r.problems, Problem{Path: path, Code: code, Params: params})
}

// read collects the leaves of the tree. Of alternatives it reads the one that
// the author most likely meant.
func (r *reader) read(e *jsonschema.ValidationError) {
	kw := lastToken(e.AbsoluteKeywordLocation)
	if kw == "oneOf" || kw == "anyOf" {
		r.alternatives(e)
		return
	}
	if len(e.Causes) > 0 && kw != "minContains" {
		for _, c := range e.Causes {
			r.read(c)
		}
		return
	}
	r.leaf(e, kw)
}

// alternatives reads a failed oneOf or anyOf. Alternatives that only say which
// member is there become need_one; else the alternative of the right type with
// the fewest problems is read, and when none has the right type, all types are named.
func (r *reader) alternatives(e *jsonschema.ValidationError) {
	path := instancePath(e)
	branches, _ := r.schemaAt(e.AbsoluteKeywordLocation).([]any)
	if names := soleMembers(branches); names != nil {
		r.add(path, "need_one", map[string]any{"names": names})
		return
	}
	var best []Problem
	var types []any
	for _, c := range e.Causes {
		branch := reader{docs: r.docs, doc: r.doc}
		branch.read(c)
		p := branch.problems
		if len(p) == 1 && p[0].Code == "wrong_type" && p[0].Path == path {
			types = append(types, asList(p[0].Params["want"])...)
			continue
		}
		if best == nil || len(p) < len(best) {
			best = p
		}
	}
	switch {
	case best != nil:
		r.problems = append(r.problems, best...)
	case types != nil:
		r.add(path, "wrong_type", wanted(types))
	default: // several alternatives hold where one should
		r.add(path, "not_allowed", nil)
	}
}

// soleMembers returns the names when every alternative is {"required": [name]}.
func soleMembers(branches []any) []string {
	var names []string
	for _, b := range branches {
		m, _ := b.(map[string]any)
		required, _ := m["required"].([]any)
		if len(m) != 1 || len(required) != 1 {
			return nil
		}
		name, _ := required[0].(string)
		names = append(names, name)
	}
	return names
}

func asList(v any) []any {
	switch v := v.(type) {
	case []string:
		out := make([]any, len(v))
		for i := range v {
			out[i] = v[i]
		}
		return out
	case nil:
		return nil
	default:
		return []any{v}
	}
}

// wanted is the parameter of wrong_type; null is not named beside other types.
func wanted(types []any) map[string]any {
	var names []string
	for _, t := range types {
		if s, ok := t.(string); ok && (s != "null" || len(types) == 1) {
			names = append(names, s)
		}
	}
	if len(names) == 1 {
		return map[string]any{"want": names[0]}
	}
	return map[string]any{"want": names}
}

// limits are the keywords whose problem has the keyword's value as its parameter.
var limits = map[string]struct{ code, param string }{
	"minLength":        {"too_short", "min"},
	"maxLength":        {"too_long", "max"},
	"minimum":          {"too_small", "min"},
	"maximum":          {"too_large", "max"},
	"exclusiveMinimum": {"not_above", "limit"},
	"exclusiveMaximum": {"not_below", "limit"},
	"minItems":         {"too_few_items", "min"},
	"maxItems":         {"too_many_items", "max"},
	"minProperties":    {"too_few_items", "min"},
	"maxProperties":    {"too_many_items", "max"},
	"minContains":      {"too_few_items", "min"},
	"maxContains":      {"too_many_items", "max"},
}

func (r *reader) leaf(e *jsonschema.ValidationError, kw string) {
	path := instancePath(e)
	value := r.schemaAt(e.AbsoluteKeywordLocation)
	if e.Message == "not allowed" { // the schema false
		r.add(path, "unknown_field", map[string]any{"name": nameOf(path)})
		return
	}
	if l, ok := limits[kw]; ok {
		if plainValue(value) == 1 && (kw == "minLength" || kw == "minProperties") {
			r.add(path, "required", nil) // an empty text, or a label in no language
			return
		}
		r.add(path, l.code, map[string]any{l.param: plainValue(value)})
		return
	}
	switch kw {
	case "type":
		r.add(path, "wrong_type", wanted(asTypes(value)))
	case "required":
		r.required(path, value)
	case "additionalProperties", "unevaluatedProperties":
		r.unknown(path, e.AbsoluteKeywordLocation)
	case "enum":
		r.add(path, "not_option", map[string]any{"options": options(value)})
	case "const":
		r.constant(path, value)
	case "uniqueItems":
		r.repeated(path)
	case "multipleOf":
		r.add(path, stepCode(value), stepParams(value))
	case "pattern", "format":
		r.text(path, e, kw, value)
	default:
		if tokens := strings.Split(e.AbsoluteKeywordLocation, "/"); len(tokens) > 2 && tokens[len(tokens)-3] == "dependentRequired" {
			r.add(path+Pointer(plainValue(value)), "required", nil)
			return
		}
		r.add(path, "not_allowed", nil)
	}
}

func (r *reader) required(path string, names any) {
	members, _ := r.instanceAt(path).(map[string]any)
	list, _ := names.([]any)
	for _, n := range list {
		name, _ := n.(string)
		if _, ok := members[name]; !ok {
			r.add(path+Pointer(name), "required", nil)
		}
	}
}

// unknown names the members that the schema does not know.
func (r *reader) unknown(path, location string) {
	object, _ := r.schemaAt(location[:strings.LastIndexByte(location, '/')]).(map[string]any)
	known, _ := object["properties"].(map[string]any)
	patterns, _ := object["patternProperties"].(map[string]any)
	members, _ := r.instanceAt(path).(map[string]any)
	for name := range members {
		if _, ok := known[name]; !ok && !matchesAny(patterns, name) {
			r.add(path+Pointer(name), "unknown_field", map[string]any{"name": name})
		}
	}
}

func matchesAny(patterns map[string]any, name string) bool {
	for p := range patterns {
		if re, err := regexp.Compile(p); err == nil && re.MatchString(name) {
			return true
		}
	}
	return false
}

func (r *reader) constant(path string, want any) {
	if path == "/formatVersion" {
		r.add(path, "format_version", map[string]any{"got": plainValue(r.instanceAt(path)), "want": plainValue(want)})
		return
	}
	r.add(path, "not_option", map[string]any{"options": options([]any{want})})
}

// repeated is reported at the first item that was there before.
func (r *reader) repeated(path string) {
	items, _ := r.instanceAt(path).([]any)
	for i := range items {
		for j := range i {
			if reflect.DeepEqual(items[i], items[j]) {
				r.add(path+Pointer(i), "not_unique", nil)
				return
			}
		}
	}
	r.add(path, "not_unique", nil) // equal numbers written differently
}

// text reports a pattern or format. A schema may name its own code beside them, as "x-code".
func (r *reader) text(path string, e *jsonschema.ValidationError, kw string, want any) {
	got, isText := r.instanceAt(path).(string)
	if strings.Contains(e.KeywordLocation, "/propertyNames") {
		if got = nameOf(path); !isText {
			isText = true
		}
	}
	location := e.AbsoluteKeywordLocation
	beside, _ := r.schemaAt(location[:strings.LastIndexByte(location, '/')]).(map[string]any)
	if code, ok := beside["x-code"].(string); ok && isText {
		r.add(path, code, map[string]any{"value": got})
		return
	}
	if kw == "pattern" {
		r.add(path, "pattern", map[string]any{"pattern": want})
		return
	}
	switch want {
	case "date":
		r.add(path, "invalid_date", nil)
	case "date-time":
		r.add(path, "invalid_time", nil)
	case "duration":
		r.add(path, "invalid_duration", nil)
	case "json-pointer":
		r.add(path, "invalid_pointer", nil)
	default:
		reason := ""
		if _, err := Pattern(got); err != nil {
			reason = err.Error()
		}
		r.add(path, "invalid_pattern", map[string]any{"reason": reason})
	}
}

// sorted returns the problems in the order of their paths, each once.
func (r *reader) sorted() []Problem {
	p := r.problems
	sortProblems(p)
	out := p[:0]
	for i := range p {
		if i > 0 && reflect.DeepEqual(p[i], p[i-1]) {
			continue
		}
		out = append(out, p[i])
	}
	return out
}

func sortProblems(p []Problem) {
	sort.SliceStable(p, func(i, j int) bool {
		if c := comparePaths(p[i].Path, p[j].Path); c != 0 {
			return c < 0
		}
		return p[i].Code < p[j].Code
	})
}

// comparePaths orders item 2 before item 10.
func comparePaths(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	for i := range min(len(x), len(y)) {
		if x[i] == y[i] {
			continue
		}
		m, err1 := strconv.Atoi(x[i])
		n, err2 := strconv.Atoi(y[i])
		if err1 == nil && err2 == nil && m != n {
			return m - n
		}
		return strings.Compare(x[i], y[i])
	}
	return len(x) - len(y)
}

// instancePath returns the place as a JSON pointer; jsonschema writes it as part of an address.
func instancePath(e *jsonschema.ValidationError) string {
	if p, err := url.PathUnescape(e.InstanceLocation); err == nil {
		return p
	}
	return e.InstanceLocation
}

func (r *reader) instanceAt(path string) any { return walk(r.doc, path) }

// schemaAt returns the part of a schema at an absolute location ("sluice:field/text#/properties/id").
func (r *reader) schemaAt(location string) any {
	address, fragment, _ := strings.Cut(location, "#")
	doc, ok := r.docs[address]
	if !ok {
		return nil
	}
	if p, err := url.PathUnescape(fragment); err == nil {
		fragment = p
	}
	return walk(doc, fragment)
}

var pointerUnescape = strings.NewReplacer("~1", "/", "~0", "~")

// walk follows a JSON pointer; nil when there is nothing.
func walk(v any, path string) any {
	if path == "" {
		return v
	}
	for _, token := range strings.Split(path[1:], "/") {
		switch t := v.(type) {
		case map[string]any:
			v = t[pointerUnescape.Replace(token)]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(t) {
				return nil
			}
			v = t[i]
		default:
			return nil
		}
	}
	return v
}

func lastToken(location string) string { return location[strings.LastIndexByte(location, '/')+1:] }

func nameOf(path string) string { return pointerUnescape.Replace(lastToken(path)) }

func asTypes(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

// plainValue turns a number of a schema or document into one that marshals as a number.
func plainValue(v any) any {
	n, ok := v.(json.Number)
	if !ok {
		return v
	}
	if i, err := n.Int64(); err == nil {
		return int(i)
	}
	f, _ := n.Float64()
	return f
}

// options lists the allowed values for a sentence, the first fifty of them.
func options(v any) []string {
	list, _ := v.([]any)
	var out []string
	for i, o := range list {
		if i == 50 {
			return append(out, "…")
		}
		if s, ok := o.(string); ok {
			out = append(out, s)
			continue
		}
		b, _ := json.Marshal(o)
		out = append(out, string(b))
	}
	return out
}

// stepCode is not_multiple when the step is a decimal place, else not_step.
func stepCode(v any) string {
	if n, ok := v.(json.Number); ok {
		if k, ok := powerOfTen(string(n)); ok && k <= 0 {
			return "not_multiple"
		}
	}
	return "not_step"
}

func stepParams(v any) map[string]any {
	if n, ok := v.(json.Number); ok {
		if k, ok := powerOfTen(string(n)); ok && k <= 0 {
			return map[string]any{"scale": -k}
		}
	}
	return map[string]any{"step": plainValue(v)}
}
