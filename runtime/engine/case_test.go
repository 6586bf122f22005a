package engine_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/engine"
	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/runtime/scenario"
)

var update = flag.Bool("update", false, "write what the engine decides into testdata/cases")

// given is a file of testdata/cases: a scenario, and for each of its steps what
// its decision would change. A new case is a new file; -update fills in Changes.
type given struct {
	def.Scenario
	Changes [][]string `json:"changes"`
}

// TestCases plays every file of testdata/cases.
func TestCases(t *testing.T) {
	t.Parallel()
	p := compile(t)
	files, err := filepath.Glob("testdata/cases/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			var c given
			dec := json.NewDecoder(bytes.NewReader(raw))
			dec.DisallowUnknownFields()
			require.NoError(t, dec.Decode(&c))
			for _, f := range scenario.Run(p, &c.Scenario) {
				t.Error(f)
			}
			changes := play(t, p, &c.Scenario)
			if *update {
				c.Changes = changes
				var out bytes.Buffer
				enc := json.NewEncoder(&out)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				require.NoError(t, enc.Encode(c))
				require.NoError(t, os.WriteFile(file, out.Bytes(), 0o644))
				return
			}
			require.Len(t, c.Changes, len(changes))
			for i := range changes {
				require.Equal(t, c.Changes[i], changes[i], "step %d", i+1)
			}
		})
	}
}

// compile compiles testdata/pack as release "rel-1".
func compile(t *testing.T) *program.Program {
	t.Helper()
	files, err := filepath.Glob("testdata/pack/*.json")
	require.NoError(t, err)
	var sources []program.Source
	for _, file := range files {
		doc, err := os.ReadFile(file)
		require.NoError(t, err)
		var h def.Head
		require.NoError(t, json.Unmarshal(doc, &h), file)
		sources = append(sources, program.Source{Kind: h.Kind, ID: h.ID, File: file, Doc: doc})
	}
	p, complaints := program.Compile(sources, "rel-1", time.UTC)
	require.Empty(t, complaints)
	return p
}

// play decides each step on a world of its own and says in lines what it would change.
func play(t *testing.T, p *program.Program, s *def.Scenario) [][]string {
	t.Helper()
	now, err := time.Parse(time.RFC3339, s.Now)
	require.NoError(t, err)
	w := &world{docs: map[fact.Key]fact.Doc{}, counters: map[fact.Key]uint64{}, jobs: map[string]fact.Job{}}
	for i := range s.Given {
		g := &s.Given[i]
		c := fact.Command{Type: fact.Submit, Form: g.Form, ID: g.ID, Input: g.Data, Now: now, Actor: fact.Actor{Kind: fact.System, ID: "given"}}
		d, err := engine.Decide(p, w, &c)
		require.NoError(t, err, g.ID)
		if g.State != "" {
			d.Record.State = g.State
			d.Change.Put[0].Body = d.Record.Encode()
		}
		w.apply(d.Change)
	}
	changes := make([][]string, len(s.Steps))
	for i := range s.Steps {
		step := &s.Steps[i]
		if step.After != "" {
			after, err := fact.ParseDuration(step.After)
			require.NoError(t, err)
			now = now.Add(after)
		}
		c := w.command(t, p, s, step, now)
		d, err := engine.Decide(p, w, &c)
		changes[i] = w.lines(t, d, err)
	}
	return changes
}

// world is a Reader over maps to which changes are applied.
type world struct {
	docs     map[fact.Key]fact.Doc
	counters map[fact.Key]uint64
	jobs     map[string]fact.Job
}

func (w *world) Get(k fact.Key) (fact.Doc, error) {
	d := w.docs[k]
	d.Key = k
	return d, nil
}
func (w *world) Scan(fact.Range) iter.Seq2[fact.Doc, error] { panic("a decision does not scan") }
func (w *world) Count(string, string) (int64, error)        { panic("a decision does not count") }
func (w *world) Groups(string) (map[string]int64, error)    { panic("a decision does not count") }
func (w *world) Counter(fact.Key) (int64, error)            { panic("a decision draws in the commit") }
func (w *world) Event(uint64) (fact.Event, error)           { panic("a decision reads no history") }
func (w *world) Position() fact.Position                    { panic("a decision has no position") }

func (w *world) apply(c fact.Change) {
	for _, p := range c.Put {
		d := w.docs[p.Key]
		if p.Delete {
			delete(w.docs, p.Key)
			continue
		}
		if p.Draw != nil && d.Rev == 0 {
			w.counters[p.Draw.Counter]++
			d.Serial = w.counters[p.Draw.Counter]
		}
		d.Key, d.Rev, d.Body = p.Key, d.Rev+1, p.Body
		w.docs[p.Key] = d
	}
	for _, id := range c.Done {
		delete(w.jobs, id)
	}
	for _, j := range c.Jobs {
		w.jobs[j.ID] = j
	}
}

// command makes the step's command as the server would: a timer comes with the
// job that is waiting, or, when its record has none any more, with that of a stay that is over.
func (w *world) command(t *testing.T, p *program.Program, s *def.Scenario, step *def.Step, now time.Time) fact.Command {
	t.Helper()
	c := fact.Command{Type: fact.CommandType(step.Do), Form: s.Form, ID: step.ID, Input: step.Input, Transition: step.Transition, Now: now}
	if c.ID == "" {
		c.ID = "record-1"
	}
	switch account, connector := strings.CutPrefix(step.As, "connector:"); {
	case connector:
		c.Actor = fact.Actor{Kind: fact.Connector, ID: account, Name: account}
	case step.As == "timer":
		c.Actor = fact.Actor{Kind: fact.Timer, ID: "timer", Name: "timer"}
	default:
		c.Actor = fact.Actor{Kind: fact.Person, ID: step.As, Name: step.As, Roles: []string{step.As}}
	}
	if len(step.Evidence) > 0 {
		c.Evidence = &fact.Evidence{}
		require.NoError(t, json.Unmarshal(step.Evidence, c.Evidence))
	}
	if c.Type != fact.Due {
		return c
	}
	for _, id := range slices.Sorted(maps.Keys(w.jobs)) {
		if j := w.jobs[id]; j.Subject.ID == c.ID && strings.HasSuffix(id, "."+step.Transition) {
			c.JobID, c.Input = id, j.Body
			return c
		}
	}
	c.JobID, c.Input = "left", []byte(`{"state":"review","entered":1}`)
	return c
}

// lines says what came of a decision and applies it.
func (w *world) lines(t *testing.T, d *engine.Decision, err error) []string {
	t.Helper()
	out := []string{}
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	var change fact.Change
	var rejected *engine.Rejected
	var refusal *fact.Refusal
	switch {
	case errors.As(err, &rejected):
		change = rejected.Change
	case err == nil:
		change = d.Change
	}
	if errors.As(err, &refusal) {
		for _, p := range refusal.Problems {
			require.NotContains(t, p.Sentence("zh")+p.Sentence("en"), "…", "%v lacks a parameter", p)
			say("refused %s %s %s", refusal.Kind, p.Path, p.Code)
		}
	} else {
		require.NoError(t, err)
	}
	for _, e := range change.Expect {
		say("expect %s %s at %d", e.Key.Kind, e.Key.ID, e.Rev)
	}
	for _, p := range change.Put {
		w.put(t, p, say)
	}
	for _, e := range change.Index {
		sign := "+"
		if e.Remove {
			sign = "-"
		}
		say("index %s %s %q %s %s %s", sign, e.Index, e.Group, hex.EncodeToString(e.Sort), e.Kind, e.ID)
	}
	for _, e := range change.Events {
		require.NotContains(t, string(e.Data), "\n")
		say("event %s %s %s at %s by %s %s release %s %s", e.Type, e.Subject.Kind, e.Subject.ID, fact.TimeText(e.At.UnixMilli()), e.Actor.Kind, e.Actor.ID, e.Release, e.Data)
	}
	for _, j := range change.Jobs {
		say("job %s %s due %s for %s %s %s", j.Queue, j.ID, fact.TimeText(j.Due.UnixMilli()), j.Subject.Kind, j.Subject.ID, j.Body)
	}
	for _, id := range change.Done {
		say("done %s", id)
	}
	w.apply(change)
	return out
}

func (w *world) put(t *testing.T, p fact.Put, say func(string, ...any)) {
	t.Helper()
	form, isRecord := strings.CutPrefix(p.Key.Kind, "record/")
	switch {
	case p.Delete:
		say("delete %s %s", p.Key.Kind, p.Key.ID)
	case isRecord:
		r, err := fact.DecodeRecord(form, fact.Doc{Key: p.Key, Body: p.Body})
		require.NoError(t, err)
		say("put %s %s state %q entered %s updated %s by %s created by %s release %s", p.Key.Kind, p.Key.ID, r.State,
			fact.TimeText(r.Entered.UnixMilli()), fact.TimeText(r.Updated.UnixMilli()), r.UpdatedBy, r.CreatedBy, r.Release)
		say("data %s", r.Data)
	default:
		say("put %s %s %s", p.Key.Kind, p.Key.ID, p.Body)
	}
	if p.Draw != nil {
		say("draw %s %s into %s", p.Draw.Counter.Kind, p.Draw.Counter.ID, p.Draw.Index)
	}
}
