package pdf

import (
	"inzage/internal/document"
	"inzage/internal/render/chart"
)

// chartHigh is how high a chart is drawn, over the whole width of the grid.
const chartHigh = 56 * mm

// chart draws a line of measured values as one figure with its words. Its title
// stands above it; the table with all values follows as a block of its own.
func (l *layout) chart(b document.Chart) {
	x, w := l.x, l.w
	if l.hangs() {
		x, w = left, full
	}
	face := l.label
	d := chart.Layout(b, w, chartHigh, func(s string, size float64) float64 { return l.sized(face, size).width(clean(s)) })
	if len(d.Dots) == 0 {
		return
	}
	l.space(12)
	if b.Title != "" && b.Title != l.heard {
		l.para(plain(b.Title, l.head3), "P")
		l.keepLast()
		l.space(6)
	}
	at := l.add(box{height: chartHigh, keep: true})
	l.draw(func(c *canvas) {
		c.beginFigure(b.Alt, at, at+1, x, w)
		c.drawing(d, x, c.page(at))
		c.end()
	})
	l.space(14)
}

// sized is a style in another size.
func (f *fonts) sized(st *style, size float64) *style {
	k := st.look
	k.size, k.line = size, size*1.3
	return f.of(k)
}

// drawing draws a laid out chart with its top left corner at x, y. Band and ticks
// are pale, the line is the accent: in grey the order of weight stays the same.
func (c *canvas) drawing(d chart.Drawing, x, y float64) {
	if r := d.Band; r != nil {
		c.fill(x+r.X, y+r.Y, r.W, r.H, pale)
	}
	for _, t := range d.YTicks {
		c.stroke(x+d.Plot.X, y+t.At, x+d.Plot.X+d.Plot.W, y+t.At, hair, false, hairline)
		c.chartLabel(&t.Label, x, y, ink1)
	}
	foot := y + d.Plot.Y + d.Plot.H
	for _, t := range d.XTicks {
		c.stroke(x+t.At, foot, x+t.At, foot+3, hair, false, hairline)
		c.chartLabel(&t.Label, x, y, ink1)
	}
	line := make([][2]float64, len(d.Line))
	for i, p := range d.Line {
		line[i] = [2]float64{x + p.X, y + p.Y}
	}
	if len(line) > 1 {
		c.polyline(line, 1.2, c.tint)
	}
	for _, p := range d.Dots {
		c.dot(x+p.X, y+p.Y, 1.9, c.tint)
	}
	c.chartLabel(d.Unit, x, y, ink1)
	c.chartLabel(d.BandLabel, x, y, ink1)
	for i := range d.Labels {
		c.chartLabel(&d.Labels[i], x, y, ink0)
	}
}

func (c *canvas) chartLabel(t *chart.Label, x, y float64, colour uint32) {
	if t == nil || t.Text == "" {
		return
	}
	k := c.fonts.sized(c.fonts.label, t.Size).look
	k.colour = colour
	st, s := c.fonts.of(k), clean(t.Text)
	at := x + t.X
	switch t.Anchor {
	case chart.Middle:
		at -= st.width(s) / 2
	case chart.End:
		at -= st.width(s)
	}
	c.text(at, y+t.Y, st, s, document.RightToLeft(s))
}
