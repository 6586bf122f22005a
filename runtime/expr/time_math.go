package expr

import (
	"time"

	"sluice/runtime/fact"
)

const (
	dayMillis = 86_400_000
	firstDay  = -719162 // 0001-01-01
	lastDay   = 2932896 // 9999-12-31
)

func zone(env *fact.Env) *time.Location {
	if env.Zone == nil {
		return time.UTC
	}
	return env.Zone
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// localMillis returns the local date and time of an instant as if it were UTC.
func localMillis(ms int64, z *time.Location) int64 { return ms + offset(ms, z) }

func offset(ms int64, z *time.Location) int64 {
	if z == time.UTC {
		return 0
	}
	_, seconds := time.UnixMilli(ms).In(z).Zone()
	return int64(seconds) * 1000
}

func localDay(ms int64, z *time.Location) int64 { return floorDiv(localMillis(ms, z), dayMillis) }

// instant turns a local date and time (as if it were UTC) into an instant. A
// time that comes twice is the first; one that a clock change skips moves
// forward by the gap.
func instant(local int64, z *time.Location) int64 {
	before := offset(local-dayMillis, z)
	if offset(local-before, z) == before {
		return local - before
	}
	after := offset(local+dayMillis, z)
	if offset(local-after, z) == after {
		return local - after
	}
	return local - before
}

func civil(days int64) (year, month, day int64) {
	y, m, d := time.Unix(days*86400, 0).UTC().Date()
	return int64(y), int64(m), int64(d)
}

// dayOf returns the day number of the first of a month (counted from year 0) plus day-1 days.
func dayOf(months, day int64) int64 {
	y, m := floorDiv(months, 12), months-12*floorDiv(months, 12)
	return time.Date(int(y), time.Month(m+1), 1, 0, 0, 0, 0, time.UTC).Unix()/86400 + day - 1
}

// addMonths moves a day by months and keeps the day of the month, or takes the
// month's last day when it has none such. ok is false outside of years 1–9999.
func addMonths(days, n int64) (moved int64, ok bool) {
	y, m, d := civil(days)
	months := y*12 + m - 1 + n
	if months < 12 || months >= 10000*12 {
		return 0, false
	}
	last := dayOf(months+1, 0)
	return min(dayOf(months, d), last), true
}

// monthsBetween counts whole months from a to b.
func monthsBetween(a, b int64) int64 {
	if a > b {
		return -monthsBetween(b, a)
	}
	ya, ma, _ := civil(a)
	yb, mb, _ := civil(b)
	n := (yb-ya)*12 + mb - ma
	if moved, ok := addMonths(a, n); !ok || moved > b {
		n--
	}
	return n
}

type unit uint8

const (
	unitYear unit = iota + 1
	unitMonth
	unitWeek
	unitDay
	unitHour
	unitMinute
	unitSecond
)

var units = map[string]unit{
	"year": unitYear, "month": unitMonth, "week": unitWeek, "day": unitDay,
	"hour": unitHour, "minute": unitMinute, "second": unitSecond,
}

func (u unit) millis() int64 {
	switch u {
	case unitHour:
		return 3_600_000
	case unitMinute:
		return 60_000
	default:
		return 1000
	}
}

const maxStep = 1_000_000_000_000

// addDay moves a day by n units of a day or more.
func (u unit) addDay(days, n int64) (int64, bool) {
	if n > maxStep || n < -maxStep {
		return 0, false
	}
	switch u {
	case unitYear:
		return addMonths(days, n*12)
	case unitMonth:
		return addMonths(days, n)
	case unitWeek:
		n *= 7
	}
	days += n
	return days, days >= firstDay && days <= lastDay
}

// addTime moves an instant by n units.
func (u unit) addTime(ms, n int64, z *time.Location) (int64, bool) {
	if n > maxStep || n < -maxStep {
		return 0, false
	}
	if u >= unitHour {
		ms += n * u.millis()
	} else {
		local := localMillis(ms, z)
		day := floorDiv(local, dayMillis)
		moved, ok := u.addDay(day, n)
		if !ok {
			return 0, false
		}
		ms = instant(local+(moved-day)*dayMillis, z)
	}
	return ms, ms >= firstDay*dayMillis && ms < (lastDay+1)*dayMillis
}

// between counts whole units of a day or more from day a to day b.
func (u unit) between(a, b int64) int64 {
	switch u {
	case unitYear:
		return monthsBetween(a, b) / 12
	case unitMonth:
		return monthsBetween(a, b)
	case unitWeek:
		return (b - a) / 7
	}
	return b - a
}
