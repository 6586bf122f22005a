package live

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
)

// scribble changes records of its own at random and leaves some behind.
func scribble(s *shop, seed uint64, changes int) {
	rng := rand.New(rand.NewPCG(seed, 1))
	var own []*fact.Record
	for range changes {
		if len(own) < 3 {
			own = append(own, s.create(states[rng.IntN(len(states))], order{Title: "t"}))
			continue
		}
		i := rng.IntN(len(own))
		switch rng.IntN(10) {
		case 0:
			own = append(own, s.create(states[0], order{Title: "new"}))
		case 1:
			s.save(own[i], nil)
			own = append(own[:i], own[i+1:]...)
		case 2, 3:
			own[i] = s.edit(own[i], order{Title: fmt.Sprint(rng.IntN(1000))})
		case 4: // a group that the board does not show
			own[i] = s.move(own[i], "archived")
		default:
			own[i] = s.move(own[i], states[rng.IntN(len(states))])
		}
	}
}

const lastTitle = "the last one"

// restless watches until the last record shows up, and connects anew after a
// random number of frames, mostly without a goodbye.
func restless(s *shop, seed uint64) (*fold, error) {
	rng := rand.New(rand.NewPCG(seed, 2))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	f := &fold{}
	for {
		c, err := Dial(ctx, s.url, "ann")
		if err != nil {
			return f, err
		}
		if err := c.Subscribe("board", f.position, 0); err != nil {
			return f, err
		}
		for range 2 + rng.IntN(12) {
			fr, err := c.Next(ctx)
			if err != nil {
				return f, err
			}
			if err := f.apply(fr); err != nil {
				return f, fmt.Errorf("at %s: %w", fr.Position, err)
			}
			for _, card := range f.cards {
				if card.Title == lastTitle {
					return f, c.Close()
				}
			}
		}
		if err := c.Abort(); err != nil {
			return f, err
		}
	}
}

func TestReconnectingClientsMissNothingAndSeeNothingTwice(t *testing.T) {
	s := openShop(t, Limits{Window: 1})
	folds := make([]*fold, 8)
	errs := make([]error, len(folds))
	var writers, readers sync.WaitGroup
	for i := range folds {
		readers.Go(func() { folds[i], errs[i] = restless(s, uint64(i)) })
	}
	for i := range 4 {
		writers.Go(func() { scribble(s, uint64(i), 400) })
	}
	writers.Wait()
	s.create(states[0], order{Title: lastTitle})
	readers.Wait()

	fresh := &fold{}
	_, snapshot := s.watch("ann", "")
	require.NoError(t, fresh.apply(snapshot))
	for i := range folds {
		require.NoError(t, errs[i], "client %d", i)
		require.Equal(t, fresh.revs(), folds[i].revs(), "client %d", i)
		require.Positive(t, folds[i].deltas)
	}
	require.Positive(t, s.hub.Stats().Replays, "no client ever resumed")
}

func TestSubscribersThatComeWhileThingsChangeHaveNoGap(t *testing.T) {
	s := openShop(t, Limits{Window: 1})
	var writers, readers sync.WaitGroup
	errs := make([]error, 40)
	folds := make([]*fold, len(errs))
	for i := range 2 {
		writers.Go(func() { scribble(s, uint64(100+i), 300) })
	}
	for i := range errs {
		readers.Go(func() { folds[i], errs[i] = steady(s) })
	}
	writers.Wait()
	s.create(states[0], order{Title: lastTitle})
	readers.Wait()
	for i := range errs {
		require.NoError(t, errs[i], "client %d", i)
		require.Equal(t, folds[0].revs(), folds[i].revs(), "client %d", i)
	}
}

// steady subscribes twice on one connection and watches until the last record shows up.
func steady(s *shop) (*fold, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	f := &fold{}
	c, err := Dial(ctx, s.url, "ann")
	if err != nil {
		return f, err
	}
	defer c.Abort()
	if err := c.Subscribe("board", "", 0); err != nil {
		return f, err
	}
	for n := 0; ; n++ {
		if n == 3 {
			if err := c.Subscribe("board", "", 0); err != nil {
				return f, err
			}
		}
		fr, err := c.Next(ctx)
		if err != nil {
			return f, err
		}
		if err := f.apply(fr); err != nil {
			return f, err
		}
		for _, card := range f.cards {
			if card.Title == lastTitle {
				return f, nil
			}
		}
	}
}

func TestResumeFallsBackToASnapshotWhenThePastIsNotTheSame(t *testing.T) {
	s := openShop(t, Limits{Replay: 3})
	rec := s.create("review", order{Title: "one"})
	_, first := s.watch("ann", "")
	require.Equal(t, "snapshot", first.Op)

	rec = s.move(rec, "routed")
	_, f := s.watch("ann", first.Position)
	require.Equal(t, "delta", f.Op)
	require.Len(t, f.Changes, 1)
	require.Equal(t, "move", f.Changes[0].Op)
	require.Equal(t, map[string]int64{"review": 0, "routed": 1}, f.Counts)

	_, again := s.watch("ann", f.Position)
	require.Equal(t, "delta", again.Op)
	require.Empty(t, again.Changes)

	s.grant("cleo", "clerk")
	for name, since := range map[string]string{
		"another epoch":    "1-2" + first.Position[len(first.Position)-9:],
		"no tag":           first.Position[:len(first.Position)-9],
		"no position":      "nonsense",
		"a future one":     again.Position[:len(again.Position)-10] + "ff" + again.Position[len(again.Position)-9:],
		"an empty tag":     "1-1~",
		"only the tag":     again.Position[len(again.Position)-9:],
		"a negative one":   "1--1~00000000",
		"half a position":  "1~00000000",
		"too many hyphens": "1-1-1~00000000",
	} {
		_, f := s.watch("ann", since)
		require.Equal(t, "snapshot", f.Op, name)
	}
	_, f = s.watch("cleo", again.Position)
	require.Equal(t, "snapshot", f.Op, "another scope's position")

	for _, state := range []string{"picked", "packed", "review", "routed"} {
		rec = s.move(rec, state)
	}
	_, f = s.watch("ann", again.Position)
	require.Equal(t, "snapshot", f.Op, "too long ago")
	s.publish("r2")
	_, f = s.watch("ann", f.Position)
	require.Equal(t, "snapshot", f.Op, "another release")
}
