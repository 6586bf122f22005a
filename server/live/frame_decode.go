package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// Protocol is the WebSocket subprotocol that client and server speak.
const Protocol = "sluice.v1.json"

// maxFrame is the longest frame that a client may send, in bytes.
const maxFrame = 64 << 10

// wish is a frame of a client.
type wish struct {
	Op     string `json:"op"`
	View   string `json:"view"`
	Since  string `json:"since"`
	Window int    `json:"window"`
}

var errFrame = errors.New("not a frame of the protocol")

// decodeWish reads a client's frame strictly: one object, known members, a known op.
func decodeWish(text []byte) (wish, error) {
	var w wish
	if !utf8.Valid(text) {
		return w, errFrame
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if dec.Decode(&w) != nil {
		return w, errFrame
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return w, errFrame
	}
	switch w.Op {
	case "ping":
		return w, nil
	case "sub", "unsub":
		if w.View != "" && len(w.View) <= 64 && len(w.Since) <= 128 && w.Window >= 0 {
			return w, nil
		}
	}
	return w, errFrame
}
