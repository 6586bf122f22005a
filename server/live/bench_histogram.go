package live

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// histogram counts durations in buckets at most 1/16 wide, without locks.
type histogram struct {
	buckets [64 * 16]atomic.Uint64
}

func (h *histogram) add(d time.Duration) {
	h.buckets[bucketOf(uint64(max(d, 0))/1000)].Add(1)
}

// bucketOf splits each power of two (of microseconds) into 16 equal parts.
func bucketOf(us uint64) int {
	if us < 16 {
		return int(us)
	}
	shift := bits.Len64(us) - 5
	return 16*(shift+1) + int(us>>shift) - 16
}

// boundOf returns the greatest duration of a bucket.
func boundOf(i int) time.Duration {
	if i < 16 {
		return time.Duration(i+1) * time.Microsecond
	}
	shift := i/16 - 1
	return time.Duration(uint64(i%16+17)<<shift) * time.Microsecond
}

func (h *histogram) count() uint64 {
	var n uint64
	for i := range h.buckets {
		n += h.buckets[i].Load()
	}
	return n
}

// quantile returns the duration that a share q of all do not exceed.
func (h *histogram) quantile(q float64) time.Duration {
	n := h.count()
	if n == 0 {
		return 0
	}
	rank := max(1, uint64(q*float64(n)))
	for i := range h.buckets {
		if c := h.buckets[i].Load(); c >= rank {
			return boundOf(i)
		} else {
			rank -= c
		}
	}
	return 0
}
