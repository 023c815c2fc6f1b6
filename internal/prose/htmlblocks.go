package prose

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"inzage/internal/document"
)

// flush ends the paragraph that is being set.
func (b *builder) flush() {
	in := trimEnds(merge(b.in))
	b.in, b.space = nil, true
	for i := range b.linkAt {
		b.linkAt[i] = 0
	}
	if len(in) == 0 {
		return
	}
	f := b.top()
	if f.kind == atom.Table { // words between the cells belong to the row
		f.table.say(in)
		return
	}
	f.blocks = append(f.blocks, document.Para{Text: in})
}

// open starts a container, or counts it when the text lies too deep.
func (b *builder) open(a atom.Atom) {
	b.flush()
	if len(b.stack) > MaxDepth || a == atom.Table && b.within(atom.Table) {
		if b.over == nil {
			b.over = map[atom.Atom]int{}
		}
		b.over[a]++
		return
	}
	if a == atom.Li {
		for k := b.top().kind; k == atom.Li; k = b.top().kind { // </li> may be left out
			b.pop()
		}
	}
	b.stack = append(b.stack, &frame{kind: a})
}

func (b *builder) within(a atom.Atom) bool {
	return slices.ContainsFunc(b.stack, func(f *frame) bool { return f.kind == a })
}

// close ends the nearest open container of that kind, and what is open in it.
func (b *builder) close(a atom.Atom) {
	b.flush()
	if b.over[a] > 0 {
		b.over[a]--
		return
	}
	if !b.within(a) {
		return
	}
	for b.top().kind != a {
		b.pop()
	}
	b.pop()
}

// pop ends the container on top and gives what it held to the one below.
func (b *builder) pop() {
	b.flush()
	f := b.top()
	if f.kind == atom.Table {
		b.endRow()
	}
	b.stack = b.stack[:len(b.stack)-1]
	up := b.top()
	if f.kind == atom.Li {
		b.item(f.blocks)
		return
	}
	up.give(f.made()...)
}

func (b *builder) item(blocks []document.Block) {
	up := b.top()
	if len(blocks) == 0 && up.kind != atom.Ol { // of a list with numbers the empty one counts too
		return
	}
	if up.kind == atom.Ul || up.kind == atom.Ol {
		up.items = append(up.items, blocks)
		return
	}
	up.give(document.List{Items: [][]document.Block{blocks}}) // an item without a list
}

// give takes blocks into a container; a table and a list have no loose blocks.
func (f *frame) give(blocks ...document.Block) {
	switch f.kind {
	case atom.Ul, atom.Ol:
		if len(blocks) > 0 {
			f.items = append(f.items, blocks)
		}
	case atom.Table:
		for _, x := range blocks {
			f.table.say([]document.Inline{document.Text(strings.TrimSpace(Text([]document.Block{x})))})
		}
	default:
		f.blocks = append(f.blocks, blocks...)
	}
}

// made is the block that a container became.
func (f *frame) made() []document.Block {
	switch f.kind {
	case atom.Ul, atom.Ol:
		for _, x := range f.blocks { // words that stood outside any item
			f.items = append(f.items, []document.Block{x})
		}
		if len(f.items) == 0 {
			return nil
		}
		l := document.List{Ordered: f.kind == atom.Ol, Items: f.items}
		if n, err := strconv.Atoi(strings.TrimSpace(f.start)); err == nil && n > 1 && n < 1_000_000 {
			l.Start = n
		}
		return []document.Block{l}
	case atom.Blockquote:
		if len(f.blocks) == 0 {
			return nil
		}
		return []document.Block{document.Quote{Blocks: f.blocks}}
	case atom.Table:
		return f.table.made()
	}
	return f.blocks
}

// made squares the table: every row has as many cells as the widest.
func (t tableFrame) made() []document.Block {
	width := len(t.head)
	for _, r := range t.rows {
		width = max(width, len(r))
	}
	if width == 0 {
		return nil
	}
	out := document.Table{Caption: "Tabel", Columns: make([]document.Column, width)}
	for i, c := range t.head {
		out.Columns[i].Head = InlineText(c.Text)
	}
	for i, r := range t.rows {
		t.rows[i] = append(r, make([]document.Cell, width-len(r))...)
	}
	out.Groups = []document.RowGroup{{Rows: t.rows}}
	return []document.Block{out}
}

// say adds words to the cell that is being set.
func (t *tableFrame) say(in []document.Inline) {
	if len(t.cell) > 0 {
		t.cell = append(t.cell, document.Break{})
	}
	t.cell = append(t.cell, in...)
}

// endCell ends a cell, an empty one too, and what was left open in it.
// Outside a table its words are a paragraph.
func (b *builder) endCell() {
	b.flush()
	if !b.within(atom.Table) {
		return
	}
	for b.top().kind != atom.Table {
		b.pop()
	}
	t := &b.top().table
	if t.open || len(t.cell) > 0 {
		t.row = append(t.row, document.Cell{Text: t.cell})
	}
	t.cell, t.open = nil, false
}

// startCell begins a cell; a first row of th alone is the head.
func (b *builder) startCell(a atom.Atom) {
	b.endCell()
	if t := &b.top().table; b.top().kind == atom.Table {
		t.open = true
		t.inHead = a == atom.Th && len(t.rows) == 0 && (len(t.row) == 0 || t.inHead)
	}
}

func (b *builder) endRow() {
	b.endCell()
	t := &b.top().table
	if b.top().kind != atom.Table || len(t.row) == 0 {
		return
	}
	if t.inHead && len(t.head) == 0 && len(t.rows) == 0 {
		t.head = t.row
	} else {
		t.rows = append(t.rows, t.row)
	}
	t.row = nil
}

func (b *builder) finish() []document.Block {
	for len(b.hrefs) > 0 {
		b.closeLink()
	}
	b.flush()
	for len(b.stack) > 1 {
		b.pop()
	}
	return b.stack[0].blocks
}

// trimEnds takes spaces and breaks from the ends of a paragraph.
func trimEnds(in []document.Inline) []document.Inline {
	blank := func(x document.Inline) bool {
		_, br := x.(document.Break)
		return br || strings.TrimSpace(InlineText([]document.Inline{x})) == ""
	}
	for len(in) > 0 && blank(in[0]) {
		in = in[1:]
	}
	for len(in) > 0 && blank(in[len(in)-1]) {
		in = in[:len(in)-1]
	}
	if n := len(in); n > 0 {
		if t, ok := in[n-1].(document.Text); ok {
			in[n-1] = document.Text(strings.TrimRight(string(t), " "))
		}
	}
	return in
}
