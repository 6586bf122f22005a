package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"sluice/runtime/fact"
	"sluice/server/store"
)

func job(id string, due time.Time) fact.Job {
	return fact.Job{ID: id, Queue: "q", Due: due, Subject: order("a"), Body: []byte(`{"x":1}`)}
}

func jobIDs(jobs []fact.Job) []string {
	list := []string{}
	for i := range jobs {
		list = append(list, jobs[i].ID)
	}
	return list
}

func testLease(t *testing.T, open Opener) {
	cases(t, open, map[string]func(*testing.T, store.Store){
		"nothing to do": func(t *testing.T, s store.Store) {
			jobs, next := lease(t, s, "q", 5, start, start.Add(time.Minute))
			equal(t, "jobs", len(jobs), 0)
			equal(t, "next", next, time.Time{})
			commit(t, s, fact.Change{Put: []fact.Put{put("a", "")}})
			_, next = lease(t, s, "q", 5, start, start.Add(time.Minute))
			equal(t, "next", next, time.Time{})
		},
		"due ones, earliest first": testDueOrder,
		"given again when the lease ended": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Jobs: []fact.Job{job("j", start)}})
			end := start.Add(time.Minute)
			for attempt := 1; attempt <= 3; attempt++ {
				jobs, _ := lease(t, s, "q", 5, end.Add(-time.Minute), end)
				equal(t, "jobs", len(jobs), 1)
				equal(t, "attempts", jobs[0].Attempts, attempt)
				equal(t, "due", jobs[0].Due, start)
				held, next := lease(t, s, "q", 5, end.Add(-time.Millisecond), end.Add(time.Hour))
				equal(t, "jobs while held", len(held), 0)
				equal(t, "next while held", next, end)
				end = end.Add(time.Minute)
			}
		},
		"done completes it": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Jobs: []fact.Job{job("j", start), job("k", start.Add(time.Hour))}})
			lease(t, s, "q", 1, start, start.Add(time.Minute))
			commit(t, s, fact.Change{Done: []string{"j", "unknown"}})
			commit(t, s, fact.Change{Done: []string{"j"}})
			jobs, next := lease(t, s, "q", 5, start.Add(2*time.Minute), start.Add(3*time.Minute))
			equal(t, "jobs", len(jobs), 0)
			equal(t, "next", next, start.Add(time.Hour))
			commit(t, s, fact.Change{Done: []string{"k"}})
			_, next = lease(t, s, "q", 5, start, start.Add(time.Minute))
			equal(t, "next", next, time.Time{})
		},
		"the same id moves it": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Jobs: []fact.Job{job("j", start.Add(time.Hour))}})
			_, next := lease(t, s, "q", 5, start, start.Add(time.Minute))
			equal(t, "next", next, start.Add(time.Hour))
			commit(t, s, fact.Change{Jobs: []fact.Job{job("j", start)}})
			jobs, _ := lease(t, s, "q", 5, start, start.Add(time.Minute))
			equal(t, "jobs", jobIDs(jobs), []string{"j"})
			commit(t, s, fact.Change{Done: []string{"j"}, Jobs: []fact.Job{job("j", start.Add(2*time.Hour))}})
			jobs, next = lease(t, s, "q", 5, start.Add(time.Hour), start.Add(2*time.Hour))
			equal(t, "jobs", len(jobs), 0)
			equal(t, "next", next, start.Add(2*time.Hour))
		},
		"a job is never given before it is due": func(t *testing.T, s store.Store) {
			commit(t, s, fact.Change{Jobs: []fact.Job{job("j", start.Add(500*time.Microsecond))}})
			jobs, _ := lease(t, s, "q", 5, start, start.Add(time.Minute))
			equal(t, "jobs", len(jobs), 0)
			jobs, _ = lease(t, s, "q", 5, start.Add(time.Millisecond), start.Add(time.Minute))
			equal(t, "jobs", len(jobs), 1)
		},
		"each to one holder": testOneHolder,
	})
}

func lease(t failer, s store.Store, queue string, limit int, now, until time.Time) ([]fact.Job, time.Time) {
	t.Helper()
	jobs, next, err := s.Lease(ctx, tenant, queue, limit, now, until)
	noError(t, err)
	return jobs, next
}

func testDueOrder(t *testing.T, s store.Store) {
	other := job("x", start)
	other.Queue = "q2"
	commit(t, s, fact.Change{Jobs: []fact.Job{
		job("c", start.Add(2*time.Second)), job("b", start.Add(time.Second)), job("b2", start.Add(time.Second)),
		job("a", start.Add(3*time.Second)), job("far", start.Add(time.Hour)), other,
	}})
	_, next := lease(t, s, "q", 5, start, start.Add(time.Minute))
	equal(t, "next", next, start.Add(time.Second))
	jobs, next := lease(t, s, "q", 3, start.Add(5*time.Second), start.Add(time.Minute))
	equal(t, "jobs", jobIDs(jobs), []string{"b", "b2", "c"})
	equal(t, "next", next, start.Add(3*time.Second))
	want := job("b", start.Add(time.Second))
	want.Attempts = 1
	equal(t, "job", jobs[0], want)
	jobs, next = lease(t, s, "q", 3, start.Add(5*time.Second), start.Add(2*time.Minute))
	equal(t, "jobs", jobIDs(jobs), []string{"a"})
	equal(t, "next", next, start.Add(time.Minute))
	jobs, next = lease(t, s, "q2", 3, start, start.Add(time.Minute))
	equal(t, "jobs", jobIDs(jobs), []string{"x"})
	equal(t, "next", next, time.Time{})
}

// testOneHolder: holders compete for jobs while they are being put; each job
// must be given exactly once.
func testOneHolder(t *testing.T, s store.Store) {
	const putters, each, holders = 8, 40, 8
	var mu sync.Mutex
	given := map[string]int{}
	take := func() (int, error) {
		jobs, _, err := s.Lease(ctx, tenant, "q", 7, start, start.Add(time.Hour))
		mu.Lock()
		defer mu.Unlock()
		for i := range jobs {
			given[jobs[i].ID]++
		}
		return len(jobs), err
	}
	together(t, putters+holders, func(w int) error {
		for i := range each {
			if w >= putters {
				if _, err := take(); err != nil {
					return err
				}
				continue
			}
			if _, err := s.Commit(ctx, tenant, fact.Change{Jobs: []fact.Job{job(fmt.Sprintf("%d-%02d", w, i), start)}}); err != nil {
				return err
			}
		}
		return nil
	})
	for {
		n, err := take()
		noError(t, err)
		if n == 0 {
			break
		}
	}
	equal(t, "jobs given", len(given), putters*each)
	for id, times := range given {
		equal(t, "times that "+id+" was given", times, 1)
	}
}
