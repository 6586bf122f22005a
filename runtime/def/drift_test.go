package def_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/schemas"
)

// TestSchemasSayWhatTheTypesRead compares the members of every type with the
// properties of its schema, at every depth, in both directions.
func TestSchemasSayWhatTheTypesRead(t *testing.T) {
	t.Parallel()
	d := drift{t: t, done: map[reflect.Type]bool{}}
	for kind, v := range map[def.Kind]any{
		def.KindPack: def.Pack{}, def.KindRole: def.Role{}, def.KindForm: def.Form{}, def.KindChain: def.Chain{},
		def.KindRule: def.Rule{}, def.KindView: def.View{}, def.KindHook: def.Hook{}, def.KindScenario: def.Scenario{},
	} {
		name := "definition/" + string(kind)
		d.compare(reflect.TypeOf(v), []place{d.root(name)}, name)
	}
	require.Greater(t, len(d.done), 25)
}

// TestFieldTypesHaveSchemas compares the names of the family with the files.
func TestFieldTypesHaveSchemas(t *testing.T) {
	t.Parallel()
	types := []def.FieldType{
		def.TypeText, def.TypeLongText, def.TypeNumber, def.TypeMoney, def.TypeInteger, def.TypeDate, def.TypeDateTime,
		def.TypeBoolean, def.TypeSelect, def.TypeMulti, def.TypeUrgency, def.TypePhone, def.TypeAddress, def.TypeFile,
		def.TypeReference, def.TypeLines, def.TypeSerial, def.TypeComputed, def.TypeScan, def.TypeUser, def.TypeTags,
	}
	var want []string
	for _, f := range types {
		want = append(want, "field/"+string(f))
	}
	for _, v := range []def.ViewType{def.ViewBoard, def.ViewList} {
		want = append(want, "view/"+string(v))
	}
	sort.Strings(want)
	var got []string
	for _, name := range schemas.Names() {
		if !strings.HasPrefix(name, "definition/") {
			got = append(got, name)
		}
	}
	require.Equal(t, want, got)
}

// place is a schema and the document that its "#" refers to.
type place struct {
	doc, schema map[string]any
}

type drift struct {
	t    *testing.T
	done map[reflect.Type]bool
}

func (d *drift) root(name string) place {
	var doc map[string]any
	require.NoError(d.t, json.Unmarshal(schemas.Raw(name), &doc), name)
	return place{doc, doc}
}

// follow resolves a "$ref".
func (d *drift) follow(p place, ref string) place {
	address, fragment, _ := strings.Cut(ref, "#")
	if address != "" {
		p = d.root(strings.TrimPrefix(address, "sluice:"))
	}
	at := p.doc
	for _, token := range strings.Split(strings.TrimPrefix(fragment, "/"), "/") {
		if token != "" {
			at, _ = at[token].(map[string]any)
		}
	}
	require.NotNil(d.t, at, ref)
	return place{p.doc, at}
}

// parts are the schemas that apply to the same value.
func (d *drift) parts(p place) []place {
	out := []place{p}
	if ref, ok := p.schema["$ref"].(string); ok {
		out = append(out, d.parts(d.follow(p, ref))...)
	}
	for _, k := range []string{"then", "else"} {
		if s, ok := p.schema[k].(map[string]any); ok {
			out = append(out, d.parts(place{p.doc, s})...)
		}
	}
	all, _ := p.schema["allOf"].([]any)
	for _, s := range all {
		if m, ok := s.(map[string]any); ok {
			out = append(out, d.parts(place{p.doc, m})...)
		}
	}
	return out
}

// inner are the schemas below a keyword of any of the places.
func (d *drift) inner(places []place, keyword string) []place {
	var out []place
	for _, p := range places {
		if s, ok := p.schema[keyword].(map[string]any); ok {
			out = append(out, d.parts(place{p.doc, s})...)
		}
	}
	return out
}

func (d *drift) compare(typ reflect.Type, roots []place, where string) {
	var places []place
	for _, p := range roots {
		places = append(places, d.parts(p)...)
	}
	switch {
	case typ == reflect.TypeOf(json.RawMessage{}) || typ == reflect.TypeOf(time.Time{}) || typ == reflect.TypeOf(def.Num{}):
		return
	case typ.Kind() == reflect.Pointer:
		d.compare(typ.Elem(), places, where)
		return
	case typ.Kind() == reflect.Slice:
		d.compare(typ.Elem(), d.inner(places, "items"), where+"[]")
		return
	case typ.Kind() == reflect.Map:
		d.compare(typ.Elem(), d.inner(places, "additionalProperties"), where+"{}")
		return
	case typ.Kind() != reflect.Struct || d.done[typ]:
		return
	}
	d.done[typ] = true
	properties := map[string][]place{}
	for _, p := range places {
		props, _ := p.schema["properties"].(map[string]any)
		for name, s := range props {
			if m, ok := s.(map[string]any); ok {
				properties[name] = append(properties[name], place{p.doc, m})
			}
		}
	}
	members := map[string]reflect.Type{}
	collect(typ, members)
	require.Equal(d.t, sortedNames(members), sortedNames(properties), "%s: %s", where, typ)
	for name, m := range members {
		d.compare(m, properties[name], where+"."+name)
	}
}

// collect gathers the JSON members of a struct, embedded ones included.
func collect(typ reflect.Type, members map[string]reflect.Type) {
	for f := range typ.Fields() {
		if f.Anonymous {
			collect(f.Type, members)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		members[name] = f.Type
	}
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	slices.Sort(names)
	return names
}
