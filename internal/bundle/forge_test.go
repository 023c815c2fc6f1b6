package bundle_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"inzage/internal/bundle"
	"inzage/internal/bundle/bundletest"
)

func forge(t *testing.T, whole []byte, edit func(*bundletest.Bag)) []byte {
	t.Helper()
	b, err := bundletest.Forge(whole, edit)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// One file of a signed bag replaced, one added, one taken away, the
// manifest of another bundle. The manifest and its signature stay, so that the
// signature fits; the contents do not.
func TestTheManifestCoversEveryFile(t *testing.T) {
	c := sample()
	c.Sign = func([]byte) ([]byte, error) { return []byte("signature\n"), nil }
	whole := write(t, c)
	other := sample()
	other.ID = "cccccccc"
	replace := func(name, text string) func(*bundletest.Bag) {
		return func(b *bundletest.Bag) { b.Files[name] = []byte(text) }
	}
	edits := map[string]func(*bundletest.Bag){
		"a file added to the payload": replace("data/bijlagen/bijlage-002.html", "x"),
		"a file added beside it":      replace("LEES-MIJ-EERST.html", "x"),
		"padding with a message":      replace("opvulling", "x"),
		"another organisation told":   replace("bag-info.txt", "Source-Organization: Ander\n"),
		"another folder":              func(b *bundletest.Bag) { b.Root = "dossier-cccccccc" },
		"the manifest of another bundle": func(b *bundletest.Bag) {
			m, err := verify(write(t, other))
			if err != nil {
				t.Fatal(err)
			}
			b.Files["manifest.json"] = m.Raw
		},
		"a file twice in the manifest": func(b *bundletest.Bag) {
			line := []byte(`"files": [`)
			at := bytes.Index(b.Files["manifest.json"], line) + len(line)
			end := at + bytes.Index(b.Files["manifest.json"][at:], []byte("},")) + 2
			b.Files["manifest.json"] = slices.Concat(b.Files["manifest.json"][:end], b.Files["manifest.json"][at:])
		},
		"a manifest without files": func(b *bundletest.Bag) {
			at := bytes.Index(b.Files["manifest.json"], []byte(`"files": [`))
			b.Files["manifest.json"] = slices.Concat(b.Files["manifest.json"][:at], []byte(`"files": []}`))
		},
		"a manifest of the first version": func(b *bundletest.Bag) {
			b.Files["manifest.json"] = bytes.Replace(b.Files["manifest.json"], []byte("manifest/v2"), []byte("manifest/v1"), 1)
		},
	}
	tried := 0
	for _, f := range sample().Files {
		n := "data/" + f.Path
		edits[n+" replaced"] = replace(n, "vervalst")
		edits[n+" replaced by one of its size"] = func(b *bundletest.Bag) { b.Files[n] = bytes.Repeat([]byte{'x'}, len(b.Files[n])) }
		edits[n+" removed"] = func(b *bundletest.Bag) { delete(b.Files, n) }
		tried++
	}
	if tried < 3 {
		t.Fatal("no files tried")
	}
	same := forge(t, whole, func(*bundletest.Bag) {})
	if _, err := verify(same); err != nil {
		t.Fatalf("made anew without a change: %v", err)
	}
	for name, edit := range edits {
		b := forge(t, whole, edit)
		if _, err := verify(b); !errors.Is(err, bundle.ErrBag) && !errors.Is(err, bundle.ErrManifest) {
			t.Errorf("%s: %v", name, err)
		}
		dir := t.TempDir()
		if folder, _, err := bundle.Extract(bytes.NewReader(b), int64(len(b)), dir); err == nil {
			t.Errorf("%s: unpacked as %s", name, folder)
		}
	}
}

func TestWhoJudgesTheManifestComesFirst(t *testing.T) {
	whole := write(t, sample())
	no := errors.New("no")
	dir := t.TempDir()
	seen := ""
	_, _, err := bundle.Extract(bytes.NewReader(whole), int64(len(whole)), dir, func(m bundle.Manifest) error {
		seen = m.BundleID
		return no
	})
	if !errors.Is(err, no) || seen != "bcdfghjk" {
		t.Errorf("%q, %v", seen, err)
	}
}

func TestABundleInAnotherPlaceIsNotThatBundle(t *testing.T) {
	m := bundle.Manifest{BundleID: "b", Portal: "p", Kind: "terugval", Reader: "r"}
	for _, p := range []bundle.Place{{}, {ID: "b"}, {ID: "b", Portal: "p", Kind: "terugval", Reader: "r"}} {
		if err := p.Holds(m); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for _, p := range []bundle.Place{{ID: "c"}, {Portal: "q"}, {Kind: "archief"}, {ID: "b", Reader: "s"}} {
		if err := p.Holds(m); !errors.Is(err, bundle.ErrElsewhere) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// A bomb, an overlap and a name twice are refused before anything is inflated:
// in no time, and without the memory that they ask for.
func TestAZipThatLiesAboutItsSize(t *testing.T) {
	zeros := bytes.Repeat([]byte{0}, 40<<20)
	c := sample()
	c.Files = append(c.Files, bundle.File{Path: "bijlagen/bom.txt", Data: zeros})
	bomb := write(t, c)
	if len(bomb) > 300_000 {
		t.Fatalf("%d bytes", len(bomb))
	}
	whole := write(t, sample())
	directory := func(b []byte, n int) int { // where the n-th entry of the directory begins
		at := int(binary.LittleEndian.Uint32(b[len(b)-6:]))
		for range n {
			at += 46 + int(binary.LittleEndian.Uint16(b[at+28:])) + int(binary.LittleEndian.Uint16(b[at+30:]))
		}
		return at
	}
	changed := func(f func(b []byte)) []byte {
		b := bytes.Clone(whole)
		f(b)
		return b
	}
	twice := rewrite(t, whole, func(n string, body []byte) (string, []byte, bool) {
		return strings.Replace(n, "LEESMIJ.txt", "DOSSIER.html", 1), body, true
	})
	for name, b := range map[string][]byte{
		"far more than it is": bomb,
		"two in one place":    changed(func(b []byte) { copy(b[directory(b, 1)+42:][:4], b[directory(b, 0)+42:][:4]) }),
		"stored, and larger":  changed(func(b []byte) { binary.LittleEndian.PutUint32(b[directory(b, 2)+24:], 1<<31) }),
		"a size of 3 GiB":     changed(func(b []byte) { binary.LittleEndian.PutUint32(b[directory(b, 0)+24:], 3<<30) }),
		"more than it says":   changed(func(b []byte) { binary.LittleEndian.PutUint32(b[directory(b, 0)+24:], 3) }),
		"past the end":        changed(func(b []byte) { binary.LittleEndian.PutUint32(b[directory(b, 2)+20:], 1<<30) }),
		"another method":      changed(func(b []byte) { binary.LittleEndian.PutUint16(b[directory(b, 0)+10:], 12) }),
		"twice in a way":      twice,
	} {
		if _, err := verify(b); !errors.Is(err, bundle.ErrBag) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
