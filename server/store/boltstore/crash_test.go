package boltstore

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
)

// -cycles sets how often the crash test kills the writing process.
var crashCycles = flag.Int("cycles", 4, "kill cycles of the crash test")

// crashDir in the environment makes this test binary the process to be killed.
const crashDir = "SLUICE_CRASH_DIR"

func TestMain(m *testing.M) {
	flag.Parse()
	if dir := os.Getenv(crashDir); dir != "" {
		crashWriter(dir)
		return
	}
	os.Exit(m.Run())
}

const (
	crashWriters = 16
	crashFirst   = 1000 // acknowledgements before a kill, at least
)

var (
	crashStock = fact.Key{Kind: "stock", ID: "x"}
	crashDraw  = fact.Draw{Counter: fact.Key{Kind: "serial", ID: "order"}, Index: "order.no"}
)

// crashWriter commits until it is killed and prints a line for every
// acknowledged change: writer, step, serial number, offset.
func crashWriter(dir string) {
	s, err := Open(dir, Options{})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range crashWriters {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				line, err := crashStep(s, w)
				if err != nil {
					line = fmt.Sprintf("error %v\n", err)
				}
				mu.Lock()
				_, failed := os.Stdout.WriteString(line)
				mu.Unlock()
				if err != nil || failed != nil {
					return
				}
			}
		}()
	}
	wg.Wait()
}

// crashStep makes the writer's next change, as far as the store has got: its
// state document holds the number of its steps.
func crashStep(s *Store, w int) (string, error) {
	ctx := context.Background()
	state := fact.Key{Kind: "writer", ID: fmt.Sprintf("%02d", w)}
	var rev uint64
	err := s.View(ctx, benchTenant, func(r fact.Reader) error {
		d, err := r.Get(state)
		rev = d.Rev
		return err
	})
	if err != nil {
		return "", err
	}
	key := crashKey(w, rev)
	r, err := s.Commit(ctx, benchTenant, fact.Change{
		Expect: []fact.Expect{{Key: state, Rev: rev}, {Key: key}},
		Adjust: []fact.Adjust{{Counter: crashStock, Delta: 1}},
		Put:    []fact.Put{{Key: state}, {Key: key, Body: []byte(key.ID), Draw: &crashDraw}},
		Index: []fact.Entry{
			{Index: "writer", Kind: state.Kind, ID: state.ID, Group: fmt.Sprint(rev % 3)},
			{Index: "writer", Kind: state.Kind, ID: state.ID, Group: fmt.Sprint((rev + 2) % 3), Remove: true},
		},
		Events: []fact.Event{{Subject: key, Type: "made"}},
		Jobs:   []fact.Job{{ID: key.ID, Queue: "q", Due: time.UnixMilli(1)}},
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %d %d %d\n", w, rev, r.Serials[1], r.Position.Offset), nil
}

func crashKey(w int, step uint64) fact.Key {
	return fact.Key{Kind: "record/order", ID: fmt.Sprintf("%02d-%08d", w, step)}
}

type crashAck struct {
	w            int
	step, serial uint64
	offset       uint64
}

// A process that is killed at any moment loses nothing it acknowledged, doubles
// nothing, and leaves a file without findings.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	var ledger []crashAck
	for cycle := range *crashCycles {
		ledger = append(ledger, crashCycle(t, dir, crashFirst+cycle*137%500)...)
		checkAfterCrash(t, dir, ledger)
	}
}

// crashCycle runs the writing process until it has acknowledged enough, kills
// it, and returns all that it had acknowledged by then.
func crashCycle(t *testing.T, dir string, enough int) (acks []crashAck) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			require.ErrorIs(t, err, io.EOF)
			break
		}
		require.False(t, strings.HasPrefix(line, "error"), line)
		var a crashAck
		_, err = fmt.Sscan(line, &a.w, &a.step, &a.serial, &a.offset)
		require.NoError(t, err)
		if acks = append(acks, a); len(acks) == enough {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	var exit *exec.ExitError
	require.True(t, errors.As(cmd.Wait(), &exit))
	require.GreaterOrEqual(t, len(acks), enough)
	return acks
}

func checkAfterCrash(t *testing.T, dir string, ledger []crashAck) {
	path, err := TenantFile(dir, benchTenant)
	require.NoError(t, err)
	report, err := Check(path, nil)
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	s, err := Open(dir, Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.View(context.Background(), benchTenant, func(r fact.Reader) error {
		for _, a := range ledger {
			d, err := r.Get(crashKey(a.w, a.step))
			require.NoError(t, err)
			require.Equal(t, []uint64{1, a.serial, a.offset}, []uint64{d.Rev, d.Serial, d.Last}, "acknowledged %v", a)
			e, err := r.Event(a.offset)
			require.NoError(t, err)
			require.Equal(t, d.Key, e.Subject)
		}
		n := r.Position().Offset // every change has one event
		require.GreaterOrEqual(t, n, uint64(len(ledger)))
		stock, err := r.Counter(crashStock)
		require.NoError(t, err)
		require.Equal(t, n, uint64(stock))
		drawn, err := r.Counter(crashDraw.Counter)
		require.NoError(t, err)
		require.Equal(t, n, uint64(drawn))
		require.Equal(t, n, crashSteps(t, r))
		require.Equal(t, n, uint64(report.Jobs))
		return nil
	}))
}

// crashSteps adds up how far the writers say they are.
func crashSteps(t *testing.T, r fact.Reader) (sum uint64) {
	for d, err := range r.Scan(fact.Range{Kind: "writer"}) {
		require.NoError(t, err)
		sum += d.Rev
	}
	return sum
}
