package bench

import (
	"context"
	"fmt"
	"os"
	"time"

	"sluice/schemas"
)

// validateOrder compares the one-pass checker with the schema library on the same order.
func validateOrder(_ context.Context, _ Options, out func(Figure)) error {
	schema, doc := schemas.SampleOrder()
	checker, err := schemas.Compile(schema)
	if err != nil {
		return err
	}
	if !checker.OnePass() {
		return fmt.Errorf("the sample's schema is not checked in one pass")
	}
	own := perCall(func() { checker.Check(doc, nil) })
	oracle := perCall(func() { checker.Oracle(doc) })
	out(Figure{"validate_order_ns", own.ns, "ns", own.n, fmt.Sprintf(
		"%d byte order; the schema library with its decoding: %.0f ns, %.0fx", len(doc), oracle.ns, oracle.ns/own.ns)})
	return nil
}

type timed struct {
	ns float64
	n  int64
}

// perCall returns the median cost of a call over five rounds of about 200 ms.
func perCall(call func()) timed {
	const rounds = 5
	n := int64(1)
	for {
		began := time.Now()
		for range n {
			call()
		}
		if time.Since(began) > 50*time.Millisecond {
			break
		}
		n *= 2
	}
	n *= 4
	took := make([]time.Duration, rounds)
	for i := range took {
		began := time.Now()
		for range n {
			call()
		}
		took[i] = time.Since(began) / time.Duration(n)
	}
	return timed{quantile(took, 0.5) * 1e6, n * rounds}
}

// binarySize says how large the running binary is.
func binarySize(_ context.Context, _ Options, out func(Figure)) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	info, err := os.Stat(self)
	if err != nil {
		return err
	}
	out(Figure{"binary_mb", float64(info.Size()) / (1 << 20), "MiB", 1, "with the browser side in it"})
	return nil
}
