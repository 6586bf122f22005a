package api

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"sluice/runtime/fact"
	"sluice/server/command"
)

// kept answers every command with the same record, so that a benchmark measures the door and not the room.
type kept struct{ outcome command.Outcome }

func (r *kept) Run(_ context.Context, _ fact.TenantID, c fact.Command) (*command.Outcome, error) {
	out := r.outcome
	out.Record.ID = c.ID
	return &out, nil
}

func keptOrder() *kept {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	return &kept{command.Outcome{Record: fact.Record{
		Form: "order", Rev: 1, Serial: 7, State: "new", Entered: now, Created: now, CreatedBy: "u1", Updated: now, UpdatedBy: "u1",
		Release: "r", Data: []byte(`{"customer":"A customer","qty":3,"cost":12.5,"waybill":"ZTO-1234567890"}`),
	}}}
}

// BenchmarkDoor is one request through the handler, without a network: what the API adds to a command.
func BenchmarkDoor(b *testing.B) {
	s := startWith(b, func(d *Deps) { d.Runner = keptOrder() })
	id := command.NewID(time.Now())
	for _, tc := range []struct{ name, method, path, body string }{
		{"create", http.MethodPost, orders, `{"customer":"A customer","qty":3,"cost":12.5,"waybill":"ZTO-1234567890"}`},
		{"move", http.MethodPost, orders + "/" + id + "/events", `{"transition":"pick","data":{"waybill":"W1"}}`},
		{"health", "GET", "/healthz", ""},
	} {
		b.Run(tc.name, func(b *testing.B) {
			handler := s.api.app().Server().Handler
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				var ctx fasthttp.RequestCtx
				for pb.Next() {
					ctx.Request.Reset()
					ctx.Response.Reset()
					s.fill(&ctx.Request, tc.method, tc.path, tc.body)
					handler(&ctx)
					if ctx.Response.StatusCode() > 299 {
						b.Fatal(string(ctx.Response.Body()))
					}
				}
			})
		})
	}
}

func (s *site) fill(r *fasthttp.Request, method, path, body string) {
	r.Header.SetMethod(method)
	r.SetRequestURI(path)
	r.Header.SetHost("x")
	r.Header.Set("Authorization", "Bearer "+s.token["sales"])
	if body != "" {
		r.Header.SetContentType("application/json")
		r.SetBodyString(body)
	}
}

// BenchmarkServer is requests over the loopback on 64 connections, client
// included: with the fake runner, and with the real one on a real store.
func BenchmarkServer(b *testing.B) {
	for _, tc := range []struct {
		name   string
		change func(*Deps)
	}{
		{"fake", func(d *Deps) { d.Runner = keptOrder() }},
		{"real", nil},
	} {
		b.Run(tc.name, func(b *testing.B) {
			s := startWith(b, tc.change)
			client := &fasthttp.HostClient{Addr: s.addr, MaxConns: 64}
			defer client.CloseIdleConnections()
			body := `{"customer":"A customer","qty":3,"cost":12.5,"waybill":"ZTO-1234567890"}`
			b.SetParallelism(32)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
				s.fill(req, http.MethodPost, s.url+orders, body)
				for pb.Next() {
					if err := client.Do(req, resp); err != nil || resp.StatusCode() != 201 {
						b.Error(err, string(resp.Body()))
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}

// BenchmarkBulk is a stream of 5,000 lines into a real store.
func BenchmarkBulk(b *testing.B) {
	s := startWith(b, nil)
	const lines = 5000
	stream := strings.Repeat(`{"data":{"customer":"A customer","qty":3,"cost":12.5,"waybill":"ZTO-1234567890"}}`+"\n", lines)
	for b.Loop() {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.url+orders+"/bulk", strings.NewReader(stream))
		require.NoError(b, err)
		req.Header.Set("Authorization", "Bearer "+s.token["sales"])
		req.Header.Set("Content-Type", "application/x-ndjson")
		resp, err := s.http.RoundTrip(req)
		require.NoError(b, err)
		answers, err := io.ReadAll(resp.Body)
		require.NoError(b, err)
		require.NoError(b, resp.Body.Close())
		require.True(b, strings.HasSuffix(string(answers), `{"done":true,"created":5000,"exists":0,"rejected":0}`+"\n"))
	}
	b.ReportMetric(float64(b.N)*lines/b.Elapsed().Seconds(), "records/s")
}
