package live

import (
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
)

// logEnd is a snapshot of which only the position matters.
type logEnd struct{ at fact.Position }

func (l logEnd) Get(k fact.Key) (fact.Doc, error) { return fact.Doc{Key: k}, nil }
func (l logEnd) Scan(fact.Range) iter.Seq2[fact.Doc, error] {
	return func(func(fact.Doc, error) bool) {}
}
func (l logEnd) Count(string, string) (int64, error)     { return 0, nil }
func (l logEnd) Groups(string) (map[string]int64, error) { return nil, nil }
func (l logEnd) Counter(fact.Key) (int64, error)         { return 0, nil }
func (l logEnd) Event(o uint64) (fact.Event, error)      { return fact.Event{Offset: o}, nil }
func (l logEnd) Position() fact.Position                 { return l.at }

// oneWatcher is a feed at a position with a socket that watches the board.
func oneWatcher(t *testing.T, at fact.Position) (*feed, *socket) {
	t.Helper()
	hub := New(Deps{Limits: Limits{Replay: 10}})
	t.Cleanup(hub.Close)
	f := newFeed(hub, tenant)
	f.started, f.at = true, at
	s := newSocket(hub, &seat{hub: hub, feed: f}, nil, alwaysAnn, "")
	f.sockets[s] = struct{}{}
	topic := newTopic(topicKey{view: "board"}, boardScreen(t), time.Now())
	topic.subs[s] = struct{}{}
	f.topics[topic.key], s.watched["board"] = topic, topic
	return f, s
}

func boardScreen(t *testing.T) *Screen {
	t.Helper()
	return &Screen{View: compileBoard(t), Release: "r1"}
}

func TestALogThatIsNotTheContinuationLoadsAfresh(t *testing.T) {
	for name, c := range map[string]struct {
		to   fact.Position
		want string
	}{
		"restored":     {fact.Position{Epoch: 2, Offset: 101}, `{"op":"resync","view":"board","reason":"epoch"}`},
		"cut":          {fact.Position{Epoch: 1, Offset: 99}, `{"op":"resync","view":"board","reason":"epoch"}`},
		"far behind":   {fact.Position{Epoch: 1, Offset: 111}, `{"op":"resync","view":"board","reason":"slow"}`},
		"nothing new":  {fact.Position{Epoch: 1, Offset: 100}, ""},
		"other things": {fact.Position{Epoch: 1, Offset: 110}, ""},
	} {
		f, s := oneWatcher(t, fact.Position{Epoch: 1, Offset: 100})
		require.NoError(t, f.advance(logEnd{c.to}))
		require.Equal(t, c.to, f.at, name)
		got := ""
		for _, fr := range s.queue.take(nil) {
			got += string(fr.text)
		}
		require.Equal(t, c.want, got, name)
		require.Equal(t, c.want == "", s.watched["board"] != nil, name)
	}
}

func TestTheFirstEventOfALogFollowsTheEmptyOne(t *testing.T) {
	f, s := oneWatcher(t, fact.Position{})
	require.NoError(t, f.advance(logEnd{fact.Position{Epoch: 77, Offset: 3}}))
	require.Empty(t, s.queue.take(nil))
	require.Equal(t, fact.Position{Epoch: 77, Offset: 3}, f.at)
}

func TestARoundWaitsForManyBusySocketsNotForAFew(t *testing.T) {
	f := &feed{}
	require.False(t, f.busy())
	for _, c := range []struct {
		given, written int32
		want           bool
	}{{1000, 0, true}, {1000, 749, true}, {1000, 751, false}, {1000, 1000, false}, {30, 0, false}, {33, 0, true}, {100, 70, false}} {
		f.widest = &frame{given: c.given}
		f.widest.written.Store(c.written)
		require.Equal(t, c.want, f.busy(), c)
	}
}

func TestAQueueIsBoundedAndKeepsNotes(t *testing.T) {
	q := queue{frames: 3, bytes: 10, ready: make(chan struct{}, 1)}
	data := func(n int) *frame { return &frame{text: make([]byte, n)} }
	require.True(t, q.push(data(50)), "one frame always finds room")
	require.False(t, q.push(data(1)), "but not with another")
	require.Len(t, q.take(nil), 1)
	require.True(t, q.push(data(4)))
	require.True(t, q.push(note([]byte("note"))))
	require.True(t, q.push(data(1)))
	require.False(t, q.push(data(1)), "too many")
	require.True(t, q.push(note(make([]byte, 100))), "a note finds room all the same")
	q.drop()
	require.Len(t, q.take(nil), 2, "notes stay")
	for range 6 {
		require.True(t, q.push(note(nil)))
	}
	require.False(t, q.push(note(nil)), "notes are bounded too")
}
