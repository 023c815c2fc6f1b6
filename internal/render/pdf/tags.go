package pdf

// Measures of a tag in points: the room in it left and right, its height, and the
// gap to the next.
const (
	tagPad  = 5.0
	tagHigh = 16.0
	tagGap  = 6.0
)

// A tag is a mark in words with a hairline around it, at its place in a row.
type tag struct {
	text text
	x, w float64
}

// tags sets what a reader must know of an entry before its text (RULES.md, C10):
// that it was withdrawn, replaced, or added by a relative. They stand in a row under the
// title; one too long for a row is a line of its own.
func (l *layout) tags(words []string) {
	var row []tag
	at := 0.0
	flush := func() {
		l.tagRow(row)
		row, at = nil, 0
	}
	l.space(3)
	for _, s := range words {
		t := plain(s, l.small)
		if t.s == "" {
			continue
		}
		w := l.small.width(t.s) + 2*tagPad
		if w > l.w {
			flush()
			l.para(t, "P")
			l.keepLast()
			continue
		}
		if at+w > l.w {
			flush()
		}
		row = append(row, tag{text: t, x: at, w: w})
		at += w + tagGap
	}
	flush()
	l.space(5)
}

// tagRow sets one row, which keeps with what follows.
func (l *layout) tagRow(row []tag) {
	if len(row) == 0 {
		return
	}
	at, x := l.add(box{height: tagHigh + 2, keep: true}), l.x
	l.draw(func(c *canvas) {
		y := c.page(at) + 1
		for _, t := range row {
			c.pen.artifact(func() { c.box(x+t.x, y, t.w, tagHigh, 0.6, false, ink1) })
			c.begin("P")
			c.put(t.text.s, t.text.runs[0].style, x+t.x+tagPad, y+(tagHigh-l.small.line)/2)
			c.end()
		}
	})
}
