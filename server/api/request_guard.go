package api

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
)

// guard is outermost: it outlives a panic, numbers the request, sets the
// headers every answer has, and refuses what is ambiguous on the wire.
func (a *API) guard(c *fiber.Ctx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			a.Log.Error("request panicked", "path", c.Path(), "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			c.Response().ResetBody()
			err = a.failed(c, fmt.Errorf("panic: %v", v))
		}
	}()
	h := &c.Context().Response.Header
	h.SetCanonical(headerRequestID, a.ids.next())
	h.SetCanonical(headerNosniff, valueNosniff)
	h.SetCanonical(headerReferrer, valueReferrer)
	h.SetCanonical(headerPolicy, valueNothing)
	h.SetCanonical(headerCache, valueNoStore)
	if a.secure {
		h.SetCanonical(headerHSTS, valueHSTS)
	}
	if smuggles(c) {
		c.Context().SetConnectionClose()
		return answerProblems(c, fact.Refuse(fact.Invalid, fact.Problem{Code: "bad_request"}), nil)
	}
	if err := c.Next(); err != nil {
		return a.failed(c, err)
	}
	return nil
}

var (
	headerRequestID = []byte("X-Request-Id")
	headerNosniff   = []byte("X-Content-Type-Options")
	headerReferrer  = []byte("Referrer-Policy")
	headerPolicy    = []byte("Content-Security-Policy")
	headerCache     = []byte("Cache-Control")
	headerHSTS      = []byte("Strict-Transport-Security")

	valueNosniff  = []byte("nosniff")
	valueReferrer = []byte("same-origin")
	valueNothing  = []byte("default-src 'none'; frame-ancestors 'none'; sandbox")
	valueNoStore  = []byte("no-store")
	valueHSTS     = []byte("max-age=31536000")
)

// smuggles reports whether a request says its length in two ways. A proxy in
// front may have believed the other one, so the next bytes may be a stranger's.
func smuggles(c *fiber.Ctx) bool {
	h := &c.Context().Request.Header
	if h.ContentLength() != -1 { // not chunked: fasthttp has refused a second Content-Length
		return false
	}
	for line := range bytes.Lines(h.RawHeaders()) {
		if name, _, ok := bytes.Cut(line, []byte(":")); ok && bytes.EqualFold(bytes.TrimSpace(name), []byte("Content-Length")) {
			return true
		}
	}
	return false
}

// requestIDs numbers requests: a random start per process and a counter.
type requestIDs struct {
	prefix string
	last   *atomic.Uint64
}

func newRequestIDs() requestIDs {
	var b [4]byte
	_, _ = rand.Read(b[:]) // it does not fail
	return requestIDs{prefix: hex.EncodeToString(b[:]) + "-", last: new(atomic.Uint64)}
}

func (r requestIDs) next() []byte {
	b := make([]byte, 0, 24)
	b = append(b, r.prefix...)
	return strconv.AppendUint(b, r.last.Add(1), 36)
}

// checkOrigin refuses a state change that another site's page made this
// browser send. Browsers say where a request comes from in Origin, or at least
// in Sec-Fetch-Site; a program that holds no cookie says neither and needs not.
func (k *call) checkOrigin(byCookie bool) error {
	origin := k.c.Get(fiber.HeaderOrigin)
	if origin != "" {
		if k.own(origin) {
			return nil
		}
		return refuse(fact.Denied, "origin_denied", nil)
	}
	site := k.c.Get("Sec-Fetch-Site")
	if site == "same-origin" || site == "" && !byCookie {
		return nil
	}
	return refuse(fact.Denied, "origin_denied", nil)
}

// own reports whether an Origin is this server's. Without a configured address
// the request's Host must be in it, whatever the scheme: a proxy in front may have ended TLS.
func (k *call) own(origin string) bool {
	if k.api.origin != "" {
		return strings.EqualFold(origin, k.api.origin)
	}
	scheme, host, ok := strings.Cut(origin, "://")
	return ok && (scheme == "http" || scheme == "https") && strings.EqualFold(host, string(k.c.Context().Request.Host()))
}

// address returns where a request comes from, as text to count by: the peer,
// or what a trusted proxy says of it. An IPv6 network counts as one, for its
// owner has all addresses of it.
func (k *call) address() string {
	peer, ok := netip.AddrFromSlice(k.c.Context().RemoteIP())
	if !ok {
		return ""
	}
	peer = peer.Unmap()
	if k.api.trusts(peer) {
		said := k.c.Get(fiber.HeaderXForwardedFor)
		last := said[strings.LastIndexByte(said, ',')+1:]
		if a, err := netip.ParseAddr(strings.TrimSpace(last)); err == nil {
			peer = a.Unmap()
		}
	}
	if peer.Is6() {
		net, err := peer.Prefix(64)
		if err == nil {
			return net.String()
		}
	}
	return peer.String()
}

func (a *API) trusts(peer netip.Addr) bool {
	for _, p := range a.TrustedProxies {
		if p.Contains(peer) {
			return true
		}
	}
	return false
}

// checkType refuses a body of another media type than the route takes. A page
// of another site cannot send JSON without asking first, which is never granted.
func (k *call) checkType() error {
	want := k.route.body.kind.mediaTypes()
	if len(want) == 0 {
		return nil
	}
	got := k.c.Context().Request.Header.ContentType()
	if i := bytes.IndexByte(got, ';'); i >= 0 {
		got = got[:i]
	}
	got = bytes.TrimSpace(got)
	for _, w := range want {
		if len(got) == len(w) && strings.EqualFold(string(got), w) {
			return nil
		}
	}
	return refuse(fact.Invalid, "unsupported_media_type", map[string]any{"want": want[0]})
}
