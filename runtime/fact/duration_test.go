package fact_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
)

func TestParseDurationReadsWholeWeeksDaysAndTimes(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT2H":         2 * time.Hour,
		"PT90M":        90 * time.Minute,
		"PT0S":         0,
		"P1D":          24 * time.Hour,
		"P2W":          14 * 24 * time.Hour,
		"P1DT12H30M5S": 36*time.Hour + 30*time.Minute + 5*time.Second,
		"P1DT5S":       24*time.Hour + 5*time.Second,
		"P36500D":      100 * 365 * 24 * time.Hour,
	} {
		got, err := fact.ParseDuration(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestParseDurationRefusesWhatHasNoFixedLengthOrIsNotWritten(t *testing.T) {
	for _, text := range []string{
		"", "P", "PT", "P1DT", "P1Y", "P1M", "1H", "pt2h", "PT2H ", " PT2H", "-PT2H", "P-1D", "PT1.5H", "PT2", "P2H", "PT2D",
		"PT1M1H", "PT1H1H", "P1W1D", "P1DT1W", "PTT1H", "P1D1D", "P36501D", "PT99999999999H", "P999999999W", "P36500DT1S", "P１D",
	} {
		_, err := fact.ParseDuration(text)
		require.Error(t, err, text)
	}
}
