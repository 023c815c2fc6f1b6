package bulk

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// multiply writes the export of the corpus n times over, each time with new ids.
func multiply(t testing.TB, dir string, n int) (size int64) {
	t.Helper()
	from := os.Getenv("INZAGE_CORPUS")
	if from == "" {
		t.Skip("INZAGE_CORPUS is not set: the real data is not here")
	}
	files, _ := filepath.Glob(filepath.Join(from, "bulk-ndjson", "*.ndjson"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		places := uuid.FindAllIndex(b, -1)
		out, err := os.Create(filepath.Join(dir, filepath.Base(f)))
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriterSize(out, 1<<20)
		for i := range n {
			head := fmt.Sprintf("%04x", i)
			for _, p := range places {
				copy(b[p[0]:], head)
			}
			w.Write(b)
			size += int64(len(b))
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		out.Close()
	}
	return size
}

// peak is the most memory that this process has held, in MB: the engine's own
// memory is not the runtime's.
func peak(t testing.TB) float64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc here")
	}
	for l := range strings.Lines(string(b)) {
		if f := strings.Fields(l); f[0] == "VmHWM:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}

// BenchmarkGroup groups an export of INZAGE_BULK_COPIES times the corpus (100 is
// about 1 GB). The promise: 1 GB in under 60 s with under 400 MB.
func BenchmarkGroup(b *testing.B) {
	n, _ := strconv.Atoi(os.Getenv("INZAGE_BULK_COPIES"))
	if n == 0 {
		n = 5
	}
	dir := b.TempDir()
	size := multiply(b, dir, n)
	root, err := os.OpenRoot(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer root.Close()
	b.SetBytes(size)
	for b.Loop() {
		x, err := Open(context.Background(), root, Options{Work: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		patients := 0
		for _, err := range x.Patients(context.Background()) {
			if err != nil {
				b.Fatal(err)
			}
			patients++
		}
		if patients != 13*n {
			b.Errorf("%d patients, want %d", patients, 13*n)
		}
		x.Close()
	}
	b.ReportMetric(peak(b), "peak-MB")
}

func TestNamesInTheIndexAreHashes(t *testing.T) {
	if s := string(hash("Patient/123456782")); strings.Contains(s, "1234") || len(s) != 16 {
		t.Error("an id is readable in the index")
	}
}
