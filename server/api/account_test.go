package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSignInAndOut(t *testing.T) {
	s := start(t)
	body := `{"email":"` + boss + `","password":"` + password + `"}`
	in := s.good(201, "", "POST", "/api/v1/sessions", body, "Origin: "+s.url)
	require.Equal(t, "board", in.json["me"].(map[string]any)["home"])
	cookie := in.header.Get("Set-Cookie")
	for _, part := range []string{cookieName + "=sls_main.", "HttpOnly", "SameSite=Lax", "path=/"} {
		require.Contains(t, cookie, part)
	}
	require.NotContains(t, cookie, "secure", "this is plain HTTP")
	held, _, _ := strings.Cut(cookie, ";")
	me := s.good(200, "", "GET", "/api/v1/me", "", "Cookie: "+held)
	require.Equal(t, boss, me.json["actor"].(map[string]any)["email"])

	s.good(204, "", "DELETE", "/api/v1/sessions/current", "", "Cookie: "+held, "Origin: "+s.url)
	require.Equal(t, 401, s.ask("", "GET", "/api/v1/me", "", "Cookie: "+held).status)

	for name, body := range map[string]string{
		"wrong password": `{"email":"` + boss + `","password":"x"}`,
		"unknown":        `{"email":"x@example.com","password":"` + password + `"}`,
	} {
		a := s.good(401, "", "POST", "/api/v1/sessions", body)
		require.Equal(t, "bad_credentials", a.code(), name)
	}
	for range 20 {
		if a := s.ask("", "POST", "/api/v1/sessions", `{"email":"`+boss+`","password":"x"}`); a.status == 429 {
			require.NotEmpty(t, a.header.Get("Retry-After"))
			return
		}
	}
	require.Fail(t, "guessing goes on for ever")
}

func TestSecureCookie(t *testing.T) {
	s := startWith(t, func(d *Deps) { d.BaseURL = "https://orders.example.com" })
	body := `{"email":"` + boss + `","password":"` + password + `"}`
	in := s.good(201, "", "POST", "/api/v1/sessions", body, "Origin: https://orders.example.com")
	require.Contains(t, in.header.Get("Set-Cookie"), "secure")
	require.NotEmpty(t, in.header.Get("Strict-Transport-Security"))
	require.Equal(t, 403, s.ask("", "POST", "/api/v1/sessions", body, "Origin: "+s.url).status, "the Host header does not decide")
}

func TestMe(t *testing.T) {
	s := start(t)
	me := s.good(200, "stock", "GET", "/api/v1/me", "").json
	require.Equal(t, map[string]any{"id": "main", "name": "小店", "zone": "Asia/Shanghai", "currency": "CNY"}, me["tenant"])
	require.Equal(t, []any{}, me["can"])
	require.Equal(t, "board", me["home"])
	require.Len(t, me["forms"], 1)
	require.Equal(t, false, me["forms"].([]any)[0].(map[string]any)["create"])
	me = s.good(200, "admin", "GET", "/api/v1/me", "").json
	require.Equal(t, []any{"audit", "import", "members", "publish"}, me["can"])
	me = s.good(200, "none", "GET", "/api/v1/me", "").json
	require.Empty(t, me["forms"])
	require.Empty(t, me["views"])
	require.Equal(t, "", me["home"])
}

func TestUsers(t *testing.T) {
	s := start(t)
	u := s.good(201, "lead", "POST", "/api/v1/users", `{"name":"Ann","email":"Ann@Example.com","password":"long enough","roles":["sales"]}`)
	id := u.json["id"].(string)
	require.Equal(t, "ann@example.com", u.json["email"])
	require.NotContains(t, u.text, "argon2")
	for name, tc := range map[string]struct {
		as, method, path, body string
		status                 int
		code                   string
	}{
		"twice":           {"lead", "POST", "/api/v1/users", `{"name":"B","email":"ann@example.com","password":"long enough"}`, 422, "not_unique"},
		"a short secret":  {"lead", "POST", "/api/v1/users", `{"name":"B","email":"b@example.com","password":"short"}`, 422, "too_short"},
		"a role unknown":  {"lead", "PATCH", "/api/v1/users/" + id, `{"roles":["nope"]}`, 422, "unknown_role"},
		"admin by lead":   {"lead", "PATCH", "/api/v1/users/" + id, `{"roles":["admin"]}`, 403, "role_denied"},
		"mass assignment": {"lead", "PATCH", "/api/v1/users/" + id, `{"hash":"x"}`, 422, "unknown_field"},
		"a wrong type":    {"lead", "PATCH", "/api/v1/users/" + id, `{"roles":"sales"}`, 422, "wrong_type"},
		"by sales":        {"sales", "PATCH", "/api/v1/users/" + id, `{"name":"B"}`, 403, "role_denied"},
		"stale":           {"lead", "PATCH", "/api/v1/users/" + id, `{"name":"B"}`, 412, "stale_revision"},
	} {
		headers := []string{}
		if name == "stale" {
			headers = append(headers, `If-Match: "9"`)
		}
		a := s.ask(tc.as, tc.method, tc.path, tc.body, headers...)
		require.Equal(t, tc.status, a.status, "%s: %s", name, a.text)
		require.Equal(t, tc.code, a.code(), name)
	}
	s.good(200, "lead", "PATCH", "/api/v1/users/"+id, `{"off":true}`, `If-Match: "1"`)

	require.Contains(t, s.good(200, "lead", "GET", "/api/v1/users", "").text, "ann@example.com")
	brief := s.good(200, "sales", "GET", "/api/v1/users", "")
	require.NotContains(t, brief.text, "@", "colleagues have names, not addresses")
	require.NotContains(t, brief.text, id, "and are there")
	require.Len(t, s.good(200, "lead", "GET", "/api/v1/users?role=stock", "").items(), 1)
	n, cursor := 0, ""
	for {
		page := s.good(200, "lead", "GET", "/api/v1/users?limit=2&cursor="+cursor, "")
		n += len(page.items())
		next, more := page.json["next"].(string)
		if !more {
			break
		}
		cursor = next
	}
	require.Equal(t, 6, n)
}

func TestKeys(t *testing.T) {
	s := start(t)
	key := s.good(201, "sales", "POST", "/api/v1/keys", `{"name":"shop","roles":["sales"]}`)
	s.token["shop"] = key.json["token"].(string)
	id := key.json["id"].(string)
	s.order("shop", `{"customer":"A"}`)
	require.NotContains(t, s.good(200, "sales", "GET", "/api/v1/keys", "").text, s.token["shop"], "shown once")
	require.Equal(t, 403, s.ask("sales", "POST", "/api/v1/keys", `{"name":"x","roles":["stock"]}`).status)
	require.Equal(t, 403, s.ask("shop", "POST", "/api/v1/keys", `{"name":"x","roles":["sales"]}`).status, "a key makes no keys")
	require.Empty(t, s.good(200, "stock", "GET", "/api/v1/keys", "").items(), "somebody else's")
	require.Equal(t, 404, s.ask("stock", "DELETE", "/api/v1/keys/"+id, "").status)
	s.good(204, "sales", "DELETE", "/api/v1/keys/"+id, "")
	require.Equal(t, 401, s.ask("shop", "GET", "/api/v1/me", "").status)
}

func TestFiles(t *testing.T) {
	s := start(t)
	for name, tc := range map[string]struct{ content, mediaType, disposition string }{
		"photo.png":     {"\x89PNG\r\n\x1a\n....", "image/png", "photo.png"},
		"page.html":     {"<html><script>alert(1)</script>", "application/octet-stream", "page.html"},
		"drawing.svg":   {`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, "text/plain; charset=utf-8", "drawing.svg"},
		"发票 1.pdf":      {"%PDF-1.7", "application/pdf", "%E5%8F%91%E7%A5%A8%201.pdf"},
		"../../x\".txt": {"hello", "text/plain; charset=utf-8", "x%22.txt"},
		"empty.bin":     {"", "text/plain; charset=utf-8", "empty.bin"},
	} {
		up := s.good(201, "sales", "POST", "/api/v1/files?name="+queryEscape(name), tc.content, "Content-Type: text/html")
		require.Equal(t, tc.mediaType, up.json["type"], name)
		require.NotContains(t, up.json["name"], "/")
		down := s.good(200, "stock", "GET", "/api/v1/files/"+up.json["id"].(string), "")
		require.Equal(t, tc.content, down.text, name)
		require.Equal(t, tc.mediaType, down.header.Get("Content-Type"), name)
		require.Equal(t, "attachment; filename*=UTF-8''"+tc.disposition, down.header.Get("Content-Disposition"), name)
		require.Contains(t, down.header.Get("Content-Security-Policy"), "sandbox", name)
	}
	require.Equal(t, 413, s.ask("sales", "POST", "/api/v1/files?name=x", strings.Repeat("x", 1<<20+1), "Content-Type: text/plain").status)
	s.good(201, "sales", "POST", "/api/v1/files?name=x", strings.Repeat("x", 1<<20), "Content-Type: text/plain")
	for name, code := range map[string]string{"": "required", "..": "required", "a%00b": "invalid_utf8", "a%0d%0aX:%20y": "invalid_utf8", strings.Repeat("x", 300): "too_long"} {
		require.Equal(t, code, s.ask("sales", "POST", "/api/v1/files?name="+name, "x").code(), name)
	}
	require.Equal(t, 404, s.ask("sales", "GET", "/api/v1/files/none", "").status)
}

func TestNotices(t *testing.T) {
	s := start(t)
	var ids []string
	for i := range 3 {
		id := s.order("sales", fmt.Sprintf(`{"customer":"C%d"}`, i))
		s.later(1e9)
		a := s.ask("stock", "POST", orders+"/"+id+"/events", `{"transition":"ship","evidence":{"kind":"scan","code":"x"}}`)
		require.Equal(t, "stage_missing", a.code())
		ids = append(ids, id+".blocked")
	}
	unread := func() any {
		return s.good(200, "stock", "GET", "/api/v1/me", "").json["notices"].(map[string]any)["unread"]
	}
	require.Equal(t, 3.0, unread())
	first := s.good(200, "stock", "GET", "/api/v1/notices?limit=2", "")
	require.Len(t, first.items(), 2)
	require.Equal(t, ids[2], first.items()[0].(map[string]any)["id"])
	second := s.good(200, "stock", "GET", "/api/v1/notices?limit=2&cursor="+queryEscape(first.json["next"].(string)), "")
	require.Len(t, second.items(), 1)
	require.Nil(t, second.json["next"])

	s.good(204, "stock", "POST", "/api/v1/notices/read", `{"ids":["`+ids[0]+`"]}`)
	require.Equal(t, 2.0, unread())
	s.good(204, "stock", "POST", "/api/v1/notices/read", `{"all":true}`)
	require.Equal(t, 0.0, unread())
	s.later(1e9)
	id := strings.TrimSuffix(ids[0], ".blocked")
	s.ask("stock", "POST", orders+"/"+id+"/events", `{"transition":"ship","evidence":{"kind":"scan","code":"x"}}`)
	require.Equal(t, 1.0, unread(), "it happened again")
	require.Empty(t, s.good(200, "sales", "GET", "/api/v1/notices", "").items(), "another role's")
}

func TestOwnAccount(t *testing.T) {
	s := start(t)
	s.good(204, "sales", "PATCH", "/api/v1/me", `{"lang":"en"}`)
	require.Equal(t, "en", s.good(200, "sales", "GET", "/api/v1/me", "").json["actor"].(map[string]any)["lang"])
	for name, tc := range map[string]struct {
		as, body, code string
		status         int
	}{
		"no current":      {"sales", `{"password":"another password"}`, "bad_credentials", 401},
		"a wrong current": {"sales", `{"password":"another password","current":"x"}`, "bad_credentials", 401},
		"too short":       {"sales", `{"password":"short","current":"` + password + `"}`, "too_short", 422},
		"roles":           {"sales", `{"roles":["admin"]}`, "unknown_field", 422},
		"a language":      {"sales", `{"lang":"fr"}`, "not_option", 422},
	} {
		a := s.ask(tc.as, "PATCH", "/api/v1/me", tc.body)
		require.Equal(t, tc.status, a.status, "%s: %s", name, a.text)
		require.Equal(t, tc.code, a.code(), name)
	}
	s.good(204, "admin", "PATCH", "/api/v1/me", `{"password":"another password","current":"`+password+`"}`)
	require.Equal(t, 401, s.ask("admin", "GET", "/api/v1/me", "").status, "all sessions have ended")
	s.good(201, "", "POST", "/api/v1/sessions", `{"email":"`+boss+`","password":"another password"}`)
}
