package bundle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"inzage/internal/bundle"
)

// endless gives n bytes that hold nothing to compress, from a small state.
func endless(n int64) io.Reader { return io.LimitReader(&stream{x: 1}, n) }

type stream struct{ x uint64 }

func (s *stream) Read(p []byte) (int, error) {
	for i := range p {
		s.x ^= s.x << 13
		s.x ^= s.x >> 7
		s.x ^= s.x << 17
		p[i] = byte(s.x)
	}
	return len(p), nil
}

type size int64

func (n *size) Write(p []byte) (int, error) {
	*n += size(len(p))
	return len(p), nil
}

func TestASizeTellsLittle(t *testing.T) {
	for n, want := range map[int64]int64{0: 0, 1: 1, 2: 2, 9: 10, 100: 104, 1000: 1024, 1 << 20: 1 << 20, 1<<20 + 1: 1<<20 + 1<<15, 30_350_000: 30_408_704} {
		if got := bundle.Padme(n); got != want {
			t.Errorf("Padme(%d) = %d, want %d", n, got, want)
		}
	}
	for n := int64(8); n < 1<<33; n += n/7 + 1 {
		p := bundle.Padme(n)
		if p < n || float64(p) > 1.12*float64(n) && n > 100 || bundle.Padme(p) != p {
			t.Errorf("Padme(%d) = %d", n, p)
		}
	}
}

func TestEveryPaddedSizeIsAPadmeSize(t *testing.T) {
	tried := 0
	for payload := int64(1 << 10); payload <= 50<<20; payload = payload*9/4 + 17 {
		for _, signed := range []bool{false, true} {
			c := sample()
			c.Pad = true
			if signed {
				c.Sign = func([]byte) ([]byte, error) { return []byte("signature"), nil }
			}
			b, _ := io.ReadAll(endless(payload))
			c.Files = []bundle.File{{Path: "dossier.pdf", Data: b}}
			var n size
			if _, err := bundle.Write(t.Context(), &n, c); err != nil {
				t.Fatal(err)
			}
			if int64(n) != bundle.Padme(int64(n)) || int64(n) < payload || float64(n) > float64(payload)*1.12+4_000 {
				t.Errorf("payload of %d: ZIP of %d bytes, Padmé %d", payload, n, bundle.Padme(int64(n)))
			}
			tried++
		}
	}
	if tried < 20 {
		t.Errorf("%d sizes tried", tried)
	}
}

func TestAPaddedBagIsABag(t *testing.T) {
	c := sample()
	c.Pad = true
	whole := write(t, c)
	if !bytes.Equal(whole, write(t, c)) {
		t.Error("two padded ZIPs of one dossier differ")
	}
	if _, err := verify(whole); err != nil {
		t.Fatal(err)
	}
	folder, _, err := bundle.Extract(bytes.NewReader(whole), int64(len(whole)), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	zeros, err := os.ReadFile(filepath.Join(folder, bundle.PaddingName))
	sums, _ := os.ReadFile(filepath.Join(folder, "tagmanifest-sha256.txt"))
	if err != nil || len(bytes.Trim(zeros, "\x00")) != 0 || !strings.Contains(string(sums), "  opvulling\n") {
		t.Errorf("%d bytes of padding, %v\n%s", len(zeros), err, sums)
	}
	bad := rewrite(t, whole, func(n string, body []byte) (string, []byte, bool) {
		if strings.HasSuffix(n, "/"+bundle.PaddingName) {
			body = append(slices.Clone(body), 1)
		}
		return n, body, true
	})
	if _, err := verify(bad); !errors.Is(err, bundle.ErrBag) {
		t.Errorf("altered padding: %v", err)
	}
}

func TestTheSignatureStandsBesideTheManifest(t *testing.T) {
	c := sample()
	var over []byte
	c.Sign = func(m []byte) ([]byte, error) {
		over = bytes.Clone(m)
		return []byte("-----BEGIN SSH SIGNATURE-----\n"), nil
	}
	whole := write(t, c)
	m, err := verify(whole)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.Raw, over) || string(m.Signature) != "-----BEGIN SSH SIGNATURE-----\n" || len(m.Files) != 3 {
		t.Errorf("signature %q over %d bytes, manifest of %d", m.Signature, len(over), len(m.Raw))
	}
	folder, m2, err := bundle.Extract(bytes.NewReader(whole), int64(len(whole)), t.TempDir())
	if err != nil || !bytes.Equal(m2.Signature, m.Signature) {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(folder, "manifest.json.sig")); err != nil || !bytes.Equal(b, m.Signature) {
		t.Errorf("%q, %v", b, err)
	}
	bad := rewrite(t, whole, func(n string, body []byte) (string, []byte, bool) {
		if strings.HasSuffix(n, ".sig") {
			body = []byte("another\n")
		}
		return n, body, true
	})
	if _, err := verify(bad); !errors.Is(err, bundle.ErrBag) {
		t.Errorf("altered signature: %v", err)
	}
	if m, err := verify(write(t, sample())); err != nil || m.Signature != nil || len(m.Raw) == 0 {
		t.Errorf("an unsigned bag: %q, %v", m.Signature, err)
	}
	boom := errors.New("boom")
	c.Sign = func([]byte) ([]byte, error) { return nil, boom }
	if _, err := bundle.Write(t.Context(), io.Discard, c); !errors.Is(err, boom) {
		t.Errorf("a signer that fails: %v", err)
	}
}

func ExamplePadme() {
	fmt.Println(bundle.Padme(1_000_000), bundle.Padme(1_010_000))
	// Output: 1015808 1015808
}
