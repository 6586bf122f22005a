package flow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
)

// proofs are chains whose only way from a to b asks for one kind of evidence.
var proofs = map[fact.EvidenceKind]string{
	fact.Manual:   `{"kind":"manual"}`,
	fact.Scan:     `{"kind":"scan","field":"waybill"}`,
	fact.Document: `{"kind":"document","field":"papers"}`,
	fact.Callback: `{"kind":"callback","account":"zto"}`,
	fact.Timed:    `{"kind":"timer","after":"PT2H"}`,
}

var actors = map[string]fact.Actor{
	"clerk":           person("clerk"),
	"lead":            person("lead"),
	"nobody":          person(),
	"key of a clerk":  {Kind: fact.APIKey, ID: "k1", Roles: []string{"clerk"}},
	"key":             {Kind: fact.APIKey, ID: "k2"},
	"zto":             {Kind: fact.Connector, ID: "zto"},
	"other connector": {Kind: fact.Connector, ID: "sf", Roles: []string{"clerk"}},
	"named zto":       {Kind: fact.Person, ID: "zto", Roles: []string{"clerk"}},
	"timer":           {Kind: fact.Timer, ID: "timer", Roles: []string{"clerk"}},
	"system":          {Kind: fact.System, ID: "system", Roles: []string{"clerk"}},
}

// TestNoStateWithoutItsEvidence tries every actor with every evidence, genuine
// and forged, at every kind of proof: only the pairs named here may pass.
func TestNoStateWithoutItsEvidence(t *testing.T) {
	t.Parallel()
	shown := map[string]*fact.Evidence{
		"nothing":      nil,
		"word":         {Kind: fact.Manual},
		"right scan":   {Kind: fact.Scan, Code: " ZT-1 "},
		"wrong scan":   {Kind: fact.Scan, Code: "ZT-2"},
		"empty scan":   {Kind: fact.Scan},
		"document":     {Kind: fact.Document},
		"callback":     {Kind: fact.Callback, Account: "zto", Ref: "m1"},
		"timer":        {Kind: fact.Timed, At: entered.Add(24 * time.Hour)},
		"unknown kind": {Kind: "oath"},
		"no kind":      {},
	}
	may := map[fact.EvidenceKind]map[string][]string{
		fact.Manual:   {"clerk": {"nothing", "word"}, "key of a clerk": {"nothing", "word"}, "named zto": {"nothing", "word"}},
		fact.Scan:     {"clerk": {"right scan"}, "key of a clerk": {"right scan"}, "named zto": {"right scan"}},
		fact.Document: {"clerk": {"document"}, "key of a clerk": {"document"}, "named zto": {"document"}},
		fact.Callback: {"zto": {"callback"}},
		fact.Timed:    {"timer": {"timer"}},
	}
	for kind, proof := range proofs {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			b := setup(t, chain(twoStates, step(`"roles":["clerk"],"evidence":[`+proof+`]`)))
			b.attempt.Row[slotWaybill] = fact.OfText("ZT-1")
			b.attempt.Row[slotPapers] = fact.OfList([]string{"f1"})
			b.attempt.Env.Now = entered.Add(2 * time.Hour)
			passed := 0
			for who, actor := range actors {
				for what, evidence := range shown {
					want := false
					for _, w := range may[kind][who] {
						want = want || w == what
					}
					got := passes(b.chain, "go", b.by(actor, evidence))
					require.Equal(t, want, got, "%s shows %s", who, what)
					if got {
						passed++
					}
				}
			}
			require.Positive(t, passed)
		})
	}
}

func TestProvenSaysWhatIsWrongWithTheEvidence(t *testing.T) {
	t.Parallel()
	zto, timer := actors["zto"], actors["timer"]
	for name, tc := range map[string]struct {
		proofs   string
		by       fact.Actor
		evidence *fact.Evidence
		after    time.Duration
		row      map[int]fact.Value
		want     []string
	}{
		"a word where a scan is needed":  {proofs[fact.Scan], person("clerk"), nil, 0, nil, []string{"/evidence evidence_missing"}},
		"another code":                   {proofs[fact.Scan], person("clerk"), &fact.Evidence{Kind: fact.Scan, Code: "x"}, 0, map[int]fact.Value{slotWaybill: fact.OfText("y")}, []string{"/evidence/code evidence_wrong"}},
		"nothing to compare with":        {proofs[fact.Scan], person("clerk"), &fact.Evidence{Kind: fact.Scan}, 0, nil, []string{"/evidence/code evidence_wrong"}},
		"blanks are nothing":             {proofs[fact.Scan], person("clerk"), &fact.Evidence{Kind: fact.Scan, Code: " "}, 0, map[int]fact.Value{slotWaybill: fact.OfText(" ")}, []string{"/evidence/code evidence_wrong"}},
		"the number on the paper":        {`{"kind":"scan","field":"$no"}`, person("clerk"), &fact.Evidence{Kind: fact.Scan, Code: "SO-1"}, 0, map[int]fact.Value{slotNo: fact.OfText("SO-1")}, []string{}},
		"a number not drawn yet":         {`{"kind":"scan","field":"$no"}`, person("clerk"), &fact.Evidence{Kind: fact.Scan, Code: ""}, 0, nil, []string{"/evidence/code evidence_wrong"}},
		"no paper":                       {proofs[fact.Document], person("clerk"), &fact.Evidence{Kind: fact.Document}, 0, nil, []string{"/papers need_field"}},
		"a person's callback":            {proofs[fact.Callback], person("clerk"), &fact.Evidence{Kind: fact.Callback, Account: "zto"}, 0, nil, []string{"/evidence evidence_denied"}},
		"another account's callback":     {proofs[fact.Callback], actors["other connector"], &fact.Evidence{Kind: fact.Callback, Account: "zto"}, 0, nil, []string{"/evidence evidence_denied"}},
		"a person's timer":               {proofs[fact.Timed], person("clerk"), &fact.Evidence{Kind: fact.Timed}, 3 * time.Hour, nil, []string{"/evidence evidence_denied"}},
		"a millisecond too early":        {proofs[fact.Timed], timer, &fact.Evidence{Kind: fact.Timed}, 2*time.Hour - time.Millisecond, nil, []string{"/evidence too_early"}},
		"on time":                        {proofs[fact.Timed], timer, &fact.Evidence{Kind: fact.Timed}, 2 * time.Hour, nil, []string{}},
		"the second proof of a kind":     {proofs[fact.Callback] + `,{"kind":"callback","account":"sf"}`, actors["other connector"], &fact.Evidence{Kind: fact.Callback}, 0, nil, []string{}},
		"one kind does not open another": {proofs[fact.Callback] + "," + proofs[fact.Scan], zto, &fact.Evidence{Kind: fact.Scan, Code: "y"}, 0, map[int]fact.Value{slotWaybill: fact.OfText("y")}, []string{"/evidence evidence_denied"}},
		"a narrowed proof":               {`{"kind":"manual","roles":["lead"]},` + proofs[fact.Scan], person("clerk"), nil, 0, nil, []string{"/evidence evidence_denied"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, chain(twoStates, step(`"evidence":[`+tc.proofs+`]`)))
			for slot, v := range tc.row {
				b.attempt.Row[slot] = v
			}
			b.attempt.Env.Now = entered.Add(tc.after)
			require.Equal(t, tc.want, codes(t, b.chain.Transition("go").Proven(b.by(tc.by, tc.evidence))))
		})
	}
}

func TestOpenAsksForStateAndRole(t *testing.T) {
	t.Parallel()
	three := `{"id":"a","name":{"zh":"甲","en":"A"}},{"id":"b","name":{"zh":"乙","en":"B"}},{"id":"c","name":{"zh":"丙","en":"C"}}`
	moves := `{"id":"one","name":{},"from":["a"],"to":"b","roles":["clerk"],"evidence":[{"kind":"manual"}]},` +
		`{"id":"two","name":{},"from":["b"],"to":"c","roles":["lead"],"evidence":[{"kind":"manual","roles":["guard"]}]},` +
		`{"id":"all","name":{},"from":["a","b"],"to":"c","roles":["*"],"evidence":[{"kind":"manual"}]}`
	for name, tc := range map[string]struct {
		state, transition string
		by                fact.Actor
		want              []string
	}{
		"may":                           {"a", "one", person("clerk"), []string{}},
		"another role":                  {"a", "one", person("lead"), []string{"role_denied"}},
		"a later step":                  {"a", "two", person("lead", "guard"), []string{"stage_missing"}},
		"a step again":                  {"b", "one", person("clerk"), []string{"wrong_state"}},
		"the role of the move only":     {"b", "two", person("lead"), []string{"role_denied"}},
		"the role of the proof only":    {"b", "two", person("guard"), []string{"role_denied"}},
		"both roles":                    {"b", "two", person("lead", "guard"), []string{}},
		"everybody":                     {"a", "all", person(), []string{}},
		"everybody is people":           {"a", "all", fact.Actor{Kind: fact.System}, []string{"role_denied"}},
		"a state that is gone":          {"z", "one", person("clerk"), []string{"wrong_state"}},
		"state is said before the role": {"b", "one", person(), []string{"wrong_state"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, chain(three, moves))
			b.attempt.Record.State = tc.state
			require.Equal(t, tc.want, codes(t, b.chain.Transition(tc.transition).Open(b.chain, b.by(tc.by, nil))))
		})
	}
}

func TestBlockedNamesGuardAndMissingValues(t *testing.T) {
	t.Parallel()
	guarded := chain(twoStates, step(`"evidence":[{"kind":"manual"}],"guard":{"combinator":"and","rules":[{"field":"count","operator":">","value":3}]},"guardMessage":{"zh":"太少","en":"too few"},"need":["waybill","address"]`))
	b := setup(t, guarded)
	problems := b.chain.Transition("go").Blocked(b.attempt)
	require.Equal(t, []string{"guard_failed", "/waybill need_field", "/address need_field"}, codes(t, problems))
	require.Contains(t, problems[0].Sentence("en"), "too few")

	b.attempt.Row[slotCount], b.attempt.Row[slotWaybill], b.attempt.Row[slotStreet] = fact.OfInt(4), fact.OfText("w"), fact.OfText("s")
	require.Empty(t, b.chain.Transition("go").Blocked(b.attempt))

	worded := setup(t, chain(twoStates, step(`"evidence":[{"kind":"manual"}],"guard":{"combinator":"and","rules":[{"field":"count","operator":">","value":3}]}`)))
	said := worded.chain.Transition("go").Blocked(worded.attempt)
	require.Equal(t, []string{"guard_failed"}, codes(t, said))
	require.Contains(t, said[0].Sentence("en"), "3", "a guard without a message says its condition")
}

func TestNextListsTheMovesThatLeaveTheState(t *testing.T) {
	t.Parallel()
	b := setup(t, chain(
		`{"id":"a","name":{},"owner":["lead"]},{"id":"b","name":{}}`,
		`{"id":"fill","name":{},"from":["a"],"to":"b","roles":["clerk"],"evidence":[{"kind":"scan","field":"waybill"}],"ask":["waybill"],"need":["waybill","count"]},`+
			`{"id":"mine","name":{},"from":["a"],"to":"b","roles":["clerk"],"evidence":[{"kind":"manual"}]},`+
			`{"id":"theirs","name":{},"from":["a"],"to":"b","roles":["lead"],"evidence":[{"kind":"manual"}]},`+
			`{"id":"back","name":{},"from":["b"],"to":"a","evidence":[{"kind":"manual"}]}`,
	))
	var got []string
	for _, n := range b.chain.Next(b.attempt) {
		require.Equal(t, []string{"lead"}, n.Owner)
		require.NotEmpty(t, n.Proofs)
		got = append(got, fmt.Sprintf("%s %v %v", n.Transition.Def.ID, n.Allowed, codes(t, n.Problems)))
	}
	require.Equal(t, []string{
		"fill false [/count need_field]", // the waybill is asked for with the move
		"mine true []",
		"theirs false [role_denied]",
	}, got)

	b.attempt.Record.State = "gone"
	require.Nil(t, b.chain.Next(b.attempt))
}
