//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// cycles is how often the server is killed: a few in every run, a hundred in `make soak`.
func cycles(t *testing.T) int {
	if text := os.Getenv("SLUICE_CRASH_CYCLES"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		return n
	}
	return 5
}

// TestCrash kills the server under load again and again. Whatever was
// acknowledged is there afterwards, once; what is sent again under its
// idempotency key is not done twice; numbers have no gap.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	l := &ledger{acked: map[string]string{}, fresh: map[string]string{}}
	for cycle := range cycles(t) {
		s := serve(t, dir)
		token := s.signIn("sales")
		customer := s.customer(token)
		verify(t, s, token, l.fresh) // all of them are looked at in the end
		clear(l.fresh)
		l.load(s, token, customer, cycle, rand.N(400*time.Millisecond)+100*time.Millisecond)
		s.kill()
	}
	s := serve(t, dir)
	token := s.signIn("sales")
	l.resend(t, s, token)
	verify(t, s, token, l.acked)
	total := 0
	seen := map[string]bool{}
	for cursor := ""; ; {
		var page struct {
			Items []record
			Next  *string
		}
		s.must(200, "GET", orders+"?limit=200&cursor="+cursor, token, nil).into(t, &page)
		for _, r := range page.Items {
			require.False(t, seen[r.No], "number %s twice", r.No)
			seen[r.No] = true
			total++
		}
		if page.Next == nil {
			break
		}
		cursor = *page.Next
	}
	const demo = 300
	require.Equal(t, demo+len(l.acked), total, "each order that was asked for is there once")
	require.Zero(t, s.stop())
	text, code := sluice(t, "check", filepath.Join(dir, "tenants", "main.db"))
	require.Zero(t, code, text)
	require.GreaterOrEqual(t, len(l.acked), 20*cycles(t), "too little traffic to prove anything")
}

// ledger remembers what the server has acknowledged, and what it may or may not have done.
type ledger struct {
	mu      sync.Mutex
	acked   map[string]string // idempotency key → record id
	fresh   map[string]string // those of the last cycle
	unknown []pending         // sent, and no answer came
}

type pending struct {
	key  string
	body []byte
}

// load submits orders from several clients and kills the server in the middle.
func (l *ledger) load(s *server, token, customer string, cycle int, after time.Duration) {
	const clients = 16
	var stop atomic.Bool
	timer := time.AfterFunc(after, func() { s.kill(); stop.Store(true) })
	defer timer.Stop()
	var wg sync.WaitGroup
	for c := range clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; !stop.Load(); i++ {
				p := pending{key: fmt.Sprintf("crash-%d-%d-%d", cycle, c, i)}
				p.body, _ = json.Marshal(order(customer))
				l.submit(s, token, p)
			}
		}()
	}
	wg.Wait()
}

func (l *ledger) submit(s *server, token string, p pending) {
	a, err := s.ask("POST", orders, token, p.body, "Idempotency-Key", p.key)
	l.mu.Lock()
	defer l.mu.Unlock()
	var rec record
	if err != nil || a.status != 201 || json.Unmarshal(a.body, &rec) != nil {
		l.unknown = append(l.unknown, p)
		return
	}
	l.acked[p.key], l.fresh[p.key] = rec.ID, rec.ID
}

// resend sends again what had no answer: it is done now, if it was not then.
func (l *ledger) resend(t *testing.T, s *server, token string) {
	again := l.unknown
	l.unknown = nil
	for _, p := range again {
		l.submit(s, token, p)
	}
	require.Empty(t, l.unknown)
}

// verify requires every acknowledged order to be there.
func verify(t *testing.T, s *server, token string, acked map[string]string) {
	t.Helper()
	for key, id := range acked {
		a, err := s.ask("GET", orders+"/"+id, token, nil)
		require.NoError(t, err)
		require.Equal(t, 200, a.status, "order %s of %s was acknowledged and is lost", id, key)
	}
}

// TestFullDisk lets the store run out of room: writes are refused with a
// sentence, reading goes on, and when there is room again writing does too.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	first := serve(t, dir)
	first.must(200, "GET", "/healthz", "", nil)
	require.Zero(t, first.stop())
	info, err := os.Stat(filepath.Join(dir, "tenants", "main.db"))
	require.NoError(t, err)

	// A limit on the size of files stands in for the disk; the unit is 1 KiB.
	s := serve(t, dir, fmt.Sprintf("ulimit -f %d; exec", info.Size()/1024+64))
	token := s.signIn("sales")
	customer := s.customer(token)
	var refused *answer
	var last record
	for range 5000 {
		a, err := s.ask("POST", orders, token, order(customer))
		require.NoError(t, err)
		if a.status != 201 {
			refused = a
			break
		}
		a.into(t, &last)
	}
	require.NotNil(t, refused, "the disk never filled")
	require.Equal(t, 507, refused.status, "%s", refused.body)
	require.Contains(t, string(refused.body), "store_full")
	s.must(200, "GET", orders+"/"+last.ID, token, nil)
	require.Zero(t, s.stop())

	again := serve(t, dir)
	token = again.signIn("sales")
	again.must(200, "GET", orders+"/"+last.ID, token, nil)
	again.must(201, "POST", orders, token, order(customer))
}
