// Package exprtest reads the vectors of schemas/semantics for the tests of
// formulas and of conditions. Its format is section 7 of the README there.
package exprtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // vectors name zones, whatever the machine has

	"github.com/govalues/decimal"

	"sluice/runtime/fact"
)

// Vector is one vector, ready to run.
type Vector struct {
	Name      string
	Shape     *fact.Shape // of Row
	Row       fact.Row
	Parent    fact.Row // the record around when Row is a line
	Env       *fact.Env
	Condition json.RawMessage
	Formula   string
	Want      json.RawMessage
	Problem   string // the code wanted instead of a value, "" when a value is
	Line      int    // 0 when not to be checked
	Column    int    // 0 when not to be checked
	Path      *string
	Kind      string // the static kind, "" when not to be checked
}

type file struct {
	Shapes  map[string][]slot
	Rows    map[string]map[string]json.RawMessage
	Vectors []entry
}

type slot struct {
	Path  string
	Kind  string
	Enum  []string
	Exact bool
	Rows  []slot
}

type entry struct {
	Name, Shape, Formula, Kind string
	Env                        struct {
		Now, Zone string
		Actor     *string
	}
	Row json.RawMessage
	At  *struct {
		Field string
		Line  int
	}
	Condition, Want json.RawMessage
	Line, Column    int
	Path            *string
}

// Read returns the vectors of a file. The error says which one cannot be read.
func Read(b []byte) ([]Vector, error) {
	var f file
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, err
	}
	shapes := map[string]*fact.Shape{}
	for name, slots := range f.Shapes {
		shapes[name] = shapeOf(slots)
	}
	vectors := make([]Vector, 0, len(f.Vectors))
	for _, e := range f.Vectors {
		v, err := e.vector(shapes, f.Rows)
		if err != nil {
			return nil, fmt.Errorf("vector %q: %w", e.Name, err)
		}
		vectors = append(vectors, v)
	}
	return vectors, nil
}

// Shape returns a shape of a vectors file.
func Shape(b []byte, name string) (*fact.Shape, error) {
	var f file
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, err
	}
	return shapeOf(f.Shapes[name]), nil
}

func shapeOf(slots []slot) *fact.Shape {
	out := make([]fact.Slot, len(slots))
	for i, s := range slots {
		out[i] = fact.Slot{Path: s.Path, Kind: kindOf(s.Kind), Enum: s.Enum, Exact: s.Exact}
		if out[i].Kind == fact.Rows {
			out[i].Rows = shapeOf(s.Rows)
		}
	}
	return fact.NewShape(out)
}

func kindOf(name string) fact.Kind {
	for k := fact.None; k <= fact.Rows; k++ {
		if k.String() == name {
			return k
		}
	}
	return fact.None
}

func (e *entry) vector(shapes map[string]*fact.Shape, rows map[string]map[string]json.RawMessage) (Vector, error) {
	v := Vector{Name: e.Name, Condition: e.Condition, Formula: e.Formula, Want: e.Want, Line: e.Line, Column: e.Column, Path: e.Path, Kind: e.Kind}
	var want struct{ Problem string }
	if json.Unmarshal(e.Want, &want) == nil {
		v.Problem = want.Problem
	}
	if e.Shape == "" {
		e.Shape = "order"
	}
	v.Shape = shapes[e.Shape]
	env, err := e.env()
	if err != nil {
		return v, err
	}
	v.Env = env
	values := map[string]json.RawMessage{}
	var name string
	if json.Unmarshal(e.Row, &name) == nil {
		values = rows[name]
	} else if e.Row != nil {
		if err := json.Unmarshal(e.Row, &values); err != nil {
			return v, err
		}
	}
	if v.Row, err = Row(v.Shape, values); err != nil {
		return v, err
	}
	if e.At == nil {
		return v, nil
	}
	i, ok := v.Shape.Slot(e.At.Field)
	if !ok {
		return v, errors.New("at names no field")
	}
	v.Parent, v.Row, v.Shape = v.Row, nil, v.Shape.Slots[i].Rows
	if lines := v.Parent[i].Rows(); e.At.Line < len(lines) {
		v.Row = lines[e.At.Line]
	}
	return v, nil
}

func (e *entry) env() (*fact.Env, error) {
	env := &fact.Env{Actor: fact.Actor{Kind: fact.Person, ID: "u1"}}
	if e.Env.Actor != nil {
		env.Actor.ID = *e.Env.Actor
	}
	now, zone := e.Env.Now, e.Env.Zone
	if now == "" {
		now = "2026-03-15T10:30:00Z"
	}
	if zone == "" {
		zone = "Asia/Shanghai"
	}
	var err error
	if env.Now, err = time.Parse(time.RFC3339, now); err != nil {
		return nil, err
	}
	env.Zone, err = time.LoadLocation(zone)
	return env, err
}

// Row makes a row of a shape from values by path. A value of another kind than
// its slot's becomes a Text or a Number as it stands.
func Row(s *fact.Shape, values map[string]json.RawMessage) (fact.Row, error) {
	row := make(fact.Row, len(s.Slots))
	paths := make([]string, 0, len(values))
	for path := range values {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		i, ok := s.Slot(path)
		if !ok {
			return nil, fmt.Errorf("no slot %q", path)
		}
		v, err := Value(&s.Slots[i], values[path])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		row[i] = v
	}
	return row, nil
}

// Value reads one value in the encoding of the vectors.
func Value(s *fact.Slot, b json.RawMessage) (fact.Value, error) {
	var text string
	isText := json.Unmarshal(b, &text) == nil
	switch {
	case string(b) == "null":
		return fact.Value{}, nil
	case s.Kind == fact.Text && isText:
		return fact.OfText(text), nil
	case s.Kind == fact.Number || s.Kind == fact.Text:
		if !isText {
			text = string(b)
		}
		d, err := decimal.Parse(text)
		return fact.OfNumber(d), err
	case s.Kind == fact.Bool:
		return fact.OfBool(string(b) == "true"), nil
	case s.Kind == fact.Date:
		t, err := time.Parse(time.DateOnly, text)
		return fact.OfDate(t.Unix() / 86400), err
	case s.Kind == fact.Time:
		t, err := time.Parse(time.RFC3339, text)
		return fact.OfTime(t.UnixMilli()), err
	case s.Kind == fact.List:
		var items []string
		err := json.Unmarshal(b, &items)
		return fact.OfList(items), err
	}
	var lines []map[string]json.RawMessage
	if err := json.Unmarshal(b, &lines); err != nil {
		return fact.Value{}, err
	}
	rows := make([]fact.Row, len(lines))
	for i, line := range lines {
		row, err := Row(s.Rows, line)
		if err != nil {
			return fact.Value{}, err
		}
		rows[i] = row
	}
	return fact.OfRows(rows), nil
}

// Same reports whether a value is the one wanted: numbers by value, the rest by its encoding.
func Same(got *fact.Value, kind fact.Kind, want json.RawMessage) (bool, error) {
	if got.Empty() || string(want) == "null" {
		return got.Empty() && string(want) == "null", nil
	}
	w, err := Value(&fact.Slot{Kind: kind}, want)
	if err != nil || w.Kind() != got.Kind() {
		return false, err
	}
	switch kind {
	case fact.Number:
		return got.Number().Cmp(w.Number()) == 0, nil
	case fact.List:
		return slices.Equal(got.List(), w.List()), nil
	}
	return got.Text() == w.Text() && got.Bool() == w.Bool() && got.Days() == w.Days() && got.Millis() == w.Millis(), nil
}
