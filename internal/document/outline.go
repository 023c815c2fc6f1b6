package document

import (
	"strconv"
	"strings"
)

// Outline writes a document as plain text, one line for each block, for tests
// and for `inspect --stage document`. It holds every word of the document in
// reading order, and of a picture its size and digest; it is for people and
// goldens, not a format to read back.
func Outline(d *Document) string {
	o := &outline{}
	o.line("document", d.Lang, quote(d.Title), "id="+d.ID)
	o.line("furniture", d.Furniture.Kind, "|", d.Furniture.Portal, "|", d.Furniture.Date, "|", d.Furniture.Page)
	o.cover(d.Cover)
	for _, s := range d.Sections {
		o.section(s)
	}
	return o.b.String()
}

// PlainText is the text of inlines without their marks; a break is a space.
func PlainText(in []Inline) string {
	var b strings.Builder
	plain(&b, in)
	return b.String()
}

func plain(b *strings.Builder, in []Inline) {
	for _, x := range in {
		switch x := x.(type) {
		case Text:
			b.WriteString(string(x))
		case Code:
			b.WriteString(string(x))
		case Break:
			b.WriteByte(' ')
		case Strong:
			plain(b, x.Text)
		case Emph:
			plain(b, x.Text)
		case Link:
			plain(b, x.Text)
		case Ref:
			plain(b, x.Text)
		case Lang:
			plain(b, x.Text)
		}
	}
}

// outline writes lines at a depth of two spaces each.
type outline struct {
	b     strings.Builder
	depth int
}

func (o *outline) line(words ...string) {
	for range o.depth {
		o.b.WriteString("  ")
	}
	wrote := false
	for _, w := range words {
		if w == "" {
			continue
		}
		if wrote {
			o.b.WriteByte(' ')
		}
		o.b.WriteString(strings.ReplaceAll(w, "\n", "⏎"))
		wrote = true
	}
	o.b.WriteByte('\n')
}

func (o *outline) in(f func()) {
	o.depth++
	f()
	o.depth--
}

func (o *outline) cover(c Cover) {
	o.line("cover", c.Organisation)
	o.in(func() {
		o.line("kind", c.Kind)
		if len(c.Lead) > 0 {
			o.line("lead", marked(c.Lead))
		}
		o.fields(c.Facts)
		o.line("pages", c.PagesLabel)
		for _, box := range []*Callout{c.Questions, c.Emergency} {
			if box != nil {
				o.block(*box)
			}
		}
	})
}

func (o *outline) section(s Section) {
	words := []string{"section", "#" + s.ID, "<" + string(s.Role) + ">", s.Title}
	if s.Count != "" {
		words = append(words, "("+s.Count+")")
	}
	if s.OwnPage {
		words = append(words, "own-page")
	}
	if s.Narrow {
		words = append(words, "narrow")
	}
	o.line(words...)
	o.in(func() { o.blocks(s.Blocks) })
}

func (o *outline) blocks(blocks []Block) {
	for _, b := range blocks {
		o.block(b)
	}
}

func (o *outline) block(b Block) {
	switch b := b.(type) {
	case Heading:
		o.line("h"+strconv.Itoa(b.Level), hash(b.ID), b.Text, flag(b.Fold, "fold"), flag(b.NewPage, "new-page"))
	case Para:
		o.line("p"+flag(b.Small, "-small")+flag(b.Lead, "-lead"), marked(b.Text))
	case List:
		o.list(b)
	case Fields:
		o.line("fields")
		o.in(func() { o.fields(b.Items) })
	case Table:
		o.table(b)
	case Chart:
		o.chart(b)
	case Figures:
		o.figures(b)
	case Entry:
		o.entry(b)
	case Callout:
		o.line("callout", "<"+string(b.Kind)+">", b.Title)
		o.in(func() { o.blocks(b.Blocks) })
	case Quote:
		o.line("quote")
		o.in(func() { o.blocks(b.Blocks) })
	case Contents:
		o.line("contents")
	case Timeline:
		o.timeline(b)
	case Notice:
		o.line("notice", marked(b.Text))
	default:
		o.line("unknown block")
	}
}

func (o *outline) list(l List) {
	for i, item := range l.Items {
		mark := "-"
		if l.Ordered {
			mark = strconv.Itoa(max(l.Start, 1)+i) + "."
		}
		if p, ok := single(item); ok {
			o.line(mark, marked(p.Text))
			continue
		}
		o.line(mark)
		o.in(func() { o.blocks(item) })
	}
}

func single(blocks []Block) (Para, bool) {
	if len(blocks) != 1 {
		return Para{}, false
	}
	p, ok := blocks[0].(Para)
	return p, ok
}

func (o *outline) fields(items []Field) {
	for _, f := range items {
		o.line(f.Label+":", marked(f.Value))
	}
}

func (o *outline) table(t Table) {
	o.line("table", t.Caption, flag(t.ShowCaption, "caption-shown"))
	o.in(func() {
		heads := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			heads[i] = c.Head
		}
		o.line("|", strings.Join(heads, " | "))
		for _, g := range t.Groups {
			if g.Head != "" {
				o.line("group", g.Head)
			}
			for _, r := range g.Rows {
				cells := make([]string, len(r))
				for i, c := range r {
					cells[i] = marked(c.Text)
				}
				o.line("|", strings.Join(cells, " | "))
			}
		}
	})
}

func (o *outline) chart(c Chart) {
	o.line("chart", c.Title, "("+c.Unit+")", strconv.Itoa(len(c.Points)), "points")
	o.in(func() {
		o.line("alt", c.Alt)
		if c.RangeLabel != "" {
			o.line("range", c.RangeLabel)
		}
	})
}

func (o *outline) figures(f Figures) {
	for _, x := range f.Items {
		size := "no image"
		if x.Image != nil {
			size = x.Image.MIME + " " + strconv.Itoa(x.Image.Width) + "×" + strconv.Itoa(x.Image.Height) + " " + x.Image.SHA256
		}
		o.line("figure", marked(x.Caption), "[alt:", x.Alt+"]", "("+size+")")
	}
}

func (o *outline) entry(e Entry) {
	o.line("entry", hash(e.ID), e.When, e.Time, "—", strings.Join(e.Who, " / "))
	o.in(func() {
		if e.Title != "" {
			o.line("title", e.Title)
		}
		for _, t := range e.Tags {
			o.line("tag", t)
		}
		o.blocks(e.Blocks)
		for _, f := range e.Files {
			o.line("file", f.Name+",", f.Note, hash(f.Path), flag(f.Missing, "missing"), hash(f.Sheet.ID))
		}
		for _, n := range e.Notes {
			o.line("note", n)
		}
	})
}

func (o *outline) timeline(t Timeline) {
	o.line("timeline", t.Alt)
	o.in(func() {
		for _, r := range t.Rows {
			words := []string{r.Label, "(" + r.Total + ")"}
			for _, c := range r.Cells {
				if c.Count > 0 {
					words = append(words, c.Month+"="+strconv.Itoa(c.Count))
				}
			}
			o.line(words...)
		}
	})
}

// marked is the text of inlines with the marks that carry meaning.
func marked(in []Inline) string {
	var b strings.Builder
	for _, x := range in {
		switch x := x.(type) {
		case Text:
			b.WriteString(string(x))
		case Code:
			b.WriteString("`" + string(x) + "`")
		case Break:
			b.WriteString(" ⏎ ")
		case Strong:
			b.WriteString("*" + marked(x.Text) + "*")
		case Emph:
			b.WriteString("_" + marked(x.Text) + "_")
		case Link:
			b.WriteString("[" + marked(x.Text) + "](" + x.URL + ")")
		case Ref:
			b.WriteString("[" + marked(x.Text) + "](#" + x.ID + ")")
		case Lang:
			b.WriteString(x.Tag + "‹" + marked(x.Text) + "›")
		}
	}
	return b.String()
}

func quote(s string) string { return "“" + s + "”" }

func hash(id string) string {
	if id == "" {
		return ""
	}
	return "#" + id
}

func flag(on bool, word string) string {
	if on {
		return word
	}
	return ""
}
