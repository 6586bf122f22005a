// Package bench measures the product from outside: it starts the server as a
// process of its own, puts load on it over HTTP and sockets, and prints figures.
//
// Server and load share the machine's cores, as the budgets say. Load loops are
// bounded in count or time and end by themselves; everything listens on the
// loopback address only.
package bench

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Figure is one measured value.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	N     int64   `json:"n"` // how many operations it is made of
	Note  string  `json:"note"`
}

// Options adjust a measurement. Zero members take the defaults of its name.
type Options struct {
	Orders  int
	Clients int
	Dir     string    // where scratch data goes; a temporary folder when empty, removed afterwards
	Log     io.Writer // progress
}

// measurement is one entry of the list.
type measurement struct {
	name string
	text string
	run  func(ctx context.Context, o Options, out func(Figure)) error
}

var measurements = []measurement{
	{"peak_day_s", "the peak day: 58,000 orders through intake and six moves with evidence", peakDay},
	{"intake", "intake with rules at 1, 16, 64 and 256 clients: intake_per_s and intake_p99_ms", intake},
	{"rules", "2, 200 and 10,000 routing rules on one order: rules_2_ns, rules_200_ns, rules_10000_ns", rules},
	{"validate_order_ns", "checking a 1.4 kB order, decode included, beside the schema library", validateOrder},
	{"live_p99_ms", "change to screen with 100 and 1,000 sockets at 200 changes a second", liveLatency},
	{"board_open_p99_ms", "opening a board with 10 k, 100 k and 1 M orders stored, then start_ms and idle_rss_mb", boardOpen},
	{"binary_mb", "size of the binary", binarySize},
}

// aliases lead from a figure to the measurement that makes it.
var aliases = map[string]string{
	"rules_2_ns": "rules", "rules_200_ns": "rules", "rules_10000_ns": "rules",
	"intake_per_s": "intake", "intake_p99_ms": "intake", "start_ms": "board_open_p99_ms", "idle_rss_mb": "board_open_p99_ms",
}

// Names returns the names that Run knows, with what they measure.
func Names() [][2]string {
	out := make([][2]string, len(measurements))
	for i, m := range measurements {
		out[i] = [2]string{m.name, m.text}
	}
	return out
}

// Run measures one name, or all of them with "all", and gives every figure to out.
func Run(ctx context.Context, name string, o Options, out func(Figure)) error {
	want := name
	if target, ok := aliases[name]; ok {
		want = target
	}
	only := func(f Figure) {
		if name == "all" || name == want || strings.HasPrefix(f.Name, name) {
			out(f)
		}
	}
	if name != "all" && !slices.ContainsFunc(measurements, func(m measurement) bool { return m.name == want }) {
		return fmt.Errorf("%w: %s", ErrUnknown, name)
	}
	for _, m := range measurements {
		if name != "all" && m.name != want {
			continue
		}
		if err := m.run(ctx, o, only); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

// orDefault returns v, or d when v is zero.
func orDefault(v, d int) int {
	if v == 0 {
		return d
	}
	return v
}

func (o Options) progress(format string, args ...any) {
	if o.Log != nil {
		fmt.Fprintf(o.Log, format+"\n", args...)
	}
}

// quantile returns the q-th quantile of durations, in milliseconds; it sorts them.
func quantile(d []time.Duration, q float64) float64 {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return float64(d[min(int(float64(len(d))*q), len(d)-1)].Nanoseconds()) / 1e6
}
