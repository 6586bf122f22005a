package auth

import (
	"sync"
	"time"
)

// Quota is how often something may happen: Burst times at once, then once per Every.
type Quota struct {
	Burst int
	Every time.Duration
}

const limiterKeys = 10_000

// Limiter counts what strangers do, by a key they control (an address, an
// account name), in bounded memory: two generations of token buckets, the older
// of which is dropped when the younger is full. A bucket that was dropped is
// full again, which costs an attacker as many keys as the limiter holds.
type Limiter struct {
	quota Quota
	most  int
	mu    sync.Mutex
	young map[string]bucket
	old   map[string]bucket
}

// bucket is a token bucket as the moment at which it will be full (GCRA): one time instead of a count and a time.
type bucket struct{ full time.Time }

// NewLimiter returns a Limiter that remembers between keys and twice as many keys.
func NewLimiter(q Quota, keys int) *Limiter {
	return &Limiter{quota: q, most: keys, young: make(map[string]bucket), old: make(map[string]bucket)}
}

// Take takes one token of the key and returns 0, or returns how long to wait for one.
func (l *Limiter) Take(key string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.young[key]
	if !ok {
		b = l.old[key]
	}
	if b.full.Before(now) {
		b.full = now
	}
	next := b.full.Add(l.quota.Every)
	if wait := next.Sub(now) - time.Duration(l.quota.Burst)*l.quota.Every; wait > 0 {
		return wait
	}
	if len(l.young) >= l.most && !ok {
		l.old, l.young = l.young, make(map[string]bucket, l.most)
	}
	l.young[key] = bucket{full: next}
	return 0
}

// Give returns one token of the key, for an attempt that turned out to be right.
func (l *Limiter) Give(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.young[key]; ok {
		l.young[key] = bucket{full: b.full.Add(-l.quota.Every)}
	}
}

// seconds rounds a wait up to whole seconds, at least 1.
func seconds(wait time.Duration) int {
	return max(1, int((wait+time.Second-1)/time.Second))
}
