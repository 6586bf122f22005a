package fact

import (
	"time"

	"github.com/govalues/decimal"
)

// Decimal is an exact decimal number of at most 19 significant digits; results
// of arithmetic are rounded half to even when they would need more.
type Decimal = decimal.Decimal

// Kind is the type of a Value.
type Kind uint8

// The kinds of value. A JSON null and a missing member are both None.
const (
	None   Kind = iota
	Text        // a string
	Number      // an exact decimal (number, money, integer)
	Bool        // true or false
	Date        // a calendar day without zone
	Time        // an instant, millisecond precision
	List        // an ordered list of Text (multiple choice, tags, file names)
	Rows        // line items: each a Row of the slot's own Shape
)

var kindNames = [...]string{"none", "text", "number", "bool", "date", "time", "list", "rows"}

// String returns the kind's name as used in documents and problems.
func (k Kind) String() string { return kindNames[k] }

// Value is one typed value of a record. The zero Value is None.
// Values are immutable once they are part of a Row that is shared.
type Value struct {
	kind Kind
	n    Decimal
	i    int64 // Bool: 0 or 1; Date: days since 1970-01-01; Time: Unix milliseconds
	s    string
	list []string
	rows []Row
}

// Row is the values of one record or one line, by the slots of its Shape.
type Row []Value

// OfText returns a Text value.
func OfText(s string) Value { return Value{kind: Text, s: s} }

// OfNumber returns a Number value.
func OfNumber(d Decimal) Value { return Value{kind: Number, n: d} }

// OfInt returns a Number value holding a whole number.
func OfInt(i int64) Value { return Value{kind: Number, n: decimal.MustNew(i, 0)} }

// OfBool returns a Bool value.
func OfBool(b bool) Value {
	v := Value{kind: Bool}
	if b {
		v.i = 1
	}
	return v
}

// OfDate returns a Date value; days counts from 1970-01-01.
func OfDate(days int64) Value { return Value{kind: Date, i: days} }

// OfTime returns a Time value; ms is Unix time in milliseconds.
func OfTime(ms int64) Value { return Value{kind: Time, i: ms} }

// OfList returns a List value; the slice is not copied.
func OfList(items []string) Value { return Value{kind: List, list: items} }

// OfRows returns a Rows value; the slice is not copied.
func OfRows(rows []Row) Value { return Value{kind: Rows, rows: rows} }

// Kind returns the value's kind.
func (v Value) Kind() Kind { return v.kind }

// Empty reports whether the value is None, an empty text, an empty list or has no rows.
func (v *Value) Empty() bool {
	switch v.kind {
	case None:
		return true
	case Text:
		return v.s == ""
	case List:
		return len(v.list) == 0
	case Rows:
		return len(v.rows) == 0
	default:
		return false
	}
}

// Text returns the string of a Text value, "" for other kinds.
func (v *Value) Text() string { return v.s }

// Number returns the decimal of a Number value, 0 for other kinds.
func (v *Value) Number() Decimal { return v.n }

// Bool returns the truth of a Bool value, false for other kinds.
func (v *Value) Bool() bool { return v.kind == Bool && v.i == 1 }

// Days returns the day number of a Date value (days since 1970-01-01), 0 for other kinds.
func (v *Value) Days() int64 {
	if v.kind != Date {
		return 0
	}
	return v.i
}

// Millis returns the Unix milliseconds of a Time value, 0 for other kinds.
func (v *Value) Millis() int64 {
	if v.kind != Time {
		return 0
	}
	return v.i
}

// List returns the items of a List value, nil for other kinds.
func (v *Value) List() []string { return v.list }

// Rows returns the lines of a Rows value, nil for other kinds.
func (v *Value) Rows() []Row { return v.rows }

// DateText formats a day number as ISO 8601, for example 2026-01-31.
func DateText(days int64) string {
	return time.Unix(days*86400, 0).UTC().Format(time.DateOnly)
}

// TimeText formats Unix milliseconds as RFC 3339 in UTC with milliseconds, for
// example 2026-01-31T08:00:00.000Z: the one stored form, so that texts sort as times.
func TimeText(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}

// Env is what a decision may know of its surroundings. It is an argument
// everywhere, so that the same inputs always give the same outcome.
type Env struct {
	Now   time.Time      // the decision's moment
	Zone  *time.Location // the tenant's zone: turns instants into days; nil is UTC
	Actor Actor          // who asks
}

// Day returns the calendar day (days since 1970-01-01) of an instant in the tenant's zone.
func (e *Env) Day(t time.Time) int64 {
	zone := e.Zone
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}
