package cli_test

import (
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
	"inzage/internal/bundle/bundletest"
	"inzage/internal/seal"
)

const bundleID = "bcdfghjklmnpqrstbcdfghjk"

// sealedCase is a signed bundle, and what somebody needs who may write the bucket
// and knows every public key.
type sealedCase struct {
	place
	to   seal.Recipient
	plan []byte // the ZIP
}

// newSealed makes keys, a list of signers and one genuine bundle.
func newSealed(t *testing.T) sealedCase {
	t.Helper()
	p := place{t, t.TempDir(), t.TempDir()}
	p.must("key", "signing", "--out", filepath.Join(p.private, "signing"), "--add", "signers", "--principal", "test@inzage", "--now", "2026-01-01T00:00:00Z")
	p.must("key", "signing", "--out", filepath.Join(p.private, "other"), "--add", "others", "--principal", "ander@inzage", "--now", "2026-01-01T00:00:00Z")
	text, to, err := seal.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.private, "key"), []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := sealedCase{p, to, nil}
	s.plan = s.bag("signing", bundleID)
	return s
}

// bag writes a bag, signed with a key of the place, or not.
func (s sealedCase) bag(key, id string) []byte {
	s.t.Helper()
	c := bundle.Contents{
		ID: id, Made: time.Date(2026, 3, 15, 2, 0, 0, 0, time.UTC), Manifest: bundle.Manifest{Kind: "portaalkopie", Portal: "proef", Organisation: "Voorbeeld", Program: "inzage", Reader: "bcdf"},
		Files: []bundle.File{
			{Path: "dossier.html", Data: []byte("<p>echt</p>")}, {Path: "dossier.pdf", Data: []byte("%PDF-echt")}, {Path: "dossier.json", Data: []byte(`"echt"`)},
			{Path: "LEESMIJ.txt", Data: []byte("echt")}, {Path: "bijlagen/bijlage-001.jpg", Data: []byte("echt")},
		},
	}
	if key != "" {
		signer, err := seal.ReadSigner(bytes.NewReader(read(s.t, s.private, key)))
		if err != nil {
			s.t.Fatal(err)
		}
		c.Sign = signer.Sign
	}
	var b bytes.Buffer
	if _, err := bundle.Write(s.t.Context(), &b, c); err != nil {
		s.t.Fatal(err)
	}
	return b.Bytes()
}

// seal encrypts to the reader's public key, as anyone can who has read it.
func (s sealedCase) seal(name string, zip []byte) string {
	s.t.Helper()
	x, err := seal.Seal(s.dir, []seal.Recipient{s.to}, func(w io.Writer) error {
		_, err := w.Write(zip)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	defer x.Discard()
	f, err := x.Open()
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// try runs open, and gives its exit code, what it said on both outputs, and
// whether anything was unpacked.
func (s sealedCase) try(path string, flags ...string) (code int, out, warned string, unpacked bool) {
	s.t.Helper()
	to := s.t.TempDir()
	cmd := s.command(append([]string{"open", "--key", filepath.Join(s.private, "key"), "--out", to, path}, flags...)...)
	var o, e strings.Builder
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		s.t.Fatal(err)
	}
	list, err := os.ReadDir(to)
	if err != nil {
		s.t.Fatal(err)
	}
	return code, o.String(), e.String(), len(list) > 0
}

func (s sealedCase) forge(edit func(map[string][]byte)) []byte {
	s.t.Helper()
	b, err := bundletest.Forge(s.plan, func(b *bundletest.Bag) { edit(b.Files) })
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// A forger who keeps manifest and signature and changes anything else,
// with sums that fit again, to the public key that stands in the bucket.
func TestAForgedBundleIsNeverUnpacked(t *testing.T) {
	s := newSealed(t)
	if code, out, _, ok := s.try(s.seal(bundleID+".age", s.forge(func(map[string][]byte) {})), "--signers", "signers"); code != 0 || !ok || !strings.Contains(out, "all whole") {
		t.Fatalf("the genuine one: exit %d, %s", code, out)
	}
	other := s.bag("signing", "c"+bundleID[1:])
	forgeries := map[string]func(map[string][]byte){
		"a file added":  func(f map[string][]byte) { f["data/bijlagen/bijlage-002.html"] = []byte("vervalst") },
		"one beside it": func(f map[string][]byte) { f["LEES.html"] = []byte("vervalst") },
		"bag-info.txt":  func(f map[string][]byte) { f["bag-info.txt"] = []byte("Source-Organization: vervalst\n") },
		"the signature": func(f map[string][]byte) { f["manifest.json.sig"] = []byte("vervalst") },
		"the manifest": func(f map[string][]byte) {
			f["manifest.json"] = bytes.Replace(f["manifest.json"], []byte("proef"), []byte("ander"), 1)
		},
		"two signatures": func(f map[string][]byte) { f["data/manifest.json.sig"] = f["manifest.json.sig"] },
		"another's manifest": func(f map[string][]byte) {
			m, err := bundle.Verify(bytes.NewReader(other), int64(len(other)))
			if err != nil {
				t.Fatal(err)
			}
			f["manifest.json"], f["manifest.json.sig"] = m.Raw, m.Signature
		},
	}
	for _, n := range []string{"dossier.html", "dossier.pdf", "dossier.json", "LEESMIJ.txt", "bijlagen/bijlage-001.jpg"} {
		forgeries[n] = func(f map[string][]byte) { f["data/"+n] = []byte("vervalst") }
		forgeries[n+" removed"] = func(f map[string][]byte) { delete(f, "data/"+n) }
	}
	for name, forge := range forgeries {
		path := s.seal(bundleID+".age", s.forge(forge))
		for _, flags := range [][]string{{"--signers", "signers"}, {}, {"--require-signature", "--signers", "signers"}} {
			code, out, said, unpacked := s.try(path, flags...)
			if code == 0 || unpacked || strings.Contains(out, "whole") || strings.Contains(said, "vervalst") {
				t.Errorf("%s, %q: exit %d, unpacked %v: %s%s", name, flags, code, unpacked, out, said)
			}
		}
	}
}

// What nobody signed, or somebody else, is told before anything is listed.
func TestWhatIsNotSignedIsToldFirst(t *testing.T) {
	s := newSealed(t)
	for _, c := range []struct {
		key      string
		flags    []string
		code     int
		unpacked bool
		said     string
	}{
		{"signing", []string{"--signers", "signers"}, 0, true, ""},
		{"signing", []string{"--signers", "signers", "--require-signature"}, 0, true, ""},
		{"signing", nil, 0, true, "warning: signed by SHA256:"},
		{"signing", []string{"--require-signature"}, 2, false, "name the keys you trust"},
		{"signing", []string{"--signers", "others"}, 1, false, "not in the list"},
		{"signing", []string{"--signers", os.DevNull}, 1, false, "not in the list"},
		{"other", nil, 0, true, "a key you have not named"},
		{"other", []string{"--signers", "signers"}, 1, false, "not in the list"},
		{"other", []string{"--signers", "signers", "--require-signature"}, 2, false, "not in the list"},
		{"", nil, 0, true, "warning: not signed"},
		{"", []string{"--signers", "signers"}, 1, false, "not signed"},
		{"", []string{"--require-signature"}, 2, false, "not signed"},
	} {
		code, out, said, unpacked := s.try(s.seal("x.age", s.bag(c.key, bundleID)), c.flags...)
		whole := strings.Contains(out, "whole") || strings.Contains(out, "intact")
		if code != c.code || unpacked != c.unpacked || !strings.Contains(said, c.said) || (c.said == "") != (said == "") || whole != (c.said == "") {
			t.Errorf("signed by %q, %q: exit %d, unpacked %v\n%s%s", c.key, c.flags, code, unpacked, out, said)
		}
	}
}

// A genuine bundle under another name, beside another record, or of another
// reader is not the bundle that belongs there.
func TestAGenuineBundleInAnotherPlaceIsRefused(t *testing.T) {
	s := newSealed(t)
	genuine := []string{"--signers", "signers"}
	for _, name := range []string{"c" + bundleID[1:] + ".age", strings.Repeat("0a", 20) + ".age"} {
		if code, _, said, unpacked := s.try(s.seal(name, s.plan), genuine...); code != 1 || unpacked || !strings.Contains(said, "another bundle than belongs here") {
			t.Errorf("%s: exit %d: %s", name, code, said)
		}
	}
	for record, want := range map[string]int{
		`{"bundle_id":"` + bundleID + `","portal":"proef","kind":"portaalkopie"}`: 0,
		`{"bundle_id":"` + bundleID + `","portal":"ander","kind":"portaalkopie"}`: 1,
		`{"bundle_id":"` + bundleID + `","portal":"proef","kind":"archief"}`:      1,
	} {
		path := s.seal(bundleID+".age", s.plan)
		if err := os.WriteFile(strings.TrimSuffix(path, ".age")+".json", []byte(record), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, said, _ := s.try(path, genuine...); code != want {
			t.Errorf("%s: exit %d: %s", record, code, said)
		}
	}
	code, err := seal.NewCode()
	if err != nil {
		t.Fatal(err)
	}
	h, err := code.Holder(seal.Edition{Deployment: "proef", Number: 1})
	if err != nil {
		t.Fatal(err)
	}
	s.to = h.Recipient()
	for holder, want := range map[string]int{"bcdf": 0, "ghjk": 1} {
		path := s.seal("copy.age", s.plan)
		slot, err := h.Slot(holder)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(strings.TrimSuffix(path, ".age")+".sleutel.age", slot, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := s.command("open", "--signers", "signers", "--out", t.TempDir(), path)
		cmd.Stdin = strings.NewReader(code.Text() + "\n")
		out, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("a slot of %s: exit %d: %s", holder, got, out)
		}
	}
}
