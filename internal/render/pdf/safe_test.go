package pdf

import (
	"bytes"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"inzage/internal/document"
)

func rendered(t testing.TB, d *document.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Render(&b, d, Options{Data: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	album := func() *document.Document {
		d := sample(25)
		for i := range 6 { // of one width, and of one width and height
			f := document.Figure{Image: picture(200, 100+10*(i/2), i%2 == 0), Alt: "foto", Caption: one("foto")}
			d.Sections[4].Blocks = append(d.Sections[4].Blocks, document.Figures{Items: []document.Figure{f}})
		}
		return d
	}
	first := rendered(t, album())
	for range 5 {
		if !bytes.Equal(first, rendered(t, album())) {
			t.Fatal("the same document gave other bytes")
		}
	}
}

func TestManyRenderAtOnceAndGiveTheSame(t *testing.T) {
	want := rendered(t, sample(12))
	shared := sample(12)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, d := range []*document.Document{shared, sample(12)} {
				var b bytes.Buffer
				if _, err := Render(&b, d, Options{Data: []byte("{}")}); err != nil {
					t.Error(err)
				}
				if !bytes.Equal(b.Bytes(), want) {
					t.Error("a file made beside others differs from one made alone")
				}
			}
		})
	}
	wg.Wait()
}

func TestACharacterThatNoFaceHasShowsAsItsNumberAndIsReadAsItself(t *testing.T) {
	body := newFonts(inkWidth, 0).body.look
	for char, shown := range map[string]string{"\u4E2D": "[U+4E2D]", "\U00010330": "[U+10330]"} {
		if got, want := inkWidth(body, char), inkWidth(body, shown); got != want {
			t.Errorf("%s takes %.2f points, not the %.2f of its number", shown, got, want)
		}
		_, file := draw(t, short(para("Een teken: "+char)))
		if raw := poppler(t, file, "pdftotext", "-raw"); !strings.Contains(raw, "Een teken: "+char) {
			t.Errorf("%s is not read as itself", shown)
		}
	}
	seen, _ := draw(t, short(para(strings.Repeat("\u4E2D", 400))))
	within(t, seen)
}

func TestScriptsFromRightToLeftAreReadBack(t *testing.T) {
	d := short(para("Huisarts: مريم العلي (op dinsdag)"), para("שלום עולם 112 שלום"),
		document.Fields{Items: []document.Field{{Label: "الاسم", Value: one("مريم")}}})
	r, file := draw(t, d)
	sameWords(t, d, r)
	raw := poppler(t, file, "pdftotext", "-raw")
	for _, s := range []string{"مريم", "العلي", "שלום", "עולם", "112", "(op dinsdag)", "الاسم"} {
		if !strings.Contains(raw, s) {
			t.Errorf("%q is not read in %q", s, raw[:min(len(raw), 900)])
		}
	}
}

// The whole file, as who listens to it has it: a passage in another language is
// named, and what is in the document's own is not.
func TestAPassageInAnotherLanguageIsNamedInTheTree(t *testing.T) {
	lang := func(tag, s string) document.Inline { return document.Lang{Tag: tag, Text: one(s)} }
	d := short(document.Para{Text: []document.Inline{txt("In het Engels: "), lang("en", "your own risk "), document.Link{URL: "https://x.example", Text: []document.Inline{txt("en "), lang("pl-PL", "po polsku")}},
		lang("nl", " en weer Nederlands"), lang("geen taal!", " en dit")}})
	r, file := draw(t, d)
	sameWords(t, d, r)
	tree := poppler(t, file, "qpdf", "--qdf", "--object-streams=disable")
	var langs []string
	for _, object := range strings.Split(tree, "endobj") {
		if strings.Contains(object, "/Type /StructElem") && strings.Contains(object, "/Lang") {
			if !strings.Contains(object, "/S /Span") || !strings.Contains(object, "/K") {
				t.Errorf("a language on\n%s", object)
			}
			_, after, _ := strings.Cut(object, "/Lang (")
			tag, _, _ := strings.Cut(after, ")")
			langs = append(langs, tag)
		}
	}
	slices.Sort(langs)
	if !slices.Equal(langs, []string{"en", "pl-PL"}) {
		t.Errorf("languages %q", langs)
	}
	if w := r.find(t, "po polsku"); !strings.HasSuffix(w.tags, "P/Link/Span") {
		t.Errorf("a foreign word in a link stands in %s", w.tags)
	}
}

func TestAMarkStaysWithItsLetterAcrossStyles(t *testing.T) {
	r, _ := draw(t, short(document.Para{Text: []document.Inline{txt("cafe"), document.Strong{Text: one("\u0301 open")}}}))
	r.find(t, "cafe\u0301")
}

func TestMarksStayWithTheirLetter(t *testing.T) {
	s := strings.Repeat("e\u0301\u0323", 2000)
	w := plain(s, newFonts(inkWidth, 0).body)
	for _, l := range breakLines(w, 100) {
		if strings.HasPrefix(s[l.start:], "\u0301") || strings.HasPrefix(s[l.start:], "\u0323") {
			t.Fatal("a line starts with a mark whose letter is on the line before")
		}
	}
	for _, whole := range []string{"👍🏽", "👩\u200d🔬", "🇳🇱", "👨\u200d👩\u200d👧", "e\u0301"} {
		if end := clusterEnd(whole+"x", 0, len(whole)+1); end != len(whole) {
			t.Errorf("%q is taken apart after %d of %d bytes", whole, end, len(whole))
		}
	}
}

// inkWidth measures as the engine does.
func inkWidth(l look, s string) float64 { return engine{}.measure(l, s) }

func TestBrokenInputIsDrawnAllTheSame(t *testing.T) {
	inf := math.Inf(1)
	big := document.Point{At: time.Unix(1<<60, 0), Value: math.MaxFloat64, Label: "1"}
	for name, b := range map[string]document.Block{
		"bytes that are no UTF-8":       para("a\xff\xfe\xc3\x28b\x00c\u2028d\u00ade"),
		"control and bidi characters":   para("\u202e\u2066abc\u0007\u200b\u200f\u061c"),
		"marks without a letter":        para(strings.Repeat("\u0301", 500)),
		"a table without columns":       document.Table{Groups: []document.RowGroup{{}, {Head: "kop"}}},
		"a table of empty rows":         document.Table{Columns: []document.Column{{}}, Groups: []document.RowGroup{{Rows: [][]document.Cell{{}, nil, {{}}}}}},
		"a table of 300 columns":        document.Table{Columns: make([]document.Column, 300), Groups: []document.RowGroup{{Rows: [][]document.Cell{cells(strings.Split(strings.Repeat("x ", 299), " ")...)}}}},
		"weights without bounds":        document.Table{Columns: []document.Column{{Head: "a", Weight: inf}, {Head: "b", Weight: math.NaN()}, {Head: "c", Weight: -1}}, Groups: []document.RowGroup{{Rows: [][]document.Cell{cells("a", "b", "c")}}}},
		"a picture without pixels":      document.Figures{Items: []document.Figure{{}, {Image: &document.Image{}}, {Caption: one("bijschrift")}}},
		"a chart without points":        document.Chart{Title: "leeg"},
		"a chart without bounds":        document.Chart{Title: "groot", Points: []document.Point{{Value: inf}, {Value: math.NaN()}, big, {Value: -math.MaxFloat64}}, Low: &inf},
		"a timeline without months":     document.Timeline{Rows: []document.TimelineRow{{}, {Label: "a", Cells: make([]document.TimelineCell, 3000)}, {Cells: []document.TimelineCell{{Count: math.MaxInt}, {Count: math.MinInt}}}}},
		"a list that counts from below": document.List{Ordered: true, Start: math.MaxInt - 1, Items: [][]document.Block{{}, {nil}, nil}},
		"nothing at all":                nil,
		"an entry of nothing":           document.Entry{Blocks: []document.Block{document.Entry{}, document.Callout{}, document.Quote{}, document.List{}, document.Fields{}, document.Figures{}, document.Contents{}}, Files: []document.FileLine{{}}, Who: []string{""}},
		"inlines of nothing":            document.Para{Text: []document.Inline{nil, document.Strong{}, document.Link{}, document.Ref{}, document.Break{}, document.Break{}, document.Lang{Tag: "\x00"}}},
		"a heading of any level":        document.Heading{Level: -7, Text: "kop"},
	} {
		t.Run(name, func(t *testing.T) { draw(t, short(b, para("erna"))) })
	}
}

func TestADocumentOfNothingIsAPage(t *testing.T) {
	st, err := Render(io.Discard, &document.Document{}, Options{})
	if err != nil || st.Pages != 1 {
		t.Fatal(st, err)
	}
}

func TestBlocksNestedWithoutEndAreBounded(t *testing.T) {
	var b document.Block = para("diepst")
	for range 5000 {
		b = document.Quote{Blocks: []document.Block{document.List{Items: [][]document.Block{{b}}}}}
	}
	var x document.Inline = document.Text("diepst")
	for range 5000 {
		x = document.Strong{Text: []document.Inline{document.Link{URL: "https://a.example", Text: []document.Inline{x}}}}
	}
	r, _ := draw(t, short(b, document.Para{Text: []document.Inline{x}}))
	r.find(t, "diepst") // of the inlines; blocks are bounded
}
