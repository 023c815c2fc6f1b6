package prose

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"inzage/internal/document"
)

// fromHTML reads client HTML by an allow-list of elements. It works on the
// token stream in one pass: there is no tree to grow deep, and no attribute is
// read but the address of a link, the alt text of a picture and the first number
// of a list. The text of
// unknown elements stays; that of script and style is code, not words.
func fromHTML(src string) []document.Block {
	z := html.NewTokenizer(strings.NewReader(Clean(src)))
	b := &builder{stack: []*frame{{}}, space: true}
	for {
		switch z.Next() {
		case html.ErrorToken: // the end: a string reader has no other error
			return b.finish()
		case html.TextToken:
			if b.skip == 0 {
				b.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			b.start(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			b.end(atom.Lookup(name))
		}
	}
}

// A frame is a container that is open.
type frame struct {
	kind   atom.Atom // Blockquote, Ul, Ol, Li, Table; 0 for the root
	blocks []document.Block
	items  [][]document.Block
	start  string // of a list: its first number, as written
	table  tableFrame
}

type tableFrame struct {
	head, row    []document.Cell
	rows         [][]document.Cell
	cell         []document.Inline
	open, inHead bool
}

// A builder makes blocks from tokens.
type builder struct {
	stack              []*frame
	over               map[atom.Atom]int // containers opened beyond MaxDepth
	in                 []document.Inline
	bold, em, mono     int
	pre, skip, heading int
	hrefs              []string
	linkAt             []int // where in in each open link starts
	space              bool  // the last rune set was a space, or nothing was
}

func (b *builder) top() *frame { return b.stack[len(b.stack)-1] }

func (b *builder) start(z *html.Tokenizer) {
	name, more := z.TagName()
	a := atom.Lookup(name)
	switch a {
	case atom.Script, atom.Style:
		b.skip++
	case atom.Br:
		b.add(document.Break{})
		b.space = true
	case atom.Img:
		b.add(document.Text(Clean(InlineText(picture(attr(z, more, "alt"))))))
		b.space = false
	case atom.A:
		b.hrefs = append(b.hrefs, attr(z, more, "href"))
		b.linkAt = append(b.linkAt, len(b.in))
	case atom.Ol:
		first := attr(z, more, "start")
		b.open(a)
		if f := b.top(); f.kind == atom.Ol && len(f.items) == 0 {
			f.start = first
		}
	case atom.Blockquote, atom.Ul, atom.Table:
		b.open(a)
	case atom.Li:
		b.flush()
		b.open(a)
	case atom.Tr:
		b.endRow()
	case atom.Td, atom.Th:
		b.startCell(a)
	default:
		b.style(a, 1)
	}
}

func (b *builder) end(a atom.Atom) {
	switch a {
	case atom.Script, atom.Style:
		b.skip = max(0, b.skip-1)
	case atom.A:
		b.closeLink()
	case atom.Blockquote, atom.Ul, atom.Ol, atom.Table, atom.Li:
		b.close(a)
	case atom.Tr:
		b.endRow()
	case atom.Td, atom.Th:
		b.endCell()
	default:
		b.style(a, -1)
	}
}

// style opens (+1) or closes (-1) what changes how words are set, or starts a
// new paragraph for the elements that stand on their own.
func (b *builder) style(a atom.Atom, d int) {
	switch a {
	case atom.B, atom.Strong:
		b.bold = max(0, b.bold+d)
	case atom.I, atom.Em:
		b.em = max(0, b.em+d)
	case atom.Code, atom.Kbd, atom.Samp, atom.Tt:
		b.mono = max(0, b.mono+d)
	case atom.Pre:
		b.flush()
		b.pre = max(0, b.pre+d)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		b.flush()
		b.heading = max(0, b.heading+d)
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Aside,
		atom.Hr, atom.Dl, atom.Dt, atom.Dd, atom.Figure, atom.Figcaption, atom.Address, atom.Fieldset, atom.Form,
		atom.Legend, atom.Option, atom.Details, atom.Summary, atom.Caption, atom.Center, atom.Title, atom.Body:
		b.flush()
	}
}

func attr(z *html.Tokenizer, more bool, want string) string {
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		if string(k) == want {
			return string(v)
		}
	}
	return ""
}

// text sets words; white space runs become one space but in pre.
func (b *builder) text(s string) {
	s = Clean(s) // entities may have hidden what the source did not
	if b.pre > 0 {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				b.add(document.Break{})
			}
			if line != "" {
				b.add(document.Code(line))
			}
		}
		return
	}
	var w strings.Builder
	for _, r := range s {
		blank := r == ' ' || r == '\n' || r == '\t' || r == '\f'
		if !blank {
			w.WriteRune(r)
		} else if !b.space {
			w.WriteByte(' ')
		}
		b.space = blank
	}
	if w.Len() > 0 {
		b.add(b.dress(w.String()))
	}
}

// dress sets a run of words in the style that is on.
func (b *builder) dress(s string) document.Inline {
	var in document.Inline = document.Text(s)
	if b.mono > 0 && strings.TrimSpace(s) != "" {
		in = document.Code(s)
	}
	if b.em > 0 {
		in = document.Emph{Text: []document.Inline{in}}
	}
	if b.bold > 0 || b.heading > 0 {
		in = document.Strong{Text: []document.Inline{in}}
	}
	return in
}

func (b *builder) add(in document.Inline) { b.in = append(b.in, in) }

func (b *builder) closeLink() {
	n := len(b.hrefs)
	if n == 0 {
		return
	}
	at := min(b.linkAt[n-1], len(b.in))
	said := b.in[at:len(b.in):len(b.in)]
	b.in = append(b.in[:at:at], address(said, b.hrefs[n-1])...)
	b.hrefs, b.linkAt = b.hrefs[:n-1], b.linkAt[:n-1]
}
