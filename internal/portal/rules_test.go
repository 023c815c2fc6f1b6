package portal_test

import (
	"strings"
	"testing"

	"inzage/internal/portal"
	"inzage/internal/prose"
)

func fixture(t *testing.T, id string) *portal.Portal {
	t.Helper()
	p, err := portal.Load("../../fixtures/portals/" + id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The duty of secrecy is the organisation's text, shown as it stands.
func TestC15_SecrecyStandsInTheTerms(t *testing.T) {
	for _, terms := range fixture(t, "thuisgenoten").Terms {
		if !strings.Contains(strings.ToLower(prose.Text(terms.Blocks)), "geheim") {
			t.Errorf("terms %s say nothing of secrecy", terms.Version)
		}
	}
}

// Terms that name laws which are no more are shown as they stand; the
// organisation is told.
func TestC21_LawsThatAreNoMoreAreNamed(t *testing.T) {
	p := fixture(t, "mijnplan")
	var told []string
	for _, w := range p.Warnings {
		told = append(told, w.Text)
	}
	for _, law := range []string{"BOPZ", "Wet cliëntenrechten"} {
		if !strings.Contains(strings.Join(told, "\n"), law) {
			t.Errorf("no warning about the %s in %q", law, told)
		}
		if last := p.Terms[len(p.Terms)-1]; law == "BOPZ" && !strings.Contains(prose.Text(last.Blocks), law) {
			t.Error("the terms were altered")
		}
	}
}

// A portal that makes no choice gives no file that can start something.
func TestFilesThatStartSomethingAreLeftOutUnlessChosen(t *testing.T) {
	for _, id := range []string{"thuisgenoten", "mijnplan"} {
		if got := fixture(t, id).ActiveFiles; got != portal.ActiveLeaveOut {
			t.Errorf("%s: %q", id, got)
		}
	}
}
