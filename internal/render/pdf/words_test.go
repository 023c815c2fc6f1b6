package pdf

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"inzage/internal/document"
)

// A flattener writes down the words of a document in reading order, by reading
// the document alone: it knows nothing of lines or pages. Page numbers are left
// out, and so are the words of figures.
type flattener struct {
	b     strings.Builder
	d     *document.Document
	heard string
}

func (f *flattener) put(ss ...string) {
	for _, s := range ss {
		f.b.WriteString(s)
	}
}

func (f *flattener) inlines(in []document.Inline) { f.put(document.PlainText(in)) }

// flat is the whole text of d without spaces.
func flat(d *document.Document) string {
	f := &flattener{d: d}
	f.put(d.Cover.Organisation, d.Cover.Kind)
	f.inlines(d.Cover.Lead)
	f.block(document.Fields{Items: d.Cover.Facts})
	f.put(d.Cover.PagesLabel, "#")
	for _, c := range []*document.Callout{d.Cover.Questions, d.Cover.Emergency} {
		if c != nil {
			f.block(*c)
		}
	}
	for _, s := range d.Sections {
		f.put(s.Title)
		f.blocks(s.Blocks)
	}
	return unspaced(f.b.String())
}

func (f *flattener) blocks(bs []document.Block) {
	for _, b := range bs {
		f.block(b)
	}
}

func (f *flattener) block(b document.Block) {
	switch b := b.(type) {
	case document.Heading:
		f.put(b.Text)
		f.heard = b.Text
	case document.Para:
		f.inlines(b.Text)
	case document.Notice:
		f.inlines(b.Text)
	case document.List:
		f.list(b)
	case document.Fields:
		for _, x := range b.Items {
			f.put(x.Label)
			f.inlines(x.Value)
		}
	case document.Table:
		f.table(b)
	case document.Chart:
		if b.Title != f.heard {
			f.put(b.Title)
		}
	case document.Figures:
		f.figures(b)
	case document.Entry:
		f.entry(b)
	case document.Callout:
		f.put(b.Title)
		f.blocks(b.Blocks)
	case document.Quote:
		f.blocks(b.Blocks)
	case document.Contents:
		for _, s := range f.d.Sections {
			if s.Role != document.RoleContents {
				f.put(s.Title, s.Count, "#")
			}
		}
	}
}

func (f *flattener) list(b document.List) {
	for i, item := range b.Items {
		if b.Ordered {
			f.put(fmt.Sprint(max(b.Start, 1)+i, "."))
		} else {
			f.put("•")
		}
		f.blocks(item)
	}
}

func (f *flattener) table(b document.Table) {
	if b.ShowCaption {
		f.put(b.Caption)
	}
	for _, c := range b.Columns {
		f.put(c.Head)
	}
	for _, g := range b.Groups {
		f.put(g.Head)
		for _, row := range g.Rows {
			for _, c := range row {
				f.inlines(c.Text)
			}
		}
	}
}

func (f *flattener) figures(b document.Figures) {
	for _, x := range b.Items {
		f.inlines(x.Caption)
	}
}

func (f *flattener) entry(b document.Entry) {
	f.put(b.When, b.Time)
	f.put(b.Who...)
	f.put(b.Title)
	f.put(b.Tags...)
	f.blocks(b.Blocks)
	for _, x := range b.Files {
		f.put("Bijlage: ", x.Name)
		if x.Note != "" {
			f.put(" · ", x.Note)
		}
	}
	f.put(b.Notes...)
}

var pageRef = regexp.MustCompile(`\(pagina(\d+|–)\)`)

// sameWords holds what was set against the document: every word, once, in order.
func sameWords(t *testing.T, d *document.Document, r *recorder) {
	t.Helper()
	want := []rune(flat(d))
	got := []rune(pageRef.ReplaceAllString(r.content(), ""))
	i, j := 0, 0
	for i < len(want) && j < len(got) {
		if want[i] == '#' && got[j] >= '0' && got[j] <= '9' { // a page number, known only to the layout
			for j < len(got) && got[j] >= '0' && got[j] <= '9' {
				j++
			}
			i++
			continue
		}
		if want[i] != got[j] {
			break
		}
		i, j = i+1, j+1
	}
	if i < len(want) || j < len(got) {
		t.Fatalf("after %d characters the document says\n%.120s\nand the pages say\n%.120s", i, string(want[i:]), string(got[j:]))
	}
}

// readBack holds what another program reads in the file against what was set,
// page by page.
func readBack(t *testing.T, r *recorder, file []byte) {
	t.Helper()
	pages := strings.Split(poppler(t, file, "pdftotext", "-raw", "-enc", "UTF-8"), "\f")
	for i := range r.pages {
		if got, want := leftToRight(pages[i]), leftToRight(r.onPage(i)); got != want {
			k := 0
			for k < len(got) && k < len(want) && got[k] == want[k] {
				k++
			}
			t.Fatalf("page %d: after %q\nread %.200q\nset  %.200q", i+1, want[max(0, k-60):k], got[k:], want[k:])
		}
	}
}

// leftToRight is s without spaces and without the letters of scripts that run from
// right to left, which programs put in an order of their own.
func leftToRight(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Bidi_Control) {
			return -1
		}
		return r
	}, unspaced(s))
}

func TestEveryWordOfTheDocumentIsOnAPageInReadingOrder(t *testing.T) {
	for _, n := range []int{0, 1, 40, 130} {
		d := sample(n)
		r, _ := draw(t, d)
		sameWords(t, d, r)
	}
}

func TestAnotherProgramReadsTheWordsThatWereSet(t *testing.T) {
	r, file := draw(t, sample(40))
	readBack(t, r, file)
}

func TestWordsOfAnyLengthAndDepthAreSetWhole(t *testing.T) {
	var cell []document.Inline
	for i := range 40 {
		cell = append(cell, document.Text(fmt.Sprintf("regel%d van de cel", i)), document.Break{})
	}
	nested := document.List{Items: [][]document.Block{{para("diepst")}}}
	for i := range 30 {
		nested = document.List{Ordered: i%2 == 0, Start: 9, Items: [][]document.Block{{para(fmt.Sprintf("laag %d", i)), nested}, {para("ernaast")}}}
	}
	for name, b := range map[string]document.Block{
		"a cell of 40 lines":               document.Table{Columns: []document.Column{{Head: "Een"}, {Head: "Twee"}}, Groups: []document.RowGroup{{Rows: [][]document.Cell{{{Text: cell}, {Text: one("b")}}}}}},
		"a word of 100,000 letters":        para(strings.Repeat("abcdefghijklmnopqrst", 5000)),
		"the same word in a cell":          document.Table{Columns: []document.Column{{Head: "Een"}, {Head: "Twee"}}, Groups: []document.RowGroup{{Rows: [][]document.Cell{cells(strings.Repeat("abcdefghijklmnopqrst", 5000), "b")}}}},
		"the same word as a label":         document.Fields{Items: []document.Field{{Label: strings.Repeat("abcdefghijklmnopqrst", 5000), Value: one("waarde")}}},
		"the same word as a title":         document.Entry{When: strings.Repeat("maandag", 50), Title: strings.Repeat("abcdefghij", 1000), Who: []string{strings.Repeat("verpleegkundige", 30)}},
		"a list nested 30 deep":            nested,
		"a row with more cells than heads": document.Table{Columns: []document.Column{{Head: "Een"}}, Groups: []document.RowGroup{{Head: "Groep", Rows: [][]document.Cell{cells("a", "b", "c"), cells("d")}}}},
		"an address":                       para("https://voorbeeld.example/" + strings.Repeat("pad/", 400)),
		"marks and scripts":                para("e\u0301\u0323 Ştefan Łódź Ελένη Дмитрий a\u0308\u0304 ﬁ 👩\u200d🔬 🇳🇱 👍🏽"),
	} {
		t.Run(name, func(t *testing.T) {
			d := short(b)
			r, file := draw(t, d)
			sameWords(t, d, r)
			readBack(t, r, file)
		})
	}
}
