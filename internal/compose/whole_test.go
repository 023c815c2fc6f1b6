package compose

import (
	"strings"
	"testing"
	"unicode/utf8"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/policy"
	"inzage/internal/portal"
)

// every gives each kind of copy in each language, of the long record.
func every(t *testing.T, see func(name string, d *document.Document)) {
	t.Helper()
	for _, k := range kinds {
		for _, lang := range languages {
			see(string(k)+" "+lang, composed(t, k, dossier.AudienceClient, func(d *dossier.Dossier, _ *portal.Portal, w *policy.Work) {
				w.Recipient.Language = lang
				*d = *longDossier()
			}))
		}
	}
}

func TestAnchorsAreUniqueAndReferencesLeadToThem(t *testing.T) {
	every(t, func(name string, d *document.Document) {
		out := words(d)
		seen := map[string]bool{}
		for _, line := range strings.Split(out, "\n") {
			id := anchorOf(line)
			if id != "" && seen[id] {
				t.Errorf("%s: anchor %s stands twice", name, id)
			}
			seen[id] = true
			if strings.ContainsFunc(id, func(r rune) bool { return r > 'z' || r == ' ' }) {
				t.Errorf("%s: anchor %q is not plain ASCII", name, id)
			}
		}
		refs := 0
		for _, p := range strings.Split(out, "](#")[1:] {
			id, _, _ := strings.Cut(p, ")")
			refs++
			if !seen[id] {
				t.Errorf("%s: a reference to %s, which is not there", name, id)
			}
		}
		if refs < 10 {
			t.Errorf("%s: only %d references found", name, refs)
		}
	})
}

// anchorOf is the anchor that a line of an outline sets.
func anchorOf(line string) string {
	for _, head := range []string{"section #", "entry #", "h2 #"} {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), head); ok {
			id, _, _ := strings.Cut(rest, " ")
			return id
		}
	}
	return ""
}

func TestHeadingsHaveNoGaps(t *testing.T) {
	every(t, func(name string, d *document.Document) {
		for _, s := range d.Sections {
			last := 1
			for _, b := range s.Blocks {
				if h, ok := b.(document.Heading); ok {
					if h.Level > last+1 {
						t.Errorf("%s: section %s: level %d after %d", name, s.ID, h.Level, last)
					}
					last = h.Level
				}
			}
		}
	})
}

func TestNoPlaceholderIsLeftOpen(t *testing.T) {
	every(t, func(name string, d *document.Document) {
		if i := strings.IndexAny(words(d), "{}"); i >= 0 {
			t.Errorf("%s: …%s", name, words(d)[max(0, i-40):i+20])
		}
	})
}

func TestSameViewSameDocument(t *testing.T) {
	for _, k := range kinds {
		first, second := words(composed(t, k, dossier.AudienceClient)), words(composed(t, k, dossier.AudienceClient))
		if first != second {
			t.Errorf("%s differs from itself", k)
		}
	}
}

func TestNameNeverStandsAboveAPageOrInTheTitle(t *testing.T) {
	for _, a := range []dossier.Audience{dossier.AudienceClient, dossier.AudienceRepresentative} {
		for _, k := range kinds {
			d := composed(t, k, a)
			for _, s := range []string{d.Title, d.Furniture.Kind, d.Furniture.Portal, d.Furniture.Date, d.ID} {
				if strings.Contains(s, "Jansen") || strings.Contains(s, "1941") {
					t.Errorf("%s: %q", k, s)
				}
			}
			lacks(t, words(&document.Document{Cover: d.Cover}), "9 mei", "05-09", "*1234")
		}
	}
}

func TestSectionsStandInTheOrderOfTheRules(t *testing.T) {
	rank := map[string]int{}
	for i, s := range dossier.Sections() {
		rank[string(s)] = i
	}
	every(t, func(name string, d *document.Document) {
		last, n := -1, 0
		for _, s := range d.Sections {
			if at, ok := rank[s.ID]; ok {
				n++
				if at <= last {
					t.Errorf("%s: %s stands too late", name, s.ID)
				}
				last = at
			}
		}
		if n < 15 {
			t.Errorf("%s: only %d sections", name, n)
		}
	})
}

func TestWithheldIsSaidWhereItIsMissing(t *testing.T) {
	d := composed(t, policy.AVGInzage, dossier.AudienceClient)
	var box document.Callout
	for _, s := range d.Sections {
		if s.ID == "rapportages" {
			box, _ = s.Blocks[len(s.Blocks)-1].(document.Callout)
		}
	}
	if box.Kind != document.CalloutWithheld {
		t.Fatal("no box at the end of the section")
	}
	holds(t, of(document.Section{Blocks: []document.Block{box}}),
		"Hier ontbreekt 1 stuk.", "Reden: Het gaat over iemand anders (AVG artikel 15 lid 4).")
	lacks(t, words(d), "CANARY")
}

func TestOlderThanAYearIsFoldedByWholeMonths(t *testing.T) {
	now := dossier.MustDate("2026-03-14T22:00").Start().AddDate(-1, 0, 0)
	for date, want := range map[string]bool{"2025-03-01": false, "2025-02-28": true, "2025-03": false, "2024": true, "2025": false, "": false} {
		if got := folds(dossier.MustDate(date), now); got != want {
			t.Errorf("%q: %v", date, got)
		}
	}
}

func TestHostileTextStaysInertAndWhole(t *testing.T) {
	bad := "<script>alert(1)</script> \x00 \u202Eegaugnal <a href=\"javascript:alert(1)\">x</a>"
	d := composed(t, policy.Portaalkopie, dossier.AudienceClient, func(d *dossier.Dossier, _ *portal.Portal, _ *policy.Work) {
		for i := range d.Items {
			d.Items[i].Title, d.Items[i].Discipline, d.Items[i].Author = bad, bad, dossier.Author{Role: bad, Name: bad}
			d.Items[i].Body = []dossier.Block{{Kind: dossier.BlockText, Format: dossier.HTML, Text: bad}, {Kind: dossier.BlockField, Label: bad, Text: bad},
				{Kind: dossier.BlockTable, Columns: []string{bad}, Rows: [][]string{{bad, "cel buiten de kop"}}}, {Kind: dossier.BlockList, Entries: []string{bad}}, {Kind: dossier.BlockWarning, Text: bad}}
		}
	})
	out := words(d)
	lacks(t, out, "\x00", "\u202E", "](javascript:")
	holds(t, out, "egaugnal", "cel buiten de kop")
}

func TestReadMeHasNoNameAndFitsThePage(t *testing.T) {
	p := samplePortal()
	for _, k := range kinds {
		v, err := policy.Decide(sampleDossier(p), p, sampleWork(p, k, dossier.AudienceRepresentative))
		if err != nil {
			t.Fatal(err)
		}
		b, err := ReadMe(v, p, sampleOptions)
		if err != nil {
			t.Fatal(err)
		}
		lacks(t, string(b), "Jansen", "\r", "{")
		holds(t, string(b), p.Phone, p.EmergencyPhone, "dossier.html")
		for _, line := range strings.Split(string(b), "\n") {
			if n := utf8.RuneCountInString(line); n > lineWidth {
				t.Errorf("%s: a line of %d characters", k, n)
			}
		}
	}
}
