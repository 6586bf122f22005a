package form

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/schemas"
)

// schemas makes the checkers of submissions, of patches and of stored data.
func (c *compiler) schemas() {
	f := c.form
	published := c.schemaOf(c.defs)
	f.Schema = encode(published)
	annotate(published, f.fields)
	f.submit = c.checker(published, inputLimits)
	patch := c.schemaOf(optional(c.defs))
	annotate(patch, f.fields)
	f.patch = c.checker(patch, inputLimits)
	f.stored = c.checker(storedSchema(f.fields), storedLimits)
}

// schemaOf is the schema of the data with its heading.
func (c *compiler) schemaOf(fields []def.Field) map[string]any {
	s := field.ObjectSchema(fields)
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = c.form.Def.Name.In("zh")
	return s
}

// optional copies the fields with none required; columns stay as they are,
// since a patch replaces line items whole.
func optional(fields []def.Field) []def.Field {
	out := slices.Clone(fields)
	for i := range out {
		out[i].Required = false
	}
	return out
}

// inputLimits leave room for the most lines a definition may allow (field.CapRows)
// with twelve columns; stored data, which has computed columns besides, is never
// refused for its size.
var (
	inputLimits  = schemas.Limits{Keys: 12 * field.CapRows}
	storedLimits = schemas.Limits{Bytes: 1 << 28, Keys: 1 << 24, String: 1 << 24}
)

func (c *compiler) checker(schema map[string]any, limits schemas.Limits) *schemas.Checker {
	checker, err := schemas.CompileWithin(encode(schema), limits)
	if err != nil {
		c.complain("", "internal", map[string]any{"id": err.Error()})
	}
	return checker
}

// encode writes a schema without escaping what only HTML minds.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil // maps, texts, numbers and booleans: cannot fail
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// annotate adds the slots by which the filler knows the values.
func annotate(object map[string]any, nodes []node) {
	props, _ := object["properties"].(map[string]any)
	for i := range nodes {
		n := &nodes[i]
		s, ok := props[n.def.ID].(map[string]any)
		if !ok {
			continue
		}
		s["x-slot"] = slotCode(n.slot)
		switch n.def.Type {
		case def.TypeLines:
			items, _ := s["items"].(map[string]any)
			annotate(items, n.columns)
		case def.TypeAddress:
			s["x-slot"] = wholeCode(n.slot)
			parts, _ := s["properties"].(map[string]any)
			for k, slot := range n.typ.Slots(n.def) {
				part, _ := parts[slot.Path[strings.LastIndexByte(slot.Path, '.')+1:]].(map[string]any)
				part["x-slot"] = slotCode(n.slot + k)
			}
		case def.TypeFile:
			s["x-slot"] = wholeCode(n.slot) // a text among the attachments of stored data is none
			items, _ := s["items"].(map[string]any)
			parts, _ := items["properties"].(map[string]any)
			for k, name := range field.FileParts {
				part, _ := parts[name].(map[string]any)
				part["x-slot"] = slotCode(k)
			}
		}
	}
}

// storedSchema says where the values are and demands nothing: stored data was
// checked when it was written, perhaps by an earlier form.
func storedSchema(nodes []node) map[string]any {
	props := map[string]any{}
	for i := range nodes {
		n := &nodes[i]
		s := map[string]any{}
		switch n.def.Type {
		case def.TypeSerial:
			continue
		case def.TypeLines:
			s["items"] = storedSchema(n.columns)
		case def.TypeAddress:
			s["properties"] = n.typ.Schema(n.def)["properties"]
		case def.TypeFile:
			parts := map[string]any{}
			for _, name := range field.FileParts {
				parts[name] = map[string]any{}
			}
			s["items"] = map[string]any{"properties": parts}
		case def.TypeMulti, def.TypeTags:
			s["items"] = map[string]any{}
		}
		props[n.def.ID] = s
	}
	object := map[string]any{"properties": props}
	annotate(object, nodes)
	for i := range nodes {
		if nodes[i].def.Type == def.TypeAddress {
			plain, _ := props[nodes[i].def.ID].(map[string]any)
			parts, _ := plain["properties"].(map[string]any)
			for id, part := range parts {
				p, _ := part.(map[string]any)
				parts[id] = map[string]any{"x-slot": p["x-slot"]}
			}
		}
	}
	return object
}

// defaults checks the constant defaults like input and keeps their values.
func (c *compiler) defaults() {
	data, wanted := c.defaultData(c.form.fields)
	if len(wanted) == 0 {
		return
	}
	doc := encode(data)
	fields := onlyDefaults(c.defs)
	schema := c.schemaOf(fields)
	annotate(schema, c.form.fields)
	checker := c.checker(schema, inputLimits)
	if checker == nil {
		return
	}
	row := make(fact.Row, len(c.form.Shape.Slots))
	var fill filler
	fill.start(c.form, row, doc)
	problems := checker.Check(doc, &fill)
	problems = append(problems, fill.faults...)
	for _, p := range problems {
		c.problems = append(c.problems, c.atDefault(p))
	}
	if len(problems) > 0 {
		return
	}
	for _, s := range wanted {
		n := &c.form.fields[s.field]
		if s.column < 0 {
			n.fallback = slices.Clone(n.values(row))
			continue
		}
		column := &n.columns[s.column]
		column.fallback = slices.Clone(column.values(row[n.slot].Rows()[0]))
	}
	c.checkFallbacks(wanted)
	c.form.order = nil // defaults settle too
	c.sort()
}

// defaultData is a document with every constant default, those of columns in one line.
func (c *compiler) defaultData(nodes []node) (map[string]any, []step) {
	data := map[string]any{}
	var wanted []step
	each(nodes, func(n *node, s step) {
		if n.def.Default == nil || n.def.Type == def.TypeLines || n.computed() {
			return
		}
		wanted = append(wanted, s)
		if s.column < 0 {
			data[n.def.ID] = n.def.Default
			return
		}
		lines, _ := data[n.parent.def.ID].([]any)
		if lines == nil {
			lines = []any{map[string]any{}}
			data[n.parent.def.ID] = lines
		}
		line, _ := lines[0].(map[string]any)
		line[n.def.ID] = n.def.Default
	})
	return data, wanted
}

// onlyDefaults copies the fields so that nothing is required and no count of lines demanded.
func onlyDefaults(fields []def.Field) []def.Field {
	out := optional(fields)
	for i := range out {
		out[i].Fields = optional(out[i].Fields)
		out[i].MinRows = 0
	}
	return out
}

// atDefault moves a problem of a default's value to the definition.
func (c *compiler) atDefault(p fact.Problem) fact.Problem {
	tokens := strings.Split(p.Path, "/")[1:]
	for i := range c.form.fields {
		n := &c.form.fields[i]
		if len(tokens) == 0 || n.def.ID != tokens[0] {
			continue
		}
		at, rest := "/fields/"+itoa(i), tokens[1:]
		if n.columns != nil && len(rest) >= 2 {
			for j := range n.columns {
				if n.columns[j].def.ID == rest[1] {
					at, rest = at+"/fields/"+itoa(j), rest[2:]
					break
				}
			}
		}
		p.Path = at + "/default"
		if len(rest) > 0 {
			p.Path += "/" + strings.Join(rest, "/")
		}
		return p
	}
	return p
}

// checkFallbacks says of defaults what the schema cannot.
func (c *compiler) checkFallbacks(wanted []step) {
	for _, s := range wanted {
		n, at := &c.form.fields[s.field], "/fields/"+itoa(s.field)
		if s.column >= 0 {
			n, at = &n.columns[s.column], at+"/fields/"+itoa(s.column)
		}
		if field.AllEmpty(n.fallback) {
			n.fallback = nil
			continue
		}
		if part, code, params := n.typ.Check(n.def, n.fallback); code != "" {
			c.complain(at+"/default"+part, code, params)
		}
	}
}
