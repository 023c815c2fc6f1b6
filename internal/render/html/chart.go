package html

import (
	"strconv"
	"unicode"

	"inzage/internal/document"
	"inzage/internal/render/chart"
)

// Two drawings of each chart: one for a page, one for a telephone, where the
// type of the first would be too small to read. The style sheet shows one.
var drawings = []struct {
	class         string
	width, height float64
}{{"broad", 520, 166}, {"slim", 240, 160}}

// chart writes the drawings of a chart. Who cannot see them hears the title and
// its text alternative; the table with all values follows as its own block.
func (p *page) chart(c document.Chart) {
	p.charts++
	p.line()
	p.open("figure", class("chart wide"))
	if c.Title != "" && c.Title != p.above { // not twice below each other
		p.leaf("figcaption", c.Title, dir(c.Title))
	}
	for i, x := range drawings {
		id := "~chart" + strconv.Itoa(p.charts) + "-" + strconv.Itoa(i)
		p.drawing(c, chart.Layout(c, x.width, x.height, width), id, x.class)
	}
	p.close("figure")
}

func (p *page) drawing(c document.Chart, d chart.Drawing, id, look string) {
	p.open("svg", class(look), attr{"viewBox", "0 0 " + number(d.Width) + " " + number(d.Height)},
		attr{"role", "img"}, attr{"aria-labelledby", id + "t " + id + "d"})
	p.leaf("title", c.Title, attr{"id", id + "t"})
	desc := c.Alt
	if table := p.doc.Words.ChartTable; table != "" {
		desc += " " + table
	}
	p.leaf("desc", desc, attr{"id", id + "d"})
	p.shapes(d)
	p.close("svg")
}

func (p *page) shapes(d chart.Drawing) {
	if b := d.Band; b != nil {
		p.open("rect", class("band"), attr{"x", number(b.X)}, attr{"y", number(b.Y)}, attr{"width", number(b.W)}, attr{"height", number(b.H)})
		p.close("rect")
	}
	right := number(d.Plot.X + d.Plot.W)
	for _, t := range d.YTicks {
		y := number(t.At)
		p.open("line", class("grid"), attr{"x1", number(d.Plot.X)}, attr{"x2", right}, attr{"y1", y}, attr{"y2", y})
		p.close("line")
		p.label(t.Label, "")
	}
	foot := d.Plot.Y + d.Plot.H
	for _, t := range d.XTicks {
		x := number(t.At)
		p.open("line", class("grid"), attr{"x1", x}, attr{"x2", x}, attr{"y1", number(foot)}, attr{"y2", number(foot + 3)})
		p.close("line")
		p.label(t.Label, "")
	}
	p.series(d)
	for _, l := range []*chart.Label{d.Unit, d.BandLabel} {
		if l != nil {
			p.label(*l, "")
		}
	}
	for _, l := range d.Labels {
		p.label(l, "named")
	}
}

// series writes the line and its dots.
func (p *page) series(d chart.Drawing) {
	path := make([]byte, 0, 16*len(d.Line))
	for i, at := range d.Line {
		if i > 0 {
			path = append(path, ' ')
		}
		path = append(append(append(path, number(at.X)...), ','), number(at.Y)...)
	}
	p.open("polyline", class("line"), attr{"points", string(path)})
	p.close("polyline")
	for _, at := range d.Dots {
		p.open("circle", class("dot"), attr{"cx", number(at.X)}, attr{"cy", number(at.Y)}, attr{"r", "2"})
		p.close("circle")
	}
}

func (p *page) label(l chart.Label, look string) {
	anchor := [...]string{"start", "middle", "end"}[l.Anchor]
	p.leaf("text", l.Text, class(look), attr{"x", number(l.X)}, attr{"y", number(l.Y)}, attr{"font-size", number(l.Size)}, attr{"text-anchor", anchor})
}

// number writes a coordinate to a tenth.
func number(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// width estimates how wide a text is set, on the wide side: the reader's type
// is not known here.
func width(text string, size float64) float64 {
	w := 0.0
	for _, r := range text {
		switch {
		case r == '.' || r == ',' || r == ' ' || r == 'i' || r == 'l' || r == 'j':
			w += 0.36
		case unicode.IsUpper(r) || r == 'm' || r == 'w':
			w += 0.85
		default:
			w += 0.64
		}
	}
	return w * size
}
