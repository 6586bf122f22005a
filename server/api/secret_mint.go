package api

import (
	"crypto/rand"
	"encoding/hex"
)

// secret returns n random bytes in hexadecimal, for ids that nobody may guess.
func (a *API) secret(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it does not fail
	return hex.EncodeToString(b)
}
