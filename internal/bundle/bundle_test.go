package bundle_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"inzage/internal/bundle"
)

var made = time.Date(2026, 3, 15, 2, 0, 0, 0, time.UTC)

func sample() bundle.Contents {
	return bundle.Contents{
		ID: "bcdfghjk", Made: made,
		Manifest: bundle.Manifest{BundleID: "bcdfghjk", Kind: "portaalkopie", Organisation: "Voorbeeld", Program: "inzage test", Made: made},
		Files: []bundle.File{
			{Path: "dossier.html", Data: []byte("<p>dossier</p>")},
			{Path: "LEESMIJ.txt", Data: []byte("Lees mij\n")},
			{Path: "bijlagen/bijlage-001.jpg", Data: bytes.Repeat([]byte{1, 2, 3}, 50_000)},
		},
	}
}

func write(t *testing.T, c bundle.Contents) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := bundle.Write(t.Context(), &b, c); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verify(b []byte) (bundle.Manifest, error) {
	return bundle.Verify(bytes.NewReader(b), int64(len(b)))
}

func TestSameContentsSameBytes(t *testing.T) {
	if !bytes.Equal(write(t, sample()), write(t, sample())) {
		t.Error("two ZIPs of one dossier differ")
	}
}

func TestWhatIsWrittenCanBeRead(t *testing.T) {
	b := write(t, sample())
	m, err := verify(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Files) != 3 || m.Files[2].Path != "data/bijlagen/bijlage-001.jpg" || m.Files[2].Size != 150_000 {
		t.Errorf("files %+v", m.Files)
	}
	dir := t.TempDir()
	folder, _, err := bundle.Extract(bytes.NewReader(b), int64(len(b)), dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(folder, "data", "LEESMIJ.txt")); string(got) != "Lees mij\n" {
		t.Errorf("LEESMIJ.txt holds %q", got)
	}
	if _, _, err := bundle.Extract(bytes.NewReader(b), int64(len(b)), dir); err == nil {
		t.Error("an existing folder is overwritten")
	}
}

// A validator that is not ours must accept the bag: bagit-python, from PyPI.
func TestAnotherBagItValidatorAcceptsIt(t *testing.T) {
	if err := exec.Command("python3", "-c", "import bagit").Run(); err != nil {
		if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), "bagit") {
			t.Fatal("the Python package bagit is not installed")
		}
		t.Skip("the Python package bagit is not installed (pip install bagit)")
	}
	b := write(t, sample())
	folder, _, err := bundle.Extract(bytes.NewReader(b), int64(len(b)), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("python3", "-m", "bagit", "--validate", folder).CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestEveryAlteredFileIsNamed(t *testing.T) {
	whole := write(t, sample())
	for _, name := range names(t, whole) {
		t.Run(name, func(t *testing.T) {
			b := rewrite(t, whole, func(n string, body []byte) (string, []byte, bool) {
				if n == name {
					body = append(bytes.Clone(body), '\n')
				}
				return n, body, true
			})
			if _, err := verify(b); err == nil {
				t.Error("accepted")
			}
		})
		t.Run("without "+name, func(t *testing.T) {
			b := rewrite(t, whole, func(n string, body []byte) (string, []byte, bool) { return n, body, n != name })
			if _, err := verify(b); !errors.Is(err, bundle.ErrBag) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestUnsafeNamesAreRefused(t *testing.T) {
	whole := write(t, sample())
	for _, bad := range []string{"../x", "dossier-bcdfghjk/../../x", "/etc/x", "dossier-bcdfghjk/a\\b", "dossier-bcdfghjk/é", "other/x", "loose"} {
		b := rewrite(t, whole, func(n string, body []byte) (string, []byte, bool) {
			if strings.HasSuffix(n, "LEESMIJ.txt") {
				n = bad
			}
			return n, body, true
		})
		if _, err := verify(b); err == nil {
			t.Errorf("%s accepted", bad)
		}
	}
	c := sample()
	c.Files[0].Path = "../dossier.html"
	if _, err := bundle.Write(t.Context(), io.Discard, c); !errors.Is(err, bundle.ErrUnsafe) {
		t.Errorf("writing: %v", err)
	}
}

func TestAFailureToExtractLeavesNothing(t *testing.T) {
	b := write(t, sample())
	b = rewrite(t, b, func(n string, body []byte) (string, []byte, bool) {
		if strings.HasSuffix(n, ".jpg") {
			body = body[1:]
		}
		return n, body, true
	})
	dir := t.TempDir()
	if _, _, err := bundle.Extract(bytes.NewReader(b), int64(len(b)), dir); !errors.Is(err, bundle.ErrBag) {
		t.Errorf("error %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}

func names(t *testing.T, b []byte) (out []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		out = append(out, f.Name)
	}
	if len(out) != 8 {
		t.Fatalf("%d files, want 8: %q", len(out), out)
	}
	return out
}

// rewrite makes the ZIP anew with each file altered, renamed or dropped.
func rewrite(t *testing.T, b []byte, edit func(string, []byte) (string, []byte, bool)) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(r)
		if name, body, keep := edit(f.Name, body); keep {
			e, _ := w.Create(name)
			e.Write(body)
		}
	}
	w.Close()
	return out.Bytes()
}

func FuzzVerify(f *testing.F) {
	var b bytes.Buffer
	bundle.Write(f.Context(), &b, sample())
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) { verify(b) })
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(`{"schema":"inzage/manifest/v1","bundleId":"b","totals":{"shown":1}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := bundle.ParseManifest(b); err == nil && m.Schema != bundle.ManifestSchema {
			t.Error("another schema accepted")
		}
	})
}
