package engine

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"sluice/runtime/fact"
	"sluice/runtime/flow"
	"sluice/runtime/form"
	"sluice/schemas"
)

// move takes a transition of the record's chain, with its evidence.
func (d *decider) move() (*Decision, error) {
	if err := d.load(); err != nil {
		return nil, err
	}
	t, err := d.transition()
	if err != nil {
		return nil, err
	}
	attempt := &flow.Attempt{Record: &d.record, Row: d.before, Shape: d.form.Shape, Evidence: d.command.Evidence, Env: d.env}
	if problems := t.Open(d.form.Chain, attempt); len(problems) > 0 {
		return nil, d.rejected(t, problems)
	}
	entry, err := d.patched(t)
	if err != nil {
		return nil, err
	}
	attempt.Row = entry.Row
	if problems := slices.Concat(t.Blocked(attempt), t.Proven(attempt)); len(problems) > 0 {
		return nil, fact.Refuse(fact.Invalid, problems...)
	}
	if problems := d.assign(t, entry); len(problems) > 0 {
		return nil, fact.Refuse(fact.Invalid, problems...)
	}
	if err := d.references(entry.Row); err != nil {
		return nil, err
	}
	after := d.record
	after.State, after.Entered = t.To.Def.ID, d.now
	after.Updated, after.UpdatedBy = d.now, d.command.Actor.ID
	after.Release = d.program.Release
	evidence := d.command.Evidence
	if evidence == nil {
		evidence = &fact.Evidence{Kind: fact.Manual}
	}
	return d.settle(after, entry, eventData{
		From: d.record.State, To: after.State, Transition: t.Def.ID, Evidence: evidence,
		Changed: d.form.Differences(d.before, entry),
	}, "record.moved")
}

func (d *decider) transition() (*flow.Transition, error) {
	if d.form.Chain != nil {
		if t := d.form.Chain.Transition(d.command.Transition); t != nil {
			return t, nil
		}
	}
	return nil, fact.Refuse(fact.NotFound, fact.Problem{Path: "/transition", Code: "unknown_transition", Params: map[string]any{"transition": d.command.Transition}})
}

// patched merges what the move brings along. A move may fill in the fields it
// asks for, also where the actor could not edit them, and nothing else.
func (d *decider) patched(t *flow.Transition) (*form.Entry, error) {
	input := d.command.Input
	if len(input) == 0 {
		return d.form.Kept(&d.record, d.before), nil
	}
	if problems := onlyAsked(input, t.Def.Ask, d.command.Actor); len(problems) > 0 {
		return nil, fact.Refuse(fact.Invalid, problems...)
	}
	entry, problems := d.form.Merge(&d.record, input, d.form.Full(), d.env)
	if len(problems) > 0 {
		return nil, fact.Refuse(fact.Invalid, problems...)
	}
	return entry, nil
}

func onlyAsked(input []byte, ask []string, actor fact.Actor) []fact.Problem {
	if actor.Kind == fact.Connector {
		return nil // a hook's definition has chosen the fields
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(input, &members); err != nil {
		return []fact.Problem{{Code: "invalid_json"}}
	}
	var problems []fact.Problem
	for id := range members {
		if !slices.Contains(ask, id) {
			problems = append(problems, fact.Problem{Path: schemas.Pointer(id), Code: "read_only", Params: map[string]any{"field": id}})
		}
	}
	slices.SortFunc(problems, func(a, b fact.Problem) int { return strings.Compare(a.Path, b.Path) })
	return problems
}

// assign decides the move's rules and its own assignments.
func (d *decider) assign(t *flow.Transition, e *form.Entry) []fact.Problem {
	for _, id := range t.Def.Rules {
		if r := d.program.Rules[id]; r != nil {
			if problems := d.decideTable(e, r.Table); len(problems) > 0 {
				return problems
			}
		}
	}
	if t.Set != nil {
		why := d.why
		problems := d.decideTable(e, t.Set)
		d.why = why // the move itself explains its own assignments
		return problems
	}
	return nil
}

// rejected refuses a move. When a stage is missing, those whose turn it is are
// told: somebody waits for them.
func (d *decider) rejected(t *flow.Transition, problems []fact.Problem) error {
	refusal := fact.Refuse(fact.Conflict, problems...)
	if problems[0].Code == "role_denied" {
		refusal.Kind = fact.Denied
		return refusal
	}
	state := d.form.Chain.State(d.record.State)
	if problems[0].Code != "stage_missing" || state == nil || len(state.Def.Owner) == 0 {
		return refusal
	}
	change := fact.Change{}
	d.notify(&change, &d.record, state, notice{Kind: "blocked", Transition: t.Def.ID})
	return &Rejected{Refusal: refusal, Change: change}
}

// due handles a timer of the record's state: its deadline, or a move that time
// makes. A timer of a state that the record has left is only ticked off.
func (d *decider) due() (*Decision, error) {
	tick := fact.Change{Done: []string{d.command.JobID}}
	var timer timerBody
	if err := json.Unmarshal(d.command.Input, &timer); err != nil {
		return &Decision{Change: tick}, nil
	}
	if err := d.load(); err != nil {
		var gone *fact.Refusal
		if errors.As(err, &gone) {
			return &Decision{Change: tick}, nil
		}
		return nil, err
	}
	if d.record.State != timer.State || d.record.Entered.UnixMilli() != timer.Entered || d.form.Chain == nil {
		return &Decision{Change: tick, Record: d.record}, nil
	}
	state := d.form.Chain.State(timer.State)
	if state == nil {
		return &Decision{Change: tick, Record: d.record}, nil
	}
	if timer.Transition != "" {
		d.command.Transition, d.command.Evidence, d.command.Input = timer.Transition, &fact.Evidence{Kind: fact.Timed}, nil
		decision, err := d.move()
		var refused *fact.Refusal
		if errors.As(err, &refused) {
			return d.refusedTimer(tick, refused), nil
		}
		return decision, err
	}
	// The record must not have left the state when the commit comes.
	tick.Expect = d.unchanged().Change.Expect
	out := &Decision{Change: tick, Record: d.record}
	d.notify(&out.Change, &d.record, state, notice{Kind: "late"})
	out.Change.Events = append(out.Change.Events, fact.Event{
		Subject: fact.Key{Kind: fact.RecordKind(d.form.Def.ID), ID: d.record.ID}, Type: "record.late", At: d.now,
		Actor: d.command.Actor, Release: d.program.Release, Data: eventData{From: timer.State}.encode(),
	})
	return out, nil
}

// refusedTimer ticks a timer off whose move is not to be made. One that came too
// early, because the clock was set back meanwhile, is asked for again.
func (d *decider) refusedTimer(tick fact.Change, refused *fact.Refusal) *Decision {
	out := &Decision{Change: tick, Record: d.record}
	if !slices.ContainsFunc(refused.Problems, func(p fact.Problem) bool { return p.Code == "too_early" }) {
		return out
	}
	for _, job := range d.timers(&d.record) {
		if job.ID == d.command.JobID {
			out.Change.Jobs = append(out.Change.Jobs, job)
		}
	}
	return out
}

// timerBody is the body of a "timer" job.
type timerBody struct {
	State      string `json:"state"`
	Entered    int64  `json:"entered"` // Unix milliseconds: which stay in the state the timer belongs to
	Transition string `json:"transition,omitempty"`
}

// timers returns the jobs that the record's new state starts. Their ids follow
// from the record and the stay, so that a retried decision asks for the same ones.
func (d *decider) timers(after *fact.Record) []fact.Job {
	if d.form.Chain == nil {
		return nil
	}
	state := d.form.Chain.State(after.State)
	if state == nil {
		return nil
	}
	defs := state.Timers()
	if len(defs) == 0 {
		return nil
	}
	jobs := make([]fact.Job, 0, len(defs))
	entered := after.Entered.UnixMilli()
	for _, t := range defs {
		body, _ := json.Marshal(timerBody{State: after.State, Entered: entered, Transition: t.Transition})
		jobs = append(jobs, fact.Job{
			ID:      strings.Join([]string{after.ID, after.State, after.Entered.Format(time.RFC3339Nano), t.Transition}, "."),
			Queue:   "timer",
			Due:     after.Entered.Add(t.After),
			Subject: fact.Key{Kind: fact.RecordKind(after.Form), ID: after.ID},
			Body:    body,
		})
	}
	return jobs
}
