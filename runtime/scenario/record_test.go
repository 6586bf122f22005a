package scenario_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/scenario"
)

// TestRecordMendsWhatDiffers records scenarios whose expectations are wrong: what
// was compared is compared afterwards, with what happens now, and nothing else.
func TestRecordMendsWhatDiffers(t *testing.T) {
	t.Parallel()
	p := setup(t)
	for name, tc := range map[string]struct{ given, steps, want string }{
		"nothing to mend":    {"", submit + `{"state":"review"}}`, `[{"state":"review"}]`},
		"state":              {"", submit + `{"state":"ghost"}}`, `[{"state":"review"}]`},
		"data":               {"", submit + `{"data":{"lane":"small","qty":12,"code":"x"}}}`, `[{"data":{"lane":"big","qty":12,"code":null}}]`},
		"fired":              {"", submit + `{"fired":[]}}`, `[{"fired":["lane/big"]}]`},
		"fired, now nothing": {"", `{"do":"submit","as":"clerk","input":{"qty":2},"then":{"fired":["lane/big"]}}`, `[{"fired":[]}]`},
		"notified":           {one, late + `{"notified":[]}}`, `[{"notified":["lead"]}]`},
		"notified, nobody":   {one, pick + `{"notified":["lead"]}}`, `[{"notified":[]}]`},
		"now done":           {"", submit + `{"refused":"not_unique","state":"ghost"}}`, `[{"state":"review"}]`},
		"now refused":        {one, send + `{}}`, `[{"refused":"stage_missing"}]`},
		"problems":           {"", `{"do":"submit","as":"clerk","input":{"qty":0},"then":{"problems":["/qty required"]}}`, `[{"problems":["/qty too_small"]}]`},
		"problems, now done": {"", submit + `{"problems":["/qty required"]}}`, `[{}]`},
		"several steps": {one, pick + `{"state":"ghost","data":{"waybill":"W2"}}},` + send + `{"state":"picked","refused":"role_denied"}}`,
			`[{"state":"picked","data":{"waybill":"W1"}},{"state":"sent"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := read(t, tc.given, tc.steps)
			before, err := json.Marshal(s)
			require.NoError(t, err)
			recorded, ok := scenario.Record(p, s)
			require.True(t, ok)
			require.Empty(t, scenario.Run(p, recorded))

			after, err := json.Marshal(s)
			require.NoError(t, err)
			require.Equal(t, string(before), string(after), "the scenario that was given is not touched")

			var then []def.Expectation
			for i := range recorded.Steps {
				then = append(then, recorded.Steps[i].Then)
				recorded.Steps[i].Then = s.Steps[i].Then
			}
			got, err := json.Marshal(then)
			require.NoError(t, err)
			require.JSONEq(t, tc.want, string(got))
			rest, err := json.Marshal(recorded)
			require.NoError(t, err)
			require.Equal(t, string(before), string(rest), "only expectations change")
		})
	}
}

func TestRecordGivesUpOnWhatCannotBePlayed(t *testing.T) {
	t.Parallel()
	p := setup(t)
	for name, s := range map[string]*def.Scenario{
		"a given record with problems": read(t, `{"id":"o1","form":"order","data":{"qty":0}}`, submit+`{}}`),
		"a record that never was":      read(t, "", `{"do":"submit","as":"clerk","input":{"qty":0},"then":{"problems":["/qty too_small"],"state":"review"}}`),
	} {
		_, ok := scenario.Record(p, s)
		require.False(t, ok, name)
	}
}
