package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/form"
	"sluice/schemas"
)

// Map says how the rows of a table become records of a form.
type Map struct {
	Form   string            `json:"form"`
	Zone   string            `json:"zone,omitempty"`  // of dates and times without an offset; the tenant's when absent
	Comma  string            `json:"comma,omitempty"` // what separates columns; "," when absent
	Key    string            `json:"key"`             // column whose value names the record: the same name is never imported twice
	Group  string            `json:"group,omitempty"` // column: neighbouring rows with the same value make one record; an empty cell stands for itself
	Fields map[string]Source `json:"fields"`          // by field id; from a record's first row
	Lines  *Lines            `json:"lines,omitempty"`
}

// Lines says that each row is also a line of the record.
type Lines struct {
	Field  string            `json:"field"`  // the line-items field
	Fields map[string]Source `json:"fields"` // by column id of the lines
}

// Source says where a value comes from: a column, or a constant, or one of
// several constants by the column's text (Column and Match).
type Source struct {
	Column string          `json:"column,omitempty"`
	Value  json.RawMessage `json:"value,omitempty"`
	Match  []Match         `json:"match,omitempty"` // the first that fits gives the value
}

// Match gives a value to texts that begin with Prefix, or equal Equals; with neither, to all.
type Match struct {
	Prefix string          `json:"prefix,omitempty"`
	Equals string          `json:"equals,omitempty"`
	Value  json.RawMessage `json:"value"`
}

// ReadMap reads a map strictly. The problems have pointers into it.
func ReadMap(doc []byte) (*Map, []fact.Problem) {
	if problems := schemas.Guard(doc, schemas.DefinitionLimits); len(problems) > 0 {
		return nil, problems
	}
	var m Map
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return nil, []fact.Problem{{Code: "invalid_map", Params: map[string]any{"reason": err.Error()}}}
	}
	var problems []fact.Problem
	if m.Key == "" {
		problems = append(problems, fact.Problem{Path: "/key", Code: "required"})
	}
	if len(m.Fields) == 0 {
		problems = append(problems, fact.Problem{Path: "/fields", Code: "required"})
	}
	if m.Comma != "" && len(m.Comma) != 1 {
		problems = append(problems, fact.Problem{Path: "/comma", Code: "too_long", Params: map[string]any{"max": 1}})
	}
	return &m, problems
}

// plan is a map bound to a form and to the columns of one table.
type plan struct {
	key, group int // column numbers; group is -1 without grouping
	zone       *time.Location
	fields     []cell
	linesField string
	lines      []cell
}

// cell is one field with where its value comes from.
type cell struct {
	id     string
	kind   fact.Kind
	column int // -1: a constant
	source Source
}

// bind links the map to a form and a table's header.
func (m *Map) bind(f *form.Form, header []string, zone *time.Location) (*plan, []fact.Problem) {
	b := &binder{header: header}
	p := &plan{key: b.column(m.Key, "key"), group: -1, zone: zone}
	if m.Group != "" {
		p.group = b.column(m.Group, "group")
	}
	p.fields = b.cells(m.Fields, f.Def.Fields, f.Shape, "fields")
	if m.Lines != nil {
		p.linesField = m.Lines.Field
		i := slices.IndexFunc(f.Def.Fields, func(d def.Field) bool { return d.ID == m.Lines.Field && d.Type == def.TypeLines })
		slot, ok := f.Shape.Slot(m.Lines.Field)
		if i < 0 || !ok {
			b.refuse("unknown_field", map[string]any{"name": m.Lines.Field}, "lines", "field")
		} else {
			p.lines = b.cells(m.Lines.Fields, f.Def.Fields[i].Fields, f.Shape.Slots[slot].Rows, "lines", "fields")
		}
	}
	return p, b.problems
}

type binder struct {
	header   []string
	problems []fact.Problem
}

func (b *binder) refuse(code string, params map[string]any, tokens ...any) {
	b.problems = append(b.problems, fact.Problem{Path: schemas.Pointer(tokens...), Code: code, Params: params})
}

func (b *binder) column(name string, tokens ...any) int {
	i := slices.Index(b.header, name)
	if i < 0 {
		b.refuse("unknown_column", map[string]any{"column": name, "columns": strings.Join(b.header, ", ")}, tokens...)
	}
	return i
}

func (b *binder) cells(sources map[string]Source, fields []def.Field, shape *fact.Shape, at ...any) []cell {
	var out []cell
	for _, d := range fields { // the form's order, so that records look alike
		s, ok := sources[d.ID]
		if !ok {
			continue
		}
		slot, ok := shape.Slot(d.ID)
		if !ok {
			b.refuse("not_importable", map[string]any{"field": d.ID}, append(slices.Clone(at), d.ID)...)
			continue
		}
		at := append(slices.Clone(at), d.ID)
		if names, ok := s.whole(); !ok {
			b.refuse("need_one", map[string]any{"names": names}, at...)
			continue
		}
		c := cell{id: d.ID, kind: shape.Slots[slot].Kind, column: -1, source: s}
		if s.Column != "" {
			c.column = b.column(s.Column, append(at, "column")...)
		}
		out = append(out, c)
	}
	for id := range sources {
		if !slices.ContainsFunc(fields, func(d def.Field) bool { return d.ID == id }) {
			b.refuse("unknown_field", map[string]any{"name": id}, append(slices.Clone(at), id)...)
		}
	}
	return out
}

// whole reports whether the source says where its value comes from, and only
// once; names are those of which one is needed.
func (s *Source) whole() (names string, ok bool) {
	if s.Match != nil { // its constants go by the column's text
		return "column", s.Column != "" && s.Value == nil
	}
	return "column, value", (s.Column != "") != (s.Value != nil)
}

// append writes the JSON value that the row has for the cell; nothing when it is empty.
func (c *cell) append(dst []byte, row []string, zone *time.Location) ([]byte, bool, error) {
	if c.column < 0 {
		return append(dst, c.source.Value...), len(c.source.Value) > 0, nil
	}
	if !utf8.ValidString(row[c.column]) {
		return dst, false, errText
	}
	text := strings.TrimSpace(row[c.column])
	if c.source.Match != nil {
		for _, m := range c.source.Match {
			if (m.Prefix == "" || strings.HasPrefix(text, m.Prefix)) && (m.Equals == "" || m.Equals == text) {
				return append(dst, m.Value...), true, nil
			}
		}
		return dst, false, nil
	}
	if text == "" {
		return dst, false, nil
	}
	out, err := appendValue(dst, c.kind, text, zone)
	return out, err == nil, err
}

// errText is the complaint about a text whose bytes mean no characters.
var errText = errors.New("not UTF-8")

// appendValue writes a table's text as JSON of a kind. What is not of the kind
// is written as text: the form then says what is wrong with it, at its place.
func appendValue(dst []byte, kind fact.Kind, text string, zone *time.Location) ([]byte, error) {
	switch kind {
	case fact.Number:
		if json.Valid([]byte(text)) && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) {
			return append(dst, text...), nil
		}
	case fact.Bool:
		switch strings.ToLower(text) {
		case "true", "yes", "y", "1", "是":
			return append(dst, "true"...), nil
		case "false", "no", "n", "0", "否":
			return append(dst, "false"...), nil
		}
	case fact.Time:
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
			if t, err := time.ParseInLocation(layout, text, zone); err == nil {
				return append(append(append(dst, '"'), fact.TimeText(t.UnixMilli())...), '"'), nil
			}
		}
	case fact.List:
		items := strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '；' || r == '|' })
		for i := range items {
			items[i] = strings.TrimSpace(items[i])
		}
		b, err := json.Marshal(items)
		return append(dst, b...), err
	}
	b, err := json.Marshal(text)
	if err != nil {
		return dst, fmt.Errorf("column text: %w", err)
	}
	return append(dst, b...), nil
}
