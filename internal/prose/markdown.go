package prose

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"inzage/internal/document"
)

// reader is goldmark's parser; its renderer is never used. A parser may be used
// by many goroutines.
var reader = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Parser()

// markdown reads a text, or takes it as plain when its nesting is absurd: no
// person wrote that, and its words are still all there.
func markdown(src []byte, m mode) []document.Block {
	clean := Clean(string(src))
	if tooDeep(clean) {
		return Plain(clean)
	}
	c := converter{src: []byte(clean), mode: m}
	out := c.blocks(reader.Parse(text.NewReader(c.src)), 0)
	if m.headings {
		closeGaps(out)
	}
	return out
}

// The limits beyond which Markdown is not read as such: markers of quotes and
// lists at the head of one line, brackets open at once, runs of delimiters.
const (
	maxMarkers  = 64
	maxBrackets = 64
	maxRuns     = 20000
)

// tooDeep looks, in one pass, for nesting that no person writes and that would
// cost a parser far more time than it has letters.
func tooDeep(s string) bool {
	brackets, runs := 0, 0
	for line := range strings.SplitSeq(s, "\n") {
		head := strings.TrimLeft(line, "> -+*\t.)0123456789")
		marks := line[:len(line)-len(head)]
		if strings.Count(marks, ">")+strings.Count(marks, "- ")+strings.Count(marks, "+ ")+
			strings.Count(marks, "* ")+strings.Count(marks, ". ")+strings.Count(marks, ") ") > maxMarkers {
			return true
		}
		if len(marks)-len(strings.TrimLeft(marks, " \t")) > 4*maxMarkers {
			return true
		}
		if strings.TrimSpace(line) == "" {
			brackets = 0
		}
		for i := range len(head) {
			switch head[i] {
			case '[':
				brackets++
			case ']':
				brackets = max(0, brackets-1)
			case '*', '_', '~', '`', '<':
				runs++
			}
			if brackets > maxBrackets || runs > maxRuns {
				return true
			}
		}
	}
	return false
}

// closeGaps brings headings to levels 2 to 4: the first is 2, and none lies
// more than one level below the one before it.
func closeGaps(blocks []document.Block) {
	top := 0
	for _, b := range blocks {
		if h, ok := b.(document.Heading); ok && (top == 0 || h.Level < top) {
			top = h.Level
		}
	}
	last := 1
	for i, b := range blocks {
		if h, ok := b.(document.Heading); ok {
			h.Level = min(h.Level-top+2, last+1, 4)
			last = h.Level
			blocks[i] = h
		}
	}
}

// A converter turns goldmark's tree into blocks.
type converter struct {
	src []byte
	mode
}

// blocks converts the children of n. Beyond MaxDepth containers are set flat.
func (c converter) blocks(n ast.Node, depth int) []document.Block {
	var out []document.Block
	for k := n.FirstChild(); k != nil; k = k.NextSibling() {
		out = append(out, c.block(k, depth)...)
	}
	return out
}

func (c converter) block(n ast.Node, depth int) []document.Block {
	switch n := n.(type) {
	case *ast.Heading:
		return c.heading(n, depth)
	case *ast.Paragraph, *ast.TextBlock:
		return para(c.inlines(n, depth))
	case *ast.Blockquote:
		inner := c.blocks(n, depth+1)
		if depth >= MaxDepth || len(inner) == 0 {
			return inner
		}
		return []document.Block{document.Quote{Blocks: inner}}
	case *ast.List:
		return c.list(n, depth)
	case *ast.CodeBlock:
		return para(codeLines(c.lines(n)))
	case *ast.FencedCodeBlock:
		return para(codeLines(c.lines(n)))
	case *ast.HTMLBlock:
		raw := c.lines(n)
		if n.HasClosure() {
			raw += string(n.ClosureLine.Value(c.src))
		}
		return fromHTML(raw)
	case *east.Table:
		return []document.Block{c.table(n, depth)}
	case *ast.ThematicBreak, *ast.LinkReferenceDefinition:
		return nil
	}
	return c.blocks(n, depth)
}

func (c converter) heading(n *ast.Heading, depth int) []document.Block {
	in := c.inlines(n, depth)
	if len(in) == 0 {
		return nil
	}
	if c.headings && depth == 0 {
		return []document.Block{document.Heading{Level: n.Level, Text: strings.ReplaceAll(InlineText(in), "\n", " ")}}
	}
	return para([]document.Inline{document.Strong{Text: in}})
}

func (c converter) list(n *ast.List, depth int) []document.Block {
	l := document.List{Ordered: n.IsOrdered(), Start: n.Start}
	var flat []document.Block
	for k := n.FirstChild(); k != nil; k = k.NextSibling() {
		item := c.blocks(k, depth+1)
		l.Items = append(l.Items, item)
		flat = append(flat, item...)
	}
	if depth >= MaxDepth {
		return flat
	}
	return []document.Block{l}
}

func (c converter) table(n *east.Table, depth int) document.Table {
	t := document.Table{Caption: "Tabel"}
	g := document.RowGroup{}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		_, head := row.(*east.TableHeader)
		var cells []document.Cell
		col := 0
		for k := row.FirstChild(); k != nil; k = k.NextSibling() {
			in := c.inlines(k, depth)
			if head {
				right := col < len(n.Alignments) && n.Alignments[col] == east.AlignRight
				align := document.Left
				if right {
					align = document.Right
				}
				t.Columns = append(t.Columns, document.Column{Head: InlineText(in), Align: align})
			}
			cells = append(cells, document.Cell{Text: in})
			col++
		}
		if !head {
			g.Rows = append(g.Rows, cells)
		}
	}
	t.Groups = []document.RowGroup{g}
	return t
}

// lines are the raw lines of a code or HTML block.
func (c converter) lines(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		b.Write(seg.Value(c.src))
	}
	return b.String()
}

// codeLines sets preformatted text line by line.
func codeLines(s string) []document.Inline {
	var out []document.Inline
	for line := range strings.SplitSeq(strings.TrimRight(s, "\n"), "\n") {
		if len(out) > 0 {
			out = append(out, document.Break{})
		}
		out = append(out, document.Code(Clean(line)))
	}
	return out
}

func para(in []document.Inline) []document.Block {
	if strings.TrimSpace(InlineText(in)) == "" {
		return nil
	}
	return []document.Block{document.Para{Text: in}}
}
