package media

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"inzage/internal/dossier"
)

// gauge follows what a budget has given out.
type gauge struct {
	mu        sync.Mutex
	now, peak int64
	times     int
}

func (g *gauge) took(n int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now += n
	g.peak = max(g.peak, g.now)
	if n > 0 {
		g.times++
	}
}

func measured(size int64) (*Budget, *gauge) {
	b, g := NewBudget(size), &gauge{}
	b.took = g.took
	return b, g
}

// Whatever many ask for at once, also each more than there is, the sum given out
// is never more than the budget; all come to their turn, and all of it comes back.
func TestTheBudgetIsNeverExceeded(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 7))
		size := 1 + r.Int64N(1000)
		b, g := measured(size)
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for i := range 200 {
			n := 1 + r.Int64N(3*size)
			all.Go(func() {
				release, err := b.take(ctx, n)
				if err != nil {
					if !errors.Is(err, context.Canceled) {
						t.Errorf("seed %d: %v", seed, err)
					}
					return
				}
				runtime.Gosched()
				release()
			})
			if seed%2 == 1 && i == 150 {
				cancel()
			}
		}
		all.Wait()
		cancel()
		if g.peak > size || g.now != 0 || seed%2 == 0 && g.times != 200 {
			t.Errorf("seed %d: %d at once of %d, %d left, %d times", seed, g.peak, size, g.now, g.times)
		}
		if !b.room.TryAcquire(size) {
			t.Errorf("seed %d: not all came back", seed)
		}
	}
}

// opened opens attachments from memory.
type opened map[string][]byte

func (o opened) Open(_ context.Context, a dossier.Attachment) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(o[a.Path])), nil
}

// Many documents made ready at once, each with pictures of every kind, share one
// budget; what is drawn anew when it is written takes from it too.
func TestPicturesShareTheBudget(t *testing.T) {
	src := opened{}
	item := dossier.Item{ID: "i"}
	for name, data := range everyPicture(t, 300, 200) {
		src[name] = data
		item.Attachments = append(item.Attachments, dossier.Attachment{ID: name, Path: name, MIME: "image/png"})
	}
	const size = 2_500_000 // of some kinds one fits, of others a few
	b, g := measured(size)
	lim := Limits{MaxBytes: 1 << 20, MaxPixels: 1 << 20, Edge: 100, Pixels: b} // no room in memory: all are drawn twice
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			s, err := Prepare(t.Context(), src, []dossier.Item{item}, lim)
			if err != nil {
				t.Error(err)
				return
			}
			for _, f := range s.Files() {
				r, err := f.Open(t.Context())
				if err != nil {
					t.Errorf("%s: %q %v", f.Attachment.Path, f.Missing, err)
					continue
				}
				io.Copy(io.Discard, r)
			}
		})
	}
	all.Wait()
	if g.peak > size || g.now != 0 || g.times != 8*2*len(src) || len(src) < 14 {
		t.Errorf("%d at once of %d, %d left, %d pictures", g.peak, size, g.now, g.times)
	}
	ctx, cancel := context.WithCancel(t.Context())
	release, err := b.take(ctx, size)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := Prepare(ctx, src, []dossier.Item{item}, lim); !errors.Is(err, context.Canceled) {
		t.Errorf("a wait that was ended: %v", err)
	}
	release()
}

// What a picture is reckoned to take is at least what its decoder and the new
// picture allocate.
func TestAPictureTakesNoMoreThanItsWeight(t *testing.T) {
	for name, data := range everyPicture(t, 480, 360) {
		conf, format, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		w := weight(data, format, conf, 120)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		src, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		upright(fit(src, 120), 6)
		runtime.ReadMemStats(&after)
		got := int64(after.TotalAlloc - before.TotalAlloc)
		if slack := int64(160 << 10); got > w+slack {
			t.Errorf("%s: %d bytes allocated, %d reckoned", name, got, w)
		}
		runtime.KeepAlive(src)
	}
}

// A picture made smaller keeps its means: of each surface, of transparency, and
// of pictures that are a line.
func TestSmallerKeepsTheMean(t *testing.T) {
	src := image.NewNRGBA(image.Rect(3, 5, 3+997, 5+661))
	draw.Draw(src, src.Rect, image.NewUniform(color.NRGBA{200, 100, 50, 128}), image.Point{}, draw.Src)
	for _, p := range fit(src, 100).Pix[:4] {
		if p == 0 {
			t.Fatal("nothing was drawn")
		}
	}
	small := fit(src, 100)
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			if c := small.NRGBAAt(x, y); c.A != 128 || max(c.R, 200)-min(c.R, 200) > 2 || max(c.B, 50)-min(c.B, 50) > 2 {
				t.Fatalf("%v at %d,%d", c, x, y)
			}
		}
	}
	half := image.NewGray(image.Rect(0, 0, 400, 10))
	for x := range 400 {
		for y := range 10 {
			half.SetGray(x, y, color.Gray{uint8(255 * (x % 2))})
		}
	}
	if c := fit(half, 100).NRGBAAt(50, 1); c.R < 127 || c.R > 128 {
		t.Errorf("stripes become %v", c)
	}
	for _, r := range []image.Rectangle{image.Rect(0, 0, 1, 5000), image.Rect(0, 0, 5000, 1), image.Rect(0, 0, 1601, 1600), image.Rect(0, 0, 7, 3)} {
		one := image.NewRGBA(r)
		draw.Draw(one, r, image.White, image.Point{}, draw.Src)
		got := fit(one, 1600)
		w, h := bounded(r.Dx(), r.Dy(), 1600)
		if got.Rect.Dx() != w || got.Rect.Dy() != h || got.NRGBAAt(w-1, h-1) != (color.NRGBA{255, 255, 255, 255}) || got.NRGBAAt(0, 0) != (color.NRGBA{255, 255, 255, 255}) {
			t.Errorf("%v becomes %v with %v in its corner", r, got.Rect, got.NRGBAAt(w-1, h-1))
		}
	}
}

// everyPicture is the same noise in every form that is decoded.
func everyPicture(t testing.TB, w, h int) map[string][]byte {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	area := image.Rect(0, 0, w, h)
	noise := func(m draw.Image) draw.Image {
		for y := 0; y < h; y += 4 {
			for x := 0; x < w; x += 4 {
				c := color.NRGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32())}
				draw.Draw(m, image.Rect(x, y, x+4, y+4), image.NewUniform(c), image.Point{}, draw.Src)
			}
		}
		return m
	}
	out := map[string][]byte{}
	put := func(name string, write func(io.Writer) error) {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		out[name] = b.Bytes()
	}
	for name, m := range map[string]draw.Image{"nrgba": image.NewNRGBA(area), "rgba64": image.NewNRGBA64(area), "gray": image.NewGray(area), "gray16": image.NewGray16(area), "palette": image.NewPaletted(area, palette.WebSafe)} {
		noise(m)
		put(name+".png", func(w io.Writer) error { return png.Encode(w, m) })
	}
	colours := noise(image.NewNRGBA(area))
	put("colour.jpg", func(w io.Writer) error { return jpeg.Encode(w, colours, nil) })
	grey := noise(image.NewGray(area))
	put("grey.jpg", func(w io.Writer) error { return jpeg.Encode(w, grey, nil) })
	frame := noise(image.NewPaletted(area, palette.Plan9)).(*image.Paletted)
	put("moving.gif", func(w io.Writer) error {
		return gif.EncodeAll(w, &gif.GIF{Image: []*image.Paletted{frame, frame, frame}, Delay: []int{1, 1, 1}})
	})
	files, err := filepath.Glob("testdata/*.*") // forms that Go does not write: in scans, interlaced, in CMYK, WebP
	if err != nil || len(files) < 6 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, name := range files {
		if out[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
