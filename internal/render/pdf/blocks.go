package pdf

import (
	"strconv"
	"strings"

	"inzage/internal/document"
)

// A bar stands left of what belongs together.
type bar struct {
	gap, width float64
	accent     bool
}

var (
	accentBar = bar{gap: 14, width: 3, accent: true}
	greyBar   = bar{gap: 12, width: 1.5}
)

// barred sets fn beside a bar that runs along it on every page. In the text
// column the bar hangs in the gutter, so that the text keeps its place.
func (l *layout) barred(b bar, fn func()) {
	from, at := len(l.boxes), len(l.paint)
	x := l.x - b.gap
	if !l.hangs() {
		x = l.x
		l.in(l.x+b.gap, l.w-b.gap, fn)
	} else {
		fn()
	}
	to := len(l.boxes)
	l.insert(at, func(c *canvas) {
		colour := uint32(hairline)
		if b.accent {
			colour = c.tint
		}
		for _, s := range c.flow.spans(from, to) {
			c.artifactAt(s.page, func() { c.fill(x, s.top, b.width, s.bottom-s.top, colour) })
		}
	})
}

// insert puts a painter before those added since at: backgrounds come first.
func (l *layout) insert(at int, fn func(*canvas)) {
	l.paint = append(l.paint, nil)
	copy(l.paint[at+1:], l.paint[at:])
	l.paint[at] = fn
}

// list sets a list; labels hang left of the items.
func (l *layout) list(b document.List) {
	if len(b.Items) == 0 {
		return
	}
	start := b.Start
	if start == 0 {
		start = 1
	}
	indent := 14.0
	if b.Ordered {
		last := strconv.Itoa(start+len(b.Items)-1) + "."
		indent = max(18, l.body.width(last)+7)
	}
	l.space(8)
	l.inside("L", func() {
		for i, item := range b.Items {
			label := "•"
			if b.Ordered {
				label = strconv.Itoa(start+i) + "."
			}
			l.item(plain(label, l.body), indent, item)
		}
	})
	l.space(8)
}

// item sets one list item. An item without text still shows its label.
func (l *layout) item(label text, indent float64, blocks []document.Block) {
	l.space(4)
	first, x := len(l.boxes), l.x
	l.draw(func(c *canvas) {
		c.begin("LI")
		c.begin("Lbl")
		c.single(label, first, x)
		c.end()
		c.begin("LBody")
	})
	outer := l.flow.pending
	l.in(l.x+indent, l.w-indent, func() {
		for i, b := range blocks {
			l.block(b)
			if i == 0 && first < len(l.boxes) {
				l.boxes[first].before = min(l.boxes[first].before, max(outer, 4))
			}
		}
	})
	if first == len(l.boxes) {
		l.add(box{height: l.body.line})
	}
	l.flow.pending = min(l.flow.pending, 4)
	l.draw(func(c *canvas) { c.end(); c.end() })
}

// fields sets label and value pairs on the two-column grid.
func (l *layout) fields(items []document.Field) {
	if len(items) == 0 {
		return
	}
	l.space(8)
	lx, x, w := left, l.x, l.w
	if !l.hangs() {
		lx, x, w = l.x, l.x+aside+gutter, l.w-aside-gutter
		if w < 2*aside {
			lx, x, w = l.x, l.x+l.w*0.4, l.w*0.6
		}
	}
	l.inside("L", func() {
		for i, f := range items {
			if i == 1 || i > 0 && i == len(items)-1 {
				l.keepLast() // no field stands alone on a page
			}
			if lw := x - lx - gutter; lw < narrowest || l.towers(plain(f.Label, l.label), lw) {
				l.stacked(f)
			} else {
				l.in(x, w, func() { l.field(f, lx, lw) })
			}
		}
	})
	l.space(8)
}

// towers reports whether t, set beside something in a column of the given width,
// would be so tall that it belongs above it: what stands beside is never split.
func (l *layout) towers(t text, width float64) bool {
	return len(t.s) > 0 && float64(len(breakLines(t, width)))*t.runs[0].style.line > splitOver
}

// stacked sets a label above its value, where no column holds it.
func (l *layout) stacked(f document.Field) {
	l.space(5)
	l.inside("LI", func() {
		l.para(plain(f.Label, l.label), "Lbl")
		l.keepLast()
		l.para(l.weave(f.Value, l.body), "LBody")
	})
}

func (l *layout) field(f document.Field, lx, lw float64) {
	label, value := plain(f.Label, l.fitting(f.Label, lw)), l.weave(f.Value, l.body)
	lls, vls := breakLines(label, lw), breakLines(value, l.w)
	l.space(5)
	first := l.beside(len(vls), l.body.line, len(lls), l.label.line)
	x := l.x
	l.draw(func(c *canvas) {
		c.begin("LI")
		c.begin("Lbl")
		c.aside(label, lls, first, lx, l.body)
		c.end()
		c.begin("LBody")
		c.lines(value, vls, first, x)
		c.end()
		c.end()
	})
}

// fitting is the style of labels, smaller where a long Dutch word would not fit
// on one line: burgerservicenummer, gegevensbescherming.
func (l *layout) fitting(label string, w float64) *style {
	const least = 7.5
	st := l.label
	for _, word := range strings.Fields(clean(label)) {
		for size := st.size - 0.5; st.width(word) > w && size >= least; size -= 0.5 {
			st = l.sized(l.label, size)
		}
	}
	return st
}

// beside adds boxes for n lines with m lines beside the first of them, kept
// together far enough for the smaller column to stand.
func (l *layout) beside(n int, height float64, m int, small float64) int {
	first := l.lines(n, height)
	l.room(first, float64(m)*small)
	return first
}

// room sees to it that the boxes from first are need high together on one page.
func (l *layout) room(first int, need float64) {
	have := 0.0
	for i := first; i < len(l.boxes) && have < need; i++ {
		if i > first {
			have += max(l.boxes[i-1].after, l.boxes[i].before)
			l.boxes[i-1].keep = true
		}
		have += l.boxes[i].height
	}
	if have < need {
		if len(l.boxes) > first {
			l.keepLast()
		}
		l.pending = 0
		l.add(box{height: need - have})
	}
}

// callout sets a boxed text: a bar beside it for what matters, a dotted line
// around it for what is not here. The words carry the meaning.
func (l *layout) callout(b document.Callout) {
	l.space(12)
	fn := func() {
		if b.Title != "" {
			l.space(0)
			l.para(plain(b.Title, l.head3), "P")
			l.keepLast()
			l.space(2)
		}
		l.blocks(b.Blocks)
	}
	l.inside("Sect", func() {
		switch b.Kind {
		case document.CalloutWarning, document.CalloutEmergency:
			l.framed(b.Kind, fn)
		case document.CalloutWithheld:
			l.framed(b.Kind, fn)
		default:
			l.barred(greyBar, fn)
		}
	})
	l.space(14)
}

// framed sets fn within a line on all sides: solid for a warning, dotted for what
// is held back.
func (l *layout) framed(kind document.CalloutKind, fn func()) {
	const pad = 9.0
	from, at := len(l.boxes), len(l.paint)
	x, w := l.x, l.w
	l.add(box{height: pad, keep: true})
	l.pending = 0
	start := len(l.boxes)
	inner := pad + 2
	if kind != document.CalloutWithheld {
		inner += 18
	}
	l.in(x+inner, w-inner-pad, fn)
	if start < len(l.boxes) {
		l.boxes[start].before = 0
	}
	l.keepLast()
	l.pending = 0
	l.add(box{height: pad})
	to := len(l.boxes)
	l.insert(at, func(c *canvas) {
		for _, s := range c.flow.spans(from, to) {
			c.artifactAt(s.page, func() { c.frame(kind, x, s.top, w, s.bottom-s.top) })
		}
		if kind != document.CalloutWithheld {
			c.artifact(start, func(y float64) { c.warningMark(x+pad, y+3) })
		}
	})
}
