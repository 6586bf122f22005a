package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/form"
	"sluice/runtime/program"
	"sluice/runtime/rule"
	"sluice/schemas"
)

// getRecord reads one record.
func (k *call) getRecord() error {
	f, acc, err := k.form()
	if err != nil {
		return err
	}
	rec, row, err := k.read(f, k.param("id"))
	if err != nil {
		return err
	}
	if k.unchanged(revTag(rec.Rev)) {
		return nil
	}
	env := k.env()
	k.out = k.appendFull(k.out[:0], f, acc, rec, row, env)
	return k.raw(fiber.StatusOK, k.out)
}

// scanned is how many records one list request looks at: its work is bounded,
// whatever is stored. A page may be short and still have a next one.
const scanned = 2000

// listRecords reads records page by page.
func (k *call) listRecords() error {
	f, acc, err := k.form()
	if err != nil {
		return err
	}
	if !acc.Read {
		return refuse(fact.Denied, "role_denied", nil)
	}
	l := lister{k: k, f: f, acc: acc, env: k.env()}
	if l.limit, err = k.limit(); err != nil {
		return err
	}
	if err := l.plan(k.query("filter"), k.query("sort"), k.query("cursor")); err != nil {
		return err
	}
	if err := k.view(l.walk); err != nil {
		return err
	}
	return k.raw(fiber.StatusOK, l.page())
}

// lister is one list request.
type lister struct {
	k      *call
	f      *program.Form
	acc    *form.Access
	env    *fact.Env
	limit  int
	filter *rule.Cond
	rng    fact.Range

	out  []byte
	n    int
	next string
}

// plan chooses what to walk: the records of one value when the filter asks for
// equality on an indexed field or a state, else all of the form in the order of their making.
func (l *lister) plan(filter, sort, cursor string) error {
	l.rng = fact.Range{Kind: fact.RecordKind(l.f.Def.ID)}
	switch sort {
	case "", "-$created", "-$no":
		l.rng.Reverse = true
	case "$created", "$no":
	default:
		return refuseAt(fact.Invalid, "/sort", "not_option", map[string]any{"options": "-$created, $created, -$no, $no"})
	}
	if strings.HasSuffix(sort, "$no") {
		l.rng.Index = form.SerialIndex(l.f.Def.ID)
	}
	var cond *def.Condition
	if filter != "" {
		var err error
		if cond, err = l.compile(filter); err != nil {
			return err
		}
	}
	if l.rng.Index == "" && cond != nil {
		l.narrow(cond)
	}
	return l.resume(cursor)
}

// compile reads a filter. It may look only at what the caller may see, else a
// list would tell the hidden values one question at a time.
func (l *lister) compile(text string) (*def.Condition, error) {
	if err := guardText("/filter", []byte(text), 8<<10); err != nil {
		return nil, err
	}
	var cond def.Condition
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&cond); err != nil {
		return nil, fact.Refuse(fact.Invalid, decodeProblem(err).At("/filter"))
	}
	if p := l.forbidden(&cond, "/filter", ""); p != nil {
		return nil, fact.Refuse(fact.Invalid, *p)
	}
	compiled, problems := rule.Compile(&cond, l.f.Shape)
	if len(problems) > 0 {
		for i := range problems {
			problems[i] = problems[i].At("/filter")
		}
		return nil, fact.Refuse(fact.Invalid, problems...)
	}
	l.filter = compiled
	return &cond, nil
}

// forbidden finds a part of a condition that looks at a hidden value. prefix is the line field whose columns the paths name.
func (l *lister) forbidden(c *def.Condition, at, prefix string) *fact.Problem {
	for i, r := range c.Rules {
		if r == nil {
			return &fact.Problem{Path: at + schemas.Pointer("rules", i), Code: "required"}
		}
		if p := l.forbidden(r, at+schemas.Pointer("rules", i), prefix); p != nil {
			return p
		}
	}
	if c.IsGroup() {
		return nil
	}
	hidden := func(path string) bool {
		return l.acc.Hides(path) || prefix != "" && l.acc.Hides(prefix+"."+path)
	}
	if hidden(c.Field) {
		return &fact.Problem{Path: at + "/field", Code: "unknown_path", Params: map[string]any{"path": c.Field}}
	}
	switch {
	case c.ValueSource == "formula": // a formula may look anywhere
		return &fact.Problem{Path: at + "/valueSource", Code: "not_allowed"}
	case c.ValueSource == "field":
		var path string
		if json.Unmarshal(c.Value, &path) == nil && hidden(path) {
			return &fact.Problem{Path: at + "/value", Code: "unknown_path", Params: map[string]any{"path": path}}
		}
	case c.Match != nil:
		var lines def.Condition
		if json.Unmarshal(c.Value, &lines) == nil {
			return l.forbidden(&lines, at+"/value", c.Field)
		}
	}
	return nil
}

// narrow uses an index for one equality that must hold in any case.
func (l *lister) narrow(c *def.Condition) {
	terms := []*def.Condition{c}
	if c.IsGroup() {
		if c.Combinator != "and" || c.Not {
			return
		}
		terms = c.Rules
	}
	for _, t := range terms {
		var text string
		if t.IsGroup() || t.Operator != "=" || t.ValueSource != "" && t.ValueSource != "value" || json.Unmarshal(t.Value, &text) != nil {
			continue
		}
		reverse := l.rng.Reverse
		if t.Field == fact.PathState {
			l.rng.Index, l.rng.Group = program.StateIndex(l.f.Def.ID), text
			return
		}
		if rng, ok := l.f.Find(t.Field, fact.OfText(text)); ok {
			l.rng = rng
			l.rng.Reverse = reverse
			return
		}
	}
}

// resume continues after the last record of the page before. A cursor is the
// place in what is walked: an index wants another form than a kind.
func (l *lister) resume(cursor string) error {
	if cursor == "" {
		return nil
	}
	bad := refuseAt(fact.Invalid, "/cursor", "invalid_cursor", nil)
	if len(cursor) > 1024 {
		return bad
	}
	if _, _, err := fact.ParseCursor(cursor); (l.rng.Index != "") != (err == nil) {
		return bad
	}
	l.rng.After = cursor
	return nil
}

// walk appends the records of the page.
func (l *lister) walk(r fact.Reader) error {
	l.out = append(l.k.out[:0], `{"items":[`...)
	looked := 0
	for doc, err := range r.Scan(l.rng) {
		if err != nil {
			return err
		}
		if l.n == l.limit || looked == scanned {
			return nil // next was set when its predecessor was looked at
		}
		looked++
		if err := l.take(doc); err != nil {
			return err
		}
		l.next = l.place(doc)
	}
	l.next = ""
	return nil
}

func (l *lister) place(doc fact.Doc) string {
	if l.rng.Index == "" {
		return doc.Key.ID
	}
	return fact.Cursor(doc.Sort, doc.Key.ID)
}

// take appends one record when it matches and may be seen.
func (l *lister) take(doc fact.Doc) error {
	rec, err := fact.DecodeRecord(l.f.Def.ID, doc)
	if err != nil {
		return err
	}
	row, err := l.f.Load(&rec, l.env)
	if err != nil {
		return err
	}
	if !l.acc.Sees(row, l.env) || l.filter != nil && !l.filter.Holds(row, l.env) {
		return nil
	}
	if l.n > 0 {
		l.out = append(l.out, ',')
	}
	l.n++
	l.out = appendRecord(l.out, l.f, &rec, row, l.acc)
	return nil
}

func (l *lister) page() []byte {
	l.k.out = appendPageEnd(l.out, l.next)
	return l.k.out
}

func appendPageEnd(b []byte, next string) []byte {
	if next == "" {
		return append(b, `],"next":null}`...)
	}
	b = append(b, ']')
	b = appendMember(b, "next", next)
	return append(b, '}')
}

// listEvents reads a record's history, newest first.
func (k *call) listEvents() error {
	f, acc, err := k.form()
	if err != nil {
		return err
	}
	hidden := hiddenFields(f.Def, acc)
	limit, err := k.limit()
	if err != nil {
		return err
	}
	rec, _, err := k.read(f, k.param("id"))
	if err != nil {
		return err
	}
	at := rec.Last
	if cursor := k.query("cursor"); cursor != "" {
		if at, err = parseOffset(cursor); err != nil || at > rec.Last {
			return refuseAt(fact.Invalid, "/cursor", "invalid_cursor", nil)
		}
	}
	subject := fact.Key{Kind: fact.RecordKind(f.Def.ID), ID: rec.ID}
	events, next, err := k.history(subject, at, limit)
	if err != nil {
		return err
	}
	k.out = append(k.out[:0], `{"items":[`...)
	for i := range events {
		if i > 0 {
			k.out = append(k.out, ',')
		}
		k.out = appendEvent(k.out, &events[i], hidden)
	}
	k.out = appendPageEnd(k.out, next)
	return k.raw(fiber.StatusOK, k.out)
}

var errNotItsEvent = errors.New("cursor names an event of something else")

// history follows a document's events back from an offset.
func (k *call) history(subject fact.Key, at uint64, limit int) (events []fact.Event, next string, err error) {
	err = k.view(func(r fact.Reader) error {
		for at != 0 {
			if len(events) == limit {
				next = formatOffset(at)
				return nil
			}
			e, err := r.Event(at)
			if err != nil {
				return err
			}
			if e.Offset == 0 || e.Subject != subject {
				return errNotItsEvent
			}
			e.Data = bytes.Clone(e.Data)
			events, at = append(events, e), e.Prev
		}
		return nil
	})
	if errors.Is(err, errNotItsEvent) {
		err = refuseAt(fact.Invalid, "/cursor", "invalid_cursor", nil)
	}
	return events, next, err
}

// hiddenFields returns the ids of fields that are hidden from the actor, in
// whole or, of line items, in a column.
func hiddenFields(d *def.Form, acc *form.Access) map[string]bool {
	hidden := map[string]bool{}
	for i := range d.Fields {
		f := &d.Fields[i]
		hides := acc.Hides(f.ID)
		for j := range f.Fields {
			hides = hides || acc.Hides(f.ID+"."+f.Fields[j].ID)
		}
		if hides {
			hidden[f.ID] = true
		}
	}
	return hidden
}

// visibleData returns an event's data without what is hidden from the actor:
// changes of hidden fields, and explanations, which quote values, when anything is hidden.
func visibleData(data []byte, hidden map[string]bool) []byte {
	if len(hidden) == 0 {
		return data
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(data, &members) != nil {
		return []byte("{}")
	}
	var changed map[string]json.RawMessage
	if json.Unmarshal(members["changed"], &changed) != nil {
		changed = nil
	}
	delete(members, "changed")
	delete(members, "explanation")
	for id := range hidden {
		delete(changed, id)
	}
	if len(changed) > 0 {
		b, err := json.Marshal(changed)
		if err != nil {
			return []byte("{}")
		}
		members["changed"] = b
	}
	b, err := json.Marshal(members)
	if err != nil {
		return []byte("{}")
	}
	return b
}
