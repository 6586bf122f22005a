package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/engine"
	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/schemas"
)

// Report is the outcome of a set of scenarios.
type Report struct {
	Passed   int       `json:"passed"`
	Failures []Failure `json:"failed"`
}

// Failure says where a scenario did not go as written.
type Failure struct {
	Scenario string     `json:"id"`
	Name     fact.Label `json:"name"`
	Step     int        `json:"step"` // 0 is the first; -1 when the scenario could not be set up
	What     string     `json:"what"` // "state", "data/warehouse", "refused", …
	Want     string     `json:"want"`
	Got      string     `json:"got"`
}

// Error words the failure for a log or a terminal.
func (f Failure) Error() string {
	return fmt.Sprintf("scenario %s, step %d: %s: want %s, got %s", f.Scenario, f.Step+1, f.What, f.Want, f.Got)
}

// RunAll runs all scenarios of a program, each in a world of its own.
func RunAll(p *program.Program) Report {
	report := Report{Failures: []Failure{}}
	for _, s := range p.Scenarios {
		failures := Run(p, s)
		if len(failures) == 0 {
			report.Passed++
		}
		report.Failures = append(report.Failures, failures...)
	}
	return report
}

// Run runs one scenario and returns what did not go as written.
func Run(p *program.Program, s *def.Scenario) []Failure {
	r := &run{program: p, scenario: s, facts: newFacts()}
	now, err := time.Parse(time.RFC3339, s.Now)
	if err != nil {
		return []Failure{r.failure(-1, "now", "an RFC 3339 time", s.Now)}
	}
	r.now = now
	for i := range s.Given {
		if err := r.give(&s.Given[i]); err != nil {
			return []Failure{r.failure(-1, "given", s.Given[i].ID, err.Error())}
		}
	}
	for i := range s.Steps {
		if failures := r.step(i); len(failures) > 0 {
			return failures // later steps build on this one
		}
	}
	return nil
}

type run struct {
	program  *program.Program
	scenario *def.Scenario
	facts    *facts
	now      time.Time
	first    string // id of the record submitted first
}

func (r *run) failure(step int, what, want, got string) Failure {
	return Failure{Scenario: r.scenario.ID, Name: r.scenario.Name, Step: step, What: what, Want: want, Got: got}
}

// give puts a record into the world as if it had come there by the book.
func (r *run) give(g *def.Given) error {
	f := r.program.Forms[g.Form]
	if f == nil {
		return fmt.Errorf("unknown form %s", g.Form)
	}
	env := &fact.Env{Now: r.now, Zone: r.program.Zone, Actor: fact.Actor{Kind: fact.System, ID: "scenario"}}
	entry, problems := f.Submit(g.Data, f.Full(), env)
	if len(problems) > 0 {
		return problems[0]
	}
	state, err := givenState(f, g.State)
	if err != nil {
		return err
	}
	rec := fact.Record{
		Form: g.Form, ID: g.ID, State: state, Entered: r.now, Created: r.now, CreatedBy: "scenario",
		Updated: r.now, UpdatedBy: "scenario", Release: r.program.Release, Data: entry.Data(),
	}
	put := fact.Put{Key: fact.Key{Kind: fact.RecordKind(g.Form), ID: g.ID}, Body: rec.Encode()}
	if counter, ok := f.DrawCounter(r.now, r.program.Zone); ok {
		put.Draw = &fact.Draw{Counter: counter}
	}
	change := fact.Change{Put: []fact.Put{put}}
	for _, k := range f.Uniques(entry.Row) {
		change.Put = append(change.Put, fact.Put{Key: k, Body: []byte(g.ID)})
	}
	r.facts.apply(change)
	r.facts.notified = nil
	if r.first == "" && g.Form == r.scenario.Form {
		r.first = g.ID
	}
	return nil
}

// givenState returns the state of a record that exists before: the one that is
// said, else the one in which its chain begins.
func givenState(f *program.Form, said string) (string, error) {
	switch {
	case f.Chain == nil && said == "":
		return "", nil
	case f.Chain == nil:
		return "", fact.Problem{Path: "/state", Code: "no_chain"}
	case said == "":
		return f.Chain.Def.Initial, nil
	case f.Chain.State(said) == nil:
		return "", fact.Problem{Path: "/state", Code: "unknown_state", Params: map[string]any{"state": said}}
	default:
		return said, nil
	}
}

func (r *run) step(i int) []Failure {
	s := &r.scenario.Steps[i]
	if s.After != "" {
		d, err := fact.ParseDuration(s.After)
		if err != nil {
			return []Failure{r.failure(i, "after", "an ISO 8601 duration", s.After)}
		}
		r.now = r.now.Add(d)
	}
	command, err := r.command(i, s)
	if err != nil {
		return []Failure{r.failure(i, "step", "a command", err.Error())}
	}
	r.facts.notified = nil
	decision, err := engine.Decide(r.program, r.facts, command)
	var rejected *engine.Rejected
	var refusal *fact.Refusal
	switch {
	case errors.As(err, &rejected):
		r.facts.apply(rejected.Change)
		refusal = rejected.Refusal
	case errors.As(err, &refusal):
	case err != nil:
		return []Failure{r.failure(i, "step", "a decision", err.Error())}
	default:
		r.facts.apply(decision.Change)
	}
	return r.compare(i, &s.Then, command, decision, refusal)
}

func (r *run) command(i int, s *def.Step) (*fact.Command, error) {
	c := &fact.Command{
		Type: fact.CommandType(s.Do), Form: r.scenario.Form, ID: s.ID, Input: s.Input,
		Transition: s.Transition, Now: r.now, Actor: actorOf(s.As),
	}
	if c.Type == fact.Submit {
		if c.ID == "" {
			c.ID = fmt.Sprintf("record-%d", i+1)
		}
		if r.first == "" {
			r.first = c.ID
		}
	}
	if c.ID == "" {
		c.ID = r.first
	}
	if len(s.Evidence) > 0 {
		c.Evidence = &fact.Evidence{}
		if err := json.Unmarshal(s.Evidence, c.Evidence); err != nil {
			return nil, fmt.Errorf("evidence: %w", err)
		}
		if c.Evidence.Code == fact.PathNo {
			c.Evidence.Code = r.no(c.ID)
		}
	}
	if c.Type == fact.Due {
		c.JobID = "job"
		rec, err := r.record(c.ID)
		if err != nil {
			rec = &fact.Record{} // it is gone; a timer that comes for it has nothing to do
		}
		body, err := json.Marshal(map[string]any{"state": rec.State, "entered": rec.Entered.UnixMilli(), "transition": s.Transition})
		if err != nil {
			return nil, err
		}
		c.Input = body
	}
	return c, nil
}

func actorOf(as string) fact.Actor {
	if account, ok := strings.CutPrefix(as, "connector:"); ok {
		return fact.Actor{Kind: fact.Connector, ID: account, Name: account}
	}
	if as == "timer" {
		return fact.Actor{Kind: fact.Timer, ID: "timer", Name: "timer"}
	}
	return fact.Actor{Kind: fact.Person, ID: as, Name: as, Roles: []string{as}}
}

func (r *run) record(id string) (*fact.Record, error) {
	doc, err := r.facts.Get(fact.Key{Kind: fact.RecordKind(r.scenario.Form), ID: id})
	if err != nil {
		return nil, err
	}
	if doc.Rev == 0 {
		return nil, fmt.Errorf("no record %s", id)
	}
	rec, err := fact.DecodeRecord(r.scenario.Form, doc)
	return &rec, err
}

func (r *run) no(id string) string {
	rec, err := r.record(id)
	if err != nil {
		return ""
	}
	return r.program.Forms[r.scenario.Form].No(rec)
}

func (r *run) compare(i int, want *def.Expectation, c *fact.Command, d *engine.Decision, refusal *fact.Refusal) []Failure {
	var out []Failure
	differ := func(what, want, got string) {
		if want != got {
			out = append(out, r.failure(i, what, want, got))
		}
	}
	var refused string
	var problems []string
	if refusal != nil {
		refused = refusal.Problems[0].Code
		for _, p := range refusal.Problems {
			problems = append(problems, p.Path+" "+p.Code)
		}
	}
	if len(want.Problems) > 0 {
		differ("problems", strings.Join(want.Problems, "; "), strings.Join(problems, "; "))
	} else {
		differ("refused", want.Refused, refused)
	}
	if want.Notified != nil {
		slices.Sort(r.facts.notified)
		differ("notified", strings.Join(slices.Sorted(slices.Values(want.Notified)), ", "), strings.Join(slices.Compact(r.facts.notified), ", "))
	}
	if want.Fired != nil {
		var fired []string // of a command that is refused, nothing
		if d != nil {
			for _, why := range d.Why {
				fired = append(fired, why.Rule+"/"+why.Row)
			}
		}
		differ("fired", strings.Join(want.Fired, ", "), strings.Join(fired, ", "))
	}
	return append(out, r.compareRecord(i, want, c.ID)...)
}

func (r *run) compareRecord(i int, want *def.Expectation, id string) []Failure {
	if want.State == nil && len(want.Data) == 0 {
		return nil
	}
	rec, err := r.record(id)
	if err != nil {
		return []Failure{r.failure(i, "record", id, err.Error())}
	}
	var out []Failure
	if want.State != nil && *want.State != rec.State {
		out = append(out, r.failure(i, "state", *want.State, rec.State))
	}
	var data map[string]json.RawMessage
	if err := json.Unmarshal(rec.Data, &data); err != nil {
		return append(out, r.failure(i, "data", "an object", err.Error()))
	}
	for field, value := range want.Data {
		got := data[field]
		if got == nil {
			got = json.RawMessage("null")
		}
		if !sameJSON(value, got) {
			out = append(out, r.failure(i, "data/"+field, string(value), string(got)))
		}
	}
	slices.SortFunc(out, func(a, b Failure) int { return strings.Compare(a.What, b.What) })
	return out
}

func sameJSON(a, b json.RawMessage) bool {
	ca, errA := schemas.Canonical(a)
	cb, errB := schemas.Canonical(b)
	return errA == nil && errB == nil && bytes.Equal(ca, cb)
}
