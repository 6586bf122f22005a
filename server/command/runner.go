package command

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"sluice/runtime/engine"
	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/store"
)

// Programs gives the live program of a tenant.
type Programs interface {
	Program(ctx context.Context, t fact.TenantID) (*program.Program, error)
}

// Fresh is implemented by Programs that can wait until a switch of programs that
// has begun is done.
type Fresh interface {
	Fresh(ctx context.Context, t fact.TenantID) (*program.Program, error)
}

// Outcome is what came of a command.
type Outcome struct {
	Record   fact.Record   // as it is after the command; of a replayed command, as it was then
	Row      fact.Row      // its values; nil when they are to be loaded (replayed, deleted, a comment)
	Position fact.Position // where the change stands in the event log; zero when replayed
	Replayed bool          // the command had been done before under the same idempotency key
}

// Runner carries out commands. It is safe for concurrent use.
type Runner struct {
	Store    store.Store
	Programs Programs
	// Wake, when set, is told of the earliest due time of jobs that a commit brought. It must not block.
	Wake func(t fact.TenantID, due time.Time)
}

const attempts = 3

// Run carries out one command, durably, and at most once per idempotency key.
// It returns *fact.Refusal when the command is not to be done (invalid,
// not_found, conflict, short, denied), and a store error otherwise.
func (r *Runner) Run(ctx context.Context, t fact.TenantID, c fact.Command) (*Outcome, error) {
	p, err := r.Programs.Program(ctx, t)
	if err != nil {
		return nil, err
	}
	return r.RunOn(ctx, p, t, c)
}

// RunOn is Run on a given program, the tenant's live one; when another goes live
// in between, the command is decided on that.
func (r *Runner) RunOn(ctx context.Context, p *program.Program, t fact.TenantID, c fact.Command) (*Outcome, error) {
	if c.ID == "" && c.Type == fact.Submit {
		c.ID = NewID(c.Now)
	}
	once := onceOf(&c)
	for attempt := 1; ; attempt++ {
		decision, replayed, err := r.decide(ctx, p, t, &c, once)
		if replayed != nil || err != nil {
			return replayed, err
		}
		receipt, err := r.Store.Commit(ctx, t, decision.Change)
		switch {
		case err == nil:
			return r.done(t, decision, receipt), nil
		case errors.Is(err, store.ErrConflict) && attempt < attempts:
			if p, err = r.newest(ctx, p, t); err != nil {
				return nil, err
			}
		case errors.Is(err, store.ErrConflict):
			return r.exclusively(ctx, p, t, &c, once)
		default:
			return nil, refuse(err)
		}
	}
}

// Try decides like RunOn and changes nothing: the outcome is what would come of
// the command now. Serial numbers are not drawn.
func (r *Runner) Try(ctx context.Context, p *program.Program, t fact.TenantID, c fact.Command) (*Outcome, error) {
	if c.ID == "" && c.Type == fact.Submit {
		c.ID = NewID(c.Now)
	}
	var out *Outcome
	err := r.Store.View(ctx, t, func(reader fact.Reader) error {
		decision, replayed, err := decideOn(p, reader, &c, onceOf(&c))
		if err == nil && replayed == nil {
			replayed = &Outcome{Record: decision.Record}
		}
		out = replayed
		return err
	})
	var rejected *engine.Rejected
	if errors.As(err, &rejected) {
		err = rejected.Refusal
	}
	return out, err
}

// decide makes the decision on a snapshot, or finds that it was made before.
func (r *Runner) decide(ctx context.Context, p *program.Program, t fact.TenantID, c *fact.Command, once *once) (*engine.Decision, *Outcome, error) {
	var decision *engine.Decision
	var replayed *Outcome
	err := r.Store.View(ctx, t, func(reader fact.Reader) (err error) {
		decision, replayed, err = decideOn(p, reader, c, once)
		return err
	})
	var rejected *engine.Rejected
	if errors.As(err, &rejected) {
		return nil, nil, r.reject(ctx, t, rejected)
	}
	return decision, replayed, err
}

// reject leaves the trace of a refusal and returns the refusal. It stands
// whether or not the trace could be written.
func (r *Runner) reject(ctx context.Context, t fact.TenantID, rejected *engine.Rejected) error {
	if _, err := r.Store.Commit(ctx, t, rejected.Change); err != nil && !errors.Is(err, store.ErrConflict) {
		return errors.Join(rejected.Refusal, err)
	}
	return rejected.Refusal
}

func decideOn(p *program.Program, reader fact.Reader, c *fact.Command, once *once) (*engine.Decision, *Outcome, error) {
	if once != nil {
		replayed, err := once.find(reader, c)
		if replayed != nil || err != nil {
			return nil, replayed, err
		}
	}
	command := *c // the engine may fill in what a timer stands for
	decision, err := engine.Decide(p, reader, &command)
	if err != nil {
		return nil, nil, err
	}
	if expect, known := p.Current(); known {
		decision.Change.Expect = append(decision.Change.Expect, expect)
	}
	if once != nil {
		once.remember(decision, c.Now)
	}
	return decision, nil, nil
}

// newest returns the program to decide on after a conflict: what has changed may be that one.
func (r *Runner) newest(ctx context.Context, p *program.Program, t fact.TenantID) (*program.Program, error) {
	if _, known := p.Current(); !known {
		return p, nil
	}
	if fresh, ok := r.Programs.(Fresh); ok {
		return fresh.Fresh(ctx, t)
	}
	return r.Programs.Program(ctx, t)
}

// exclusively decides inside the writer when the engine offers it; else the conflict is the caller's.
func (r *Runner) exclusively(ctx context.Context, p *program.Program, t fact.TenantID, c *fact.Command, once *once) (*Outcome, error) {
	exclusive, ok := r.Store.(store.Exclusive)
	if !ok {
		return nil, refuse(store.ErrConflict)
	}
	for attempt := 1; ; attempt++ {
		out, err := r.inside(ctx, exclusive, p, t, c, once)
		var rejected *engine.Rejected
		var refusal *fact.Refusal
		switch {
		case errors.As(err, &rejected):
			return nil, r.reject(ctx, t, rejected)
		case errors.As(err, &refusal):
			return nil, refusal
		case errors.Is(err, store.ErrConflict) && attempt < attempts: // only another program can have come in between
			if p, err = r.newest(ctx, p, t); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, refuse(err)
		default:
			return out, nil
		}
	}
}

// inside makes one decision in the store's writer.
func (r *Runner) inside(ctx context.Context, exclusive store.Exclusive, p *program.Program, t fact.TenantID, c *fact.Command, once *once) (*Outcome, error) {
	var decision *engine.Decision
	var replayed *Outcome
	receipt, err := exclusive.Decide(ctx, t, func(reader fact.Reader) (fact.Change, error) {
		var err error
		decision, replayed, err = decideOn(p, reader, c, once)
		if err != nil || replayed != nil {
			return fact.Change{}, err
		}
		return decision.Change, nil
	})
	if err != nil || replayed != nil {
		return replayed, err
	}
	return r.done(t, decision, receipt), nil
}

func (r *Runner) done(t fact.TenantID, d *engine.Decision, receipt fact.Receipt) *Outcome {
	out := &Outcome{Record: d.Record, Row: d.Row, Position: receipt.Position}
	key := fact.Key{Kind: fact.RecordKind(d.Record.Form), ID: d.Record.ID}
	for i := range d.Change.Put {
		if d.Change.Put[i].Key == key && !d.Change.Put[i].Delete {
			out.Record.Rev, out.Record.Serial = receipt.Revs[i], receipt.Serials[i]
		}
	}
	if len(d.Change.Events) > 0 {
		out.Record.Last = receipt.Position.Offset
	}
	if r.Wake != nil && len(d.Change.Jobs) > 0 {
		due := d.Change.Jobs[0].Due
		for _, j := range d.Change.Jobs[1:] {
			if j.Due.Before(due) {
				due = j.Due
			}
		}
		r.Wake(t, due)
	}
	return out
}

// refuse turns a store's error into the refusal that a person can act on.
func refuse(err error) error {
	var short *store.Short
	switch {
	case errors.Is(err, store.ErrConflict):
		return fact.Refuse(fact.Conflict, fact.Problem{Code: "busy"})
	case errors.As(err, &short):
		return fact.Refuse(fact.Short, fact.Problem{Code: "short", Params: map[string]any{"counter": short.Counter.ID, "have": short.Have, "missing": -(short.Have + short.Want)}})
	case errors.Is(err, store.ErrFull):
		return fact.Refuse(fact.Internal, fact.Problem{Code: "store_full"})
	case errors.Is(err, store.ErrReadOnly):
		return fact.Refuse(fact.Internal, fact.Problem{Code: "store_read_only"})
	default:
		return fmt.Errorf("commit: %w", err)
	}
}

// once is the memory of one idempotency key. The key counts per actor and form,
// so that two people cannot take each other's.
type once struct {
	key  fact.Key
	hash [sha256.Size]byte // of everything the command wishes

	lasting bool // never forgotten
}

func onceOf(c *fact.Command) *once {
	if c.Key == "" {
		return nil
	}
	id := sha256.Sum256([]byte(string(c.Actor.Kind) + "\x00" + c.Actor.ID + "\x00" + c.Form + "\x00" + c.Key))
	h := sha256.New()
	parts := [][]byte{[]byte(c.Type), []byte(c.Transition), c.Input}
	if c.Type != fact.Submit { // a new record's id is made by the server for each try
		parts = append(parts, []byte(c.ID))
	}
	if c.Evidence != nil {
		parts = append(parts, []byte(c.Evidence.Kind), []byte(c.Evidence.Code), []byte(c.Evidence.Ref))
	}
	for _, part := range parts {
		fmt.Fprintf(h, "%d:", len(part))
		h.Write(part)
	}
	o := &once{key: fact.Key{Kind: "idem", ID: fmt.Sprintf("%x", id[:16])}, lasting: strings.HasPrefix(c.Key, LastingKey)}
	h.Sum(o.hash[:0])
	return o
}

// find returns the outcome the key stands for; a key used for another wish is a conflict.
func (o *once) find(reader fact.Reader, c *fact.Command) (*Outcome, error) {
	doc, err := reader.Get(o.key)
	if err != nil || doc.Rev == 0 {
		return nil, err
	}
	if !bytes.Equal(doc.Body[:sha256.Size], o.hash[:]) {
		return nil, fact.Refuse(fact.Conflict, fact.Problem{Code: "key_reused", Params: map[string]any{"key": c.Key}})
	}
	head, body, _ := bytes.Cut(doc.Body[sha256.Size:], []byte{0})
	rev, n := binary.Uvarint(body)
	if n <= 0 {
		return nil, store.ErrCorrupt
	}
	now, err := reader.Get(fact.Key{Kind: fact.RecordKind(c.Form), ID: string(head)})
	if err != nil {
		return nil, err
	}
	// A serial number never changes, so today's is the one that was drawn then.
	rec, err := fact.DecodeRecord(c.Form, fact.Doc{Key: fact.Key{ID: string(head)}, Rev: rev, Serial: now.Serial, Body: body[n:]})
	if err != nil {
		return nil, err
	}
	rec.Data = bytes.Clone(rec.Data)
	return &Outcome{Record: rec, Replayed: true}, nil
}

// remember adds the key to the change: the outcome is known exactly when the change is.
func (o *once) remember(d *engine.Decision, now time.Time) {
	body := make([]byte, 0, 512+len(d.Record.Data))
	body = append(body, o.hash[:]...)
	body = append(body, d.Record.ID...)
	body = append(body, 0)
	body = binary.AppendUvarint(body, d.Rev())
	body = append(body, d.Record.Encode()...)
	d.Change.Expect = append(d.Change.Expect, fact.Expect{Key: o.key})
	d.Change.Put = append(d.Change.Put, fact.Put{Key: o.key, Body: body})
	if o.lasting {
		return
	}
	d.Change.Index = append(d.Change.Index, fact.Entry{Index: keyIndex, Kind: o.key.Kind, ID: o.key.ID, Group: keyDay(now)})
}
