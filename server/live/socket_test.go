package live

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// narrow connects with so little room for what arrives that it is soon full.
func (s *shop) narrow(token string) *Client {
	d := websocket.Dialer{
		Subprotocols: []string{Protocol},
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			nc, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			if err == nil {
				err = nc.(*net.TCPConn).SetReadBuffer(64 << 10)
			}
			return nc, err
		},
	}
	conn, answer, err := d.Dial(s.url, http.Header{"Authorization": {"Bearer " + token}})
	require.NoError(s.t, err)
	require.NoError(s.t, answer.Body.Close())
	s.t.Cleanup(func() { _ = conn.Close() })
	return &Client{conn: conn}
}

func TestASlowSocketIsToldToLoadAfreshAndDelaysNobody(t *testing.T) {
	s := openShop(t, Limits{Window: 1, Frames: 8, Bytes: 1 << 20})
	slow := s.narrow("ann")
	require.NoError(t, slow.Subscribe("board", "", 0))
	s.await(slow, "snapshot")
	var quick []*Client
	for range 5 {
		c, _ := s.watch("ann", "")
		quick = append(quick, c)
	}
	rec := s.create("review", order{})
	wide := strings.Repeat("w", 200<<10)
	for n := 0; s.hub.Stats().Overflows == 0; n++ {
		require.Less(t, n, 1000, "the queue never filled")
		rec = s.edit(rec, order{Title: wide})
		for _, c := range quick { // each gets every change although one socket takes none
			for f := s.await(c, "delta"); f.Changes[len(f.Changes)-1].Card.Rev < rec.Rev; {
				f = s.await(c, "delta")
			}
		}
	}
	s.edit(rec, order{Title: lastTitle})
	f := s.await(slow, "resync")
	require.Equal(t, "slow", f.Reason)
	require.NoError(t, slow.Subscribe("board", "", 0))
	require.Equal(t, lastTitle, s.await(slow, "snapshot").Groups[0].Cards[0].Title)
}

func TestASocketThatIsSlowAgainAndAgainIsClosed(t *testing.T) {
	s := openShop(t, Limits{Window: 1, Frames: 4, Bytes: 256 << 10})
	slow := s.narrow("ann")
	rec := s.create("review", order{})
	wide := strings.Repeat("w", 200<<10)
	for times := uint64(1); times <= slowTimes; times++ {
		require.NoError(t, slow.Subscribe("board", "", 0))
		s.await(slow, "snapshot")
		for s.hub.Stats().Overflows < times {
			rec = s.edit(rec, order{Title: wide})
		}
		if times < slowTimes {
			s.await(slow, "resync")
		}
	}
	require.Equal(t, closeSlow, s.closing(slow))
}

func TestFramesThatAreNoneCloseTheSocket(t *testing.T) {
	s := openShop(t, Limits{})
	for _, text := range []string{
		``, `x`, `{}`, `[]`, `null`, `"sub"`, `{"op":"sub"}`, `{"op":"sub","view":""}`, `{"op":"dance","view":"board"}`, `{"op":"unsub"}`,
		`{"op":"sub","view":"board","extra":1}`, `{"op":"sub","view":"board"}{}`, `{"op":"sub","view":"board","window":-1}`,
		`{"op":"sub","view":"board","window":1.5}`, `{"op":"sub","view":7}`, `{"op":"sub","view":"` + strings.Repeat("v", 65) + `"}`,
		"{\"op\":\"ping\",\"view\":\"\xff\"}",
	} {
		c := s.dial("ann")
		require.NoError(t, c.conn.WriteMessage(websocket.TextMessage, []byte(text)))
		require.Equal(t, closeBadFrame, s.closing(c), text)
	}
	c := s.dial("ann")
	require.NoError(t, c.conn.WriteMessage(websocket.BinaryMessage, []byte(`{"op":"ping"}`)))
	require.Equal(t, closeBadFrame, s.closing(c), "binary")

	c = s.dial("ann")
	_ = c.conn.WriteMessage(websocket.TextMessage, []byte(`{"op":"ping","view":"`+strings.Repeat("v", maxFrame)+`"}`))
	code := s.closing(c) // the connection may be reset before the close frame is read
	require.Contains(t, []int{websocket.CloseMessageTooBig, 0}, code, "too long")

	c = s.dial("ann")
	for range readBurst + 20 {
		_ = c.conn.WriteMessage(websocket.TextMessage, []byte(`{"op":"ping"}`))
	}
	require.Equal(t, websocket.ClosePolicyViolation, s.closing(c), "too many")
}

func FuzzDecodeWish(f *testing.F) {
	for _, text := range []string{`{"op":"sub","view":"board","since":"1-2~ab","window":50}`, `{"op":"ping"}`, `{"op":"unsub","view":"b"}`, `{`, `{"op":"sub"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		w, err := decodeWish(text)
		if err != nil {
			return
		}
		require.Contains(t, []string{"sub", "unsub", "ping"}, w.Op)
		require.True(t, w.Op == "ping" || w.View != "")
		require.LessOrEqual(t, len(w.View)*boolInt(w.Op != "ping"), 64)
		require.True(t, w.Op == "ping" || w.Window >= 0)
	})
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestPingIsAnsweredAndUnknownViewsAreRefused(t *testing.T) {
	s := openShop(t, Limits{Subscriptions: 1})
	c := s.dial("ann")
	require.Equal(t, "r1", s.await(c, "hello").Release)
	require.NoError(t, c.conn.WriteMessage(websocket.TextMessage, []byte(`{"op":"ping"}`)))
	s.await(c, "pong")
	require.NoError(t, c.Subscribe("nothing", "", 0))
	f := s.await(c, "error")
	require.Equal(t, "unknown_view", f.Code)
	require.Equal(t, "nothing", f.View)
	require.NoError(t, c.Subscribe("board", "", 0))
	s.await(c, "snapshot")
	require.NoError(t, c.Subscribe("nothing", "", 0))
	require.Equal(t, "too_many_views", s.await(c, "error").Code)
	require.NoError(t, c.Unsubscribe("board"))
	s.create("review", order{Title: "unseen"})
	require.NoError(t, c.Subscribe("board", "", 0))
	require.Equal(t, "unseen", s.await(c, "snapshot", "delta").Groups[0].Cards[0].Title, "no delta came in between")
}

func TestTheHandshakeIsGuarded(t *testing.T) {
	s := openShop(t, Limits{PerAddress: 2})
	status := func(origin, token string) int {
		header := http.Header{"Authorization": {"Bearer " + token}}
		if origin != "" {
			header.Set("Origin", origin)
		}
		conn, answer, err := websocket.DefaultDialer.Dial(s.url, header)
		if err == nil {
			s.t.Cleanup(func() { _ = conn.Close() })
		}
		require.NotNil(t, answer)
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	own := "http://" + strings.TrimSuffix(strings.TrimPrefix(s.url, "ws://"), "/live")
	require.Equal(t, http.StatusUnauthorized, status("", "stranger"))
	for _, origin := range []string{"https://evil.example", "null", own + ".evil.example", own + "/", "https://wall.example.evil", "http://user@" + own[7:], "ftp://" + own[7:], "file://"} {
		require.Equal(t, http.StatusForbidden, status(origin, "ann"), origin)
	}
	require.Equal(t, http.StatusSwitchingProtocols, status(own, "ann"))
	require.Equal(t, http.StatusSwitchingProtocols, status("https://wall.example", "ann"))
	require.Equal(t, http.StatusForbidden, status(own, "ann"), "too many from one address")

	answer, err := http.Get("http" + strings.TrimPrefix(s.url, "ws"))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusUnauthorized, answer.StatusCode)
}

func TestServeRefusesAnApplicationThatWouldCloseTheConnection(t *testing.T) {
	hub := New(Deps{})
	defer hub.Close()
	app := fiber.New()
	var got error
	app.Get("/", func(c *fiber.Ctx) error {
		got = hub.Serve(c, tenant, alwaysAnn, "")
		return nil
	})
	answer, err := app.Test(mustRequest(t))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.ErrorContains(t, got, "not prepared")
	Prepare(app)
	answer, err = app.Test(mustRequest(t))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.ErrorContains(t, got, "unsupported_media_type")
}
