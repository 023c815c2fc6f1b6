package pdf

import (
	"io"

	"inzage/internal/document"
)

// A pen makes marks on pages, in points from the top left. The engine is one; the
// tests have another that writes down what it is told.
type pen interface {
	measure(l look, s string) float64
	open(pages int)
	goTo(page int)
	begin(tag string, a attr)
	end()
	artifact(fn func())
	text(x, baseline float64, l look, s string)
	stroke(x1, y1, x2, y2, width float64, dotted bool, colour uint32)
	polyline(points [][2]float64, width float64, colour uint32)
	fill(x, y, w, h float64, colour uint32)
	dot(x, y, r float64, colour uint32)
	image(m *document.Image, x, y, w, h float64)
	link(url string)
	linkTo(anchor string)
	anchor(id string, y float64)
	bookmark(level int, title string, y float64)
	finish(w io.Writer) error
}

// An attr is what a structure element says beside its tag.
type attr struct {
	alt   string // of a figure
	scope string // of a table head: Row or Column
	lang  string
	box   [4]float64 // of a figure: x, y, width, height
}
