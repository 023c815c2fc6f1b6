package pdf

import (
	"strconv"

	"inzage/internal/document"
)

// timeline sets one calm row for every kind of thing: a square a month, darker
// when there was more, with the number in it where there is room. The words are in
// its text alternative.
func (l *layout) timeline(b document.Timeline) {
	if len(b.Rows) == 0 {
		return
	}
	x, w, lx := l.x, l.w, left
	if !l.hangs() {
		lx, x, w = l.x, l.x+l.w/4, l.w*3/4
		if w < 2*totalW { // no room to draw so deep: over the whole width
			lx, x, w = left, textX, column
		}
	}
	labelW := x - lx - gutter
	l.space(12)
	first := len(l.boxes)
	rows := make([]timelineLabel, len(b.Rows))
	for i, r := range b.Rows {
		rows[i] = l.timelineLabel(r, labelW, i < 20)
	}
	axis := l.add(box{height: 14})
	months := 0
	for _, r := range b.Rows {
		months = max(months, len(r.Cells))
	}
	l.draw(func(c *canvas) {
		c.beginFigure(b.Alt, first, axis+1, lx, x+w-lx)
		for i, r := range b.Rows {
			c.timelineLabel(rows[i], lx)
			c.timelineRow(r, rows[i].at, x, w, months)
		}
		c.months(b.Rows, axis, x, w-totalW, months)
		c.end()
	})
	l.space(16)
}

// totalW is the room for a row's total.
const totalW = 34.0

// A timelineLabel is the words left of a row, a box a line from at.
type timelineLabel struct {
	text
	lines []line
	at    int
}

// timelineLabel adds the boxes of one row.
func (l *layout) timelineLabel(r document.TimelineRow, w float64, keep bool) timelineLabel {
	t := plain(r.Label, l.label)
	row := timelineLabel{text: t, lines: breakLines(t, w), at: len(l.boxes)}
	n := max(1, len(row.lines))
	for i := range n {
		b := box{height: l.label.line, keep: keep || i < n-1}
		if i == 0 {
			b.height += 2
		}
		if i == n-1 {
			b.height = max(b.height+2, 20-float64(i)*20)
		}
		l.add(b)
	}
	return row
}

func (c *canvas) timelineLabel(row timelineLabel, x float64) {
	for i := range row.lines {
		y := c.page(row.at+i) - 1
		if i == 0 {
			y += 2
		}
		c.lineAt(row.text, row.lines, i, x, y)
	}
}

func (c *canvas) timelineRow(r document.TimelineRow, at int, x, w float64, months int) {
	y := c.page(at)
	most := 1
	for _, cell := range r.Cells {
		most = max(most, cell.Count)
	}
	step := (w - totalW) / float64(max(months, 1))
	for i, cell := range r.Cells {
		c.monthCell(cell, x+float64(i)*step, y, step, most)
	}
	if total := plain(r.Total, c.fonts.label); total.s != "" {
		c.put(total.s, total.runs[0].style, x+w-c.fonts.label.width(total.s), y+1)
	}
}

// monthCell draws one square with its number.
func (c *canvas) monthCell(cell document.TimelineCell, x, y, step float64, most int) {
	gap := min(2, step/6)
	c.fill(x, y, step-gap, 16, c.tone(cell.Count, most))
	if cell.Count <= 0 {
		return
	}
	s, st := strconv.Itoa(cell.Count), c.fonts.small
	if sw := st.width(s); sw+2 < step-gap {
		l := st.look
		l.colour, l.size, l.line = ink0, 8.5, 16
		st = c.fonts.of(l)
		c.put(s, st, x+(step-gap-st.width(s))/2, y)
	}
}

// tone mixes the accent with white in four steps; none is pale grey.
func (c *canvas) tone(n, most int) uint32 {
	if n <= 0 {
		return pale
	}
	part := 0.16 + 0.10*float64(min(3, n*4/(most+1)))
	mix := func(shift uint) uint32 {
		v := float64(c.tint >> shift & 0xFF)
		return uint32(255-(255-v)*part) << shift
	}
	return mix(16) | mix(8) | mix(0)
}

// months sets the first month, every January and the last under the squares.
func (c *canvas) months(rows []document.TimelineRow, at int, x, w float64, months int) {
	if months == 0 {
		return
	}
	y, step, st := c.page(at), w/float64(months), c.fonts.chartLabel
	for _, r := range rows {
		if len(r.Cells) != months {
			continue
		}
		first, last := plain(r.Cells[0].Label, st), plain(r.Cells[months-1].Label, st)
		c.put(first.s, st, x, y)
		if months > 1 && st.width(first.s)+st.width(last.s)+20 < w {
			c.put(last.s, st, x+w-step/6-st.width(last.s), y)
		}
		return
	}
}
