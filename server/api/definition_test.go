package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func queryEscape(s string) string { return url.QueryEscape(s) }

func TestDraftToReleaseAndBack(t *testing.T) {
	s := start(t)
	live := s.good(200, "lead", "GET", "/api/v1/definitions", "")
	require.Equal(t, 1.0, live.json["number"])
	require.Equal(t, 304, s.ask("lead", "GET", "/api/v1/definitions", "", "If-None-Match: "+live.header.Get("ETag")).status)
	source, err := os.ReadFile("testdata/definitions/forms/order.json")
	require.NoError(t, err)
	form := s.good(200, "lead", "GET", "/api/v1/definitions/form/order", "")
	require.Equal(t, string(source), form.text, "byte for byte")

	const draft = "/api/v1/drafts/form/order"
	require.Equal(t, 404, s.ask("lead", "GET", draft, "").status)
	changed := strings.Replace(form.text, `"max":1000`, `"max":2000`, 1)
	broken := strings.Replace(form.text, `"chain":"order"`, `"chain":"nope"`, 1)
	saved := s.good(200, "lead", "PUT", draft, broken, "If-None-Match: *")
	require.NotEmpty(t, saved.json["problems"], "kept, and said")
	require.Equal(t, broken, s.good(200, "lead", "GET", draft, "").text)
	require.Equal(t, "stale_draft", s.good(412, "lead", "PUT", draft, changed, "If-None-Match: *").code())
	require.Equal(t, "stale_draft", s.good(412, "lead", "PUT", draft, changed, `If-Match: "9"`).code())
	require.Equal(t, "invalid_json", s.good(400, "lead", "PUT", draft, `{`).code())
	require.Equal(t, "unknown_definition", s.good(404, "lead", "PUT", "/api/v1/drafts/nope/order", `{}`).code())
	require.Equal(t, "unknown_definition", s.good(404, "lead", "PUT", "/api/v1/drafts/form/..", `{}`).code())

	require.NotEmpty(t, s.good(200, "lead", "POST", "/api/v1/drafts/check", "").json["problems"])
	require.Equal(t, 422, s.ask("lead", "POST", "/api/v1/releases", `{"note":"x"}`).status)

	saved = s.good(200, "lead", "PUT", draft, changed, "If-Match: "+saved.header.Get("ETag"))
	require.Empty(t, saved.json["problems"])
	check := s.good(200, "lead", "POST", "/api/v1/drafts/check", "").json
	require.Empty(t, check["problems"])
	require.Equal(t, []any{map[string]any{"kind": "form", "id": "order", "zh": "修改“订单”", "en": "“Order” changes"}}, check["changes"])
	require.Equal(t, "release_moved", s.good(409, "lead", "POST", "/api/v1/releases", `{"base":"another"}`).code())
	rel := s.good(201, "lead", "POST", "/api/v1/releases", `{"note":"more","base":"`+live.json["release"].(string)+`"}`)
	require.Equal(t, 2.0, rel.json["number"])
	s.good(201, "sales", "POST", orders, `{"customer":"A","qty":1500}`)
	require.Empty(t, s.good(200, "lead", "GET", "/api/v1/drafts", "").items())
	require.Equal(t, "release_unchanged", s.good(422, "lead", "POST", "/api/v1/releases", `{}`).code())

	s.good(200, "lead", "POST", "/api/v1/releases/1/activate", "")
	require.Equal(t, "too_large", s.good(422, "sales", "POST", orders, `{"customer":"A","qty":1500}`).code())
	require.Equal(t, 404, s.ask("lead", "POST", "/api/v1/releases/99/activate", "").status)
	list := s.good(200, "lead", "GET", "/api/v1/releases?limit=1", "")
	require.Equal(t, 2.0, list.items()[0].(map[string]any)["number"])
	require.Equal(t, false, list.items()[0].(map[string]any)["live"])
	list = s.good(200, "lead", "GET", "/api/v1/releases?cursor="+list.json["next"].(string), "")
	require.Equal(t, true, list.items()[0].(map[string]any)["live"])

	s.good(200, "lead", "PUT", draft, changed)
	s.good(204, "lead", "DELETE", draft, "")
	require.Equal(t, 404, s.ask("lead", "DELETE", draft, "").status)
}

func TestOpenAPIOfATenant(t *testing.T) {
	s := start(t)
	for as, want := range map[string]bool{"": false, "sales": true, "none": false} {
		spec := s.good(200, as, "GET", "/api/v1/openapi.json", "").json
		_, has := spec["paths"].(map[string]any)["/api/v1/forms/order/records"]
		require.Equal(t, want, has, as)
		_, has = spec["components"].(map[string]any)["schemas"].(map[string]any)["data.order"]
		require.Equal(t, want, has, as)
	}
}

// sign words a message as Standard Webhooks want it.
func sign(secret, id string, at time.Time, body string) []string {
	raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	mac := hmac.New(sha256.New, raw)
	fmt.Fprintf(mac, "%s.%d.%s", id, at.Unix(), body)
	return []string{
		"webhook-id: " + id, fmt.Sprintf("webhook-timestamp: %d", at.Unix()),
		"webhook-signature: v1,AAAA v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	}
}

func TestHooks(t *testing.T) {
	s := start(t)
	id := s.order("sales", `{"customer":"A","waybill":"W1"}`)
	s.good(200, "sales", "POST", orders+"/"+id+"/events", `{"transition":"pick"}`)
	hook := s.good(200, "lead", "GET", "/api/v1/hooks", "").items()[0].(map[string]any)
	require.Equal(t, false, hook["secret"])
	path := hook["path"].(string)
	body := `{"type":"shipped","data":{"waybill":"W1","at":"2026-03-01T07:59:00Z"}}`
	require.Equal(t, 401, s.ask("", "POST", path, body, sign("whsec_", "m0", s.clock(), body)...).status, "no secret, no message")
	secret := s.good(200, "lead", "POST", "/api/v1/hooks/signed/secret", "").json["secret"].(string)
	require.Equal(t, 404, s.ask("lead", "POST", "/api/v1/hooks/nope/secret", "").status)

	now := s.clock()
	for name, tc := range map[string]struct {
		path, body string
		headers    []string
		status     int
		code       string
	}{
		"unsigned":           {path, body, nil, 401, "bad_signature"},
		"another secret":     {path, body, sign("whsec_AAAA", "m1", now, body), 401, "bad_signature"},
		"another body":       {path, body + " ", sign(secret, "m1", now, body), 401, "bad_signature"},
		"old":                {path, body, sign(secret, "m1", now.Add(-6*time.Minute), body), 401, "bad_signature"},
		"of the future":      {path, body, sign(secret, "m1", now.Add(6*time.Minute), body), 401, "bad_signature"},
		"another account":    {"/in/main/sf/signed", body, sign(secret, "m1", now, body), 401, "bad_signature"},
		"another hook":       {"/in/main/zto/nope", body, sign(secret, "m1", now, body), 401, "bad_signature"},
		"another tenant":     {"/in/other/zto/signed", body, sign(secret, "m1", now, body), 401, "bad_signature"},
		"the platform":       {"/in/platform/zto/signed", body, sign(secret, "m1", now, body), 401, "bad_signature"},
		"not JSON":           {path, "{", sign(secret, "m1", now, "{"), 400, "invalid_json"},
		"a record not there": {path, strings.Replace(body, "W1", "W2", 1), sign(secret, "m1", now, strings.Replace(body, "W1", "W2", 1)), 404, "unknown_record"},
		"not what counts":    {path, strings.Replace(body, "shipped", "seen", 1), sign(secret, "m2", now, strings.Replace(body, "shipped", "seen", 1)), 200, ""},
	} {
		a := s.ask("", "POST", tc.path, tc.body, tc.headers...)
		require.Equal(t, tc.status, a.status, "%s: %s", name, a.text)
		require.Equal(t, tc.code, a.code(), name)
	}
	require.Equal(t, "picked", s.good(200, "sales", "GET", orders+"/"+id, "").json["state"])

	done := s.good(200, "", "POST", path, body, sign(secret, "m3", now, body)...)
	require.Equal(t, "done", done.json["status"])
	rec := s.good(200, "sales", "GET", orders+"/"+id, "").json
	require.Equal(t, "shipped", rec["state"])
	event := s.good(200, "sales", "GET", orders+"/"+id+"/events?limit=1", "").items()[0].(map[string]any)
	require.Equal(t, map[string]any{"kind": "connector", "id": "zto", "name": "签收"}, event["actor"])
	evidence, err := json.Marshal(event["data"].(map[string]any)["evidence"])
	require.NoError(t, err)
	require.JSONEq(t, `{"kind":"callback","account":"zto","ref":"m3","at":"2026-03-01T07:59:00Z"}`, string(evidence))

	again := s.good(200, "", "POST", path, body, sign(secret, "m3", now, body)...)
	require.Equal(t, "true", again.header.Get("Idempotent-Replayed"))
	require.Equal(t, "ignored", s.good(200, "", "POST", path, body, sign(secret, "m4", now, body)...).json["status"], "told twice")
	require.Equal(t, rec["rev"], s.good(200, "sales", "GET", orders+"/"+id, "").json["rev"])

	s.good(200, "lead", "POST", "/api/v1/hooks/signed/secret", "")
	require.Equal(t, 401, s.ask("", "POST", path, body, sign(secret, "m5", now, body)...).status, "the old secret is wrong at once")
}

func TestSetupByToken(t *testing.T) {
	s := start(t)
	a := s.good(401, "", "POST", "/api/v1/setup", `{"token":"x","email":"a@example.com","password":"long enough","name":"A"}`)
	require.Equal(t, "bad_credentials", a.code())
}
