package flow

import (
	"maps"
	"slices"
	"strings"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/rule"
	"sluice/schemas"
)

// Chain is a compiled status chain. It is immutable.
type Chain struct {
	Def         *def.Chain
	States      []*State
	Transitions []*Transition

	state map[string]*State
	moves map[string]*Transition
}

// State is one compiled state.
type State struct {
	Def   *def.State
	Warn  time.Duration // 0: no warning
	Late  time.Duration // 0: may stand here for ever
	Out   []*Transition // the moves that leave it, in the author's order
	Order int           // place in the chain, 0 first
}

// Transition is one compiled move.
type Transition struct {
	Def   *def.Transition
	Guard *rule.Cond      // nil: no guard
	Set   *rule.Table     // nil: sets nothing itself
	After []time.Duration // per def.Evidence: the time of a timer proof, 0 for the others
	To    *State
}

// Names is what a chain refers to outside itself.
type Names interface {
	Role(id string) bool
	Rule(id string) bool
}

// Compile links and checks a chain against the shape of its form's records.
// Problems carry pointers into the chain's document.
func Compile(d *def.Chain, s *fact.Shape, names Names) (*Chain, []fact.Problem) {
	c := &compiler{chain: &Chain{Def: d, state: map[string]*State{}, moves: map[string]*Transition{}}, shape: s, names: names}
	for i := range d.States {
		c.addState(i)
	}
	if c.chain.state[d.Initial] == nil {
		c.refuse("unknown_state", map[string]any{"state": d.Initial}, "initial")
	}
	for i := range d.Transitions {
		c.addTransition(i)
	}
	return c.chain, c.problems
}

// State returns the state with the id, nil when the chain has none.
func (c *Chain) State(id string) *State { return c.state[id] }

// Transition returns the move with the id, nil when the chain has none.
func (c *Chain) Transition(id string) *Transition { return c.moves[id] }

type compiler struct {
	chain    *Chain
	shape    *fact.Shape
	names    Names
	problems []fact.Problem
}

func (c *compiler) refuse(code string, params map[string]any, tokens ...any) {
	c.problems = append(c.problems, fact.Problem{Path: schemas.Pointer(tokens...), Code: code, Params: params})
}

func (c *compiler) addState(i int) {
	d := &c.chain.Def.States[i]
	if c.chain.state[d.ID] != nil {
		c.refuse("duplicate_id", map[string]any{"id": d.ID}, "states", i, "id")
		return
	}
	s := &State{Def: d, Order: i}
	c.roles(d.Owner, "states", i, "owner")
	for n, id := range d.Lock {
		if id != "*" {
			c.field(id, "states", i, "lock", n)
		}
	}
	if d.Limit != nil {
		s.Late = c.duration(d.Limit.Late, "states", i, "limit", "late")
		if d.Limit.Warn != "" {
			s.Warn = c.duration(d.Limit.Warn, "states", i, "limit", "warn")
		}
	}
	c.chain.state[d.ID] = s
	c.chain.States = append(c.chain.States, s)
}

func (c *compiler) addTransition(i int) {
	d := &c.chain.Def.Transitions[i]
	if c.chain.moves[d.ID] != nil {
		c.refuse("duplicate_id", map[string]any{"id": d.ID}, "transitions", i, "id")
		return
	}
	t := &Transition{Def: d, To: c.chain.state[d.To]}
	if t.To == nil {
		c.refuse("unknown_state", map[string]any{"state": d.To}, "transitions", i, "to")
	}
	for n, from := range d.From {
		s := c.chain.state[from]
		if s == nil {
			c.refuse("unknown_state", map[string]any{"state": from}, "transitions", i, "from", n)
			continue
		}
		s.Out = append(s.Out, t)
	}
	c.roles(d.Roles, "transitions", i, "roles")
	c.proofs(t, i)
	c.conditions(t, i)
	for n, id := range d.Need {
		c.path(id, "transitions", i, "need", n)
	}
	for n, id := range d.Ask {
		c.field(id, "transitions", i, "ask", n)
	}
	for n, id := range d.Rules {
		if !c.names.Rule(id) {
			c.refuse("unknown_definition", map[string]any{"kind": string(def.KindRule), "id": id}, "transitions", i, "rules", n)
		}
	}
	c.chain.moves[d.ID] = t
	c.chain.Transitions = append(c.chain.Transitions, t)
}

func (c *compiler) proofs(t *Transition, i int) {
	t.After = make([]time.Duration, len(t.Def.Evidence))
	if len(t.Def.Evidence) == 0 {
		c.refuse("required", nil, "transitions", i, "evidence")
	}
	for n := range t.Def.Evidence {
		p := &t.Def.Evidence[n]
		c.roles(p.Roles, "transitions", i, "evidence", n, "roles")
		switch p.Kind {
		case fact.Scan:
			c.provenBy(p.Field, fact.Text, "transitions", i, "evidence", n, "field")
		case fact.Document:
			c.provenBy(p.Field, fact.List, "transitions", i, "evidence", n, "field")
		case fact.Callback:
			if p.Account == "" {
				c.refuse("required", nil, "transitions", i, "evidence", n, "account")
			}
		case fact.Timed:
			t.After[n] = c.duration(p.After, "transitions", i, "evidence", n, "after")
		}
	}
}

func (c *compiler) conditions(t *Transition, i int) {
	d := t.Def
	if d.Guard != nil {
		cond, problems := rule.Compile(d.Guard, c.shape)
		for _, p := range problems {
			c.problems = append(c.problems, p.At(schemas.Pointer("transitions", i, "guard")))
		}
		t.Guard = cond
	}
	if len(d.Set) > 0 {
		worded := setRule(d)
		table, problems := rule.CompileTable(worded, c.shape)
		for _, p := range problems {
			p.Path = strings.TrimPrefix(p.Path, "/rows/0/then")
			for n, out := range worded.Outputs {
				if p.Path == schemas.Pointer("outputs", n, "field") {
					p.Path = schemas.Pointer(out.Field) // the chain's document has no list of outputs
				}
			}
			c.problems = append(c.problems, p.At(schemas.Pointer("transitions", i, "set")))
		}
		t.Set = table
	}
}

// setRule words a transition's assignments as a rule with one row that always
// holds, so that there is one way to compile and to explain assignments.
func setRule(d *def.Transition) *def.Rule {
	r := &def.Rule{Head: def.Head{FormatVersion: def.FormatVersion, Kind: def.KindRule, ID: d.ID, Name: d.Name}, Mode: "list", Hit: "first", NoMatch: def.NoMatch{Action: "keep"}}
	for _, field := range slices.Sorted(maps.Keys(d.Set)) { // the same order at every start
		r.Outputs = append(r.Outputs, def.Output{Field: field})
	}
	r.Rows = []def.RuleRow{{ID: "set", When: &def.Condition{Combinator: "and"}, Then: d.Set}}
	return r
}

func (c *compiler) roles(roles []string, tokens ...any) {
	for n, r := range roles {
		if !c.names.Role(r) {
			at := append(append([]any{}, tokens...), n)
			c.refuse("unknown_definition", map[string]any{"kind": string(def.KindRole), "id": r}, at...)
		}
	}
}

func (c *compiler) path(path string, tokens ...any) {
	if _, ok := c.shape.Slot(path); ok {
		return
	}
	// An address is a group of slots: "address" stands for all of them.
	for i := range c.shape.Slots {
		if p := c.shape.Slots[i].Path; len(p) > len(path) && p[:len(path)] == path && p[len(path)] == '.' {
			return
		}
	}
	c.unknownField(path, tokens...)
}

// field accepts what people fill in under its own id: no system value, no part of a field.
func (c *compiler) field(id string, tokens ...any) {
	if strings.HasPrefix(id, "$") || strings.Contains(id, ".") {
		c.unknownField(id, tokens...)
		return
	}
	c.path(id, tokens...)
}

// provenBy accepts a field that evidence can be compared with: one of another
// kind would make a move that nobody can ever prove.
func (c *compiler) provenBy(path string, kind fact.Kind, tokens ...any) {
	if path == "" {
		c.refuse("required", nil, tokens...)
		return
	}
	slot, ok := c.shape.Slot(path)
	if !ok {
		c.unknownField(path, tokens...)
		return
	}
	if have := c.shape.Slots[slot].Kind; have != kind {
		c.refuse("wrong_type", map[string]any{"want": kind.String()}, tokens...)
	}
}

func (c *compiler) unknownField(path string, tokens ...any) {
	c.refuse("unknown_field", map[string]any{"name": path}, tokens...)
}

func (c *compiler) duration(text string, tokens ...any) time.Duration {
	d, err := fact.ParseDuration(text)
	if err != nil || d <= 0 {
		c.refuse("invalid_duration", map[string]any{"value": text}, tokens...)
		return 0
	}
	return d
}

// TimerDef is one timer that entering a state starts.
type TimerDef struct {
	After      time.Duration
	Transition string // the move that it makes; "" marks the record late
}
