package fhir

import (
	"os"
	"path/filepath"
	"testing"

	"inzage/internal/source/fhir/tree"
)

// corpus is the folder of real data; the test skips without it, unless it is mandatory.
func corpus(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("INZAGE_CORPUS")
	if dir == "" {
		if mustRun("corpus") {
			t.Fatal("INZAGE_CORPUS is not set")
		}
		t.Skip("INZAGE_CORPUS is not set: the real data is not here")
	}
	return filepath.Join(dir, name)
}

// Reading and mapping of the Synthea files; the promise is 40 MB/s for one core.
func BenchmarkSynthea(b *testing.B) {
	files, err := filepath.Glob(filepath.Join(corpus(b, "synthea-r4"), "*.json"))
	if err != nil || len(files) == 0 {
		b.Fatal("no files")
	}
	var texts []string
	var size int64
	for _, f := range files {
		t, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		texts = append(texts, string(t))
		size += int64(len(t))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, t := range texts {
			rec := newRecord()
			n, _, err := tree.Parse(t)
			if err != nil {
				b.Fatal(err)
			}
			rec.add(n, "")
			m := &mapper{rec: rec, opt: &Options{}}
			m.patient = rec.client()
			if d := m.dossierOf(Access{}); len(d.Items) < 10 {
				b.Fatal("few items")
			}
		}
	}
}
