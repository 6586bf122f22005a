package live

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
)

// wall is a board with cards that are moved on, one at a time.
type wall struct {
	s    *shop
	mu   []sync.Mutex
	recs []*fact.Record
}

func newWall(s *shop, cards int) *wall {
	w := &wall{s: s, mu: make([]sync.Mutex, cards), recs: make([]*fact.Record, cards)}
	for i := range w.recs {
		w.recs[i] = s.create(states[i%len(states)], order{Title: fmt.Sprintf("订单 %d", i), Owner: "华东仓", Cost: "1280.50"})
	}
	return w
}

func (w *wall) change(_ context.Context, i int) (string, uint64, error) {
	n := i % len(w.recs)
	w.mu[n].Lock()
	defer w.mu[n].Unlock()
	rec := w.recs[n]
	w.recs[n] = w.s.move(rec, states[(i/len(w.recs)+n+1)%len(states)])
	return rec.ID, w.recs[n].Rev, nil
}

func TestMeasureFindsEveryDelivery(t *testing.T) {
	s := openShop(t, Limits{Window: time.Millisecond})
	w := newWall(s, 5)
	m, err := Measure(context.Background(), Load{
		URL: s.url, Token: "ann", View: "board", Sockets: 10, Rate: 400, For: 250 * time.Millisecond, Change: w.change,
	})
	require.NoError(t, err)
	require.NoError(t, m.Err())
	require.Equal(t, 100, m.Changes)
	require.Zero(t, m.Failed)
	require.Zero(t, m.Missing)
	require.EqualValues(t, 1000, m.Delivered)
	require.LessOrEqual(t, m.P50, m.P99)
	require.LessOrEqual(t, m.P99, m.Max)
	require.Positive(t, m.P50)

	_, err = Measure(context.Background(), Load{URL: s.url, Token: "ann", View: "nothing", Sockets: 2, Rate: 1, For: time.Second, Change: w.change})
	require.ErrorContains(t, err, "unknown_view")
}

func TestHistogramBoundsAreNextToEachOther(t *testing.T) {
	var h histogram
	require.Zero(t, h.quantile(0.5))
	for i := range 64 * 10 {
		d := boundOf(i)
		require.Equal(t, i, bucketOf(uint64(d/time.Microsecond)-1))
		require.Equal(t, i+1, bucketOf(uint64(d/time.Microsecond)))
	}
	for us := range 1000 {
		h.add(time.Duration(us+1) * time.Microsecond)
	}
	require.InDelta(t, float64(500*time.Microsecond), float64(h.quantile(0.5)), float64(40*time.Microsecond))
	require.InDelta(t, float64(1000*time.Microsecond), float64(h.quantile(1)), float64(70*time.Microsecond))
}

// BenchmarkBoards reports the latency from asking for a change to seeing it on
// boards, at 200 changes/s, one window per name. The operation is one run.
func BenchmarkBoards(b *testing.B) {
	for _, sockets := range []int{100, 1000} {
		for _, window := range []time.Duration{15, 25, 40} {
			b.Run(fmt.Sprintf("sockets=%d/window=%dms", sockets, window), func(b *testing.B) {
				for b.Loop() {
					benchBoards(b, sockets, window*time.Millisecond)
				}
			})
		}
	}
}

func benchBoards(b *testing.B, sockets int, window time.Duration) {
	s := openShopSynced(b, Limits{Window: window})
	w := newWall(s, 200)
	m, err := Measure(context.Background(), Load{
		URL: s.url, Token: "ann", View: "board", Sockets: sockets, Rate: 200, For: 6 * time.Second, Change: w.change,
	})
	require.NoError(b, err)
	require.NoError(b, m.Err())
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	b.ReportMetric(ms(m.P50), "p50-ms")
	b.ReportMetric(ms(m.P99), "p99-ms")
	b.ReportMetric(ms(m.Max), "max-ms")
	b.ReportMetric(ms(m.Commit50), "commit50-ms")
	b.ReportMetric(ms(m.Commit99), "commit99-ms")
	b.ReportMetric(m.Rate, "changes/s")
	b.ReportMetric(float64(m.Missing), "missing")
	b.ReportMetric(float64(m.Resyncs), "resyncs")
}
