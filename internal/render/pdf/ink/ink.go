// Package ink draws tagged pages and finishes the file: PDF/A-3a (ISO 19005-3)
// and PDF/UA-1 (ISO 14289-1), in which text is glyph numbers of embedded subsets.
//
// fpdf gives pages, images and the skeleton of the file, and enters here alone;
// a last pass replaces in its output what an archive needs and fpdf cannot
// write. When that output is not exactly as expected, [Writer.Finish] returns an
// error and no file. The same calls give the same bytes.
package ink

import (
	"bytes"
	"fmt"
	"time"

	"github.com/go-pdf/fpdf"

	"inzage/internal/document"
)

// Options are what a file says about itself. They hold no person's name.
type Options struct {
	Lang, Title, Subject, Author, Producer string
	Made                                   time.Time
	Width, Height                          float64 // of every page, in points
	Data                                   []byte  // embedded as dossier.json (AFRelationship Data); nil for none
	DataNote                               string  // what that file is, for the reader
}

// A Style is a way of setting type.
type Style struct {
	Bold, Italic, Mono bool
	Size               float64 // points
	Colour             uint32  // 0xRRGGBB
	RightToLeft        bool    // the paragraph runs so, whatever a line of it holds
}

// A Writer draws one file. Places are in points from the top left of a page. It
// is for one goroutine; faces are shared.
type Writer struct {
	o      Options
	pdf    *fpdf.Fpdf
	fonts  fonts
	pages  []*page
	now    int // page, from 0
	root   *element
	at     *element
	annots []*annot
	places map[string]place
	marks  []*bookmark
	images map[string]bool
	buf    []byte
	drawn  bool // inside an artifact
	err    error
}

// A page knows which state its content has left behind.
type page struct {
	open   *element   // whose marked content is open
	marked []*element // by MCID
	font   *font
	size   float64
	colour int64 // -1: not set
}

// A place is where an anchor is.
type place struct {
	page int
	y    float64
}

// New starts a file without pages.
func New(o Options) *Writer {
	p := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: o.Width, Ht: o.Height}})
	p.SetAutoPageBreak(false, 0)
	p.SetMargins(0, 0, 0)
	p.SetCompression(false) // pages are deflated in the last pass
	p.SetCatalogSort(true)
	p.SetCreationDate(o.Made)
	p.SetModificationDate(o.Made)
	root := &element{}
	return &Writer{o: o, pdf: p, root: root, at: root, places: map[string]place{}, images: map[string]bool{}, now: -1}
}

// Open makes n empty pages.
func (w *Writer) Open(n int) {
	for range n {
		w.pdf.AddPage()
		w.pages = append(w.pages, &page{colour: -1})
	}
	w.GoTo(0)
}

// GoTo goes to a page, counted from 0. Elements may go on over pages.
func (w *Writer) GoTo(i int) {
	if w.drawn && i != w.now {
		w.fail("an artifact stays on its page")
	}
	if i < 0 || i >= len(w.pages) {
		w.fail("no such page")
		return
	}
	w.now = i
	w.pdf.SetPage(i + 1)
}

func (w *Writer) fail(text string) {
	if w.err == nil {
		w.err = fmt.Errorf("ink: %s", text)
	}
}

func (w *Writer) page() *page {
	if w.now < 0 {
		w.fail("nothing can be drawn before a page is open")
		return &page{}
	}
	return w.pages[w.now]
}

// raw writes the operators gathered in the buffer to the page.
func (w *Writer) raw() {
	if w.now >= 0 {
		w.pdf.RawWriteBuf(bytes.NewBuffer(w.buf))
	}
	w.buf = w.buf[:0]
}

// Line draws a line; a dotted one in dots of its own width.
func (w *Writer) Line(x1, y1, x2, y2, width float64, dotted bool, colour uint32) {
	w.stroke(width, dotted, colour)
	w.point(x1, y1, " m ")
	w.point(x2, y2, " l S Q")
	w.raw()
}

// Polyline draws lines from point to point.
func (w *Writer) Polyline(points [][2]float64, width float64, colour uint32) {
	if len(points) < 2 {
		return
	}
	w.stroke(width, false, colour)
	for i, p := range points {
		op := " l "
		if i == 0 {
			op = " m "
		}
		w.point(p[0], p[1], op)
	}
	w.buf = append(w.buf, "S Q"...)
	w.raw()
}

func (w *Writer) stroke(width float64, dotted bool, colour uint32) {
	w.mark()
	w.buf = append(w.buf, "q 1 j "...)
	w.buf = appendColour(w.buf, colour, " RG ")
	w.buf = appendNumber(w.buf, width)
	if dotted {
		w.buf = append(w.buf, " w 1 J [0 "...)
		w.buf = appendNumber(w.buf, 2.6*width)
		w.buf = append(w.buf, "] 0 d "...)
		return
	}
	w.buf = append(w.buf, " w 0 J "...)
}

// Fill draws a rectangle.
func (w *Writer) Fill(x, y, width, height float64, colour uint32) {
	w.mark()
	w.buf = append(w.buf, "q "...)
	w.buf = appendColour(w.buf, colour, " rg ")
	w.point(x, y+height, " ")
	w.buf = appendNumber(w.buf, width)
	w.buf = append(w.buf, ' ')
	w.buf = appendNumber(w.buf, height)
	w.buf = append(w.buf, " re f Q"...)
	w.raw()
}

// Dot draws a filled circle.
func (w *Writer) Dot(x, y, r float64, colour uint32) {
	const k = 0.5523 // of a quarter circle as a Bézier curve
	w.mark()
	w.buf = append(w.buf, "q "...)
	w.buf = appendColour(w.buf, colour, " rg ")
	w.point(x+r, y, " m ")
	for _, c := range [4][6]float64{
		{r, k * r, k * r, r, 0, r}, {-k * r, r, -r, k * r, -r, 0}, {-r, -k * r, -k * r, -r, 0, -r}, {k * r, -r, r, -k * r, r, 0},
	} {
		w.point(x+c[0], y-c[1], " ")
		w.point(x+c[2], y-c[3], " ")
		w.point(x+c[4], y-c[5], " c ")
	}
	w.buf = append(w.buf, "f Q"...)
	w.raw()
}

// Image draws a picture into a box.
func (w *Writer) Image(m *document.Image, x, y, width, height float64) {
	kind := map[string]string{"image/jpeg": "JPG", "image/png": "PNG"}[m.MIME]
	if kind == "" || w.now < 0 {
		w.fail("a picture is not JPEG or PNG")
		return
	}
	w.mark()
	if len(w.buf) > 0 {
		w.raw()
	}
	o := fpdf.ImageOptions{ImageType: kind}
	if !w.images[m.SHA256] {
		w.images[m.SHA256] = true
		w.pdf.RegisterImageOptionsReader(m.SHA256, o, bytes.NewReader(m.Data))
	}
	w.pdf.ImageOptions(m.SHA256, x, y, width, height, false, o, 0, "")
}

// point writes a place in the page's own coordinates, which grow upwards.
func (w *Writer) point(x, y float64, after string) {
	w.buf = appendNumber(w.buf, x)
	w.buf = append(w.buf, ' ')
	w.buf = appendNumber(w.buf, w.o.Height-y)
	w.buf = append(w.buf, after...)
}
