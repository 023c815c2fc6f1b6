package dossier_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"inzage/internal/dossier"
)

func TestDatesStayAsPreciseAsTheyAre(t *testing.T) {
	for _, c := range []struct {
		in, out string
		prec    dossier.Precision
	}{
		{"", "", dossier.NoDate},
		{"2019", "2019", dossier.Year},
		{"2019-05", "2019-05", dossier.Month},
		{"2019-05-03", "2019-05-03", dossier.Day},
		{"2019-05-03T14:30", "2019-05-03T14:30+02:00", dossier.Minute},
		{"2019-01-03T14:30Z", "2019-01-03T15:30+01:00", dossier.Minute},
		{"2019-05-03T14:30:05.25+02:00", "2019-05-03T14:30:05+02:00", dossier.Second},
	} {
		d, err := dossier.ParseDate(c.in)
		if err != nil || d.String() != c.out || d.Precision() != c.prec {
			t.Errorf("%q: %q, precision %d, %v", c.in, d, d.Precision(), err)
		}
	}
	for in, out := range map[string]string{"0001-01-01": "0001-01-01", "9999-12-31T23:59:59Z": "9999-12-31", "0001-01-01T00:00:00+02:00": "0001-01-01"} {
		if d, err := dossier.ParseDate(in); err != nil || d.String() != out || !d.Placeholder() {
			t.Errorf("%q: %q, %v", in, d, err)
		}
	}
	for _, bad := range []string{"19", "31-12-2019", "2019-13", "2019-02-30", "2019-5-3", "gisteren", "0000", "0000-00-00", "999", "2019-05-03 14:30"} {
		if _, err := dossier.ParseDate(bad); !errors.Is(err, dossier.ErrDate) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAPeriodEndsWhereTheNextBegins(t *testing.T) {
	for in, end := range map[string]string{
		"2019": "2020-01-01T00:00:00+01:00", "2020-02": "2020-03-01T00:00:00+01:00", "2020-02-28": "2020-02-29T00:00:00+01:00",
		"2026-03-29": "2026-03-30T00:00:00+02:00", // the day of 23 hours
		"2026-10-25": "2026-10-26T00:00:00+01:00", // the day of 25 hours
	} {
		if got := dossier.MustDate(in).End().Format(time.RFC3339); got != end {
			t.Errorf("%s ends at %s, want %s", in, got, end)
		}
	}
	if got := dossier.MustDate("2012-02-29").AddYears(1).String(); got != "2013-03-01" {
		t.Errorf("the birthday of 29 February is %s", got)
	}
}

func TestOrderPutsTheUndatedLast(t *testing.T) {
	year, day, none := dossier.MustDate("2019"), dossier.MustDate("2019-01-01"), dossier.Date{}
	if day.Compare(year) >= 0 || year.Compare(none) >= 0 || none.Compare(none) != 0 || none.Compare(day) <= 0 {
		t.Error("order is wrong")
	}
}

func TestThereAreTwentyThreeSections(t *testing.T) {
	if n := len(dossier.Sections()); n != 23 {
		t.Errorf("%d sections", n)
	}
	for _, s := range dossier.Sections() {
		if !s.Known() {
			t.Errorf("%s is not known", s)
		}
	}
	if dossier.Section("x").Known() {
		t.Error("an unknown section is known")
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2019", "2019-05", "2019-05-03", "2019-05-03T14:30+02:00", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := dossier.ParseDate(s)
		if err != nil {
			return
		}
		again, err := dossier.ParseDate(d.String())
		if err != nil || again.String() != d.String() {
			t.Errorf("%q became %q, then %q: %v", s, d, again, err)
		}
		b, err := json.Marshal(d)
		if err != nil || len(b) < 2 {
			t.Errorf("%q: %v", s, err)
		}
	})
}
