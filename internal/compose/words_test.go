package compose

import (
	"testing"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/portal"
)

func TestAMonthIsNoDay(t *testing.T) {
	c := wordsIn("nl")
	for date, want := range map[string]string{"2025-03-12": "op 12 maart 2025", "2025-03-12T09:30": "op 12 maart 2025", "2025-03": "in maart 2025", "2025": "in 2025"} {
		if got := c.when(dossier.MustDate(date)); got != want {
			t.Errorf("%s: %q", date, got)
		}
	}
}

func TestAnEnglishCopyHasTheOrganisationsEnglishWords(t *testing.T) {
	p := &portal.Portal{InEnglish: map[string]string{"klachtenfunctionaris": "complaints officer"}}
	for lang, want := range map[string]string{"nl": "klachtenfunctionaris", "en": "complaints officer"} {
		if got := portalWord(p, lang, "klachtenfunctionaris"); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
	if got := portalWord(p, "en", "portaalbeheerder"); got != "portaalbeheerder" {
		t.Errorf("a word without English is kept: %q", got)
	}
}

func TestWhoLookedStandsUnderWho(t *testing.T) {
	c := &composer{catalogue: wordsIn("nl"), p: &portal.Portal{}}
	item := dossier.Item{ID: "i", Section: dossier.SectionAccessLog, Kind: "inzage", Date: dossier.MustDate("2026-03-01T10:00"),
		Body: []dossier.Block{{Kind: dossier.BlockField, Label: "Wie", Text: "verzorgende"}, {Kind: dossier.BlockField, Label: "Wat", Text: "rapportages gelezen"}}}
	row := c.rows("Wie er keek", []*dossier.Item{&item}).Groups[0].Rows[0]
	if who, what := document.PlainText(row[1].Text), document.PlainText(row[2].Text); who != "Verzorgende" || what != "Inzage Wat: rapportages gelezen" {
		t.Errorf("who %q, what %q", who, what)
	}
	if len(item.Body) != 2 {
		t.Error("the item itself has lost a field")
	}
}

func TestAColleagueWithoutMoreIsAName(t *testing.T) {
	c := &composer{catalogue: wordsIn("nl"), p: &portal.Portal{}}
	got := c.standing([]dossier.Item{{ID: "i", Section: dossier.SectionTeam, Title: "Thuiszorg X", Status: dossier.StatusFinal}})
	if len(got) != 1 || got[0] != document.Block(document.Heading{Level: 2, Text: "Thuiszorg X"}) {
		t.Errorf("%+v", got)
	}
}
