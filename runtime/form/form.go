package form

import (
	"sync"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/schemas"
)

// Known answers which definitions there are, so that references to others can be checked.
type Known interface {
	Form(id string) bool
	Chain(id string) bool
	Rule(id string) bool
}

// Place is what a Known may say besides: the tenant's zone (for the days in
// serial numbers) and its currency (for money fields without one). Without it
// they are UTC and CNY.
type Place interface {
	Zone() *time.Location
	Currency() string
}

// Form is a compiled form: immutable and shared.
type Form struct {
	Def    *def.Form
	Shape  *fact.Shape    // slots of the fields in order, then the system values
	Schema []byte         // JSON Schema of the data that a submission carries
	Zone   *time.Location // turns Created into the day in a serial number; not nil

	fields  []node // by field index
	system  int    // slot of $id; the other system values follow
	serial  int    // index of the serial field, -1 without
	order   []step // what settles, each after all it reads
	checks  []check
	grants  []grant
	full    *Access
	sums    sync.Map // uint64, the entries that apply → *Access
	indexes []index

	demanding []step // may miss a value that must be there
	guarded   []step // may have a value that must not be given
	inspected []step // say more about a value than a schema can
	unique    []int  // indexes of the fields with unique values

	submit *schemas.Checker // of Schema
	patch  *schemas.Checker // of a merge patch: nothing is required at the top
	stored *schemas.Checker // of stored data: demands nothing
}

// Assign is one value to set, by slot of the form's shape.
type Assign struct {
	Slot  int
	Value fact.Value
}

// Entry is the checked and computed values of one record. It belongs to one goroutine.
type Entry struct {
	Row fact.Row

	form *Form
	data []byte
	new  bool // of a submission: defaults apply
}

// Data returns the canonical JSON of the values: members in the form's order,
// absent ones left out, no blanks. It is made at the first call and after each Assign.
func (e *Entry) Data() []byte {
	if e.data == nil {
		e.data = e.form.appendData(make([]byte, 0, 512), e.Row)
	}
	return e.data
}

// Reference is a value that names a record of another form or, with Form "", a person.
type Reference struct {
	Form string
	ID   string
	Path string // JSON pointer of the value
}
