package fhir_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir"
)

// corpus is the folder of real FHIR data, which is not part of this project.
func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("INZAGE_CORPUS")
	if dir == "" {
		if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), "corpus") {
			t.Fatal("INZAGE_CORPUS is not set, and the corpus must be read")
		}
		t.Skip("INZAGE_CORPUS is not set: no real FHIR data to read")
	}
	return dir
}

var everything = fhir.Options{Portal: "thuisgenoten", System: "proef", Rules: fhir.Rules{Show: []string{"*"}}, ClientLooks: true, PresentIsInCare: true}

func open(t testing.TB, dir string, opt fhir.Options) *fhir.Source {
	t.Helper()
	s, err := fhir.Open(context.Background(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestEveryCorpusFileIsAccountedFor(t *testing.T) {
	for _, folder := range []string{"nl-core-r4", "ips", "synthea-r4", "hl7-r4"} {
		opt := everything
		opt.Layout = fhir.Files
		s := open(t, filepath.Join(corpus(t), folder), opt)
		clients, none := 0, 0
		for ref, err := range s.Clients(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Record(context.Background(), ref)
			if err != nil {
				none++
				continue
			}
			clients++
			check(t, folder+"/"+ref.Path, r)
		}
		t.Logf("%s: %d clients, %d files without one", folder, clients, none)
		if clients == 0 {
			t.Errorf("%s: no client", folder)
		}
	}
}

// check holds for every record: the numbers add up, ids are there once, and no
// item that is not marked unreadable is empty.
func check(t testing.TB, name string, r *fhir.Record) {
	t.Helper()
	if !r.Account.Whole() || r.Account.Items+r.Account.Unreadable != len(r.Dossier.Items) {
		t.Errorf("%s: %+v with %d items", name, r.Account, len(r.Dossier.Items))
	}
	seen := map[string]bool{}
	for _, it := range r.Dossier.Items {
		if it.ID == "" || seen[it.ID] || !it.Section.Known() {
			t.Errorf("%s: item %q, section %q: id empty or twice, or section unknown", name, it.ID, it.Section)
		}
		seen[it.ID] = true
		if it.Unreadable == "" && it.Title == "" && len(it.Body) == 0 && it.Measurement == nil && len(it.Attachments) == 0 && it.Date.IsZero() {
			t.Logf("%s: item %s says nothing", name, it.ID)
		}
	}
}

func TestPrint(t *testing.T) {
	want := os.Getenv("PRINT")
	if want == "" {
		t.Skip()
	}
	opt := everything
	opt.Layout = fhir.Files
	s := open(t, filepath.Dir(want), opt)
	r, err := s.Record(context.Background(), dossier.FileRef{Path: filepath.Base(want)})
	if err != nil {
		t.Fatal(err)
	}
	for _, sec := range dossier.Sections() {
		for _, it := range r.Dossier.Items {
			if it.Section != sec {
				continue
			}
			t.Logf("== %s [%s] %q %s..%s by %+v st=%q vis=%v alert=%v sup=%s", it.Section, it.Kind, it.Title, it.Date, it.Until, it.Author, it.Status, it.Visibility, it.Alert, it.Supersedes)
			if it.Measurement != nil {
				t.Logf("      M %+v", *it.Measurement)
			}
			for _, b := range it.Body {
				x := b.Text
				if len(x) > 300 {
					x = x[:300]
				}
				t.Logf("      %s|%s|%s %v %v %v", b.Kind, b.Label, x, b.Columns, b.Rows, b.Entries)
			}
			for _, a := range it.Attachments {
				t.Logf("      A %+v", a)
			}
		}
	}
	t.Logf("%+v", r.Account)
	for _, k := range fhir.Most(r.Profile.Unmapped) {
		t.Logf("   unmapped %d %s", r.Profile.Unmapped[k], k)
	}
	t.Logf("%v %v", r.Profile.Notes, r.Profile.Stops)
}
