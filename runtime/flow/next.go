package flow

import (
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// Next is one move that leaves a record's state, as it stands for an actor.
type Next struct {
	Transition *Transition
	Allowed    bool           // the actor may try it; evidence is still to be shown
	Problems   []fact.Problem // why not, or what is still missing
	Owner      []string       // roles whose turn it is
	Proofs     []def.Proof    // what would prove it
}

// Next returns the moves that leave the record's state, in the author's order.
func (c *Chain) Next(a *Attempt) []Next {
	s := c.state[a.Record.State]
	if s == nil {
		return nil
	}
	out := make([]Next, 0, len(s.Out))
	for _, t := range s.Out {
		n := Next{Transition: t, Proofs: t.Def.Evidence, Owner: s.Def.Owner}
		n.Problems = append(t.Open(c, a), askable(t, t.Blocked(a))...)
		n.Allowed = len(n.Problems) == 0
		out = append(out, n)
	}
	return out
}

// askable leaves out missing values that the move itself asks for.
func askable(t *Transition, problems []fact.Problem) []fact.Problem {
	var out []fact.Problem
	for _, p := range problems {
		asked := false
		if p.Code == "need_field" {
			for _, id := range t.Def.Ask {
				asked = asked || id == p.Params["field"]
			}
		}
		if !asked {
			out = append(out, p)
		}
	}
	return out
}

// Timers returns what entering the state starts: a timer for its deadline and one
// for each move that time itself makes.
func (s *State) Timers() []TimerDef {
	var out []TimerDef
	if s.Late > 0 {
		out = append(out, TimerDef{After: s.Late})
	}
	for _, t := range s.Out {
		if first := t.first(); first > 0 {
			out = append(out, TimerDef{After: first, Transition: t.Def.ID})
		}
	}
	return out
}

// first returns when time itself first proves the move, 0 when it never does.
// One timer is enough: any of several proofs would do, and the earliest comes first.
func (t *Transition) first() time.Duration {
	var first time.Duration
	for i, after := range t.After {
		if t.Def.Evidence[i].Kind == fact.Timed && after > 0 && (first == 0 || after < first) {
			first = after
		}
	}
	return first
}
