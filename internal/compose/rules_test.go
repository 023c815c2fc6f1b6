package compose

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/policy"
	"inzage/internal/portal"
)

// The tests of this file bear the ids of the rules in docs/rules.md.

var kinds = []policy.Kind{policy.Portaalkopie, policy.Terugval, policy.AVGInzage, policy.Archief}

// words is all text of a document, one line per block.
func words(d *document.Document) string { return document.Outline(d) }

func sectionOf(t *testing.T, d *document.Document, role document.SectionRole) document.Section {
	t.Helper()
	i := slices.IndexFunc(d.Sections, func(s document.Section) bool { return s.Role == role })
	if i < 0 {
		t.Fatalf("no section <%s>", role)
	}
	return d.Sections[i]
}

// of is the outline of one section.
func of(s document.Section) string {
	return words(&document.Document{Sections: []document.Section{s}})
}

func holds(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("does not say %q", w)
		}
	}
}

func lacks(t *testing.T, text string, not ...string) {
	t.Helper()
	for _, w := range not {
		if strings.Contains(text, w) {
			t.Errorf("says %q", w)
		}
	}
}

func TestEveryKindHoldsTermsAndDisclaimer(t *testing.T) {
	for _, k := range kinds {
		d := composed(t, k, dossier.AudienceClient)
		terms := sectionOf(t, d, document.RoleTerms)
		for _, b := range sampleTerms().Blocks {
			if !slices.ContainsFunc(terms.Blocks, func(x document.Block) bool { return same2(x, b) }) {
				t.Errorf("%s: a block of the terms is not there", k)
			}
		}
		holds(t, of(sectionOf(t, d, document.RoleOwnRisk)), "Het lezen doet u op eigen risico.")
	}
}

func same2(a, b document.Block) bool {
	return of(document.Section{Blocks: []document.Block{a}}) == of(document.Section{Blocks: []document.Block{b}})
}

func TestA3NameAndPlaceOfThePortal(t *testing.T) {
	d := composed(t, policy.Portaalkopie, dossier.AudienceClient)
	if d.Furniture.Portal != "MijnLinde" {
		t.Error("the foot of the page does not name the portal")
	}
	allowed := []string{"https://mijn.linde.example", "https://linde.example/privacy", "https://linde.example/voorwaarden", "mailto:vragen@linde.example"}
	for _, url := range urls(words(d)) {
		if !strings.HasPrefix(url, "tel:") && !slices.Contains(allowed, url) {
			t.Errorf("%s can be followed", url)
		}
	}
}

// urls are the targets of links in an outline.
func urls(s string) (out []string) {
	for _, p := range strings.Split(s, "](")[1:] {
		if url, _, ok := strings.Cut(p, ")"); ok && !strings.HasPrefix(url, "#") {
			out = append(out, url)
		}
	}
	return out
}

func TestA4CopyDoesNotReplaceTalking(t *testing.T) {
	own := func(_ *dossier.Dossier, p *portal.Portal, _ *policy.Work) {
		p.Texts["doel"] = portal.Text{Title: "Waarvoor is dit?", Blocks: []document.Block{para("Om mee te lezen.")}}
	}
	for _, k := range kinds {
		holds(t, of(sectionOf(t, composed(t, k, dossier.AudienceClient), document.RoleGuide)), "vervangt niet")
		holds(t, of(sectionOf(t, composed(t, k, dossier.AudienceClient, own), document.RoleGuide)), "Om mee te lezen.", "vervangt niet")
	}
}

func TestA6VersionThatWasPinned(t *testing.T) {
	d := composed(t, policy.Portaalkopie, dossier.AudienceClient)
	holds(t, of(sectionOf(t, d, document.RoleTerms)), "Versie: 3", "Geldig vanaf: 1 januari 2026")
	holds(t, of(sectionOf(t, d, document.RoleAbout)), "c0ffee")
}

func TestA7NotYetAccepted(t *testing.T) {
	const say = "nog niet bij het inloggen geaccepteerd"
	login := func(day string) func(*dossier.Dossier, *portal.Portal, *policy.Work) {
		return func(_ *dossier.Dossier, _ *portal.Portal, w *policy.Work) { w.LastLogin = dossier.MustDate(day) }
	}
	cover := func(d *document.Document) string { return words(&document.Document{Cover: d.Cover}) }
	holds(t, cover(composed(t, policy.Portaalkopie, dossier.AudienceClient, login("2025-12-31T23:59"))), say)
	holds(t, cover(composed(t, policy.Portaalkopie, dossier.AudienceClient)), say)
	lacks(t, cover(composed(t, policy.Portaalkopie, dossier.AudienceClient, login("2026-01-01T00:00"))), say)
	lacks(t, words(composed(t, policy.AVGInzage, dossier.AudienceClient)), say)
}

func TestA8PlaceAndRetrievalOfTheCurrentText(t *testing.T) {
	holds(t, of(sectionOf(t, composed(t, policy.Portaalkopie, dossier.AudienceClient), document.RoleTerms)),
		"(https://linde.example/voorwaarden)", "Opgehaald op: 1 maart 2026")
	p := samplePortal()
	v, err := policy.Decide(sampleDossier(p), p, sampleWork(p, policy.Portaalkopie, dossier.AudienceClient))
	if err != nil {
		t.Fatal(err)
	}
	p.Disclaimer.Blocks = nil
	if _, err := Compose(v, p, sampleOptions); !errors.Is(err, ErrIncomplete) {
		t.Errorf("without own-risk text: %v", err)
	}
	if _, err := Compose(policy.View{}, samplePortal(), sampleOptions); !errors.Is(err, ErrIncomplete) {
		t.Errorf("an empty view: %v", err)
	}
}

func TestA11TermsAreNoConditionForTheCopyOfTheLaw(t *testing.T) {
	const say = "Dit beperkt uw recht op een kopie niet."
	avg := sectionOf(t, composed(t, policy.AVGInzage, dossier.AudienceClient), document.RoleTerms)
	if !strings.Contains(avg.Title, "geen voorwaarde voor dit afschrift") {
		t.Errorf("headed %q", avg.Title)
	}
	body := of(avg)
	holds(t, body, say)
	if strings.Index(body, say) > strings.Index(body, "Artikel 15") {
		t.Error("the sentence stands after the terms")
	}
	lacks(t, words(composed(t, policy.Portaalkopie, dossier.AudienceClient)), say)
}

func TestA12TermsAreNeverReworded(t *testing.T) {
	english := func(_ *dossier.Dossier, _ *portal.Portal, w *policy.Work) { w.Recipient.Language = "en" }
	d := composed(t, policy.Portaalkopie, dossier.AudienceClient, english)
	holds(t, of(sectionOf(t, d, document.RoleTerms)), "word for word", "nl‹U betaalt een boete van € 1.000 voor elke overtreding.›")
	holds(t, of(sectionOf(t, d, document.RoleOwnRisk)), "nl‹In het dossier kunt u dingen lezen")
}

func TestB3SectionsWithoutRightAreAbsentAndNotNamed(t *testing.T) {
	agenda := func(_ *dossier.Dossier, _ *portal.Portal, w *policy.Work) {
		w.Recipient.Scope = []dossier.Section{dossier.SectionAppointments}
	}
	d := composed(t, policy.Portaalkopie, dossier.AudienceContact, agenda)
	var shown []string
	for _, s := range d.Sections {
		if s.Role == document.RoleRecord {
			shown = append(shown, s.ID)
		}
	}
	if !slices.Equal(shown, []string{"afspraken"}) {
		t.Errorf("shows %v", shown)
	}
	all := words(d)
	holds(t, all, "Oogarts", "Kopie van het dossier van M. Jansen-Bakker")
	lacks(t, all, "Rapportages", "Medicijnen", "Penicilline", "Berichten", "ontbreekt", "CANARY", "uw dossier")
}

func TestB12EmergencyOnThefirstPage(t *testing.T) {
	for _, k := range kinds {
		box := composed(t, k, dossier.AudienceClient).Cover.Emergency
		if box == nil || box.Kind != document.CalloutEmergency {
			t.Fatalf("%s: no emergency box", k)
		}
		holds(t, of(document.Section{Blocks: []document.Block{*box}}), "Spoed?", "030 765 43 21")
	}
	none := func(_ *dossier.Dossier, p *portal.Portal, _ *policy.Work) { p.EmergencyPhone = "" }
	if composed(t, policy.Portaalkopie, dossier.AudienceClient, none).Cover.Emergency != nil {
		t.Error("a box without a number")
	}
}

func TestC1OwnRiskBeforeAnyOfTheRecord(t *testing.T) {
	for _, k := range kinds {
		d := composed(t, k, dossier.AudienceClient)
		if d.Sections[0].Role != document.RoleOwnRisk || !d.Sections[0].OwnPage {
			t.Errorf("%s begins with %s", k, d.Sections[0].Role)
		}
		informs := strings.Contains(of(d.Sections[0]), "U hoeft nergens mee akkoord te gaan")
		if informs != (k == policy.AVGInzage || k == policy.Archief) {
			t.Errorf("%s: own-risk page as information: %v", k, informs)
		}
	}
}

func TestC2WhoExplains(t *testing.T) {
	box := func(d *document.Document) string {
		return of(document.Section{Blocks: []document.Block{*d.Cover.Questions}})
	}
	holds(t, box(composed(t, policy.Portaalkopie, dossier.AudienceClient)), "Sanne de Boer, eerst verantwoordelijke verzorgende", "030 123 45 67")
	nobody := func(d *dossier.Dossier, _ *portal.Portal, _ *policy.Work) { d.Items = d.Items[1:] }
	holds(t, box(composed(t, policy.Portaalkopie, dossier.AudienceClient, nobody)), "Uw eerst verantwoordelijke verzorgende helpt u graag.", "030 123 45 67")
}

func TestC3WhatReportsAreFor(t *testing.T) {
	d := composed(t, policy.Portaalkopie, dossier.AudienceClient)
	i := slices.IndexFunc(d.Sections, func(s document.Section) bool { return s.ID == "rapportages" })
	first, ok := d.Sections[i].Blocks[0].(document.Para)
	if !ok || !strings.Contains(document.PlainText(first.Text), "geen brieven aan u of aan uw familie") {
		t.Error("reports do not begin with what they are for")
	}
}

func TestC7StateAndMaker(t *testing.T) {
	for _, k := range kinds {
		d := composed(t, k, dossier.AudienceClient)
		holds(t, words(&document.Document{Cover: d.Cover}), "Stand van: 14 maart 2026, 22.00 uur", "Opgesteld door: Zorgdossier 9")
		holds(t, of(sectionOf(t, d, document.RoleGuide)), "de stand van 14 maart 2026, 22.00 uur, zoals opgesteld door Zorgdossier 9", "geen rechten ontlenen")
	}
}

func TestC8HowToCorrect(t *testing.T) {
	holds(t, of(sectionOf(t, composed(t, policy.Portaalkopie, dossier.AudienceClient), document.RoleGuide)),
		"Klopt er iets niet?", "Alleen fouten in de feiten verbeteren wij.", "binnen 30 dagen")
}

func TestC9TextOfTheRecordStaysAsWritten(t *testing.T) {
	d := composed(t, policy.Portaalkopie, dossier.AudienceClient)
	for _, it := range sampleItems() { // r3 is replaced by r4, so its text is not in a portal copy
		for _, b := range it.Body {
			if it.ID != "r3" && it.Visibility.Portal == dossier.Yes && !strings.Contains(words(d), b.Text) {
				t.Errorf("item %s: its text is not there as written", it.ID)
			}
		}
	}
}

func TestC10WhatClientOrFamilyAddedIsSaidSo(t *testing.T) {
	holds(t, words(composed(t, policy.Portaalkopie, dossier.AudienceClient)), "tag Door uw dochter toegevoegd")
	holds(t, words(composed(t, policy.Archief, "")), "tag Door een naaste toegevoegd (dochter)")
	byClient := func(d *dossier.Dossier, _ *portal.Portal, _ *policy.Work) {
		for i := range d.Items {
			if d.Items[i].ID == "o1" {
				d.Items[i].Origin = dossier.OriginClient
			}
		}
	}
	holds(t, words(composed(t, policy.Portaalkopie, dossier.AudienceClient, byClient)), "tag Door u toegevoegd")
}

func TestC11PicturesThatStayInThePortal(t *testing.T) {
	group := func(d *dossier.Dossier, _ *portal.Portal, _ *policy.Work) {
		d.Items = append(d.Items, dossier.Item{ID: "p", Section: dossier.SectionImages, Date: dossier.MustDate("2026-01-01"),
			Visibility: dossier.Visibility{Portal: dossier.Yes}, Attachments: []dossier.Attachment{{ID: "1", Name: "groep.jpg", MIME: "image/jpeg", ShowsOthers: dossier.Yes}}})
	}
	d := composed(t, policy.Portaalkopie, dossier.AudienceClient, group)
	holds(t, of(sectionOf(t, d, document.RoleMissing)), "1 foto staat alleen in het portaal.")
	lacks(t, words(d), "groep.jpg")
	holds(t, of(sectionOf(t, d, document.RoleOverview)), "Niet alles staat in deze kopie.")
}

func TestC16PenaltyVerbatimAndNeverACondition(t *testing.T) {
	for _, k := range kinds {
		d := composed(t, k, dossier.AudienceClient)
		holds(t, of(sectionOf(t, d, document.RoleTerms)), "U betaalt een boete van € 1.000 voor elke overtreding.")
		for _, s := range d.Sections {
			if s.Role != document.RoleTerms {
				lacks(t, of(s), "boete")
			}
		}
	}
}

func TestC17LiabilityWithItsException(t *testing.T) {
	for _, k := range kinds {
		holds(t, of(sectionOf(t, composed(t, k, dossier.AudienceClient), document.RoleTerms)),
			"niet aansprakelijk voor schade. Dat geldt niet bij opzet of bewuste roekeloosheid.")
	}
}

// C14: how to keep the copy safe closes it.
func TestC14SafeKeepingStandsInEveryCopy(t *testing.T) {
	for _, k := range kinds {
		found := false
		for _, s := range composed(t, k, dossier.AudienceClient).Sections {
			found = found || s.Role == document.RoleSafe && len(s.Blocks) > 0
		}
		if !found {
			t.Errorf("%s does not say how to keep it safe", k)
		}
	}
}
