package compose

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/policy"
	"inzage/internal/portal"
)

var update = flag.Bool("update", false, "rewrite the goldens in testdata")

func TestGoldenOutlines(t *testing.T) {
	english := func(_ *dossier.Dossier, _ *portal.Portal, w *policy.Work) { w.Recipient.Language = "en" }
	agenda := func(_ *dossier.Dossier, _ *portal.Portal, w *policy.Work) {
		w.Recipient.Scope = []dossier.Section{dossier.SectionAppointments}
	}
	for name, d := range map[string]*document.Document{
		"portaalkopie-client":    composed(t, policy.Portaalkopie, dossier.AudienceClient),
		"portaalkopie-agenda-en": composed(t, policy.Portaalkopie, dossier.AudienceContact, agenda, english),
		"archief":                composed(t, policy.Archief, ""),
		"avg-inzage-client":      composed(t, policy.AVGInzage, dossier.AudienceClient),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name+".txt", document.Outline(d)) })
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; run go test ./internal/compose -update and read the diff", file)
	}
}

func TestGoldenReadMe(t *testing.T) {
	p := samplePortal()
	v, err := policy.Decide(sampleDossier(p), p, sampleWork(p, policy.Terugval, dossier.AudienceClient))
	if err != nil {
		t.Fatal(err)
	}
	b, err := ReadMe(v, p, sampleOptions)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "leesmij.txt", string(b))
}
