package pdf

import (
	"strings"
	"testing"
)

// ruler sets every letter one point wide.
func ruler() *fonts {
	return newFonts(func(_ look, s string) float64 { return float64(len([]rune(s))) }, 0)
}

func broken(s string, width float64) []string {
	t := plain(s, ruler().body)
	var out []string
	for _, l := range breakLines(t, width) {
		out = append(out, t.s[l.start:l.end])
	}
	return out
}

func TestANumberKeepsWhatItCounts(t *testing.T) {
	for s, want := range map[string]string{
		"de laatste was op 15 januari 2026":   "de laatste was op|15 januari 2026",
		"nu ligt de bril elke 's nachts weg":  "nu ligt de bril elke|'s nachts weg",
		"nu ligt de bril elke ’s nachts weg":  "nu ligt de bril elke|’s nachts weg",
		"op 19 december om 09.00 uur in huis": "op 19 december om|09.00 uur in huis",
		"stuur het gerust per e-mail":         "stuur het gerust per|e-mail",
		"een rolstoel voor oud-hollands huis": "een rolstoel voor|oud-hollands huis",
		"het telefoonnummer 2026 is oud":      "het telefoonnummer|2026 is oud",
	} {
		if got := strings.Join(broken(s, 21), "|"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestALoneShortWordGetsCompany(t *testing.T) {
	long := strings.Repeat("woord ", 32) + "van de dag." // 203 letters
	got := broken(long, 200)
	if last := got[len(got)-1]; len(got) != 2 || last != "de dag." {
		t.Errorf("%d lines, the last is %q", len(got), last)
	}
	if got := broken(strings.Repeat("woord ", 32)+"de onvergetelijkheidsgedachte.", 200); strings.Contains(got[len(got)-1], " ") {
		t.Errorf("a long word stands well alone: %q", got[len(got)-1])
	}
	if got := broken("een twee drie vier vijf.", 20); got[len(got)-1] != "vijf." {
		t.Errorf("a narrow column is left as it falls: %q", got)
	}
}

func TestTitlesAreBalanced(t *testing.T) {
	st := ruler().head1
	for s, want := range map[string]string{
		"Toestemmingen en wensen over de behandeling": "Toestemmingen en wensen|over de behandeling",
		"Rapportages": "Rapportages",
	} {
		x := plain(s, st)
		var got []string
		for _, l := range balanced(x, 33) {
			got = append(got, x.s[l.start:l.end])
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Whatever the words and the width, lines hold every character but the spaces at
// breaks, in order, and no line is wider than it may be unless one character is.
func FuzzLinesLoseNothing(f *testing.F) {
	f.Add("Mevrouw sliep goed. Om 3 uur 's nachts was zij even wakker.", uint16(20))
	f.Add(strings.Repeat("woord ", 40)+"dag.", uint16(220))
	f.Add("https://www.example.nl/een/heel/lang/adres/dat/nergens/past en dan dit weg.", uint16(24))
	f.Add("a\nb 's\n1 c", uint16(3))
	f.Add("vier korte woorden hier "+strings.Repeat("x", 900)+" op.", uint16(240))
	f.Fuzz(func(t *testing.T, s string, width uint16) {
		x := text{s: strings.ReplaceAll(plain(s[:min(len(s), 1200)]+".", ruler().body).s, "\u00a0", " ")}
		x.runs = []run{{end: len(x.s), style: ruler().body}}
		at, limit := 0, float64(width%500)+1
		for _, l := range breakLines(x, limit) {
			if l.start < at || strings.Trim(x.s[at:l.start], " \n") != "" {
				t.Fatalf("%q is lost or set twice", x.s[min(at, l.start):max(at, l.start)])
			}
			line := x.s[l.start:l.end]
			if l.width > limit+1e-6 && clusterEnd(x.s, l.start, l.end) < l.end {
				t.Errorf("%q is %g wide in %g", line, l.width, limit)
			}
			at = l.end
		}
		if strings.Trim(x.s[at:], " \n") != "" {
			t.Errorf("%q is lost at the end", x.s[at:])
		}
	})
}
