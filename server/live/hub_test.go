package live

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
)

var alwaysAnn = fact.Actor{Kind: fact.Person, ID: "ann", Roles: []string{"staff"}}

func mustRequest(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://board.example/", http.NoBody)
	require.NoError(t, err)
	return r
}

func TestCloseTellsEverybodyToComeBack(t *testing.T) {
	s := openShop(t, Limits{})
	var clients []*Client
	for range 10 {
		c, _ := s.watch("ann", "")
		clients = append(clients, c)
	}
	closed := make(chan struct{})
	go func() { s.hub.Close(); close(closed) }()
	for _, c := range clients {
		require.Equal(t, closeRestart, s.closing(c))
	}
	<-closed
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := Dial(ctx, s.url, "ann")
	require.Error(t, err)
	require.Empty(t, s.hub.all())
}

func TestARevokedTokenIsOutAndChangedRolesLoadAfresh(t *testing.T) {
	s := openShop(t, Limits{})
	s.grant("cleo", "staff")
	s.grant("dan", "staff")
	s.create("review", order{Title: "one", Cost: "secret"})
	gone, _ := s.watch("ann", "")
	thrown, _ := s.watch("dan", "")
	changed, f := s.watch("cleo", "")
	require.Contains(t, f.Groups[0].Cards[0].Values, "cost")

	s.hub.Revoke(tenant, "dan")
	require.Equal(t, closeSignedOut, s.closing(thrown))
	s.grant("ann")
	require.Equal(t, closeSignedOut, s.closing(gone))

	s.grant("cleo", "clerk")
	require.Equal(t, "denied", s.await(changed, "resync").Reason)
	require.NoError(t, changed.Subscribe("board", f.Position, 0))
	f = s.await(changed, "snapshot", "delta")
	require.Equal(t, "snapshot", f.Op)
	require.NotContains(t, f.Groups[0].Cards[0].Values, "cost")
	s.grant("cleo", "nobody")
	s.await(changed, "resync")
	require.NoError(t, changed.Subscribe("board", f.Position, 0))
	require.Equal(t, "role_denied", s.await(changed, "error").Code)
}

func TestAnotherReleaseLoadsAfresh(t *testing.T) {
	s := openShop(t, Limits{})
	c, _ := s.watch("ann", "")
	s.publish("r2")
	require.Equal(t, "release", s.await(c, "resync").Reason)
	require.NoError(t, c.Subscribe("board", "", 0))
	s.await(c, "snapshot")
	s.create("review", order{Title: "after"})
	require.Equal(t, "after", s.await(c, "delta").Changes[0].Card.Title)
}

func TestALongDeltaAndALongWayBehindLoadAfresh(t *testing.T) {
	s := openShop(t, Limits{Changes: 2})
	c, _ := s.watch("ann", "")
	change := fact.Change{}
	for _, id := range []string{"a", "b", "c"} {
		rec := fact.Record{Form: "order", ID: id, State: "review", Data: []byte("{}")}
		change.Put = append(change.Put, fact.Put{Key: fact.Key{Kind: "record/order", ID: id}, Body: rec.Encode()})
		change.Index = append(change.Index, s.entries(&rec)...)
		change.Events = append(change.Events, fact.Event{Subject: fact.Key{Kind: "record/order", ID: id}, Type: "record.submitted", Data: []byte("{}")})
	}
	_, err := s.store.Commit(context.Background(), tenant, change)
	require.NoError(t, err)
	require.Equal(t, "slow", s.await(c, "resync").Reason)
	require.NoError(t, c.Subscribe("board", "", 0))
	require.Len(t, s.await(c, "snapshot").Groups[0].Cards, 3)
}

func TestAPanicInARoundCostsTheRoundOnly(t *testing.T) {
	s := openShop(t, Limits{})
	c, _ := s.watch("ann", "")
	s.broken.Store(true)
	require.NoError(t, c.Subscribe("board", "", 0))
	require.Equal(t, "unavailable", s.await(c, "error").Code)
	s.broken.Store(false)
	require.NoError(t, c.Subscribe("board", "", 0))
	s.await(c, "snapshot")
	s.create("review", order{Title: "after"})
	require.Equal(t, "after", s.await(c, "delta").Changes[0].Card.Title)
}

func TestAFeedWithoutSocketsRetires(t *testing.T) {
	hub := New(Deps{})
	defer hub.Close()
	f := newFeed(hub, tenant)
	hub.feeds[tenant] = f
	f.seats = 1
	require.False(t, hub.retire(f))
	f.seats = 0
	require.True(t, hub.retire(f))
	require.Empty(t, hub.feeds)
}
