package bulk_test

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"inzage/internal/source/fhir/bulk"
)

// TestALargeExport groups INZAGE_BULK_MB megabytes made by repeating the
// corpus with new ids, and holds it to 60 s and 400 MB per gigabyte.
func TestALargeExport(t *testing.T) {
	mb, _ := strconv.Atoi(os.Getenv("INZAGE_BULK_MB"))
	corpus := os.Getenv("INZAGE_CORPUS")
	if mb == 0 || corpus == "" {
		t.Skip("INZAGE_BULK_MB and INZAGE_CORPUS say how much to group")
	}
	dir := t.TempDir()
	patients := repeat(t, filepath.Join(corpus, "bulk-ndjson"), dir, int64(mb)<<20)
	work := t.TempDir()
	runtime.GC()
	start := time.Now()
	s, err := bulk.Group(context.Background(), os.DirFS(dir), work, bulk.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	took := time.Since(start)
	n := 0
	if err := s.Patients(context.Background(), func(string, int64) { n++ }); err != nil || n != patients {
		t.Errorf("%d patients, want %d (%v)", n, patients, err)
	}
	info, err := os.Stat(filepath.Join(work, "bulk.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MB, %d patients: %s, peak %d MB, index %d MB, homeless %v", mb, n, took.Round(time.Second), peak(t), info.Size()>>20, s.Homeless())
	if took > time.Duration(mb)*60*time.Second/1000+5*time.Second || peak(t) > 400 {
		t.Error("slower or larger than promised")
	}
}

// peak is the most memory that this process has held, in MB.
func peak(t *testing.T) int {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc here")
	}
	for l := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(l, "VmHWM:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kb >> 10
		}
	}
	return 0
}

func repeat(t *testing.T, from, to string, size int64) (patients int) {
	files, _ := filepath.Glob(filepath.Join(from, "*.ndjson"))
	out := map[string]*bufio.Writer{}
	var text []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, string(b))
		w, err := os.Create(filepath.Join(to, filepath.Base(f)))
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		out[f] = bufio.NewWriterSize(w, 1<<20)
		defer out[f].Flush()
	}
	var written int64
	for round := 0; written < size; round++ {
		// a new id for everything: the ids of the corpus are UUIDs
		fix := strings.NewReplacer(`"id":"`, `"id":"`+strconv.Itoa(round)+"-", `Patient/`, `Patient/`+strconv.Itoa(round)+"-")
		for i, f := range files {
			n, _ := fix.WriteString(out[f], text[i])
			written += int64(n)
			if strings.HasPrefix(filepath.Base(f), "Patient.") {
				patients += strings.Count(text[i], `"resourceType":"Patient"`)
			}
		}
	}
	for _, w := range out {
		w.Flush()
	}
	return patients
}
