package cli_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"inzage/internal/viewer"
)

// largeSizes are the megabytes that are tried; INZAGE_LARGE names others, such
// as 24,26,100,300.
func largeSizes(t *testing.T) (out []int) {
	text := os.Getenv("INZAGE_LARGE")
	if text == "" {
		text = "24,26,100"
	}
	for _, s := range strings.Split(text, ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

// large writes a client with one film of so many megabytes.
func large(t *testing.T, source string, mb int) {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal(read(t, "../../fixtures/dossiers/thuisgenoten/curator/dossier.json"), &d); err != nil {
		t.Fatal(err)
	}
	d["clientRef"] = fmt.Sprintf("T-5%04d", mb)
	d["items"] = append(d["items"].([]any), map[string]any{
		"id": "film", "section": "documenten", "kind": "film", "title": "Film", "date": "2025-09-03", "origin": "zorgverlener", "vis": map[string]any{"portal": "ja"},
		"attachments": []any{map[string]any{"id": "f1", "path": "film.mp4", "name": "film.mp4", "mime": "video/mp4", "showsOthers": "nee"}},
	})
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	film := make([]byte, mb<<20)
	rand.NewChaCha8([32]byte{byte(mb)}).Read(film)
	copy(film[4:], "ftypmp42")
	dir := filepath.Join(source, fmt.Sprint(mb))
	for name, b := range map[string][]byte{"dossier.json": text, "film.mp4": film} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A copy by code of any size is made, has its page, and opens with the code.
func TestLargeCopiesAreMadeAndOpen(t *testing.T) {
	if !has(t, "pdftotext", "poppler") {
		t.Skip("the code is read from the letter with pdftotext")
	}
	sizes, source := largeSizes(t), t.TempDir()
	most := 0
	for _, mb := range sizes {
		large(t, source, mb)
		most = max(most, mb)
	}
	p := newPlace(t, source)
	config := strings.Replace(string(read(t, p.dir, "inzage.yaml")), ", audience: client.txt", "", 1)
	config = strings.Replace(config, "kinds: [portaalkopie, terugval, avg-inzage, archief]", "kinds: [portaalkopie, terugval]", 1)
	p.write("inzage.yaml", config+fmt.Sprintf("codes: {deployment: test}\nlimits: {attachment_mb: %d, in_flight_mb: 2000}\n", most))
	codes := map[int]string{}
	for _, mb := range sizes {
		codes[mb], _ = p.issue(filepath.Join(fmt.Sprint(mb), "dossier.json"))
	}
	p.must("run", "--now", now)
	slices.Sort(sizes)
	for _, kind := range []string{"portaalkopie", "terugval"} {
		made := map[int64]string{} // by size: the order is that of the films
		for _, path := range p.copies(kind) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			made[info.Size()] = path
		}
		if len(made) != len(sizes) {
			t.Fatalf("%d copies %s of %d clients", len(made), kind, len(sizes))
		}
		for i, size := range slices.Sorted(maps.Keys(made)) {
			p.opensLarge(codes[sizes[i]], made[size], sizes[i])
			if kind == "portaalkopie" && viewer.Built() {
				p.pageOf(codes[sizes[i]], strings.TrimSuffix(made[size], ".age")+".html", size)
			}
		}
	}
}

func (p place) opensLarge(code, path string, mb int) {
	p.t.Helper()
	out := p.t.TempDir()
	cmd := p.command("open", "--out", out, path)
	cmd.Stdin = strings.NewReader(code + "\n")
	if said, err := cmd.CombinedOutput(); err != nil {
		p.t.Errorf("%d MB, %s: %v: %s", mb, filepath.Base(path), err, said)
	}
	films, _ := filepath.Glob(filepath.Join(out, "*", "data", "bijlagen", "*.mp4"))
	if len(films) != 1 {
		p.t.Errorf("%d MB: %d films", mb, len(films))
	}
	os.RemoveAll(out)
}

// pageOf looks at the page beside a copy: it holds the copy, or asks for it.
func (p place) pageOf(code, page string, size int64) {
	p.t.Helper()
	info, err := os.Stat(page)
	if err != nil {
		p.t.Errorf("no page: %v", err)
		return
	}
	if size > viewer.MaxPage {
		if info.Size() > 1<<20 || !strings.Contains(string(read(p.t, page)), fmt.Sprintf(`"size":%d,`, size)) {
			p.t.Errorf("a small page of %d bytes", info.Size())
		}
		return
	}
	p.opensLarge(code, page, int(size>>20))
}
