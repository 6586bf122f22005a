package live

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/view"
	"sluice/server/store"
	"sluice/server/store/boltstore"
)

// fasthttp's worker pool looks up from its sleep only every ten seconds, and
// then ends; its clock for Date headers runs for ever.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

const tenant fact.TenantID = "acme"

// states are the columns of the board under test.
var states = []string{"review", "routed", "picked", "packed"}

// order is the data of a record of the form "order".
type order struct {
	Title string `json:"title"`
	Owner string `json:"owner"`
	Cost  string `json:"cost"`
}

// shop is a store with orders, a hub over it, and an HTTP server in front.
type shop struct {
	t     testing.TB
	store store.Store
	hub   *Hub
	url   string
	shape *fact.Shape
	board *view.View

	mu      sync.Mutex
	release string
	roles   map[string][]string // by token; a token not listed is not signed in
	next    atomic.Uint64
	broken  atomic.Bool // finding a screen panics
}

func orderShape() *fact.Shape {
	return fact.NewShape([]fact.Slot{
		{Path: "title", Kind: fact.Text}, {Path: "owner", Kind: fact.Text}, {Path: "cost", Kind: fact.Text},
		{Path: fact.PathID, Kind: fact.Text}, {Path: fact.PathNo, Kind: fact.Text}, {Path: fact.PathState, Kind: fact.Text},
		{Path: fact.PathEntered, Kind: fact.Time}, {Path: fact.PathCreated, Kind: fact.Time},
		{Path: fact.PathCreatedBy, Kind: fact.Text}, {Path: fact.PathUpdated, Kind: fact.Time},
	})
}

func openShop(t testing.TB, limits Limits) *shop {
	return openShopWith(t, limits, boltstore.Options{NoSync: true})
}

// openShopSynced has a store that waits for the disk, as in production.
func openShopSynced(t testing.TB, limits Limits) *shop {
	return openShopWith(t, limits, boltstore.Options{})
}

func compileBoard(t testing.TB) *view.View {
	t.Helper()
	chain := &view.ChainInfo{}
	for _, id := range states {
		chain.States = append(chain.States, view.StateInfo{ID: id, Late: 2 * time.Hour})
	}
	v, problems := view.Compile(&def.View{
		Head: def.Head{ID: "board"}, Type: def.ViewBoard, Form: "order", Roles: []string{"*"}, GroupBy: fact.PathState,
		Card: &def.Card{Title: "title", Fields: []string{"owner", "cost"}}, Window: 500,
	}, orderShape(), chain)
	require.Empty(t, problems)
	return v
}

func openShopWith(t testing.TB, limits Limits, o boltstore.Options) *shop {
	t.Helper()
	st, err := boltstore.Open(t.TempDir(), o)
	require.NoError(t, err)
	s := &shop{t: t, store: st, shape: orderShape(), release: "r1", roles: map[string][]string{"ann": {"staff"}}}
	s.board = compileBoard(t)
	s.hub = New(Deps{Store: st, Screens: s, Check: s.check, Limits: limits, Origins: []string{"https://wall.example"}})
	s.listen()
	return s
}

// listen starts the server and takes care that everything ends with the test.
func (s *shop) listen() {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	Prepare(app)
	app.Get("/live", func(c *fiber.Ctx) error {
		token := strings.TrimPrefix(c.Get("Authorization"), "Bearer ")
		actor, ok, _ := s.check(c.Context(), tenant, token)
		if !ok {
			return c.SendStatus(fiber.StatusUnauthorized)
		}
		if err := s.hub.Serve(c, tenant, actor, token); err != nil {
			return c.Status(fiber.StatusForbidden).SendString(err.Error())
		}
		return nil
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(s.t, err)
	s.url = "ws://" + ln.Addr().String() + "/live"
	ctx, cancel := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { _ = app.Listener(ln) })
	parts.Go(func() { _ = s.hub.Run(ctx) })
	s.t.Cleanup(func() {
		cancel()
		s.hub.Close()
		_ = app.Shutdown()
		parts.Wait()
		require.NoError(s.t, s.store.Close())
	})
}

func (s *shop) check(_ context.Context, _ fact.TenantID, token string) (fact.Actor, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	roles, ok := s.roles[token]
	return fact.Actor{Kind: fact.Person, ID: strings.Clone(token), Roles: roles}, ok, nil
}

func (s *shop) grant(token string, roles ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.roles[token] = roles; len(roles) == 0 {
		delete(s.roles, token)
	}
}

func (s *shop) publish(release string) {
	s.mu.Lock()
	s.release = release
	s.mu.Unlock()
	_, err := s.store.Commit(context.Background(), tenant, fact.Change{Events: []fact.Event{
		{Subject: fact.Key{Kind: "release", ID: release}, Type: releaseEvent, At: time.Now(), Data: []byte("{}")},
	}})
	require.NoError(s.t, err)
}

func (s *shop) Release(context.Context, fact.TenantID) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.release, nil
}

// Screen knows three roles: staff sees all, clerk does not see the cost, agent
// sees only what he owns.
func (s *shop) Screen(_ context.Context, _ fact.TenantID, actor fact.Actor, id string) (*Screen, error) {
	if s.broken.Load() {
		panic("broken")
	}
	if id != "board" {
		return nil, fact.Refuse(fact.NotFound, fact.Problem{Code: "unknown_view", Params: map[string]any{"view": id}})
	}
	release, _ := s.Release(context.Background(), tenant)
	sc := &Screen{View: s.board, Release: release, Scope: "staff", Actor: actor, Load: s.load}
	switch {
	case actor.Has("clerk"):
		sc.Scope = "clerk"
		sc.Hidden = func(path string) bool { return path == "cost" }
	case actor.Has("agent"):
		sc.Scope = "agent " + actor.ID
		sc.Sees = func(row fact.Row, env *fact.Env) bool { return row[1].Text() == env.Actor.ID }
	case actor.Has("nobody"):
		return nil, fact.Refuse(fact.Denied, fact.Problem{Code: "role_denied"})
	}
	return sc, nil
}

func (s *shop) load(rec *fact.Record, _ *fact.Env) (fact.Row, error) {
	var o order
	if err := json.Unmarshal(rec.Data, &o); err != nil {
		return nil, err
	}
	row := make(fact.Row, len(s.shape.Slots))
	row[0], row[1], row[2] = fact.OfText(o.Title), fact.OfText(o.Owner), fact.OfText(o.Cost)
	row[3], row[5] = fact.OfText(rec.ID), fact.OfText(rec.State)
	row[6], row[7], row[9] = fact.OfTime(rec.Entered.UnixMilli()), fact.OfTime(rec.Created.UnixMilli()), fact.OfTime(rec.Updated.UnixMilli())
	return row, nil
}

// entries are those that an engine would keep of a record.
func (s *shop) entries(rec *fact.Record) []fact.Entry {
	row, err := s.load(rec, nil)
	require.NoError(s.t, err)
	group, sort, in := s.board.Place(row, &fact.Env{})
	if !in {
		return nil
	}
	return []fact.Entry{{Index: s.board.Index(), Kind: fact.RecordKind(rec.Form), ID: rec.ID, Group: group, Sort: sort}}
}

// save commits the record after before (nil: it is new); after nil deletes it.
func (s *shop) save(before, after *fact.Record) *fact.Record {
	rec := after
	if rec == nil {
		rec = before
	}
	key := fact.Key{Kind: fact.RecordKind("order"), ID: rec.ID}
	var c fact.Change
	var was, is []fact.Entry
	if before != nil {
		c.Expect = []fact.Expect{{Key: key, Rev: before.Rev}}
		was = s.entries(before)
	} else {
		c.Expect = []fact.Expect{{Key: key}}
	}
	if after != nil {
		is = s.entries(after)
		c.Put = []fact.Put{{Key: key, Body: after.Encode()}}
	} else {
		c.Put = []fact.Put{{Key: key, Delete: true}}
	}
	if fmt.Sprint(was) != fmt.Sprint(is) {
		for _, e := range was {
			e.Remove = true
			c.Index = append(c.Index, e)
		}
		c.Index = append(c.Index, is...)
	}
	c.Events = []fact.Event{{Subject: key, Type: "record.changed", At: time.Now(), Data: []byte("{}")}}
	got, err := s.store.Commit(context.Background(), tenant, c)
	require.NoError(s.t, err)
	if after != nil {
		after.Rev = got.Revs[0]
	}
	return after
}

func (s *shop) create(state string, o order) *fact.Record {
	n := s.next.Add(1)
	at := time.UnixMilli(1_700_000_000_000 + int64(n)).UTC()
	data, err := json.Marshal(o)
	require.NoError(s.t, err)
	return s.save(nil, &fact.Record{Form: "order", ID: fmt.Sprintf("o%06d", n), State: state, Entered: at, Created: at, Updated: at, Data: data})
}

func (s *shop) move(rec *fact.Record, state string) *fact.Record {
	after := *rec
	after.State = state
	return s.save(rec, &after)
}

func (s *shop) edit(rec *fact.Record, o order) *fact.Record {
	after := *rec
	data, err := json.Marshal(o)
	require.NoError(s.t, err)
	after.Data = data
	return s.save(rec, &after)
}

// patience bounds waits that only end late when something is broken.
const patience = 30 * time.Second

func (s *shop) dial(token string) *Client {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := Dial(ctx, s.url, token)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = c.Abort() })
	return c
}

// watch subscribes to the board and reads the first frame about it.
func (s *shop) watch(token, since string) (*Client, *Frame) {
	c := s.dial(token)
	require.NoError(s.t, c.Subscribe("board", since, 0))
	return c, s.await(c, "snapshot", "delta", "error")
}

// await reads until a frame of one of the ops comes.
func (s *shop) await(c *Client, ops ...string) *Frame {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		f, err := c.Next(ctx)
		require.NoError(s.t, err, "waiting for %v", ops)
		for _, op := range ops {
			if f.Op == op {
				return f
			}
		}
	}
}

// closing reads until the server closes and returns the close code.
func (s *shop) closing(c *Client) int {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		if _, err := c.Next(ctx); err != nil {
			return CloseCode(err)
		}
	}
}
