package folder_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/source/folder"
)

const broken = "../../../fixtures/broken"

func open(t testing.TB, dir string) *folder.Source {
	t.Helper()
	s, err := folder.Open(dir, folder.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// put writes files into a new folder.
func put(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Row 1 of the table of bad input, and that one client's fault harms no other.
func TestBrokenDossiersFailAlone(t *testing.T) {
	faults := map[string]string{
		"afgekapt/dossier.json":           "is cut off",
		"verkeerd-type/dossier.json":      "items[0].date: must be a string",
		"onbekend-onderdeel/dossier.json": "items[0].section: must be one of the words",
		"dubbel-id/dossier.json":          "items[1].id: is the same as items[0].id",
	}
	s := open(t, broken)
	whole := 0
	for ref, err := range s.Clients(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Load(t.Context(), ref)
		want, bad := faults[ref.Path]
		if !bad {
			if whole++; err != nil {
				t.Errorf("%s: %v", ref.Path, err)
			}
			continue
		}
		var fault *folder.Error
		switch {
		case !errors.As(err, &fault) || !strings.Contains(err.Error(), want):
			t.Errorf("%s: error %v, want %q", ref.Path, err, want)
		case fault.Line < 1 || fault.File != ref.Path || strings.Contains(err.Error(), "CANARY"):
			t.Errorf("%s: line %d, error %v", ref.Path, fault.Line, err)
		}
	}
	if whole < 8 {
		t.Errorf("only %d others were read", whole)
	}
}

func TestATextOf200MBIsRefusedEarly(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "d.json"))
	if err != nil {
		t.Fatal(err)
	}
	head := "{\n\"schema\":\""
	if _, err := f.WriteString(head); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(200 << 20); err != nil { // a hole of NULs, inside the string
		t.Fatal(err)
	}
	f.Close()
	_, err = open(t, dir).Load(t.Context(), folder.Ref{Path: "d.json"})
	var fault *folder.Error
	if !errors.As(err, &fault) || !strings.Contains(err.Error(), "longer than the limit") || fault.Line != 2 {
		t.Errorf("error %v", err)
	}
}

// Row 4: strange characters are kept; what to show of them is another's task.
func TestStrangeCharactersAreKept(t *testing.T) {
	d, err := open(t, broken).Load(t.Context(), folder.Ref{Path: "vreemde-tekens/dossier.json"})
	if err != nil {
		t.Fatal(err)
	}
	text, word := d.Items[0].Body[0].Text, d.Items[0].Body[1].Text
	for _, want := range []string{"\x00", "\u202e", "\u202c", "\u200b", "einde \ufffd\ufffd"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is lost", want)
		}
	}
	if len(word) != 100000 {
		t.Errorf("the long word has %d bytes", len(word))
	}
}

func TestAttachmentsStayInTheirFolder(t *testing.T) {
	dir := put(t, map[string]string{"c1/d.json": "", "c1/foto.jpg": "beeld", "c1/map/x": "x", "c2/geheim": "CANARY-7"})
	for name, target := range map[string]string{"abs": "/etc/passwd", "up": "../c2/geheim", "dev": "/dev/zero", "in": "foto.jpg"} {
		if err := os.Symlink(target, filepath.Join(dir, "c1", name)); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	o := open(t, dir).Opener(folder.Ref{Path: "c1/d.json"})
	for path, want := range map[string]dossier.Reason{
		"foto.jpg": "", "./foto.jpg": "", "in": "",
		"weg.jpg":          dossier.MissingFile,
		"map":              dossier.MissingUnreadable,
		"../c2/geheim":     dossier.MissingOutside,
		"map/../../c2/x":   dossier.MissingOutside,
		"../../etc/passwd": dossier.MissingOutside,
		"/etc/passwd":      dossier.MissingOutside,
		`a\..\b`:           dossier.MissingOutside,
		"foto\x00.jpg":     dossier.MissingOutside,
		".":                dossier.MissingOutside,
		"":                 dossier.MissingOutside,
		"abs":              dossier.MissingOutside,
		"up":               dossier.MissingOutside,
		"dev":              dossier.MissingOutside,
	} {
		r, err := o.Open(t.Context(), dossier.Attachment{Path: path})
		var missing dossier.Missing
		errors.As(err, &missing)
		if missing.Reason != want || (err == nil) != (want == "") {
			t.Errorf("%q: %v, want %q", path, err, want)
		}
		if err == nil {
			if b, _ := io.ReadAll(r); string(b) != "beeld" {
				t.Errorf("%q gives %q", path, b)
			}
			r.Close()
		}
	}
}

func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob(broken + "/*/dossier.json")
	for _, name := range files {
		if b, err := os.ReadFile(name); err == nil && len(b) < 8<<10 {
			f.Add(b)
		}
	}
	f.Add([]byte(`{"schema":"dossier/v1","items":[{}]}`))
	dir := f.TempDir()
	s := open(f, dir)
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, "d.json"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := s.Load(t.Context(), folder.Ref{Path: "d.json"})
		var fault *folder.Error
		switch {
		case err == nil && (d == nil || d.Schema != dossier.Version):
			t.Error("no dossier and no error")
		case err != nil && !errors.As(err, &fault):
			t.Errorf("error without a place: %v", err)
		case err != nil && fault.Text == "does not have the shape of dossier/v1":
			t.Errorf("the check let through what does not decode")
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	one := `{"id":"%","section":"rapportages","date":"2026-01-02T10:00","body":[{"kind":"text","text":"` + strings.Repeat("Een gewone dag. ", 24) + `"}],"vis":{"portal":"ja"}}`
	var buf bytes.Buffer
	buf.WriteString(`{"schema":"dossier/v1","portal":"p","clientRef":"c","asOf":"2026","client":{"name":"n"},"relation":{},"items":[`)
	for i := 0; buf.Len() < 1<<20; i++ {
		if i > 0 {
			buf.WriteByte(',')
		}
		buf.WriteString(strings.Replace(one, "%", fmt.Sprint("i", i), 1))
	}
	buf.WriteString("]}")
	s := open(b, put(b, map[string]string{"d.json": buf.String()}))
	b.SetBytes(int64(buf.Len()))
	for b.Loop() {
		if _, err := s.Load(b.Context(), folder.Ref{Path: "d.json"}); err != nil {
			b.Fatal(err)
		}
	}
}
