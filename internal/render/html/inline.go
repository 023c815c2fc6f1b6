package html

import "inzage/internal/document"

// inlines writes running text.
func (p *page) inlines(in []document.Inline) {
	for _, x := range in {
		p.inline(x)
	}
}

func (p *page) inline(x document.Inline) {
	switch x := x.(type) {
	case document.Text:
		p.text(string(x))
	case document.Code:
		p.leaf("code", string(x))
	case document.Break:
		p.open("br")
	case document.Strong:
		p.within("strong", x.Text)
	case document.Emph:
		p.within("em", x.Text)
	case document.Lang:
		p.within("span", x.Text, attr{"lang", tag(x.Tag)}, along(x.Text))
	case document.Ref:
		p.within("a", x.Text, attr{"href", "#" + anchor(x.ID)})
	case document.Link:
		if address, ok := outside(x.URL); ok {
			p.within("a", x.Text, attr{"href", address}, attr{"rel", "noopener noreferrer"})
		} else {
			p.inlines(x.Text)
		}
	}
}

// within writes running text in an element.
func (p *page) within(n name, in []document.Inline, attrs ...attr) {
	p.open(n, attrs...)
	p.inlines(in)
	p.close(n)
}
