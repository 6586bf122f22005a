package engine

import (
	"slices"
	"time"

	"sluice/runtime/fact"
	"sluice/runtime/form"
	"sluice/runtime/program"
	"sluice/runtime/rule"
)

// Decision is the outcome of a command that is permitted and valid.
type Decision struct {
	Change fact.Change
	Record fact.Record // as it is after the change; Rev, Serial and Last are the store's to give
	Row    fact.Row    // the record's values after the change; nil when it has none (deleted, a timer ticked off)
	Why    []rule.Explanation
}

// Rev returns the revision the record will have once the change is committed; of
// a record that it deletes, the last one.
func (d *Decision) Rev() uint64 {
	key := fact.Key{Kind: fact.RecordKind(d.Record.Form), ID: d.Record.ID}
	for i := range d.Change.Put {
		if p := &d.Change.Put[i]; p.Key == key && !p.Delete {
			return d.Record.Rev + 1
		}
	}
	return d.Record.Rev
}

// Rejected is a refusal that itself leaves a trace: Change (a notice to those
// whose turn it is) is to be committed although the command was refused.
type Rejected struct {
	*fact.Refusal
	Change fact.Change
}

// Unwrap gives the refusal.
func (r *Rejected) Unwrap() error { return r.Refusal }

// Decide returns what the command would change. It returns *fact.Refusal (or
// *Rejected around one) when the command is not to be done, and the Reader's
// error when facts could not be read.
func Decide(p *program.Program, r fact.Reader, c *fact.Command) (*Decision, error) {
	f := p.Forms[c.Form]
	if f == nil {
		return nil, fact.Refuse(fact.NotFound, fact.Problem{Code: "unknown_form", Params: map[string]any{"form": c.Form}})
	}
	now := c.Now.Truncate(time.Millisecond).UTC()
	d := &decider{
		program: p, reader: r, command: c, form: f, now: now,
		env:    &fact.Env{Now: now, Zone: p.Zone, Actor: c.Actor},
		access: accessOf(f, c.Actor),
	}
	switch c.Type {
	case fact.Submit:
		return d.submit()
	case fact.Edit:
		return d.edit()
	case fact.Move:
		return d.move()
	case fact.Due:
		return d.due()
	case fact.Comment:
		return d.comment()
	case fact.Delete:
		return d.remove()
	default:
		return nil, fact.Refuse(fact.Invalid, fact.Problem{Code: "unknown_command", Params: map[string]any{"type": string(c.Type)}})
	}
}

// decider is the state of one decision.
type decider struct {
	program *program.Program
	reader  fact.Reader
	command *fact.Command
	form    *program.Form
	now     time.Time
	env     *fact.Env
	access  *form.Access

	record fact.Record // the record as it is before
	before fact.Row
	why    []rule.Explanation
}

// accessOf gives people what the form's access entries allow. Timers and
// connectors act under the chain alone: its evidence names them.
func accessOf(f *program.Form, a fact.Actor) *form.Access {
	switch a.Kind {
	case fact.Timer, fact.Connector, fact.System:
		return f.Full()
	default:
		return f.Access(a)
	}
}

// load reads the command's record; one that is absent or not the actor's to see is not found.
func (d *decider) load() error {
	key := fact.Key{Kind: fact.RecordKind(d.form.Def.ID), ID: d.command.ID}
	doc, err := d.reader.Get(key)
	if err != nil {
		return err
	}
	absent := fact.Refuse(fact.NotFound, fact.Problem{Code: "unknown_record", Params: map[string]any{"form": key.Kind[len("record/"):], "id": key.ID}})
	if doc.Rev == 0 {
		return absent
	}
	if d.record, err = fact.DecodeRecord(d.form.Def.ID, doc); err != nil {
		return err
	}
	if d.before, err = d.form.Load(&d.record, d.env); err != nil {
		return err
	}
	if !d.access.Sees(d.before, d.env) {
		return absent
	}
	if d.command.Rev != 0 && d.command.Rev != d.record.Rev {
		return fact.Refuse(fact.Conflict, fact.Problem{Code: "stale_revision", Params: map[string]any{"have": d.record.Rev, "sent": d.command.Rev}})
	}
	return nil
}

// decideRules runs tables over the entry, one after the other, each seeing what
// the one before has set.
func (d *decider) decideRules(e *form.Entry, rules []*program.Rule) []fact.Problem {
	for _, r := range rules {
		if problems := d.decideTable(e, r.Table); len(problems) > 0 {
			return problems
		}
	}
	return nil
}

func (d *decider) decideTable(e *form.Entry, t *rule.Table) []fact.Problem {
	var out rule.Outcome
	t.Decide(e.Row, d.env, &out)
	for i := range out.Hits {
		d.why = append(d.why, t.Explain(out.Hits[i], e.Row, d.env))
	}
	if out.Refuse != nil {
		return []fact.Problem{*out.Refuse}
	}
	if len(out.Set) == 0 {
		return nil
	}
	set := make([]form.Assign, len(out.Set))
	for i, a := range out.Set {
		set[i] = form.Assign{Slot: a.Slot, Value: a.Value}
	}
	return d.form.Assign(e, set, d.env)
}

// references returns a refusal of values that point at records which do not
// exist. What the record pointed at before is not asked again: it may be gone
// since, and must not stand in the way of other values.
func (d *decider) references(row fact.Row) error {
	var had []form.Reference
	if d.record.Rev != 0 {
		had = d.form.References(d.before)
	}
	var problems []fact.Problem
	for _, ref := range d.form.References(row) {
		if slices.ContainsFunc(had, func(o form.Reference) bool { return o.Form == ref.Form && o.ID == ref.ID }) {
			continue
		}
		kind := "user" // a reference without form names a person
		if ref.Form != "" {
			kind = fact.RecordKind(ref.Form)
		}
		doc, err := d.reader.Get(fact.Key{Kind: kind, ID: ref.ID})
		if err != nil {
			return err
		}
		if doc.Rev == 0 {
			problems = append(problems, fact.Problem{Path: ref.Path, Code: "unknown_reference", Params: map[string]any{"form": ref.Form, "id": ref.ID}})
		}
	}
	if len(problems) > 0 {
		return fact.Refuse(fact.Invalid, problems...)
	}
	return nil
}
