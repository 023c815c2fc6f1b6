package face_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"github.com/go-fonts/dejavu/dejavusansmono"

	"inzage/internal/render/pdf/face"
)

func TestDejaVuHasTheScriptsOfARecord(t *testing.T) {
	f := face.DejaVu().Regular
	for _, r := range "aZ09ëïéŁęğşİΩЖשبا€→✓😊" {
		if f.Glyph(r) == 0 {
			t.Errorf("no glyph for %q", r)
		}
	}
	if f.Glyph(0x1F9FF) != 0 || f.Glyph(-1) != 0 {
		t.Error("a glyph for what the face does not have")
	}
	if a := f.Advance(f.Glyph('m')); a < 0.9 || a > 1.0 {
		t.Errorf("m is %v em wide", a)
	}
}

// A subset is a font of its own: every glyph that was asked for, with those that
// it is composed of, and nothing of the rest.
func TestASubsetIsAFont(t *testing.T) {
	f := face.DejaVu().Regular
	glyphs := []face.Variant{f.Own(0)}
	for _, r := range "één dossier: ŞğłΩ" {
		glyphs = append(glyphs, f.Own(f.Glyph(r)))
	}
	b, err := f.Subset(glyphs)
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Subset(glyphs)
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("the same glyphs gave other bytes: %v", err)
	}
	if len(b) > 40_000 {
		t.Errorf("%d bytes for %d glyphs", len(b), len(glyphs))
	}
	if _, err := f.Subset([]face.Variant{{}, {ID: 65535}}); !errors.Is(err, face.ErrFont) {
		t.Errorf("a glyph that is not there: %v", err)
	}
}

func TestFacesAreShared(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			f := face.DejaVu().Bold
			if _, err := f.Subset([]face.Variant{{}, f.Own(f.Glyph('é')), f.Own(f.Glyph('x'))}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestBrokenFontsAreRefused(t *testing.T) {
	whole := dejavusansmono.TTF
	for name, b := range map[string][]byte{
		"empty": nil, "text": []byte("no font at all, just text"), "cut in the directory": whole[:100],
		"cut in half": whole[:len(whole)/2], "cut at the end": whole[:len(whole)-20_000],
	} {
		if _, err := face.Parse("x", b); !errors.Is(err, face.ErrFont) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	small, err := face.DejaVu().Mono.Subset([]face.Variant{{}, {ID: 5}, {ID: 6}, {ID: 7, X: 9}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(small)
	f.Add(dejavusansmono.TTF[:4000])
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := face.Parse("x", b)
		if err != nil {
			return
		}
		x.Width("AVa -V")
		x.Subset([]face.Variant{{}, {ID: x.Glyph('a')}, {ID: 1, Y: -40}, {ID: 2}, {ID: 3}})
	})
}
