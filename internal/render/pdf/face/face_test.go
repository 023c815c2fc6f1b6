package face_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"slices"
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

func TestPairsAreKernedAsTheFaceSays(t *testing.T) {
	f := face.DejaVu().Regular
	if got := f.Kern(f.Glyph('A'), f.Glyph('V')); got != -131 {
		t.Errorf("AV: %d units", got)
	}
	if got := f.Kern(f.Glyph('P'), f.Glyph('.')); got != -184 {
		t.Errorf("P.: %d units, not nearer than programs take for one word", got)
	}
	if f.Kern(f.Glyph('n'), f.Glyph('n')) != 0 || f.Kern(65535, 65535) != 0 || face.DejaVu().Mono.Kern(36, 57) != 0 {
		t.Error("a pair that is none is kerned")
	}
	apart := f.Width("A") + f.Width("V")
	if got := f.Width("AV"); got != apart-131.0/2048 {
		t.Errorf("AV is %v wide, its letters %v", got, apart)
	}
}

func TestACharacterIsNotTakenApart(t *testing.T) {
	for _, c := range []string{"a", "e\u0301\u0323", "👩\u200d🔬", "🇳🇱", "👍🏽", "❤\ufe0f\u200d🔥", "1\ufe0f\u20e3", "אֱ", "ه\u200d"} {
		if n := face.Cluster(c + "x"); n != len(c) {
			t.Errorf("%+q ends after %d of %d bytes", c, n, len(c))
		}
	}
	if n := face.Cluster("🇳🇱🇧🇪"); n != 8 {
		t.Errorf("two flags: the first ends after %d bytes", n)
	}
	if n := face.Cluster("a\u0301\u0301"); n != 5 || face.Cluster("") != 0 {
		t.Errorf("ends after %d", n)
	}
}

func TestSimpleIsWhatNeedsNoShaping(t *testing.T) {
	f := face.DejaVu().Regular
	for s, want := range map[string]bool{"Eén dossier: Łukasz Şahin, 37,4 °C – Ελένη Жанна → ✓": true, "e\u0301": false, "שלום": false, "😊": false, "中": false, "a\u00adb": false, "a\u200bb": false, "\t": false} {
		if got := f.Simple(s); got != want {
			t.Errorf("%+q: %v", s, got)
		}
	}
}

func TestShapingJoinsLettersAndPictures(t *testing.T) {
	f := face.DejaVu().Regular
	if g := f.Shape([]rune("لا"), true); len(g) != 1 {
		t.Errorf("lam-alef is %d glyphs", len(g))
	}
	if g := f.Shape([]rune("بب"), true); len(g) != 2 || g[0].From != 1 || g[0].ID == g[1].ID {
		t.Errorf("two letters from right to left: %v", g)
	}
	if g := face.Emoji().Shape([]rune("👩\u200d🔬"), false); len(g) != 1 {
		t.Errorf("a picture of two is %d glyphs", len(g))
	}
	if g := f.Shape([]rune("fi"), false); len(g) != 2 {
		t.Errorf("fi is %d glyphs", len(g))
	}
}

// A mark at an offset is a glyph of its own, and says in its outline where it is.
func TestAVariantIsShifted(t *testing.T) {
	f := face.DejaVu().Regular
	mark := f.Own(f.Glyph(0x301))
	high := mark
	high.X, high.Y, high.Advance = -300, 120, 77
	b, err := f.Subset([]face.Variant{f.Own(0), mark, high})
	if err != nil {
		t.Fatal(err)
	}
	glyf, loca, hmtx := tableOf(t, b, "glyf"), tableOf(t, b, "loca"), tableOf(t, b, "hmtx")
	from := int(binary.BigEndian.Uint32(loca[4*2:]))
	at := func(i int) int { return int(int16(binary.BigEndian.Uint16(glyf[from+2*i:]))) }
	if got := []int{at(0), at(5), at(6), at(7), at(8)}; !slices.Equal(got, []int{-1, 3, 1, -300, 120}) {
		t.Errorf("contours, flags, component, offset: %v", got)
	}
	if plain := int(int16(binary.BigEndian.Uint16(glyf[binary.BigEndian.Uint32(loca[4:])+2:]))); at(1) != plain-300 {
		t.Errorf("begins at %d, unshifted at %d", at(1), plain)
	}
	if got := binary.BigEndian.Uint16(hmtx[4*2:]); got != 77 {
		t.Errorf("advance %d", got)
	}
}

// tableOf is one table of a font program.
func tableOf(t *testing.T, b []byte, name string) []byte {
	t.Helper()
	for i := range int(binary.BigEndian.Uint16(b[4:])) {
		r := b[12+16*i:]
		if string(r[:4]) == name {
			at := binary.BigEndian.Uint32(r[8:])
			return b[at : at+binary.BigEndian.Uint32(r[12:])]
		}
	}
	t.Fatalf("no table %s", name)
	return nil
}

func TestTheLicenceStandsBesideTheFont(t *testing.T) {
	b, err := os.ReadFile("noto/OFL.txt")
	if err != nil || !bytes.Contains(b, []byte("SIL OPEN FONT LICENSE Version 1.1")) {
		t.Errorf("noto/OFL.txt: %v", err)
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
