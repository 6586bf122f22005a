// Package api is the HTTP door: JSON over /api/v1 for people and programs,
// signed messages from outside under /in, and the browser side for the rest.
//
// router.go is its table of contents. A request that is not in the table is
// answered 404, one whose route asks for a permission is answered 401 or 403
// before its body is read. Nothing here decides: records change through the
// Runner, definitions through the Catalog.
package api

import (
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"sluice/runtime/fact"
	"sluice/server/auth"
	"sluice/server/blob"
	"sluice/server/catalog"
	"sluice/server/command"
	"sluice/server/store"
)

// Runner carries out commands on records; command.Runner is one.
type Runner interface {
	Run(ctx context.Context, t fact.TenantID, c fact.Command) (*command.Outcome, error)
}

// Deps is what an API is made of.
type Deps struct {
	Store   store.Store
	Runner  Runner
	Catalog *catalog.Catalog
	Auth    *auth.Auth
	Blobs   *blob.Blobs
	// Live takes over a request to /api/v1/live, which is signed in by the token. Nil: there are no live views.
	Live func(c *fiber.Ctx, who *auth.Identity, token string) error
	// UI is the built browser side with index.html at its top. Nil: there is none.
	UI fs.FS
	// Packs are what a new installation can begin with.
	Packs   []Pack
	Version string
	// Ready says why the server cannot work, nil when it can. Nil: always ready.
	Ready func() error

	// BaseURL is where people reach the server ("https://orders.example.com").
	// It decides about the Secure flag of cookies and which Origin is the own
	// one; empty: plain HTTP, and the own origin is the request's Host.
	BaseURL string
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix

	Now     func() time.Time // time.Now
	Log     *slog.Logger     // slog.Default
	MaxBody int64            // bytes of an ordinary body; 1 MiB
	MaxBulk int64            // bytes of a bulk stream; 1 GiB
}

// API answers requests. Its methods are the functions of the route table.
type API struct {
	Deps
	origin   string // the own origin by configuration, "" by Host
	secure   bool
	ids      requestIDs
	calls    sync.Pool
	bySource *auth.Limiter // of messages from outside, by address
	byHook   *auth.Limiter // of messages from outside, by account
	ui       *ui
	routes   []route
	fixed    func() ([]byte, error) // the OpenAPI document for everybody, made once
}

const defaultMaxBody = 1 << 20

// New returns a fiber application that answers everything.
func New(d Deps) *fiber.App {
	return newAPI(d).app()
}

func newAPI(d Deps) *API {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.MaxBody == 0 {
		d.MaxBody = defaultMaxBody
	}
	if d.MaxBulk == 0 {
		d.MaxBulk = 1 << 30
	}
	a := &API{
		Deps:     d,
		ids:      newRequestIDs(),
		bySource: auth.NewLimiter(auth.Quota{Burst: 1000, Every: 20 * time.Millisecond}, 10_000),
		byHook:   auth.NewLimiter(auth.Quota{Burst: 1000, Every: 2 * time.Millisecond}, 10_000),
		ui:       newUI(d.UI),
	}
	if u, err := url.Parse(d.BaseURL); err == nil && u.Host != "" {
		a.origin, a.secure = u.Scheme+"://"+u.Host, u.Scheme == "https"
	}
	a.calls.New = func() any { return &call{api: a} }
	a.routes = a.table()
	a.fixed = sync.OnceValues(func() ([]byte, error) { return json.Marshal(a.document(nil)) })
	return a
}

const (
	readTimeout = 20 * time.Second // of an ordinary request, head and body
	longTimeout = 30 * time.Minute // of a bulk stream or an attachment
	idleTimeout = 2 * time.Minute
)

func (a *API) app() *fiber.App {
	app := fiber.New(fiber.Config{
		AppName: "sluice", DisableStartupMessage: true, CaseSensitive: true, StrictRouting: true,
		ReadTimeout: readTimeout, IdleTimeout: idleTimeout, ReadBufferSize: 16 << 10,
		// Bodies are streamed so that none is read before its sender and its
		// size are known; BodyLimit does not hold then, call.readBody does it.
		StreamRequestBody: true, DisablePreParseMultipartForm: true, BodyLimit: int(a.MaxBody),
		ErrorHandler: a.failed,
	})
	app.Server().HeaderReceived = longer
	app.Use(a.guard)
	for i := range a.routes {
		r := &a.routes[i]
		app.Add(r.method, r.path, a.entry(r))
		if r.method == fiber.MethodGet && r.need != socket {
			app.Add(fiber.MethodHead, r.path, a.entry(r))
		}
	}
	app.Use(a.elsewhere)
	app.Server().Handler = a.knownMethod(app, app.Handler())
	return app
}

// knownMethod answers methods that fiber does not know of: left to itself it says so in plain text.
func (a *API) knownMethod(app *fiber.App, next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			next(ctx)
			return
		}
		c := app.AcquireCtx(ctx)
		defer app.ReleaseCtx(c)
		ctx.SetConnectionClose()
		_ = answerProblems(c, fact.Refuse(fact.Invalid, fact.Problem{Code: "method_not_allowed", Params: map[string]any{"method": "?"}}), nil)
	}
}

// longer gives streams more time than ordinary requests.
func longer(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	path := string(h.RequestURI())
	if strings.HasPrefix(path, "/api/v1/") && (strings.HasSuffix(path, "/records/bulk") || strings.HasPrefix(path, "/api/v1/files")) {
		return fasthttp.RequestConfig{ReadTimeout: longTimeout}
	}
	return fasthttp.RequestConfig{}
}
