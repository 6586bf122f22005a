package engine

import (
	"bytes"
	"slices"

	"sluice/runtime/fact"
	"sluice/runtime/form"
	"sluice/schemas"
)

// submit creates a record: check the input, decide the form's rules, enter the chain.
func (d *decider) submit() (*Decision, error) {
	if !d.access.Create {
		return nil, d.denied("create")
	}
	entry, problems := d.form.Submit(d.command.Input, d.access, d.env)
	if len(problems) > 0 {
		return nil, fact.Refuse(fact.Invalid, problems...)
	}
	rec := fact.Record{
		Form: d.form.Def.ID, ID: d.command.ID, Entered: d.now, Created: d.now, CreatedBy: d.command.Actor.ID,
		Updated: d.now, UpdatedBy: d.command.Actor.ID, Release: d.program.Release,
	}
	if d.form.Chain != nil {
		rec.State = d.form.Chain.Def.Initial
	}
	d.form.Fill(entry.Row, &rec)
	if problems := d.decideRules(entry, d.form.Rules); len(problems) > 0 {
		return nil, fact.Refuse(fact.Invalid, problems...)
	}
	if err := d.references(entry.Row); err != nil {
		return nil, err
	}
	return d.settle(rec, entry, eventData{To: rec.State}, "record.submitted")
}

// edit merges a patch into a record's values.
func (d *decider) edit() (*Decision, error) {
	if err := d.load(); err != nil {
		return nil, err
	}
	if !d.access.Edits(d.before, d.env) {
		return nil, d.denied("edit")
	}
	entry, problems := d.form.Merge(&d.record, d.command.Input, d.access, d.env)
	if len(problems) > 0 {
		return nil, fact.Refuse(fact.Invalid, problems...)
	}
	changed := d.form.Changed(d.before, entry.Row)
	if problems := d.lockedByState(changed); len(problems) > 0 {
		return nil, fact.Refuse(fact.Denied, problems...)
	}
	if err := d.references(entry.Row); err != nil {
		return nil, err
	}
	if bytes.Equal(entry.Data(), d.record.Data) {
		return d.unchanged(), nil
	}
	after := d.record
	after.Updated, after.UpdatedBy = d.now, d.command.Actor.ID
	return d.settle(after, entry, eventData{Changed: d.form.Differences(d.before, entry)}, "record.edited")
}

// unchanged is the decision that the record is already as wished: no revision, no
// event, nothing for others to look at. The record must still be that one at the commit.
func (d *decider) unchanged() *Decision {
	key := fact.Key{Kind: fact.RecordKind(d.form.Def.ID), ID: d.record.ID}
	return &Decision{Record: d.record, Change: fact.Change{Expect: []fact.Expect{{Key: key, Rev: d.record.Rev}}}}
}

// lockedByState refuses edits of fields that the record's state has locked.
func (d *decider) lockedByState(changed []string) []fact.Problem {
	if d.form.Chain == nil {
		return nil
	}
	s := d.form.Chain.State(d.record.State)
	if s == nil || len(s.Def.Lock) == 0 {
		return nil
	}
	var problems []fact.Problem
	for _, id := range changed {
		if slices.Contains(s.Def.Lock, "*") || slices.Contains(s.Def.Lock, id) {
			problems = append(problems, fact.Problem{
				Path: schemas.Pointer(id), Code: "locked_in_state",
				Params: map[string]any{"field": id, "state": s.Def.Name},
			})
		}
	}
	return problems
}

// comment adds a line to the record's history.
func (d *decider) comment() (*Decision, error) {
	if err := d.load(); err != nil {
		return nil, err
	}
	text, problem := commentText(d.command.Input)
	if problem != nil {
		return nil, fact.Refuse(fact.Invalid, *problem)
	}
	key := fact.Key{Kind: fact.RecordKind(d.form.Def.ID), ID: d.record.ID}
	out := &Decision{Record: d.record}
	out.Change.Expect = []fact.Expect{{Key: key, Rev: d.record.Rev}}
	out.Change.Events = []fact.Event{{
		Subject: key, Type: "record.commented", At: d.now, Actor: d.command.Actor, Release: d.program.Release,
		Data: eventData{Text: text}.encode(),
	}}
	return out, nil
}

// remove deletes a record; its history stays.
func (d *decider) remove() (*Decision, error) {
	if err := d.load(); err != nil {
		return nil, err
	}
	if !d.access.Deletes(d.before, d.env) {
		return nil, d.denied("delete")
	}
	key := fact.Key{Kind: fact.RecordKind(d.form.Def.ID), ID: d.record.ID}
	out := &Decision{Record: d.record}
	c := &out.Change
	c.Expect = []fact.Expect{{Key: key, Rev: d.record.Rev}}
	c.Put = []fact.Put{{Key: key, Delete: true}}
	if err := d.uniques(c, nil); err != nil {
		return nil, err
	}
	c.Index = d.moved(nil)
	if d.record.Serial != 0 {
		c.Index = append(c.Index, form.SerialEntry(d.form.Def.ID, d.record.ID, d.record.Serial, true))
	}
	c.Events = []fact.Event{{
		Subject: key, Type: "record.deleted", At: d.now, Actor: d.command.Actor, Release: d.program.Release,
		Data: eventData{From: d.record.State}.encode(),
	}}
	return out, nil
}

func (d *decider) denied(what string) *fact.Refusal {
	return fact.Refuse(fact.Denied, fact.Problem{Code: what + "_denied", Params: map[string]any{"form": d.form.Def.Name}})
}
