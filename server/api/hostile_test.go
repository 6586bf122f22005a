package api

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const orders = "/api/v1/forms/order/records"

// What strangers and broken programs send is answered, never obeyed and never a crash.
func TestHostileBodies(t *testing.T) {
	s := start(t)
	deep := strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100)
	members := make([]string, 60_100)
	for i := range members {
		members[i] = fmt.Sprintf(`"k%d":1`, i)
	}
	many := "{" + strings.Join(members, ",") + "}"
	for name, tc := range map[string]struct {
		body, header string
		status       int
		code         string
	}{
		"ten megabytes":     {`{"customer":"` + strings.Repeat("x", 10<<20) + `"}`, "", 413, "too_large_body"},
		"deep":              {deep, "", 422, "too_deep"},
		"many members":      {many, "", 422, "too_many_keys"},
		"a member twice":    {`{"customer":"A","customer":"B"}`, "", 400, "duplicate_key"},
		"NaN":               {`{"customer":"A","qty":NaN}`, "", 400, "invalid_json"},
		"a huge exponent":   {`{"customer":"A","qty":1e400}`, "", 422, "number_range"},
		"an endless number": {`{"customer":"A","qty":` + strings.Repeat("9", 100) + `}`, "", 422, "number_range"},
		"not UTF-8":         {"{\"customer\":\"\xff\xfe\"}", "", 400, "invalid_utf8"},
		"half a character":  {`{"customer":"\ud800"}`, "", 400, "invalid_utf8"},
		"an unknown field":  {`{"customer":"A","state":"shipped"}`, "", 422, "unknown_field"},
		"a system field":    {`{"customer":"A","$state":"shipped"}`, "", 422, "unknown_field"},
		"cut off":           {`{"customer":"A"`, "", 400, "invalid_json"},
		"two documents":     {`{"customer":"A"}{}`, "", 400, "invalid_json"},
		"a list":            {`[]`, "", 422, "wrong_type"},
		"nothing":           {``, "Content-Type: application/json", 400, "invalid_json"},
		"a form":            {`customer=A`, "Content-Type: application/x-www-form-urlencoded", 415, "unsupported_media_type"},
		"text":              {`{"customer":"A"}`, "Content-Type: text/plain", 415, "unsupported_media_type"},
		"a multipart form":  {"--x\r\n\r\n--x--", "Content-Type: multipart/form-data; boundary=x", 415, "unsupported_media_type"},
		"a long key":        {`{"customer":"A"}`, "Idempotency-Key: " + strings.Repeat("k", 300), 400, "invalid_key"},
	} {
		headers := []string{}
		if tc.header != "" {
			headers = append(headers, tc.header)
		}
		a := s.ask("sales", "POST", orders, tc.body, headers...)
		require.Equal(t, tc.status, a.status, "%s: %s", name, a.text)
		require.Equal(t, tc.code, a.code(), name)
	}
	require.Empty(t, s.good(200, "sales", "GET", orders, "").items(), "nothing of it was kept")
}

// wire sends bytes as they are and returns the status and the body of the answer.
func (s *site) wire(text string) (status int, body string, closed bool) {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	require.NoError(s.t, err)
	defer conn.Close()
	require.NoError(s.t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(conn, text)
	require.NoError(s.t, err)
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return resp.StatusCode, string(b), resp.Close
}

func TestHostileFraming(t *testing.T) {
	s := start(t)
	auth := "Authorization: Bearer " + s.token["sales"] + "\r\nContent-Type: application/json\r\n"
	order := `{"customer":"A"}`
	for name, tc := range map[string]struct {
		text   string
		status int
		closed bool
	}{
		"both lengths": {"POST " + orders + " HTTP/1.1\r\nHost: x\r\n" + auth +
			"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n" + order + "\r\n0\r\n\r\n", 400, true},
		"both lengths, other case": {"POST " + orders + " HTTP/1.1\r\nHost: x\r\n" + auth +
			"transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n10\r\n" + order + "\r\n0\r\n\r\n", 400, true},
		"two lengths": {"POST " + orders + " HTTP/1.1\r\nHost: x\r\n" + auth +
			"Content-Length: 16\r\nContent-Length: 4\r\n\r\n" + order, 400, true},
		"no host":         {"GET /healthz HTTP/1.1\r\n\r\n", 400, true},
		"a negative size": {"POST " + orders + " HTTP/1.1\r\nHost: x\r\n" + auth + "Content-Length: -1\r\n\r\n", 400, true},
		"a huge head":     {"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", 431, true},
		"too long in chunks": {"POST " + orders + " HTTP/1.1\r\nHost: x\r\n" + auth + "Transfer-Encoding: chunked\r\n\r\n" +
			"200000\r\n" + strings.Repeat("x", 0x200000) + "\r\n0\r\n\r\n", 413, false},
		"too long as said": {"POST " + orders + " HTTP/1.1\r\nHost: x\r\n" + auth + "Content-Length: 99999999\r\n\r\n" + strings.Repeat("x", 8<<10), 413, true},
		"in chunks": {"POST " + orders + " HTTP/1.1\r\nHost: x\r\n" + auth + "Transfer-Encoding: chunked\r\n\r\n" +
			"10\r\n" + order + "\r\n0\r\n\r\n", 201, false},
	} {
		status, body, closed := s.wire(tc.text)
		require.Equal(t, tc.status, status, "%s: %s", name, body)
		require.Equal(t, tc.closed, closed, "%s: the connection is closed", name)
		if status >= 400 {
			checkBody(t, "problem", body)
		}
	}
}

func TestForeignOriginHasNoSay(t *testing.T) {
	s := start(t)
	cookie := "Cookie: " + cookieName + "=" + s.token["sales"]
	own := "Origin: " + s.url
	for name, tc := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
	}{
		"own origin":                 {"POST", orders, `{"customer":"A"}`, []string{cookie, own}, 201},
		"own page, no Origin":        {"POST", orders, `{"customer":"A"}`, []string{cookie, "Sec-Fetch-Site: same-origin"}, 201},
		"another origin":             {"POST", orders, `{"customer":"A"}`, []string{cookie, "Origin: https://evil.example"}, 403},
		"the null origin":            {"POST", orders, `{"customer":"A"}`, []string{cookie, "Origin: null"}, 403},
		"a name that begins alike":   {"POST", orders, `{"customer":"A"}`, []string{cookie, own + ".evil.example"}, 403},
		"another site, no Origin":    {"POST", orders, `{"customer":"A"}`, []string{cookie, "Sec-Fetch-Site: cross-site"}, 403},
		"no word of where":           {"POST", orders, `{"customer":"A"}`, []string{cookie}, 403},
		"a token needs no origin":    {"POST", orders, `{"customer":"A"}`, []string{"Authorization: Bearer " + s.token["sales"], "Origin: https://evil.example"}, 201},
		"reading":                    {"GET", "/api/v1/me", "", []string{cookie}, 200},
		"sign-in from another page":  {"POST", "/api/v1/sessions", `{"email":"` + boss + `","password":"` + password + `"}`, []string{"Origin: https://evil.example"}, 403},
		"a socket from another page": {"GET", "/api/v1/live", "", []string{cookie, "Origin: https://evil.example"}, 403},
	} {
		a := s.ask("", tc.method, tc.path, tc.body, tc.headers...)
		require.Equal(t, tc.status, a.status, "%s: %s", name, a.text)
		if tc.status == 403 {
			require.Equal(t, "origin_denied", a.code(), name)
		}
	}
}

// What belongs to another tenant is not there, whoever asks and however.
func TestTenantsAreApart(t *testing.T) {
	s := start(t)
	id := s.order("sales", `{"customer":"A","waybill":"W1"}`)
	user := s.good(200, "admin", "GET", "/api/v1/users", "").items()[0].(map[string]any)["id"].(string)
	key := s.good(201, "admin", "POST", "/api/v1/keys", `{"name":"k","roles":[]}`).json["id"].(string)
	file := s.good(201, "sales", "POST", "/api/v1/files?name=a.txt", "hello", "Content-Type: text/plain").json["id"].(string)
	for _, tc := range []struct{ method, path, body string }{
		{"GET", orders + "/" + id, ""},
		{"PATCH", orders + "/" + id, `{"customer":"B"}`},
		{"DELETE", orders + "/" + id, ""},
		{"POST", orders + "/" + id + "/events", `{"transition":"pick"}`},
		{"GET", orders + "/" + id + "/events", ""},
		{"GET", "/api/v1/files/" + file, ""},
		{"PATCH", "/api/v1/users/" + user, `{"name":"B"}`},
		{"DELETE", "/api/v1/keys/" + key, ""},
	} {
		a := s.ask("other", tc.method, tc.path, tc.body)
		require.Equal(t, 404, a.status, "%s %s: %s", tc.method, tc.path, a.text)
	}
	require.Empty(t, s.good(200, "other", "GET", orders, "").items())
	require.Len(t, s.good(200, "sales", "GET", orders, "").items(), 1)
	require.Equal(t, "A", s.good(200, "sales", "GET", orders+"/"+id, "").json["title"])
}

func TestLanguages(t *testing.T) {
	s := start(t)
	for accepted, want := range map[string]string{
		"": "zh", "en": "en", "zh-CN,zh;q=0.9,en;q=0.8": "zh", "en-US,en;q=0.9,zh;q=0.8": "en", "fr": "zh", "fr, en;q=0.5": "en",
	} {
		a := s.ask("", "GET", "/api/v1/me", "", "Accept-Language: "+accepted)
		require.Equal(t, want, a.header.Get("Content-Language"), accepted)
		title := map[string]string{"zh": "请先登录。", "en": "Sign in first."}[want]
		require.Equal(t, title, a.json["title"], accepted)
	}
}
