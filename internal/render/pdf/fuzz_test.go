package pdf

import (
	"testing"
	"time"

	"inzage/internal/document"
)

// A maker builds a document from bytes: they choose blocks, and the words are
// pieces of them.
type maker struct {
	data []byte
	at   int
	left int // blocks still to be made
}

func (m *maker) byte() int {
	if len(m.data) == 0 {
		return 0
	}
	m.at++
	return int(m.data[m.at%len(m.data)]) ^ m.at/len(m.data)
}

func (m *maker) words() string {
	if len(m.data) == 0 {
		return ""
	}
	i := m.byte() % len(m.data)
	return string(m.data[i:min(len(m.data), i+m.byte())])
}

func (m *maker) several(most int) int { return m.byte() % (most + 1) }

func (m *maker) number() float64 {
	v := float64(m.byte()-128) * float64(int64(1)<<(m.byte()%63))
	if m.byte() == 7 {
		return v * 1e290
	}
	return v
}

func (m *maker) inlines() []document.Inline {
	var out []document.Inline
	for range m.several(3) {
		in := []document.Inline{document.Text(m.words())}
		out = append(out, []document.Inline{in[0], document.Strong{Text: in}, document.Emph{Text: in}, document.Code(m.words()), document.Break{},
			document.Link{URL: "https://a.example/" + m.words(), Text: in}, document.Ref{ID: m.words(), Text: in}, document.Lang{Tag: m.words(), Text: in}}[m.byte()%8])
	}
	return out
}

func (m *maker) blocks(depth int) []document.Block {
	var out []document.Block
	for range m.several(4) {
		if m.left--; m.left < 0 {
			break
		}
		out = append(out, m.block(depth+1))
	}
	return out
}

func (m *maker) block(depth int) document.Block {
	if depth > 12 {
		return document.Para{Text: m.inlines()}
	}
	switch m.byte() % 14 {
	case 0:
		return document.Heading{Level: m.byte() - 100, ID: m.words(), Text: m.words()}
	case 1:
		return document.List{Ordered: m.byte()%2 == 0, Start: m.byte(), Items: [][]document.Block{m.blocks(depth), m.blocks(depth)}}
	case 2:
		return document.Fields{Items: []document.Field{{Label: m.words(), Value: m.inlines()}, {Label: m.words(), Value: m.inlines()}}}
	case 3, 4:
		return m.table()
	case 5:
		return m.chart()
	case 6:
		return m.figures()
	case 7, 8:
		return document.Entry{ID: m.words(), When: m.words(), Time: m.words(), Who: []string{m.words(), m.words()}, Title: m.words(), Tags: []string{m.words()},
			Blocks: m.blocks(depth), Files: []document.FileLine{{Name: m.words(), Note: m.words()}}, Notes: []string{m.words()}}
	case 9:
		return document.Callout{Kind: []document.CalloutKind{document.CalloutWarning, document.CalloutWithheld, document.CalloutInfo, "?"}[m.byte()%4], Title: m.words(), Blocks: m.blocks(depth)}
	case 10:
		return document.Quote{Blocks: m.blocks(depth)}
	case 11:
		return document.Timeline{Alt: m.words(), Rows: []document.TimelineRow{{Label: m.words(), Total: m.words(), Cells: make([]document.TimelineCell, m.byte())}, {Cells: []document.TimelineCell{{Count: m.byte() << 40, Label: m.words()}}}}}
	case 12:
		return document.Notice{Text: m.inlines()}
	}
	return document.Para{Text: m.inlines(), Small: m.byte()%2 == 0}
}

func (m *maker) table() document.Table {
	tb := document.Table{Caption: m.words(), ShowCaption: m.byte()%2 == 0}
	for range m.several(5) {
		tb.Columns = append(tb.Columns, document.Column{Head: m.words(), Align: document.Align(m.byte() % 3), Weight: m.number(), RowHead: m.byte()%2 == 0})
	}
	for range m.several(3) {
		g := document.RowGroup{Head: m.words()}
		for range m.several(4) {
			var row []document.Cell
			for range m.several(6) {
				row = append(row, document.Cell{Text: m.inlines()})
			}
			g.Rows = append(g.Rows, row)
		}
		tb.Groups = append(tb.Groups, g)
	}
	return tb
}

func (m *maker) chart() document.Chart {
	low, high := m.number(), m.number()
	c := document.Chart{Title: m.words(), Unit: m.words(), Alt: m.words(), Low: &low, High: &high, RangeLabel: m.words(), Labels: document.ChartLabels{Decimal: m.words()}}
	for range m.several(20) {
		c.Points = append(c.Points, document.Point{At: time.Unix(int64(m.number()), 0), Value: m.number(), Label: m.words(), When: m.words()})
	}
	return c
}

var fuzzPicture = picture(3, 2, true)

func (m *maker) figures() document.Figures {
	var out document.Figures
	for range m.several(3) {
		f := document.Figure{Alt: m.words(), Caption: m.inlines()}
		if m.byte()%2 == 0 {
			p := *fuzzPicture
			p.Width, p.Height = m.byte()*m.byte()-50, m.byte()*m.byte()-50
			f.Image = &p
		}
		out.Items = append(out.Items, f)
	}
	return out
}

func (m *maker) document() *document.Document {
	m.left = 60
	d := &document.Document{Lang: m.words(), Title: m.words(), Theme: document.Theme{Accent: document.Colour(m.byte() << 16)},
		Furniture: document.Furniture{Kind: m.words(), Portal: m.words(), Date: m.words(), Page: m.words()},
		Words:     document.Words{Continued: m.words(), Page: m.words(), Attachment: m.words()},
		Cover:     document.Cover{Organisation: m.words(), Kind: m.words(), Lead: m.inlines(), PagesLabel: m.words(), Questions: &document.Callout{Title: m.words(), Blocks: m.blocks(0)}}}
	for range 1 + m.several(3) {
		d.Sections = append(d.Sections, document.Section{ID: m.words(), Title: m.words(), Count: m.words(), OwnPage: m.byte()%2 == 0, Narrow: m.byte()%2 == 0, Blocks: m.blocks(0)})
	}
	return d
}

// FuzzRender holds that whatever a document says is set, within the margins, and
// that the engine takes it.
func FuzzRender(f *testing.F) {
	f.Add([]byte("een dossier met woorden, 12,4 kg en 1× per dag"))
	f.Add([]byte("\x00\x07\xffمريم \u202e e\u0301 🙂👍🏽 \U0001F9FF\n\t%d%d%s"))
	f.Add([]byte{3, 1, 1, 1, 9, 9, 10, 10, 7, 7, 200, 0, 255})
	for i := range 40 {
		f.Add([]byte{byte(i * 7), byte(i * 31), 'a', byte(255 - i*3), ' ', byte(i), 'z', byte(i * 59)})
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		m := &maker{data: data}
		r, _ := draw(t, m.document())
		for _, w := range r.words {
			if w.content && (w.base > bottom+1 || w.base < top) {
				t.Errorf("%q stands at height %.1f", w.s, w.base)
			}
		}
	})
}
