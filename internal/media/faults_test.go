package media_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/media"
	"inzage/internal/source/folder"
)

// files opens attachments from memory.
type files map[string][]byte

func (f files) Open(_ context.Context, a dossier.Attachment) (io.ReadCloser, error) {
	b, ok := f[a.Path]
	if !ok {
		return nil, dossier.Missing{Reason: dossier.MissingFile}
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// prepare makes ready one attachment with the given bytes.
func prepare(t testing.TB, a dossier.Attachment, data []byte, lim media.Limits) media.File {
	t.Helper()
	a.ID, a.Path = "b", "x"
	s, err := media.Prepare(t.Context(), files{"x": data}, []dossier.Item{{ID: "i", Attachments: []dossier.Attachment{a}}}, lim)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := s.Of("i", "b")
	if !ok || len(s.Files()) != 1 {
		t.Fatal("the attachment is silently absent")
	}
	return f
}

// Row 2 of the table of bad input: each fault is listed with its own reason.
func TestBrokenAttachmentsAreListed(t *testing.T) {
	s, err := folder.Open("../../fixtures/broken", folder.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for slug, want := range map[string]dossier.Reason{
		"bijlage-ontbreekt":     dossier.MissingFile,
		"bijlage-groter":        dossier.MissingTooLarge,
		"bijlage-verkeerd-type": dossier.MissingWrongType,
		"bijlage-buiten-map":    dossier.MissingOutside,
		"pdf-versleuteld":       dossier.MissingEncrypted,
		"pdf-beschadigd":        dossier.MissingBroken,
	} {
		ref := folder.Ref{Path: slug + "/dossier.json"}
		d, err := s.Load(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		set, err := media.Prepare(t.Context(), s.Opener(ref), d.Items, media.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		f, ok := set.Of("i1", "b1")
		if !ok || f.Missing != want || f.Path != "" || set.MissingCount() != 1 {
			t.Errorf("%s: %q at %q, want %q", slug, f.Missing, f.Path, want)
		}
		if _, err := f.Open(t.Context()); !errors.As(err, &dossier.Missing{}) {
			t.Errorf("%s: a missing file opens: %v", slug, err)
		}
	}
}

func TestBytesMustBeWhatTheRecordSays(t *testing.T) {
	photo := jpegOf(t, 40, 20)
	for name, c := range map[string]struct {
		a    dossier.Attachment
		data []byte
		want dossier.Reason
	}{
		"as stated":        {dossier.Attachment{MIME: "image/jpeg", Size: int64(len(photo))}, photo, ""},
		"shorter":          {dossier.Attachment{MIME: "image/jpeg", Size: int64(len(photo)) + 1}, photo, dossier.MissingBroken},
		"longer":           {dossier.Attachment{MIME: "image/jpeg", Size: 10}, photo, dossier.MissingTooLarge},
		"other digest":     {dossier.Attachment{MIME: "image/jpeg", SHA256: "00"}, photo, dossier.MissingWrongHash},
		"empty":            {dossier.Attachment{MIME: "image/jpeg"}, nil, dossier.MissingEmpty},
		"page as picture":  {dossier.Attachment{MIME: "image/png"}, []byte("<script>x()</script>"), dossier.MissingWrongType},
		"page as text":     {dossier.Attachment{MIME: "text/plain"}, []byte("<script>x()</script>"), dossier.MissingWrongType},
		"program":          {dossier.Attachment{MIME: "application/pdf"}, []byte("MZ..."), dossier.MissingWrongType},
		"cut photo":        {dossier.Attachment{MIME: "image/jpeg"}, photo[:60], dossier.MissingBroken},
		"60,000 by 60,000": {dossier.Attachment{MIME: "image/png"}, bomb(60000, 60000), dossier.MissingTooManyPx},
	} {
		if f := prepare(t, c.a, c.data, media.DefaultLimits()); f.Missing != c.want {
			t.Errorf("%s: %q, want %q", name, f.Missing, c.want)
		}
	}
}

// Place and camera do not go along, the picture stands upright, no side is
// longer than the bound.
func TestPicturesAreDrawnAnew(t *testing.T) {
	data := withExif(jpegOf(t, 400, 100), 6)
	lim := media.DefaultLimits()
	lim.Edge = 200
	f := prepare(t, dossier.Attachment{MIME: "image/jpeg"}, data, lim)
	if f.Missing != "" || f.Image.Width != 50 || f.Image.Height != 200 {
		t.Fatalf("%q %+v", f.Missing, f.Image)
	}
	for _, secret := range []string{"Exif", "GPS-CANARY-52.37"} {
		if bytes.Contains(f.Image.Data, []byte(secret)) {
			t.Errorf("%s is still in the picture", secret)
		}
	}
	img, _, err := image.Decode(bytes.NewReader(f.Image.Data))
	if err != nil {
		t.Fatal(err)
	}
	top, _, _, _ := img.At(25, 10).RGBA()
	bottom, _, _, _ := img.At(25, 190).RGBA()
	if top >= bottom { // the left side was dark; turned to the right it is on top
		t.Errorf("not upright: top %d, bottom %d", top, bottom)
	}
}

// A picture beyond what may be held in memory goes along all the same, and a
// file that changes in between is noticed.
func TestOpenBeyondTheInlineBudget(t *testing.T) {
	lim := media.DefaultLimits()
	lim.InlineBytes = 1
	src := files{"x": jpegOf(t, 300, 200)}
	s, err := media.Prepare(t.Context(), src, []dossier.Item{{ID: "i", Attachments: []dossier.Attachment{{ID: "b", Path: "x", MIME: "image/jpeg"}}}}, lim)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := s.Of("i", "b")
	if f.Image != nil || f.Missing != "" {
		t.Fatalf("%+v", f)
	}
	r, err := f.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r); err != nil || int64(len(b)) != f.Size || media.Sniff(b) != f.MIME {
		t.Errorf("%d bytes of %s, want %d of %s", len(b), media.Sniff(b), f.Size, f.MIME)
	}
	src["x"] = jpegOf(t, 301, 200)
	var missing dossier.Missing
	if _, err := f.Open(t.Context()); !errors.As(err, &missing) || missing.Reason != dossier.MissingWrongHash {
		t.Errorf("a changed file opens: %v", err)
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("%PDF-1.4"))
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte("<svg onload=x>"))
	f.Add(bomb(3, 3))
	lim := media.Limits{MaxBytes: 1 << 16, MaxPixels: 1 << 16, Edge: 64, InlineBytes: 1 << 20}
	f.Fuzz(func(t *testing.T, b []byte) {
		mime := media.Sniff(b)
		got := prepare(t, dossier.Attachment{MIME: mime}, b, lim)
		if mime == "text/html" && got.Missing == "" && (len(got.Starts) == 0 || !strings.HasSuffix(got.Path, ".txt")) {
			t.Errorf("a page goes along as %s, %v", got.Path, got.Starts)
		}
		lim.Inert = true
		if got = prepare(t, dossier.Attachment{MIME: mime}, b, lim); len(got.Starts) > 0 && got.Missing != dossier.MissingActive {
			t.Errorf("%v goes along", got.Starts)
		}
		if got.Image != nil && max(got.Image.Width, got.Image.Height) > lim.Edge {
			t.Error("a picture is larger than the bound")
		}
	})
}

func FuzzPDF(f *testing.F) {
	for _, name := range []string{"broken/pdf-versleuteld/bijlagen/brief.pdf", "broken/pdf-beschadigd/bijlagen/brief.pdf", "dossiers/thuisgenoten/drie-jaar/bijlagen/001.pdf"} {
		b, err := os.ReadFile("../../fixtures/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, write := range ways {
		f.Add(write(f, pdfWith("/OpenAction 6 0 R", "", "<</S/Launch>>")))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := prepare(t, dossier.Attachment{MIME: "application/pdf"}, b, media.DefaultLimits())
		if bytes.Contains(b, []byte("obj<</S/Launch>>endobj")) && got.Missing == "" && len(got.Starts) == 0 {
			t.Error("an action that stands there plainly is not seen")
		}
		if got.Pages < 0 || got.Pages > len(b) {
			t.Errorf("%d pages in %d bytes", got.Pages, len(b))
		}
	})
}

func BenchmarkCleanPhoto(b *testing.B) {
	data := jpegOf(b, 2400, 1800)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if f := prepare(b, dossier.Attachment{MIME: "image/jpeg"}, data, media.DefaultLimits()); f.Missing != "" {
			b.Fatal(f.Missing)
		}
	}
}

// jpegOf is a photo that runs from dark at the left to light at the right.
func jpegOf(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(x * 255 / w), uint8(x * 200 / w), uint8((x ^ y) & 63), 255})
		}
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, m, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// withExif puts an EXIF segment behind the first two bytes: an orientation and a place.
func withExif(photo []byte, orientation byte) []byte {
	tiff := append([]byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation, 0, 0, 0, 0, 0, 0)
	body := append([]byte("Exif\x00\x00"), append(tiff, "GPS-CANARY-52.37"...)...)
	head := binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(len(body)+2))
	return append(append(head, body...), photo[2:]...)
}

// bomb is the head of a PNG that claims a size, with hardly any bytes behind it.
func bomb(w, h uint32) []byte {
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		panic(err) // a buffer does not fail
	}
	b := buf.Bytes()
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}
