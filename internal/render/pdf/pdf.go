// Package pdf draws a document as A4 pages that can be printed, searched and read
// aloud.
//
// It does the setting of type: lines, columns, tables, pages, and what stands at
// their heads and feet. Every mark is in a structure element or is an artifact,
// and reading order is the order of the document. The engine below it knows
// fonts and the file.
//
// It refuses to change words: nothing is cut off, shortened or left out, however
// long a word or however full a cell. It reads no clock, and the same document
// gives the same bytes.
package pdf

import (
	"fmt"
	"io"
	"strings"

	"inzage/internal/document"
)

// Options are what a rendering needs beside the document.
type Options struct {
	Data []byte // dossier.json, embedded as an associated file; nil for none
}

// Stats says what was made.
type Stats struct {
	Pages int
}

// Render draws d and writes the file to w. The error is one of the engine or of w
// and names no text of the document.
func Render(w io.Writer, d *document.Document, o Options) (Stats, error) {
	return render(w, d, newEngine(d, o.Data))
}

// render draws d with p.
func render(w io.Writer, d *document.Document, p pen) (Stats, error) {
	l := compose(d, p)
	c := &canvas{pen: p, fonts: l.fonts, flow: &l.flow, tint: l.tint, anchors: l.anchors, comma: comma(d.Lang), now: -1}
	c.pages = l.paginate(0, top, bottom)
	if l.pullTogether(top, bottom) {
		c.pages = l.paginate(0, top, bottom)
	}
	c.content(l)
	c.furniture(d, l.coverEnd)
	if err := c.finish(w); err != nil {
		return Stats{}, fmt.Errorf("pdf: %w", err)
	}
	return Stats{Pages: c.pages}, nil
}

// content draws what the layout set.
func (c *canvas) content(l *layout) {
	c.open(c.pages)
	c.begin("Document")
	for _, fn := range l.paint {
		fn(c)
	}
	c.end()
}

// compose sets the cover and every section in one flow.
func compose(d *document.Document, p pen) *layout {
	l := &layout{fonts: newFonts(p.measure, uint32(d.Theme.Accent)), doc: d, anchors: map[string]int{}}
	l.cover(d.Cover)
	l.coverEnd = len(l.boxes)
	for i, s := range d.Sections {
		l.x, l.w = textX, column
		at := len(l.boxes)
		l.section(s)
		if i == 0 && at < len(l.boxes) {
			l.boxes[at].fresh = true
		}
	}
	return l
}

// comma gives the decimal sign of a language.
func comma(lang string) byte {
	if lang == "" || strings.HasPrefix(lang, "nl") {
		return ','
	}
	return '.'
}

// furniture sets kind, portal and date at the head and the page at the foot of
// every page after the cover.
func (c *canvas) furniture(d *document.Document, coverEnd int) {
	first := 0
	if coverEnd > 0 {
		first = c.flow.boxes[coverEnd-1].page + 1
	}
	st := c.fonts.furniture
	head := plain(join(" · ", d.Furniture.Kind, d.Furniture.Portal), st)
	date := plain(d.Furniture.Date, st)
	for i := first; i < c.pages; i++ {
		c.artifactAt(i, func() {
			y := top - 40
			if ls := breakLines(head, full*0.82); len(ls) > 0 {
				c.lineAt(head, ls, 0, left, y)
			}
			if ls := breakLines(date, full*0.18); len(ls) > 0 {
				c.lineAt(date, ls, 0, left+full-ls[0].width, y)
			}
			c.foot(d, i, st)
		})
	}
}

func (c *canvas) foot(d *document.Document, i int, st *style) {
	if strings.Count(d.Furniture.Page, "%") != 2 || strings.Count(d.Furniture.Page, "%d") != 2 {
		return
	}
	page := clean(fmt.Sprintf(d.Furniture.Page, i+1, c.pages))
	c.put(page, st, left+full-st.width(page), bottom+26)
}

// join joins what is not empty.
func join(sep string, parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, sep)
}
