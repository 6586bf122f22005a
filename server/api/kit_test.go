package api

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/server/auth"
	"sluice/server/blob"
	"sluice/server/catalog"
	"sluice/server/command"
	"sluice/server/store/boltstore"
)

// site is a server with a store of its own, listening on the loopback, with one
// person per role signed in. Its clock stands still until it is moved.
type site struct {
	t     testing.TB
	api   *API
	url   string
	addr  string
	auth  *auth.Auth
	admin *auth.Session
	token map[string]string // by role
	http  *http.Transport

	mu  sync.Mutex
	now time.Time
	log bytes.Buffer
}

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *site) later(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// Write keeps the log; requests write it at any time.
func (s *site) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(p)
}

const (
	boss     = "boss@example.com"
	password = "correct horse"
)

func start(t testing.TB) *site { return startWith(t, nil) }

func startWith(t testing.TB, change func(*Deps)) *site {
	t.Helper()
	dir := t.TempDir()
	db, err := boltstore.Open(dir, boltstore.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	blobs, err := blob.Open(dir+"/blobs", 1<<20)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, blobs.Close()) })

	s := &site{t: t, now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), token: map[string]string{}, http: &http.Transport{}}
	log := slog.New(slog.NewTextHandler(s, nil))
	s.auth = auth.New(auth.Config{Store: db, Now: s.clock, Cost: auth.Cost{Passes: 1, KiB: 64}, PerIP: auth.Quota{Burst: 1000, Every: time.Millisecond}})
	definitions := catalog.New(db, log, s.clock)
	d := Deps{
		Store: db, Catalog: definitions, Auth: s.auth, Blobs: blobs, Now: s.clock, Log: log, Version: "test",
		Runner: &command.Runner{Store: db, Programs: definitions},
		UI: fstest.MapFS{
			"index.html":            {Data: []byte("<!doctype html><title>Sluice</title>")},
			"assets/app-1a2b.js":    {Data: []byte("plain")},
			"assets/app-1a2b.js.br": {Data: []byte("brotli")},
			"assets/app-1a2b.js.gz": {Data: []byte("gzip")},
		},
	}
	if change != nil {
		change(&d)
	}
	s.api = newAPI(d)
	s.listen()
	s.settle(definitions)
	return s
}

func (s *site) listen() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(s.t, err)
	app := s.api.app()
	done := make(chan error, 1)
	go func() { done <- app.Listener(ln) }()
	s.addr, s.url = ln.Addr().String(), "http://"+ln.Addr().String()
	s.t.Cleanup(func() {
		s.http.CloseIdleConnections()
		require.NoError(s.t, app.ShutdownWithTimeout(10*time.Second))
		require.NoError(s.t, <-done)
	})
}

// settle publishes the definitions of testdata and signs people in.
func (s *site) settle(c *catalog.Catalog) {
	t := s.t
	require.NoError(t, s.auth.SetupUnattended(t.Context(), auth.FirstAdmin{Email: boss, Password: password}))
	var err error
	s.admin, err = s.auth.SignIn(t.Context(), auth.SignIn{Email: boss, Password: password})
	require.NoError(t, err)
	s.token["admin"] = s.admin.Token
	_, err = c.Publish(t.Context(), "main", catalog.Proposal{Files: definitionFiles(t), By: s.admin.Who.Actor})
	require.NoError(t, err)
	for _, role := range []string{"sales", "stock", "lead"} {
		s.token[role] = s.hire("main", role).Token
	}
	s.token["none"] = s.hire("main").Token
	_, err = c.Publish(t.Context(), "other", catalog.Proposal{Files: definitionFiles(t), By: s.admin.Who.Actor})
	require.NoError(t, err)
	s.token["other"] = s.hire("other", "sales", "lead").Token
}

func (s *site) hire(t fact.TenantID, roles ...string) *auth.Session {
	name, secret := strings.Join(append([]string{string(t)}, roles...), "-"), password
	mail := name + "@example.com"
	_, err := s.auth.CreateUser(s.t.Context(), t, s.admin.Who.Actor, auth.UserInput{Name: &name, Email: &mail, Password: &secret, Roles: &roles})
	require.NoError(s.t, err)
	session, err := s.auth.SignIn(s.t.Context(), auth.SignIn{Email: mail, Password: password})
	require.NoError(s.t, err)
	return session
}

func definitionFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files, root := map[string][]byte{}, os.DirFS("testdata/definitions")
	require.NoError(t, fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	}))
	return files
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

// ask sends a request as somebody ("" is nobody); headers are "Name: value".
func (s *site) ask(as, method, path, body string, headers ...string) *answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	require.NoError(s.t, err)
	if as != "" {
		require.Contains(s.t, s.token, as)
		req.Header.Set("Authorization", "Bearer "+s.token[as])
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := s.http.RoundTrip(req)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	a := &answer{status: resp.StatusCode, header: resp.Header, text: string(text)}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") && len(text) > 0 && !strings.Contains(resp.Header.Get("Content-Type"), "ndjson") {
		require.NoError(s.t, json.Unmarshal(text, &a.json), a.text)
	}
	if method != http.MethodHead {
		checkAnswer(s.t, s.api, method, path, a)
	}
	return a
}

// good is ask with the status that is expected.
func (s *site) good(status int, as, method, path, body string, headers ...string) *answer {
	s.t.Helper()
	a := s.ask(as, method, path, body, headers...)
	require.Equal(s.t, status, a.status, a.text)
	return a
}

// order creates an order and returns its id.
func (s *site) order(as, data string) string {
	s.t.Helper()
	return s.good(201, as, "POST", "/api/v1/forms/order/records", data).json["id"].(string)
}

// code is the code of a problem, "" when the answer is none.
func (a *answer) code() string {
	code, _ := a.json["code"].(string)
	if !strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json") {
		return ""
	}
	return code
}

func (a *answer) items() []any {
	items, _ := a.json["items"].([]any)
	return items
}
