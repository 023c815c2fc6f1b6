package pdf

import (
	"strings"

	"inzage/internal/document"
)

// Measures of a table in points.
const (
	cellGap   = 14.0 // between columns
	rowPad    = 3.5  // above and below a row
	splitOver = (bottom - top) / 3
)

// A grid is a table with its cells woven and its columns measured.
type grid struct {
	cols []gridColumn
	line float64
}

type gridColumn struct {
	document.Column
	x, w     float64
	frac     float64 // widest part from the decimal comma on
	head     text
	headLine []line
}

// A gridCell is a cell set in its column.
type gridCell struct {
	text
	lines []line
}

// table sets a table over the whole width where the left column is free. The head
// is repeated on every page; a row is split only when it is taller than a third
// of a page, and then between lines.
func (l *layout) table(b document.Table) {
	x, w := l.x, l.w
	if l.hangs() {
		x, w = left, full
	}
	l.bare = true
	rows := l.cells(b)
	l.bare = false
	g := l.measure(b, rows, w)
	if len(g.cols) == 0 && (!b.ShowCaption || b.Caption == "") {
		return
	}
	l.space(12)
	l.draw(func(c *canvas) { c.begin("Table") })
	l.in(x, w, func() {
		if b.ShowCaption && b.Caption != "" {
			l.para(plain(b.Caption, l.head3), "Caption")
			l.keepLast()
			l.space(4)
		}
		if len(g.cols) > 0 {
			l.grid(g, b.Groups, rows)
		}
	})
	l.draw(func(c *canvas) { c.end() })
	l.space(16)
}

// cells weaves every cell once.
func (l *layout) cells(b document.Table) [][][]text {
	out := make([][][]text, len(b.Groups))
	for i, group := range b.Groups {
		out[i] = make([][]text, len(group.Rows))
		for j, row := range group.Rows {
			ts := make([]text, len(row))
			for k, cell := range row {
				st := l.cell
				if k < len(b.Columns) && b.Columns[k].RowHead {
					st = l.bold(st)
				}
				ts[k] = l.weave(cell.Text, st)
			}
			out[i][j] = ts
		}
	}
	return out
}

// grid sets head and rows.
func (l *layout) grid(g *grid, groups []document.RowGroup, rows [][][]text) {
	high := l.gridHead(g)
	first := len(l.boxes)
	l.heads += high
	var starts []int // first boxes of rows
	for i, group := range groups {
		if group.Head != "" || i > 0 {
			l.groupHead(g, group.Head, i > 0)
		}
		for _, row := range rows[i] {
			starts = append(starts, len(l.boxes))
			l.row(g, row, "")
		}
	}
	l.heads -= high
	if n := len(starts); n > 1 { // no row stands alone on a page
		l.boxes[starts[1]-1].keep, l.boxes[starts[n-1]-1].keep = true, true
	}
	last := len(l.boxes)
	if high > 0 && last > first {
		x, w := l.x, l.w
		l.draw(func(c *canvas) { c.repeatHead(g, first, last, x, w, high) })
	}
}

// gridHead sets the column heads and gives their height with the hairline; 0 when
// no column has a head.
func (l *layout) gridHead(g *grid) float64 {
	most := 0
	for i := range g.cols {
		most = max(most, len(g.cols[i].headLine))
	}
	if most == 0 {
		return 0
	}
	high := float64(most)*l.cellHead.line + 2*rowPad
	if high > splitOver { // no page has room to repeat it
		l.tallHead(g)
		return 0
	}
	at := l.add(box{height: high, keep: true})
	x, w := l.x, l.w
	l.draw(func(c *canvas) {
		y := c.page(at)
		c.begin("TR")
		for i := range g.cols {
			c.beginHead("Column")
			c.headCell(&g.cols[i], y, high, l.cellHead.line)
			c.end()
		}
		c.end()
		c.artifact(at, func(y float64) { c.rule(x, y+high, w) })
	})
	return high
}

// tallHead sets column heads as a row that is split like any other tall row.
func (l *layout) tallHead(g *grid) {
	heads := make([]text, len(g.cols))
	for i := range g.cols {
		heads[i] = g.cols[i].head
	}
	l.row(g, heads, "Column")
	l.keepLast()
}

// groupHead sets the head of a group of rows across the table, under a hairline.
func (l *layout) groupHead(g *grid, head string, ruled bool) {
	t := plain(head, l.bold(l.cell))
	ls := breakLines(t, l.w)
	if float64(len(ls))*l.cell.line > splitOver {
		l.tallGroupHead(g, t, ls)
		return
	}
	at := l.add(box{height: float64(len(ls))*l.cell.line + 2*rowPad + 4, keep: true})
	x, w := l.x, l.w
	l.draw(func(c *canvas) {
		if ruled {
			c.artifact(at, func(y float64) { c.rule(x, y+1, w) })
		}
		if len(ls) == 0 {
			return
		}
		y := c.page(at)
		c.begin("TR")
		c.beginHead("Row")
		for i := range ls {
			c.lineAt(t, ls, i, x, y+rowPad+4+float64(i)*l.cell.line)
		}
		c.end()
		c.noCells(len(g.cols) - 1)
		c.end()
	})
}

// tallGroupHead sets a group's head over as many pages as it takes.
func (l *layout) tallGroupHead(g *grid, t text, ls []line) {
	first, x := l.lines(len(ls), l.cell.line), l.x
	l.keepLast()
	l.draw(func(c *canvas) {
		c.begin("TR")
		c.beginHead("Row")
		c.lines(t, ls, first, x)
		c.end()
		c.noCells(len(g.cols) - 1)
		c.end()
	})
}

// row sets one row in one box, or in one box a line when it is very tall. Scope is
// what its cells are heads of, if they all are.
func (l *layout) row(g *grid, row []text, scope string) {
	cells, most := make([]gridCell, len(row)), 1
	for i := range row {
		cells[i] = gridCell{text: row[i], lines: breakLines(row[i], g.cols[i].w)}
		most = max(most, len(cells[i].lines))
	}
	high := float64(most)*g.line + 2*rowPad
	first := len(l.boxes)
	split := high > splitOver
	if split {
		l.add(box{height: rowPad, keep: true})
		l.lines(most, g.line)
		l.keepLast()
		l.add(box{height: rowPad})
	} else {
		l.add(box{height: high})
	}
	l.draw(func(c *canvas) { c.row(g, cells, scope, first, split) })
	if split && scope == "" {
		l.repeatFirst(g, cells, first)
	}
}

// repeatFirst sets what a split row is about, its first cell, again on every page
// that the row goes on to, in secondary ink and beside its column heads.
func (l *layout) repeatFirst(g *grid, cells []gridCell, first int) {
	if len(cells) < 2 || len(cells[0].lines) == 0 || len(cells[0].lines) > 3 {
		return // there is nothing short to say
	}
	t := plain(cells[0].s, l.label)
	ls, last, x := breakLines(t, g.cols[0].w), len(l.boxes), g.cols[0].x
	l.draw(func(c *canvas) {
		for _, s := range c.flow.spans(first, last)[1:] {
			c.artifactAt(s.page, func() {
				for k := range ls {
					shift := baseline(l.cell, s.top) - baseline(l.label, s.top)
					c.lineAt(t, ls, k, x, s.top+shift+float64(k)*l.label.line)
				}
			})
		}
	})
}

// decimal gives where the fraction of a number starts, or the whole length.
func decimal(s string, comma byte) int {
	i := strings.LastIndexByte(s, comma)
	if i <= 0 || i+1 >= len(s) || s[i+1] < '0' || s[i+1] > '9' {
		end := len(s)
		for end > 0 && (s[end-1] < '0' || s[end-1] > '9') {
			end--
		}
		if end == 0 {
			return len(s)
		}
		return end
	}
	return i
}
