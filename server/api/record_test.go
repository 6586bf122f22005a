package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRecordFromIntakeToHistory(t *testing.T) {
	s := start(t)
	made := s.good(201, "sales", "POST", orders, `{"customer":"A","qty":3,"cost":12.5}`)
	id := made.json["id"].(string)
	require.Equal(t, "/api/v1/forms/order/records/"+id, made.header.Get("Location"))
	require.Equal(t, `"1"`, made.header.Get("ETag"))
	require.Equal(t, "SO0001", made.json["no"])
	require.Equal(t, "A", made.json["title"])
	require.Equal(t, "new", made.json["state"])
	require.Equal(t, "2026-03-01T10:00:00.000Z", made.json["due"])
	require.Equal(t, map[string]any{"no": "SO0001", "customer": "A", "qty": 3.0, "cost": 12.5}, made.json["data"])
	next := made.json["next"].([]any)[0].(map[string]any)
	require.Equal(t, "pick", next["transition"])
	require.Equal(t, true, next["allowed"])

	edited := s.good(200, "sales", "PATCH", orders+"/"+id, `{"qty":4,"cost":null}`, `If-Match: "1"`, "Content-Type: application/merge-patch+json")
	require.Equal(t, map[string]any{"no": "SO0001", "customer": "A", "qty": 4.0}, edited.json["data"])
	moved := s.good(200, "stock", "POST", orders+"/"+id+"/events", `{"transition":"pick","data":{"waybill":"W1"}}`)
	require.Equal(t, "picked", moved.json["state"])
	s.good(200, "stock", "POST", orders+"/"+id+"/events", `{"comment":"handle with care"}`)
	moved = s.good(200, "stock", "POST", orders+"/"+id+"/events", `{"transition":"ship","evidence":{"kind":"scan","code":"W1"}}`)
	require.Equal(t, "shipped", moved.json["state"])

	history := s.good(200, "sales", "GET", orders+"/"+id+"/events", "").items()
	var types []string
	for _, e := range history {
		types = append(types, e.(map[string]any)["type"].(string))
	}
	require.Equal(t, []string{"record.moved", "record.commented", "record.moved", "record.edited", "record.submitted"}, types)

	s.good(204, "sales", "DELETE", orders+"/"+id, "")
	require.Equal(t, "unknown_record", s.ask("sales", "GET", orders+"/"+id, "").code())
}

func TestRecordConflicts(t *testing.T) {
	s := start(t)
	id := s.order("sales", `{"customer":"A"}`)
	s.good(200, "sales", "PATCH", orders+"/"+id, `{"qty":2}`)
	for name, tag := range map[string]string{"an old revision": `"1"`, "one to come": `"9"`, "no revision": `"abc"`, "a weak tag": `W/"2"`, "garbage": `x`} {
		a := s.good(412, "sales", "PATCH", orders+"/"+id, `{"qty":3}`, "If-Match: "+tag)
		require.Equal(t, "stale_revision", a.code(), name)
		current := a.json["current"].(map[string]any)
		require.Equal(t, 2.0, current["rev"], name)
		require.Equal(t, 2.0, current["data"].(map[string]any)["qty"], name)
		require.Equal(t, `"2"`, a.header.Get("ETag"), name)
	}
	s.good(200, "sales", "PATCH", orders+"/"+id, `{"qty":3}`, `If-Match: *`)
	s.good(412, "sales", "DELETE", orders+"/"+id, "", `If-Match: "1"`)

	a := s.good(200, "sales", "GET", orders+"/"+id, "")
	require.Equal(t, 304, s.ask("sales", "GET", orders+"/"+id, "", "If-None-Match: "+a.header.Get("ETag")).status)
	require.Equal(t, 200, s.ask("sales", "GET", orders+"/"+id, "", `If-None-Match: "1"`).status)
}

func TestIdempotencyKey(t *testing.T) {
	s := start(t)
	key := "Idempotency-Key: k1"
	first := s.good(201, "sales", "POST", orders, `{"customer":"A"}`, key)
	require.Empty(t, first.header.Get("Idempotent-Replayed"))
	again := s.good(201, "sales", "POST", orders, `{"customer":"A"}`, key)
	require.Equal(t, "true", again.header.Get("Idempotent-Replayed"))
	require.Equal(t, first.json, again.json)
	require.Equal(t, "key_reused", s.good(409, "sales", "POST", orders, `{"customer":"B"}`, key).code())
	s.good(201, "admin", "POST", orders, `{"customer":"B"}`, key)
	require.Len(t, s.good(200, "sales", "GET", orders, "").items(), 2)

	id := first.json["id"].(string)
	for range 3 {
		s.good(200, "stock", "POST", orders+"/"+id+"/events", `{"transition":"pick"}`, "Idempotency-Key: move")
	}
	require.Len(t, s.good(200, "sales", "GET", orders+"/"+id+"/events", "").items(), 2)
}

func TestRecordRefusals(t *testing.T) {
	s := start(t)
	id := s.order("sales", `{"customer":"A"}`)
	events := orders + "/" + id + "/events"
	for name, tc := range map[string]struct {
		as, method, path, body string
		status                 int
		code                   string
	}{
		"too much":                {"sales", "POST", orders, `{"customer":"A","qty":1001}`, 422, "too_large"},
		"missing":                 {"sales", "POST", orders, `{}`, 422, "required"},
		"who may only read":       {"stock", "POST", orders, `{"customer":"A"}`, 403, "create_denied"},
		"who may do nothing":      {"none", "POST", orders, `{"customer":"A"}`, 404, "unknown_form"},
		"a form that is not":      {"sales", "GET", "/api/v1/forms/nope/records", "", 404, "unknown_form"},
		"a record that is not":    {"sales", "GET", orders + "/nope", "", 404, "unknown_record"},
		"a step too early":        {"stock", "POST", events, `{"transition":"ship","evidence":{"kind":"scan","code":"x"}}`, 409, "stage_missing"},
		"a callback by a person":  {"stock", "POST", events, `{"transition":"ship","evidence":{"kind":"callback"}}`, 403, "evidence_denied"},
		"a timer by a person":     {"stock", "POST", events, `{"transition":"ship","evidence":{"kind":"timer"}}`, 403, "evidence_denied"},
		"an account by a person":  {"stock", "POST", events, `{"transition":"ship","evidence":{"kind":"scan","account":"zto"}}`, 422, "unknown_field"},
		"a field not asked for":   {"stock", "POST", events, `{"transition":"pick","data":{"qty":9}}`, 422, "read_only"},
		"no transition":           {"stock", "POST", events, `{}`, 422, "required"},
		"comment and transition":  {"stock", "POST", events, `{"comment":"x","transition":"pick"}`, 422, "not_allowed"},
		"an empty comment":        {"stock", "POST", events, `{"comment":" "}`, 422, "required"},
		"who may not delete":      {"stock", "DELETE", orders + "/" + id, "", 403, "delete_denied"},
		"a limit out of range":    {"sales", "GET", orders + "?limit=1000", "", 422, "not_between"},
		"a cursor made up":        {"sales", "GET", orders + "?filter=" + url.QueryEscape(`{"field":"$state","operator":"=","value":"new"}`) + "&cursor=x", "", 400, "invalid_cursor"},
		"an order that is not":    {"sales", "GET", orders + "?sort=qty", "", 422, "not_option"},
		"a filter that is not":    {"sales", "GET", orders + "?filter=x", "", 400, "invalid_json"},
		"a filter of the hidden":  {"stock", "GET", orders + "?filter=" + url.QueryEscape(`{"field":"cost","operator":">","value":1}`), "", 422, "unknown_path"},
		"hidden, in a group":      {"stock", "GET", orders + "?filter=" + url.QueryEscape(`{"combinator":"and","rules":[{"field":"cost","operator":">","value":1}]}`), "", 422, "unknown_path"},
		"hidden, on the right":    {"stock", "GET", orders + "?filter=" + url.QueryEscape(`{"field":"qty","operator":">","valueSource":"field","value":"cost"}`), "", 422, "unknown_path"},
		"hidden, in a formula":    {"stock", "GET", orders + "?filter=" + url.QueryEscape(`{"field":"qty","operator":">","valueSource":"formula","value":"cost"}`), "", 422, "not_allowed"},
		"a filter with extras":    {"sales", "GET", orders + "?filter=" + url.QueryEscape(`{"field":"qty","operator":">","value":1,"x":1}`), "", 422, "unknown_field"},
		"a history of the future": {"sales", "GET", events + "?cursor=zzzz", "", 400, "invalid_cursor"},
		"a history of another":    {"sales", "GET", events + "?cursor=1", "", 400, "invalid_cursor"},
	} {
		a := s.ask(tc.as, tc.method, tc.path, tc.body)
		require.Equal(t, tc.status, a.status, "%s: %s", name, a.text)
		require.Equal(t, tc.code, a.code(), name)
	}
}

func TestHiddenFieldsStayHidden(t *testing.T) {
	s := start(t)
	id := s.order("sales", `{"customer":"A","cost":42.42}`)
	s.good(200, "sales", "PATCH", orders+"/"+id, `{"cost":43.43,"qty":2}`)
	for _, path := range []string{orders, orders + "/" + id, orders + "/" + id + "/events", "/api/v1/views/board/records?group=new"} {
		require.Contains(t, s.good(200, "sales", "GET", path, "").text, "43.43", path)
		seen := s.good(200, "stock", "GET", path, "").text
		require.NotContains(t, seen, "43.43", path)
		require.NotContains(t, seen, "42.42", path)
	}
	require.Contains(t, s.good(200, "stock", "GET", orders+"/"+id+"/events", "").text, `"qty":[null,2]`)
	form := s.good(200, "stock", "GET", "/api/v1/forms/order", "").json["access"].(map[string]any)
	require.Equal(t, []any{"cost"}, form["hidden"])
}

func TestListPages(t *testing.T) {
	s := start(t)
	for i := range 25 {
		s.later(1e6)
		id := s.order("sales", fmt.Sprintf(`{"customer":"C%02d","qty":%d}`, i%2, i+1))
		if i%5 == 0 {
			s.good(200, "stock", "POST", orders+"/"+id+"/events", `{"transition":"pick"}`)
		}
	}
	for name, tc := range map[string]struct {
		query string
		first float64
		n     int
	}{
		"newest first":     {"", 25, 25},
		"oldest first":     {"sort=$created", 1, 25},
		"by number":        {"sort=-$no", 25, 25},
		"by number, first": {"sort=$no", 1, 25},
		"of a state":       {"filter=" + url.QueryEscape(`{"field":"$state","operator":"=","value":"picked"}`), 21, 5},
		"of a customer":    {"filter=" + url.QueryEscape(`{"field":"customer","operator":"=","value":"C01"}`), 24, 12},
		"of both":          {"filter=" + url.QueryEscape(`{"combinator":"and","rules":[{"field":"qty","operator":">","value":10},{"field":"customer","operator":"=","value":"C00"}]}`), 25, 8},
		"of one of both":   {"filter=" + url.QueryEscape(`{"combinator":"or","rules":[{"field":"$state","operator":"=","value":"picked"},{"field":"customer","operator":"=","value":"C00"}]}`), 25, 15},
		"without index":    {"filter=" + url.QueryEscape(`{"field":"qty","operator":"<=","value":3}`), 3, 3},
	} {
		var all []float64
		cursor := ""
		for pages := 0; ; pages++ {
			require.Less(t, pages, 30, name)
			a := s.good(200, "sales", "GET", orders+"?limit=4&"+tc.query+"&cursor="+url.QueryEscape(cursor), "")
			for _, r := range a.items() {
				all = append(all, r.(map[string]any)["data"].(map[string]any)["qty"].(float64))
			}
			next, more := a.json["next"].(string)
			if !more {
				break
			}
			cursor = next
		}
		require.Len(t, all, tc.n, name)
		require.Equal(t, tc.first, all[0], name)
		seen := map[float64]bool{}
		for _, q := range all {
			require.False(t, seen[q], "%s: nothing twice", name)
			seen[q] = true
		}
	}
	cards := s.good(200, "sales", "GET", "/api/v1/views/board/records?group=new&limit=3", "")
	require.Len(t, cards.items(), 3)
	require.Equal(t, map[string]any{"new": 20.0, "picked": 5.0, "shipped": 0.0}, cards.json["counts"])
	require.NotNil(t, cards.json["next"])
}

func TestBulk(t *testing.T) {
	s := start(t)
	var in strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&in, `{"key":"k%d","data":{"customer":"C%d","qty":%d}}`+"\n", i, i, i%1001)
	}
	in.WriteString("\n" + `{"key":"k1","data":{"customer":"other"}}` + "\n" + "nonsense\n" + `{"data":{"customer":"last"},"x":1}` + "\n" + `{"data":{"customer":"` + strings.Repeat("x", 2<<20) + `"}}` + "\n" + `{"data":{"customer":"end"}}`)
	run := func() (lines []map[string]any) {
		a := s.good(200, "sales", "POST", orders+"/bulk", in.String(), "Content-Type: application/x-ndjson")
		for line := range strings.SplitSeq(strings.TrimSpace(a.text), "\n") {
			var v map[string]any
			require.NoError(t, json.Unmarshal([]byte(line), &v), line)
			lines = append(lines, v)
		}
		return lines
	}
	lines := run()
	require.Len(t, lines, 1006)
	for i, l := range lines[:1005] {
		want := i + 1
		if i >= 1000 {
			want++ // the empty line counts and says nothing
		}
		require.Equal(t, float64(want), l["line"], "in the order they came")
	}
	rejected := func(i int) string {
		require.Equal(t, "rejected", lines[i]["status"], lines[i])
		return lines[i]["problems"].([]any)[0].(map[string]any)["code"].(string)
	}
	require.Equal(t, "too_small", rejected(0))
	require.Equal(t, "key_reused", rejected(1000))
	require.Equal(t, "invalid_json", rejected(1001))
	require.Equal(t, "unknown_field", rejected(1002))
	require.Equal(t, "too_large_body", rejected(1003))
	require.Equal(t, "created", lines[1004]["status"])
	require.Equal(t, map[string]any{"done": true, "created": 1000.0, "exists": 0.0, "rejected": 5.0}, lines[1005])
	lines = run()
	require.Equal(t, map[string]any{"done": true, "created": 1.0, "exists": 999.0, "rejected": 5.0}, lines[1005], "again: only what had no key")

	require.Equal(t, 403, s.ask("stock", "POST", orders+"/bulk", in.String(), "Content-Type: application/x-ndjson").status)
	require.Equal(t, 415, s.ask("sales", "POST", orders+"/bulk", in.String()).status)
}

// One record, one revision after the other, whoever writes at the same time.
func TestManyWritersLoseNothing(t *testing.T) {
	s := start(t)
	id := s.order("sales", `{"customer":"A","qty":1}`)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 20 {
		wg.Go(func() {
			a := s.ask("sales", "PATCH", orders+"/"+id, fmt.Sprintf(`{"qty":%d}`, i+2), `If-Match: "1"`)
			mu.Lock()
			defer mu.Unlock()
			if a.status == 200 {
				won++
			}
		})
	}
	wg.Wait()
	require.Equal(t, 1, won)
	require.Equal(t, 2.0, s.good(200, "sales", "GET", orders+"/"+id, "").json["rev"])
}
