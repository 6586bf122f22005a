package auth

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"

	"sluice/runtime/fact"
)

// Cost is the price of one password hash (argon2id, RFC 9106, one lane).
type Cost struct {
	Passes uint32
	KiB    uint32
}

const (
	passwordShortest = 10  // characters
	passwordLongest  = 256 // bytes
	hashWaiters      = 64  // sign-ins that may queue for a hasher; more are refused, else they pile up in memory
)

// hasher computes password hashes, a few at a time: each takes 19 MiB, so a
// storm of sign-ins must queue instead of exhausting memory.
type hasher struct {
	cost    Cost
	rand    io.Reader
	seats   chan struct{}
	waiting atomic.Int32
	dummy   string // what a sign-in to an unknown account is compared with, so that it takes as long
}

func newHasher(c Cost, seats int, rand io.Reader) *hasher {
	h := &hasher{cost: c, rand: rand, seats: make(chan struct{}, seats)}
	h.dummy = h.encode(make([]byte, 16), make([]byte, 32), c)
	return h
}

// seat waits for a turn; the returned function gives it back.
func (h *hasher) seat() (leave func(), err error) {
	if h.waiting.Add(1) > hashWaiters {
		h.waiting.Add(-1)
		return nil, refuse(fact.Denied, "", "too_many_requests", map[string]any{"seconds": 5})
	}
	h.seats <- struct{}{}
	return func() { <-h.seats; h.waiting.Add(-1) }, nil
}

func derive(password string, salt []byte, c Cost) []byte {
	return argon2.IDKey([]byte(password), salt, c.Passes, c.KiB, 1, 32)
}

// hash returns the stored form of a password: the PHC string format, parameters included.
func (h *hasher) hash(password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := io.ReadFull(h.rand, salt); err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	leave, err := h.seat()
	if err != nil {
		return "", err
	}
	defer leave()
	return h.encode(salt, derive(password, salt, h.cost), h.cost), nil
}

func (h *hasher) encode(salt, sum []byte, c Cost) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, c.KiB, c.Passes, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// matches reports whether the password is the one of the stored form. An empty
// form never matches, but takes as long as one that does not.
func (h *hasher) matches(stored, password string) (bool, error) {
	known := stored != ""
	if !known {
		stored = h.dummy
	}
	salt, want, c, err := decodeHash(stored)
	if err != nil {
		return false, err
	}
	leave, err := h.seat()
	if err != nil {
		return false, err
	}
	defer leave()
	same := subtle.ConstantTimeCompare(derive(password, salt, c), want) == 1
	return same && known, nil
}

func decodeHash(stored string) (salt, sum []byte, c Cost, err error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return nil, nil, c, fmt.Errorf("password hash: unknown form")
	}
	var version, lanes int
	if _, err = fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return nil, nil, c, fmt.Errorf("password hash: version %q", parts[2])
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.KiB, &c.Passes, &lanes); err != nil || lanes != 1 {
		return nil, nil, c, fmt.Errorf("password hash: parameters %q", parts[3])
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return nil, nil, c, fmt.Errorf("password hash: salt: %w", err)
	}
	if sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return nil, nil, c, fmt.Errorf("password hash: sum: %w", err)
	}
	return salt, sum, c, nil
}
