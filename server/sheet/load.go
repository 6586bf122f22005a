package sheet

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"sluice/runtime/fact"
)

// Status says what became of a record.
type Status string

// What can become of a record.
const (
	Created  Status = "created"
	Exists   Status = "exists"   // it was imported before
	Rejected Status = "rejected" // see Problems
)

// Result is the answer for one record of the table.
type Result struct {
	Key      string         `json:"key"`
	Row      int            `json:"row"` // its first row; the header is row 1
	Rows     int            `json:"rows"`
	Status   Status         `json:"status"`
	ID       string         `json:"id,omitempty"`
	Problems []fact.Problem `json:"problems,omitempty"`
}

// Sum counts what became of a table. Records and rows each add up: created,
// existing and rejected ones together are all that were read.
type Sum struct {
	Records      int   `json:"records"`
	Created      int   `json:"created"`
	Exists       int   `json:"exists"`
	Rejected     int   `json:"rejected"`
	Rows         int   `json:"rows"`
	RowsCreated  int   `json:"rowsCreated"`
	RowsExist    int   `json:"rowsExist"`
	RowsRejected int   `json:"rowsRejected"`
	Millis       int64 `json:"ms"`
}

// Submit sends one record on its way. It returns the record's id, whether it
// existed before, and a *fact.Refusal when it is not accepted.
type Submit func(ctx context.Context, d *Draft) (id string, exists bool, err error)

// Load submits all records of a table, several at once, and calls each with
// every result in the table's order. It stops at the first error that is not a
// refusal; a record that was being read then is not submitted in part.
func Load(ctx context.Context, r *Reader, atOnce int, submit Submit, each func(*Result, *Sum) error) (Sum, error) {
	start := time.Now()
	atOnce = max(atOnce, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type pending struct {
		result Result
		err    error
		done   chan struct{}
	}
	queue := make(chan *pending, atOnce)
	var readErr error
	var reader sync.WaitGroup
	reader.Add(1)
	seats := make(chan struct{}, atOnce)
	go func() {
		defer reader.Done()
		defer close(queue)
		defer func() {
			if p := recover(); p != nil {
				readErr = errors.New("reading the table panicked")
			}
		}()
		for ctx.Err() == nil {
			d, err := r.Next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					readErr = err
				}
				return
			}
			p := &pending{done: make(chan struct{})}
			queue <- p
			seats <- struct{}{}
			go func() {
				defer close(p.done)
				defer func() { <-seats }()
				defer func() {
					if v := recover(); v != nil {
						p.err = errors.New("submitting a record panicked")
					}
				}()
				p.result, p.err = one(ctx, d, submit)
			}()
		}
	}()
	var sum Sum
	var failed error
	for p := range queue {
		<-p.done
		if failed != nil {
			continue // drain: what is in flight ends by itself
		}
		if p.err != nil {
			failed = p.err
			cancel()
			continue
		}
		sum.add(&p.result)
		if err := each(&p.result, &sum); err != nil {
			failed = err
			cancel()
		}
	}
	reader.Wait()
	sum.Millis = time.Since(start).Milliseconds()
	return sum, errors.Join(failed, readErr, ctxErr(ctx, failed))
}

// ctxErr reports that the caller gave up; an error of our own has cancelled too, and is told already.
func ctxErr(ctx context.Context, failed error) error {
	if failed != nil {
		return nil
	}
	return ctx.Err()
}

func one(ctx context.Context, d *Draft, submit Submit) (Result, error) {
	res := Result{Key: d.Key, Row: d.First, Rows: d.Rows}
	if d.Fault != nil {
		res.Status, res.Problems = Rejected, []fact.Problem{*d.Fault}
		return res, nil
	}
	id, exists, err := submit(ctx, d)
	var refusal *fact.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Kind != fact.Internal:
		res.Status, res.Problems = Rejected, slices.Clone(refusal.Problems)
	case err != nil:
		return res, err
	case exists:
		res.Status, res.ID = Exists, id
	default:
		res.Status, res.ID = Created, id
	}
	return res, nil
}

func (s *Sum) add(r *Result) {
	s.Records++
	s.Rows += r.Rows
	switch r.Status {
	case Created:
		s.Created++
		s.RowsCreated += r.Rows
	case Exists:
		s.Exists++
		s.RowsExist += r.Rows
	default:
		s.Rejected++
		s.RowsRejected += r.Rows
	}
}
