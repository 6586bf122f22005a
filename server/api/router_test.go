package api

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// open are the routes that ask for no credentials. A new one must be named here.
var open = []string{"signIn", "setup", "receive", "openapi", "health", "ready"}

// concrete fills a route's parameters in.
func concrete(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = map[string]string{":form": "order", ":view": "board", ":kind": "form", ":number": "1", ":hook": "signed", ":tenant": "main", ":account": "zto"}[p]
			if parts[i] == "" {
				parts[i] = "x1"
			}
		}
	}
	return strings.Join(parts, "/")
}

// Nobody gets in without credentials, with wrong ones, or with those of somebody who may not.
func TestEveryRouteAsksForCredentials(t *testing.T) {
	s := start(t)
	s.token["wrong"] = "sls_main." + strings.Repeat("x", 43)
	for _, r := range s.api.routes {
		require.NotEmpty(t, r.need, r.name)
		if slices.Contains(open, r.name) {
			require.Equal(t, public, r.need, r.name)
			continue
		}
		require.NotEqual(t, public, r.need, r.name)
		for _, who := range []string{"", "wrong"} {
			a := s.ask(who, r.method, concrete(r.path), "")
			require.Equal(t, 401, a.status, "%s as %q", r.name, who)
			require.Equal(t, "not_signed_in", a.code(), r.name)
			require.NotEmpty(t, a.header.Get("WWW-Authenticate"))
		}
		if r.need == signedIn || r.need == socket {
			continue
		}
		a := s.ask("none", r.method, concrete(r.path), "")
		require.Equal(t, 403, a.status, "%s needs %s", r.name, r.need)
		require.Equal(t, "role_denied", a.code(), r.name)
	}
}

// Credentials are looked at before the body is: who may not send gets no say.
func TestBodyComesAfterPermission(t *testing.T) {
	s := start(t)
	status, _, closed := s.wire("POST /api/v1/forms/order/records HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50000000\r\n\r\n" +
		strings.Repeat("x", 8<<10))
	require.Equal(t, 401, status, "the rest of the body was never sent")
	require.True(t, closed)
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	s := start(t)
	for path, status := range map[string]int{"/healthz": 200, "/api/v1/me": 401, "/nowhere": 200, "/api/nowhere": 404} {
		a := s.ask("", "GET", path, "")
		require.Equal(t, status, a.status, path)
		require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"), path)
		require.Contains(t, a.header.Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
		require.NotEmpty(t, a.header.Get("X-Request-Id"), path)
		require.NotEmpty(t, a.header.Get("Referrer-Policy"), path)
		require.Empty(t, a.header.Get("Server"), path)
		require.Empty(t, a.header.Get("Access-Control-Allow-Origin"), path)
	}
}

func TestElsewhere(t *testing.T) {
	s := start(t)
	for _, tc := range []struct {
		method, path string
		status       int
		code, allow  string
	}{
		{"GET", "/api/v1/nothing", 404, "not_found", ""},
		{"GET", "/api", 404, "not_found", ""},
		{"GET", "/in/x", 404, "not_found", ""},
		{"PUT", "/api/v1/me", 405, "method_not_allowed", "GET, HEAD, PATCH"},
		{"DELETE", "/api/v1/forms/order/records", 405, "method_not_allowed", "GET, HEAD, POST"},
		{"PROPFIND", "/api/v1/me", 405, "method_not_allowed", ""},
		{"POST", "/board/main", 405, "method_not_allowed", "GET, HEAD"},
		{"GET", "/api/v1/me/", 404, "not_found", ""},
		{"GET", "/API/v1/me", 200, "", ""},
		{"GET", "/board/main", 200, "", ""},
		{"GET", "/assets/gone.js", 404, "not_found", ""},
		{"GET", "/../etc/passwd", 200, "", ""},
		{"GET", "/%2e%2e/secret.txt", 404, "not_found", ""},
	} {
		a := s.ask("", tc.method, tc.path, "")
		require.Equal(t, tc.status, a.status, "%s %s", tc.method, tc.path)
		require.Equal(t, tc.code, a.code(), "%s %s", tc.method, tc.path)
		require.Equal(t, tc.allow, a.header.Get("Allow"), "%s %s", tc.method, tc.path)
	}
}

func TestHeadHasNoBody(t *testing.T) {
	s := start(t)
	for _, path := range []string{"/healthz", "/api/v1/me", "/board"} {
		a := s.ask("sales", "HEAD", path, "")
		require.Equal(t, 200, a.status, path)
		require.Empty(t, a.text, path)
	}
	require.Equal(t, 401, s.ask("", "HEAD", "/api/v1/me", "").status)
}

func TestBrowserSide(t *testing.T) {
	s := start(t)
	index := s.good(200, "", "GET", "/any/where", "")
	require.Equal(t, "no-cache", index.header.Get("Cache-Control"))
	require.Contains(t, index.text, "<title>Sluice")
	require.Contains(t, index.header.Get("Content-Security-Policy"), "default-src 'self'")
	for accepted, want := range map[string]string{"br, gzip": "brotli", "gzip": "gzip", "identity": "plain"} {
		a := s.good(200, "", "GET", "/assets/app-1a2b.js", "", "Accept-Encoding: "+accepted)
		require.Equal(t, want, a.text)
		require.Contains(t, a.header.Get("Cache-Control"), "immutable")
		require.Equal(t, "text/javascript; charset=utf-8", a.header.Get("Content-Type"))
		require.Equal(t, "Accept-Encoding", a.header.Get("Vary"))
	}
}

func TestPanicIsAnAnswer(t *testing.T) {
	s := startWith(t, func(d *Deps) { d.Runner = broken{} })
	a := s.ask("sales", "POST", "/api/v1/forms/order/records", `{"customer":"A"}`)
	require.Equal(t, 500, a.status)
	require.Equal(t, "internal", a.code())
	require.NotContains(t, a.text, "out of order", "what happened inside stays inside")
	require.Contains(t, a.text, a.header.Get("X-Request-Id"))
	require.Equal(t, 200, s.ask("", "GET", "/healthz", "").status, "the next request is answered")
}
