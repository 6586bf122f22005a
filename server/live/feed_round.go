package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"sluice/runtime/fact"
)

// releaseEvent is the type of the event by which another release went live.
const releaseEvent = "release.activated"

// receive carries out what sockets asked for, except subscriptions, which wait
// for the snapshot.
func (f *feed) receive(list []request) {
	for i := range list {
		q := &list[i]
		s := q.socket
		switch q.op {
		case opJoin:
			f.sockets[s] = struct{}{}
			f.send(s, helloFrame(f.release, f.hub.deps.Now()))
		case opLeave:
			f.forget(s)
		case opChanged:
			for view := range s.watched {
				f.unwatch(s, view)
				f.send(s, resyncFrame(view, whyDenied))
			}
		case opUnwatch:
			f.unwatch(s, q.view)
		case opWatch:
			f.wait(q)
		}
	}
}

func (f *feed) forget(s *socket) {
	delete(f.sockets, s)
	for view := range s.watched {
		f.unwatch(s, view)
	}
	for view, q := range s.pending {
		q.over = true
		delete(s.pending, view)
	}
}

// unwatch ends one subscription, whether it was answered yet or not.
func (f *feed) unwatch(s *socket, view string) {
	if q := s.pending[view]; q != nil {
		q.over = true
		delete(s.pending, view)
	}
	t := s.watched[view]
	if t == nil {
		return
	}
	delete(s.watched, view)
	delete(t.subs, s)
	if len(t.subs) == 0 {
		delete(f.topics, t.key)
	}
}

// wait notes a subscription. A socket that subscribes to a view again gets it afresh.
func (f *feed) wait(q *request) {
	s := q.socket
	if _, here := f.sockets[s]; !here {
		return
	}
	f.unwatch(s, q.view)
	if most := f.hub.limits.Subscriptions; len(s.watched)+len(s.pending) >= most {
		f.send(s, errorFrame(q.view, fact.Problem{Code: "too_many_views", Params: map[string]any{"max": most}}))
		return
	}
	s.pending[q.view] = q
	f.waiting = append(f.waiting, q)
}

// resolve finds the screens of waiting subscriptions and answers those that may not be.
func (f *feed) resolve(ctx context.Context) {
	kept := f.waiting[:0]
	for _, q := range f.waiting {
		if q.over {
			continue
		}
		screen, err := f.hub.deps.Screens.Screen(ctx, f.tenant, *q.socket.actor.Load(), q.view)
		if err != nil {
			f.refuse(q, err)
			continue
		}
		q.screen = screen
		kept = append(kept, q)
	}
	clear(f.waiting[len(kept):])
	f.waiting = kept
}

func (f *feed) refuse(q *request, err error) {
	if q.over {
		return
	}
	q.over = true
	delete(q.socket.pending, q.view)
	problem := fact.Problem{Code: "unavailable"}
	var refusal *fact.Refusal
	if errors.As(err, &refusal) && len(refusal.Problems) > 0 {
		problem = refusal.Problems[0]
	} else {
		f.hub.deps.Log.Error("live: a view cannot be shown", "tenant", f.tenant, "view", q.view, "error", err)
	}
	f.send(q.socket, errorFrame(q.view, problem))
}

// advance sends what was committed between the feed's position and the snapshot's.
func (f *feed) advance(r fact.Reader) error {
	to := r.Position()
	if !f.started {
		f.started, f.at = true, to
		return nil
	}
	if f.at == (fact.Position{}) {
		f.at.Epoch = to.Epoch // the tenant had no log yet; its first event is 1 in any epoch
	}
	switch {
	case to.Epoch != f.at.Epoch || to.Offset < f.at.Offset:
		f.reset(whyEpoch)
	case to.Offset-f.at.Offset > uint64(f.hub.limits.Replay):
		f.reset(whySlow)
	case to.Offset > f.at.Offset:
		batch, err := gather(r, f.at.Offset, to.Offset)
		if err != nil {
			return err
		}
		for _, t := range f.topics {
			f.publish(r, t, batch, to)
		}
	}
	f.at = to
	return nil
}

// publish sends a topic's delta to all who watch it. A topic whose delta cannot be
// made, or would be too long, is loaded afresh instead.
func (f *feed) publish(r fact.Reader, t *topic, b *batch, to fact.Position) {
	list := b.changes[t.kind]
	if len(list) == 0 {
		return
	}
	d, err := t.describe(r, list, f.hub.limits.Changes)
	if err != nil || d.over || len(t.seen) > 2*f.hub.limits.Visible {
		if err != nil {
			f.failed(err)
		}
		f.end(t, whySlow)
		return
	}
	if d.n == 0 {
		return
	}
	fr, err := prepare(t.deltaText(d, to, f.hub.deps.Now()))
	if err != nil {
		f.failed(err)
		f.end(t, whySlow)
		return
	}
	f.hub.count.deltas.Add(1)
	fr.given = int32(len(t.subs))
	if f.widest == nil || f.widest.given < fr.given {
		f.widest = fr
	}
	for s := range t.subs {
		f.send(s, fr)
	}
}

// answer gives waiting subscriptions what they start from, as of the snapshot,
// until the round has worked long enough.
func (f *feed) answer(r fact.Reader) {
	start := time.Now()
	made := map[madeKey]*frame{}
	kept := f.waiting[:0]
	for _, q := range f.waiting {
		switch {
		case q.over:
		case q.screen.Release != f.release || time.Since(start) > f.hub.limits.Work:
			kept = append(kept, q)
		default:
			f.begin(r, q, made)
		}
	}
	clear(f.waiting[len(kept):])
	f.waiting = kept
}

// madeKey names a frame made in this round, which others who want the same share.
type madeKey struct {
	topic  *topic
	window int
	since  string
}

// begin answers one subscription. The first frame and the deltas after it go
// through the same queue, in order.
func (f *feed) begin(r fact.Reader, q *request, made map[madeKey]*frame) {
	t := f.topic(q.screen)
	key := madeKey{topic: t, window: q.window, since: q.since}
	fr := made[key]
	if fr == nil {
		var err error
		if fr, err = f.first(r, t, q); err != nil {
			if len(t.subs) == 0 {
				delete(f.topics, t.key)
			}
			f.refuse(q, fmt.Errorf("snapshot of %s: %w", q.view, err))
			return
		}
		made[key] = fr
	}
	q.over = true
	s := q.socket
	delete(s.pending, q.view)
	t.subs[s] = struct{}{}
	s.watched[q.view] = t
	f.send(s, fr)
}

// first makes the frame that a subscription starts from: what happened since the
// client's position when that is known and not long ago, else a snapshot.
func (f *feed) first(r fact.Reader, t *topic, q *request) (*frame, error) {
	if q.since != "" {
		fr, err := f.replay(r, t, q.since)
		if fr != nil || err != nil {
			return fr, err
		}
	}
	text, err := t.snapshot(r, f.at, q.window, f.hub.limits.Visible, f.hub.deps.Now())
	if err != nil {
		return nil, err
	}
	f.hub.count.snapshots.Add(1)
	return prepare(text)
}

// replay returns the delta from a client's position to the feed's, nil when it
// must load afresh.
func (f *feed) replay(r fact.Reader, t *topic, since string) (*frame, error) {
	text, tag, ok := strings.Cut(since, tagMark)
	if !ok || tag != t.tag || t.screen.Sees != nil {
		return nil, nil // another release or scope, or who saw what is not remembered
	}
	from, err := fact.ParsePosition(text)
	if from == (fact.Position{}) {
		from.Epoch = f.at.Epoch
	}
	if err != nil || from.Epoch != f.at.Epoch || from.Offset > f.at.Offset || f.at.Offset-from.Offset > uint64(f.hub.limits.Replay) {
		return nil, nil
	}
	b, err := gather(r, from.Offset, f.at.Offset)
	if err != nil || b.released {
		return nil, err
	}
	d, err := t.describe(r, b.changes[t.kind], f.hub.limits.Changes)
	if err != nil || d.over {
		return nil, err
	}
	f.hub.count.replays.Add(1)
	return prepare(t.deltaText(d, f.at, f.hub.deps.Now()))
}

// topic returns the topic of a screen, which is made when nobody watches it yet.
func (f *feed) topic(sc *Screen) *topic {
	key := topicKey{view: sc.View.Def.ID, scope: sc.Scope}
	t := f.topics[key]
	if t == nil {
		t = newTopic(key, sc, f.hub.deps.Now())
		f.topics[key] = t
	}
	return t
}
