package dossier

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // the rules count in Europe/Amsterdam, also where the machine has no zone files
)

// Amsterdam is the zone in which every rule counts its days.
var Amsterdam = mustZone("Europe/Amsterdam")

func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // tzdata is embedded
	}
	return loc
}

// A Precision is how much of a [Date] is known.
type Precision uint8

const (
	NoDate Precision = iota
	Year             // 2019
	Month            // 2019-05
	Day              // 2019-05-03
	Minute           // 2019-05-03T14:30, with an optional zone
	Second           // 2019-05-03T14:30:05, with an optional zone and fraction
)

// A Date is a moment as the record gives it: a year, a month, a day or a point
// in time. What is not known stays unknown; 2019 never becomes 1 January 2019
// for the reader. The zero Date is "no date".
type Date struct {
	t    time.Time // first instant of the period, in Amsterdam
	prec Precision
}

// ErrDate is wrapped by every error of [ParseDate]; the text itself is not quoted.
var ErrDate = errors.New("not a date (use 2019, 2019-05, 2019-05-03 or 2019-05-03T14:30+02:00)")

var layouts = []struct {
	layout string
	prec   Precision
}{
	{"2006-01-02", Day},
	{"2006-01-02T15:04:05.999999999Z07:00", Second},
	{"2006-01-02T15:04Z07:00", Minute},
	{"2006-01-02T15:04:05.999999999", Second},
	{"2006-01-02T15:04", Minute},
	{"2006-01", Month},
	{"2006", Year},
}

// ParseDate reads a full or partial ISO 8601 date. A time without a zone is
// taken to be in Amsterdam. Years run from 1 to 9999: what a system writes for
// "no date" is read too, and is then a [Date.Placeholder].
func ParseDate(s string) (Date, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Date{}, nil
	}
	for _, l := range layouts {
		t, err := time.ParseInLocation(l.layout, s, Amsterdam)
		if err == nil && t.Year() >= 1 {
			return within(Date{t.In(Amsterdam), l.prec}), nil
		}
	}
	return Date{}, ErrDate
}

// within keeps the first and the last moment of the calendar, which systems use
// for "no date", inside the years that can be written when seen from Amsterdam.
func within(d Date) Date {
	switch y := d.t.Year(); {
	case y < 1:
		return Date{time.Date(1, 1, 1, 0, 0, 0, 0, Amsterdam), Day}
	case y > 9999:
		return Date{time.Date(9999, 12, 31, 0, 0, 0, 0, Amsterdam), Day}
	}
	return d
}

// MustDate is ParseDate for constants; it panics on a fault.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(fmt.Sprintf("dossier.MustDate(%q): %v", s, err))
	}
	return d
}

// DateAt is the Date of a point in time, to the second.
func DateAt(t time.Time) Date { return Date{t.In(Amsterdam).Truncate(time.Second), Second} }

// DayOf is the Date of t's day in Amsterdam.
func DayOf(t time.Time) Date {
	y, m, d := t.In(Amsterdam).Date()
	return Date{time.Date(y, m, d, 0, 0, 0, 0, Amsterdam), Day}
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d.prec == NoDate }

// Precision says how much is known.
func (d Date) Precision() Precision { return d.prec }

// HasTime reports whether a time of day is known.
func (d Date) HasTime() bool { return d.prec >= Minute }

// Start is the first instant that d can mean, in Amsterdam.
func (d Date) Start() time.Time { return d.t }

// End is the first instant after the period that d means: the next midnight for
// a day, the next month's for a month. A moment ends where it starts.
func (d Date) End() time.Time {
	y, m, day := d.t.Date()
	switch d.prec {
	case Year:
		return time.Date(y+1, 1, 1, 0, 0, 0, 0, Amsterdam)
	case Month:
		return time.Date(y, m+1, 1, 0, 0, 0, 0, Amsterdam)
	case Day:
		return time.Date(y, m, day+1, 0, 0, 0, 0, Amsterdam)
	}
	return d.t
}

// Latest is the last midnight that d can mean: d itself for a day or finer, the
// last day of a year or month. What begins on d has for certain begun from there on.
func (d Date) Latest() time.Time {
	if d.prec == Year || d.prec == Month {
		return DayOf(d.End().Add(-time.Nanosecond)).t
	}
	return d.t
}

// AddDays is the day n days after d's last day, for d a day or finer.
func (d Date) AddDays(n int) Date {
	y, m, day := d.t.Date()
	return Date{time.Date(y, m, day+n, 0, 0, 0, 0, Amsterdam), Day}
}

// AddYears is the same day n years on; 29 February becomes 1 March in a common
// year, as the law counts a birthday (BW 1:2 and common practice).
func (d Date) AddYears(n int) Date {
	y, m, day := d.t.Date()
	return Date{time.Date(y+n, m, day, 0, 0, 0, 0, Amsterdam), max(d.prec, Day)}
}

// Compare orders by first instant; a Date without a date comes last, and of two
// that start together the more precise one comes first.
func (d Date) Compare(e Date) int {
	switch {
	case d.IsZero() && e.IsZero():
		return 0
	case d.IsZero():
		return 1
	case e.IsZero():
		return -1
	}
	if c := d.t.Compare(e.t); c != 0 {
		return c
	}
	return int(e.prec) - int(d.prec)
}

// String is the ISO form at d's own precision; a moment carries its zone. Until
// 1937 Amsterdam was 19 minutes and 32 seconds ahead, which ISO 8601 cannot
// write: such a moment is given in UTC.
func (d Date) String() string {
	t := d.t
	if _, offset := t.Zone(); offset%60 != 0 && d.HasTime() {
		t = t.UTC()
	}
	for _, l := range [...]struct {
		prec   Precision
		layout string
	}{{Year, "2006"}, {Month, "2006-01"}, {Day, "2006-01-02"}, {Minute, "2006-01-02T15:04Z07:00"}, {Second, "2006-01-02T15:04:05Z07:00"}} {
		if l.prec == d.prec {
			return t.Format(l.layout)
		}
	}
	return ""
}

// MarshalText implements encoding.TextMarshaler.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Date) UnmarshalText(b []byte) error {
	p, err := ParseDate(string(b))
	if err == nil {
		*d = p
	}
	return err
}
