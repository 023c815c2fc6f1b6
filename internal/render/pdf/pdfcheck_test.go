package pdf

import (
	"testing"

	"inzage/internal/render/pdf/pdfcheck"
)

// sound holds a file against the independent checker.
func sound(t *testing.T, file []byte) {
	t.Helper()
	for _, f := range pdfcheck.Check(file) {
		t.Error(f)
	}
}

func TestEverySampleIsAnArchiveFileThatEveryoneCanRead(t *testing.T) {
	for _, n := range []int{0, 3, 40, 130} {
		sound(t, rendered(t, sample(n)))
	}
}
