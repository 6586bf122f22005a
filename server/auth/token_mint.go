package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"sluice/runtime/fact"
)

// A token is a prefix that says what it is, its tenant, a dot and 256 random
// bits: "sls_main.Zm9v…". The tenant is in it because every document lives in
// a tenant's own file; it proves nothing, the random part does.
const (
	sessionPrefix = "sls_"
	keyPrefix     = "slk_"
	tokenLongest  = 128
)

// tokenHash is what is stored of a token: 256 random bits need no slow hash.
type tokenHash [sha256.Size]byte

// id is the document id of a token's session or key: half of the hash, so that the whole of it is compared in constant time.
func (h tokenHash) id() string { return hex.EncodeToString(h[:16]) }

func hashToken(token []byte) tokenHash { return sha256.Sum256(token) }

func (a *Auth) mintToken(prefix string, t fact.TenantID) (string, tokenHash, error) {
	var secret [32]byte
	if _, err := io.ReadFull(a.rand, secret[:]); err != nil {
		return "", tokenHash{}, fmt.Errorf("mint token: %w", err)
	}
	token := prefix + string(t) + "." + base64.RawURLEncoding.EncodeToString(secret[:])
	return token, hashToken([]byte(token)), nil
}

// mintID returns 80 random bits as 20 hexadecimal digits after a letter that tells what it names.
func (a *Auth) mintID(letter string) (string, error) {
	var b [10]byte
	if _, err := io.ReadFull(a.rand, b[:]); err != nil {
		return "", fmt.Errorf("mint id: %w", err)
	}
	return letter + hex.EncodeToString(b[:]), nil
}

// parseToken returns the document kind and the tenant that a token claims.
func parseToken(token string) (kind string, t fact.TenantID, ok bool) {
	if len(token) > tokenLongest {
		return "", "", false
	}
	rest, isKey := strings.CutPrefix(token, keyPrefix)
	kind = KindKey
	if !isKey {
		if rest, ok = strings.CutPrefix(token, sessionPrefix); !ok {
			return "", "", false
		}
		kind = KindSession
	}
	tenant, _, ok := strings.Cut(rest, ".")
	if !ok || !ValidTenant(tenant) || tenant == string(Platform) {
		return "", "", false
	}
	return kind, fact.TenantID(strings.Clone(tenant)), true
}

// ValidTenant reports whether s can name a tenant: lower-case letters, digits and hyphens, at most 32.
func ValidTenant(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
