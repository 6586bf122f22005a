package api

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/runtime/form"
	"sluice/runtime/program"
	"sluice/server/auth"
)

// call is one request on its way through a function of the route table. It is
// pooled: nothing of it may be kept after the function has returned, and texts
// taken from the request must be cloned where they are.
type call struct {
	api     *API
	c       *fiber.Ctx
	route   *route
	who     *auth.Identity // nil on a public route
	program *program.Program
	now     time.Time
	body    []byte // the whole body, of routes that take one and do not stream it
	out     []byte // scratch for the answer

	bodyBuf []byte
}

// entry returns the fiber function of a route: who is it, may he, what does he send; then the route's own function.
func (a *API) entry(r *route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		k := a.calls.Get().(*call)
		k.c, k.route, k.now = c, r, a.Now()
		err := k.run()
		if err != nil {
			if r.body.kind != noBody && k.body == nil {
				k.drain()
			}
			err = k.fail(err)
		}
		bodyBuf, out := k.bodyBuf, k.out
		if cap(bodyBuf) > 64<<10 {
			bodyBuf = nil
		}
		if cap(out) > 64<<10 {
			out = nil
		}
		*k = call{api: a, bodyBuf: bodyBuf[:0], out: out[:0]}
		a.calls.Put(k)
		return err
	}
}

func (k *call) run() error {
	if err := k.permit(); err != nil {
		return err
	}
	if err := k.receive(); err != nil {
		return err
	}
	return k.route.do(k)
}

// permit finds out who asks and refuses who may not.
func (k *call) permit() error {
	r := k.route
	if r.need == public {
		if r.changes() {
			return k.checkOrigin(false)
		}
		return nil
	}
	token, byCookie := k.token()
	if len(token) == 0 {
		return auth.ErrToken
	}
	who, err := k.api.Auth.Verify(context.Background(), token)
	if err != nil {
		return err
	}
	k.who = who
	if byCookie && (r.changes() || r.need == socket) {
		if err := k.checkOrigin(true); err != nil {
			return err
		}
	}
	if k.program, err = k.api.program(who.Tenant); err != nil {
		return err
	}
	if r.need != signedIn && r.need != socket && !k.can(string(r.need)) {
		return refuse(fact.Denied, "role_denied", nil)
	}
	return nil
}

// token returns the caller's token and whether a browser sent it by itself.
func (k *call) token() (token []byte, byCookie bool) {
	h := &k.c.Context().Request.Header
	if b := h.Peek(fiber.HeaderAuthorization); len(b) > 0 {
		const bearer = "Bearer "
		if len(b) > len(bearer) && strings.EqualFold(string(b[:len(bearer)]), bearer) {
			return b[len(bearer):], false
		}
		return nil, false
	}
	if k.route.need == socket {
		for p := range strings.SplitSeq(k.c.Get(fiber.HeaderSecWebSocketProtocol), ",") {
			if t, ok := strings.CutPrefix(strings.TrimSpace(p), "bearer."); ok {
				return []byte(t), false
			}
		}
	}
	return h.Cookie(cookieName), true
}

func (k *call) can(permission string) bool {
	return auth.Can(k.who.Actor, k.program.Roles, permission)
}

// receive reads the body of a route that takes one, after its size and type are known.
func (k *call) receive() error {
	r := k.route
	if r.body.kind == noBody {
		return nil
	}
	if err := k.checkType(); err != nil {
		return err
	}
	if n := int64(k.c.Context().Request.Header.ContentLength()); n > r.body.limit {
		return tooLarge(r.body.limit)
	}
	if r.body.kind.streamed() {
		return nil
	}
	return k.readBody(r.body.limit)
}

// readBody reads the body up to a limit; Content-Length, when there is one, is below it.
func (k *call) readBody(limit int64) error {
	stream := k.c.Context().RequestBodyStream()
	if stream == nil {
		k.body = k.c.Context().Request.Body() // a server that does not stream: tests of fiber itself
		return nil
	}
	buf := k.bodyBuf[:0]
	if n := k.c.Context().Request.Header.ContentLength(); n > cap(buf) {
		buf = make([]byte, 0, n)
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := stream.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		k.bodyBuf = buf
		if int64(len(buf)) > limit {
			return tooLarge(limit)
		}
		if err == io.EOF {
			k.body = buf
			return nil
		}
		if err != nil {
			k.c.Context().SetConnectionClose()
			return refuse(fact.Invalid, "body_cut", nil)
		}
	}
}

// drained is how much of a body that is too large is read and thrown away. When
// a connection is closed on what the other side still sends, the answer is lost too.
const drained = 16 << 20

// drain throws away a body that will not be read, of somebody who is signed in,
// so that he reads the answer. What strangers send ends with the connection.
func (k *call) drain() {
	stream := k.c.Context().RequestBodyStream()
	if stream == nil {
		return
	}
	if k.who != nil && k.c.Context().Request.Header.ContentLength() <= drained {
		if _, err := io.CopyN(io.Discard, stream, drained); err == io.EOF {
			return
		}
	}
	k.c.Context().SetConnectionClose()
}

func tooLarge(limit int64) error {
	return refuse(fact.Invalid, "too_large_body", map[string]any{"max": limit})
}

// lang returns the language of the answer: "en" when Accept-Language puts English before Chinese, else "zh".
func (k *call) lang() string { return langOf(k.c) }

func langOf(c *fiber.Ctx) string {
	for tag := range strings.SplitSeq(c.Get(fiber.HeaderAcceptLanguage), ",") {
		tag = strings.ToLower(strings.TrimSpace(tag))
		switch {
		case strings.HasPrefix(tag, "en"):
			return "en"
		case strings.HasPrefix(tag, "zh"):
			return "zh"
		}
	}
	return "zh"
}

// param returns a copy of a path parameter.
func (k *call) param(name string) string { return strings.Clone(k.c.Params(name)) }

// query returns a copy of a query parameter.
func (k *call) query(name string) string { return strings.Clone(k.c.Query(name)) }

// limit returns how many items the caller wants: 50 unless said, at most 200.
func (k *call) limit() (int, error) {
	s := k.c.Query("limit")
	if s == "" {
		return 50, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 200 {
		return 0, refuseAt(fact.Invalid, "/limit", "not_between", map[string]any{"min": 1, "max": 200})
	}
	return n, nil
}

// env is what conditions and formulas may know of this request.
func (k *call) env() *fact.Env {
	return &fact.Env{Now: k.now, Zone: k.program.Zone, Actor: k.who.Actor}
}

// form returns the form of the path with what the caller may do with it. A form
// that he may neither fill in nor read is not found.
func (k *call) form() (*program.Form, *form.Access, error) {
	f := k.program.Forms[k.c.Params("form")]
	if f != nil {
		acc := f.Access(k.who.Actor)
		if acc.Create || acc.Read || acc.Edit || acc.Delete {
			return f, acc, nil
		}
	}
	return nil, nil, refuse(fact.NotFound, "unknown_form", map[string]any{"form": k.param("form")})
}

// view reads one snapshot of the caller's tenant.
func (k *call) view(read func(fact.Reader) error) error {
	return k.api.Store.View(context.Background(), k.who.Tenant, read)
}

func (k *call) header(name string) string { return strings.Clone(k.c.Get(name)) }

// idempotencyKey returns the key that makes a repeated request harmless, "" without.
func (k *call) idempotencyKey() (string, error) {
	key := k.c.Get("Idempotency-Key")
	if len(key) > 255 {
		return "", refuse(fact.Invalid, "invalid_key", map[string]any{"max": 255})
	}
	return strings.Clone(key), nil
}

// ifMatch returns the revision that If-Match names, 0 for none and for "*".
func (k *call) ifMatch() (uint64, error) {
	tag := strings.TrimSpace(k.c.Get(fiber.HeaderIfMatch))
	if tag == "" || tag == "*" {
		return 0, nil
	}
	if len(tag) > 2 && tag[0] == '"' && tag[len(tag)-1] == '"' {
		if rev, err := strconv.ParseUint(tag[1:len(tag)-1], 10, 64); err == nil && rev > 0 {
			return rev, nil
		}
	}
	return 0, refuse(fact.Conflict, "stale_revision", nil) // a tag that no revision has
}

// unchanged sets the ETag and reports whether If-None-Match has it, in which case 304 is the answer.
func (k *call) unchanged(tag string) bool {
	k.c.Set(fiber.HeaderETag, tag)
	for t := range strings.SplitSeq(k.c.Get(fiber.HeaderIfNoneMatch), ",") {
		t = strings.TrimPrefix(strings.TrimSpace(t), "W/")
		if t == tag || t == "*" {
			k.c.Status(fiber.StatusNotModified)
			return true
		}
	}
	return false
}

func revTag(rev uint64) string { return `"` + strconv.FormatUint(rev, 10) + `"` }
