package cli_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"inzage/internal/bundle"
)

// A letter that starts a program: told beside it in every copy; a portal that
// does not choose to give it leaves it out of its own copies, with the reason; an
// answer under the AVG and an archive hold it as it is.
func TestWhatCanStartSomethingIsTold(t *testing.T) {
	source := t.TempDir()
	for _, name := range []string{"mijnplan/zorg-beeindigd-8-dagen", "thuisgenoten/inzageverzoek"} {
		if err := os.CopyFS(filepath.Join(source, name), os.DirFS("../../fixtures/dossiers/"+name)); err != nil {
			t.Fatal(err)
		}
		startsSomething(t, filepath.Join(source, name))
	}
	p := newPlace(t, source)
	out := p.must("run", "--now", now)
	if !strings.Contains(out, "attachments can start something when opened") {
		t.Errorf("the operator is not told:\n%s", out)
	}
	p.letters(map[string]bool{"mijnplan archief": true, "thuisgenoten avg-inzage": true, "thuisgenoten portaalkopie": false, "thuisgenoten terugval": false})

	giving := filepath.Join(t.TempDir(), "thuisgenoten")
	if err := os.CopyFS(giving, os.DirFS("../../fixtures/portals/thuisgenoten")); err != nil {
		t.Fatal(err)
	}
	settings := read(t, giving, "portal.yaml")
	if err := os.WriteFile(filepath.Join(giving, "portal.yaml"), append(settings, "\nattachments: {active: give}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	p.write("inzage.yaml", regexp.MustCompile(`[^\[ ]*portals/thuisgenoten`).ReplaceAllString(string(read(t, p.dir, "inzage.yaml")), giving))
	p.must("run", "--now", strings.Replace(now, "15T", "16T", 1))
	p.letters(map[string]bool{"mijnplan archief": true, "thuisgenoten avg-inzage": true, "thuisgenoten portaalkopie": true, "thuisgenoten terugval": true})
	pages := 0
	p.walk("runs", func(path string) {
		b := read(t, path)
		switch filepath.Ext(path) {
		case ".json":
			pages++
			if !bytes.Contains(b, []byte(`"attachmentsThatStart"`)) || bytes.Contains(b, []byte(`"attachmentsThatStart": 0`)) {
				t.Errorf("%s does not count them", path)
			}
		case ".html":
			pages++
			if !bytes.Contains(b, []byte("kunnen iets starten als iemand ze opent")) {
				t.Errorf("%s does not tell it", path)
			}
		}
	})
	if pages < 2 {
		t.Errorf("%d reports", pages)
	}
}

// letters looks at the newest copy of each portal and kind that holds the letter:
// given or not.
func (p place) letters(want map[string]bool) {
	p.t.Helper()
	newest := map[string]bundle.Manifest{}
	folders := map[string]string{}
	for _, path := range p.bundles("") {
		folder := p.open(path, "officer")
		m, err := bundle.ParseManifest(read(p.t, folder, "manifest.json"))
		if err != nil {
			p.t.Fatal(err)
		}
		if name := m.Portal + " " + m.Kind; folders[name] == "" || newest[name].Made.Before(m.Made) {
			newest[name], folders[name] = m, folder
		}
	}
	for name, given := range want {
		found := false
		for _, a := range newest[name].Attachments {
			if a.Name == "brief huisarts.pdf" {
				found = true
				checkStarting(p.t, folders[name], name, a, given)
			}
		}
		if !found {
			p.t.Errorf("%s: no copy with the letter", name)
		}
	}
}

// startsSomething adds an action to the doctor's letter of a dossier, as an update.
func startsSomething(t *testing.T, folder string) {
	t.Helper()
	path := filepath.Join(folder, "bijlagen/001.pdf")
	letter := read(t, path)
	at := len(letter)
	active := append(letter[:at:at], "1 0 obj\n<</Type/Catalog/Pages 2 0 R/OpenAction<</S/Launch/F(x.exe)>>>>\nendobj\n"...)
	active = fmt.Appendf(active, "xref\n1 1\n%010d 00000 n \ntrailer\n<</Size 9/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", at, len(active))
	old, now := sha256.Sum256(letter), sha256.Sum256(active)
	record := string(read(t, folder, "dossier.json"))
	changed := strings.NewReplacer(fmt.Sprintf(`"size": %d`, len(letter)), fmt.Sprintf(`"size": %d`, len(active)), fmt.Sprintf("%x", old), fmt.Sprintf("%x", now)).Replace(record)
	if changed == record {
		t.Fatal("the letter is not as this test knows it")
	}
	for name, b := range map[string][]byte{path: active, filepath.Join(folder, "dossier.json"): []byte(changed)} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// checkStarting looks at a copy with the letter: in the manifest, on the page, and as a file.
func checkStarting(t *testing.T, folder, name string, a bundle.Attachment, given bool) {
	t.Helper()
	page := string(read(t, folder, "data/dossier.html"))
	if len(a.Starts) != 1 || a.Starts[0] != "ander-bestand" {
		t.Errorf("%s: the manifest says %v", name, a.Starts)
	}
	if !given {
		if a.Missing != "kan-iets-starten" || a.Path != "" || !strings.Contains(page, "niet in deze kopie: het bestand kan iets starten als u het opent") {
			t.Errorf("%s: given as %q, missing %q", name, a.Path, a.Missing)
		}
		return
	}
	if a.Missing != "" || !strings.Contains(page, "let op, dit bestand kan iets starten") || !strings.Contains(page, "Twijfelt u? Open het dan niet") {
		t.Errorf("%s: missing %q, or not told", name, a.Missing)
	}
	if b := read(t, folder, a.Path); !bytes.Contains(b, []byte("/S/Launch/F(x.exe)")) {
		t.Errorf("%s: the file was altered", name)
	}
}
