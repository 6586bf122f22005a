package live

import "fmt"

// fold is what a careful client makes of the frames: the board as it stands,
// and a complaint for every frame that cannot follow on what it knows.
type fold struct {
	position string
	cards    map[string]Card // by id
	counts   map[string]int64
	deltas   int
}

func (f *fold) apply(fr *Frame) error {
	switch fr.Op {
	case "snapshot":
		f.cards, f.counts = map[string]Card{}, map[string]int64{}
		for _, g := range fr.Groups {
			if g.Count != nil {
				f.counts[g.Group] = *g.Count
			}
			for _, c := range g.Cards {
				if c.Group != g.Group {
					return fmt.Errorf("card %s of group %q is in group %q", c.ID, c.Group, g.Group)
				}
				f.cards[c.ID] = c
			}
		}
	case "delta":
		f.deltas++
		for i := range fr.Changes {
			if err := f.change(&fr.Changes[i]); err != nil {
				return err
			}
		}
		for g, n := range fr.Counts {
			f.counts[g] = n
		}
	case "resync":
		return fmt.Errorf("told to load afresh: %s", fr.Reason)
	default:
		return nil
	}
	f.position = fr.Position
	return f.check()
}

func (f *fold) change(c *Change) error {
	id := c.ID
	if c.Card != nil {
		id = c.Card.ID
	}
	old, there := f.cards[id]
	switch {
	case c.Op == "enter" && there:
		return fmt.Errorf("%s enters twice", id)
	case c.Op != "enter" && !there:
		return fmt.Errorf("%s of %s, which was never seen", c.Op, id)
	case (c.Op == "move" || c.Op == "leave") && old.Group != c.From:
		return fmt.Errorf("%s %s from %q, but it stood in %q", id, c.Op, c.From, old.Group)
	case c.Op == "move" && c.Card.Group == c.From, c.Op == "update" && c.Card.Group != old.Group:
		return fmt.Errorf("%s: %s from %q to %q", id, c.Op, old.Group, c.Card.Group)
	case c.Op != "leave" && there && c.Card.Rev <= old.Rev:
		return fmt.Errorf("%s: revision %d after %d", id, c.Card.Rev, old.Rev)
	}
	if c.Op == "leave" {
		delete(f.cards, id)
	} else {
		f.cards[id] = *c.Card
	}
	return nil
}

// check compares the counts with the cards; the boards under test fit their windows.
func (f *fold) check() error {
	have := map[string]int64{}
	for _, c := range f.cards {
		have[c.Group]++
	}
	for g, n := range f.counts {
		if have[g] != n {
			return fmt.Errorf("group %q: count %d, but %d cards", g, n, have[g])
		}
	}
	return nil
}

// revs is the board in a form that can be compared.
func (f *fold) revs() map[string]string {
	out := map[string]string{}
	for id, c := range f.cards {
		out[id] = fmt.Sprintf("%s@%d", c.Group, c.Rev)
	}
	return out
}
