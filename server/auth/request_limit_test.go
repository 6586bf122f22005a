package auth

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLimiter(t *testing.T) {
	now := time.Unix(1000, 0)
	l := NewLimiter(Quota{Burst: 3, Every: time.Second}, 10)
	for range 3 {
		require.Zero(t, l.Take("a", now))
	}
	require.Equal(t, time.Second, l.Take("a", now))
	require.Zero(t, l.Take("b", now), "another key has its own")
	require.Zero(t, l.Take("a", now.Add(time.Second)))
	require.Equal(t, 500*time.Millisecond, l.Take("a", now.Add(1500*time.Millisecond)))
	l.Give("a")
	require.Zero(t, l.Take("a", now.Add(1500*time.Millisecond)))
}

func TestLimiterIsBounded(t *testing.T) {
	now := time.Unix(1000, 0)
	l := NewLimiter(Quota{Burst: 1, Every: time.Hour}, 10)
	require.Zero(t, l.Take("victim", now))
	for i := range 15 {
		l.Take(strconv.Itoa(i), now)
		require.LessOrEqual(t, len(l.young)+len(l.old), 20)
	}
	require.NotZero(t, l.Take("victim", now), "ten strangers do not make it forgotten")
}
