package compose

import (
	"strconv"
	"strings"
	"time"

	"inzage/internal/dossier"
)

// number writes a count in the reader's notation: 1.250, or 1,250 in English.
func (c *catalogue) number(n int) string {
	s := strconv.Itoa(n)
	if n < 1000 && n > -1000 {
		return s
	}
	return group(s, c.say(kThousands))
}

// decimal writes a measured value with the digits it has and no more: 37,4.
func (c *catalogue) decimal(v float64) string {
	whole, part, has := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
	whole = group(whole, c.say(kThousands))
	if !has {
		return whole
	}
	return whole + c.say(kDecimal) + part
}

// group sets a mark between each three digits, from the right.
func group(s, mark string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "\u2212", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return sign + s
}

// quantity is a value with its unit: "37,4 °C", "82 %", "37,4".
func (c *catalogue) quantity(v float64, unit string) string {
	if unit == "" {
		return c.decimal(v)
	}
	return c.decimal(v) + "\u00a0" + unit
}

// size writes a file's length as a reader knows it: "340 kB", "1,2 MB".
func (c *catalogue) size(bytes int64) string {
	switch {
	case bytes < 1000:
		return strconv.FormatInt(bytes, 10) + "\u00a0bytes"
	case bytes < 999_500:
		return strconv.FormatInt((bytes+500)/1000, 10) + "\u00a0kB"
	}
	tenths := (bytes + 50_000) / 100_000
	return c.decimal(float64(tenths)/10) + "\u00a0MB"
}

// date writes what is known of a date and nothing more: "12 maart 2025",
// "maart 2025", "2019"; "zonder datum" when there is none. A time of day is not
// part of it: see clock.
func (c *catalogue) date(d dossier.Date) string {
	t := d.Start()
	switch d.Precision() {
	case dossier.NoDate:
		return c.say(kUndated)
	case dossier.Year:
		return strconv.Itoa(t.Year())
	case dossier.Month:
		return c.month(t)
	}
	return strconv.Itoa(t.Day()) + " " + c.month(t)
}

// month is "maart 2025".
func (c *catalogue) month(t time.Time) string {
	return c.say(months[t.Month()-1]) + " " + strconv.Itoa(t.Year())
}

// clock is "14.30 uur" or "2.30 pm", and nothing where no time is known.
func (c *catalogue) clock(d dossier.Date) string {
	if !d.HasTime() {
		return ""
	}
	return c.say(kClock, "time", c.bareClock(d))
}

// bareClock is the time without its noun: "14.30", or "2.30 pm" in English.
func (c *catalogue) bareClock(d dossier.Date) string {
	t := d.Start()
	if c.say(kClockHours) == "12" {
		return t.Format("3.04 pm")
	}
	return t.Format("15.04")
}

// moment is date and time in one run: "12 maart 2025, 14.30 uur".
func (c *catalogue) moment(d dossier.Date) string {
	if at := c.clock(d); at != "" {
		return c.date(d) + ", " + at
	}
	return c.date(d)
}

// when is a date with its preposition: "op 12 maart 2025", "in maart 2025".
func (c *catalogue) when(d dossier.Date) string {
	if d.Precision() >= dossier.Day {
		return c.say(kOnDay, "date", c.date(d))
	}
	return c.say(kInMonth, "date", c.date(d))
}

// period is "maart 2023 tot en met februari 2026", or one date when both are equal.
func (c *catalogue) period(from, until dossier.Date) string {
	a, b := c.date(from), c.date(until)
	switch {
	case from.IsZero() && until.IsZero():
		return ""
	case from.IsZero():
		return c.say(kUntil, "date", b)
	case until.IsZero():
		return c.say(kSince, "date", a)
	case a == b:
		return a
	}
	return c.say(kPeriod, "from", a, "until", b)
}

// months in order, as keys of the catalogue.
var months = [12]key{
	kJanuary, kFebruary, kMarch, kApril, kMay, kJune,
	kJuly, kAugust, kSeptember, kOctober, kNovember, kDecember,
}

// capital sets the first letter of a catalogue word or a role in upper case.
// It is never used on the text of a record.
func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
