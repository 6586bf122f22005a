package live

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/schemas"
)

// frame is a message on its way to sockets. A frame for many sockets is
// prepared: it is laid out for the wire once.
type frame struct {
	text     []byte
	prepared *websocket.PreparedMessage // nil: text is for one socket
	keep     bool                       // stays when a full queue is dropped
	given    int32                      // of a delta: how many sockets got it
	written  atomic.Int32               // and how many have sent it on
}

func (f *frame) size() int { return len(f.text) }

// prepare makes a frame for many sockets.
func prepare(text []byte) (*frame, error) {
	p, err := websocket.NewPreparedMessage(websocket.TextMessage, text)
	if err != nil {
		return nil, err
	}
	return &frame{text: text, prepared: p}, nil
}

// note is a short frame for one socket that is not lost when its queue is dropped.
func note(text []byte) *frame { return &frame{text: text, keep: true} }

// appendOp begins a frame: {"op":"…" and, when there is one, the view.
func appendOp(b []byte, op, view string) []byte {
	b = append(append(append(b, `{"op":"`...), op...), '"')
	if view != "" {
		b = field.AppendText(append(b, `,"view":`...), view)
	}
	return b
}

func appendNow(b []byte, now time.Time) []byte {
	b = append(b, `,"now":"`...)
	return append(field.AppendTime(b, now.UnixMilli()), '"')
}

func helloFrame(release string, now time.Time) *frame {
	b := appendNow(field.AppendText(append(appendOp(nil, "hello", ""), `,"release":`...), release), now)
	return note(append(b, '}'))
}

func tickFrame(p fact.Position, now time.Time) []byte {
	b := appendNow(appendOp(nil, "tick", ""), now)
	return append(append(append(b, `,"position":"`...), p.String()...), '"', '}')
}

// The reasons of a resync.
const (
	whySlow    = "slow"
	whyEpoch   = "epoch"
	whyRelease = "release"
	whyDenied  = "denied"
)

func resyncFrame(view, why string) *frame {
	b := append(append(appendOp(nil, "resync", view), `,"reason":"`...), why...)
	return note(append(b, '"', '}'))
}

// errorFrame says in both languages why a view cannot be watched.
func errorFrame(view string, p fact.Problem) *frame {
	b := field.AppendText(append(appendOp(nil, "error", view), `,"code":`...), p.Code)
	b = field.AppendText(append(b, `,"message":{"zh":`...), sentence(p, "zh"))
	b = field.AppendText(append(b, `,"en":`...), sentence(p, "en"))
	return note(append(b, '}', '}'))
}

// appendCounts appends the counts of groups, in order.
func appendCounts(b []byte, groups []string, counts map[string]int64) []byte {
	b = append(b, `,"counts":{`...)
	first := true
	for _, g := range groups {
		n, ok := counts[g]
		if !ok {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = strconv.AppendInt(append(field.AppendText(b, g), ':'), n, 10)
	}
	return append(b, '}')
}

func sentence(p schemas.Problem, lang string) string { return p.Sentence(lang) }
