package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/app"
	"sluice/server/live"
)

// boardOpen measures how long a board takes to open, cards and counts, as the
// store grows, and then starting and resting with a million orders stored.
func boardOpen(ctx context.Context, o Options, out func(Figure)) error {
	dir, remove, err := o.scratch("board")
	if err != nil {
		return err
	}
	defer remove()
	sizes := []int{10_000, 100_000, 1_000_000}
	if o.Orders > 0 {
		sizes = []int{o.Orders}
	}
	have := 0
	for _, size := range sizes {
		if err := o.fill(ctx, dir, have, size); err != nil {
			return err
		}
		have = size
		if err := o.open(ctx, dir, size, size == sizes[len(sizes)-1], out); err != nil {
			return err
		}
	}
	return nil
}

// loaders is how many decisions run at once while scratch data is made.
const loaders = 256

// fill makes scratch orders in the data directory, without a server and without
// syncing: only their number matters.
func (o Options) fill(ctx context.Context, dir string, from, to int) (err error) {
	parts, err := app.Open(app.Config{Dir: dir, NoSync: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, parts.Close()) }()
	if _, err := parts.LoadDemo(ctx, app.MainTenant, pack); err != nil {
		return err
	}
	prog, err := parts.Catalog.Program(ctx, app.MainTenant)
	if err != nil {
		return err
	}
	customer := ""
	err = parts.Store.View(ctx, app.MainTenant, func(r fact.Reader) error {
		for doc, err := range r.Scan(fact.Range{Kind: fact.RecordKind("customer"), Keys: true}) {
			customer = doc.Key.ID
			return err
		}
		return errors.New("the demo has no customer")
	})
	if err != nil {
		return err
	}
	return o.fillOrders(ctx, parts, prog, customer, from, to)
}

func (o Options) fillOrders(ctx context.Context, parts *app.Parts, prog *program.Program, customer string, from, to int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	next.Store(int64(from))
	var wg sync.WaitGroup
	began := time.Now()
	for range loaders {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				if r := recover(); r != nil {
					cancel(fmt.Errorf("fill: %v", r))
				}
			}()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= to {
					return
				}
				if i%50_000 == 0 {
					o.progress("board: %d of %d orders, %.0f s", i, to, time.Since(began).Seconds())
				}
				if err := fillOne(ctx, parts, prog, customer, i); err != nil {
					cancel(err)
				}
			}
		}()
	}
	wg.Wait()
	return context.Cause(ctx)
}

// fillOne submits an order; nine of ten go on, so that several columns are full.
func fillOne(ctx context.Context, parts *app.Parts, prog *program.Program, customer string, i int) error {
	var buf [2048]byte
	now := time.Now()
	out, err := parts.Runner.RunOn(ctx, prog, app.MainTenant, fact.Command{
		Type: fact.Submit, Form: "order", Input: order(buf[:0], i, customer), Now: now,
		Actor: fact.Actor{Kind: fact.System, ID: "bench"},
	})
	if err != nil {
		return err
	}
	moves := []struct{ transition, role string }{{"route", "sales-lead"}, {"pick", "warehouse"}, {"check", "warehouse"}}
	for _, m := range moves[:i%10*len(moves)/9] {
		_, err := parts.Runner.RunOn(ctx, prog, app.MainTenant, fact.Command{
			Type: fact.Move, Form: "order", ID: out.Record.ID, Transition: m.transition, Now: now,
			Actor: fact.Actor{Kind: fact.Person, ID: "bench", Roles: []string{m.role}},
		})
		if err != nil {
			return fmt.Errorf("%s: %w", m.transition, err)
		}
	}
	return nil
}

const opens = 300

// open starts the server on what is stored and opens the sales board again and again.
func (o Options) open(ctx context.Context, dir string, size int, last bool, out func(Figure)) error {
	s, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	if last {
		// At rest before anybody has asked for anything but health.
		time.Sleep(2 * time.Second)
		all, own, err := s.residentMB()
		if err != nil {
			return err
		}
		note := fmt.Sprintf("%d orders stored", size)
		out(Figure{"start_ms", float64(s.ready.Microseconds()) / 1000, "ms", 1, note + ", process start to first answer"})
		out(Figure{"idle_rss_mb", all, "MiB", 1, fmt.Sprintf("%s; %.0f MiB without pages of files", note, own)})
	}
	token, err := s.token("sales-lead")
	if err != nil {
		return err
	}
	took := make([]time.Duration, 0, opens)
	cards := 0
	for range opens {
		n, d, err := s.openBoard(ctx, token)
		if err != nil {
			return err
		}
		cards = n
		took = append(took, d)
	}
	var files int64
	if info, err := os.Stat(dir + "/tenants/main.db"); err == nil {
		files = info.Size()
	}
	out(Figure{"board_open_p99_ms", quantile(took, 0.99), "ms", opens, fmt.Sprintf(
		"%d orders stored (%d MiB), %d cards and the counts of 7 columns, p50 %.2f ms", size, files>>20, cards, quantile(took, 0.5))})
	return nil
}

// openBoard connects as a browser does that comes to the board, and returns how
// many cards it was given and how long that took from the subscription on.
func (s *server) openBoard(ctx context.Context, token string) (cards int, took time.Duration, err error) {
	client, err := live.Dial(ctx, "ws://"+s.address+"/api/v1/live", token)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	began := time.Now()
	cards, err = snapshot(ctx, client)
	return cards, time.Since(began), err
}

// snapshot subscribes and waits for the whole board.
func snapshot(ctx context.Context, client *live.Client) (cards int, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := client.Subscribe("sales-board", "", 50); err != nil {
		return 0, err
	}
	for {
		f, err := client.Next(ctx)
		if err != nil {
			return 0, err
		}
		if f.Op == "error" {
			return 0, fmt.Errorf("subscribe: %s", f.Code)
		}
		if f.Op == "snapshot" {
			for _, g := range f.Groups {
				cards += len(g.Cards)
			}
			return cards, nil
		}
	}
}
