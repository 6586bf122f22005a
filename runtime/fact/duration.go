package fact

import (
	"errors"
	"time"
)

// errDuration is the one complaint of ParseDuration; callers name the place and
// give the problem code invalid_duration.
var errDuration = errors.New("not a duration like PT2H, P1D or P1DT12H30M")

// maxDuration is the longest duration that is accepted: 100 years of 365 days.
const maxDuration = 100 * 365 * 24 * time.Hour

// durationUnits are the designators in the order in which ISO 8601 wants them.
var durationUnits = [...]struct {
	letter byte
	time   bool // stands after the T
	unit   time.Duration
}{
	{'D', false, 24 * time.Hour},
	{'H', true, time.Hour},
	{'M', true, time.Minute},
	{'S', true, time.Second},
}

// ParseDuration reads an ISO 8601 duration of whole weeks ("P2W") or of whole
// days, hours, minutes and seconds ("P1DT12H30M"). A day is 24 hours.
//
// Years and months are refused because their length depends on the date they
// are added to; fractions and signs because nothing needs them; more than 100
// years because it is a slip.
func ParseDuration(s string) (time.Duration, error) {
	if len(s) < 3 || len(s) > 32 || s[0] != 'P' {
		return 0, errDuration
	}
	if n, rest, ok := wholeNumber(s[1:]); ok && rest == "W" {
		return scaled(n, 7*24*time.Hour)
	}
	return parseParts(s[1:])
}

// parseParts reads what follows the P when it is not weeks.
func parseParts(s string) (time.Duration, error) {
	var sum time.Duration
	next, inTime := 0, false
	for s != "" {
		if s[0] == 'T' && !inTime && len(s) > 1 {
			inTime, s = true, s[1:]
			continue
		}
		n, rest, ok := wholeNumber(s)
		if !ok || rest == "" {
			return 0, errDuration
		}
		for next < len(durationUnits) && (durationUnits[next].letter != rest[0] || durationUnits[next].time != inTime) {
			next++
		}
		if next == len(durationUnits) {
			return 0, errDuration
		}
		part, err := scaled(n, durationUnits[next].unit)
		if err != nil || part > maxDuration-sum {
			return 0, errDuration
		}
		sum += part
		next++
		s = rest[1:]
	}
	return sum, nil
}

// wholeNumber reads at most ten digits and returns what follows them.
func wholeNumber(s string) (n int64, rest string, ok bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		n = n*10 + int64(s[i]-'0')
		i++
	}
	return n, s[i:], i > 0 && i <= 10
}

func scaled(n int64, unit time.Duration) (time.Duration, error) {
	if n > int64(maxDuration/unit) {
		return 0, errDuration
	}
	return time.Duration(n) * unit, nil
}
