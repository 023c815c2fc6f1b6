package compose

import (
	"testing"

	"inzage/internal/dossier"
)

func TestDatesInWords(t *testing.T) {
	for _, x := range []struct{ date, nl, en string }{
		{"2025-03-12", "12 maart 2025", "12 March 2025"},
		{"2025-03", "maart 2025", "March 2025"},
		{"2019", "2019", "2019"},
		{"", "zonder datum", "no date"},
		{"2025-03-12T14:30", "12 maart 2025, 14.30 uur", "12 March 2025, 2.30 pm"},
		{"2025-03-12T00:05", "12 maart 2025, 00.05 uur", "12 March 2025, 12.05 am"},
		{"2026-03-29T01:30:00Z", "29 maart 2026, 03.30 uur", "29 March 2026, 3.30 am"}, // the hour that summer time skips
		{"2024-02-29", "29 februari 2024", "29 February 2024"},
	} {
		d := dossier.MustDate(x.date)
		for lang, want := range map[string]string{"nl": x.nl, "en": x.en} {
			if got := wordsIn(lang).moment(d); got != want {
				t.Errorf("%s %s: %q, want %q", lang, x.date, got, want)
			}
		}
	}
}

func TestNumbersInWords(t *testing.T) {
	nl, en := wordsIn("nl"), wordsIn("en")
	for _, x := range []struct{ got, want string }{
		{nl.number(1250), "1.250"}, {en.number(1250), "1,250"}, {nl.number(0), "0"}, {nl.number(1234567), "1.234.567"},
		{nl.decimal(37.4), "37,4"}, {en.decimal(37.4), "37.4"}, {nl.decimal(-1250.5), "\u22121.250,5"}, {nl.decimal(0.1), "0,1"},
		{nl.quantity(37.4, "°C"), "37,4\u00a0°C"}, {nl.quantity(3, ""), "3"},
		{nl.size(812), "812\u00a0bytes"}, {nl.size(340_200), "340\u00a0kB"}, {nl.size(1_240_000), "1,2\u00a0MB"}, {nl.size(999_700), "1\u00a0MB"},
		{nl.count("section.rapportages.count", 1), "1 rapportage"}, {nl.count("section.rapportages.count", 1250), "1.250 rapportages"},
		{en.count("section.rapportages.count", 0), "0 reports"},
	} {
		if x.got != x.want {
			t.Errorf("%q, want %q", x.got, x.want)
		}
	}
}

func TestPeriods(t *testing.T) {
	nl := wordsIn("nl")
	for _, x := range []struct{ from, until, want string }{
		{"2023-03", "2026-02", "maart 2023 tot en met februari 2026"},
		{"2023-03", "2023-03", "maart 2023"},
		{"2023-03", "", "vanaf maart 2023"},
		{"", "2019", "tot en met 2019"},
		{"", "", ""},
	} {
		if got := nl.period(dossier.MustDate(x.from), dossier.MustDate(x.until)); got != x.want {
			t.Errorf("%s–%s: %q, want %q", x.from, x.until, got, x.want)
		}
	}
}

func TestBareCodesAreSaidToBeCodes(t *testing.T) {
	c := &composer{catalogue: wordsIn("nl")}
	for s, want := range map[string]string{
		"364554009": "code 364554009 (zonder omschrijving)",
		"8302-2":    "code 8302-2 (zonder omschrijving)",
		"M81.0":     "code M81.0 (zonder omschrijving)",
		"Gewicht":   "Gewicht", "2019": "2019", "COVID-19": "COVID-19", "B12": "B12", "": "", "A": "A",
	} {
		if got := c.coded(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
