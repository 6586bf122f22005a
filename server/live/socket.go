package live

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"sluice/runtime/fact"
)

// Close codes of the protocol.
const (
	closeBadFrame  = 4400
	closeSignedOut = 4401
	closeDenied    = 4403
	closeSlow      = 4408
	closeRestart   = websocket.CloseServiceRestart // 1012
)

const (
	writeTime  = 10 * time.Second // for one frame to get through
	pongTime   = 60 * time.Second // without a sign of life the socket is dead
	pingTime   = 25 * time.Second
	lingerTime = time.Second      // for the other side to answer a close
	readBurst  = 60               // frames that a client may send at once
	readEvery  = time.Second / 10 // and then one per so long
	slowTimes  = 3                // full queues within slowTime after which a socket is closed
	slowTime   = time.Minute
)

// socket is one connection. watched and pending belong to its feed.
type socket struct {
	hub   *Hub
	feed  *feed
	seat  *seat
	conn  *websocket.Conn
	token string
	actor atomic.Pointer[fact.Actor]

	watched map[string]*topic   // by view id
	pending map[string]*request // by view id: subscriptions not yet answered
	slow    []time.Time         // when its queue was full

	queue queue

	stopping sync.Once
	done     chan struct{} // closed by stop
	code     int           // of the close frame; 0: none. Set before done is closed
	reason   string
	ended    chan struct{} // closed when the reader ended
}

func newSocket(h *Hub, seat *seat, conn *websocket.Conn, actor fact.Actor, token string) *socket {
	s := &socket{
		hub: h, feed: seat.feed, seat: seat, conn: conn, token: token,
		watched: map[string]*topic{}, pending: map[string]*request{},
		queue: queue{frames: h.limits.Frames, bytes: h.limits.Bytes, ready: make(chan struct{}, 1)},
		done:  make(chan struct{}), ended: make(chan struct{}),
	}
	s.actor.Store(&actor)
	return s
}

// open starts the socket's goroutines; they end by themselves.
func (s *socket) open() {
	if !s.hub.enter(s) {
		s.seat.free()
		s.farewell(closeRestart, "restart")
		_ = s.conn.Close()
		return
	}
	s.feed.ask(request{op: opJoin, socket: s})
	go s.hub.part("socket writer", s.write)
	go s.hub.part("socket reader", s.read)
}

// stop ends the socket with a close code, once; 0 is for one that is gone already.
func (s *socket) stop(code int, reason string) {
	s.stopping.Do(func() {
		s.code, s.reason = code, reason
		close(s.done)
	})
}

// push queues a frame; false means that the queue is full.
func (s *socket) push(fr *frame) bool {
	s.hub.count.queued.Add(1)
	return s.queue.push(fr)
}

// drop forgets what waits in the queue.
func (s *socket) drop() { s.queue.drop() }

// overflowed notes that the queue was full and reports whether that happens too often.
func (s *socket) overflowed(now time.Time) bool {
	kept := s.slow[:0]
	for _, at := range s.slow {
		if now.Sub(at) < slowTime {
			kept = append(kept, at)
		}
	}
	s.slow = append(kept, now)
	return len(s.slow) >= slowTimes
}

// read takes frames until the connection ends, then gives everything back.
func (s *socket) read() {
	defer func() {
		s.stop(0, "")
		close(s.ended)
		s.hub.leave(s)
		s.feed.ask(request{op: opLeave, socket: s})
		s.seat.free()
	}()
	s.conn.SetReadLimit(maxFrame)
	s.conn.SetPongHandler(func(string) error { return s.alive() })
	if s.alive() != nil {
		return
	}
	if code, reason := s.takeFrames(); code != 0 {
		s.stop(code, reason)
		s.drain()
	}
}

// takeFrames returns the code to close with, 0 when the connection has ended.
func (s *socket) takeFrames() (code int, reason string) {
	allowance := bucket{left: readBurst, at: time.Now()}
	for {
		kind, text, err := s.conn.ReadMessage()
		if err != nil || s.alive() != nil {
			return 0, ""
		}
		if !allowance.take(time.Now()) {
			return websocket.ClosePolicyViolation, "too many frames"
		}
		w, err := decodeWish(text)
		if kind != websocket.TextMessage || err != nil {
			return closeBadFrame, "bad frame"
		}
		s.act(w)
	}
}

// drain reads on for a moment: a connection that is closed with something
// unread is reset, and the close frame with its reason might be lost.
func (s *socket) drain() {
	if s.conn.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	s.conn.SetPongHandler(nil)
	for {
		if _, _, err := s.conn.NextReader(); err != nil {
			return
		}
	}
}

// alive moves the time at which a silent connection counts as dead.
func (s *socket) alive() error { return s.conn.SetReadDeadline(time.Now().Add(pongTime)) }

func (s *socket) act(w wish) {
	switch w.Op {
	case "ping":
		if !s.push(note([]byte(`{"op":"pong"}`))) {
			s.stop(closeSlow, "too slow")
		}
	case "sub":
		s.feed.ask(request{op: opWatch, socket: s, view: w.View, since: w.Since, window: w.Window})
	case "unsub":
		s.feed.ask(request{op: opUnwatch, socket: s, view: w.View})
	}
}

// write empties the queue until the socket ends, then says goodbye.
func (s *socket) write() {
	defer func() { _ = s.conn.Close() }()
	defer s.stop(0, "")
	ping := time.NewTicker(pingTime)
	defer ping.Stop()
	var list []*frame
	for {
		select {
		case <-s.done:
			s.goodbye()
			return
		case <-ping.C:
			if s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime)) != nil {
				return
			}
		case <-s.queue.ready:
			list = s.queue.take(list[:0])
			if !s.writeAll(list) {
				return
			}
			clear(list)
		}
	}
}

func (s *socket) writeAll(list []*frame) bool {
	for _, fr := range list {
		if s.conn.SetWriteDeadline(time.Now().Add(writeTime)) != nil {
			return false
		}
		var err error
		if fr.prepared != nil {
			err = s.conn.WritePreparedMessage(fr.prepared)
		} else {
			err = s.conn.WriteMessage(websocket.TextMessage, fr.text)
		}
		if err != nil {
			return false
		}
		fr.written.Add(1)
	}
	return true
}

// goodbye sends the close frame and gives the other side a moment to answer.
func (s *socket) goodbye() {
	if s.code == 0 || !s.farewell(s.code, s.reason) {
		return
	}
	timer := time.NewTimer(lingerTime)
	defer timer.Stop()
	select {
	case <-s.ended:
	case <-timer.C:
	}
}

func (s *socket) farewell(code int, reason string) bool {
	return s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(lingerTime)) == nil
}

// bucket is an allowance that fills up again with time.
type bucket struct {
	left int
	at   time.Time // when it was last filled
}

func (b *bucket) take(now time.Time) bool {
	if n := int(now.Sub(b.at) / readEvery); n > 0 {
		b.left = min(readBurst, b.left+n)
		b.at = b.at.Add(time.Duration(n) * readEvery)
	}
	if b.left == 0 {
		return false
	}
	b.left--
	return true
}
