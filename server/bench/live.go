package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"sluice/server/live"
)

// liveLatency watches the sales board with many sockets while orders change.
func liveLatency(ctx context.Context, o Options, out func(Figure)) error {
	dir, remove, err := o.scratch("live")
	if err != nil {
		return err
	}
	defer remove()
	s, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	ids, err := s.orders(500)
	if err != nil {
		return err
	}
	token, err := s.token("sales-lead")
	if err != nil {
		return err
	}
	sockets := []int{100, 1000}
	if o.Clients > 0 {
		sockets = []int{o.Clients}
	}
	for _, n := range sockets {
		o.progress("live: %d sockets", n)
		m, err := s.watched(ctx, token, ids, n)
		if err != nil {
			return err
		}
		out(Figure{"live_p99_ms", float64(m.P99.Microseconds()) / 1000, "ms", int64(m.Delivered), fmt.Sprintf(
			"%d sockets, %.0f changes/s, commit included; p50 %.1f ms, max %.0f ms, %d missing, %d resyncs",
			n, m.Rate, float64(m.P50.Microseconds())/1000, float64(m.Max.Microseconds())/1000, m.Missing, m.Resyncs)})
		if m.Missing > 0 {
			return fmt.Errorf("%d deliveries are missing", m.Missing)
		}
	}
	return nil
}

const (
	liveRate = 200.0
	liveFor  = 10 * time.Second
	editors  = 8
)

func (s *server) watched(ctx context.Context, token string, ids []string, sockets int) (*live.Measured, error) {
	conns := make(chan *conn, editors)
	for range editors {
		c, err := dial(s.address)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		conns <- c
	}
	return live.Measure(ctx, live.Load{
		URL: "ws://" + s.address + "/api/v1/live", Token: token, View: "sales-board",
		Sockets: sockets, Rate: liveRate, For: liveFor, Workers: editors,
		Change: func(_ context.Context, i int) (string, uint64, error) {
			c := <-conns
			defer func() { conns <- c }()
			id := ids[i%len(ids)]
			body := fmt.Sprintf(`{"note":"%d"}`, time.Now().UnixNano())
			status, answer, err := c.do("PATCH", "/api/v1/forms/order/records/"+id, token, nil, []byte(body))
			if err != nil {
				return "", 0, err
			}
			if status != 200 {
				return "", 0, fmt.Errorf("edit: %d %s", status, answer)
			}
			var rec struct{ Rev uint64 }
			err = json.Unmarshal(answer, &rec)
			return id, rec.Rev, err
		},
	})
}

// orders submits n orders and returns their ids.
func (s *server) orders(n int) ([]string, error) {
	customer, err := s.customer()
	if err != nil {
		return nil, err
	}
	token, err := s.token("sales")
	if err != nil {
		return nil, err
	}
	c, err := dial(s.address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	ids := make([]string, n)
	for i := range ids {
		if err := submit(c, token, i, customer, &ids[i]); err != nil {
			return nil, err
		}
	}
	return ids, nil
}
