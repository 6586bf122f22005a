package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/runtime/flow"
	"sluice/runtime/rule"
)

// chain wraps states and transitions into a chain that begins at "a".
func chain(states, transitions string) string {
	return `{"id":"c","form":"order","initial":"a","states":[` + states + `],"transitions":[` + transitions + `]}`
}

const twoStates = `{"id":"a","name":{"zh":"甲"}},{"id":"b","name":{"zh":"乙"}}`

// step is a transition from a to b with these members.
func step(members string) string {
	return `{"id":"go","name":{},"from":["a"],"to":"b",` + members + `}`
}

func TestCompileNamesThePlaceOfEveryProblem(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		doc  string
		want []string
	}{
		"sound":                     {chain(twoStates, step(`"evidence":[{"kind":"manual"}]`)), []string{}},
		"unknown initial state":     {strings.Replace(chain(twoStates, ""), `"initial":"a"`, `"initial":"z"`, 1), []string{"/initial unknown_state"}},
		"state twice":               {chain(twoStates+`,{"id":"a","name":{}}`, ""), []string{"/states/2/id duplicate_id"}},
		"unknown owner":             {chain(twoStates+`,{"id":"c","name":{},"owner":["clerk","nobody"]}`, ""), []string{"/states/2/owner/1 unknown_definition"}},
		"lock of an unknown field":  {chain(twoStates+`,{"id":"c","name":{},"lock":["*","address","ghost"]}`, ""), []string{"/states/2/lock/2 unknown_field"}},
		"lock of a part":            {chain(twoStates+`,{"id":"c","name":{},"lock":["address.city"]}`, ""), []string{"/states/2/lock/0 unknown_field"}},
		"lock of a system value":    {chain(twoStates+`,{"id":"c","name":{},"lock":["$state"]}`, ""), []string{"/states/2/lock/0 unknown_field"}},
		"bad limit":                 {chain(twoStates+`,{"id":"c","name":{},"limit":{"warn":"soon","late":"P1Y"}}`, ""), []string{"/states/2/limit/late invalid_duration", "/states/2/limit/warn invalid_duration"}},
		"limit of nothing":          {chain(twoStates+`,{"id":"c","name":{},"limit":{"late":"PT0S"}}`, ""), []string{"/states/2/limit/late invalid_duration"}},
		"move twice":                {chain(twoStates, step(`"evidence":[{"kind":"manual"}]`)+","+step(`"evidence":[{"kind":"manual"}]`)), []string{"/transitions/1/id duplicate_id"}},
		"unknown target":            {chain(twoStates, `{"id":"go","name":{},"from":["a"],"to":"z","evidence":[{"kind":"manual"}]}`), []string{"/transitions/0/to unknown_state"}},
		"unknown origin":            {chain(twoStates, `{"id":"go","name":{},"from":["a","z"],"to":"b","evidence":[{"kind":"manual"}]}`), []string{"/transitions/0/from/1 unknown_state"}},
		"unknown role":              {chain(twoStates, step(`"roles":["*","nobody"],"evidence":[{"kind":"manual"}]`)), []string{"/transitions/0/roles/1 unknown_definition"}},
		"unknown role of a proof":   {chain(twoStates, step(`"evidence":[{"kind":"manual","roles":["nobody"]}]`)), []string{"/transitions/0/evidence/0/roles/0 unknown_definition"}},
		"no evidence":               {chain(twoStates, step(`"evidence":[]`)), []string{"/transitions/0/evidence required"}},
		"scan without field":        {chain(twoStates, step(`"evidence":[{"kind":"scan"}]`)), []string{"/transitions/0/evidence/0/field required"}},
		"scan of an unknown field":  {chain(twoStates, step(`"evidence":[{"kind":"scan","field":"ghost"}]`)), []string{"/transitions/0/evidence/0/field unknown_field"}},
		"scan of a number":          {chain(twoStates, step(`"evidence":[{"kind":"scan","field":"count"}]`)), []string{"/transitions/0/evidence/0/field wrong_type"}},
		"scan of a whole address":   {chain(twoStates, step(`"evidence":[{"kind":"scan","field":"address"}]`)), []string{"/transitions/0/evidence/0/field unknown_field"}},
		"scan of the number drawn":  {chain(twoStates, step(`"evidence":[{"kind":"scan","field":"$no"}]`)), []string{}},
		"document without field":    {chain(twoStates, step(`"evidence":[{"kind":"document"}]`)), []string{"/transitions/0/evidence/0/field required"}},
		"document in a text":        {chain(twoStates, step(`"evidence":[{"kind":"document","field":"waybill"}]`)), []string{"/transitions/0/evidence/0/field wrong_type"}},
		"callback without account":  {chain(twoStates, step(`"evidence":[{"kind":"callback"}]`)), []string{"/transitions/0/evidence/0/account required"}},
		"timer without time":        {chain(twoStates, step(`"evidence":[{"kind":"timer"}]`)), []string{"/transitions/0/evidence/0/after invalid_duration"}},
		"guard on an unknown field": {chain(twoStates, step(`"evidence":[{"kind":"manual"}],"guard":{"combinator":"and","rules":[{"field":"ghost","operator":"=","value":"x"}]}`)), []string{"/transitions/0/guard/rules/0/field rule_unknown_field"}},
		"set of an unknown field":   {chain(twoStates, step(`"evidence":[{"kind":"manual"}],"set":{"ghost":{"value":1}}`)), []string{"/transitions/0/set/ghost rule_unknown_field"}},
		"set to what does not fit":  {chain(twoStates, step(`"evidence":[{"kind":"manual"}],"set":{"count":{"formula":"1 +"}}`)), []string{"/transitions/0/set/count/formula formula_syntax"}},
		"need of an unknown field":  {chain(twoStates, step(`"evidence":[{"kind":"manual"}],"need":["waybill","ghost"]`)), []string{"/transitions/0/need/1 unknown_field"}},
		"need of an address":        {chain(twoStates, step(`"evidence":[{"kind":"manual"}],"need":["address"]`)), []string{}},
		"ask for an unknown field":  {chain(twoStates, step(`"evidence":[{"kind":"manual"}],"ask":["ghost"]`)), []string{"/transitions/0/ask/0 unknown_field"}},
		"ask for a system value":    {chain(twoStates, step(`"evidence":[{"kind":"manual"}],"ask":["$no"]`)), []string{"/transitions/0/ask/0 unknown_field"}},
		"unknown rule":              {chain(twoStates, step(`"evidence":[{"kind":"manual"}],"rules":["routing","ghost"]`)), []string{"/transitions/0/rules/1 unknown_definition"}},
		"all at once": {chain(twoStates, `{"id":"go","name":{},"from":["x"],"to":"y","evidence":[]}`), []string{
			"/transitions/0/to unknown_state", "/transitions/0/from/0 unknown_state", "/transitions/0/evidence required",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := flow.Compile(read(t, tc.doc), shape(), known{})
			require.Equal(t, tc.want, codes(t, problems))
		})
	}
}

// TestCompileIsTheSameEachTime compiles assignments often: a map must not decide their order.
func TestCompileIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	doc := chain(twoStates, step(`"evidence":[{"kind":"manual"}],"set":{"waybill":{"value":"x"},"count":{"value":1},"address.city":{"value":"c"},"address.street":{"value":"s"}}`))
	first := ""
	for range 20 {
		c, problems := flow.Compile(read(t, doc), shape(), known{})
		require.Empty(t, problems)
		var order []string
		var out rule.Outcome
		c.Transition("go").Set.Decide(make(fact.Row, len(shape().Slots)), &fact.Env{Now: entered}, &out)
		for _, a := range out.Set {
			order = append(order, a.Path)
		}
		require.Len(t, order, 4)
		if first == "" {
			first = strings.Join(order, " ")
		}
		require.Equal(t, first, strings.Join(order, " "))
	}
}

func TestTimersAreWhatEnteringAStateStarts(t *testing.T) {
	t.Parallel()
	b := setup(t, chain(
		`{"id":"a","name":{},"limit":{"warn":"PT1H","late":"PT2H"}},{"id":"b","name":{}}`,
		step(`"evidence":[{"kind":"timer","after":"P3D"},{"kind":"manual"},{"kind":"timer","after":"P1D"}]`)+
			`,{"id":"by-hand","name":{},"from":["a","b"],"to":"b","evidence":[{"kind":"manual"}]}`,
	))
	require.Equal(t, []flow.TimerDef{{After: 2 * time.Hour}, {After: 24 * time.Hour, Transition: "go"}}, b.chain.State("a").Timers())
	require.Empty(t, b.chain.State("b").Timers())
	require.Equal(t, time.Hour, b.chain.State("a").Warn)
	require.Nil(t, b.chain.State("z"))
	require.Nil(t, b.chain.Transition("z"))
}
