package live

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
)

// The application is Fiber on fasthttp, the sockets are gorilla's on net/http.
// Between the two lies this bridge: fasthttp hands over the bare connection and
// takes its own buffers back, gorilla shakes hands on it as if it came from net/http.

// Prepare makes an application fit for Serve; it is called before the
// application listens. Without it fasthttp would close the connections that it hands over.
func Prepare(app *fiber.App) { app.Server().KeepHijackedConns = true }

// Serve takes over a request for a live connection of an actor who is signed in.
// The token is asked about again while the socket is open (see Deps.Check). The
// refusals, all before the connection is taken over: unsupported_media_type for
// a request that is no WebSocket handshake, origin_denied, too_many_requests,
// unavailable.
func (h *Hub) Serve(c *fiber.Ctx, tenant fact.TenantID, actor fact.Actor, token string) error {
	if !c.App().Server().KeepHijackedConns {
		return errors.New("live: the application was not prepared")
	}
	r := handshake(c)
	if !tokenListed(r.Header, "Connection", "upgrade") || !tokenListed(r.Header, "Upgrade", "websocket") {
		return fact.Refuse(fact.Invalid, fact.Problem{Code: "unsupported_media_type", Params: map[string]any{"want": "websocket"}})
	}
	if !h.checkOrigin(r) {
		return fact.Refuse(fact.Denied, fact.Problem{Code: "origin_denied"})
	}
	seat, err := h.admit(tenant, strings.Clone(c.IP()))
	if err != nil {
		return err
	}
	token = strings.Clone(token)
	ctx := c.Context()
	ctx.HijackSetNoResponse(true)
	ctx.Hijack(func(nc net.Conn) {
		defer h.rescue("handshake")
		h.shake(nc, r, seat, actor, token)
	})
	return nil
}

// shake completes the handshake and starts the socket. It returns at once, so
// that fasthttp gets back what it keeps per request.
func (h *Hub) shake(nc net.Conn, r *http.Request, seat *seat, actor fact.Actor, token string) {
	if bare, ok := nc.(interface{ UnsafeConn() net.Conn }); ok {
		nc = bare.UnsafeConn()
	}
	started := false
	defer func() {
		if !started {
			seat.free()
			_ = nc.Close()
		}
	}()
	conn, err := h.upgrader.Upgrade(&hijacked{Conn: nc}, r, nil)
	if err != nil {
		return
	}
	started = true
	newSocket(h, seat, conn, actor, token).open()
}

// handshake copies what gorilla reads of the request: fasthttp uses its strings again.
func handshake(c *fiber.Ctx) *http.Request {
	r := &http.Request{
		Method: strings.Clone(c.Method()), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Host: string(c.Context().Host()), Header: http.Header{}, URL: &url.URL{Path: "/"},
	}
	for _, name := range []string{"Connection", "Upgrade", "Origin", "Sec-Websocket-Version", "Sec-Websocket-Key", "Sec-Websocket-Protocol"} {
		for _, v := range c.Context().Request.Header.PeekAll(name) {
			r.Header.Add(name, string(v))
		}
	}
	return r
}

// tokenListed reports whether a comma-separated header has the token, in any case.
func tokenListed(h http.Header, name, token string) bool {
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

// checkOrigin lets through the server's own pages, the configured origins, and
// clients that are no browsers, which send no origin.
func (h *Hub) checkOrigin(r *http.Request) bool {
	list := r.Header.Values("Origin")
	if len(list) == 0 {
		return true
	}
	if len(list) > 1 {
		return false
	}
	if h.origins[list[0]] {
		return true
	}
	u, err := url.Parse(list[0])
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") &&
		u.Path == "" && u.User == nil && strings.EqualFold(u.Host, r.Host)
}

// hijacked is the answer side of a connection that was taken over already.
type hijacked struct {
	net.Conn
	header http.Header
}

// Header returns headers that only a refused handshake would send.
func (h *hijacked) Header() http.Header {
	if h.header == nil {
		h.header = http.Header{}
	}
	return h.header
}

// WriteHeader begins the answer to a refused handshake.
func (h *hijacked) WriteHeader(status int) {
	_, _ = h.Conn.Write([]byte("HTTP/1.1 400 " + http.StatusText(status) + "\r\nConnection: close\r\n\r\n"))
}

// Hijack gives the connection with buffers too small to be kept by gorilla.
func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.Conn, bufio.NewReadWriter(bufio.NewReaderSize(h.Conn, 16), bufio.NewWriterSize(h.Conn, 16)), nil
}
