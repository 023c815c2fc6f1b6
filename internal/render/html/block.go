package html

import (
	"strconv"

	"inzage/internal/document"
)

// headings are the elements of the levels of heading.
var headings = [...]name{"h1", "h1", "h2", "h3", "h4", "h5", "h6"}

// heading gives the element for a level, never below the deepest there is.
func heading(level int) name { return headings[min(level, 6)] }

func (p *page) section(s document.Section) {
	kind := ""
	if s.Narrow {
		kind = "narrow"
	} else {
		kind = "flow"
	}
	if s.OwnPage {
		kind += " own"
	}
	p.line()
	p.open("section", p.id(s.ID), class(kind))
	p.leaf("h2", s.Title)
	p.level, p.above = 2, s.Title
	if s.Narrow {
		p.open("div", class("flow"))
		p.blocks(s.Blocks)
		p.close("div")
	} else {
		p.folded(s.Blocks)
	}
	p.close("section")
	p.line()
}

// folded writes the blocks of a section, with everything under a heading that
// folds in a details element, up to the next heading of its level.
func (p *page) folded(blocks []document.Block) {
	open, said := 0, false // level of the open fold; whether its words were said
	for _, b := range blocks {
		h, ok := b.(document.Heading)
		if ok && open > 0 && h.Level <= open {
			p.close("div", "details")
			open = 0
		}
		if !ok || !h.Fold || open > 0 {
			p.block(b)
			continue
		}
		if older := p.doc.Words.OlderMonths; !said && older != "" {
			p.leaf("p", older, class("older"))
			said = true
		}
		p.open("details")
		p.within2("summary", func() { p.heading(h) })
		p.open("div", class("flow"))
		open = h.Level
	}
	if open > 0 {
		p.close("div", "details")
	}
}

// within2 writes an element around what f writes.
func (p *page) within2(n name, f func(), attrs ...attr) {
	p.open(n, attrs...)
	f()
	p.close(n)
}

// heading writes a heading inside a section: level 2 of the document is the
// third of the page. A level that was skipped is not skipped here.
func (p *page) heading(h document.Heading) {
	level := min(max(h.Level+1, 3), p.level+1, 6)
	p.leaf(heading(level), h.Text, p.id(h.ID), dir(h.Text))
	p.level, p.above = level, h.Text
}

func (p *page) blocks(blocks []document.Block) {
	for _, b := range blocks {
		p.block(b)
	}
}

func (p *page) block(b document.Block) {
	switch b := b.(type) {
	case document.Heading:
		p.heading(b)
	case document.Para:
		p.para(b)
	case document.List:
		p.list(b)
	case document.Fields:
		p.fields(b.Items)
	case document.Table:
		p.table(b)
	case document.Chart:
		p.chart(b)
	case document.Figures:
		p.figures(b)
	case document.Entry:
		p.entry(b)
	case document.Callout:
		p.callout(b)
	case document.Quote:
		p.within2("blockquote", func() { p.blocks(b.Blocks) })
	case document.Contents:
		p.contents()
	case document.Timeline:
		p.timeline(b)
	case document.Notice:
		p.within("p", b.Text, class("notice"), along(b.Text))
	}
}

func (p *page) para(b document.Para) {
	look := ""
	switch {
	case b.Small:
		look = "small"
	case b.Lead:
		look = "lead"
	}
	p.within("p", b.Text, class(look), along(b.Text))
}

func (p *page) list(l document.List) {
	kind, start := name("ul"), ""
	if l.Ordered {
		kind = "ol"
		if l.Start > 1 {
			start = strconv.Itoa(l.Start)
		}
	}
	p.open(kind, attr{"start", start})
	for _, item := range l.Items {
		if one, ok := single(item); ok {
			p.within("li", one.Text, along(one.Text))
		} else {
			p.within2("li", func() { p.blocks(item) })
		}
	}
	p.close(kind)
}

// single gives the paragraph of an item that is nothing more.
func single(item []document.Block) (document.Para, bool) {
	if len(item) != 1 {
		return document.Para{}, false
	}
	one, ok := item[0].(document.Para)
	return one, ok && !one.Small && !one.Lead
}

func (p *page) fields(items []document.Field) {
	if len(items) == 0 {
		return
	}
	p.open("dl")
	for _, f := range items {
		p.open("div")
		p.leaf("dt", f.Label, dir(f.Label))
		p.within("dd", f.Value, along(f.Value))
		p.close("div")
	}
	p.close("dl")
}

func (p *page) callout(c document.Callout) {
	kind := "callout"
	switch c.Kind {
	case document.CalloutWarning, document.CalloutEmergency, document.CalloutQuestion, document.CalloutWithheld:
		kind += " " + string(c.Kind)
	}
	p.open("div", class(kind))
	if c.Title != "" {
		p.leaf("p", c.Title, class("title"), dir(c.Title))
	}
	p.blocks(c.Blocks)
	p.close("div")
}

// contents lists the sections with links, each with its count.
func (p *page) contents() { p.index("contents", p.doc.Words.Contents, true) }

// index is a landmark with a link to every section but the contents themselves.
func (p *page) index(name, label string, counts bool) {
	p.open("nav", class(name), attr{"aria-label", label})
	p.open("ol")
	for _, s := range p.doc.Sections {
		if s.Role == document.RoleContents {
			continue
		}
		p.open("li")
		p.leaf("a", s.Title, attr{"href", "#" + anchor(s.ID)})
		if counts && s.Count != "" {
			p.leaf("span", s.Count)
		}
		p.close("li")
	}
	p.close("ol", "nav")
}

// figures writes pictures that stand together. One that cannot be shown leaves
// its words.
func (p *page) figures(f document.Figures) {
	look := "figures"
	if len(f.Items) > 1 {
		look += " two"
	}
	p.open("div", class(look))
	for _, x := range f.Items {
		p.open("figure")
		if !p.image(x.Image, x.Alt) {
			p.leaf("p", x.Alt, dir(x.Alt))
		}
		if len(x.Caption) > 0 {
			p.within("figcaption", x.Caption, along(x.Caption))
		}
		p.close("figure")
	}
	p.close("div")
}
