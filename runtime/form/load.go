package form

import (
	"fmt"

	"sluice/runtime/fact"
)

// Load reads a stored record into a row with its system values. Stored data was
// checked when it was written: members that the form no longer has, and values
// of another kind than their field's, are left out; fields without a member are
// empty. It fails only when the data is no JSON object. env is not needed and may be nil.
func (f *Form) Load(rec *fact.Record, env *fact.Env) (fact.Row, error) {
	r := f.begin(nil, env)
	defer r.end()
	row := make(fact.Row, len(f.Shape.Slots))
	if len(rec.Data) > 0 {
		r.fill.start(f, row, rec.Data)
		if problems := f.stored.Check(rec.Data, &r.fill); problems != nil {
			return nil, fmt.Errorf("record %s/%s: %w", rec.Form, rec.ID, problems[0])
		}
	}
	f.Fill(row, rec)
	return row, nil
}
