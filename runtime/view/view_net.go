package view

import "sluice/runtime/fact"

// Membership is what a run of events did to one record's membership of a view's index.
type Membership struct {
	Touched bool   // the events moved it; when false, it is where it was before
	FromIn  bool   // with Touched: it was in the index before
	From    string // with FromIn: the group it was in
	ToIn    bool   // with Touched: it is in the index after
	To      string // with ToIn: the group it is in
}

// Net folds events, oldest first, into the net change of each record of the
// view's form that they are about, by record id. Where a record stood before is
// told by the first removal of the first change that touched the index, where it
// stands after by the last put of the last such change.
func (v *View) Net(events []fact.Event) map[string]Membership {
	net := map[string]Membership{}
	subjects := fact.RecordKind(v.Def.Form)
	for i := range events {
		if e := &events[i]; e.Subject.Kind == subjects {
			net[e.Subject.ID] = net[e.Subject.ID].Then(v.index, e.Touch)
		}
	}
	return net
}

// Then returns the membership after one more change with these index entries.
func (m Membership) Then(index string, touch []fact.Entry) Membership {
	var removed, put *fact.Entry
	for i := range touch {
		switch t := &touch[i]; {
		case t.Index != index:
		case !t.Remove:
			put = t
		case removed == nil:
			removed = t
		}
	}
	if removed == nil && put == nil {
		return m
	}
	if !m.Touched {
		m.Touched = true
		if m.FromIn = removed != nil; m.FromIn {
			m.From = removed.Group
		}
	}
	m.ToIn, m.To = put != nil, ""
	if put != nil {
		m.To = put.Group
	}
	return m
}
