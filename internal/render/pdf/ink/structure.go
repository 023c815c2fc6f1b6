package ink

// An element is a node of the structure tree (ISO 32000-1, 14.7).
type element struct {
	tag    string
	attr   Attr
	parent *element
	kids   []kid
	object int
	link   *target
	id     string // of a Note; empty elsewhere
}

// A kid is an element, a piece of marked content, or a link annotation.
type kid struct {
	child *element
	page  int // of marked content, from 0
	mcid  int
	annot *annot
}

// An Attr is what an element says beside its tag.
type Attr struct {
	Alt   string     // of a Figure
	Scope string     // of a TH: Row or Column
	Lang  string     // where it differs from what is around it
	Box   [4]float64 // of a Figure: x, y, width, height
}

// A target is where a link leads.
type target struct {
	url, anchor, words string
}

// An annot is a link on one line of one page.
type annot struct {
	to             *target
	elem           *element
	page           int
	x1, y1, x2, y2 float64 // from the top left
	object, key    int
}

// A bookmark is a line of the outline.
type bookmark struct {
	level  int
	title  string
	place  place
	kids   []*bookmark
	object int
}

// Begin opens a structure element inside the current one.
func (w *Writer) Begin(tag string, a Attr) {
	e := &element{tag: tag, attr: a, parent: w.at}
	w.at.kids = append(w.at.kids, kid{child: e})
	w.at = e
}

// End closes the current element.
func (w *Writer) End() {
	if w.at == w.root {
		w.fail("an element too many is closed")
		return
	}
	w.at = w.at.parent
}

// BeginLink opens a link to an address outside. What is set inside it can be clicked.
func (w *Writer) BeginLink(url string) {
	w.Begin("Link", Attr{})
	w.at.link = &target{url: url}
}

// BeginLinkTo opens a link to an anchor, which may come later.
func (w *Writer) BeginLinkTo(anchor string) {
	w.Begin("Link", Attr{})
	w.at.link = &target{anchor: anchor}
}

// extend makes the current link cover a piece of text: one annotation for each
// line that it runs over.
func (w *Writer) extend(x, y float64, st Style, s string) {
	var in *element
	for e := w.at; e != nil; e = e.parent {
		if e.link != nil {
			in = e
			break
		}
	}
	if in == nil || w.drawn {
		return
	}
	in.link.words += s
	width := Width(st, s)
	if n := len(in.kids); n > 0 && in.kids[n-1].annot != nil || n > 1 && in.kids[n-2].annot != nil {
		if a := lastAnnot(in); a.page == w.now && a.y2 == y+0.3*st.Size {
			a.x1, a.x2 = min(a.x1, x), max(a.x2, x+width)
			return
		}
	}
	a := &annot{to: in.link, elem: in, page: w.now, x1: x, x2: x + width, y1: y - st.Size, y2: y + 0.3*st.Size}
	w.annots = append(w.annots, a)
	in.kids = append(in.kids, kid{annot: a})
}

func lastAnnot(e *element) *annot {
	for i := len(e.kids) - 1; ; i-- {
		if a := e.kids[i].annot; a != nil {
			return a
		}
	}
}

// mark sees to it that what is drawn next belongs to the current element.
func (w *Writer) mark() {
	p := w.page()
	if w.drawn || p.open == w.at {
		return
	}
	if w.at == w.root {
		w.fail("something is drawn outside every element")
		return
	}
	w.unmark(p)
	id := len(p.marked)
	p.marked = append(p.marked, w.at)
	w.at.kids = append(w.at.kids, kid{page: w.now, mcid: id})
	p.open = w.at
	w.buf = append(w.buf, '/')
	w.buf = append(w.buf, w.at.tag...)
	w.buf = append(w.buf, " <</MCID "...)
	w.buf = appendNumber(w.buf, float64(id))
	w.buf = append(w.buf, ">> BDC\n"...)
}

// unmark closes the marked content that is open on the current page.
func (w *Writer) unmark(p *page) {
	if p.open != nil {
		w.buf = append(w.buf, "EMC\n"...)
		p.open = nil
	}
}

// Artifact draws what is no content: furniture, rules, backgrounds.
func (w *Writer) Artifact(fn func()) {
	if w.drawn {
		fn()
		return
	}
	w.unmark(w.page())
	w.buf = append(w.buf, "/Artifact BMC"...)
	w.raw()
	w.drawn = true
	fn()
	w.drawn = false
	w.buf = append(w.buf, "EMC"...)
	w.raw()
}

// Anchor names a place on the current page.
func (w *Writer) Anchor(name string, y float64) { w.places[name] = place{w.now, y} }

// Bookmark adds a line to the outline; levels begin at 1, and a level that is
// passed over is drawn in.
func (w *Writer) Bookmark(level int, title string, y float64) {
	b := &bookmark{level: level, title: title, place: place{w.now, y}}
	list := &w.marks
	for n := len(*list); n > 0 && (*list)[n-1].level < level; n = len(*list) {
		list = &(*list)[n-1].kids
	}
	*list = append(*list, b)
}
