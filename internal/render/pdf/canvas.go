package pdf

import (
	"strconv"
	"strings"

	"inzage/internal/document"
)

// A canvas draws a paginated flow. Every mark it makes is either in a structure
// element or an artifact.
type canvas struct {
	pen
	fonts   *fonts
	flow    *flow
	tint    uint32
	anchors map[string]int
	pages   int
	now     int // the page drawn on
	comma   byte
	rise    float64 // extra room above the text of the boxes of the next lines
}

// page goes to the page of a box and gives its top.
func (c *canvas) page(at int) float64 {
	b := &c.flow.boxes[at]
	c.goTo(b.page)
	return b.y
}

// baseline gives where letters of a style stand in a line that starts at y.
func baseline(st *style, y float64) float64 { return y + st.line/2 + st.size*0.36 }

// put sets a string in the current element with its line starting at y.
func (c *canvas) put(s string, st *style, x, y float64) {
	c.text(x, baseline(st, y), st, s, document.RightToLeft(s))
}

// lines sets a text whose line i is box first+i.
func (c *canvas) lines(t text, ls []line, first int, x float64) {
	rise := c.rise
	c.rise = 0
	s := c.setter(t)
	for i := range ls {
		y := c.page(first + i)
		if i == 0 || rise < 10 {
			y += rise
		}
		s.line(ls, i, x, y)
	}
	s.close()
}

// lineAt sets one line of a text at a place on the current page.
func (c *canvas) lineAt(t text, ls []line, i int, x, y float64) {
	s := c.setter(t)
	s.line(ls, i, x, y)
	s.close()
}

// single sets a label of one style at the head of a box.
func (c *canvas) single(t text, at int, x float64) {
	y := c.page(at)
	if t.s != "" {
		c.put(t.s, t.runs[0].style, x, y)
	}
}

// aside sets lines beside the first boxes from at: on the baseline of what stands
// there in the style beside.
func (c *canvas) aside(t text, ls []line, at int, x float64, beside *style) {
	if len(ls) == 0 {
		return // there may be no box
	}
	y := c.page(at)
	for i := range ls {
		st := t.runs[0].style
		shift := baseline(beside, y) - baseline(st, y)
		c.lineAt(t, ls, i, x, y+shift+float64(i)*st.line)
	}
}

// repeatAside sets t left of boxes [i,j) on every page they go on to.
func (c *canvas) repeatAside(t text, i, j int) {
	ls := breakLines(t, aside)
	for n, s := range c.flow.spans(i, j) {
		if n == 0 {
			continue
		}
		c.artifactAt(s.page, func() {
			for k := range ls {
				st := t.runs[0].style
				shift := baseline(c.fonts.body, s.top) - baseline(st, s.top)
				c.lineAt(t, ls, k, left, s.top+shift+float64(k)*st.line)
			}
		})
	}
}

// A setter sets the lines of one text, keeping links in one element each, and in
// one Span each what is in another language (ISO 14289-1, 7.2).
type setter struct {
	c     *canvas
	t     text
	group int
	lang  string // of the passage that is open; empty: the document's
	rules []underline

	rightToLeft bool // the whole paragraph, not the line
}

func (c *canvas) setter(t text) setter {
	return setter{c: c, t: t, rightToLeft: document.RightToLeft(t.s)}
}

// An underline marks a link by more than its colour.
type underline struct {
	page    int
	x, y, w float64
	colour  uint32
}

// line sets line i of ls. A line broken at a space or by force ends in a space,
// so that who listens hears two words.
func (s *setter) line(ls []line, i int, x, y float64) {
	at, end := ls[i].start, ls[i].end
	if i+1 < len(ls) && end < len(s.t.s) && (s.t.s[end] == ' ' || s.t.s[end] == '\n') {
		end++
	}
	prev := 0
	tall := s.t.runs[0].style
	for k := range s.t.runs {
		r := &s.t.runs[k]
		if r.end > at && prev < end {
			from, to := max(prev, at), min(r.end, end)
			if from < to {
				x += s.run(r, s.t.s[from:to], from == prev, to == end, x, y, tall)
			}
		}
		if prev = r.end; prev >= end {
			return
		}
	}
}

// run sets a piece of one run and gives its width. Head is the run's first piece,
// last the line's.
func (s *setter) run(r *run, piece string, head, last bool, x, y float64, tall *style) float64 {
	if r.group != s.group {
		s.close()
		if s.group = r.group; s.group > 0 {
			s.open(r)
		}
	}
	if r.lang != s.lang {
		s.closeLang()
		if s.lang = r.lang; s.lang != "" {
			s.c.pen.begin("Span", attr{lang: s.lang})
		}
	}
	if r.pageOf != "" {
		if !head {
			return 0
		}
		piece = s.c.number(r.pageOf)
	}
	if n := len(piece); n > 0 && piece[n-1] == '\n' {
		piece = piece[:n-1] + " "
	}
	base := baseline(tall, y)
	s.c.text(x, base, r.style, piece, s.rightToLeft)
	w := r.style.width(piece)
	if r.url != "" {
		w := w
		if last { // no line under the space that the line was broken at
			w = r.style.width(strings.TrimRight(piece, " "))
		}
		s.rules = append(s.rules, underline{page: s.c.now, x: x, y: base + 1.6, w: w, colour: r.style.colour})
	}
	return w
}

func (s *setter) open(r *run) {
	switch {
	case r.url != "":
		s.c.link(r.url)
	case r.ref != "" && s.c.known(r.ref):
		s.c.linkTo(r.ref)
	default:
		s.c.begin("Span")
	}
}

func (s *setter) closeLang() {
	if s.lang != "" {
		s.c.end()
	}
	s.lang = ""
}

func (s *setter) close() {
	s.closeLang()
	if s.group > 0 {
		s.c.end()
	}
	s.group = 0
	for _, u := range s.rules {
		s.c.artifactAt(u.page, func() { s.c.stroke(u.x, u.y, u.x+u.w, u.y, 0.5, false, u.colour) })
	}
	s.rules = nil
}

// known reports whether an anchor is on a page.
func (c *canvas) known(id string) bool {
	at, ok := c.anchors[id]
	return ok && at < len(c.flow.boxes)
}

// number gives the page number of an anchor as the reader counts, from 1.
func (c *canvas) number(id string) string {
	if id == allPages {
		return strconv.Itoa(c.pages)
	}
	if !c.known(id) {
		return "–"
	}
	return strconv.Itoa(c.flow.boxes[c.anchors[id]].page + 1)
}

// pageNumber sets the page number of an anchor, right-aligned at x.
func (c *canvas) pageNumber(id string, at int, x float64) {
	y, st, s := c.page(at), c.fonts.body, " "+c.number(id) // heard apart from the title
	c.put(s, st, x-st.width(s), y+2)
}

// row sets a table row: in one box, or line by line over the boxes from first.
func (c *canvas) row(g *grid, cells []gridCell, scope string, first int, split bool) {
	c.begin("TR")
	for i := range g.cols {
		col := &g.cols[i]
		switch {
		case scope != "":
			c.beginHead(scope)
		case col.RowHead:
			c.beginHead("Row")
		default:
			c.begin("TD")
		}
		if i < len(cells) {
			c.cell(g, col, &cells[i], first, split)
		}
		c.end()
	}
	c.end()
}

// noCells fills a row up with n empty cells: every row has as many.
func (c *canvas) noCells(n int) {
	for range n {
		c.begin("TD")
		c.end()
	}
}

func (c *canvas) cell(g *grid, col *gridColumn, cell *gridCell, first int, split bool) {
	s := c.setter(cell.text)
	for k := range cell.lines {
		var y float64
		if split {
			y = c.page(first + 1 + k)
		} else {
			y = c.page(first) + rowPad + float64(k)*g.line
		}
		s.line(cell.lines, k, col.place(cell, k, c.comma), y)
	}
	s.close()
}

// place gives the left of line k of a cell.
func (col *gridColumn) place(cell *gridCell, k int, comma byte) float64 {
	w := cell.lines[k].width
	switch {
	case col.Align == document.Right:
		return col.x + max(0, col.w-w)
	case col.Align == document.Decimal:
		frac := 0.0
		if len(cell.lines) == 1 && len(cell.runs) == 1 {
			frac = cell.runs[0].style.width(cell.s[decimal(cell.s, comma):])
		}
		return col.x + max(0, col.w-w-max(0, col.frac-frac))
	}
	return col.x
}

// headCell sets a column head on the foot of the head row.
func (c *canvas) headCell(col *gridColumn, y, high, leading float64) {
	n := len(col.headLine)
	for k := range col.headLine {
		x := col.x
		if col.Align != document.Left {
			x += max(0, col.w-col.headLine[k].width)
		}
		c.lineAt(col.head, col.headLine, k, x, y+high-rowPad-float64(n-k)*leading)
	}
}

// repeatHead sets the head again above the rows on every page they go on to. For
// who listens it is there once, as the table's own.
func (c *canvas) repeatHead(g *grid, first, last int, x, w, high float64) {
	started := c.flow.boxes[first-1].page
	for _, s := range c.flow.spans(first, last) {
		if s.page == started {
			continue
		}
		c.artifactAt(s.page, func() {
			for i := range g.cols {
				c.headCell(&g.cols[i], s.top-high, high, c.fonts.cellHead.line)
			}
			c.rule(x, s.top, w)
		})
	}
}
