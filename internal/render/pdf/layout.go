package pdf

import "inzage/internal/document"

// A layout turns blocks into a flow: boxes to break over pages and painters to
// draw them. x and w are the column it sets in.
type layout struct {
	*fonts
	flow
	doc      *document.Document
	x, w     float64
	level    int            // of the heading last set, so that no level is skipped
	depth    int            // of nested blocks
	coverEnd int            // boxes of the cover
	entries  int            // of entries open: their left column is taken
	anchors  map[string]int // anchor to the box it stands at
	bare     bool           // references are set without their page
	heard    string         // the heading last set
}

// hangs reports whether the left column is free, so that headings, bars, labels
// and tables may stand in it.
func (l *layout) hangs() bool { return l.x == textX && l.w == column && l.entries == 0 }

// in sets fn in a column of its own, within the right margin however deep it lies.
func (l *layout) in(x, w float64, fn func()) {
	ox, ow := l.x, l.w
	if l.x, l.w = x, max(w, narrowest); l.x+l.w > left+full+slack {
		l.x = left + full - l.w
	}
	fn()
	l.x, l.w = ox, ow
}

// narrowest is the least width text is set in, however deep blocks nest.
const narrowest = 48.0

// anchor names the next box.
func (l *layout) anchor(id string) {
	if id == "" {
		return
	}
	if _, ok := l.anchors[id]; !ok {
		l.anchors[id] = len(l.boxes)
	}
}

// lines adds a box for every line; two lines at least stay together at either end.
func (l *layout) lines(n int, height float64) int {
	first := len(l.boxes)
	for i := range n {
		l.add(box{height: height, keep: n > 1 && (i == 0 || i == n-2)})
	}
	return first
}

// para sets one paragraph in a structure element of the given tag.
func (l *layout) para(t text, tag string) {
	ls := breakLines(t, l.w)
	if len(ls) == 0 {
		return
	}
	st := t.runs[0].style
	first, x := l.lines(len(ls), st.line), l.x
	l.draw(func(c *canvas) {
		c.begin(tag)
		c.lines(t, ls, first, x)
		c.end()
	})
}

// section sets one section with its title.
func (l *layout) section(s document.Section) {
	from := len(l.boxes)
	l.level = 1
	if note, ok := lone(s); ok {
		l.empty(s, note)
		return
	}
	l.space(44)
	l.draw(func(c *canvas) { c.begin("Sect") })
	if s.Narrow {
		l.in(textX, column, func() {
			l.barred(accentBar, func() {
				l.entries++ // the bar takes the left column
				l.sectionBody(s)
				l.entries--
			})
		})
	} else {
		l.sectionBody(s)
	}
	l.draw(func(c *canvas) { c.end() })
	if len(l.boxes) == from {
		return
	}
	l.boxes[from].fresh = s.OwnPage
	l.boxes[from].late = l.height(from, len(l.boxes)) > (bottom-top)/2
	l.boxes[len(l.boxes)-1].keep = false
}

// lone is the notice of a section that holds nothing else.
func lone(s document.Section) (document.Notice, bool) {
	if len(s.Blocks) != 1 || s.OwnPage || s.Narrow || s.Title == "" {
		return document.Notice{}, false
	}
	n, ok := s.Blocks[0].(document.Notice)
	return n, ok
}

// empty sets a section without content as one line under a quiet title.
func (l *layout) empty(s document.Section, n document.Notice) {
	t := plain(s.Title, l.head3)
	l.space(20)
	l.draw(func(c *canvas) { c.begin("Sect") })
	l.in(textX, column, func() {
		l.anchor(s.ID)
		ls := breakLines(t, l.w)
		first, x := len(l.boxes), l.x
		for range ls {
			l.add(box{height: l.head3.line, keep: true})
		}
		l.draw(func(c *canvas) {
			c.bookmark(1, t.s, first)
			c.begin("H1")
			c.anchor(s.ID, first)
			c.lines(t, ls, first, x)
			c.end()
		})
		l.para(l.weave(n.Text, l.body), "P")
	})
	l.space(10)
	l.draw(func(c *canvas) { c.end() })
}

func (l *layout) sectionBody(s document.Section) {
	at := len(l.boxes)
	l.anchor(s.ID)
	if !s.Narrow {
		l.in(left, full, func() { l.title(s) })
	} else {
		l.title(s)
	}
	l.space(20)
	if s.Narrow {
		l.blocks(s.Blocks)
	} else {
		l.in(textX, column, func() { l.blocks(s.Blocks) })
	}
	if at < len(l.boxes) {
		l.boxes[at].keep = true
	}
}

// title sets a section's heading under a short rule in the accent.
func (l *layout) title(s document.Section) {
	t := plain(s.Title, l.head1)
	if t.s == "" {
		t = plain("–", l.head1)
	}
	ls := balanced(t, l.w)
	rule := s.Narrow
	first := l.add(box{height: titleRise + l.head1.line, keep: true})
	for range ls[1:] {
		l.add(box{height: l.head1.line, keep: true})
	}
	x, id := l.x, s.ID
	l.draw(func(c *canvas) {
		if !rule {
			c.artifact(first, func(y float64) { c.fill(x, y, aside, 2, c.tint) })
		}
		c.bookmark(1, t.s, first)
		c.begin("H1")
		c.anchor(id, first)
		c.rise = titleRise
		c.lines(t, ls, first, x)
		c.end()
	})
}

// titleRise is the room above a section title for its rule.
const titleRise = 14.0

// blocks sets blocks in order.
func (l *layout) blocks(bs []document.Block) {
	if l.depth >= deepest {
		return
	}
	l.depth++
	for _, b := range bs {
		l.block(b)
	}
	l.depth--
}

// block sets one block with the space it wants around it.
func (l *layout) block(b document.Block) {
	switch b := b.(type) {
	case document.Heading:
		l.heading(b)
	case document.Para:
		l.paragraph(b)
	case document.List:
		l.list(b)
	case document.Fields:
		l.fields(b.Items)
	case document.Table:
		l.table(b)
	case document.Chart:
		l.chart(b)
	case document.Figures:
		l.figures(b.Items)
	case document.Entry:
		l.entry(b)
	case document.Callout:
		l.callout(b)
	case document.Quote:
		l.space(10)
		l.inside("BlockQuote", func() { l.barred(greyBar, func() { l.blocks(b.Blocks) }) })
		l.space(12)
	case document.Contents:
		l.contents()
	case document.Timeline:
		l.timeline(b)
	case document.Notice:
		l.space(8)
		l.para(l.weave(b.Text, l.body), "P")
		l.space(8)
	}
}

// inside wraps what fn adds in a structure element, which is left out when fn adds
// nothing.
func (l *layout) inside(tag string, fn func()) {
	at := len(l.paint)
	l.draw(func(c *canvas) { c.begin(tag) })
	fn()
	if len(l.paint) == at+1 {
		l.paint = l.paint[:at]
		return
	}
	l.draw(func(c *canvas) { c.end() })
}

func (l *layout) paragraph(p document.Para) {
	st := l.body
	switch {
	case p.Lead:
		st = l.lead
	case p.Small:
		st = l.small
	}
	l.space(8)
	l.para(l.weave(p.Text, st), "P")
	l.space(8)
}

// heading sets a heading inside a section. Level 2 hangs at the left margin, the
// others stand in the text; space before is twice the space after.
func (l *layout) heading(h document.Heading) {
	if h.Text == "" {
		return
	}
	level := min(max(h.Level, 2), 4, l.level+1)
	l.level, l.heard = level, h.Text
	st, before, x, w := l.head4, 14.0, l.x, l.w
	switch level {
	case 2:
		st, before = l.head2, 28
		if l.hangs() {
			x, w = left, full
		}
	case 3:
		st, before = l.head3, 18
	}
	l.anchor(h.ID)
	l.space(before)
	first := len(l.boxes)
	l.in(x, w, func() { l.headingLines(plain(h.Text, st), level, h.ID) })
	l.boxes[first].fresh = h.NewPage
	l.space(before / 2)
}

func (l *layout) headingLines(t text, level int, id string) {
	ls := balanced(t, l.w)
	first, x := len(l.boxes), l.x
	for range ls {
		l.add(box{height: t.runs[0].style.line, keep: true})
	}
	l.draw(func(c *canvas) {
		if level == 2 {
			c.bookmark(2, t.s, first)
		}
		c.begin(headingTag[level])
		c.anchor(id, first)
		c.lines(t, ls, first, x)
		c.end()
	})
}

var headingTag = [...]string{"H1", "H1", "H2", "H3", "H4"}
