package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inzage/internal/source/fhir/bulk"
)

func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func group(t testing.TB, dir, work string) *bulk.Store {
	t.Helper()
	s, err := bulk.Group(context.Background(), os.DirFS(dir), work, bulk.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// lines gives every patient's lines, in one string each.
func lines(t testing.TB, s *bulk.Store) (out []string) {
	t.Helper()
	var ids []string
	if err := s.Patients(context.Background(), func(id string, size int64) { ids = append(ids, id) }); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		var b strings.Builder
		if err := s.Each(context.Background(), id, func(l string) error { b.WriteString(l + "\n"); return nil }); err != nil {
			t.Fatal(err)
		}
		out = append(out, b.String())
	}
	return out
}

const (
	ada = `{"resourceType":"Patient","id":"a","identifier":[{"system":"s","value":"1"}]}`
	bob = `{"resourceType":"Patient","id":"b"}`
)

func observation(id, who, rest string) string {
	return fmt.Sprintf(`{"resourceType":"Observation","id":%q,"subject":{"reference":%q}%s}`, id, who, rest)
}

func TestLinesComeTogetherByPatient(t *testing.T) {
	s := group(t, folder(t, map[string]string{
		"Observation.000.ndjson": observation("o1", "Patient/b", "") + "\r\n\n" + observation("o2", "https://x/fhir/Patient/a/_history/3", "") + "\n",
		"Observation.001.ndjson": observation("o3", "Patient?identifier=s|1", ""), // no newline at the end
		"Patient.ndjson":         ada + "\n" + bob + "\n",
		"Practitioner.ndjson":    `{"resourceType":"Practitioner","id":"p","identifier":[{"system":"n","value":"7"}]}`,
		"log.ndjson":             `{"exportId":"1"}`,
	}), "")
	all := strings.Join(lines(t, s), "---\n")
	for _, part := range []string{ada, `"o2"`, `"o3"`} {
		if n := strings.Count(all, part); n != 1 {
			t.Errorf("%s stands %d times", part, n)
		}
	}
	for _, l := range lines(t, s) {
		if a := strings.Contains(l, ada); a != strings.Contains(l, `"o2"`) || a != strings.Contains(l, `"o3"`) || a == strings.Contains(l, `"o1"`) {
			t.Errorf("mixed: %s", l)
		}
	}
	if s.Lookup("Practitioner/p") == "" || s.Lookup("Practitioner?identifier=n|7") == "" || s.Lookup("Practitioner/q") != "" || s.Lookup("Patient/a") != "" {
		t.Error("the look-up of shared resources is wrong")
	}
	if len(s.Homeless()) != 0 {
		t.Errorf("homeless: %v", s.Homeless())
	}
}

func TestNobodysResourcesAreCountedAndInNoGroup(t *testing.T) {
	s := group(t, folder(t, map[string]string{"x.ndjson": strings.Join([]string{ada, observation("o1", "Patient/weg", ""), "{kapot", `{"zonder":"type"}`}, "\n")}), "")
	h := s.Homeless()
	if h["Observation"] != 1 || h["onleesbaar"] != 2 || strings.Contains(strings.Join(lines(t, s), ""), "o1") {
		t.Errorf("%v", h)
	}
}

func TestTheNewestVersionWinsAlsoWhenThePatientChanged(t *testing.T) {
	s := group(t, folder(t, map[string]string{"x.ndjson": strings.Join([]string{ada, bob,
		observation("o", "Patient/b", `,"meta":{"versionId":"10"}`), observation("o", "Patient/a", `,"meta":{"versionId":"9"}`),
		observation("u", "Patient/a", `,"meta":{"lastUpdated":"2026-01-01T00:00:00Z"}`), observation("u", "Patient/b", `,"meta":{"lastUpdated":"2026-01-01T00:30:00+01:00"}`)}, "\n")}), "")
	for _, l := range lines(t, s) {
		if strings.Contains(l, bob) != strings.Contains(l, `"10"`) || strings.Contains(l, `"9"`) || strings.Contains(l, ada) != strings.Contains(l, `00:00:00Z`) || strings.Contains(l, "00:30") {
			t.Errorf("an older version is in: %s", l)
		}
	}
	if n := s.Homeless()["oudere-versie"]; n != 2 {
		t.Errorf("%d older versions", n)
	}
}

func TestDeletionsTakeFromTheEarlierExportOnly(t *testing.T) {
	s := group(t, folder(t, map[string]string{
		"manifest.json":  `{"transactionTime":"2026-03-14T00:00:00Z","output":[{"type":"Patient","url":"https://x/new.ndjson?t=1"}],"deleted":[{"type":"Bundle","url":"https://x/deleted.ndjson"}],"error":[{"type":"OperationOutcome","url":"err.ndjson"}]}`,
		"old.ndjson":     ada + "\n" + observation("weg", "Patient/a", "") + "\n" + observation("blijft", "Patient/a", ""),
		"deleted.ndjson": `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Observation/weg"}},{"request":{"method":"DELETE","url":"Observation/terug"}}]}`,
		"new.ndjson":     observation("terug", "Patient/a", ""),
		"err.ndjson":     "\n",
	}), "")
	all := strings.Join(lines(t, s), "")
	if strings.Contains(all, `"weg"`) || !strings.Contains(all, `"blijft"`) || !strings.Contains(all, `"terug"`) {
		t.Errorf("%s", all)
	}
	if s.Incomplete() || s.Time() != "2026-03-14T00:00:00Z" {
		t.Errorf("incomplete %t, time %s", s.Incomplete(), s.Time())
	}
}

func TestErrorsMakeAnExportIncomplete(t *testing.T) {
	for _, text := range []string{`{"resourceType":"OperationOutcome"}`} {
		s := group(t, folder(t, map[string]string{"manifest.json": `{"error":[{"url":"e.ndjson"}]}`, "e.ndjson": text}), "")
		if !s.Incomplete() {
			t.Error("errors are not seen")
		}
	}
	s := group(t, folder(t, map[string]string{"manifest.json": `{"error":[{"url":"weg.ndjson"}]}`}), "")
	if !s.Incomplete() {
		t.Error("a file of errors that is not there is not seen")
	}
	_, err := bulk.Group(context.Background(), os.DirFS(folder(t, map[string]string{"manifest.json": `{"output":[{"url":"weg.ndjson"}]}`})), "", bulk.Limits{})
	if !errors.Is(err, bulk.ErrExport) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestGroupingGoesOnWhereItStopped(t *testing.T) {
	dir, work := folder(t, map[string]string{"a.ndjson": ada, "b.ndjson": bob + "\n" + observation("o", "Patient/b", "")}), t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := bulk.Group(ctx, os.DirFS(dir), work, bulk.Limits{}); err == nil {
		t.Fatal("a stopped run gives a store")
	}
	first := group(t, dir, work)
	want := lines(t, first)
	first.Close()
	again := group(t, dir, work)
	if got := lines(t, again); len(want) != 2 || strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q, then %q", want, got)
	}
	again.Close()
	if err := os.WriteFile(filepath.Join(dir, "a.ndjson"), []byte(ada+ada), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bulk.Group(context.Background(), os.DirFS(dir), work, bulk.Limits{}); !errors.Is(err, bulk.ErrExport) {
		t.Errorf("a changed file: %v", err)
	}
}

func TestTheIndexHoldsNobodysData(t *testing.T) {
	work := t.TempDir()
	s := group(t, folder(t, map[string]string{"a.ndjson": `{"resourceType":"Patient","id":"KANARIE-1","name":[{"text":"KANARIE-2"}]}`}), work)
	s.Close()
	files, _ := filepath.Glob(filepath.Join(work, "*"))
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || strings.Contains(string(b), "KANARIE") {
			t.Errorf("%s holds a client's data (%v)", filepath.Base(f), err)
		}
	}
	if len(files) == 0 {
		t.Error("no index")
	}
}

func TestALineTooLong(t *testing.T) {
	_, err := bulk.Group(context.Background(), os.DirFS(folder(t, map[string]string{"a.ndjson": strings.Repeat("x", 3<<20)})), "", bulk.Limits{MaxLine: 1 << 20})
	if !errors.Is(err, bulk.ErrExport) {
		t.Error(err)
	}
}
