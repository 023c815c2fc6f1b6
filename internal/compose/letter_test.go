package compose

import (
	"strings"
	"testing"
	"time"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/portal"
)

func letterFor(t *testing.T, id, lang string) *document.Letter {
	t.Helper()
	p, err := portal.Load("../../fixtures/portals/" + id)
	if err != nil {
		t.Fatal(err)
	}
	return Letter(LetterTo{
		Person: dossier.Person{Name: "Aleida Voorbeeld", Address: []string{"Voorbeeldlaan 12", " ", "1234 AB  VOORBEELDSTAD"}},
		Role:   dossier.RoleClient, Language: lang, Code: "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV",
		Made: time.Date(2026, 3, 15, 2, 0, 0, 0, time.UTC),
	}, p)
}

// letterWords is all that a letter says.
func letterWords(l *document.Letter) string {
	d := &document.Document{Sections: []document.Section{{Blocks: l.Intro}}}
	for _, p := range append(append([]document.Part{}, l.Before...), l.After...) {
		d.Sections = append(d.Sections, document.Section{Title: p.Title, Blocks: p.Blocks})
	}
	return document.Outline(d)
}

func TestALetterSaysHowToOpenWhomToCallAndHowToKeep(t *testing.T) {
	l := letterFor(t, "thuisgenoten", "nl")
	for _, want := range []string{
		"1. Open het bestand", "reservekopie.example.nl/thuisgenoten", "2. Typ de code", "3. Lees eerst",
		"Lukt het niet?", "Bel Thuisgenoten, 088-000 00 00", "Leg de brief niet bij het bestand", "Bent u de brief kwijt?",
	} {
		if !strings.Contains(letterWords(l), want) {
			t.Errorf("no %q in\n%s", want, letterWords(l))
		}
	}
	if got := strings.Join(l.To, "|"); got != "Aleida Voorbeeld|Voorbeeldlaan 12|1234 AB VOORBEELDSTAD" {
		t.Errorf("address %q", got)
	}
	if strings.Contains(l.Title+l.Subject, "Aleida") {
		t.Errorf("a name in the title %q", l.Title)
	}
}

// The code stands in the box alone, and in the fragment of an address, which a
// browser never sends.
func TestACodeIsInItsBoxAndNowhereElse(t *testing.T) {
	for _, lang := range []string{"nl", "en"} {
		l := letterFor(t, "mijnplan", lang)
		if got := strings.Join(l.Code.Lines, "-"); got != "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV" {
			t.Errorf("%s: code %q", lang, got)
		}
		if l.Code.Scan != "https://reservekopie.example.nl/mijnplan/#0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV" {
			t.Errorf("%s: square %q", lang, l.Code.Scan)
		}
		if rest := letterWords(l) + l.Title + l.Subject + l.Code.Alt + l.Code.Note; strings.Contains(rest, "CDEF") || strings.Contains(rest, "{") {
			t.Errorf("%s: the code or an open place in\n%s", lang, rest)
		}
	}
}
