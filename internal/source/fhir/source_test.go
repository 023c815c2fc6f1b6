package fhir

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"inzage/internal/dossier"
)

var _ dossier.Reader = (*Source)(nil)

const clients = "../../../fixtures/fhir/clienten"

func open(t testing.TB, dir string, opt Options) *Source {
	t.Helper()
	s, err := Open(t.Context(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func loadAll(t testing.TB, s *Source) (refs []Ref, out []*dossier.Dossier) {
	t.Helper()
	for ref, err := range s.Clients(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		d, err := s.Load(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		refs, out = append(refs, ref), append(out, d)
	}
	return refs, out
}

func TestOneFileAndOneFolderAreTwoClients(t *testing.T) {
	refs, list := loadAll(t, open(t, clients, Options{Portal: "p", System: "ECD", Rules: Rules{Show: []string{"Observation", "Consent"}}}))
	if len(list) != 2 || refs[0].Path != "een-bestand.json" || refs[1].Path != "map-client/" {
		t.Fatalf("clients %v", refs)
	}
	d := list[0]
	if d.Ref != "vb-1" || d.Client.CallName != "Mien" || d.Relation.Start.String() != "2023-02-01" || len(d.Grants) != 1 || d.AsOf.String() != "2026-03-14T22:00:00+01:00" {
		t.Errorf("head %+v", *d)
	}
	if it := find(t, d.Items, "Consent/b1"); it.Title != "Reanimatie: NEE" || !it.Alert || it.Visibility.Portal != dossier.Yes {
		t.Errorf("directive %+v", *it)
	}
	if it := find(t, d.Items, "Observation/g1"); it.Measurement.Value != 61.5 || it.Measurement.Type != "Gewicht" || it.Author.Role != "EVV'er" || it.Author.Name != "Els Bakker" {
		t.Errorf("measurement %+v %+v", *it, it.Measurement)
	}
	if it := find(t, d.Items, "Condition/i1"); it.Visibility.Portal != dossier.No || it.Visibility.Labels[0] != dossier.LabelInternal {
		t.Errorf("internal %+v", it.Visibility)
	}
	if len(list[1].Items) != 3 || list[1].Client.BirthDate.Precision() != dossier.Year {
		t.Errorf("%d items of the folder", len(list[1].Items))
	}
}

func TestAttachmentsAreOpenedOrMissingWithAReason(t *testing.T) {
	s := open(t, clients, Options{})
	refs, list := loadAll(t, s)
	doc := find(t, list[0].Items, "DocumentReference/d1")
	if !strings.Contains(page(doc), "De uitslag is goed.") || len(doc.Attachments) != 1 {
		t.Fatalf("a plain text stands in the item: %s", page(doc))
	}
	_, err := s.Opener(refs[0]).Open(t.Context(), doc.Attachments[0])
	var missing dossier.Missing
	if !errors.As(err, &missing) || missing.Reason != MissingElsewhere {
		t.Errorf("remote: %v", err)
	}
	r, err := s.Opener(refs[1]).Open(t.Context(), find(t, list[1].Items, "Media/m1").Attachments[0])
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(r)
	if r.Close(); !strings.HasPrefix(string(b), "\x89PNG") {
		t.Error("not the picture")
	}
}

func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The bytes of an attachment: in itself, in a Binary, contained; checked by hash;
// never from outside the client's folder.
func TestBytesAreFoundAndChecked(t *testing.T) {
	const pdf = "JVBERi0xLjQKJeLjz9MK" // %PDF-1.4
	for content, want := range map[string]dossier.Reason{
		`{"contentType":"application/pdf","data":"` + pdf + `","size":99999}`:                          "",
		`{"contentType":"application/pdf","url":"Binary/b"}`:                                           "",
		`{"contentType":"application/pdf","url":"#in"}`:                                                "",
		`{"contentType":"application/pdf","url":"data:application/pdf;base64,` + pdf + `"}`:            "",
		`{"contentType":"application/pdf","data":"` + pdf + `","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAA="}`: dossier.MissingWrongHash,
		`{"contentType":"application/pdf","data":"**"}`:                                                dossier.MissingBroken,
		`{"contentType":"application/pdf"}`:                                                            dossier.MissingEmpty,
		`{"contentType":"application/pdf","url":"https://elders.example/x.pdf"}`:                       MissingElsewhere,
		`{"contentType":"application/pdf","url":"Binary/weg"}`:                                         MissingElsewhere,
		`{"contentType":"application/pdf","url":"file://../c2/geheim.pdf"}`:                            dossier.MissingOutside,
		`{"contentType":"application/pdf","url":"file:///etc/passwd"}`:                                 dossier.MissingOutside,
		`{"contentType":"application/pdf","url":"weg.pdf"}`:                                            dossier.MissingFile,
	} {
		doc := `{"resourceType":"DocumentReference","id":"d","status":"current","subject":{"reference":"Patient/p1"},"contained":[{"resourceType":"Binary","id":"in","contentType":"application/pdf","data":"` + pdf + `"}],"content":[{"attachment":` + content + `}]}`
		dir := write(t, map[string]string{"c1/r.json": "[" + pat + `,{"resourceType":"Binary","id":"b","contentType":"application/pdf","data":"` + pdf + `"},` + doc + "]", "c2/geheim.pdf": "CANARY-7", "c2/x.json": pat})
		s := open(t, dir, Options{})
		refs, list := loadAll(t, s)
		a := find(t, list[0].Items, "DocumentReference/d").Attachments[0]
		r, err := s.Opener(refs[0]).Open(t.Context(), a)
		var missing dossier.Missing
		errors.As(err, &missing)
		if missing.Reason != want || (err == nil) != (want == "") {
			t.Errorf("%s: %v, want %q", content, err, want)
		}
		if err == nil {
			b, _ := io.ReadAll(r)
			if r.Close(); !strings.HasPrefix(string(b), "%PDF") || a.Size != int64(len(b)) {
				t.Errorf("%s: %d bytes, said %d", content, len(b), a.Size)
			}
		}
	}
}

func TestBrokenFilesFailAlone(t *testing.T) {
	dir := write(t, map[string]string{"a.json": pat, "b.json": "{\n\"resourceType\":\"Bundle\",\n\"entry\":[{\"CANARY-1", "c.json": `{"resourceType":"Condition"}`, "leeg.json": ""})
	s := open(t, dir, Options{})
	var good, bad int
	for ref, err := range s.Clients(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Load(t.Context(), ref)
		switch {
		case err == nil:
			good++
		case !errors.Is(err, dossier.ErrUnreadable) || strings.Contains(err.Error(), "CANARY"):
			t.Errorf("%s: %v", ref.Path, err)
		default:
			bad++
		}
		if ref.Path == "b.json" && !strings.Contains(err.Error(), "line 3") {
			t.Errorf("no line: %v", err)
		}
	}
	if good != 1 || bad != 3 {
		t.Errorf("%d read, %d failed", good, bad)
	}
}

// Clients without an id stay apart, and the same input gives the same dossier.
func TestClientsWithoutAnIDStayApart(t *testing.T) {
	anon := `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","name":[{"text":"A"}]}},{"resource":{"resourceType":"Condition","code":{"text":"Griep"}}}]}`
	dir := write(t, map[string]string{"a.json": anon, "b.json": anon})
	_, list := loadAll(t, open(t, dir, Options{}))
	if list[0].Ref == list[1].Ref {
		t.Error("two clients have one reference")
	}
	_, again := loadAll(t, open(t, dir, Options{}))
	x, _ := json.Marshal(list)
	y, _ := json.Marshal(again)
	if string(x) != string(y) {
		t.Error("the same input gives another dossier")
	}
}

func TestTheFHIRCopyHoldsWhatIsShownAndNoMore(t *testing.T) {
	dir := write(t, map[string]string{"a.json": `[{"resourceType":"Patient","id":"p1","identifier":[{"system":"http://fhir.nl/fhir/NamingSystem/bsn","value":"111222333"}],"name":[{"text":"A"}]},
		{"resourceType":"Condition","id":"shown","code":{"text":"Griep"},"valueDecimal":1.50},{"resourceType":"Condition","id":"hidden","code":{"text":"CANARY-9"}}]`})
	s := open(t, dir, Options{System: "ECD"})
	refs, list := loadAll(t, s)
	items := []dossier.Item{*find(t, list[0].Items, "Condition/shown"), *find(t, list[0].Items, "Patient/p1")}
	b, err := s.Bundle(t.Context(), refs[0], Export{Items: items})
	if err != nil || !json.Valid(b) {
		t.Fatal(err)
	}
	text := string(b)
	for want, in := range map[string]bool{`"valueDecimal":1.50`: true, `"type":"document"`: true, "CANARY-9": false, "111222333": false, "*********": true} {
		if strings.Contains(text, want) != in {
			t.Errorf("%q in the copy: %t", want, !in)
		}
	}
	if b, _ := s.Bundle(t.Context(), refs[0], Export{Items: items, FullBSN: true}); !strings.Contains(string(b), "111222333") {
		t.Error("the number that was asked for is struck out")
	}
}

func TestAProfileTellsAnOperatorWhatIsThere(t *testing.T) {
	p, err := open(t, clients, Options{Rules: Rules{Show: []string{"Observation"}}}).Profile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.Clients != 2 || p.Items+p.Parts != p.Resources || p.Types["Patient"] != 2 || p.Labels["urn:example:zichtbaarheid|intern"] != 1 || p.Outcome["Observation: getoond"] != 1 || p.Outcome["Consent: verborgen"] != 1 {
		t.Errorf("profile %+v", *p)
	}
	if p, err := open(t, write(t, map[string]string{"a.json": pat, "b.json": pat}), Options{}).Profile(t.Context()); err != nil || p.Twice != 1 {
		t.Errorf("two files of one reference: %d, %v", p.Twice, err)
	}
	if len(Sorted(p.Types)) != len(p.Types) {
		t.Error("a count is lost")
	}
}

// An export gives one client for each patient, with the access file of that patient.
func TestAnExportGivesItsPatients(t *testing.T) {
	s := open(t, "../../../fixtures/fhir/export", Options{Portal: "p", Rules: Rules{Show: []string{"Observation"}}})
	refs, list := loadAll(t, s)
	if len(list) != 2 {
		t.Fatalf("%d clients", len(list))
	}
	for i, d := range list {
		if strings.Contains(refs[i].Path, "vb-") || d.AsOf.IsZero() {
			t.Errorf("ref %s, as of %s", refs[i].Path, d.AsOf)
		}
		if anna := d.Ref == "vb-3"; anna != (len(d.Grants) == 1) || anna != (len(d.Items) == 2) || anna == d.Relation.Start.IsZero() {
			t.Errorf("%s: %d grants, %d items, relation %+v", d.Ref, len(d.Grants), len(d.Items), d.Relation)
		}
	}
}

// An export that is not complete gives dossiers that cannot pass for complete.
func TestAGapIsAnItemThatCannotBeRead(t *testing.T) {
	s := open(t, write(t, map[string]string{"a.ndjson": pat + "\n{"}), Options{})
	_, list := loadAll(t, s)
	if len(s.Incomplete()) != 1 {
		t.Errorf("incomplete %v", s.Incomplete())
	}
	last := list[0].Items[len(list[0].Items)-1]
	if !strings.Contains(last.Unreadable, "onleesbare-regels") || last.Kind != "levering" {
		t.Errorf("item %+v", last)
	}
}

// What this source gives is dossier/v1, by the schema that others read it with.
func TestWhatTheSourceGivesFitsTheSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../../docs/dossier-v1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	dirs := []string{clients, "../../../fixtures/fhir/export"}
	if os.Getenv("INZAGE_CORPUS") != "" || mustRun("corpus") {
		dirs = append(dirs, corpus(t, "nl-core-r4"), corpus(t, "ips"), corpus(t, "synthea-r4"))
	}
	for _, dir := range dirs {
		_, list := loadAll(t, open(t, dir, Options{Portal: "p", ClientHolds: true, RelationFromRecord: true}))
		for _, d := range list {
			b, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
			if err == nil {
				err = schema.Validate(v)
			}
			if err != nil {
				t.Errorf("%s: %v", filepath.Base(dir), err)
			}
		}
	}
}
