package bench

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// intake measures orders that come in and are routed, at several numbers of clients.
func intake(ctx context.Context, o Options, out func(Figure)) error {
	dir, remove, err := o.scratch("intake")
	if err != nil {
		return err
	}
	defer remove()
	s, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	customer, err := s.customer()
	if err != nil {
		return err
	}
	token, err := s.token("sales")
	if err != nil {
		return err
	}
	clients := []int{1, 16, 64, 256}
	if o.Clients > 0 {
		clients = []int{o.Clients}
	}
	for _, n := range clients {
		end := time.Now().Add(5 * time.Second)
		began := time.Now()
		bodies := make([]byte, 0, 2048)
		size := len(order(bodies, 0, customer))
		took, err := s.crew(ctx, n, func(c *conn, i int) error { return submit(c, token, i, customer, nil) },
			func(i int) bool { return time.Now().Before(end) && (o.Orders == 0 || i < o.Orders) })
		if err != nil {
			return err
		}
		elapsed := time.Since(began)
		note := fmt.Sprintf("%d clients, %d byte orders, 2 rules, synced before each answer", n, size)
		out(Figure{"intake_per_s", float64(len(took)) / elapsed.Seconds(), "orders/s", int64(len(took)), note})
		out(Figure{"intake_p99_ms", quantile(took, 0.99), "ms", int64(len(took)), note})
	}
	return nil
}

// submit posts the i-th order; id, when not nil, receives its record id.
func submit(c *conn, token string, i int, customer string, id *string) error {
	var buf [2048]byte
	status, answer, err := c.do("POST", "/api/v1/forms/order/records", token, nil, order(buf[:0], i, customer))
	if err != nil {
		return err
	}
	if status != 201 {
		return fmt.Errorf("order %d: %d %s", i, status, answer)
	}
	if id != nil {
		*id = member(answer, "id")
	}
	return nil
}

// peakDay walks orders through the whole chain over HTTP, with evidence for
// every move, each answer after a sync.
func peakDay(ctx context.Context, o Options, out func(Figure)) error {
	orders, clients := orDefault(o.Orders, 58_000), orDefault(o.Clients, 64)
	dir, remove, err := o.scratch("peak")
	if err != nil {
		return err
	}
	defer remove()
	s, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	day, err := newDay(s)
	if err != nil {
		return err
	}
	began := time.Now()
	tenth := max(orders/10, 1)
	took, err := s.crew(ctx, clients, func(c *conn, i int) error {
		if i%tenth == 0 {
			o.progress("peak_day: %d of %d orders, %.1f s", i, orders, time.Since(began).Seconds())
		}
		return day.walk(c, i)
	}, func(i int) bool { return i < orders })
	if err != nil {
		return err
	}
	seconds := time.Since(began).Seconds()
	out(Figure{"peak_day_s", seconds, "s", int64(len(took)), fmt.Sprintf(
		"%d orders x (intake + 6 moves), %d clients, %.0f requests/s, synced before each answer", orders, clients, float64(orders*7)/seconds)})
	return nil
}

// day is what walking an order needs: tokens of those who move it and the carrier's secret.
type day struct {
	customer               string
	sales, lead, warehouse string
	secret                 []byte
}

func newDay(s *server) (*day, error) {
	d := &day{}
	var err error
	if d.customer, err = s.customer(); err != nil {
		return nil, err
	}
	for role, token := range map[string]*string{"sales": &d.sales, "sales-lead": &d.lead, "warehouse": &d.warehouse} {
		if *token, err = s.token(role); err != nil {
			return nil, err
		}
	}
	secret, err := s.hookSecret("carrier")
	if err != nil {
		return nil, err
	}
	d.secret, err = base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	return d, err
}

// walk takes one order from intake to pick-up.
func (d *day) walk(c *conn, i int) error {
	var id string
	if err := submit(c, d.sales, i, d.customer, &id); err != nil {
		return err
	}
	waybill := "ZT" + strconv.Itoa(9_000_000_000+i)
	path := "/api/v1/forms/order/records/" + id + "/events"
	steps := [...]struct{ token, body string }{
		{d.lead, `{"transition":"route"}`},
		{d.warehouse, `{"transition":"pick"}`},
		{d.warehouse, `{"transition":"check"}`},
		{d.warehouse, `{"transition":"pack","data":{"carrier":"zto","waybill":"` + waybill + `"}}`},
		{d.warehouse, `{"transition":"hand","evidence":{"kind":"scan","code":"` + waybill + `"}}`},
	}
	for _, s := range steps {
		status, answer, err := c.do("POST", path, s.token, nil, []byte(s.body))
		if err != nil {
			return err
		}
		if status != 200 {
			return fmt.Errorf("%s: %d %s", s.body, status, answer)
		}
	}
	return d.collect(c, id, waybill)
}

// collect sends the carrier's signed message (Standard Webhooks).
func (d *day) collect(c *conn, id, waybill string) error {
	body := []byte(`{"waybill":"` + waybill + `","status":"GOT","time":"` + time.Now().UTC().Format(time.RFC3339) + `"}`)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, d.secret)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	status, answer, err := c.do("POST", "/in/main/carrier/carrier", "", []string{
		"webhook-id: " + id, "webhook-timestamp: " + stamp, "webhook-signature: v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	}, body)
	if err != nil {
		return err
	}
	if status/100 != 2 {
		return fmt.Errorf("callback: %d %s", status, answer)
	}
	return nil
}
