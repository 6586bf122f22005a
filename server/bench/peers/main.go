// Command rulebench measures how long 2, 200 and 10,000 routing rules take on
// one order, in this product and in two Go expression engines, on the same
// orders in the same run. It prints one JSON object per line. Times are processor
// time of this process per order, medians of interleaved rounds.
//
// Each engine gets the order ready in its own form, so decoding is not
// measured; all rules are asked and all matches collected, and the engines'
// match counts must be equal.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"sluice/server/bench/workload"
)

// engine is a compiled set of rules, asked about the order of a number.
type engine struct {
	name  string
	match func(order int) int // how many rules hold
}

// line is one line of output.
type line struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	N     int     `json:"n"`
	Note  string  `json:"note,omitempty"`
}

func main() {
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "rulebench:", err)
		os.Exit(1)
	}
}

func measure() error {
	orders := workload.Orders(256)
	for _, size := range []int{2, 200, 10_000} {
		if err := measureSize(size, orders); err != nil {
			return fmt.Errorf("%d rules: %w", size, err)
		}
	}
	return nil
}

func measureSize(size int, orders []workload.Order) error {
	rules := workload.Rules(size)
	engines, built, err := compileAll(rules, orders)
	if err != nil {
		return err
	}
	matches, err := agree(engines, orders)
	if err != nil {
		return err
	}
	rounds := 15
	samples := make([][]float64, len(engines))
	for range rounds {
		for i, e := range engines {
			samples[i] = append(samples[i], timePerOrder(e, len(orders)))
		}
	}
	var notes []string
	for i, e := range engines {
		slices.Sort(samples[i])
		median := samples[i][rounds/2]
		if i > 0 {
			notes = append(notes, fmt.Sprintf("%s %.0f ns", e.name, median))
			emit(line{Name: fmt.Sprintf("rules_%d_%s_ns", size, e.name), Value: median, Unit: "ns", N: rounds})
		}
	}
	notes = append(notes, fmt.Sprintf("%.2f matches per order, identical in all engines", float64(matches)/float64(len(orders))))
	emit(line{Name: fmt.Sprintf("rules_%d_ns", size), Value: samples[0][rounds/2], Unit: "ns", N: rounds, Note: strings.Join(notes, ", ")})
	emit(line{Name: fmt.Sprintf("rules_%d_allocs", size), Value: allocations(engines[0], len(orders)), Unit: "allocs", N: len(orders)})
	emit(line{Name: fmt.Sprintf("rules_%d_build_ms", size), Value: float64(built.Microseconds()) / 1000, Unit: "ms", N: 1})
	return nil
}

func emit(l line) {
	b, err := json.Marshal(l)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rulebench:", err)
		return
	}
	fmt.Println(string(b))
}

// agree counts the matches and refuses engines that differ on any order.
func agree(engines []engine, orders []workload.Order) (int, error) {
	total := 0
	for i := range orders {
		want := engines[0].match(i)
		for _, e := range engines[1:] {
			if got := e.match(i); got != want {
				return 0, fmt.Errorf("order %d: %s finds %d matches, %s %d", i, engines[0].name, want, e.name, got)
			}
		}
		total += want
	}
	return total, nil
}

// timePerOrder runs an engine for about 40 ms, or once over 16 orders when one takes longer.
func timePerOrder(e engine, orders int) float64 {
	n, start := 0, processorTime()
	for {
		for range 16 {
			e.match(n % orders)
			n++
		}
		if d := processorTime() - start; d > 40*time.Millisecond {
			return float64(d.Nanoseconds()) / float64(n)
		}
	}
}

// processorTime is what this process has used of the processor, so that other
// work on the machine does not count; collecting garbage does.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // only for wrong arguments
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func allocations(e engine, orders int) float64 {
	runtime.GC()
	var before, after runtime.MemStats
	for i := range orders {
		e.match(i)
	}
	runtime.ReadMemStats(&before)
	for i := range orders {
		e.match(i)
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(orders)
}
