package dossier_test

import (
	"testing"
	"unicode"

	"inzage/internal/dossier"
)

func TestVariantsOfAReferenceAreOne(t *testing.T) {
	for want, list := range map[string][]dossier.ClientRef{
		"c77":   {"C-77", "c77", "C\u201177", "Ｃ77 ", " C 77", "C.77", "c/77", "C\u00A077", "C\u200B77", "C\u00AD77", "𝐂-𝟕𝟕", "c_77", "C–77", "C-٧٧"},
		"ü1":    {"Ü-1", "u\u0308 1", "U\u0308-1"},
		"c077":  {"C-077", "c 0 77"}, // leading zeros are part of it
		"k1":    {"K-1"},             // the sign for kelvin
		"--":    {"--", " --"},
		"straß": {"STRAß", "straß"},
		"":      {"", "  "},
	} {
		for _, r := range list {
			if got := r.Normal(); got != want {
				t.Errorf("%q: %q, want %q", r, got, want)
			}
			if !r.Same(list[0]) {
				t.Errorf("%q is not %q", r, list[0])
			}
		}
	}
	for _, two := range [][2]dossier.ClientRef{{"C-77", "C-78"}, {"C-77", "D-77"}, {"77", "077"}, {"1", "l"}, {"C77", ""}, {"O1", "01"}} {
		if two[0].Same(two[1]) {
			t.Errorf("%q and %q are taken for one", two[0], two[1])
		}
	}
}

func FuzzClientRef(f *testing.F) {
	for _, s := range []string{"C-77", "Ｃ77 ", "İ1", "ǅ", "ﬁ½⑫", "\xff", "a\u0345\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := dossier.ClientRef(s).Normal()
		if again := dossier.ClientRef(n).Normal(); again != n {
			t.Errorf("%q: %q, then %q", s, n, again)
		}
		for _, r := range n {
			if unicode.IsSpace(r) && n != "" && unicode.IsLetter([]rune(n)[0]) {
				t.Errorf("%q: a space in %q", s, n)
			}
		}
		if !dossier.ClientRef(" "+s+"\u200B").Same(dossier.ClientRef(s)) && n != "" && unicode.IsLetter([]rune(n)[0]) {
			t.Errorf("%q: a space before makes another", s)
		}
	})
}
