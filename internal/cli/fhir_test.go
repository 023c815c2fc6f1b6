package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fromFHIR makes a place with a FHIR source; the portal's copy shows the given types.
func fromFHIR(t *testing.T, source, show string) place {
	t.Helper()
	p := newPlace(t, "")
	if err := os.CopyFS(filepath.Join(p.dir, "portal"), os.DirFS("../../fixtures/portals/thuisgenoten")); err != nil {
		t.Fatal(err)
	}
	rules := string(read(t, p.dir, "portal", "portal.yaml")) + "fhir:\n  show: " + show + "\n"
	p.write("portal/portal.yaml", rules)
	p.write("inzage.yaml", fmt.Sprintf(`portals: [portal]
source: {fhir: {folder: %s, portal: thuisgenoten, client_holds: true, relation_from_record: true}}
kinds: [portaalkopie]
keys: {officers: officers.txt, archive: archive.txt, audience: client.txt}
secret_file: secret
store: {dir: store}
reports: runs
`, source))
	return p
}

const person = `{"resourceType":"Patient","id":"%s","name":[{"text":"Aleida Voorbeeld"}],"birthDate":"1940-01-01"}`

func bundleOf(id string, resources ...string) string {
	entries := []string{}
	for _, r := range append([]string{fmt.Sprintf(person, id)}, resources...) {
		entries = append(entries, `{"resource":`+r+`}`)
	}
	return `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`
}

const (
	weight = `{"resourceType":"Observation","id":"o1","status":"final","subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-01-02",` +
		`"code":{"text":"Gewicht"},"valueQuantity":{"value":72.5,"unit":"kg","code":"kg","system":"http://unitsofmeasure.org"}}`
	hidden = `{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/p1"},"recordedDate":"2026-01-03","code":{"text":"CANARY-77"}}`
)

// What a portal does not show by type is not shown, and not in the FHIR copy.
func TestAFHIRSourceMakesCopies(t *testing.T) {
	source := t.TempDir()
	if err := os.WriteFile(filepath.Join(source, "client.json"), []byte(bundleOf("p1", weight, hidden)), 0o600); err != nil {
		t.Fatal(err)
	}
	p := fromFHIR(t, source, "[Patient, Observation]")
	if out := p.must("check", "--source"); !strings.Contains(out, "1 clients") || !strings.Contains(out, "Condition: verborgen") {
		t.Errorf("profile:\n%s", out)
	}
	p.must("run", "--now", now)
	bundles := p.bundles("portaalkopie")
	if len(bundles) != 1 {
		t.Fatalf("%d bundles", len(bundles))
	}
	folder := p.open(bundles[0], "officer")
	var copied struct {
		Type  string
		Entry []struct{ Resource struct{ ResourceType string } }
	}
	if err := json.Unmarshal(read(t, folder, "data", "fhir.json"), &copied); err != nil || copied.Type != "document" {
		t.Fatalf("fhir.json: %s, %v", copied.Type, err)
	}
	for _, name := range []string{"dossier.html", "dossier.json", "fhir.json"} {
		text := string(read(t, folder, "data", name))
		if strings.Contains(text, "CANARY") || !strings.Contains(text, "72") {
			t.Errorf("%s: hidden %v, shown %v", name, strings.Contains(text, "CANARY"), strings.Contains(text, "72"))
		}
	}
}

// Two files with one client would overwrite each other's copies.
func TestOneClientInTwoFilesIsRefused(t *testing.T) {
	source := t.TempDir()
	for _, name := range []string{"a.json", "b.json"} {
		if err := os.WriteFile(filepath.Join(source, name), []byte(bundleOf("p1", weight)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := fromFHIR(t, source, "[Patient]")
	if code, out := p.run("run", "--now", now); code != 2 || !strings.Contains(out, "another dossier is this client") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// The corpus of real records, where it is at hand: every client gives a copy or a
// reason, and nothing fails.
func TestRealRecordsMakeCopies(t *testing.T) {
	corpus := os.Getenv("INZAGE_CORPUS")
	if corpus == "" {
		if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), "corpus") {
			t.Fatal("INZAGE_CORPUS is not set")
		}
		t.Skip("INZAGE_CORPUS is not set")
	}
	for name, least := range map[string]int{"nl-core-r4": 2, "ips": 10, "synthea-r4": 4, "bulk-ndjson": 10} {
		t.Run(name, func(t *testing.T) {
			p := fromFHIR(t, filepath.Join(corpus, name), `["*"]`)
			p.must("run", "--now", now)
			if n := len(p.bundles("portaalkopie")); n < least {
				t.Errorf("%d copies, want %d at least", n, least)
			}
		})
	}
}
