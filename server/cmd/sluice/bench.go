package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"sluice/server/bench"
	"sluice/server/catalog"
)

var benchCommand = subcommand{
	name: "bench", args: "NAME", summary: "measure this machine: figures as JSON lines",
	detail: benchDetail(),
	setup: func(c *call) func(context.Context) error {
		var o bench.Options
		c.flags.IntVar(&o.Orders, "orders", 0, "how many orders, where the measurement has such a number `N`")
		c.flags.IntVar(&o.Clients, "clients", 0, "how many clients or sockets `N`")
		c.flags.StringVar(&o.Dir, "scratch", "", "folder for scratch data `DIR`")
		return func(ctx context.Context) error {
			if c.arg(0) == "" {
				return wrong("name a measurement, or all")
			}
			o.Log = c.err
			enc := json.NewEncoder(c.out)
			enc.SetEscapeHTML(false)
			var failed error
			err := bench.Run(ctx, c.arg(0), o, func(f bench.Figure) {
				failed = errors.Join(failed, enc.Encode(f))
			})
			if errors.Is(err, bench.ErrUnknown) {
				err = fmt.Errorf("%w: %w", catalog.ErrUnknown, err)
			}
			return errors.Join(err, failed)
		}
	},
}

func benchDetail() string {
	var b strings.Builder
	b.WriteString("Each line is {\"name\",\"value\",\"unit\",\"n\",\"note\"}. The load runs on this machine too.\n")
	for _, n := range bench.Names() {
		fmt.Fprintf(&b, "\n  %-18s %s", n[0], n[1])
	}
	return b.String()
}
