package templates_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/program"
	"sluice/runtime/scenario"
	"sluice/templates"
)

// compile returns the program of a pack.
func compile(t *testing.T, pack string) *program.Program {
	t.Helper()
	files, err := templates.Files(pack)
	require.NoError(t, err)
	var sources []program.Source
	zone := program.DefaultZone
	for name, doc := range files {
		var h struct {
			def.Head
			Zone string
		}
		require.NoError(t, json.Unmarshal(doc, &h), name)
		if h.Kind == def.KindPack && h.Zone != "" {
			zone = h.Zone
		}
		sources = append(sources, program.Source{Kind: h.Kind, ID: h.ID, File: name, Doc: doc})
	}
	loc, err := time.LoadLocation(zone)
	require.NoError(t, err)
	p, complaints := program.Compile(sources, "test", loc)
	for _, c := range complaints {
		t.Errorf("%v: %s", c, c.Problem.Sentence("en"))
	}
	require.Empty(t, complaints)
	return p
}

// TestScenarios runs every sentence that a pack promises.
func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, pack := range templates.List() {
		t.Run(pack, func(t *testing.T) {
			t.Parallel()
			p := compile(t, pack)
			require.NotEmpty(t, p.Scenarios)
			for _, s := range p.Scenarios {
				t.Run(s.ID, func(t *testing.T) {
					t.Parallel()
					for _, f := range scenario.Run(p, s) {
						t.Error(f)
					}
				})
			}
		})
	}
}

// TestScenariosCanFail turns the expectation of every scenario's last step
// around: each must notice.
func TestScenariosCanFail(t *testing.T) {
	t.Parallel()
	for _, pack := range templates.List() {
		p := compile(t, pack)
		for _, s := range p.Scenarios {
			wrong := *s
			wrong.Steps = append([]def.Step(nil), s.Steps...)
			last := &wrong.Steps[len(wrong.Steps)-1]
			if last.Then.Refused != "" || len(last.Then.Problems) > 0 {
				last.Then = def.Expectation{}
			} else {
				last.Then = def.Expectation{Refused: "something_else"}
			}
			require.NotEmpty(t, scenario.Run(p, &wrong), "%s/%s passes whatever it expects", pack, s.ID)
		}
	}
}

func TestUnknownPack(t *testing.T) {
	t.Parallel()
	_, err := templates.Files("no-such-pack")
	require.ErrorIs(t, err, templates.ErrUnknown)
}
