package compose

import (
	"inzage/internal/document"
)

// Small makers of blocks, so that the parts below read as what they say.

func text(s string) []document.Inline { return []document.Inline{document.Text(s)} }

func para(s string) document.Para { return document.Para{Text: text(s)} }

func small(s string) document.Para { return document.Para{Text: text(s), Small: true} }

func lead(s string) document.Para { return document.Para{Text: text(s), Lead: true} }

func field(label, value string) document.Field {
	return document.Field{Label: label, Value: text(value)}
}

func heading(level int, s string) document.Heading {
	return document.Heading{Level: level, Text: s}
}

func cell(s string) document.Cell {
	if s == "" {
		return document.Cell{}
	}
	return document.Cell{Text: text(s)}
}

// lines is a list with one paragraph for each line.
func lines(of []string) document.List {
	l := document.List{Items: make([][]document.Block, len(of))}
	for i, s := range of {
		l.Items[i] = []document.Block{para(s)}
	}
	return l
}

// ref leads to an anchor of this document.
func ref(id, words string) document.Ref { return document.Ref{ID: id, Text: text(words)} }

// flat is the text of blocks in one run, for a table cell: paragraphs become
// lines. It loses no word; headings and markers become plain text.
func flat(blocks []document.Block) []document.Inline {
	var out []document.Inline
	add := func(in []document.Inline) {
		if len(in) == 0 {
			return
		}
		if len(out) > 0 {
			out = append(out, document.Break{})
		}
		out = append(out, in...)
	}
	for _, b := range blocks {
		switch b := b.(type) {
		case document.Para:
			add(b.Text)
		case document.Heading:
			add(text(b.Text))
		case document.Notice:
			add(b.Text)
		case document.Quote:
			add(flat(b.Blocks))
		case document.Callout:
			if b.Title != "" {
				add(text(b.Title))
			}
			add(flat(b.Blocks))
		case document.List:
			for _, item := range b.Items {
				if in := flat(item); len(in) > 0 {
					add(append([]document.Inline{document.Text("– ")}, in...))
				}
			}
		case document.Fields:
			for _, f := range b.Items {
				add(append([]document.Inline{document.Text(f.Label + ": ")}, f.Value...))
			}
		case document.Table:
			for _, row := range rowsOf(b) {
				add(row)
			}
		}
	}
	return out
}

// rowsOf gives each row of a table as one run, "head: cell; head: cell".
func rowsOf(t document.Table) [][]document.Inline {
	var rows [][]document.Inline
	for _, g := range t.Groups {
		for _, r := range g.Rows {
			var run []document.Inline
			for i, c := range r {
				if i > 0 {
					run = append(run, document.Text("; "))
				}
				if i < len(t.Columns) && t.Columns[i].Head != "" {
					run = append(run, document.Text(t.Columns[i].Head+": "))
				}
				run = append(run, c.Text...)
			}
			rows = append(rows, run)
		}
	}
	return rows
}

// inLanguage marks text of another language than the document's, so that a
// screen reader speaks it well (WCAG 3.1.2). The words stay as they are.
func inLanguage(tag, documents string, blocks []document.Block) []document.Block {
	if tag == documents {
		return blocks
	}
	out := make([]document.Block, len(blocks))
	for i, b := range blocks {
		out[i] = blockInLanguage(tag, b)
	}
	return out
}

func blockInLanguage(tag string, b document.Block) document.Block {
	mark := func(in []document.Inline) []document.Inline {
		if len(in) == 0 {
			return in
		}
		return []document.Inline{document.Lang{Tag: tag, Text: in}}
	}
	switch b := b.(type) {
	case document.Para:
		b.Text = mark(b.Text)
		return b
	case document.Quote:
		b.Blocks = inLanguage(tag, "", b.Blocks)
		return b
	case document.List:
		items := make([][]document.Block, len(b.Items))
		for i, it := range b.Items {
			items[i] = inLanguage(tag, "", it)
		}
		b.Items = items
		return b
	case document.Fields:
		items := make([]document.Field, len(b.Items))
		for i, f := range b.Items {
			items[i] = document.Field{Label: f.Label, Value: mark(f.Value)}
		}
		b.Items = items
		return b
	}
	return b
}
