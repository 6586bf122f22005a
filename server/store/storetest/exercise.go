package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// Opener opens a store for a test. The first call with a t opens an empty one;
// a further call with the same t, after the earlier store was closed, opens the
// same data again. The opener sees to closing what a test leaves open.
type Opener func(t testing.TB) store.Store

// Exercise runs the suite against the engine behind open.
func Exercise(t *testing.T, open func(t testing.TB) store.Store) {
	subjects := []struct {
		name string
		run  func(*testing.T, Opener)
	}{
		{"snapshot", testSnapshot}, {"scan", testScan}, {"expect", testExpect}, {"adjust", testAdjust},
		{"draw", testDraw}, {"index", testIndex}, {"events", testEvents}, {"lease", testLease},
		{"tenant", testTenant}, {"invalid", testInvalid}, {"decide", testDecide}, {"watch", testWatch},
		{"reopen", testReopen}, {"model", testModel},
	}
	for _, s := range subjects {
		t.Run(s.name, func(t *testing.T) { s.run(t, open) })
	}
}

// cases runs named parts of a subject, each with a fresh store.
func cases(t *testing.T, open Opener, parts map[string]func(*testing.T, store.Store)) {
	for name, part := range parts {
		t.Run(name, func(t *testing.T) { part(t, open(t)) })
	}
}

const tenant fact.TenantID = "alpha"

var ctx = context.Background()

// start is the moment of the suite's events and jobs.
var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func order(id string) fact.Key { return fact.Key{Kind: "record/order", ID: id} }

func put(id, body string) fact.Put { return fact.Put{Key: order(id), Body: []byte(body)} }

func event(id, kind string) fact.Event {
	return fact.Event{
		Subject: order(id), Type: kind, At: start,
		Actor: fact.Actor{Kind: fact.Person, ID: "u1", Name: "Desk"}, Release: "r1", Data: []byte(`{"a":1}`),
	}
}

// failer is what the checks need of a test, rapid's included.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func noError(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

func isError(t failer, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}

func equal(t failer, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s is %#v, want %#v", what, got, want)
	}
}

func commit(t failer, s store.Store, c fact.Change) fact.Receipt {
	t.Helper()
	r, err := s.Commit(ctx, tenant, c)
	noError(t, err)
	return r
}

func view(t failer, s store.Store, read func(fact.Reader)) {
	t.Helper()
	noError(t, s.View(ctx, tenant, func(r fact.Reader) error {
		read(r)
		return nil
	}))
}

func get(t failer, r fact.Reader, k fact.Key) fact.Doc {
	t.Helper()
	d, err := r.Get(k)
	noError(t, err)
	return d
}

func counter(t failer, r fact.Reader, k fact.Key) int64 {
	t.Helper()
	n, err := r.Counter(k)
	noError(t, err)
	return n
}

func count(t failer, r fact.Reader, index, group string) int64 {
	t.Helper()
	n, err := r.Count(index, group)
	noError(t, err)
	return n
}

// ids returns the ids of a range, in its order.
func ids(t failer, r fact.Reader, g fact.Range) []string {
	t.Helper()
	list := []string{}
	for d, err := range r.Scan(g) {
		noError(t, err)
		list = append(list, d.Key.ID)
	}
	return list
}

// together runs n goroutines and waits for all; the test fails with the first error.
func together(t failer, n int, run func(i int) error) {
	t.Helper()
	errs := make(chan error, n)
	for i := range n {
		go func() { errs <- run(i) }()
	}
	for range n {
		noError(t, <-errs)
	}
}
