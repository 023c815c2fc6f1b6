package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"inzage/internal/document"
)

// entry sets one dated thing: left when and who, right what. The left column
// stands beside the first lines and is repeated, shortened, on every page the
// entry goes on to.
func (l *layout) entry(e document.Entry) {
	l.space(20)
	l.anchor(e.ID)
	side := l.who(e)
	if !l.hangs() || l.towers(side, aside) {
		first, id := len(l.boxes), e.ID
		l.inside("Sect", func() {
			l.para(side, "P")
			l.keepLast()
			l.entryBody(e)
			if first < len(l.boxes) {
				l.draw(func(c *canvas) { c.anchor(id, first) })
			}
		})
		l.space(20)
		return
	}
	lines := breakLines(side, aside)
	first, id := len(l.boxes), e.ID
	l.draw(func(c *canvas) {
		c.begin("Sect")
		c.anchor(id, first)
		if len(lines) > 0 {
			c.begin("P")
			c.aside(side, lines, first, left, l.body)
			c.end()
		}
	})
	l.entries++
	l.entryBody(e)
	l.entries--
	l.room(first, float64(max(1, len(lines)))*l.label.line+4)
	last := len(l.boxes)
	again := l.continued(e.When)
	l.draw(func(c *canvas) { c.end(); c.repeatAside(again, first, last) })
	l.space(20)
}

// who weaves the left column: when in ink, the rest in secondary ink.
func (l *layout) who(e document.Entry) text {
	w := weaver{fonts: l.fonts}
	ink := l.label.look
	ink.colour = ink0
	w.put(clean(e.When), run{style: l.of(ink)})
	for _, s := range append([]string{e.Time}, e.Who...) {
		if s == "" {
			continue
		}
		if len(w.runs) > 0 {
			w.put("\n", run{style: l.label})
		}
		w.put(clean(s), run{style: l.fitting(s, aside)})
	}
	return text{s: w.b.String(), runs: w.runs}
}

// continued is what stands left when an entry goes on: "12 maart 2025, vervolg".
func (l *layout) continued(when string) text {
	words := []string{}
	for _, s := range []string{when, l.doc.Words.Continued} {
		if s != "" {
			words = append(words, s)
		}
	}
	return plain(strings.Join(words, ", "), l.label)
}

func (l *layout) entryBody(e document.Entry) {
	if e.Title != "" {
		l.level = max(l.level, 1)
		level := min(3, l.level+1)
		l.pending = max(l.pending, 0)
		t := plain(e.Title, l.head3)
		l.headingLines(t, level, "")
		if level == 2 {
			l.level = 2
		}
		l.space(2)
	}
	if len(e.Tags) > 0 {
		l.tags(e.Tags)
	}
	first := len(l.boxes)
	l.blocks(e.Blocks)
	if first < len(l.boxes) && e.Title != "" && len(e.Tags) == 0 {
		near := 3.0
		if _, framed := e.Blocks[0].(document.Callout); framed {
			near = 7
		}
		l.boxes[first].before = min(l.boxes[first].before, near)
	}
	for _, f := range e.Files {
		l.file(f)
	}
	for _, s := range e.Notes {
		l.space(4)
		l.keepLast() // a note alone on a page is a note on nothing
		l.inside("P", func() { l.para(plain(s, l.small), "Note") })
		l.space(4)
	}
}

// file names an attachment on a small line of its own.
func (l *layout) file(f document.FileLine) {
	in := []document.Inline{document.Strong{Text: []document.Inline{document.Text(f.Name)}}}
	if f.Name == "" {
		in = nil
	}
	if word := l.doc.Words.Attachment; word != "" {
		in = append([]document.Inline{document.Text(upper(word) + ": ")}, in...)
	}
	if f.Note != "" {
		in = append(in, document.Text(" · "+f.Note))
	}
	if f.Sheet.ID != "" {
		in = append(in, document.Text(" · "), f.Sheet)
	}
	l.space(5)
	l.keepLast()
	l.para(l.weave(in, l.small), "P")
	l.space(5)
}

// upper gives s with its first letter as a capital.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
