package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

// Client is the other side of a socket: for benchmarks, tests and programs
// that watch a view. One goroutine may call Next while another sends.
type Client struct {
	conn *websocket.Conn
}

// Frame is any frame of the server; absent members are zero.
type Frame struct {
	Op       string           `json:"op"`
	View     string           `json:"view"`
	Position string           `json:"position"` // to be shown at the next Subscribe
	Release  string           `json:"release"`
	Now      time.Time        `json:"now"`
	Reason   string           `json:"reason"` // of a resync
	Code     string           `json:"code"`   // of an error
	Groups   []Group          `json:"groups"`
	Changes  []Change         `json:"changes"`
	Counts   map[string]int64 `json:"counts"`
}

// Group is one group of a snapshot.
type Group struct {
	Group string  `json:"group"`
	Count *int64  `json:"count"` // nil when it is not known
	Cards []Card  `json:"cards"`
	Next  *string `json:"next"` // cursor behind the last card, nil when there are no more
}

// Change is one change of a delta: op enter, update, move or leave.
type Change struct {
	Op   string `json:"op"`
	ID   string `json:"id"`   // of leave
	From string `json:"from"` // of move and leave
	Card *Card  `json:"card"`
}

// Card is what a view shows of a record.
type Card struct {
	ID      string                     `json:"id"`
	No      string                     `json:"no"`
	Rev     uint64                     `json:"rev"`
	Group   string                     `json:"group"`
	Sort    string                     `json:"sort"`
	Title   string                     `json:"title"`
	State   string                     `json:"state"`
	Entered time.Time                  `json:"entered"`
	Values  map[string]json.RawMessage `json:"values"`
	Color   string                     `json:"color"`
	Warn    time.Time                  `json:"warn"`
	Due     time.Time                  `json:"due"`
}

// Dial connects to url ("ws://127.0.0.1:8080/api/v1/live") with a token.
func Dial(ctx context.Context, url, token string) (*Client, error) {
	d := websocket.Dialer{
		HandshakeTimeout: writeTime, ReadBufferSize: 4096, WriteBufferSize: 1024,
		Subprotocols: []string{Protocol},
	}
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	conn, answer, err := d.DialContext(ctx, url, header)
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close()
	}
	if err != nil {
		if answer != nil {
			return nil, fmt.Errorf("connect to %s: %w (status %d)", url, err, answer.StatusCode)
		}
		return nil, fmt.Errorf("connect to %s: %w", url, err)
	}
	return &Client{conn: conn}, nil
}

// Subscribe watches a view: from a position, or with "" from a snapshot with
// window cards per group (0: as the view says).
func (c *Client) Subscribe(view, since string, window int) error {
	w := map[string]any{"op": "sub", "view": view}
	if since != "" {
		w["since"] = since
	}
	if window > 0 {
		w["window"] = window
	}
	return c.conn.WriteJSON(w)
}

// Unsubscribe stops watching a view.
func (c *Client) Unsubscribe(view string) error {
	return c.conn.WriteJSON(map[string]any{"op": "unsub", "view": view})
}

// Next waits for the next frame. After an error the client is of no use any
// more; CloseCode tells whether the server closed it and why.
func (c *Client) Next(ctx context.Context) (*Frame, error) {
	text, err := c.next(ctx)
	if err != nil {
		return nil, err
	}
	return decodeFrame(text)
}

func decodeFrame(text []byte) (*Frame, error) {
	var f Frame
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("frame of the server: %w", err)
	}
	return &f, nil
}

func (c *Client) next(ctx context.Context) ([]byte, error) {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	_, text, err := c.conn.ReadMessage()
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return text, err
}

// CloseCode returns the close code in an error of Next, 0 when there is none.
func CloseCode(err error) int {
	var e *websocket.CloseError
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// Close ends the connection with a goodbye.
func (c *Client) Close() error {
	_ = c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	return c.conn.Close()
}

// Abort ends the connection without a word, as a lost network does.
func (c *Client) Abort() error { return c.conn.Close() }
