//go:build e2e

package e2e

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/server/live"
)

// TestStory walks the main job from outside: an order comes in, rules route it,
// it walks the chain with its evidence, and a board that is open shows each step.
func TestStory(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	sales, lead, warehouse := s.signIn("sales"), s.signIn("lead"), s.signIn("warehouse")
	board := watch(t, s, sales, "sales-board")

	var rec record
	customer := s.customer(sales)
	s.must(201, "POST", orders, sales, order(customer)).into(t, &rec)
	require.Equal(t, "review", rec.State)
	require.Equal(t, "ningbo", rec.Data["warehouse"])
	require.Equal(t, "enter", board.until(rec.ID, "review"))

	s.must(409, "POST", events(rec.ID), warehouse, map[string]any{"transition": "pick"})
	s.must(403, "POST", events(rec.ID), sales, map[string]any{"transition": "route"})
	for _, step := range []struct {
		token, transition, state string
		more                     map[string]any
	}{
		{lead, "route", "routed", nil},
		{warehouse, "pick", "picked", nil},
		{warehouse, "check", "checked", nil},
		{warehouse, "pack", "packed", map[string]any{"data": map[string]any{"carrier": "zto", "waybill": "ZT-E2E-1"}}},
	} {
		body := map[string]any{"transition": step.transition}
		for k, v := range step.more {
			body[k] = v
		}
		s.must(200, "POST", events(rec.ID), step.token, body).into(t, &rec)
		require.Equal(t, step.state, rec.State)
		require.Equal(t, "move", board.until(rec.ID, step.state))
	}
	s.must(422, "POST", events(rec.ID), warehouse, map[string]any{"transition": "hand"})
	s.must(422, "POST", events(rec.ID), warehouse, map[string]any{"transition": "hand", "evidence": map[string]any{"kind": "scan", "code": "other"}})
	s.must(200, "POST", events(rec.ID), warehouse, map[string]any{"transition": "hand", "evidence": map[string]any{"kind": "scan", "code": "ZT-E2E-1"}})
	require.Equal(t, "move", board.until(rec.ID, "handed"))
	s.must(403, "POST", events(rec.ID), s.signIn("logistics"), map[string]any{"transition": "collect", "evidence": map[string]any{"kind": "callback"}})
	s.callback(t, "ZT-E2E-1")
	require.Equal(t, "move", board.until(rec.ID, "collected"))

	var history struct {
		Items []struct {
			Type string
			Data struct {
				Explanation []struct{ Rule, Row, Zh, En string }
				Evidence    struct{ Kind string }
			}
		}
	}
	s.must(200, "GET", events(rec.ID), sales, nil).into(t, &history)
	require.Len(t, history.Items, 7)
	require.Equal(t, "callback", history.Items[0].Data.Evidence.Kind)
	first := history.Items[6]
	require.Equal(t, "record.submitted", first.Type)
	require.Equal(t, "oem-benz-a", first.Data.Explanation[0].Row)
	require.NotEmpty(t, first.Data.Explanation[0].Zh)
	require.NotEmpty(t, first.Data.Explanation[0].En)
}

// callback sends the carrier's message, first with a wrong signature, then right, then again.
func (s *server) callback(t *testing.T, waybill string) {
	t.Helper()
	var in struct{ Secret string }
	s.must(200, "POST", "/api/v1/hooks/carrier/secret", s.signIn("admin"), nil).into(t, &in)
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(in.Secret, "whsec_"))
	require.NoError(t, err)
	body, err := json.Marshal(map[string]string{"waybill": waybill, "status": "GOT", "time": time.Now().UTC().Format(time.RFC3339)})
	require.NoError(t, err)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("msg-1." + stamp + "."))
	mac.Write(body)
	signature := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	const door = "/in/main/carrier/carrier"
	s.must(401, "POST", door, "", body, "webhook-id", "msg-1", "webhook-timestamp", stamp, "webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(make([]byte, 32)))
	s.must(200, "POST", door, "", body, "webhook-id", "msg-1", "webhook-timestamp", stamp, "webhook-signature", signature)
	s.must(200, "POST", door, "", body, "webhook-id", "msg-1", "webhook-timestamp", stamp, "webhook-signature", signature)
}

// watched is a board that is open.
type watched struct {
	t      *testing.T
	client *live.Client
	ctx    context.Context
}

func watch(t *testing.T, s *server, token, view string) *watched {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	c, err := live.Dial(ctx, strings.Replace(s.url, "http://", "ws://", 1)+"/api/v1/live", token)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.Subscribe(view, "", 0))
	for {
		f, err := c.Next(ctx)
		require.NoError(t, err)
		if f.Op == "snapshot" {
			return &watched{t, c, ctx}
		}
	}
}

// until waits for the record to be shown in a group and returns by which change.
func (w *watched) until(id, group string) string {
	w.t.Helper()
	for {
		f, err := w.client.Next(w.ctx)
		require.NoError(w.t, err, "waiting for %s in %s", id, group)
		for _, c := range f.Changes {
			if c.Card != nil && c.Card.ID == id && c.Card.Group == group {
				return c.Op
			}
		}
	}
}

// TestRuleTakesEffectAtOnce edits the routing rule and sees the next order go elsewhere.
func TestRuleTakesEffectAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	sales, lead := s.signIn("sales"), s.signIn("lead")
	customer := s.customer(sales)
	var before, after record
	s.must(201, "POST", orders, sales, order(customer)).into(t, &before)
	require.Equal(t, "ningbo", before.Data["warehouse"])

	doc := string(s.must(200, "GET", "/api/v1/definitions/rule/routing", lead, nil).body)
	changed := strings.Replace(doc, `"then": {"warehouse": {"value": "ningbo"}}`, `"then": {"warehouse": {"value": "jiaxing"}}`, 1)
	require.NotEqual(t, doc, changed)
	s.must(200, "PUT", "/api/v1/drafts/rule/routing", lead, []byte(changed), "If-None-Match", "*")

	// The pack's own scenario says that such an order ships from Ningbo: it stops the release
	// until somebody accepts that this is meant; then it is recorded anew.
	refused := s.must(422, "POST", "/api/v1/releases", lead, map[string]string{"note": "try"})
	require.Contains(t, string(refused.body), "route-ningbo")
	s.must(201, "POST", "/api/v1/releases", lead, map[string]any{"note": "Jiaxing for genuine parts", "accept": []string{"route-ningbo"}})
	s.must(201, "POST", orders, sales, order(customer)).into(t, &after)
	require.Equal(t, "jiaxing", after.Data["warehouse"])

	s.must(200, "POST", "/api/v1/releases/1/activate", lead, nil)
	s.must(201, "POST", orders, sales, order(customer)).into(t, &after)
	require.Equal(t, "ningbo", after.Data["warehouse"])
}

// TestExportGivesBackWhatWasApplied applies a folder and exports it byte for byte.
func TestExportGivesBackWhatWasApplied(t *testing.T) {
	t.Parallel()
	data, out := t.TempDir(), t.TempDir()
	pack := "../../templates/auto-parts"
	text, code := sluice(t, "apply", pack, "--data", data)
	require.Zero(t, code, text)
	text, code = sluice(t, "export", out, "--data", data)
	require.Zero(t, code, text)
	n := 0
	require.NoError(t, filepath.WalkDir(pack, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.Contains(path, "/seed/") {
			return err
		}
		n++
		rel, err := filepath.Rel(pack, path)
		require.NoError(t, err)
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(out, rel))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), rel)
		return nil
	}))
	require.Greater(t, n, 20)
	text, code = sluice(t, "apply", out, "--data", data)
	require.Zero(t, code, text)
	require.Contains(t, text, "nothing changed")
}

// TestBackupWhileRunning copies a tenant in use and starts another server on the copy.
func TestBackupWhileRunning(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	sales := s.signIn("sales")
	var rec record
	s.must(201, "POST", orders, sales, order(s.customer(sales))).into(t, &rec)
	file := filepath.Join(t.TempDir(), "main.backup")
	text, code := sluice(t, "backup", file, "--url", s.url, "--token", s.signIn("admin"))
	require.Zero(t, code, text)
	text, code = sluice(t, "check", file)
	require.Zero(t, code, text)
	dir := t.TempDir()
	text, code = sluice(t, "restore", file, "--data", dir)
	require.Zero(t, code, text)
	text, code = sluice(t, "export", t.TempDir(), "--data", dir)
	require.Zero(t, code, text)
}
