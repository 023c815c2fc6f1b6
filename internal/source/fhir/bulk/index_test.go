package bulk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// export writes files and opens them as an export.
func export(t testing.TB, work string, files map[string]string) *Index {
	t.Helper()
	x, err := Open(t.Context(), folder(t, files), Options{Work: work})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func folder(t testing.TB, files map[string]string) *os.Root {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

// records are the lines of each patient, by the patient's own line.
func records(t testing.TB, x *Index) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for ref, err := range x.Patients(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		if err := x.Record(t.Context(), ref, func(l []byte) { lines = append(lines, string(l)) }); err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if strings.Contains(l, `"Patient",`) {
				out[strings.Split(l, `"id":"`)[1][:2]] = lines
			}
		}
	}
	return out
}

const (
	pa  = `{"resourceType":"Patient","id":"pa"}`
	pb  = `{"resourceType":"Patient","id":"pb","identifier":[{"system":"s","value":"7"}]}`
	obs = `{"resourceType":"Observation","id":"%s","meta":%s,"subject":{"reference":"%s"},"valueString":"%s"}`
)

func observation(id, meta, subject, value string) string {
	return fmt.Sprintf(obs, id, meta, subject, value)
}

// Files in no order, the Patient last, a blank line, CRLF, no newline at the end,
// a type in two files.
func TestLinesAreGroupedByPatient(t *testing.T) {
	x := export(t, "", map[string]string{
		"Observation.000.ndjson": observation("o1", "{}", "Patient/pa", "1") + "\r\n\r\n" + observation("o2", "{}", "https://x.example/Patient/pb/_history/2", "2"),
		"Observation.001.ndjson": observation("o3", "{}", "Patient?identifier=s|7", "3") + "\n" + observation("o4", "{}", "Patient/elders", "CANARY-1") + "\n",
		"Patient.ndjson":         pb + "\n" + pa,
		"Provenance.ndjson":      `{"resourceType":"Provenance","id":"v","target":[{"reference":"Observation/o1"}]}`,
		"Basic.ndjson":           `{"resourceType":"Basic","id":"x","code":{"text":"CANARY-2"}}`,
		"log.ndjson":             `{"exportId":"e"}`,
		"Practitioner.ndjson":    `{"resourceType":"Practitioner","id":"z","identifier":[{"system":"n","value":"1"}]}`,
	})
	got := records(t, x)
	if len(got["pa"]) != 3 || len(got["pb"]) != 3 || x.Orphans() != 2 || len(x.Gaps()) != 0 {
		t.Errorf("pa %d, pb %d lines, %d orphans, gaps %v", len(got["pa"]), len(got["pb"]), x.Orphans(), x.Gaps())
	}
	for _, lines := range got {
		if strings.Contains(strings.Join(lines, ""), "CANARY") {
			t.Error("a resource of nobody is in a record")
		}
	}
	for ref, found := range map[string]bool{"Practitioner/z": true, "Practitioner?identifier=n|1": true, "Patient/pb": false, "Observation/o1": false, "Patient?identifier=s|7": false, "Basic/x": false} {
		if l, err := x.Find(t.Context(), ref); err != nil || (l != nil) != found {
			t.Errorf("%s: found %t, %v", ref, l != nil, err)
		}
	}
}

func TestTheLatestVersionWins(t *testing.T) {
	x := export(t, "", map[string]string{
		"a.ndjson": pa + "\n" + observation("o1", `{"versionId":"10"}`, "Patient/pa", "new") + "\n" + observation("o2", `{"lastUpdated":"2026-01-02T00:00:00Z"}`, "Patient/pa", "new") + "\n" + observation("o3", "{}", "Patient/pa", "old"),
		"b.ndjson": observation("o1", `{"versionId":"9"}`, "Patient/pa", "old") + "\n" + observation("o2", `{"lastUpdated":"2026-01-01T23:30:00-05:00"}`, "Patient/pa", "newest") + "\n" + observation("o3", "{}", "Patient/pa", "new"),
	})
	lines := strings.Join(records(t, x)["pa"], "\n")
	if strings.Count(lines, `"new"`) != 2 || strings.Count(lines, `"newest"`) != 1 || strings.Contains(lines, "old") {
		t.Errorf("lines\n%s", lines)
	}
}

// What the manifest calls deleted is read first, so that what stands in the
// output again is there.
func TestDeletionsAreReadFirst(t *testing.T) {
	gone := `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Observation/o1"}},{"request":{"method":"DELETE","url":"Observation/o2"}}]}`
	x := export(t, "", map[string]string{
		"manifest.json": `{"transactionTime":"2026-01-01T00:00:00Z","output":[{"type":"Observation","url":"https://x/a.ndjson"}],"deleted":[{"url":"https://x/z.ndjson"}],"error":[]}`,
		"a.ndjson":      pa + "\n" + observation("o1", "{}", "Patient/pa", "1"), "z.ndjson": gone,
	})
	if len(records(t, x)["pa"]) != 2 || x.TransactionTime() != "2026-01-01T00:00:00Z" {
		t.Errorf("%d lines, time %s", len(records(t, x)["pa"]), x.TransactionTime())
	}
}

func TestAnIncompleteExportSaysSo(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"fouten-bij-de-export": {"manifest.json": `{"transactionTime":"t","output":[],"error":[{"type":"OperationOutcome","url":"https://x/e.ndjson"}]}`, "a.ndjson": pa},
		"bestand-ontbreekt":    {"manifest.json": `{"transactionTime":"t","output":[{"type":"Patient","url":"https://x/b.ndjson"}]}`, "a.ndjson": pa},
		"onleesbare-regels":    {"a.ndjson": pa + "\n{\"resourceType\":"},
	} {
		if x := export(t, "", files); !slices.Contains(x.Gaps(), name) {
			t.Errorf("%s: gaps %v", name, x.Gaps())
		}
	}
	x := export(t, "", map[string]string{"a.ndjson": pa, "e.ndjson": `{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]}`})
	if !slices.Contains(x.Gaps(), "fouten-bij-de-export") {
		t.Errorf("gaps %v", x.Gaps())
	}
}

// A run that is cut off goes on where it was, and ends with the same index; a
// changed export begins anew.
func TestAnIndexIsGoneOnWith(t *testing.T) {
	var b strings.Builder
	b.WriteString(pa + "\n" + pb + "\n")
	for i := range 90_000 {
		b.WriteString(observation(fmt.Sprint("o", i), "{}", "Patient/p"+string("ab"[i%2]), strings.Repeat("x", 1000)) + "\n")
	}
	work, root := t.TempDir(), folder(t, map[string]string{"a.ndjson": b.String()})
	ctx, cancel := context.WithCancel(t.Context())
	polls := 0
	go func() {
		for ; polls < 4000; polls++ { // until the first commit is on disk
			if info, err := os.Stat(filepath.Join(work, "fhir-index.sqlite-wal")); err == nil && info.Size() > 4<<20 {
				break
			}
			select {
			case <-t.Context().Done():
				return
			default:
			}
		}
		cancel()
	}()
	if x, err := Open(ctx, root, Options{Work: work}); err == nil {
		x.Close() // this machine was too fast to be cut off; what follows still holds
	} else if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	x, err := Open(t.Context(), root, Options{Work: work})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for id, lines := range records(t, x) {
		if len(lines) != 45_001 {
			t.Errorf("%s has %d lines", id, len(lines))
		}
	}
}

func TestNoTextOfARecordIsInTheIndex(t *testing.T) {
	work := t.TempDir()
	x := export(t, work, map[string]string{"a.ndjson": strings.Replace(pa, `"pa"`, `"CANARY-1"`, 1) + "\n" + observation("CANARY-2", "{}", "Patient/CANARY-1", "CANARY-3")})
	x.Close()
	files, _ := filepath.Glob(filepath.Join(work, "*"))
	if len(files) == 0 {
		t.Fatal("no index")
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil || strings.Contains(string(b), "CANARY") {
			t.Errorf("%s holds text of the export (%v)", filepath.Base(f), err)
		}
	}
}

// Whatever a line holds, it makes a row without a crash, and never one that a
// look-up for nobody's resources gives out while it names a patient.
func FuzzRow(f *testing.F) {
	for _, s := range []string{pa, pb, observation("o1", `{"versionId":"1"}`, "Patient?identifier=s|7", "x"), `{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"Patient/pa"}}]}`, `{"resourceType":"Practitioner","id":"z","subject":{"reference":"Patient/pa"}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := block{data: []byte(s)}
		b.parse()
		for _, r := range b.rows {
			if r.id != nil && r.owner == nil && !common[r.kind] && r.kind != "Device" {
				t.Errorf("a %s belongs to nobody", r.kind)
			}
		}
	})
}

func FuzzManifest(f *testing.F) {
	f.Add(`{"transactionTime":"t","output":[{"type":"Patient","url":"https://x/b.ndjson?x"}],"error":null}`)
	f.Add(`{"transactionTime":7}`)
	f.Fuzz(func(t *testing.T, s string) {
		p, err := planOf(folder(t, map[string]string{"manifest.json": s, "a.ndjson": pa}))
		if err != nil || len(p.files) != 1 {
			if !strings.Contains(s, "a.ndjson") {
				t.Errorf("%d files, %v", len(p.files), err)
			}
		}
	})
}

// A line over the limit is a gap; the lines around it keep their places.
func TestALineOverTheLimitIsLeftOut(t *testing.T) {
	long := observation("o2", "{}", "Patient/pa", strings.Repeat("x", 600_000))
	root := folder(t, map[string]string{
		"a.ndjson": strings.Join([]string{observation("o1", "{}", "Patient/pa", "1"), long, observation("o3", "{}", "Patient/pa", "3"), pa, long}, "\n"),
	})
	x, err := Open(t.Context(), root, Options{MaxLine: 400_000})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	got := strings.Join(records(t, x)["pa"], "\n")
	if !strings.Contains(got, `"o1"`) || !strings.Contains(got, `"o3"`) || strings.Contains(got, `"o2"`) || !slices.Contains(x.Gaps(), "onleesbare-regels") {
		t.Errorf("%d bytes, gaps %v", len(got), x.Gaps())
	}
}
