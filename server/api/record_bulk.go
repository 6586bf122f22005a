package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/runtime/program"
	"sluice/server/command"
)

// Sizes of a bulk stream. Memory is bounded by two batches of lines and the
// answers that are held back.
const (
	bulkBatch   = 256      // lines decided and committed together
	bulkBytes   = 4 << 20  // bytes of lines after which a batch is full
	bulkWorkers = 64       // lines of a batch decided at once, so that they share commits
	bulkHeld    = 4 << 20  // bytes of answers held back: many clients read only when they have sent all
	bulkBuffer  = 64 << 10 // bytes read at once
)

// bulkRecords reads records line by line and answers line by line, in their
// order. A line's key makes sending it again harmless.
func (k *call) bulkRecords() error {
	f, acc, err := k.form()
	if err != nil {
		return err
	}
	if !acc.Create {
		return refuse(fact.Denied, "role_denied", nil)
	}
	b := &bulk{
		api: k.api, tenant: k.who.Tenant, actor: k.who.Actor, form: f, lang: k.lang(),
		lines: bufio.NewReaderSize(&capped{k.c.Context().RequestBodyStream(), k.route.body.limit}, bulkBuffer),
	}
	k.c.Status(fiber.StatusOK)
	k.c.Set(fiber.HeaderContentType, "application/x-ndjson; charset=utf-8")
	// The stream is read by whoever writes the answer, after this function has
	// returned: nothing of the call is used from there.
	k.c.Context().Response.SetBodyStream(b, -1)
	return nil
}

// bulk is one bulk request; as a reader it is its own answer. While one batch
// is decided the next one is read.
type bulk struct {
	api    *API
	tenant fact.TenantID
	actor  fact.Actor
	form   *program.Form
	lang   string
	lines  *bufio.Reader

	line    int // lines seen
	out     bytes.Buffer
	running *batch
	ended   error // of the input, io.EOF when all is read
	open    bool  // answers are no longer held back
	counts  struct{ created, exists, rejected int }
}

// Read returns answers; it decides more lines when there are none to return.
func (b *bulk) Read(p []byte) (n int, err error) {
	defer func() {
		if v := recover(); v != nil {
			b.api.Log.Error("bulk panicked", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			err = fmt.Errorf("bulk: %v", v)
		}
	}()
	for b.ended == nil && (b.out.Len() == 0 || !b.open && b.out.Len() < bulkHeld) {
		b.step()
	}
	b.open = true
	if b.out.Len() == 0 {
		return 0, io.EOF
	}
	return b.out.Read(p)
}

// step starts the next batch and takes in the answers of the one before.
func (b *bulk) step() {
	next := b.readBatch()
	b.collect()
	if len(next.lines) > 0 {
		next.start(b)
		b.running = next
	}
	if b.ended != nil {
		b.collect()
		b.finish()
	}
}

func (b *bulk) collect() {
	if b.running == nil {
		return
	}
	b.running.wg.Wait()
	for i := range b.running.lines {
		l := &b.running.lines[i]
		switch l.status {
		case "created":
			b.counts.created++
		case "exists":
			b.counts.exists++
		default:
			b.counts.rejected++
		}
		b.out.Write(l.answer(b.lang))
	}
	b.running = nil
}

// finish writes the last line. Input that broke off is said there: what was answered before stands.
func (b *bulk) finish() {
	line := append([]byte(nil), `{"done":`...)
	line = strconv.AppendBool(line, b.ended == io.EOF)
	line = fmt.Appendf(line, `,"created":%d,"exists":%d,"rejected":%d`, b.counts.created, b.counts.exists, b.counts.rejected)
	if b.ended != io.EOF {
		p := fact.Problem{Code: "body_cut"}
		if b.ended == errTooMuch {
			p = fact.Problem{Code: "too_large_body", Params: map[string]any{"max": b.api.MaxBulk}}
		}
		line = append(line, `,"problems":`...)
		line = appendProblems(line, []fact.Problem{p}, b.lang)
	}
	b.out.Write(append(line, '}', '\n'))
}

// readBatch reads lines until the batch is full or the input ends.
func (b *bulk) readBatch() *batch {
	out := &batch{lines: make([]bulkLine, 0, bulkBatch)}
	size := 0
	for b.ended == nil && len(out.lines) < bulkBatch && size < bulkBytes {
		text, tooLong, err := readLine(b.lines, int(b.api.MaxBody))
		if err != nil {
			b.ended = err
		}
		if err != nil && err != io.EOF {
			break // a line that was cut is not a line
		}
		b.line++
		if len(text) == 0 && !tooLong {
			continue
		}
		size += len(text)
		l := bulkLine{number: b.line, text: text}
		if tooLong {
			l.reject(fact.Problem{Code: "too_large_body", Params: map[string]any{"max": b.api.MaxBody}})
		}
		out.lines = append(out.lines, l)
	}
	return out
}

// readLine reads a line without its end; one longer than max is skipped.
func readLine(r *bufio.Reader, max int) (line []byte, tooLong bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if !tooLong {
			line = append(line, part...)
			if len(line) > max+2 {
				line, tooLong = nil, true
			}
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		return bytes.TrimSpace(line), tooLong, err
	}
}

// batch is lines that are decided together.
type batch struct {
	lines []bulkLine
	next  atomic.Int64
	wg    sync.WaitGroup
}

// start decides the lines on several goroutines, so that the store commits them together.
func (t *batch) start(b *bulk) {
	for range min(bulkWorkers, len(t.lines)) {
		t.wg.Go(func() {
			for {
				i := int(t.next.Add(1)) - 1
				if i >= len(t.lines) {
					return
				}
				t.lines[i].decide(b)
			}
		})
	}
}

// bulkLine is one line of input and what came of it.
type bulkLine struct {
	number   int
	text     []byte
	status   string
	id       string
	problems []fact.Problem
}

func (l *bulkLine) reject(problems ...fact.Problem) {
	l.status, l.problems = "rejected", problems
}

// decide sends the line's record through the one door.
func (l *bulkLine) decide(b *bulk) {
	defer func() {
		if v := recover(); v != nil {
			b.api.Log.Error("bulk line panicked", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			l.reject(fact.Problem{Code: "internal", Params: map[string]any{"id": "bulk"}})
		}
	}()
	if l.status != "" {
		return
	}
	var in struct {
		Key  string          `json:"key"`
		Data json.RawMessage `json:"data"`
	}
	if err := decodeStrict(l.text, &in); err != nil {
		l.fail(b, err)
		return
	}
	if len(in.Key) > 255 {
		l.reject(fact.Problem{Path: "/key", Code: "too_long", Params: map[string]any{"max": 255}})
		return
	}
	now := b.api.Now()
	out, err := b.submit(in.Key, in.Data, now)
	if err != nil {
		l.fail(b, err)
		return
	}
	l.status, l.id = "created", out.Record.ID
	if out.Replayed {
		l.status = "exists"
	}
}

func (b *bulk) submit(key string, data []byte, now time.Time) (*command.Outcome, error) {
	return b.api.Runner.Run(context.Background(), b.tenant, fact.Command{
		Type: fact.Submit, Form: b.form.Def.ID, ID: command.NewID(now), Input: data, Key: key, Actor: b.actor, Now: now,
	})
}

func (l *bulkLine) fail(b *bulk, err error) {
	if refusal := known(err); refusal != nil {
		l.reject(refusal.Problems...)
		return
	}
	b.api.Log.Error("bulk line failed", "line", l.number, "err", err)
	l.reject(fact.Problem{Code: "internal", Params: map[string]any{"id": "bulk"}})
}

func (l *bulkLine) answer(lang string) []byte {
	line := make([]byte, 0, 96)
	line = append(line, `{"line":`...)
	line = strconv.AppendInt(line, int64(l.number), 10)
	line = appendMember(line, "status", l.status)
	if l.id != "" {
		line = append(line, `,"id":`...)
		line = field.AppendText(line, l.id)
	}
	if len(l.problems) > 0 {
		line = append(line, `,"problems":`...)
		line = appendProblems(line, l.problems, lang)
	}
	return append(line, '}', '\n')
}

var errTooMuch = errors.New("body is longer than its limit")

// capped reads at most a number of bytes and then fails: fasthttp limits only what it reads itself.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.r == nil {
		return 0, io.EOF
	}
	if c.left <= 0 {
		var one [1]byte
		if n, err := c.r.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, errTooMuch
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	return n, err
}
