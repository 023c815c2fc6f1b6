package pdf

import (
	"io"

	"inzage/internal/document"
	"inzage/internal/render/pdf/ink"
)

// engine is the pen that draws: package ink, told in this package's words.
type engine struct{ w *ink.Writer }

// newEngine starts a file that says what d is and holds data as dossier.json.
func newEngine(d *document.Document, data []byte) engine {
	return engine{ink.New(ink.Options{
		Lang: d.Lang, Title: d.Title, Subject: d.Furniture.Kind, Author: d.Cover.Organisation, Producer: "inzage",
		Made: d.Made, Width: pageW, Height: pageH, Data: data, DataNote: "inzage/copy/v1",
	})}
}

func (l look) ink() ink.Style {
	return ink.Style{Bold: l.bold, Italic: l.italic, Mono: l.mono, Size: l.size, Colour: l.colour, RightToLeft: l.rightToLeft}
}

func (e engine) measure(l look, s string) float64            { return ink.Width(l.ink(), s) }
func (e engine) open(pages int)                              { e.w.Open(pages) }
func (e engine) goTo(page int)                               { e.w.GoTo(page) }
func (e engine) end()                                        { e.w.End() }
func (e engine) artifact(fn func())                          { e.w.Artifact(fn) }
func (e engine) text(x, base float64, l look, s string)      { e.w.Text(x, base, l.ink(), s) }
func (e engine) fill(x, y, w, h float64, colour uint32)      { e.w.Fill(x, y, w, h, colour) }
func (e engine) dot(x, y, r float64, colour uint32)          { e.w.Dot(x, y, r, colour) }
func (e engine) link(url string)                             { e.w.BeginLink(url) }
func (e engine) linkTo(anchor string)                        { e.w.BeginLinkTo(anchor) }
func (e engine) anchor(id string, y float64)                 { e.w.Anchor(id, y) }
func (e engine) bookmark(level int, t string, y float64)     { e.w.Bookmark(level, t, y) }
func (e engine) image(m *document.Image, x, y, w, h float64) { e.w.Image(m, x, y, w, h) }

func (e engine) begin(tag string, a attr) {
	e.w.Begin(tag, ink.Attr{Alt: a.alt, Scope: a.scope, Lang: a.lang, Box: a.box})
}

func (e engine) stroke(x1, y1, x2, y2, width float64, dotted bool, colour uint32) {
	e.w.Line(x1, y1, x2, y2, width, dotted, colour)
}

func (e engine) polyline(points [][2]float64, width float64, colour uint32) {
	e.w.Polyline(points, width, colour)
}

func (e engine) finish(w io.Writer) error {
	b, err := e.w.Finish()
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}
