package bench

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// brands and grades vary the orders so that the routing rules have something to decide.
var (
	brands   = [...]string{"benz", "bmw", "audi", "vw", "toyota", "byd"}
	grades   = [...]string{"A", "B", "C"}
	origins  = [...]string{"oem", "domestic"}
	urgency  = [...]string{"green", "yellow", "green"}
	channels = [...]string{"wechat", "wecom", "phone", "qq", "fax"}
)

// order writes the i-th order of a customer: five lines, about 1.3 kB.
func order(dst []byte, i int, customer string) []byte {
	dst = append(dst, `{"channel":"`...)
	dst = append(dst, channels[i%len(channels)]...)
	dst = append(dst, `","customer":"`...)
	dst = append(dst, customer...)
	dst = append(dst, `","grade":"`...)
	dst = append(dst, grades[i%len(grades)]...)
	dst = append(dst, `","urgency":"`...)
	dst = append(dst, urgency[i%len(urgency)]...)
	dst = append(dst, `","taxed":true,"phone":"0576-88001234","address":{"province":"浙江","city":"台州","district":"椒江","street":"工业大道 18 号","postcode":"318000","name":"收货部"},"wanted":"2026-12-31","note":"到货前一小时电话联系收货部,走东门卸货,注意包装不要压;外箱贴红标并注明订单号,与上一单合并发货;开增值税专用发票,随货附质检报告与装箱单各一份,签收后拍照回传","tags":["例行","月结"],"lines":[`...)
	for l := range 5 {
		if l > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"part":"BZ-`...)
		dst = strconv.AppendInt(dst, int64(100000+(i*7+l)%899999), 10)
		dst = append(dst, `","partName":"前刹车片总成 陶瓷配方","brand":"`...)
		dst = append(dst, brands[(i+l)%len(brands)]...)
		dst = append(dst, `","origin":"`...)
		dst = append(dst, origins[(i/2+l)%2]...)
		dst = append(dst, `","qty":`...)
		dst = strconv.AppendInt(dst, int64(1+(i+l)%4), 10)
		dst = append(dst, `,"price":`...)
		dst = strconv.AppendInt(dst, int64(100+(i*13+l)%900), 10)
		dst = append(dst, `.55,"batch":"LOT-2611-`...)
		dst = strconv.AppendInt(dst, int64(10+(i+l)%80), 10)
		dst = append(dst, `"}`...)
	}
	return append(dst, `]}`...)
}

// customer returns the id of a customer to order for.
func (s *server) customer() (string, error) {
	token, err := s.token("sales")
	if err != nil {
		return "", err
	}
	c, err := dial(s.address)
	if err != nil {
		return "", err
	}
	defer c.Close()
	status, answer, err := c.do("GET", "/api/v1/forms/customer/records?limit=1", token, nil, nil)
	if err != nil {
		return "", err
	}
	if id := member(answer, "id"); status == 200 && id != "" {
		return id, nil
	}
	return "", fmt.Errorf("no customer: %d %s", status, answer)
}

// crew runs n clients, each with a connection of its own, until work says there
// is no more, and returns the time that every call took.
func (s *server) crew(ctx context.Context, n int, work func(c *conn, i int) error, more func(i int) bool) ([]time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	took := make([][]time.Duration, n)
	for w := range n {
		c, err := dial(s.address)
		if err != nil {
			cancel(err)
			break
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer c.Close()
			defer func() {
				if r := recover(); r != nil {
					cancel(fmt.Errorf("load: %v", r))
				}
			}()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if !more(i) {
					return
				}
				began := time.Now()
				if err := work(c, i); err != nil {
					cancel(err)
					return
				}
				took[w] = append(took[w], time.Since(began))
			}
		}()
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	var all []time.Duration
	for _, d := range took {
		all = append(all, d...)
	}
	return all, nil
}
