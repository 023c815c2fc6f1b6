package pdf

import (
	"fmt"
	"io"

	"rsc.io/qr"

	"inzage/internal/document"
)

// Measures of a letter in points.
const (
	scanSize  = 34 * mm // of the square, its quiet zone included
	quietZone = 4       // modules, ISO/IEC 18004
	codePad   = 12.0
)

// defaultWindow is where the address shows in a C5/6 envelope with its window at
// the left, for a sheet folded in three.
var defaultWindow = document.Window{Left: 24, Top: 47, Width: 90, Height: 32}

// RenderLetter draws a letter and writes the file to w, tagged and archivable
// like every other. Its address is on the sheet where the envelope's window is.
func RenderLetter(w io.Writer, letter *document.Letter) (Stats, error) {
	shell := &document.Document{
		Lang: letter.Lang, Title: letter.Title, ID: letter.ID, Made: letter.Made, Theme: letter.Theme, Words: letter.Words,
		Furniture: document.Furniture{Kind: letter.Title}, Cover: document.Cover{Organisation: letter.Organisation},
	}
	square, err := qr.Encode(letter.Code.Scan, qr.M)
	if err != nil {
		return Stats{}, fmt.Errorf("pdf: the code as a square: %w", err)
	}
	p := newEngine(shell, nil)
	l := &layout{fonts: newFonts(p.measure, uint32(shell.Theme.Accent)), doc: shell, anchors: map[string]int{}, x: left, w: full}
	l.envelope(letter)
	l.letterBody(letter, square)
	c := &canvas{pen: p, fonts: l.fonts, flow: &l.flow, tint: l.tint, anchors: l.anchors, comma: comma(letter.Lang), now: -1}
	c.pages = l.paginate(0, letterTop, letterBottom)
	c.content(l)
	if err := c.finish(w); err != nil {
		return Stats{}, fmt.Errorf("pdf: %w", err)
	}
	return Stats{Pages: c.pages}, nil
}

// A letter has no head and foot: it begins higher and goes on lower than a page
// of a document.
const (
	letterTop    = 16 * mm
	letterBottom = pageH - 15*mm
)

// envelope sets the masthead, the address in the window, and the date under it.
func (l *layout) envelope(letter *document.Letter) {
	win := letter.Window
	if win.Width <= 0 || win.Height <= 0 {
		win = defaultWindow
	}
	l.masthead(document.Cover{Organisation: letter.Organisation})
	l.fill(win.Top*mm - letterTop)
	at := len(l.boxes)
	l.in(win.Left*mm, min(win.Width*mm, left+full-win.Left*mm), func() {
		l.inside("Sect", func() {
			for _, s := range letter.To {
				l.para(plain(s, l.body), "P")
				l.keepLast()
				l.pending = 0
			}
		})
	})
	l.fill((win.Top+win.Height)*mm - letterTop)
	for i := at; i < len(l.boxes); i++ {
		l.boxes[i].keep = true
	}
	l.para(plain(letter.Date, l.label), "P")
}

// fill adds room until the flow is high, in points.
func (l *layout) fill(high float64) {
	l.pending = 0
	if have := l.height(0, len(l.boxes)); have < high {
		l.add(box{height: high - have, keep: true})
	}
}

func (l *layout) letterBody(letter *document.Letter, square *qr.Code) {
	l.space(10)
	l.letterHead(plain(letter.Subject, l.head2))
	l.level = 1
	l.entries++ // headings and tables stay in the column
	l.blocks(letter.Intro)
	l.parts(letter.Before)
	l.codeBox(letter.Code, square)
	l.parts(letter.After)
	l.entries--
}

// parts sets headings left and what belongs to them right.
func (l *layout) parts(ps []document.Part) {
	for _, p := range ps {
		l.space(14)
		l.in(textX, column, func() { l.part(p) })
	}
}

func (l *layout) part(p document.Part) {
	title := plain(p.Title, l.head3)
	ls := breakLines(title, aside)
	first := len(l.boxes)
	l.draw(func(c *canvas) {
		c.begin("Sect")
		c.begin("H2")
		c.aside(title, ls, first, left, l.body)
		c.end()
	})
	gap := l.pending
	l.blocks(p.Blocks)
	if first < len(l.boxes) {
		l.boxes[first].before = gap
	}
	l.room(first, float64(len(ls))*l.head3.line)
	l.draw(func(c *canvas) { c.end() })
}

func (l *layout) letterHead(t text) {
	ls := breakLines(t, l.w)
	first, x := len(l.boxes), l.x
	for range ls {
		l.add(box{height: l.head2.line, keep: true})
	}
	l.draw(func(c *canvas) {
		c.begin("H1")
		c.lines(t, ls, first, x)
		c.end()
	})
	l.space(6)
}

// codeBox sets the code in large type beside its square, within a line.
func (l *layout) codeBox(b document.CodeBox, square *qr.Code) {
	big := l.of(look{size: 20, line: 30, mono: true, bold: false, colour: ink0})
	l.space(14)
	from, at := len(l.boxes), len(l.paint)
	x, w := l.x, l.w
	l.add(box{height: codePad, keep: true})
	l.pending = 0
	first := len(l.boxes)
	l.in(x+codePad, w-scanSize-3*codePad, func() {
		l.para(plain(b.Label, l.head3), "P")
		l.keepLast()
		l.space(4)
		l.codeLines(b.Lines, big)
		if b.Note != "" {
			l.keepLast()
			l.space(4)
			l.para(plain(b.Note, l.small), "P")
		}
	})
	l.room(first, scanSize)
	l.keepAll(from)
	l.pending = 0
	l.add(box{height: codePad})
	to := len(l.boxes)
	l.insert(at, func(c *canvas) {
		for _, s := range c.flow.spans(from, to) {
			c.artifactAt(s.page, func() { c.frame(document.CalloutInfo, x, s.top, w, s.bottom-s.top) })
		}
	})
	l.draw(func(c *canvas) { c.square(square, b.Alt, first, x+w-codePad-scanSize) })
	l.space(14)
}

// codeLines sets the lines of a code as one paragraph.
func (l *layout) codeLines(lines []string, st *style) {
	first, x := len(l.boxes), l.x
	for range lines {
		l.add(box{height: st.line, keep: true})
	}
	l.draw(func(c *canvas) {
		c.begin("P")
		for i, s := range lines {
			y := c.page(first + i)
			c.put(s, st, x, y)
		}
		c.end()
	})
}

// keepAll keeps the boxes from first on one page.
func (l *layout) keepAll(first int) {
	for i := first; i < len(l.boxes); i++ {
		l.boxes[i].keep = true
	}
}

// square draws a two-dimensional barcode as a figure, dark on white whatever
// the paper, with runs of modules as one rectangle.
func (c *canvas) square(q *qr.Code, alt string, at int, x float64) {
	y := c.page(at)
	module := scanSize / float64(q.Size+2*quietZone)
	c.pen.begin("Figure", attr{alt: clean(alt), box: [4]float64{x, y, scanSize, scanSize}})
	x, y = x+quietZone*module, y+quietZone*module
	for row := range q.Size {
		for col := 0; col < q.Size; col++ {
			n := 0
			for q.Black(col+n, row) {
				n++
			}
			if n > 0 {
				c.fill(x+float64(col)*module, y+float64(row)*module, float64(n)*module, module, 0)
				col += n
			}
		}
	}
	c.end()
}
