package pdf

import (
	"os"
	"path/filepath"
	"testing"

	"inzage/internal/render/pdf/pdfcheck"
)

// sound holds a file against the checker that does not know this package.
func sound(t *testing.T, name string, file []byte) {
	t.Helper()
	for i, f := range pdfcheck.Check(file) {
		if i == 5 {
			t.Errorf("%s: and more", name)
			return
		}
		t.Errorf("%s: %s", name, f)
	}
}

func TestEverySampleIsAnArchiveFileThatEveryoneCanRead(t *testing.T) {
	for _, n := range []int{0, 3, 40, 130} {
		sound(t, "sample", rendered(t, sample(n)))
	}
}

func TestEveryCopyIsAnArchiveFileThatEveryoneCanRead(t *testing.T) {
	pages := 0
	for _, c := range copies(t) {
		sound(t, c.name, c.file)
		pages += c.pages
	}
	t.Logf("%d files, %d pages, %d rules", len(copies(t)), pages, len(pdfcheck.Rules()))
}

// TestFilesThatAreGivenAreSound looks at the files of the folder that INZAGE_PDFS
// names: those of a whole run, in `make conformance`.
func TestFilesThatAreGivenAreSound(t *testing.T) {
	dir := os.Getenv("INZAGE_PDFS")
	if dir == "" {
		t.Skip("INZAGE_PDFS names no folder")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, filepath.Base(name), b)
	}
	t.Logf("own checker: %d files, %d rules", len(files), len(pdfcheck.Rules()))
}
