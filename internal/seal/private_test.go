package seal_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"inzage/internal/seal"
)

func TestAPrivatePartTellsNothingAndBelongsToOneText(t *testing.T) {
	s, err := seal.ParseSecret(strings.Repeat("5a", 32))
	if err != nil {
		t.Fatal(err)
	}
	other, _ := seal.ParseSecret(strings.Repeat("a5", 32))
	lengths := map[int]bool{}
	for _, plain := range []string{"", "a", `{"until":"2031-05-02T00:00:00Z"}`, strings.Repeat("x", 508)} {
		sealed, err := s.Hide([]byte("key one"), []byte(plain), 512)
		if err != nil {
			t.Fatal(err)
		}
		lengths[len(sealed)] = true
		if again, _ := s.Hide([]byte("key one"), []byte(plain), 512); !bytes.Equal(again, sealed) {
			t.Error("the same parts give other bytes")
		}
		if got, err := s.Reveal([]byte("key one"), sealed); err != nil || string(got) != plain {
			t.Errorf("%d bytes: %q, %v", len(plain), got, err)
		}
		elsewhere, _ := s.Hide([]byte("key two"), []byte(plain), 512)
		if bytes.Equal(elsewhere[:24], sealed[:24]) || bytes.Equal(elsewhere[24:56], sealed[24:56]) {
			t.Error("two texts show that they hold the same")
		}
		if _, err := s.Reveal([]byte("key two"), sealed); !errors.Is(err, seal.ErrPrivate) {
			t.Errorf("opened in another text: %v", err)
		}
		if _, err := other.Reveal([]byte("key one"), sealed); !errors.Is(err, seal.ErrPrivate) {
			t.Errorf("opened under another secret: %v", err)
		}
		for i := range sealed {
			bad := bytes.Clone(sealed)
			bad[i] ^= 1
			if _, err := s.Reveal([]byte("key one"), bad); !errors.Is(err, seal.ErrPrivate) {
				t.Fatalf("byte %d altered: %v", i, err)
			}
		}
	}
	if len(lengths) != 1 {
		t.Errorf("the length tells what is inside: %v", lengths)
	}
	if long, err := s.Hide(nil, make([]byte, 600), 512); err != nil || (len(long)-24-16)%512 != 0 {
		t.Errorf("%d bytes, %v", len(long), err)
	}
	if _, err := (seal.Secret{}).Hide(nil, nil, 512); !errors.Is(err, seal.ErrSecret) {
		t.Errorf("no secret: %v", err)
	}
}

func FuzzReveal(f *testing.F) {
	s, _ := seal.ParseSecret(strings.Repeat("5a", 32))
	b, _ := s.Hide([]byte("k"), []byte("v"), 64)
	f.Add(b)
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if plain, err := s.Reveal([]byte("k"), sealed); err == nil && string(plain) != "v" {
			t.Fatal("opened what was never sealed")
		}
	})
}
