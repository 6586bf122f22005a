package scenario_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/program"
	"sluice/runtime/scenario"
)

// pack is the small set of definitions that the engine is tested with too.
const pack = "../engine/testdata/pack/*.json"

func setup(t *testing.T) *program.Program {
	t.Helper()
	files, err := filepath.Glob(pack)
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

// read makes a scenario of its given records and steps.
func read(t *testing.T, given, steps string) *def.Scenario {
	t.Helper()
	doc := `{"formatVersion":1,"kind":"scenario","id":"s","name":{"zh":"s","en":"s"},"form":"order","now":"2026-03-01T08:00:00Z","given":[` + given + `],"steps":[` + steps + `]}`
	s, problems := def.Decode(def.KindScenario, []byte(doc))
	require.Empty(t, problems, doc)
	return s.(*def.Scenario)
}

const one = `{"id":"o1","form":"order","data":{"code":"X1","qty":1}}`

// submit, pick and send are steps without expectations, to be completed by one.
const (
	submit = `{"do":"submit","as":"clerk","input":{"qty":12},"then":`
	pick   = `{"do":"move","as":"warehouse","id":"o1","transition":"pick","input":{"waybill":"W1"},"then":`
	send   = `{"do":"move","as":"warehouse","id":"o1","transition":"send","evidence":{"kind":"scan","code":"W1"},"then":`
	late   = `{"do":"due","as":"timer","id":"o1","after":"PT2H","then":`
)

// TestEveryMismatchIsReported expects something wrong of a step, one kind after
// the other, and something right.
func TestEveryMismatchIsReported(t *testing.T) {
	t.Parallel()
	p := setup(t)
	for name, tc := range map[string]struct {
		given, steps string
		what         string // "" when all is as written
		want, got    string
	}{
		"state":                            {"", submit + `{"state":"picked"}}`, "state", "picked", "review"},
		"state, right":                     {"", submit + `{"state":"review"}}`, "", "", ""},
		"data":                             {"", submit + `{"data":{"lane":"small"}}}`, "data/lane", `"small"`, `"big"`},
		"data that is absent":              {"", submit + `{"data":{"code":"x"}}}`, "data/code", `"x"`, "null"},
		"data, right":                      {"", submit + `{"data":{"double":24.0,"code":null}}}`, "", "", ""},
		"fired":                            {"", submit + `{"fired":["lane/small"]}}`, "fired", "lane/small", "lane/big"},
		"fired, none":                      {"", submit + `{"fired":[]}}`, "fired", "", "lane/big"},
		"fired, right":                     {"", submit + `{"fired":["lane/big"]}}`, "", "", ""},
		"fired by what was refused":        {one, send + `{"refused":"stage_missing","fired":["lane/big"]}}`, "fired", "lane/big", ""},
		"refused, but was done":            {"", submit + `{"refused":"not_unique"}}`, "refused", "not_unique", ""},
		"done, but was refused":            {one, send + `{}}`, "refused", "", "stage_missing"},
		"refused for another reason":       {one, send + `{"refused":"role_denied"}}`, "refused", "role_denied", "stage_missing"},
		"refused, right":                   {one, send + `{"refused":"stage_missing"}}`, "", "", ""},
		"problems":                         {"", strings.Replace(submit, "12", "0", 1) + `{"problems":["/qty required"]}}`, "problems", "/qty required", "/qty too_small"},
		"problems, but was done":           {"", submit + `{"problems":["/qty required"]}}`, "problems", "/qty required", ""},
		"problems, right":                  {"", strings.Replace(submit, "12", "0", 1) + `{"problems":["/qty too_small"]}}`, "", "", ""},
		"notified":                         {one, late + `{"notified":["warehouse"]}}`, "notified", "warehouse", "lead"},
		"notified, nobody":                 {one, late + `{"notified":[]}}`, "notified", "", "lead"},
		"notified, right":                  {one, late + `{"notified":["lead"]}}`, "", "", ""},
		"a record that is not there":       {"", strings.ReplaceAll(submit, "12", "0") + `{"problems":["/qty too_small"],"state":"review"}}`, "record", "record-1", "no record record-1"},
		"a given record with problems":     {`{"id":"o1","form":"order","data":{"qty":0}}`, submit + `{}}`, "given", "o1", "too_small at /qty"},
		"a given record of no form":        {`{"id":"o1","form":"ghost","data":{"qty":1}}`, submit + `{}}`, "given", "o1", "unknown form ghost"},
		"a given record in no state":       {`{"id":"o1","form":"order","state":"ghost","data":{"qty":1}}`, submit + `{}}`, "given", "o1", "unknown_state at /state"},
		"a state where there is no chain":  {`{"id":"c1","form":"customer","state":"review","data":{"name":"C"}}`, submit + `{}}`, "given", "c1", "no_chain at /state"},
		"a given record begins its chain":  {one, pick + `{"state":"picked"}}`, "", "", ""},
		"a given record claims its values": {one, strings.Replace(submit, `"qty":12`, `"qty":12,"code":"X1"`, 1) + `{"refused":"not_unique"}}`, "", "", ""},
		"the record's own number":          {one, `{"do":"move","as":"warehouse","id":"o1","transition":"pick","input":{"waybill":"SO2026-0001"},"then":{}},{"do":"move","as":"warehouse","id":"o1","transition":"send","evidence":{"kind":"scan","code":"$no"},"then":{"state":"sent"}}`, "", "", ""},
		"a connector's callback":           {one, pick + `{}},{"do":"move","as":"connector:zto","id":"o1","transition":"send","evidence":{"kind":"callback"},"then":{"state":"sent"}}`, "", "", ""},
		"time itself":                      {one, `{"do":"due","as":"timer","id":"o1","after":"P1D","transition":"expire","then":{"state":"expired"}}`, "", "", ""},
		"a record that does not exist":     {"", `{"do":"due","as":"timer","id":"o9","then":{}}`, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failures := scenario.Run(p, read(t, tc.given, tc.steps))
			if tc.what == "" {
				require.Empty(t, failures)
				return
			}
			require.NotEmpty(t, failures)
			require.Equal(t, []string{tc.what, tc.want, tc.got}, []string{failures[0].What, failures[0].Want, failures[0].Got})
			require.Contains(t, failures[0].Error(), tc.what)
		})
	}
}

// TestALaterStepIsNotJudged: it builds on the one that failed.
func TestALaterStepIsNotJudged(t *testing.T) {
	t.Parallel()
	failures := scenario.Run(setup(t), read(t, one, pick+`{"state":"sent","data":{"waybill":"W2","cost":3}}},`+send+`{"state":"ghost"}}`))
	require.Len(t, failures, 2)
	require.Equal(t, []string{"data/waybill", "state"}, []string{failures[0].What, failures[1].What})
	require.Zero(t, failures[0].Step)
}

func TestRunAllCounts(t *testing.T) {
	t.Parallel()
	p := setup(t)
	good, bad := read(t, "", submit+`{}}`), read(t, "", submit+`{"state":"ghost"}}`)
	p.Scenarios = []*def.Scenario{good, bad, good}
	report := scenario.RunAll(p)
	require.Equal(t, 2, report.Passed)
	require.Len(t, report.Failures, 1)

	bad.Now = "yesterday"
	require.Equal(t, -1, scenario.Run(p, bad)[0].Step)
}
