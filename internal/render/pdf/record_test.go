package pdf

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"inzage/internal/document"
)

// A recorder is the engine that also writes down what it is told, so that a test
// can ask where a word stands and whether it is content.
type recorder struct {
	engine
	page, pages, figures int
	aside                bool // inside an artifact
	elements             []string
	words                []word
	marks                []mark
	anchors              map[string]place
	bookmarks            []place
	links                []place
}

// A word is one piece of text as the layout set it.
type word struct {
	s       string
	page    int // from 0
	x, base float64
	look    look
	content bool   // in a structure element, not an artifact
	figure  bool   // in a picture, chart or timeline
	tags    string // structure elements it stands in: "Document/Sect/P"
}

// A mark is an area that something drawn covers.
type mark struct {
	page       int
	x, y, w, h float64
}

// A place is where an anchor or bookmark is or what a link leads to.
type place struct {
	id    string
	level int
	page  int
	y     float64
}

func newRecorder(d *document.Document) *recorder {
	return &recorder{engine: newEngine(d, nil), anchors: map[string]place{}}
}

func (r *recorder) open(pages int) { r.pages = pages; r.engine.open(pages) }
func (r *recorder) goTo(page int)  { r.page = page; r.engine.goTo(page) }

func (r *recorder) begin(tag string, a attr) {
	r.push(tag)
	r.engine.begin(tag, a)
}

func (r *recorder) push(tag string) {
	r.elements = append(r.elements, tag)
	if tag == "Figure" {
		r.figures++
	}
}

func (r *recorder) end() {
	if r.elements[len(r.elements)-1] == "Figure" {
		r.figures--
	}
	r.elements = r.elements[:len(r.elements)-1]
	r.engine.end()
}

func (r *recorder) artifact(fn func()) {
	r.aside = true
	r.engine.artifact(fn)
	r.aside = false
}

func (r *recorder) text(x, base float64, l look, s string) {
	r.words = append(r.words, word{s: s, page: r.page, x: x, base: base, look: l, content: !r.aside, figure: r.figures > 0, tags: strings.Join(r.elements, "/")})
	r.engine.text(x, base, l, s)
}

func (r *recorder) fill(x, y, w, h float64, colour uint32) {
	r.marks = append(r.marks, mark{r.page, x, y, w, h})
	r.engine.fill(x, y, w, h, colour)
}

func (r *recorder) stroke(x1, y1, x2, y2, width float64, dotted bool, colour uint32) {
	r.marks = append(r.marks, mark{r.page, min(x1, x2), min(y1, y2), max(x1, x2) - min(x1, x2), max(y1, y2) - min(y1, y2)})
	r.engine.stroke(x1, y1, x2, y2, width, dotted, colour)
}

func (r *recorder) image(m *document.Image, x, y, w, h float64) {
	r.marks = append(r.marks, mark{r.page, x, y, w, h})
	r.engine.image(m, x, y, w, h)
}

func (r *recorder) link(url string) {
	r.push("Link")
	r.links = append(r.links, place{id: url, page: r.page})
	r.engine.link(url)
}

func (r *recorder) linkTo(id string) {
	r.push("Link")
	r.links = append(r.links, place{id: "#" + id, page: r.page})
	r.engine.linkTo(id)
}

func (r *recorder) anchor(id string, y float64) {
	r.anchors[id] = place{id: id, page: r.page, y: y}
	r.engine.anchor(id, y)
}

func (r *recorder) bookmark(level int, title string, y float64) {
	r.bookmarks = append(r.bookmarks, place{id: title, level: level, page: r.page, y: y})
	r.engine.bookmark(level, title, y)
}

// content is the words that are content, pictures aside, in reading order and
// without spaces.
func (r *recorder) content() string {
	var b strings.Builder
	for _, w := range r.words {
		if w.content && !w.figure {
			b.WriteString(w.s)
		}
	}
	return unspaced(b.String())
}

// onPage is everything set on a page, without spaces.
func (r *recorder) onPage(page int) string {
	var b strings.Builder
	for _, w := range r.words {
		if w.page == page {
			b.WriteString(w.s)
		}
	}
	return unspaced(b.String())
}

// find gives the first word set that holds s.
func (r *recorder) find(t *testing.T, s string) word {
	t.Helper()
	for _, w := range r.words {
		if strings.Contains(w.s, s) {
			return w
		}
	}
	t.Fatalf("%q is on no page", s)
	return word{}
}

func unspaced(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// draw renders d and gives what was recorded and the file.
func draw(t testing.TB, d *document.Document) (*recorder, []byte) {
	t.Helper()
	r := newRecorder(d)
	var b bytes.Buffer
	st, err := render(&b, d, r)
	if err != nil {
		t.Fatal(err)
	}
	if st.Pages != r.pages {
		t.Fatalf("%d pages were told, %d opened", st.Pages, r.pages)
	}
	return r, b.Bytes()
}

// short is a document with one section of the given blocks.
func short(blocks ...document.Block) *document.Document {
	d := bare()
	d.Sections = []document.Section{{ID: "een", Title: "Eén", Role: document.RoleRecord, Blocks: blocks}}
	return d
}

// poppler runs one of the poppler programs on a file and gives what it prints.
func poppler(t *testing.T, file []byte, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), "poppler") {
			t.Fatalf("%s is not installed, and INZAGE_MUST_RUN asks for it", program)
		}
		t.Skipf("%s is not installed", program)
	}
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, append(append([]string{}, args...), name, "-")...).Output()
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return string(out)
}

// one is one run of plain text; within a test t is taken.
func one(s string) []document.Inline { return t(s) }
