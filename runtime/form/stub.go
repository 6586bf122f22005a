package form

import (
	"encoding/json"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
)

func (f *Form) appendData(dst []byte, _ fact.Row) []byte { return append(dst, "{}"...) }

// Compile checks a definition and prepares it. The problems point into the
// definition; with problems the form is nil.
func Compile(d *def.Form, known Known) (*Form, []fact.Problem) { return nil, nil }

// Submit checks a new record's input (a JSON object of values by field id) and
// completes it. The system values of the row are those of env: $created,
// $updated, $entered and $createdBy; see Fill for the rest.
func (f *Form) Submit(input []byte, acc *Access, env *fact.Env) (*Entry, []fact.Problem) {
	return nil, nil
}

// Merge applies a JSON Merge Patch (RFC 7396) to a record's values, with the same checks.
func (f *Form) Merge(rec *fact.Record, patch []byte, acc *Access, env *fact.Env) (*Entry, []fact.Problem) {
	return nil, nil
}

// Assign sets values that rules or chains decide, settles and checks the entry again.
func (f *Form) Assign(e *Entry, set []Assign, env *fact.Env) []fact.Problem { return nil }

// Load reads a stored record into a row with its system values.
func (f *Form) Load(rec *fact.Record, env *fact.Env) (fact.Row, error) { return nil, nil }

// Fill writes a record's own values into the system slots of a row.
func (f *Form) Fill(row fact.Row, rec *fact.Record) {}

// Access is what an actor may do with the form's records.
type Access struct {
	Create, Read, Edit, Delete bool
	Hidden, Locked             []bool // by field index
	Scope                      string // equal for actors who see the same
}

// Access returns what an actor may do: the sum of the entries for the actor's roles and for everybody.
func (f *Form) Access(actor fact.Actor) *Access { return nil }

// Full returns the access of those who may do everything: timers, connectors, the operator.
func (f *Form) Full() *Access { return nil }

// Sees reports whether a record is among those the actor may read.
func (a *Access) Sees(row fact.Row, env *fact.Env) bool { return false }

// Edits reports whether a record is among those the actor may edit.
func (a *Access) Edits(row fact.Row, env *fact.Env) bool { return false }

// Deletes reports whether a record is among those the actor may delete.
func (a *Access) Deletes(row fact.Row, env *fact.Env) bool { return false }

// Hides reports whether a path is not shown to the actor: "cost", "address.city", "lines.cost".
func (a *Access) Hides(path string) bool { return false }

// Render writes the values that the actor may see, the serial number included, as a JSON object.
func (f *Form) Render(dst []byte, rec *fact.Record, row fact.Row, acc *Access) []byte { return dst }

// No returns the record's serial number as people read it, "" when it has none.
func (f *Form) No(rec *fact.Record) string { return "" }

// DrawCounter returns the counter that a new record's serial number is drawn
// from, and whether the form has serial numbers.
func (f *Form) DrawCounter(now time.Time, zone *time.Location) (fact.Key, bool) {
	return fact.Key{}, false
}

// SerialIndex returns the name of the index of a form's records by serial number.
func SerialIndex(form string) string { return "n/" + form }

// SerialEntry returns the entry of a record in the index of its serial number.
func SerialEntry(form, id string, serial uint64, remove bool) fact.Entry { return fact.Entry{} }

// Entries returns the entries of a record in the form's declared indexes.
func (f *Form) Entries(id string, row fact.Row) []fact.Entry { return nil }

// Find returns the range of records in whose indexed field the text stands,
// newest first with Reverse; false when no index is on the field.
func (f *Form) Find(path, text string) (fact.Range, bool) { return fact.Range{}, false }

// Uniques returns the documents that a record claims for its unique values:
// kind "unique/<form>/<field>", the value as id.
func (f *Form) Uniques(row fact.Row) []fact.Key { return nil }

// NotUnique returns the problem of a unique value that the record owner already has.
func (f *Form) NotUnique(key fact.Key, owner string) fact.Problem { return fact.Problem{} }

// References returns the values of a row that name other records or people.
func (f *Form) References(row fact.Row) []Reference { return nil }

// Changed returns the ids of the fields whose values differ, in the form's order.
func (f *Form) Changed(before, after fact.Row) []string { return nil }

// Differences returns the changed fields of a record with their JSON before and after; null is absent.
func (f *Form) Differences(rec *fact.Record, e *Entry) map[string][2]json.RawMessage { return nil }
