package flow_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/flow"
)

// entered is when the record of these tests came into its state.
var entered = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// known is a release with a few roles and one rule.
type known struct{}

func (known) Role(id string) bool {
	return id == "*" || slices.Contains([]string{"clerk", "lead", "guard"}, id)
}
func (known) Rule(id string) bool { return id == "routing" }

// slots of the shape that the chains of these tests are compiled against.
const (
	slotWaybill = iota
	slotCount
	slotPapers
	slotCity
	slotStreet
	slotNo
	slotState
)

func shape() *fact.Shape {
	return fact.NewShape([]fact.Slot{
		slotWaybill: {Path: "waybill", Kind: fact.Text},
		slotCount:   {Path: "count", Kind: fact.Number},
		slotPapers:  {Path: "papers", Kind: fact.List},
		slotCity:    {Path: "address.city", Kind: fact.Text},
		slotStreet:  {Path: "address.street", Kind: fact.Text},
		slotNo:      {Path: fact.PathNo, Kind: fact.Text},
		slotState:   {Path: fact.PathState, Kind: fact.Text},
	})
}

// read decodes a chain without its schema, so that what the schema would
// refuse first can be compiled too.
func read(t *testing.T, doc string) *def.Chain {
	t.Helper()
	var d def.Chain
	dec := json.NewDecoder(strings.NewReader(doc))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&d), doc)
	return &d
}

// bundle is a compiled chain with a record that stands in it.
type bundle struct {
	chain   *flow.Chain
	attempt *flow.Attempt
}

// setup compiles the chain and puts a record into its initial state.
func setup(t *testing.T, doc string) *bundle {
	t.Helper()
	s := shape()
	c, problems := flow.Compile(read(t, doc), s, known{})
	require.Empty(t, problems)
	row := make(fact.Row, len(s.Slots))
	row[slotState] = fact.OfText(c.Def.Initial)
	return &bundle{chain: c, attempt: &flow.Attempt{
		Record: &fact.Record{ID: "r1", State: c.Def.Initial, Entered: entered},
		Row:    row, Shape: s, Env: &fact.Env{Now: entered, Actor: person("clerk")},
	}}
}

// by returns an attempt of another actor with evidence.
func (b *bundle) by(a fact.Actor, e *fact.Evidence) *flow.Attempt {
	out := *b.attempt
	env := *out.Env
	env.Actor = a
	out.Env, out.Evidence = &env, e
	return &out
}

// passes reports whether the engine would let the attempt through.
func passes(c *flow.Chain, transition string, a *flow.Attempt) bool {
	t := c.Transition(transition)
	return len(t.Open(c, a))+len(t.Blocked(a))+len(t.Proven(a)) == 0
}

func person(roles ...string) fact.Actor {
	return fact.Actor{Kind: fact.Person, ID: "u1", Name: "U", Roles: roles}
}

// codes returns "path code" of each problem and insists that its sentence is whole.
func codes(t *testing.T, problems []fact.Problem) []string {
	t.Helper()
	out := []string{}
	for _, p := range problems {
		for _, lang := range []string{"zh", "en"} {
			require.NotContains(t, p.Sentence(lang), "…", "%v lacks a parameter", p)
		}
		out = append(out, strings.TrimSpace(p.Path+" "+p.Code))
	}
	return out
}
