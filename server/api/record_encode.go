package api

import (
	"strconv"
	"strings"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/runtime/flow"
	"sluice/runtime/form"
	"sluice/runtime/program"
)

// The encoders append, so that an answer costs no reflection and one copy.

func appendMember(b []byte, name string, text string) []byte {
	b = append(b, `,"`...)
	b = append(b, name...)
	b = append(b, `":`...)
	return field.AppendText(b, text)
}

func appendTimeMember(b []byte, name string, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	b = append(b, `,"`...)
	b = append(b, name...)
	b = append(b, `":"`...)
	b = field.AppendTime(b, t.UnixMilli())
	return append(b, '"')
}

// appendRecord writes a record as the actor may see it.
func appendRecord(b []byte, f *program.Form, rec *fact.Record, row fact.Row, acc *form.Access) []byte {
	no := f.No(rec)
	b = append(b, `{"id":`...)
	b = field.AppendText(b, rec.ID)
	b = appendMember(b, "form", rec.Form)
	if no != "" {
		b = appendMember(b, "no", no)
	}
	b = appendMember(b, "title", titleOf(f, rec, row, acc, no))
	b = append(b, `,"rev":`...)
	b = strconv.AppendUint(b, rec.Rev, 10)
	if rec.State != "" {
		b = appendMember(b, "state", rec.State)
		b = appendTimeMember(b, "entered", rec.Entered)
		b = appendLimits(b, f, rec)
	}
	b = appendTimeMember(b, "created", rec.Created)
	b = appendMember(b, "createdBy", rec.CreatedBy)
	b = appendTimeMember(b, "updated", rec.Updated)
	b = appendMember(b, "updatedBy", rec.UpdatedBy)
	b = appendMember(b, "release", rec.Release)
	b = append(b, `,"data":`...)
	b = f.Render(b, rec, row, acc)
	return append(b, '}')
}

// appendLimits writes until when the record may stand in its state.
func appendLimits(b []byte, f *program.Form, rec *fact.Record) []byte {
	if f.Chain == nil {
		return b
	}
	s := f.Chain.State(rec.State)
	if s == nil {
		return b
	}
	if s.Late > 0 {
		b = appendTimeMember(b, "due", rec.Entered.Add(s.Late))
	}
	if s.Warn > 0 {
		b = appendTimeMember(b, "warn", rec.Entered.Add(s.Warn))
	}
	return b
}

// titleOf names a record: the value of the form's title field, else its number, else its id.
func titleOf(f *program.Form, rec *fact.Record, row fact.Row, acc *form.Access, no string) string {
	if f.Def.Title != "" && !acc.Hides(f.Def.Title) {
		if slot, ok := f.Shape.Slot(f.Def.Title); ok && slot < len(row) && !row[slot].Empty() {
			v := &row[slot]
			if v.Kind() == fact.List {
				return strings.Join(v.List(), ", ")
			}
			return field.GroupKey(v)
		}
	}
	if no != "" {
		return no
	}
	return rec.ID
}

// appendNext writes the moves that leave the record's state, as they stand for the actor.
func appendNext(b []byte, f *program.Form, rec *fact.Record, row fact.Row, env *fact.Env, lang string) []byte {
	b = append(b, '[')
	if f.Chain != nil {
		moves := f.Chain.Next(&flow.Attempt{Record: rec, Row: row, Shape: f.Shape, Env: env})
		for i := range moves {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendMove(b, &moves[i], lang)
		}
	}
	return append(b, ']')
}

func appendMove(b []byte, n *flow.Next, lang string) []byte {
	t := n.Transition.Def
	b = append(b, `{"transition":`...)
	b = field.AppendText(b, t.ID)
	b = append(b, `,"name":`...)
	b = appendLabel(b, t.Name)
	b = appendMember(b, "to", t.To)
	b = append(b, `,"evidence":[`...)
	for i := range n.Proofs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendProof(b, &n.Proofs[i])
	}
	b = append(b, `],"ask":`...)
	b = appendTexts(b, t.Ask)
	b = append(b, `,"allowed":`...)
	b = strconv.AppendBool(b, n.Allowed)
	b = append(b, `,"problems":`...)
	b = appendProblems(b, n.Problems, lang)
	b = append(b, `,"owner":`...)
	b = appendTexts(b, n.Owner)
	return append(b, '}')
}

func appendProof(b []byte, p *def.Proof) []byte {
	b = append(b, `{"kind":"`...)
	b = append(b, p.Kind...)
	b = append(b, '"')
	if p.Field != "" {
		b = appendMember(b, "field", p.Field)
	}
	return append(b, '}')
}

func appendLabel(b []byte, l fact.Label) []byte {
	b = append(b, `{"zh":`...)
	b = field.AppendText(b, l.In("zh"))
	b = appendMember(b, "en", l.In("en"))
	return append(b, '}')
}

func appendTexts(b []byte, items []string) []byte {
	b = append(b, '[')
	for i, s := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = field.AppendText(b, s)
	}
	return append(b, ']')
}

// appendReceipt writes what somebody who may not see a record learns of one that he has written.
func appendReceipt(b []byte, f *program.Form, rec *fact.Record) []byte {
	b = append(b, `{"id":`...)
	b = field.AppendText(b, rec.ID)
	b = appendMember(b, "form", rec.Form)
	if no := f.No(rec); no != "" {
		b = appendMember(b, "no", no)
	}
	b = append(b, `,"rev":`...)
	b = strconv.AppendUint(b, rec.Rev, 10)
	return append(b, '}')
}
