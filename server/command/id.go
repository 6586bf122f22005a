package command

import (
	"encoding/base32"
	"time"

	"github.com/google/uuid"
)

var idText = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// NewID returns a new record id: a UUID of version 7 (RFC 9562 §5.7) whose time
// part is the given one, as 26 lower-case characters that sort by time. Ids made
// in order are stored in order, which is what keeps a large store fast.
func NewID(at time.Time) string {
	u, err := uuid.NewV7()
	if err != nil {
		u = uuid.New() // the random source failed; uuid.New panics when it is truly gone
	}
	ms := at.UnixMilli()
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	return idText.EncodeToString(u[:])
}
