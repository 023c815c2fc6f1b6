package pdf

import (
	"strings"

	"inzage/internal/document"
)

// allPages is the anchor of the number of pages.
const allPages = "\x00pages"

// cover sets the first page. It is a flow like the rest, so that whatever it is
// given stays within the margins.
func (l *layout) cover(c document.Cover) {
	l.x, l.w = left, full
	l.masthead(c)
	l.add(box{height: 30 * mm, keep: true})
	l.pending = 0
	if c.Kind != "" {
		l.coverTitle(c.Kind)
	}
	l.space(10)
	l.para(l.weave(c.Lead, l.coverLead), "P")
	l.space(44)
	l.in(textX, column, func() {
		l.fields(l.facts(c))
		l.space(40)
		l.help(c.Questions)
		l.space(20)
		l.help(c.Emergency)
	})
	l.pending = 0
}

// masthead sets the logo, small, or the organisation's name.
func (l *layout) masthead(c document.Cover) {
	const high, wide = 14 * mm, 60 * mm
	logo := l.doc.Theme.Logo
	if logo == nil || logo.Width <= 0 || logo.Height <= 0 {
		big := l.head2.look
		big.colour = l.tint
		l.para(plain(c.Organisation, l.of(big)), "P")
		return
	}
	scale := min(high/float64(logo.Height), wide/float64(logo.Width))
	p := placed{Figure: document.Figure{Image: logo, Alt: c.Organisation}, x: l.x,
		w: float64(logo.Width) * scale, h: float64(logo.Height) * scale}
	at := l.add(box{height: p.h})
	l.draw(func(c *canvas) { c.figure(p, at, at) })
}

func (l *layout) coverTitle(kind string) {
	t := plain(kind, l.coverKind)
	ls := balanced(t, l.w)
	rule := l.add(box{height: 18, keep: true})
	first, x := len(l.boxes), l.x
	for range ls {
		l.add(box{height: l.coverKind.line, keep: true})
	}
	l.draw(func(c *canvas) {
		c.artifact(rule, func(y float64) { c.fill(x, y, aside, 3, c.tint) })
		c.begin("H1")
		c.lines(t, ls, first, x)
		c.end()
	})
}

// facts are the cover's fields with the number of pages, known only when drawn.
func (l *layout) facts(c document.Cover) []document.Field {
	if c.PagesLabel == "" {
		return c.Facts
	}
	return append(append([]document.Field{}, c.Facts...),
		document.Field{Label: c.PagesLabel, Value: []document.Inline{document.Ref{ID: allPages}}})
}

// help sets "Vragen?" and "Spoed?" without a box: title left, words right.
func (l *layout) help(b *document.Callout) {
	if b == nil {
		return
	}
	title := plain(b.Title, l.head3)
	if b.Kind == document.CalloutEmergency {
		st := l.head3.look
		st.colour = l.tint
		title = plain(b.Title, l.of(st))
	}
	if l.towers(title, aside) {
		l.para(title, "P")
		title = text{}
	}
	ls := breakLines(title, aside)
	first := len(l.boxes)
	l.draw(func(c *canvas) {
		c.begin("Sect")
		c.begin("P")
		c.aside(title, ls, first, left, l.body)
		c.end()
	})
	l.entries++
	l.blocks(b.Blocks)
	l.entries--
	if first < len(l.boxes) && strings.TrimSpace(b.Title) != "" {
		l.boxes[first].before = max(l.boxes[first].before, 20)
	}
	l.room(first, float64(len(ls))*l.head3.line)
	l.draw(func(c *canvas) { c.end() })
}
