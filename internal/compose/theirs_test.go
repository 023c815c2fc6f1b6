package compose

import (
	"strings"
	"testing"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/policy"
	"inzage/internal/portal"
)

func TestWhatTheOrganisationSaysIsNotSaidTwice(t *testing.T) {
	says := func(_ *dossier.Dossier, p *portal.Portal, _ *policy.Work) {
		p.Texts["doel"] = portal.Text{Title: "Waarvoor is dit?", SHA256: "d", Blocks: []document.Block{para("Deze kopie vervangt niet het gesprek.")}}
		p.Texts["verbeteren"] = portal.Text{Title: "Klopt er iets niet?", SHA256: "v", Blocks: []document.Block{para("Het duurt hooguit 30 dagen.")}}
	}
	guide := of(sectionOf(t, composed(t, policy.Portaalkopie, dossier.AudienceClient, says), document.RoleGuide))
	if n := strings.Count(guide, "vervangt niet"); n != 1 {
		t.Errorf("says %d times that it does not replace", n)
	}
	if n := strings.Count(guide, "30 dagen"); n != 1 {
		t.Errorf("says %d times how long a correction takes", n)
	}
}

func TestTheOrganisationsReadMeStandsFirst(t *testing.T) {
	p := samplePortal()
	p.Texts["leesmij"] = portal.Text{Title: "Uw dossier", Blocks: []document.Block{para("Foto’s staan in de map bijlagen.")}}
	v, err := policy.Decide(sampleDossier(p), p, sampleWork(p, policy.Terugval, dossier.AudienceClient))
	if err != nil {
		t.Fatal(err)
	}
	b, err := ReadMe(v, p, sampleOptions)
	if err != nil {
		t.Fatal(err)
	}
	theirs, ours := strings.Index(string(b), "Foto’s staan"), strings.Index(string(b), "Zo opent u")
	if theirs < 0 || theirs > ours {
		t.Errorf("theirs at %d, ours at %d", theirs, ours)
	}
}
