// Package html writes a document as one HTML page that needs nothing else: no
// script, no network, no other file. It is made to be read by ear, by eye, with
// a keyboard, on a telephone and on paper.
//
// It says what the document says, in the same order. It refuses to write markup
// that came in as text, an address that is not https, mailto or tel, and a
// picture that is not JPEG or PNG: of those only the words remain.
package html

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"inzage/internal/document"
)

// Render writes d as a page. The same document gives the same bytes. Its only
// errors are those of w.
func Render(w io.Writer, d *document.Document) error {
	b := bufio.NewWriterSize(w, 1<<16)
	p := &page{writer: writer{b}, doc: d, seen: map[string]bool{}, labels: map[string]int{}}
	p.head()
	p.body()
	if err := b.Flush(); err != nil {
		return fmt.Errorf("document %s: html: %w", d.ID, err)
	}
	return nil
}

// page is a page in the making.
type page struct {
	writer
	doc    *document.Document
	seen   map[string]bool // anchors set so far
	labels map[string]int  // labels of scroll regions so far
	charts int
	above  string // words of the last heading
	level  int    // of the heading that the next words stand under
}

// textID is the anchor of the skip link.
const textID = "~text"

func (p *page) head() {
	p.b.WriteString("<!doctype html>\n")
	p.open("html", attr{"lang", tag(p.doc.Lang)})
	p.open("head")
	p.line()
	p.open("meta", attr{"charset", "utf-8"})
	p.line()
	policy := "default-src 'none'; style-src '" + StyleHash(p.doc.Theme) + "'; img-src data:; base-uri 'none'; form-action 'none'"
	p.open("meta", attr{"http-equiv", "Content-Security-Policy"}, attr{"content", policy})
	p.line()
	for _, m := range [][2]string{
		{"viewport", "width=device-width, initial-scale=1"}, {"robots", "noindex, nofollow"},
		{"referrer", "no-referrer"}, {"color-scheme", "light dark"}, {"format-detection", "telephone=no"},
	} {
		p.open("meta", attr{"name", m[0]}, attr{"content", m[1]})
		p.line()
	}
	p.leaf("title", p.doc.Title)
	p.line()
	p.open("style")
	p.b.WriteString(Style(p.doc.Theme)) // constant and two numbers; nothing of the document
	p.close("style", "head")
	p.line()
}

func (p *page) body() {
	side := p.hasContents()
	if side {
		p.open("body", class("with-side"))
	} else {
		p.open("body")
	}
	p.line()
	if skip := p.doc.Words.SkipToText; skip != "" {
		p.leaf("a", skip, class("skip"), attr{"href", "#" + textID})
	}
	p.cover(p.doc.Cover)
	if side {
		p.side()
	}
	p.open("main", attr{"id", textID}, attr{"tabindex", "-1"})
	for _, s := range p.doc.Sections {
		p.section(s)
	}
	p.close("main")
	p.line()
	p.footer()
	p.close("body", "html")
	p.line()
}

// hasContents says whether the document asks for a table of contents; then it
// also stands at the side of a wide screen.
func (p *page) hasContents() bool {
	for _, s := range p.doc.Sections {
		for _, b := range s.Blocks {
			if _, ok := b.(document.Contents); ok {
				return true
			}
		}
	}
	return false
}

// cover writes the head of the page. The row with the number of pages is left
// out: this page has one.
func (p *page) cover(c document.Cover) {
	p.line()
	p.open("header")
	p.sender(c.Organisation)
	p.leaf("h1", c.Kind)
	p.level = 1
	if len(c.Lead) > 0 {
		p.open("p", class("lead"))
		p.inlines(c.Lead)
		p.close("p")
	}
	p.fields(c.Facts)
	if c.Questions != nil || c.Emergency != nil {
		p.open("div", class("boxes"))
		for _, box := range []*document.Callout{c.Questions, c.Emergency} {
			if box != nil {
				p.callout(*box)
			}
		}
		p.close("div")
	}
	p.close("header")
	p.line()
}

// sender writes the logo, or the organisation's name where there is none.
func (p *page) sender(organisation string) {
	logo := p.doc.Theme.Logo
	if organisation == "" && logo == nil {
		return
	}
	p.open("p", class("sender"))
	if logo == nil || !p.image(logo, organisation) {
		p.text(organisation)
	}
	p.close("p")
}

// image writes a picture; false when it is not of a kind that is shown.
func (p *page) image(i *document.Image, alt string) bool {
	if i == nil || len(i.Data) == 0 || i.MIME != "image/jpeg" && i.MIME != "image/png" {
		return false
	}
	p.picture(i.MIME, i.Data, alt, strconv.Itoa(i.Width), strconv.Itoa(i.Height))
	return true
}

// side writes the contents again, beside the text of a wide screen.
func (p *page) side() {
	p.index("side", p.doc.Words.Sections, false)
	p.line()
}

// footer says once more what this is, and which copy.
func (p *page) footer() {
	f := p.doc.Furniture
	p.open("footer")
	for _, words := range []string{f.Kind, f.Portal, f.Date, p.doc.ID} {
		if words != "" {
			p.leaf("p", words)
		}
	}
	p.close("footer")
	p.line()
}

// id makes the attribute that sets an anchor. An anchor is set once; a second
// one of the same name is left out.
func (p *page) id(id string) attr {
	id = anchor(id)
	if id == "" || p.seen[id] {
		return attr{}
	}
	p.seen[id] = true
	return attr{"id", id}
}
