package flow

import (
	"slices"
	"strings"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/schemas"
)

// Attempt is one wish to move a record.
type Attempt struct {
	Record   *fact.Record
	Row      fact.Row // the record's values, the attempt's own patch applied
	Shape    *fact.Shape
	Evidence *fact.Evidence // nil stands for a person's word
	Env      *fact.Env
}

// Open returns why the move cannot be tried from where the record stands or by
// this actor, whatever the evidence; nil when it can.
func (t *Transition) Open(c *Chain, a *Attempt) []fact.Problem {
	if !slices.Contains(t.Def.From, a.Record.State) {
		return []fact.Problem{t.wrongState(c, a.Record.State)}
	}
	if !t.permits(a.Env.Actor) {
		return []fact.Problem{{Code: "role_denied", Params: map[string]any{"transition": t.Def.ID, "roles": strings.Join(t.roles(), ", ")}}}
	}
	return nil
}

// Blocked returns what else stands in the way: the guard and missing values; nil when nothing does.
func (t *Transition) Blocked(a *Attempt) []fact.Problem {
	var problems []fact.Problem
	if t.Guard != nil && !t.Guard.Holds(a.Row, a.Env) {
		message := t.Def.Reason
		if message == (fact.Label{}) {
			message = fact.Label{Zh: t.Guard.Sentence("zh"), En: t.Guard.Sentence("en")}
		}
		problems = append(problems, fact.Problem{Code: "guard_failed", Params: map[string]any{"message": message}})
	}
	for _, path := range t.Def.Need {
		if emptyAt(a, path) {
			problems = append(problems, fact.Problem{Path: schemas.Pointer(path), Code: "need_field", Params: map[string]any{"field": path}})
		}
	}
	return problems
}

// Proven returns why the evidence does not prove the move; nil when it does.
func (t *Transition) Proven(a *Attempt) []fact.Problem {
	ev := a.Evidence
	if ev == nil {
		ev = &fact.Evidence{Kind: fact.Manual}
	}
	problem := fact.Problem{Path: "/evidence", Code: "evidence_missing", Params: map[string]any{"kinds": kinds(t.Def)}}
	for i := range t.Def.Evidence {
		p := &t.Def.Evidence[i]
		if p.Kind != ev.Kind {
			continue
		}
		why, ok := t.accepts(p, t.After[i], ev, a)
		if ok {
			return nil
		}
		problem = why
	}
	return []fact.Problem{problem}
}

func (t *Transition) accepts(p *def.Proof, after time.Duration, ev *fact.Evidence, a *Attempt) (fact.Problem, bool) {
	actor := a.Env.Actor
	denied := fact.Problem{Path: "/evidence", Code: "evidence_denied", Params: map[string]any{"kind": string(p.Kind)}}
	switch p.Kind {
	case fact.Callback:
		return denied, actor.Kind == fact.Connector && actor.ID == p.Account
	case fact.Timed:
		if actor.Kind != fact.Timer {
			return denied, false
		}
		due := a.Record.Entered.Add(after)
		return fact.Problem{Path: "/evidence", Code: "too_early", Params: map[string]any{"due": fact.TimeText(due.UnixMilli())}}, !a.Env.Now.Before(due)
	}
	if !people(actor) || !anyRole(actor, p.Roles) {
		return denied, false
	}
	switch p.Kind {
	case fact.Scan:
		want := textAt(a, p.Field)
		return fact.Problem{Path: "/evidence/code", Code: "evidence_wrong", Params: map[string]any{"code": ev.Code, "field": p.Field}},
			want != "" && strings.TrimSpace(ev.Code) == want
	case fact.Document:
		return fact.Problem{Path: schemas.Pointer(p.Field), Code: "need_field", Params: map[string]any{"field": p.Field}}, !emptyAt(a, p.Field)
	case fact.Manual:
		return denied, true
	default: // a kind that this program does not know proves nothing
		return denied, false
	}
}

// permits reports whether any proof of the move can be given by the actor.
func (t *Transition) permits(actor fact.Actor) bool {
	for i := range t.Def.Evidence {
		p := &t.Def.Evidence[i]
		switch p.Kind {
		case fact.Callback:
			if actor.Kind == fact.Connector && actor.ID == p.Account {
				return true
			}
		case fact.Timed:
			if actor.Kind == fact.Timer {
				return true
			}
		case fact.Manual, fact.Scan, fact.Document:
			if people(actor) && anyRole(actor, t.Def.Roles) && anyRole(actor, p.Roles) {
				return true
			}
		}
	}
	return false
}

// Hears reports whether a message of the connector account can prove the move.
func (t *Transition) Hears(account string) bool {
	return slices.ContainsFunc(t.Def.Evidence, func(p def.Proof) bool { return p.Kind == fact.Callback && p.Account == account })
}

// wrongState tells a person who tried a later step which stage is missing, and
// one who tried a step again where the record stands.
func (t *Transition) wrongState(c *Chain, at string) fact.Problem {
	params := map[string]any{"at": at, "transition": t.Def.ID}
	now, first := c.state[at], c.state[t.Def.From[0]]
	if now == nil || first == nil {
		params["state"] = at
		return fact.Problem{Code: "wrong_state", Params: params}
	}
	if now.Order < first.Order {
		params["state"] = first.Def.Name
		return fact.Problem{Code: "stage_missing", Params: params}
	}
	params["state"] = now.Def.Name
	return fact.Problem{Code: "wrong_state", Params: params}
}

func (t *Transition) roles() []string {
	out := slices.Clone(t.Def.Roles)
	for i := range t.Def.Evidence {
		out = append(out, t.Def.Evidence[i].Roles...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// people reports whether the actor can vouch for something: a person, or a
// program that a person gave a key with roles.
func people(a fact.Actor) bool { return a.Kind == fact.Person || a.Kind == fact.APIKey }

// anyRole reports whether the actor has one of the roles; no roles and "*" mean anybody.
func anyRole(a fact.Actor, roles []string) bool {
	return len(roles) == 0 || slices.Contains(roles, "*") || slices.ContainsFunc(roles, a.Has)
}

func kinds(d *def.Transition) string {
	out := make([]string, len(d.Evidence))
	for i := range d.Evidence {
		out[i] = string(d.Evidence[i].Kind)
	}
	return strings.Join(out, ", ")
}

func textAt(a *Attempt, path string) string {
	slot, ok := a.Shape.Slot(path)
	if !ok {
		return ""
	}
	return strings.TrimSpace(a.Row[slot].Text())
}

// emptyAt reports whether a field has no value; a field that is a group of
// slots (an address) is empty when all of them are.
func emptyAt(a *Attempt, path string) bool {
	if slot, ok := a.Shape.Slot(path); ok {
		return a.Row[slot].Empty()
	}
	prefix := path + "."
	for i := range a.Shape.Slots {
		if strings.HasPrefix(a.Shape.Slots[i].Path, prefix) && !a.Row[i].Empty() {
			return false
		}
	}
	return true
}
