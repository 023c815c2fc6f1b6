package pdf

import (
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
	t.Logf("own checker: %d files, %d pages, %d rules", len(copies(t)), pages, len(pdfcheck.Rules()))
}
