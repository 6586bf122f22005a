package scenario

import (
	"encoding/json"
	"slices"
	"strings"

	"sluice/runtime/def"
	"sluice/runtime/program"
)

// Record returns the scenario with its expectations brought up to what happens
// now: what a person accepts who has changed a rule on purpose. Only what the
// author compared is compared afterwards; steps and given records stay as they are.
// ok is false when the scenario cannot be played at all.
func Record(p *program.Program, s *def.Scenario) (recorded *def.Scenario, ok bool) {
	out := *s
	out.Steps = slices.Clone(s.Steps)
	// Each round mends the first step that differs; later ones build on it.
	for range out.Steps {
		failures := Run(p, &out)
		if len(failures) == 0 {
			return &out, true
		}
		if failures[0].Step < 0 {
			return nil, false
		}
		then := &out.Steps[failures[0].Step].Then
		for _, f := range failures {
			if !f.mend(then) {
				return nil, false
			}
		}
	}
	return &out, len(Run(p, &out)) == 0
}

// mend puts what happened in the place of what was expected.
func (f *Failure) mend(then *def.Expectation) bool {
	switch {
	case f.What == "state":
		then.State = &f.Got
	case f.What == "refused":
		then.Refused = f.Got
	case f.What == "problems":
		then.Problems, then.Refused = splitList(f.Got, "; "), ""
	case f.What == "fired":
		then.Fired = splitList(f.Got, ", ")
	case f.What == "notified":
		then.Notified = splitList(f.Got, ", ")
	case len(f.What) > len("data/") && f.What[:len("data/")] == "data/":
		data := make(map[string]json.RawMessage, len(then.Data))
		for k, v := range then.Data {
			data[k] = v
		}
		data[f.What[len("data/"):]] = json.RawMessage(f.Got)
		then.Data = data
	default:
		return false
	}
	return true
}

func splitList(text, sep string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, sep)
}
