package bench

import (
	"context"
	"fmt"

	"sluice/server/bench/workload"
)

// rules measures what 2, 200 and 10,000 routing rules cost on one order. The
// module in the folder peers does the same beside other engines.
func rules(_ context.Context, _ Options, out func(Figure)) error {
	orders := workload.Orders(256)
	for _, size := range []int{2, 200, 10_000} {
		engine, err := workload.Compile(workload.Rules(size), orders)
		if err != nil {
			return err
		}
		matches, i := 0, 0
		for n := range orders {
			matches += engine(n)
		}
		t := perCall(func() {
			engine(i % len(orders))
			i++
		})
		out(Figure{fmt.Sprintf("rules_%d_ns", size), t.ns, "ns", t.n, fmt.Sprintf(
			"per order, all matches collected, %.2f matches an order; beside expr and cel: server/bench/peers", float64(matches)/float64(len(orders)))})
	}
	return nil
}
