package schemas

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func accepted(f func(string) bool, in ...string) []string {
	var out []string
	for _, s := range in {
		if f(s) {
			out = append(out, s)
		}
	}
	return out
}

func TestIsDate(t *testing.T) {
	t.Parallel()
	good := []string{"2026-01-31", "2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31"}
	require.Equal(t, good, accepted(isDate[string], good...))
	require.Empty(t, accepted(isDate[string], "", "2026-1-31", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01",
		"2026-01-00", "2026-04-31", "2026-01-31 ", "+026-01-01", "2026/01/31", "20260131", "２026-01-1"))
}

func TestIsTime(t *testing.T) {
	t.Parallel()
	good := []string{"2026-01-31T08:00:00Z", "2026-01-31T08:00:00.1Z", "2026-01-31T23:59:59.123456789+08:00", "2026-01-31T00:00:00-23:59"}
	require.Equal(t, good, accepted(isTime[string], good...))
	require.Empty(t, accepted(isTime[string], "", "2026-01-31", "2026-01-31t08:00:00Z", "2026-01-31T08:00:00z", "2026-01-31T08:00:00",
		"2026-01-31T24:00:00Z", "2026-01-31T08:60:00Z", "2026-06-30T23:59:60Z", "2026-01-31T08:00:00.Z", "2026-01-31T08:00:00.",
		"2026-01-31T08:00:00.1234567890Z", "2026-01-31T08:00:00+0800", "2026-01-31T08:00:00+24:00", "2026-01-31T08:00:00+08:60",
		"2026-01-31T08:00:00Z ", "2026-01-31T08:00Z00:00Z", "2026-02-30T08:00:00Z", "2026-01-31T+1:00:00Z"))
}

func TestIsDuration(t *testing.T) {
	t.Parallel()
	good := []string{"PT90M", "PT2H", "P1D", "P2W", "P1DT12H30M", "PT0S", "P1DT5S", "P36500D", "PT1H1S"}
	require.Equal(t, good, accepted(isDuration, good...))
	require.Empty(t, accepted(isDuration, "", "P", "PT", "P1Y", "P1M", "1D", "P1DT", "PT1D", "P1H", "P1W1D", "P1D1W", "P1WT1H", "PT1S1M", "PT1H1H",
		"P-1D", "PT1.5H", "P36501D", "PT9999999999999H", "PT5", "PTT1H", "P1DT1HT1M", "P5T", "PT1W"))
}

func TestIsPointer(t *testing.T) {
	t.Parallel()
	good := []string{"", "/", "/a", "/a/0", "/a~0b~1c", "/数"}
	require.Equal(t, good, accepted(isPointer, good...))
	require.Empty(t, accepted(isPointer, "a", "/~2", "/a~", "#/a"))
}

func TestPattern(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`^[\u4e00-\u9fa5]+$`: `^[\x{4e00}-\x{9fa5}]+$`,
		`\u4e00\u4e01`:       `\x{4e00}\x{4e01}`,
		`\\u4e00`:            `\\u4e00`,
		`\p{Script=Han}+`:    `\p{Han}+`,
		`[A-Z]{2}`:           `[A-Z]{2}`,
	} {
		got, err := Pattern(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got, in)
	}
	for _, in := range []string{`(?=a)`, `(a)\1`, `[`, `(a{1000}){1000}`, `\p{Nope}`} {
		_, err := Pattern(in)
		require.Error(t, err, in)
	}
}
