package portal_test

import (
	"testing"
	"time"

	"inzage/internal/dossier"
	"inzage/internal/portal"
)

// now is the moment all fixtures live at.
var now = time.Date(2026, 3, 15, 3, 0, 0, 0, dossier.Amsterdam)

func mustLoad(t testing.TB, id string) *portal.Portal {
	t.Helper()
	p, err := portal.Load("../../fixtures/portals/" + id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFixturesLoad(t *testing.T) {
	for id, version := range map[string]string{"thuisgenoten": "2025-09", "mijnplan": "2026-01"} {
		p := mustLoad(t, id)
		at, err := p.TermsAt(now)
		if err != nil || at.Version != version || !at.Sample {
			t.Errorf("%s: terms %q, %v; want %q", id, at.Version, err, version)
		}
		for _, w := range p.Warnings {
			t.Logf("%s: %s:%d: %s", id, w.File, w.Line, w.Text)
		}
	}
}
