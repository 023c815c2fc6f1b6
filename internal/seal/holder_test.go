package seal_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"inzage/internal/seal"
)

var edition = seal.Edition{Deployment: "voorbeeld", Number: 1}

func holder(t testing.TB, c seal.Code) seal.Holder {
	t.Helper()
	h, err := c.Holder(edition)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// identityText is the private key of a holder, which only the slot holds as text.
func identityText(t testing.TB, h seal.Holder) string {
	t.Helper()
	return strings.TrimSpace(seal.IdentityText(h))
}

func slotOf(t testing.TB, h seal.Holder) []byte {
	t.Helper()
	b, err := h.Slot("ghjk")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestACodeOpensWhatWasSealedToItsHolder(t *testing.T) {
	c := newCode(t)
	h := holder(t, c)
	_, archive, _ := newKey(t)
	s := sealText(t, t.TempDir(), "dossier", h.Recipient(), archive)

	typed := parse(t, strings.ToLower(c.Text())) // later, at home
	if b, err := readSealed(s, holder(t, typed).Identity()); err != nil || string(b) != "dossier" {
		t.Errorf("by the code: %q, %v", b, err)
	}
	id, named, err := seal.OpenSlot(slotOf(t, h), typed)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := readSealed(s, id); err != nil || string(b) != "dossier" || named != "ghjk" {
		t.Errorf("by the slot of %s: %q, %v", named, b, err)
	}
	for _, bad := range []string{"", "a\nb", "A", strings.Repeat("b", 65)} {
		if _, err := h.Slot(bad); !errors.Is(err, seal.ErrSlot) {
			t.Errorf("holder %q: %v", bad, err)
		}
	}
	if _, err := readSealed(s, holder(t, newCode(t)).Identity()); !errors.Is(err, seal.ErrWrongKey) {
		t.Errorf("by another code: %v", err)
	}
	if _, _, err := seal.OpenSlot(slotOf(t, h), newCode(t)); !errors.Is(err, seal.ErrWrongKey) {
		t.Errorf("the slot by another code: %v", err)
	}
}

func TestEditionsAndDeploymentsAreUnrelated(t *testing.T) {
	c := newCode(t)
	seen := map[string]bool{}
	for _, e := range []seal.Edition{edition, {Deployment: "voorbeeld", Number: 2}, {Deployment: "ander", Number: 1}} {
		h, err := c.Holder(e)
		if err != nil || len(h.Locator()) != 40 || seen[h.Locator()] || seen[h.Recipient().String()] {
			t.Errorf("%+v: %v, locator %q", e, err, h.Locator())
		}
		seen[h.Locator()], seen[h.Recipient().String()] = true, true
	}
	for _, e := range []seal.Edition{{}, {Deployment: "a"}, {Number: 1}, {Deployment: "a|1", Number: 1}, {Deployment: "é", Number: 1}, {Deployment: strings.Repeat("a", 65), Number: 1}} {
		if _, err := c.Holder(e); !errors.Is(err, seal.ErrEdition) {
			t.Errorf("%+v: %v", e, err)
		}
	}
	if _, err := (seal.Code{}).Holder(edition); err == nil {
		t.Error("a key from no code")
	}
}

func TestOnlyASlotIsSealedAsOne(t *testing.T) {
	h := holder(t, newCode(t))
	slot := slotOf(t, h)
	s, err := seal.SealSlot(t.TempDir(), slot)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := s.Open()
	defer f.Close()
	if b, _ := io.ReadAll(f); !bytes.Equal(b, slot) || s.ContentType() != "application/octet-stream" || len(b) > 400 {
		t.Errorf("%d bytes, %s", len(b), s.ContentType())
	}
	bundle := sealText(t, t.TempDir(), "dossier", h.Recipient())
	whole, _ := os.ReadFile(bundle.Path())
	for name, bad := range map[string][]byte{"nothing": nil, "plaintext": []byte("dossier"), "the key": []byte(seal.IdentityText(h)),
		"a bundle": whole, "a header alone": slot[:bytes.LastIndex(slot, []byte("\n---"))+48], "too long": append(bytes.Clone(slot), make([]byte, 1024)...)} {
		if _, err := seal.SealSlot(t.TempDir(), bad); !errors.Is(err, seal.ErrSlot) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := 0; i < len(slot); i += 7 { // a byte altered: never another key, never a panic
		b := bytes.Clone(slot)
		b[i] ^= 1
		if _, _, err := seal.OpenSlot(b, newCode(t)); err == nil {
			t.Errorf("byte %d altered: opened", i)
		}
	}
}

func BenchmarkIssue(b *testing.B) {
	for b.Loop() {
		slotOf(b, holder(b, newCode(b)))
	}
}

func BenchmarkSealForThree(b *testing.B) {
	var to []seal.Recipient
	for range 3 {
		to = append(to, holder(b, newCode(b)).Recipient())
	}
	text := bytes.Repeat([]byte("x"), 300<<10)
	dir := b.TempDir()
	for b.Loop() {
		s, err := seal.Seal(dir, to, func(w io.Writer) error { _, err := w.Write(text); return err })
		if err != nil {
			b.Fatal(err)
		}
		s.Discard()
	}
}
