package seal_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inzage/internal/seal"
)

func bytesOf(t *testing.T, s seal.Sealed) []byte {
	t.Helper()
	f, err := s.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func rewrap(dir string, s seal.Sealed, id seal.Identity, to ...seal.Recipient) (seal.Sealed, error) {
	f, err := s.Open()
	if err != nil {
		return seal.Sealed{}, err
	}
	defer f.Close()
	return seal.Rewrap(dir, f, s.Size(), id, to)
}

func TestANewCodeWithoutANewRendering(t *testing.T) {
	dir := t.TempDir()
	before, after := holder(t, newCode(t)), holder(t, newCode(t))
	officer, officerKey, _ := newKey(t)
	text := strings.Repeat("dossier ", 40_000)
	old := sealText(t, dir, text, before.Recipient(), officerKey)

	fresh, err := rewrap(dir, old, officer, after.Recipient(), officerKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]seal.Identity{"the new code": after.Identity(), "the officer": officer} {
		if b, err := readSealed(fresh, id); err != nil || string(b) != text {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
	if _, err := readSealed(fresh, before.Identity()); !errors.Is(err, seal.ErrWrongKey) {
		t.Errorf("the old code and the new file: %v", err)
	}
	if b, err := readSealed(old, before.Identity()); err != nil || string(b) != text {
		t.Errorf("a copy already taken stays readable: %v", err)
	}
	a, b := bytesOf(t, old), bytesOf(t, fresh)
	if n := len(text); !bytes.Equal(a[len(a)-n:], b[len(b)-n:]) || bytes.Equal(a[:2000], b[:2000]) {
		t.Error("the payload is to stay and the header is not")
	}
	if ids := fresh.KeyIDs(); len(ids) != 2 || ids[0] != after.Recipient().ID() {
		t.Errorf("key ids %q", ids)
	}
}

func TestOnlyAWholeFileIsRewrapped(t *testing.T) {
	dir := t.TempDir()
	id, r, _ := newKey(t)
	stranger, _, _ := newKey(t)
	s := sealText(t, dir, strings.Repeat("tekst ", 40_000), r)
	whole := bytesOf(t, s)
	s.Discard()
	for name, c := range map[string]struct {
		b    []byte
		id   seal.Identity
		to   []seal.Recipient
		want error
	}{
		"cut":         {whole[:len(whole)-1], id, []seal.Recipient{r}, seal.ErrDamaged},
		"header only": {whole[:1800], id, []seal.Recipient{r}, seal.ErrDamaged},
		"empty":       {nil, id, []seal.Recipient{r}, seal.ErrDamaged},
		"a stranger":  {whole, stranger, []seal.Recipient{r}, seal.ErrWrongKey},
		"nobody":      {whole, id, nil, seal.ErrNoRecipients},
	} {
		if _, err := seal.Rewrap(dir, bytes.NewReader(c.b), int64(len(c.b)), c.id, c.to); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %d files", len(left))
	}
}

// blocks writes base64 in lines, as a page does.
func blocks(w io.Writer, r io.Reader) error {
	b, err := io.ReadAll(r)
	if err == nil {
		_, err = io.WriteString(w, base64.StdEncoding.EncodeToString(b))
	}
	return err
}

func TestAPageHoldsTheWholeCiphertext(t *testing.T) {
	dir := t.TempDir()
	h := holder(t, newCode(t))
	s := sealText(t, dir, "dossier", h.Recipient())
	page, err := s.Enclose(dir, []byte("<head>"), []byte("</tail>"), blocks)
	if err != nil {
		t.Fatal(err)
	}
	b := bytesOf(t, page)
	inner, okHead := bytes.CutPrefix(b, []byte("<head>"))
	inner, okTail := bytes.CutSuffix(inner, []byte("</tail>"))
	got, err := base64.StdEncoding.DecodeString(string(inner))
	if !okHead || !okTail || err != nil || !bytes.Equal(got, bytesOf(t, s)) {
		t.Errorf("page of %d bytes, %v", len(b), err)
	}
	if page.ContentType() != "text/html; charset=utf-8" || page.Size() != int64(len(b)) || page.KeyIDs()[0] != h.Recipient().ID() || page.SHA256() == s.SHA256() {
		t.Errorf("page %s, %d bytes, keys %q", page.ContentType(), page.Size(), page.KeyIDs())
	}
	_, err = s.Enclose(dir, nil, nil, func(w io.Writer, r io.Reader) error {
		_, err := io.CopyN(w, r, 100)
		return err
	})
	if !errors.Is(err, seal.ErrBlocks) {
		t.Errorf("half of it: %v", err)
	}
	s.Discard()
	page.Discard()
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func BenchmarkRewrap(b *testing.B) {
	h := holder(b, newCode(b))
	dir := b.TempDir()
	s, err := seal.Seal(dir, []seal.Recipient{h.Recipient()}, func(w io.Writer) error { _, err := w.Write(make([]byte, 300<<10)); return err })
	if err != nil {
		b.Fatal(err)
	}
	to := []seal.Recipient{holder(b, newCode(b)).Recipient(), holder(b, newCode(b)).Recipient(), holder(b, newCode(b)).Recipient()}
	for b.Loop() {
		r, err := rewrap(dir, s, h.Identity(), to...)
		if err != nil {
			b.Fatal(err)
		}
		r.Discard()
	}
}
