package pdf

import "inzage/internal/document"

func (c *canvas) goTo(page int) {
	if c.now != page {
		c.pen.goTo(page)
		c.now = page
	}
}

func (c *canvas) begin(tag string) { c.pen.begin(tag, attr{}) }

func (c *canvas) beginHead(scope string) { c.pen.begin("TH", attr{scope: scope}) }

func (c *canvas) text(x, base float64, st *style, s string, rightToLeft bool) {
	if s != "" {
		l := st.look
		l.rightToLeft = rightToLeft
		c.pen.text(x, base, l, s)
	}
}

// artifact draws what is not content beside a box.
func (c *canvas) artifact(at int, fn func(y float64)) {
	y := c.page(at)
	c.pen.artifact(func() { fn(y) })
}

// artifactAt draws what is not content on a page.
func (c *canvas) artifactAt(page int, fn func()) {
	c.goTo(page)
	c.pen.artifact(fn)
}

// rule draws a hairline.
func (c *canvas) rule(x, y, w float64) { c.stroke(x, y, x+w, y, hair, false, hairline) }

// anchor and bookmark stand a little above their box, so that a jump shows it.
func (c *canvas) anchor(id string, at int) {
	if id != "" {
		y := c.page(at)
		c.pen.anchor(id, y-6)
	}
}

func (c *canvas) bookmark(level int, title string, at int) {
	y := c.page(at)
	c.pen.bookmark(level, title, y-6)
}

// beginFigure starts a figure with its words and the box it fills on the page
// where it starts.
func (c *canvas) beginFigure(alt string, from, to int, x, w float64) {
	s := c.flow.spans(from, to)[0]
	c.goTo(s.page)
	if alt == "" {
		alt = "–"
	}
	c.pen.begin("Figure", attr{alt: clean(alt), box: [4]float64{x, s.top, w, s.bottom - s.top}})
}

// figure draws a picture in box at with its caption in the boxes from first.
func (c *canvas) figure(p placed, at, first int) {
	if p.h > 0 {
		y := c.page(at)
		alt := p.Alt
		if alt == "" {
			alt = "–"
		}
		c.pen.begin("Figure", attr{alt: clean(alt), box: [4]float64{p.x, y, p.w, p.h}})
		c.image(p.Image, p.x, y, p.w, p.h)
		c.end()
	}
	if len(p.lines) > 0 {
		c.begin("P")
		c.lines(p.caption, p.lines, first, p.x)
		c.end()
	}
}

// frame draws a line on all sides: solid in the accent's place for a warning,
// dotted for what is held back.
func (c *canvas) frame(kind document.CalloutKind, x, y, w, h float64) {
	if kind == document.CalloutWithheld {
		c.box(x, y, w, h, 0.8, true, ink1)
		return
	}
	c.box(x, y, w, h, 0.8, false, ink0)
}

// box draws a line on all sides.
func (c *canvas) box(x, y, w, h, width float64, dotted bool, colour uint32) {
	for _, s := range [][4]float64{{x, y, x + w, y}, {x + w, y, x + w, y + h}, {x + w, y + h, x, y + h}, {x, y + h, x, y}} {
		c.stroke(s[0], s[1], s[2], s[3], width, dotted, colour)
	}
}

// warningMark draws a triangle with an exclamation mark, 12 points high.
func (c *canvas) warningMark(x, y float64) {
	c.polyline([][2]float64{{x, y + 11}, {x + 6.5, y}, {x + 13, y + 11}, {x, y + 11}, {x + 6.5, y}}, 1.1, ink0)
	c.stroke(x+6.5, y+4, x+6.5, y+7.4, 1.2, false, ink0)
	c.dot(x+6.5, y+9.1, 0.75, ink0)
}
