package portal

import (
	"os"
	"testing"
	"testing/fstest"
)

// FuzzFolder reads any settings and any terms: faults, never a panic, and
// never a portal without its terms.
func FuzzFolder(f *testing.F) {
	settings, err := os.ReadFile("../../fixtures/portals/mijnplan/portal.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(settings), "---\nversion: a\nvalid_from: 2026-01-01\nlanguage: nl\n---\n# T\n\ntekst")
	f.Add("a: &x [1]\nb: *x", "---\n- a\n---\n")
	f.Fuzz(func(t *testing.T, settings, terms string) {
		p, err := load(fstest.MapFS{
			"portal.yaml":               {Data: []byte(settings)},
			"voorwaarden/2026-01-01.md": {Data: []byte(terms)},
		}, "fuzz")
		if p != nil || err == nil {
			t.Error("a folder without texts was taken")
		}
	})
}
