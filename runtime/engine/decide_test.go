package engine_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/engine"
	"sluice/runtime/fact"
	"sluice/runtime/program"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// bundle is a world with orders "o1" (code X1) and "o2" (without code).
type bundle struct {
	program *program.Program
	world   *world
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{program: compile(t), world: &world{docs: map[fact.Key]fact.Doc{}, counters: map[fact.Key]uint64{}, jobs: map[string]fact.Job{}}}
	for id, data := range map[string]string{"o1": `{"qty":1,"code":"X1"}`, "o2": `{"qty":1}`} {
		d, err := b.decide(fact.Submit, id, data)
		require.NoError(t, err)
		b.world.apply(d.Change)
	}
	return b
}

func (b *bundle) decide(kind fact.CommandType, id, input string) (*engine.Decision, error) {
	return engine.Decide(b.program, b.world, &fact.Command{
		Type: kind, Form: "order", ID: id, Input: []byte(input), Now: noon,
		Actor: fact.Actor{Kind: fact.Person, ID: "u1", Roles: []string{"clerk"}},
	})
}

var claim = fact.Key{Kind: "unique/order/code", ID: "X1"}

// TestUniqueClaimsAreJudgedByWhatIsStored covers a field that became unique, or
// was not for a while: claims are missing or left over.
func TestUniqueClaimsAreJudgedByWhatIsStored(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		before func(b *bundle)
		do     fact.CommandType
		id     string
		input  string
		owner  string // of the claim afterwards, "" when there is none
		code   string // of the refusal
	}{
		"the value is taken":                      {nil, fact.Edit, "o2", `{"code":"X1"}`, "o1", "not_unique"},
		"the claimant is deleted":                 {func(b *bundle) { delete(b.world.docs, fact.Key{Kind: "record/order", ID: "o1"}) }, fact.Edit, "o2", `{"code":"X1"}`, "o2", ""},
		"the claimant has another value":          {func(b *bundle) { b.swap("o1", `{"code":"Y","qty":1}`) }, fact.Edit, "o2", `{"code":"X1"}`, "o2", ""},
		"a value without a claim is claimed late": {func(b *bundle) { delete(b.world.docs, claim) }, fact.Edit, "o1", `{"qty":5}`, "o1", ""},
		"two have the value: one may go on":       {func(b *bundle) { b.swap("o2", `{"code":"X1","qty":1}`) }, fact.Edit, "o2", `{"qty":5}`, "o1", ""},
		"two have the value: one gives it up":     {func(b *bundle) { b.swap("o2", `{"code":"X1","qty":1}`) }, fact.Edit, "o2", `{"code":null}`, "o1", ""},
		"two have the value: one is deleted":      {func(b *bundle) { b.swap("o2", `{"code":"X1","qty":1}`) }, fact.Delete, "o2", ``, "o1", ""},
		"the owner is deleted":                    {nil, fact.Delete, "o1", ``, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			if tc.before != nil {
				tc.before(b)
			}
			d, err := b.decide(tc.do, tc.id, tc.input)
			if tc.code != "" {
				var refusal *fact.Refusal
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, tc.code, refusal.Problems[0].Code)
				require.Equal(t, tc.owner, refusal.Problems[0].Params["record"])
				return
			}
			require.NoError(t, err)
			b.world.apply(d.Change)
			require.Equal(t, tc.owner, string(b.world.docs[claim].Body))
		})
	}
}

// swap replaces a record's data behind the engine's back.
func (b *bundle) swap(id, data string) {
	key := fact.Key{Kind: "record/order", ID: id}
	doc := b.world.docs[key]
	rec, err := fact.DecodeRecord("order", doc)
	if err != nil {
		panic(err)
	}
	rec.Data = []byte(data)
	doc.Body = rec.Encode()
	b.world.docs[key] = doc
}

func TestAReferenceThatIsGoneDoesNotStopOtherEdits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.swap("o1", `{"code":"X1","customer":"left","qty":1}`)
	_, err := b.decide(fact.Edit, "o1", `{"qty":3}`)
	require.NoError(t, err)
	_, err = b.decide(fact.Edit, "o1", `{"customer":"ghost"}`)
	require.Error(t, err)
}

func TestRevisionsAreCompared(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d, err := b.decide(fact.Edit, "o1", `{"qty":2}`)
	require.NoError(t, err)
	require.Equal(t, uint64(2), d.Rev())
	same, err := b.decide(fact.Edit, "o1", `{"qty":1}`)
	require.NoError(t, err)
	require.Equal(t, uint64(1), same.Rev())
	b.world.apply(d.Change)
	_, err = engine.Decide(b.program, b.world, &fact.Command{
		Type: fact.Edit, Form: "order", ID: "o1", Rev: 1, Input: []byte(`{"qty":3}`), Now: noon,
		Actor: fact.Actor{Kind: fact.Person, ID: "u1", Roles: []string{"clerk"}},
	})
	var refusal *fact.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, fact.Conflict, refusal.Kind)
	require.Equal(t, "stale_revision", refusal.Problems[0].Code)
}

func TestUnknownFormIsNotFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := engine.Decide(b.program, b.world, &fact.Command{Type: fact.Submit, Form: "ghost", Now: noon})
	var refusal *fact.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, fact.NotFound, refusal.Kind)
}

// TestDecidingChangesNothing decides twice: the same facts give the same change.
func TestDecidingChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := maps.Clone(b.world.docs)
	first, err := b.decide(fact.Edit, "o1", `{"qty":20,"code":"X9","waybill":"W"}`)
	require.NoError(t, err)
	second, err := b.decide(fact.Edit, "o1", `{"qty":20,"code":"X9","waybill":"W"}`)
	require.NoError(t, err)
	require.Equal(t, first.Change, second.Change)
	require.Equal(t, before, b.world.docs)
}

var errDisk = errors.New("disk")

// broken is a reader that fails at one kind of document.
type broken struct {
	*world
	kind string
}

func (b broken) Get(k fact.Key) (fact.Doc, error) {
	if k.Kind == b.kind {
		return fact.Doc{}, errDisk
	}
	return b.world.Get(k)
}

// TestAReaderThatFailsIsNoRefusal makes each read of a decision fail: the cause must come out.
func TestAReaderThatFailsIsNoRefusal(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"record/order", "record/customer", "unique/order/code"} {
		b := setup(t)
		_, err := engine.Decide(b.program, broken{b.world, kind}, &fact.Command{
			Type: fact.Edit, Form: "order", ID: "o1", Input: []byte(`{"customer":"c1","code":"Z"}`), Now: noon,
			Actor: fact.Actor{Kind: fact.Person, ID: "u1", Roles: []string{"clerk"}},
		})
		if kind == "unique/order/code" {
			b.world.docs[fact.Key{Kind: "record/customer", ID: "c1"}] = fact.Doc{Rev: 1, Body: []byte{1}}
			_, err = engine.Decide(b.program, broken{b.world, kind}, &fact.Command{
				Type: fact.Edit, Form: "order", ID: "o1", Input: []byte(`{"customer":"c1","code":"Z"}`), Now: noon,
				Actor: fact.Actor{Kind: fact.Person, ID: "u1", Roles: []string{"clerk"}},
			})
		}
		require.ErrorIs(t, err, errDisk, kind)
	}
}
