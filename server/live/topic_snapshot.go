package live

import (
	"strconv"
	"time"

	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/runtime/view"
)

// maxCards is how many cards a snapshot has at most, in all groups together.
const maxCards = 2000

// snapshot writes the frame with the first cards of each group. Looked bounds
// how many records of a scope with row conditions are read.
func (t *topic) snapshot(r fact.Reader, at fact.Position, window, looked int, now time.Time) ([]byte, error) {
	if t.limited() && !t.surveyed {
		if err := t.survey(r, looked); err != nil {
			return nil, err
		}
	}
	groups := t.screen.View.Groups()
	if window <= 0 {
		window = t.screen.View.Window()
	}
	window = min(window, view.MaxWindow, max(1, maxCards/max(1, len(groups))))
	b := appendOp(make([]byte, 0, 16<<10), "snapshot", t.key.view)
	b = field.AppendText(append(b, `,"position":`...), t.position(at))
	b = append(appendNow(b, now), `,"groups":[`...)
	for i, g := range groups {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = t.appendGroup(b, r, g, window, looked); err != nil {
			return nil, err
		}
	}
	return append(b, ']', '}'), nil
}

// appendGroup writes one group: its count when it is known, its first cards, and
// the cursor behind them when there are more.
func (t *topic) appendGroup(b []byte, r fact.Reader, group string, window, looked int) ([]byte, error) {
	b = field.AppendText(append(b, `{"group":`...), group)
	count, known, err := t.countOf(r, group)
	if err != nil {
		return nil, err
	}
	if known {
		b = strconv.AppendInt(append(b, `,"count":`...), count, 10)
	}
	b = append(b, `,"cards":[`...)
	cards, read := 0, 0
	last, more := "", false
	for doc, err := range r.Scan(fact.Range{Kind: t.kind, Index: t.index, Group: group}) {
		if err != nil {
			return nil, err
		}
		if cards == window || read == window+looked {
			more = true
			break
		}
		read++
		rec, row, err := t.load(doc)
		if err != nil {
			return nil, err
		}
		last = fact.Cursor(doc.Sort, doc.Key.ID)
		if t.limited() && !t.screen.Sees(row, &t.env) {
			continue
		}
		if cards > 0 {
			b = append(b, ',')
		}
		cards++
		b = t.card(b, &rec, row)
	}
	b = append(b, `],"next":`...)
	if !more {
		return append(b, `null}`...), nil
	}
	return append(field.AppendText(b, last), '}'), nil
}

func (t *topic) countOf(r fact.Reader, group string) (int64, bool, error) {
	if t.limited() {
		return t.counts[group], !t.partly[group], nil
	}
	n, err := r.Count(t.index, group)
	return n, true, err
}

// survey looks through the groups for the records that a scope with row
// conditions sees, as far as the bound goes. Groups that it does not finish
// have no count.
func (t *topic) survey(r fact.Reader, bound int) error {
	t.seen, t.counts, t.partly = map[string]string{}, map[string]int64{}, map[string]bool{}
	for _, g := range t.screen.View.Groups() {
		for doc, err := range r.Scan(fact.Range{Kind: t.kind, Index: t.index, Group: g}) {
			if err != nil {
				return err
			}
			if bound == 0 {
				t.partly[g] = true
				break
			}
			bound--
			_, row, err := t.load(doc)
			if err != nil {
				return err
			}
			if t.screen.Sees(row, &t.env) {
				t.see(doc.Key.ID, g, true)
			}
		}
	}
	t.surveyed = true
	return nil
}
