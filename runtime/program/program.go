package program

import (
	"slices"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/flow"
	"sluice/runtime/form"
	"sluice/runtime/rule"
	"sluice/runtime/view"
)

// Program is a compiled release.
type Program struct {
	Release   string // identity of the release
	Number    int    // its human number
	Head      uint64 // revision of the document that made it live; 0 when it is not known
	Pack      *def.Pack
	Zone      *time.Location
	Roles     map[string]*def.Role
	Forms     map[string]*Form
	Rules     map[string]*Rule
	Views     map[string]*View
	Hooks     map[string]*def.Hook
	Scenarios []*def.Scenario // sorted by id
}

// HeadKey names the document that says which release of a tenant is live.
func HeadKey() fact.Key { return fact.Key{Kind: "head", ID: "live"} }

// Current is what a change that the program decided expects besides: that it is
// still the live one. Another may keep other indexes, so that a change decided
// before the switch and committed after it would leave them wrong. known is
// false for a program that was never live.
func (p *Program) Current() (expect fact.Expect, known bool) {
	return fact.Expect{Key: HeadKey(), Rev: p.Head}, p.Head != 0
}

// Form is a compiled form with what belongs to it.
type Form struct {
	*form.Form
	Chain   *flow.Chain  // nil: its records have no states
	Rules   []*Rule      // decided at submission, in order
	Views   []*View      // all views of the form, sorted by id
	Indexes []*view.View // one view per distinct index, so that each is kept once
	Slots   SystemSlots
}

// Rule is a compiled rule with its definition.
type Rule struct {
	*rule.Table
	Def *def.Rule
}

// View is a compiled view with its form.
type View struct {
	*view.View
	Def  *def.View
	Form *Form
}

// SystemSlots are the slots of the system values in the form's shape.
type SystemSlots struct {
	ID, No, State, Entered, Created, CreatedBy, Updated int
}

// StateIndex returns the name of the index that keeps a form's records by
// state, newest first: its group counts are the counts per state.
func StateIndex(formID string) string { return "s/" + formID }

// Entries returns the index entries of a record as it stands: per state, per
// declared index, per distinct view.
func (f *Form) Entries(row fact.Row, env *fact.Env) []fact.Entry {
	id := row[f.Slots.ID].Text()
	kind := fact.RecordKind(f.Def.ID)
	out := make([]fact.Entry, 0, len(f.Indexes)+len(f.Def.Indexes)+1)
	out = append(out, fact.Entry{Index: StateIndex(f.Def.ID), Kind: kind, ID: id, Group: row[f.Slots.State].Text()})
	out = append(out, f.Form.Entries(id, row)...)
	for _, v := range f.Indexes {
		if group, sort, in := v.Place(row, env); in {
			out = append(out, fact.Entry{Index: v.Index(), Kind: kind, ID: id, Group: group, Sort: sort})
		}
	}
	return out
}

// Can reports whether one of the actor's roles grants a duty beyond forms
// ("publish", "members", "import", "audit").
func (p *Program) Can(a fact.Actor, duty string) bool {
	for _, id := range a.Roles {
		if r := p.Roles[id]; r != nil && slices.Contains(r.Can, duty) {
			return true
		}
	}
	return false
}
