package live

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// texts reads raw frames about views until one contains the mark.
func texts(t *testing.T, c *Client, mark string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var list []string
	for {
		text, err := c.next(ctx)
		require.NoError(t, err)
		if !strings.Contains(string(text), `"view"`) {
			continue
		}
		list = append(list, string(text))
		if strings.Contains(string(text), mark) {
			return list
		}
	}
}

func TestADeltaIsEncodedOnceForAllSocketsOfAScope(t *testing.T) {
	s := openShop(t, Limits{})
	s.grant("cleo", "clerk")
	rec := s.create("review", order{Title: "one", Cost: "7"})
	scopes := map[string][]*Client{}
	for range 20 {
		for _, token := range []string{"ann", "cleo"} {
			c, _ := s.watch(token, "")
			scopes[token] = append(scopes[token], c)
		}
	}
	before := s.hub.Stats()
	for _, state := range []string{"routed", "picked", "packed"} {
		rec = s.move(rec, state)
	}
	s.edit(rec, order{Title: lastTitle})
	frames := 0
	for _, clients := range scopes {
		first := texts(t, clients[0], lastTitle)
		frames += len(first)
		for _, c := range clients[1:] {
			require.Equal(t, first, texts(t, c, lastTitle))
		}
	}
	after := s.hub.Stats()
	require.EqualValues(t, frames, after.Deltas-before.Deltas)
	require.EqualValues(t, 20*frames, after.Queued-before.Queued)
}

func TestHiddenFieldsAndUnseenRecordsNeverAppear(t *testing.T) {
	s := openShop(t, Limits{})
	s.grant("cleo", "clerk")
	s.grant("bob", "agent")
	mine := s.create("review", order{Title: "mine", Owner: "bob", Cost: "secret-1"})
	other := s.create("review", order{Title: "private", Owner: "eve", Cost: "secret-2"})

	clerk, agent := s.dial("cleo"), s.dial("bob")
	require.NoError(t, clerk.Subscribe("board", "", 0))
	require.NoError(t, agent.Subscribe("board", "", 0))
	clerkSaw, agentSaw := texts(t, clerk, "snapshot"), texts(t, agent, "snapshot")

	other = s.edit(other, order{Title: "private", Owner: "eve", Cost: "secret-3"})
	other = s.move(other, "routed")
	mine = s.edit(mine, order{Title: "mine", Owner: "bob", Cost: "secret-4"})
	mine = s.move(mine, "picked")
	mine = s.edit(mine, order{Title: "given away, private", Owner: "eve", Cost: "secret-5"})
	s.edit(mine, order{Title: "given away, private, changed", Owner: "eve"})
	s.save(other, nil)
	s.create("packed", order{Title: lastTitle, Owner: "bob"})

	clerkSaw, agentSaw = append(clerkSaw, texts(t, clerk, lastTitle)...), append(agentSaw, texts(t, agent, lastTitle)...)
	require.Contains(t, strings.Join(clerkSaw, "\n"), "private", "who sees all records sees their titles")
	require.NotContains(t, strings.Join(clerkSaw, "\n"), "secret")
	require.NotContains(t, strings.Join(agentSaw, "\n"), "private")
	require.NotContains(t, strings.Join(agentSaw, "\n"), other.ID)
	require.Contains(t, strings.Join(agentSaw, "\n"), "secret-1", "an agent sees the fields of what he owns")

	f := &fold{}
	for _, text := range agentSaw {
		frame, err := decodeFrame([]byte(text))
		require.NoError(t, err)
		require.NoError(t, f.apply(frame), text)
	}
	require.Len(t, f.cards, 1, "what was given away has left")
	require.EqualValues(t, 1, f.counts["packed"])
	require.Zero(t, f.counts["review"]+f.counts["routed"]+f.counts["picked"])
}

func TestAScopeWithRowConditionsIsCountedAsFarAsItWasLookedThrough(t *testing.T) {
	s := openShop(t, Limits{Visible: 3})
	s.grant("bob", "agent")
	s.create("review", order{Owner: "bob"})
	s.create("review", order{Owner: "eve"})
	s.create("routed", order{Owner: "bob"})
	s.create("routed", order{Owner: "bob"})
	_, f := s.watch("bob", "")
	require.EqualValues(t, 1, *f.Groups[0].Count)
	require.Nil(t, f.Groups[1].Count, "the bound was reached in this group")
	require.Len(t, f.Groups[1].Cards, 2)
	_, again := s.watch("bob", f.Position)
	require.Equal(t, "snapshot", again.Op, "what such a scope saw is not remembered")
}

func TestAWindowShowsTheFirstCardsAndACursor(t *testing.T) {
	s := openShop(t, Limits{})
	for range 5 {
		s.create("review", order{Title: "x"})
	}
	c := s.dial("ann")
	require.NoError(t, c.Subscribe("board", "", 2))
	f := s.await(c, "snapshot")
	require.EqualValues(t, 5, *f.Groups[0].Count)
	require.Len(t, f.Groups[0].Cards, 2)
	require.Greater(t, f.Groups[0].Cards[0].ID, f.Groups[0].Cards[1].ID, "newest first")
	require.NotNil(t, f.Groups[0].Next)
	require.Nil(t, f.Groups[1].Next)
	require.Equal(t, f.Groups[0].Cards[0].Entered.Add(2*60*60*1e9), f.Groups[0].Cards[0].Due)
}
