package engine

import (
	"bytes"
	"slices"

	"sluice/runtime/fact"
	"sluice/runtime/form"
)

// settle builds the change that replaces the record as it was (Rev 0: was not)
// by after with the entry's values.
func (d *decider) settle(after fact.Record, e *form.Entry, data eventData, eventType string) (*Decision, error) {
	after.Data = e.Data()
	d.form.Fill(e.Row, &after)
	key := fact.Key{Kind: fact.RecordKind(d.form.Def.ID), ID: after.ID}
	out := &Decision{Record: after, Row: e.Row, Why: d.why}
	c := &out.Change
	c.Expect = append(c.Expect, fact.Expect{Key: key, Rev: d.record.Rev})
	put := fact.Put{Key: key, Body: after.Encode()}
	if d.record.Rev == 0 {
		if counter, ok := d.form.DrawCounter(d.now, d.program.Zone); ok {
			put.Draw = &fact.Draw{Counter: counter, Index: "n/" + d.form.Def.ID}
		}
	}
	c.Put = append(c.Put, put)
	if err := d.uniques(c, e.Row); err != nil {
		return nil, err
	}
	c.Index = d.moved(e.Row)
	if d.record.Rev == 0 || d.record.State != after.State || !d.record.Entered.Equal(after.Entered) { // a move back into the same state is a new stay
		c.Jobs = d.timers(&after)
	}
	data.Why = d.why
	c.Events = append(c.Events, fact.Event{
		Subject: key, Type: eventType, At: d.now, Actor: d.command.Actor, Release: d.program.Release, Data: data.encode(),
	})
	if d.command.JobID != "" {
		c.Done = append(c.Done, d.command.JobID)
	}
	return out, nil
}

// moved returns the index entries to remove and to put: those that differ between before and after.
func (d *decider) moved(after fact.Row) []fact.Entry {
	var was []fact.Entry
	if d.record.Rev != 0 {
		was = d.form.Entries(d.before, d.env)
	}
	var is []fact.Entry
	if after != nil {
		is = d.form.Entries(after, d.env)
	}
	same := func(a, b fact.Entry) bool {
		return a.Index == b.Index && a.Group == b.Group && bytes.Equal(a.Sort, b.Sort)
	}
	out := make([]fact.Entry, 0, 4)
	for _, e := range was {
		if !slices.ContainsFunc(is, func(o fact.Entry) bool { return same(e, o) }) {
			e.Remove = true
			out = append(out, e)
		}
	}
	for _, e := range is {
		if !slices.ContainsFunc(was, func(o fact.Entry) bool { return same(e, o) }) {
			out = append(out, e)
		}
	}
	return out
}

// uniques claims the record's unique values and gives back those it no longer has.
// A claim is judged by what is stored, not by what the record should hold: the
// field may have become unique, or ceased to be, after the record was written.
func (d *decider) uniques(c *fact.Change, after fact.Row) error {
	var was, is []fact.Key
	if d.record.Rev != 0 {
		was = d.form.Uniques(d.before)
	}
	if after != nil {
		is = d.form.Uniques(after)
	}
	for _, k := range was {
		if slices.Contains(is, k) {
			continue
		}
		if err := d.giveBack(c, k); err != nil {
			return err
		}
	}
	var problems []fact.Problem
	for _, k := range is {
		owner, err := d.claim(c, k)
		if err != nil {
			return err
		}
		if owner != "" && !slices.Contains(was, k) { // what it had already it may keep
			problems = append(problems, d.form.NotUnique(k, owner))
		}
	}
	if len(problems) > 0 {
		return fact.Refuse(fact.Invalid, problems...)
	}
	return nil
}

// giveBack removes the claim when it is the record's.
func (d *decider) giveBack(c *fact.Change, k fact.Key) error {
	doc, err := d.reader.Get(k)
	if err == nil && doc.Rev != 0 && string(doc.Body) == d.record.ID {
		c.Put = append(c.Put, fact.Put{Key: k, Delete: true})
	}
	return err
}

// claim adds the claim to the change unless the record has it. owner is the
// other record that has the value, "" when there is none.
func (d *decider) claim(c *fact.Change, k fact.Key) (owner string, err error) {
	doc, err := d.reader.Get(k)
	if err != nil {
		return "", err
	}
	if doc.Rev != 0 {
		owner = string(doc.Body)
		if owner == d.command.ID {
			return "", nil
		}
		if holds, err := d.holds(owner, k); holds || err != nil {
			return owner, err
		}
	}
	c.Expect = append(c.Expect, fact.Expect{Key: k, Rev: doc.Rev})
	c.Put = append(c.Put, fact.Put{Key: k, Body: []byte(d.command.ID)})
	return "", nil
}

// holds reports whether a record still has the value that it claimed: it may
// have lost it while the field was not unique.
func (d *decider) holds(id string, k fact.Key) (bool, error) {
	doc, err := d.reader.Get(fact.Key{Kind: fact.RecordKind(d.form.Def.ID), ID: id})
	if err != nil || doc.Rev == 0 {
		return false, err
	}
	rec, err := fact.DecodeRecord(d.form.Def.ID, doc)
	if err != nil {
		return false, err
	}
	row, err := d.form.Load(&rec, d.env)
	if err != nil {
		return false, err
	}
	return slices.Contains(d.form.Uniques(row), k), nil
}
