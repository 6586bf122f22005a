package field_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/schemas"
)

// familyCase is one definition of a type with what must be true of its values.
type familyCase struct {
	Field     def.Field         `json:"field"`
	Valid     []json.RawMessage `json:"valid"`
	Invalid   []refused         `json:"invalid"`
	Canonical [][2]string       `json:"canonical"` // JSON given and written
	Sorted    []json.RawMessage `json:"sorted"`    // in ascending order
	Group     [][2]string       `json:"group"`     // JSON given and its group key
	Slot      struct {
		Unit string   `json:"unit"`
		Enum []string `json:"enum"`
	} `json:"slot"`
	Paths   []string `json:"paths"`
	Columns []string `json:"columns"`
	Kind    string   `json:"kind"`
}

// refused is a pair of a value and the code of its problem.
type refused struct {
	Value json.RawMessage
	Code  string
}

func (r *refused) UnmarshalJSON(b []byte) error {
	var pair []json.RawMessage
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	r.Value = pair[0]
	return json.Unmarshal(pair[1], &r.Code)
}

func cases(t *testing.T, name def.FieldType) []familyCase {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", string(name)+".json"))
	require.NoError(t, err)
	var file struct {
		Cases []familyCase `json:"cases"`
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&file))
	require.NotEmpty(t, file.Cases)
	return file.Cases
}

// TestFamily runs every type through the same questions.
func TestFamily(t *testing.T) {
	t.Parallel()
	for _, name := range field.Types {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			for i, c := range cases(t, name) {
				t.Run(strconv.Itoa(i), func(t *testing.T) {
					typ := field.For(&c.Field)
					require.NotNil(t, typ)
					require.Equal(t, name, c.Field.Type)
					checkSlots(t, typ, &c)
					checkSchema(t, typ, &c)
					checkWriting(t, typ, &c)
					checkOrder(t, typ, &c)
				})
			}
		})
	}
}

func checkSlots(t *testing.T, typ field.Type, c *familyCase) {
	t.Helper()
	own := field.Of(c.Field.Type)
	slots := own.Slots(&c.Field)
	require.Len(t, slots, own.Width())
	require.Equal(t, typ.Kind(), slots[0].Kind)
	if c.Kind != "" {
		require.Equal(t, c.Kind, slots[0].Kind.String())
	}
	paths := c.Paths
	if paths == nil {
		paths = []string{"x"}
	}
	require.Equal(t, paths, pathsOf(slots))
	require.Equal(t, c.Slot.Enum, slots[0].Enum)
	require.Len(t, slots[0].EnumNames, len(c.Slot.Enum))
	if c.Slot.Unit != "" {
		require.Equal(t, c.Slot.Unit, slots[0].Unit)
	}
	if c.Columns != nil {
		require.Equal(t, c.Columns, pathsOf(slots[0].Rows.Slots))
	}
}

func pathsOf(slots []fact.Slot) []string {
	out := make([]string, len(slots))
	for i := range slots {
		out[i] = slots[i].Path
	}
	return out
}

// problems says what the schema and the type's own check find wrong with a value.
func problems(t *testing.T, typ field.Type, c *familyCase, value json.RawMessage) []string {
	t.Helper()
	s := field.Of(c.Field.Type).Schema(&c.Field)
	raw, err := json.Marshal(map[string]any{"type": "object", "properties": map[string]any{"x": s}})
	require.NoError(t, err)
	checker, err := schemas.Compile(raw)
	require.NoError(t, err)
	require.True(t, checker.OnePass(), checker.Reason())
	doc := []byte(`{"x":` + string(value) + `}`)
	var codes []string
	for _, p := range checker.Check(doc, nil) {
		codes = append(codes, p.Code)
	}
	if codes == nil {
		if v := read(t, typ, &c.Field, value); !field.AllEmpty(v) {
			if _, code, _ := typ.Check(&c.Field, v); code != "" {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

func checkSchema(t *testing.T, typ field.Type, c *familyCase) {
	t.Helper()
	for _, v := range c.Valid {
		require.Empty(t, problems(t, typ, c, v), "valid %s", clip(v))
	}
	for _, r := range c.Invalid {
		got := problems(t, typ, c, r.Value)
		require.Equal(t, []string{r.Code}, slices.Compact(got), "invalid %s", clip(r.Value))
		require.Contains(t, schemas.Codes(), r.Code)
	}
}

func clip(raw []byte) string { return string(raw[:min(len(raw), 80)]) }

func checkWriting(t *testing.T, typ field.Type, c *familyCase) {
	t.Helper()
	write := func(in string) string {
		return string(typ.Append(nil, &c.Field, read(t, typ, &c.Field, json.RawMessage(in))))
	}
	for _, v := range c.Valid {
		once := write(string(v))
		require.Equal(t, once, write(once), "writing is stable")
		if c.Canonical == nil {
			require.JSONEq(t, string(v), once)
		}
	}
	for _, pair := range c.Canonical {
		require.Equal(t, pair[1], write(pair[0]))
	}
}

func checkOrder(t *testing.T, typ field.Type, c *familyCase) {
	t.Helper()
	var last []byte
	none := fact.Value{}
	last = typ.SortKey(nil, &none)
	for i, raw := range c.Sorted {
		v := read(t, typ, &c.Field, raw)
		key := typ.SortKey(nil, &v[0])
		require.Negative(t, bytes.Compare(last, key), "value %d: %s", i, raw)
		require.Positive(t, bytes.Compare(flipped(last), flipped(key)), "value %d descending: %s", i, raw)
		last = key
	}
	for _, pair := range c.Group {
		raw := pair[0]
		if !json.Valid([]byte(raw)) || typ.Kind() == fact.Text && raw[0] != '"' && raw[0] != '{' || typ.Kind() == fact.Date {
			raw = strconv.Quote(raw)
		}
		v := read(t, typ, &c.Field, json.RawMessage(raw))
		require.Equal(t, pair[1], typ.GroupKey(&v[0]))
	}
	require.Empty(t, typ.GroupKey(&none))
}

func flipped(b []byte) []byte {
	out := make([]byte, len(b))
	for i := range b {
		out[i] = ^b[i]
	}
	return out
}

// read turns JSON into the values of a field's slots, as form does.
func read(t *testing.T, typ field.Type, f *def.Field, raw json.RawMessage) []fact.Value {
	t.Helper()
	v := make([]fact.Value, typ.Width())
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var doc any
	require.NoError(t, dec.Decode(&doc))
	switch doc := doc.(type) {
	case map[string]any: // an address
		for i, s := range typ.Slots(f) {
			if text, ok := doc[strings.TrimPrefix(s.Path, f.ID+".")].(string); ok {
				v[i] = fact.OfText(text)
			}
		}
	case []any:
		readList(t, f, doc, v)
	default:
		v[0] = scalar(t, typ.Kind(), doc)
	}
	return v
}

func readList(t *testing.T, f *def.Field, items []any, v []fact.Value) {
	t.Helper()
	var rows []fact.Row
	for _, item := range items {
		object, ok := item.(map[string]any)
		switch {
		case !ok:
			text, _ := item.(string)
			v[0] = fact.OfList(append(v[0].List(), text))
		case f.Type == def.TypeFile:
			for i, part := range field.FileParts {
				text, _ := object[part].(string)
				if n, ok := object[part].(json.Number); ok {
					text = n.String()
				}
				v[i] = fact.OfList(append(v[i].List(), text))
			}
		default:
			var row fact.Row
			for i := range f.Fields {
				c := &f.Fields[i]
				raw, err := json.Marshal(object[c.ID])
				require.NoError(t, err)
				row = append(row, read(t, field.For(c), c, raw)...)
			}
			rows = append(rows, row)
		}
	}
	if rows != nil {
		v[0] = fact.OfRows(rows)
	}
}

func scalar(t *testing.T, kind fact.Kind, doc any) fact.Value {
	t.Helper()
	switch doc := doc.(type) {
	case json.Number:
		d, ok := field.ParseNumber(doc.String())
		require.True(t, ok, doc)
		return fact.OfNumber(d)
	case bool:
		return fact.OfBool(doc)
	case string:
		switch kind {
		case fact.Date:
			days, ok := field.ParseDate(doc)
			require.True(t, ok, doc)
			return fact.OfDate(days)
		case fact.Time:
			ms, ok := field.ParseTime(doc)
			require.True(t, ok, doc)
			return fact.OfTime(ms)
		}
		return fact.OfText(doc)
	}
	return fact.Value{}
}
