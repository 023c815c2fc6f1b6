package prose

import (
	"strings"

	"inzage/internal/document"
)

// Plain splits text into paragraphs at blank lines; a single line end becomes a
// [document.Break]. Nothing else in it means anything.
func Plain(text string) []document.Block {
	var out []document.Block
	var para []document.Inline
	flush := func() {
		if len(para) > 0 {
			out = append(out, document.Para{Text: para})
		}
		para = nil
	}
	for line := range strings.SplitSeq(Clean(text), "\n") {
		line = strings.TrimRight(line, " \t")
		if strings.TrimSpace(line) == "" {
			flush()
			continue
		}
		if len(para) > 0 {
			para = append(para, document.Break{})
		}
		para = append(para, document.Text(line))
	}
	flush()
	return out
}

// Text flattens blocks to their words, in reading order: one line a paragraph,
// cell or item. It is for tests, digests and searching, never for showing.
func Text(blocks []document.Block) string {
	var b strings.Builder
	writeBlocks(&b, blocks)
	return strings.TrimSpace(b.String())
}

// InlineText flattens inlines to their words.
func InlineText(in []document.Inline) string {
	var b strings.Builder
	writeInlines(&b, in)
	return b.String()
}

func writeBlocks(b *strings.Builder, blocks []document.Block) {
	for _, x := range blocks {
		switch x := x.(type) {
		case document.Heading:
			b.WriteString(x.Text + "\n")
		case document.Para:
			writeLine(b, x.Text)
		case document.Notice:
			writeLine(b, x.Text)
		case document.List:
			for _, it := range x.Items {
				writeBlocks(b, it)
			}
		case document.Quote:
			writeBlocks(b, x.Blocks)
		case document.Callout:
			b.WriteString(x.Title + "\n")
			writeBlocks(b, x.Blocks)
		case document.Fields:
			for _, f := range x.Items {
				b.WriteString(f.Label + ": ")
				writeLine(b, f.Value)
			}
		case document.Table:
			writeTable(b, x)
		case document.Entry:
			b.WriteString(x.Title + "\n")
			writeBlocks(b, x.Blocks)
		}
	}
}

func writeTable(b *strings.Builder, t document.Table) {
	for _, c := range t.Columns {
		if c.Head != "" {
			b.WriteString(c.Head + "\n")
		}
	}
	for _, g := range t.Groups {
		for _, r := range g.Rows {
			for _, c := range r {
				writeLine(b, c.Text)
			}
		}
	}
}

func writeLine(b *strings.Builder, in []document.Inline) {
	writeInlines(b, in)
	b.WriteByte('\n')
}

func writeInlines(b *strings.Builder, in []document.Inline) {
	for _, x := range in {
		switch x := x.(type) {
		case document.Text:
			b.WriteString(string(x))
		case document.Code:
			b.WriteString(string(x))
		case document.Break:
			b.WriteByte('\n')
		case document.Strong:
			writeInlines(b, x.Text)
		case document.Emph:
			writeInlines(b, x.Text)
		case document.Link:
			writeInlines(b, x.Text)
		case document.Ref:
			writeInlines(b, x.Text)
		case document.Lang:
			writeInlines(b, x.Text)
		}
	}
}
