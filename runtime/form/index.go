package form

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/schemas"
)

// index is a compiled def.Index. Texts, choices and their lists are grouped by
// value, each group in the order of creation; numbers, days and instants lie in
// one group in the order of value.
type index struct {
	name   string
	path   string
	slot   int
	column int // slot in the line, -1 for a value of the record itself
	kind   fact.Kind
}

func (x *index) byValue() bool {
	return x.kind == fact.Number || x.kind == fact.Date || x.kind == fact.Time
}

// Entries returns the entries of a record in the form's declared indexes, named
// "i/<form>/<index id>": one for a value, one for each different item of a list
// and for each different value of a column.
func (f *Form) Entries(id string, row fact.Row) []fact.Entry {
	if len(f.indexes) == 0 {
		return nil
	}
	out := make([]fact.Entry, 0, len(f.indexes))
	created := field.SortKey(nil, &row[f.system+sysCreated])
	for i := range f.indexes {
		x := &f.indexes[i]
		from := len(out)
		x.each(row, func(v *fact.Value) {
			e := fact.Entry{Index: x.name, Kind: fact.RecordKind(f.Def.ID), ID: id}
			if x.byValue() {
				e.Sort = field.SortKey(nil, v)
			} else {
				e.Group, e.Sort = bounded(field.GroupKey(v)), created
			}
			for _, o := range out[from:] {
				if o.Group == e.Group && string(o.Sort) == string(e.Sort) {
					return
				}
			}
			out = append(out, e)
		})
	}
	return out
}

// each calls take for every single value of the indexed place.
func (x *index) each(row fact.Row, take func(*fact.Value)) {
	one := func(v *fact.Value) {
		if v.Kind() == fact.List {
			for _, item := range v.List() {
				t := fact.OfText(item)
				take(&t)
			}
		} else if !v.Empty() {
			take(v)
		}
	}
	if x.column < 0 {
		one(&row[x.slot])
		return
	}
	for _, line := range row[x.slot].Rows() {
		one(&line[x.column])
	}
}

// Find returns the range of records in whose indexed place (a field path,
// "lines.sku" for a column) the value stands, oldest first; false when no index is on the path or
// the value is not of its kind. Text counts as the text form of any kind.
func (f *Form) Find(path string, v fact.Value) (fact.Range, bool) {
	for i := range f.indexes {
		x := &f.indexes[i]
		if x.path != path {
			continue
		}
		r := fact.Range{Kind: fact.RecordKind(f.Def.ID), Index: x.name}
		if !x.byValue() {
			r.Group = bounded(field.GroupKey(&v))
			return r, !v.Empty()
		}
		if v.Kind() == fact.Text {
			v = parseAs(x.kind, v.Text())
		}
		if v.Kind() != x.kind {
			return fact.Range{}, false
		}
		r.From = field.SortKey(nil, &v)
		r.To = append(r.From[:len(r.From):len(r.From)], 0)
		return r, true
	}
	return fact.Range{}, false
}

// Span returns the range of records whose indexed number, day or instant lies
// between two values of its kind (from inclusive, to exclusive; an empty one is open), in
// the order of value; false when no such index is on the path.
func (f *Form) Span(path string, from, to fact.Value) (fact.Range, bool) {
	for i := range f.indexes {
		x := &f.indexes[i]
		if x.path != path || !x.byValue() {
			continue
		}
		r := fact.Range{Kind: fact.RecordKind(f.Def.ID), Index: x.name}
		if from.Kind() == x.kind {
			r.From = field.SortKey(nil, &from)
		}
		if to.Kind() == x.kind {
			r.To = field.SortKey(nil, &to)
		}
		return r, true
	}
	return fact.Range{}, false
}

// parseAs reads the text form of a number, day or instant; None when it is none.
func parseAs(kind fact.Kind, s string) fact.Value {
	switch kind {
	case fact.Number:
		if d, ok := field.ParseNumber(s); ok {
			return fact.OfNumber(d)
		}
	case fact.Date:
		if days, ok := field.ParseDate(s); ok {
			return fact.OfDate(days)
		}
	case fact.Time:
		if ms, ok := field.ParseTime(s); ok {
			return fact.OfTime(ms)
		}
	}
	return fact.Value{}
}

// boundedMax is the length, in bytes, up to which a value itself is its name in the store.
const boundedMax = 240

// bounded returns the text that stands for a value as a group or document id:
// itself, or for one that is long, holds a zero byte or begins with "#": "#" and its SHA-256.
func bounded(s string) string {
	if len(s) <= boundedMax && strings.IndexByte(s, 0) < 0 && !strings.HasPrefix(s, "#") {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return "#" + hex.EncodeToString(sum[:])
}

// UniqueKey returns the document that a unique value of a field claims.
func (f *Form) uniqueKey(n *node, v *fact.Value) fact.Key {
	return fact.Key{Kind: "unique/" + f.Def.ID + "/" + n.def.ID, ID: bounded(field.GroupKey(v))}
}

// Uniques returns the documents that a record claims for its unique values:
// kind "unique/<form>/<field>", the value as id (see bounded).
func (f *Form) Uniques(row fact.Row) []fact.Key {
	var keys []fact.Key
	for _, i := range f.unique {
		n := &f.fields[i]
		if v := &row[n.slot]; !v.Empty() {
			keys = append(keys, f.uniqueKey(n, v))
		}
	}
	return keys
}

// NotUnique returns the problem of a unique value that the record owner has already.
func (f *Form) NotUnique(key fact.Key, owner string) fact.Problem {
	id := key.Kind[strings.LastIndexByte(key.Kind, '/')+1:]
	return fact.Problem{Path: schemas.Pointer(id), Code: "not_unique", Params: map[string]any{"record": owner}}
}

// References returns the values of a row that name records of other forms (type
// reference) or people (type user, Form ""), with their places.
func (f *Form) References(row fact.Row) []Reference {
	var out []Reference
	for i := range f.fields {
		n := &f.fields[i]
		if n.def.Type == def.TypeLines {
			for j, line := range row[n.slot].Rows() {
				out = appendReferences(out, n.columns, line, "/"+n.def.ID+"/"+strconv.Itoa(j))
			}
		}
	}
	return appendReferences(out, f.fields, row, "")
}

func appendReferences(out []Reference, nodes []node, row fact.Row, prefix string) []Reference {
	for i := range nodes {
		n := &nodes[i]
		if n.def.Type != def.TypeReference && n.def.Type != def.TypeUser || row[n.slot].Empty() {
			continue
		}
		out = append(out, Reference{Form: n.def.Form, ID: row[n.slot].Text(), Path: prefix + "/" + n.def.ID})
	}
	return out
}
