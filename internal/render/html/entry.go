package html

import "inzage/internal/document"

// entry writes one dated thing: left when and who, right what. Its title is one
// level below the heading it stands under, and so are headings within it.
func (p *page) entry(e document.Entry) {
	p.line()
	p.open("article", p.id(e.ID), class("entry"))
	p.when(e)
	p.open("div", class("what"))
	above := p.level
	if e.Title != "" {
		p.level = min(above+1, 6)
		p.leaf(heading(p.level), e.Title, dir(e.Title))
	}
	p.tags(e.Tags)
	p.blocks(e.Blocks)
	p.files(e.Files)
	for _, note := range e.Notes {
		p.leaf("p", note, class("small"), dir(note))
	}
	p.level = above
	p.close("div", "article")
}

func (p *page) when(e document.Entry) {
	p.open("div", class("when"))
	for _, words := range append([]string{e.When, e.Time}, e.Who...) {
		if words != "" {
			p.leaf("p", words, dir(words))
		}
	}
	p.close("div")
}

func (p *page) tags(tags []string) {
	if len(tags) == 0 {
		return
	}
	p.open("ul", class("tags"))
	for _, t := range tags {
		p.leaf("li", t, dir(t))
	}
	p.close("ul")
}

// files writes the attachments as small lines. A file of the bundle is a link
// to the place where it lies beside the page.
func (p *page) files(files []document.FileLine) {
	if len(files) == 0 {
		return
	}
	p.open("ul", class("files"))
	for _, f := range files {
		p.open("li", dir(f.Name))
		if address, ok := inBundle(f.Path); ok && !f.Missing {
			p.leaf("a", f.Name, attr{"href", address})
		} else {
			p.text(f.Name)
		}
		if f.Note != "" {
			p.open("br")
			p.leaf("span", f.Note)
		}
		if f.Sheet.ID != "" {
			p.text(" ")
			p.inlines([]document.Inline{f.Sheet})
		}
		p.close("li")
	}
	p.close("ul")
}
