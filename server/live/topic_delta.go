package live

import (
	"time"

	"sluice/runtime/fact"
	"sluice/runtime/field"
)

// delta is what changed for the scope of a topic.
type delta struct {
	b      []byte // the changes as JSON objects with commas between
	n      int
	over   bool // more changes than a delta may have
	groups map[string]bool
	counts map[string]int64
}

func (d *delta) add(op string) {
	if d.n > 0 {
		d.b = append(d.b, ',')
	}
	d.n++
	d.b = append(append(append(d.b, `{"op":"`...), op...), '"')
}

// place is where a record stands on the screen, if it does.
type place struct {
	group string
	in    bool
}

// describe says what changed for the topic, from the state before the changes to
// the snapshot's.
func (t *topic) describe(r fact.Reader, list []*changed, most int) (*delta, error) {
	d := &delta{groups: map[string]bool{}, counts: map[string]int64{}}
	for _, c := range list {
		if err := c.load(r, t); err != nil {
			return nil, err
		}
		from, to := t.places(c)
		if t.limited() {
			from, to = t.visible(c, to)
		}
		t.write(d, c, from, to)
		if d.n > most {
			d.over = true
			return d, nil
		}
	}
	return d, t.count(r, d)
}

// places returns where the record stood before and stands now among the groups shown.
func (t *topic) places(c *changed) (from, to place) {
	v := t.screen.View
	if m := c.net(t.index); m.Touched {
		from, to = place{m.From, m.FromIn}, place{m.To, m.ToIn && c.exists}
	} else if c.exists {
		to.group, _, to.in = v.Place(c.row, &t.env)
		from = to
	}
	from.in = from.in && v.Shows(from.group)
	to.in = to.in && v.Shows(to.group)
	return from, to
}

// visible narrows the places to what a scope with row conditions sees. Where a
// record stood before is told by memory, since the conditions may have held on
// values that it no longer has.
func (t *topic) visible(c *changed, to place) (place, place) {
	group, was := t.seen[c.key.ID]
	to.in = to.in && t.screen.Sees(c.row, &t.env)
	t.see(c.key.ID, to.group, to.in)
	return place{group, was}, to
}

func (t *topic) write(d *delta, c *changed, from, to place) {
	switch {
	case !from.in && !to.in:
		return
	case !to.in:
		d.add("leave")
		d.b = field.AppendText(append(d.b, `,"id":`...), c.key.ID)
		d.b = append(field.AppendText(append(d.b, `,"from":`...), from.group), '}')
		d.groups[from.group] = true
		return
	case !from.in:
		d.add("enter")
		d.groups[to.group] = true
	case from.group != to.group:
		d.add("move")
		d.b = field.AppendText(append(d.b, `,"from":`...), from.group)
		d.groups[from.group], d.groups[to.group] = true, true
	default:
		d.add("update")
	}
	d.b = append(t.card(append(d.b, `,"card":`...), &c.rec, c.row), '}')
}

// count finds the counts of the groups that changed.
func (t *topic) count(r fact.Reader, d *delta) error {
	for g := range d.groups {
		if t.limited() {
			if !t.partly[g] {
				d.counts[g] = t.counts[g]
			}
			continue
		}
		n, err := r.Count(t.index, g)
		if err != nil {
			return err
		}
		d.counts[g] = n
	}
	return nil
}

// deltaText writes the frame.
func (t *topic) deltaText(d *delta, at fact.Position, now time.Time) []byte {
	b := make([]byte, 0, len(d.b)+256)
	b = appendOp(b, "delta", t.key.view)
	b = field.AppendText(append(b, `,"position":`...), t.position(at))
	b = append(appendNow(b, now), `,"changes":[`...)
	b = append(append(b, d.b...), ']')
	return append(appendCounts(b, t.screen.View.Groups(), d.counts), '}')
}
