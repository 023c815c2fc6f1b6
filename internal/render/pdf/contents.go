package pdf

import (
	"strings"

	"inzage/internal/document"
)

// contents sets the table of contents: title, count, and the page at the right
// margin of the text, with a hairline to lead the eye.
func (l *layout) contents() {
	l.inside("TOC", func() {
		for _, s := range l.doc.Sections {
			if s.Title != "" && s.Role != document.RoleContents {
				l.contentsRow(s)
			}
		}
	})
	l.space(8)
}

func (l *layout) contentsRow(s document.Section) {
	const number = 40.0
	w := weaver{fonts: l.fonts}
	w.put(clean(s.Title), run{style: l.body, group: 1, ref: s.ID})
	if s.Count != "" {
		w.put("   ", run{style: l.label})
		w.put(strings.ReplaceAll(clean(s.Count), " ", "\u00a0"), run{style: l.label}) // a number stays with its noun
	}
	t := text{s: w.b.String(), runs: w.runs}
	ls := breakLines(t, l.w-number)
	if len(ls) == 0 {
		return
	}
	first := len(l.boxes)
	for i := range ls {
		l.add(box{height: l.body.line + 4, keep: i < len(ls)-1})
	}
	x, wide, id := l.x, l.w, s.ID
	l.draw(func(c *canvas) {
		c.begin("TOCI")
		c.begin("Reference")
		c.rise = 2
		c.lines(t, ls, first, x)
		c.pageNumber(id, first+len(ls)-1, x+wide)
		c.end()
		c.end()
		c.artifact(first+len(ls)-1, func(y float64) { c.rule(x, y+l.body.line+4, wide) })
	})
}
