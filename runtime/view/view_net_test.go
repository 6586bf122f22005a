package view_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/runtime/view"
)

func TestNetTellsWhereARecordStoodBefore(t *testing.T) {
	v := compiled(t, orderBoard())
	event := func(kind, id string, touch ...fact.Entry) fact.Event {
		return fact.Event{Subject: fact.Key{Kind: kind, ID: id}, Touch: touch}
	}
	put := func(group string) fact.Entry { return fact.Entry{Index: v.Index(), Group: group} }
	remove := func(group string) fact.Entry { return fact.Entry{Index: v.Index(), Group: group, Remove: true} }
	net := v.Net([]fact.Event{
		event("record/order", "new", put("review")),
		event("record/order", "moved", remove("review"), put("routed")),
		event("record/order", "edited", fact.Entry{Index: "i/order/x", Group: "a", Remove: true}),
		event("record/other", "foreign", put("review")),
		event("record/order", "new", put("routed"), remove("review")), // in any order
		event("record/order", "flash", put("review")),
		event("record/order", "flash", remove("review")),
		event("record/order", "gone", remove("done")),
		event("record/order", "moved", remove("routed"), put("done")),
		event("record/order", "back", remove("done")),
		event("record/order", "back", put("done")),
		event("record/order", "moved"),
	})
	require.Equal(t, map[string]view.Membership{
		"new":    {Touched: true, ToIn: true, To: "routed"},
		"moved":  {Touched: true, FromIn: true, From: "review", ToIn: true, To: "done"},
		"edited": {},
		"flash":  {Touched: true},
		"gone":   {Touched: true, FromIn: true, From: "done"},
		"back":   {Touched: true, FromIn: true, From: "done", ToIn: true, To: "done"},
	}, net)
}

func TestNetEqualsTheDifferenceOfStates(t *testing.T) {
	v := compiled(t, orderBoard())
	rng := rand.New(rand.NewPCG(1, 2))
	at := map[string]string{} // where each record stands, "" is nowhere
	for range 500 {
		before := map[string]string{}
		for id, g := range at {
			before[id] = g
		}
		var events []fact.Event
		for range rng.IntN(12) {
			id := fmt.Sprint(rng.IntN(4))
			e := fact.Event{Subject: fact.Key{Kind: "record/order", ID: id}}
			to := []string{"", "review", "routed"}[rng.IntN(3)]
			if to != at[id] {
				if at[id] != "" {
					e.Touch = append(e.Touch, fact.Entry{Index: v.Index(), Group: at[id], Remove: true})
				}
				if to != "" {
					e.Touch = append(e.Touch, fact.Entry{Index: v.Index(), Group: to})
				}
				at[id] = to
			}
			events = append(events, e)
		}
		for id, m := range v.Net(events) {
			if !m.Touched {
				require.Equal(t, before[id], at[id])
				continue
			}
			require.Equal(t, view.Membership{
				Touched: true, FromIn: before[id] != "", From: before[id], ToIn: at[id] != "", To: at[id],
			}, m)
		}
	}
}
