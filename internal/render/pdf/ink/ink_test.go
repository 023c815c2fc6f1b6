package ink

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

func drawn(t testing.TB, draw func(*Writer)) []byte {
	t.Helper()
	w := New(Options{Lang: "nl", Title: "Kopie", Author: "Voorbeeld", Producer: "inzage", Made: time.Unix(1_773_540_000, 0), Width: 595, Height: 842, Data: []byte("{}"), DataNote: "dossier/v1"})
	w.Open(2)
	w.Begin("Document", Attr{})
	draw(w)
	w.End()
	b, err := w.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var body = Style{Size: 11, Colour: 0x1B1B1F}

func sampleText(w *Writer) {
	w.Begin("H1", Attr{})
	w.Bookmark(1, "Begin", 40)
	w.Anchor("begin", 40)
	w.Text(50, 60, Style{Size: 20, Bold: true}, "Eén dossier")
	w.End()
	w.Begin("P", Attr{})
	w.Text(50, 90, body, "Łukasz Şahin, Ελένη en Жанна ")
	w.Text(50, 106, body, "zeiden 37,4 °C 😊 en een teken dat er niet is: \U00010330.")
	w.GoTo(1)
	w.Text(50, 90, body, "Dit staat op de volgende bladzijde; zie ")
	w.BeginLinkTo("begin")
	w.Text(260, 90, body, "het begin")
	w.End()
	w.End()
}

func extract(t *testing.T, pdf []byte, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), "poppler") {
			t.Fatal(err)
		}
		t.Skip("pdftotext is not installed")
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	write(t, path, pdf)
	out, err := exec.Command("pdftotext", append(args, path, "-")...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTextCanBeReadBack(t *testing.T) {
	got := extract(t, drawn(t, sampleText))
	for _, want := range []string{"Eén dossier", "Łukasz Şahin, Ελένη en Жанна", "37,4 °C 😊 en", "dat er niet is: \U00010330.", "het begin"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}

func TestRightToLeftIsReadInOrder(t *testing.T) {
	got := extract(t, drawn(t, func(w *Writer) {
		w.Begin("P", Attr{})
		w.Text(50, 90, body, "Naam: فاطمة الزهراء en שלום")
		w.End()
	}))
	for _, want := range []string{"فاطمة", "الزهراء", "שלום"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}

func TestSameCallsSameBytes(t *testing.T) {
	want := drawn(t, sampleText)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if !bytes.Equal(drawn(t, sampleText), want) {
				t.Error("the same page gave other bytes")
			}
		})
	}
	wg.Wait()
}

func TestMisuseGivesNoFile(t *testing.T) {
	for name, draw := range map[string]func(*Writer){
		"drawing outside an element": func(w *Writer) { w.End(); w.Text(1, 1, body, "x"); w.Begin("P", Attr{}) },
		"a link to nowhere":          func(w *Writer) { w.BeginLinkTo("weg"); w.Text(1, 1, body, "x"); w.End() },
		"an element left open":       func(w *Writer) { w.Begin("P", Attr{}) },
		"an element too many closed": func(w *Writer) { w.End(); w.End(); w.Begin("P", Attr{}) },
		"a page that is not there":   func(w *Writer) { w.GoTo(7) },
		"an artifact over two pages": func(w *Writer) { w.Artifact(func() { w.GoTo(1) }) },
	} {
		w := New(Options{Width: 595, Height: 842})
		w.Open(2)
		w.Begin("Document", Attr{})
		draw(w)
		w.End()
		if b, err := w.Finish(); err == nil {
			t.Errorf("%s: %d bytes and no error", name, len(b))
		}
	}
}

// skeleton is what fpdf writes for two pages, before the last pass.
func skeleton(t testing.TB) []byte {
	t.Helper()
	w := New(Options{Width: 595, Height: 842, Made: time.Unix(0, 0)})
	w.Open(2)
	w.pdf.SetPage(2)
	var b bytes.Buffer
	if err := w.pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What fpdf writes must be exactly as this package knows it.
func TestAnotherSkeletonIsRefused(t *testing.T) {
	whole := string(skeleton(t))
	for _, c := range [][2]string{
		{"startxref\n", "startxrev\n"}, {"xref\n0 ", "xref\n1 "}, {"/Root ", "/Boot "}, {"/Info ", "/Inof "},
		{"3 0 obj\n", "9 0 obj\n"}, {"endobj\n4 0 obj", "endobi\n4 0 obj"}, {"/Resources 2 0 R\n", "/Resources 2 0 Q\n"},
		{"/Font <<\n", "/Fond <<\n"}, {"<</Type /Page\n", "<</Type /Sage\n"},
	} {
		altered := strings.Replace(whole, c[0], c[1], 1)
		if altered == whole {
			t.Fatalf("%q is not in the skeleton", c[0])
		}
		w := New(Options{Width: 595, Height: 842})
		w.Open(2)
		w.Begin("Document", Attr{})
		w.End()
		o, err := parse([]byte(altered))
		if err == nil {
			err = w.complete(o)
		}
		if !errors.Is(err, ErrSkeleton) {
			t.Errorf("%q for %q: %v", c[1], c[0], err)
		}
	}
}

// Whatever the cross-reference table says of itself is believed only as far as
// there are bytes for it.
func TestTheTableIsNotBelieved(t *testing.T) {
	whole := string(skeleton(t))
	count := regexp.MustCompile(`xref\n0 (\d+)\n`).FindStringSubmatch(whole)
	first := regexp.MustCompile(`\n(\d{10}) 00000 n`).FindStringSubmatch(whole)
	if count == nil || first == nil {
		t.Fatal("no cross-reference table in the skeleton")
	}
	for _, n := range []string{"", "-4", "0", "1", "5", "4096", "461168601842738790", "922337203685477580", "9223372036854775807", "9223372036854775808"} {
		told(t, "count "+n, strings.Replace(whole, "xref\n0 "+count[1], "xref\n0 "+n, 1))
	}
	for _, at := range []string{"-000000001", "+000000001", "9999999999", "0000000000", "          ", "000000000x"} {
		told(t, "offset "+at, strings.Replace(whole, first[1]+" 00000 n", at+" 00000 n", 1))
	}
	for _, at := range []string{"-1", "0", "1", "99999999999999999999", "9223372036854775807", ""} {
		told(t, "startxref "+at, whole[:strings.LastIndex(whole, "startxref\n")]+"startxref\n"+at+"\n%%EOF\n")
	}
	told(t, "nothing behind the count", "0123456789\nxref\n0 3startxref\n11")
}

// told holds that a file that is not as fpdf writes it is refused, without a panic.
func told(t *testing.T, name, file string) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: %v", name, p)
		}
	}()
	if _, err := parse([]byte(file)); !errors.Is(err, ErrSkeleton) {
		t.Errorf("%s: %v", name, err)
	}
}

func FuzzSkeleton(f *testing.F) {
	f.Add(skeleton(f))
	f.Add([]byte("0123456789\nxref\n0 461168601842738790\nstartxref\n11")) // 20 times so many entries overflow
	f.Add([]byte("0123456789\nxref\n0 1229782938247303441\nstartxref\n11"))
	f.Add([]byte("1 0 obj\nendobj\nxref\n0 2\n0000000000 65535 f \n-000000016 00000 n \ntrailer /Root 1 /Info 1\nstartxref\n15\n"))
	f.Add([]byte("startxref\n9\n%%EOF"))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := parse(b)
		if err != nil {
			return
		}
		o.canonical()
		o.bytes()
	})
}

func FuzzText(f *testing.F) {
	f.Add("Naam: فاطمة \x00\xff 😊\u202e")
	f.Add("בְּרֵאשִׁית (ב) 12, لا إله\u2029\u0301 👩\u200d🔬🇳🇱🇳 1\ufe0f\u20e3 \u4e2d\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		drawn(t, func(w *Writer) {
			w.Begin("P", Attr{Alt: s, Lang: s})
			w.Text(50, 90, body, s)
			w.Bookmark(1, s, 10)
			w.End()
		})
		if Width(body, s) < 0 {
			t.Error("text of negative width")
		}
	})
}
