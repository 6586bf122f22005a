package command_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/server/command"
	"sluice/server/store"
)

func TestRunCarriesOutACommand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var woken []time.Time
	b.runner.Wake = func(tenant fact.TenantID, due time.Time) {
		require.Equal(t, acme, tenant)
		woken = append(woken, due)
	}
	out, err := b.runner.Run(t.Context(), acme, submission(`{"qty":12,"code":"X1"}`, ""))
	require.NoError(t, err)
	require.Len(t, out.Record.ID, 26)
	require.EqualValues(t, 1, out.Record.Rev)
	require.EqualValues(t, 1, out.Record.Serial)
	require.False(t, out.Replayed)
	require.Equal(t, out.Position.Offset, out.Record.Last)
	require.Equal(t, out.Record, b.stored(out.Record.ID))
	require.Equal(t, []time.Time{start.Add(2 * time.Hour)}, woken, "the earliest of its timers")

	_, err = b.runner.Run(t.Context(), acme, b.on(fact.Comment, out.Record.ID, `{"text":"hi"}`))
	require.NoError(t, err)
	require.Len(t, woken, 1)
	gone, err := b.runner.Run(t.Context(), acme, b.on(fact.Delete, out.Record.ID, ""))
	require.NoError(t, err)
	require.Equal(t, out.Record.ID, gone.Record.ID)
	require.Equal(t, []string{"record.submitted", "record.commented", "record.deleted"}, b.events(out.Record.ID))
}

// TestSameKeySameAnswer sends commands twice and in other words under one key.
func TestSameKeySameAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.order()
	keyed := func(c fact.Command, key string) fact.Command {
		c.Key = key
		return c
	}
	for name, tc := range map[string]struct {
		first, second fact.Command
		want          string // "replayed", "done" or the refusal
	}{
		"a submission again":                {submission(`{"qty":2}`, "k1"), submission(`{"qty":2}`, "k1"), "replayed"},
		"another body":                      {submission(`{"qty":2}`, "k2"), submission(`{"qty":3}`, "k2"), "conflict key_reused"},
		"another key":                       {submission(`{"qty":2}`, "k3"), submission(`{"qty":2}`, "k4"), "done"},
		"no key":                            {submission(`{"qty":2}`, ""), submission(`{"qty":2}`, ""), "done"},
		"another actor":                     {submission(`{"qty":2}`, "k5"), by(submission(`{"qty":2}`, "k5"), fact.Actor{Kind: fact.Person, ID: "u2", Roles: []string{"clerk"}}), "done"},
		"another kind of actor, same id":    {submission(`{"qty":2}`, "k6"), by(submission(`{"qty":2}`, "k6"), fact.Actor{Kind: fact.APIKey, ID: "u-clerk", Roles: []string{"clerk"}}), "done"},
		"another form":                      {submission(`{"qty":2}`, "k7"), customer(`{"name":"C"}`, "k7"), "done"},
		"an edit again":                     {keyed(b.on(fact.Edit, id, `{"qty":7}`), "k8"), keyed(b.on(fact.Edit, id, `{"qty":7}`), "k8"), "replayed"},
		"an edit of another record":         {keyed(b.on(fact.Edit, id, `{"qty":8}`), "k9"), keyed(b.on(fact.Edit, "other", `{"qty":8}`), "k9"), "conflict key_reused"},
		"a comment again":                   {keyed(b.on(fact.Comment, id, `{"text":"a"}`), "k10"), keyed(b.on(fact.Comment, id, `{"text":"a"}`), "k10"), "replayed"},
		"a comment under a submission's":    {submission(`{"qty":2}`, "k11"), keyed(b.on(fact.Comment, id, `{"text":"a"}`), "k11"), "conflict key_reused"},
		"a move again":                      {keyed(pick(b.order()), "k12"), fact.Command{}, "replayed"},
		"a move with other evidence":        {keyed(pick(b.order()), "k13"), fact.Command{Evidence: &fact.Evidence{Kind: fact.Scan, Code: "x"}}, "conflict key_reused"},
		"a deletion again":                  {keyed(b.on(fact.Delete, b.order(), ""), "k14"), fact.Command{}, "replayed"},
		"later, with another clock reading": {submission(`{"qty":2}`, "k15"), at(submission(`{"qty":2}`, "k15"), start.Add(time.Hour)), "replayed"},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.second.Type == "" { // the first one, but for what is said
				evidence := tc.second.Evidence
				tc.second = tc.first
				if evidence != nil {
					tc.second.Evidence = evidence
				}
			}
			first, err := b.runner.Run(t.Context(), acme, tc.first)
			require.NoError(t, err)
			before := b.position()
			second, err := b.runner.Run(t.Context(), acme, tc.second)
			switch tc.want {
			case "replayed":
				require.NoError(t, err)
				require.True(t, second.Replayed)
				require.Equal(t, first.Record.ID, second.Record.ID)
				require.Equal(t, first.Record.Rev, second.Record.Rev)
				if tc.first.Type != fact.Delete {
					require.Equal(t, first.Record.Serial, second.Record.Serial)
				}
				require.Equal(t, first.Record.State, second.Record.State)
				require.Equal(t, first.Record.Data, second.Record.Data)
				require.Equal(t, before, b.position(), "nothing was done again")
			case "done":
				require.NoError(t, err)
				require.False(t, second.Replayed)
				require.NotEqual(t, first.Record.ID, second.Record.ID)
			default:
				require.Equal(t, tc.want, code(t, err))
				require.Equal(t, before, b.position())
			}
		})
	}
}

func by(c fact.Command, a fact.Actor) fact.Command {
	c.Actor = a
	return c
}

func at(c fact.Command, now time.Time) fact.Command {
	c.Now = now
	return c
}

func customer(data, key string) fact.Command {
	c := submission(data, key)
	c.Form = "customer"
	return c
}

// TestAReplayAnswersAsItWas replays a submission after the record has gone on.
func TestAReplayAnswersAsItWas(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, err := b.runner.Run(t.Context(), acme, submission(`{"qty":2}`, "k"))
	require.NoError(t, err)
	_, err = b.runner.Run(t.Context(), acme, b.on(fact.Edit, first.Record.ID, `{"qty":9}`))
	require.NoError(t, err)
	_, err = b.runner.Run(t.Context(), acme, pick(first.Record.ID))
	require.NoError(t, err)
	again, err := b.runner.Run(t.Context(), acme, submission(`{"qty":2}`, "k"))
	require.NoError(t, err)
	require.EqualValues(t, 1, again.Record.Rev)
	require.Equal(t, "review", again.Record.State)
	require.Equal(t, string(first.Record.Data), string(again.Record.Data))
}

// TestARefusedCommandDoesNotUseItsKey corrects the input and sends it again under the same key.
func TestARefusedCommandDoesNotUseItsKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.runner.Run(t.Context(), acme, submission(`{"qty":0}`, "k"))
	require.Equal(t, "invalid too_small", code(t, err))
	out, err := b.runner.Run(t.Context(), acme, submission(`{"qty":1}`, "k"))
	require.NoError(t, err)
	require.False(t, out.Replayed)
}

// together runs f n times at once and returns how it went.
func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-begin
			errs[i] = f(i)
		})
	}
	close(begin)
	wg.Wait()
	return errs
}

// tally counts outcomes by what they say.
func tally(t *testing.T, errs []error) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, err := range errs {
		out[code(t, err)]++
	}
	return out
}

func TestOneOfManyMovesWins(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.order()
	errs := together(32, func(int) error {
		_, err := b.runner.Run(t.Context(), acme, pick(id))
		return err
	})
	require.Equal(t, map[string]int{"": 1, "conflict wrong_state": 31}, tally(t, errs))
	require.Equal(t, []string{"record.submitted", "record.moved"}, b.events(id))
}

func TestNoEditIsLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.order()
	errs := together(64, func(i int) error {
		_, err := b.runner.Run(t.Context(), acme, b.on(fact.Edit, id, fmt.Sprintf(`{"qty":%d}`, i+2)))
		return err
	})
	require.Equal(t, map[string]int{"": 64}, tally(t, errs))
	require.EqualValues(t, 65, b.stored(id).Rev)
	require.Len(t, b.events(id), 65)
}

func TestOneOfManyEditsOfARevisionWins(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.order()
	errs := together(64, func(i int) error {
		c := b.on(fact.Edit, id, fmt.Sprintf(`{"qty":%d}`, i+2))
		c.Rev = 1
		_, err := b.runner.Run(t.Context(), acme, c)
		return err
	})
	require.Equal(t, map[string]int{"": 1, "conflict stale_revision": 63}, tally(t, errs))
	require.EqualValues(t, 2, b.stored(id).Rev)
}

func TestOneOfManyClaimsAUniqueValue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	errs := together(32, func(int) error {
		_, err := b.runner.Run(t.Context(), acme, submission(`{"qty":1,"code":"X"}`, ""))
		return err
	})
	require.Equal(t, map[string]int{"": 1, "invalid not_unique": 31}, tally(t, errs))
}

func TestOneKeyAtOnceIsOneRecord(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := make([]string, 32)
	errs := together(32, func(i int) error {
		out, err := b.runner.Run(t.Context(), acme, submission(`{"qty":1}`, "k"))
		if err == nil {
			ids[i] = out.Record.ID + fmt.Sprint(out.Record.Rev, out.Record.Serial)
		}
		return err
	})
	require.Equal(t, map[string]int{"": 32}, tally(t, errs))
	require.Len(t, slices.Compact(ids), 1)
}

// TestNumbersHaveNoGap submits at once, a third of it in vain.
func TestNumbersHaveNoGap(t *testing.T) {
	t.Parallel()
	b := setup(t)
	serials := make([]uint64, 64)
	errs := together(64, func(i int) error {
		data := []string{`{"qty":1}`, `{"qty":0}`, `{"qty":1,"code":"same"}`}[i%3]
		out, err := b.runner.Run(t.Context(), acme, submission(data, fmt.Sprint("k", i)))
		if err == nil {
			serials[i] = out.Record.Serial
		}
		return err
	})
	require.Equal(t, map[string]int{"": 23, "invalid too_small": 21, "invalid not_unique": 20}, tally(t, errs))
	slices.Sort(serials)
	for i, serial := range serials[64-23:] {
		require.EqualValues(t, i+1, serial)
	}
}

// TestTheThirdTryIsInsideTheWriter runs every command where each commit meets a conflict.
func TestTheThirdTryIsInsideTheWriter(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.order()
	c := &contested{Store: b.store}
	runner := &command.Runner{Store: c, Programs: programs{b.program}}
	out, err := runner.Run(t.Context(), acme, submission(`{"qty":2}`, "k"))
	require.NoError(t, err)
	require.EqualValues(t, 3, c.commits.Load())
	require.EqualValues(t, 1, out.Record.Rev)
	require.EqualValues(t, 2, out.Record.Serial)
	require.Equal(t, out.Record, b.stored(out.Record.ID))

	again, err := runner.Run(t.Context(), acme, submission(`{"qty":2}`, "k"))
	require.NoError(t, err)
	require.True(t, again.Replayed)
	require.Equal(t, out.Record.ID, again.Record.ID)

	_, err = runner.Run(t.Context(), acme, pick(id))
	require.NoError(t, err)
	_, err = runner.Run(t.Context(), acme, pick(id))
	require.Equal(t, "conflict wrong_state", code(t, err))

	_, err = (&command.Runner{Store: plain{c}, Programs: programs{b.program}}).Run(t.Context(), acme, submission(`{"qty":2}`, ""))
	require.Equal(t, "conflict busy", code(t, err), "an engine without that door gives the conflict back")
}

// TestTheWriterFindsWhatWasDoneMeanwhile has the conflict come from the same key itself.
func TestTheWriterFindsWhatWasDoneMeanwhile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	runner := &command.Runner{Store: &overtaken{contested: &contested{Store: b.store}, by: b.runner, t: t}, Programs: programs{b.program}}
	out, err := runner.Run(t.Context(), acme, submission(`{"qty":2}`, "k"))
	require.NoError(t, err)
	require.True(t, out.Replayed)
	require.EqualValues(t, 1, out.Record.Serial)
}

func TestTryChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.order()
	before := b.position()
	out, err := b.runner.Try(t.Context(), b.program, acme, submission(`{"qty":12}`, "k"))
	require.NoError(t, err)
	require.Contains(t, string(out.Record.Data), `"lane":"big"`)
	require.Zero(t, out.Record.Serial)
	_, err = b.runner.Try(t.Context(), b.program, acme, pick(id))
	require.NoError(t, err)
	_, err = b.runner.Try(t.Context(), b.program, acme, submission(`{"qty":0}`, ""))
	require.Equal(t, "invalid too_small", code(t, err))
	_, err = b.runner.Try(t.Context(), b.program, acme, fact.Command{Type: fact.Move, Form: "order", ID: id, Transition: "send", Actor: person("warehouse"), Now: start})
	require.Equal(t, "conflict stage_missing", code(t, err))
	require.Equal(t, before, b.position())
	require.Equal(t, "review", b.stored(id).State)
	done, err := b.runner.Run(t.Context(), acme, submission(`{"qty":12}`, "k"))
	require.NoError(t, err)
	require.False(t, done.Replayed)
	require.EqualValues(t, 2, done.Record.Serial)
	tried, err := b.runner.Try(t.Context(), b.program, acme, submission(`{"qty":12}`, "k"))
	require.NoError(t, err)
	require.True(t, tried.Replayed)
}

// TestARejectedMoveTellsThoseWhoseTurnItIs also where the refusal comes of the third try.
func TestARejectedMoveTellsThoseWhoseTurnItIs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.order()
	_, err := b.runner.Run(t.Context(), acme, fact.Command{Type: fact.Move, Form: "order", ID: id, Transition: "send", Actor: person("warehouse"), Now: start})
	require.Equal(t, "conflict stage_missing", code(t, err))
	b.view(func(r fact.Reader) {
		doc, err := r.Get(fact.Key{Kind: "notice/lead", ID: id + ".blocked"})
		require.NoError(t, err)
		require.True(t, strings.Contains(string(doc.Body), `"by":"warehouse"`), string(doc.Body))
	})
	require.EqualValues(t, 1, b.stored(id).Rev)
}

func TestStoreErrorsAreWhatPeopleCanActOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, tc := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("x: %w", store.ErrFull), "internal store_full"},
		{store.ErrReadOnly, "internal store_read_only"},
		{&store.Short{Counter: fact.Key{Kind: "stock", ID: "A"}, Have: 2, Want: -5}, "short short"},
	} {
		runner := &command.Runner{Store: failing{b.store, tc.err}, Programs: programs{b.program}}
		_, err := runner.Run(t.Context(), acme, submission(`{"qty":2}`, ""))
		require.Equal(t, tc.want, code(t, err))
	}
	_, err := (&command.Runner{Store: failing{b.store, errDisk}, Programs: programs{b.program}}).Run(t.Context(), acme, submission(`{"qty":2}`, ""))
	require.ErrorIs(t, err, errDisk)
}

var errDisk = errors.New("disk")

func TestIDsSortByTime(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	last := ""
	for ms := range 2000 {
		id := command.NewID(start.Add(time.Duration(ms) * time.Millisecond))
		require.Len(t, id, 26)
		require.Greater(t, id, last)
		require.False(t, seen[id])
		seen[id], last = true, id
	}
	require.Less(t, command.NewID(time.UnixMilli(1)), command.NewID(start))
	require.Less(t, last, command.NewID(start.AddDate(200, 0, 0)))
}
