package pdfcheck

import (
	"bytes"
	"slices"
)

// A reading goes through the operators of one page.
type reading struct {
	*checker
	l         lexer
	page      *page
	where     string
	resources dict
	marks     []mark
	font      *font
	saved     []*font // by q
	inText    bool
	operands  []any
}

// A mark is marked content that is open (ISO 32000-1, 14.6).
type mark struct {
	artifact, tagged bool
	id               int  // of what is tagged
	actual           bool // it has an ActualText
}

// content reads page i.
func (c *checker) content(i int) {
	p := c.pages[i]
	r := &reading{checker: c, page: p, where: onPage(i), resources: c.f.dict(p.dict["Resources"])}
	b, ok := c.source(p)
	if !ok {
		c.fault("readable", r.where, "its content cannot be read")
		return
	}
	r.l = lexer{b: b}
	for {
		v, err := r.l.next()
		if err == errEnd && r.l.at >= len(b) {
			break
		}
		if err != nil {
			c.fault("readable", r.where, "its content cannot be read")
			return
		}
		w, ok := v.(word)
		if !ok {
			r.operands = append(r.operands, v)
			continue
		}
		r.operate(w)
		r.operands = r.operands[:0]
	}
	if len(r.marks) > 0 || len(r.saved) > 0 || r.inText {
		r.fault("balance", r.where, "something that is opened is not closed")
	}
}

// painting are the operators that leave a trace, beside those of text.
var painting = words("S s f F f* B B* b b* sh")

// silent are the operators that set a state and that no rule is about.
var silent = words("w J j M d i gs cm m l c v y h re W W* n g G rg RG Tc Tw Tz TL Tr Ts Td TD Tm T* MP DP")

func words(s string) map[word]bool {
	out := map[word]bool{}
	for _, w := range bytes.Fields([]byte(s)) {
		out[word(w)] = true
	}
	return out
}

func (r *reading) operate(w word) {
	switch {
	case painting[w]:
		r.paint("a path")
	case silent[w]:
	case w == "BMC" || w == "BDC":
		r.mark(w)
	case w == "EMC":
		if len(r.marks) == 0 {
			r.fault("balance", r.where, "marked content is closed that was not opened")
			return
		}
		r.marks = r.marks[:len(r.marks)-1]
	case w == "q":
		r.saved = append(r.saved, r.font)
	case w == "Q":
		if len(r.saved) == 0 {
			r.fault("balance", r.where, "a state is restored that was not saved")
			return
		}
		r.font, r.saved = r.saved[len(r.saved)-1], r.saved[:len(r.saved)-1]
	case w == "BT" || w == "ET":
		if r.inText != (w == "ET") {
			r.fault("balance", r.where, "text objects overlap")
		}
		r.inText = w == "BT"
	case w == "BI":
		r.paint("a picture")
		r.skipPicture()
	default:
		r.operateOn(w)
	}
}

// operateOn are the operators whose operands matter.
func (r *reading) operateOn(w word) {
	var last any
	if n := len(r.operands); n > 0 {
		last = r.operands[n-1]
	}
	switch w {
	case "Tf":
		if len(r.operands) == 2 {
			r.font = r.fontNamed(r.operands[0])
		}
	case "Tj", "'", "\"":
		r.show(last)
	case "TJ":
		l, _ := last.(list)
		for _, v := range l {
			if s, ok := v.(text); ok {
				r.show(s)
			}
		}
	case "Do":
		r.external(last)
	case "k", "K":
		r.fault("colour", r.where, "a colour is in CMYK, and the output intent is RGB")
	case "cs", "CS":
		if n, _ := last.(name); n == "DeviceCMYK" {
			r.fault("colour", r.where, "a colour is in CMYK, and the output intent is RGB")
		}
	case "sc", "SC", "scn", "SCN":
	default:
		r.fault("operator", r.where, "it has an operator that PDF does not know")
	}
}

// mark opens marked content; what is artifact and what is tagged do not nest
// (ISO 14289-1, 7.1).
func (r *reading) mark(w word) {
	var tag name
	var props dict
	if len(r.operands) > 0 {
		tag, _ = r.operands[0].(name)
	}
	if w == "BDC" && len(r.operands) == 2 {
		props = r.properties(r.operands[1])
	}
	m := mark{}
	if len(r.marks) > 0 {
		m = r.marks[len(r.marks)-1]
	}
	id, tagged := whole(props["MCID"])
	if tag == "Artifact" {
		if m.tagged {
			r.fault("artifact-nesting", r.where, "an artifact stands in tagged content")
		}
		m.artifact = true
	} else if tagged {
		if m.artifact || m.tagged {
			r.fault("artifact-nesting", r.where, "tagged content stands in other marked content")
		}
		if r.page.used[id] {
			r.fault("mcid-twice", r.where, "marked content %d is there twice", id)
		}
		m.tagged, m.id, r.page.used[id] = true, id, true
	} else if m.tagged {
		r.nested = true
	}
	r.instead(&m, props["ActualText"])
	r.marks = append(r.marks, m)
}

// instead takes the text that stands for what is drawn (ISO 32000-1, 14.9.4).
func (r *reading) instead(m *mark, v any) {
	if m.actual || !r.f.full(v) {
		return
	}
	m.actual = true
	if m.tagged {
		s, _ := r.f.get(v).(text)
		r.page.said[m.id] = append(r.page.said[m.id], textRunes(s)...)
	}
}

// hear takes what a glyph stands for, where no other text stands in its place.
func (r *reading) hear(code int) {
	if n := len(r.marks); n > 0 && r.marks[n-1].tagged && !r.marks[n-1].actual {
		id := r.marks[n-1].id
		r.page.said[id] = append(r.page.said[id], r.font.unicode[code]...)
	}
}

// properties are written in place or in the page's resources.
func (r *reading) properties(v any) dict {
	if n, ok := v.(name); ok {
		return r.f.dict(r.f.dict(r.resources["Properties"])[n])
	}
	d, _ := v.(dict)
	return d
}

// paint holds that what leaves a trace is an artifact or belongs to an element.
func (r *reading) paint(what string) {
	for _, m := range r.marks {
		if m.artifact || m.tagged {
			return
		}
	}
	r.fault("painted-outside", r.where, "%s is neither an artifact nor in the structure", what)
}

// external draws a picture. Forms would hold content of their own, which this
// reader would have to follow: our files have none.
func (r *reading) external(v any) {
	r.paint("a picture")
	n, _ := v.(name)
	s, ok := r.f.get(r.f.dict(r.resources["XObject"])[n]).(*stream)
	if !ok || r.f.get(s.dict["Subtype"]) != name("Image") {
		r.fault("xobject", r.where, "something is drawn that is no picture")
	}
}

// skipPicture goes over a picture that stands in the content.
func (r *reading) skipPicture() {
	for _, end := range []string{"\nEI", " EI"} {
		if i := bytes.Index(r.l.b[r.l.at:], []byte(end)); i >= 0 {
			r.l.at += i + len(end)
			return
		}
	}
	r.l.at = len(r.l.b)
}

// show holds the glyphs of a string against their font.
func (r *reading) show(v any) {
	r.paint("text")
	s, _ := v.(text)
	if r.font == nil {
		r.fault("font-embedded", r.where, "text is set in a font that is not there")
		return
	}
	actual := slices.ContainsFunc(r.marks, func(m mark) bool { return m.actual })
	for _, code := range r.font.codes(s) {
		r.hear(code)
		if !r.font.told[code] {
			r.font.told[code] = true
			r.glyph(code)
		}
		if r.font.private[code] && !actual {
			r.fault("private-use", r.where, "a glyph stands for a private character, and nothing says which")
		}
	}
}

// glyph holds one code of the font in use against what the font knows of it.
func (r *reading) glyph(code int) {
	f := r.font
	where := r.where + ", font " + object(f.object)
	runes, ok := f.unicode[code]
	if !ok || len(runes) == 0 {
		r.fault("to-unicode", where, "glyph %d stands for no character", code)
	}
	for _, u := range runes {
		if u == 0 || u == 0xFEFF || u == 0xFFFE {
			r.fault("to-unicode", where, "glyph %d stands for U+%04X, which is no character", code, u)
		}
		if u >= 0xE000 && u <= 0xF8FF || u >= 0xF0000 {
			f.private[code] = true
		}
	}
	g := f.glyphOf(code)
	if g == 0 {
		r.fault("glyph-zero", where, "glyph %d is the sign for a missing one", code)
	}
	if f.program == nil {
		return
	}
	if g >= f.program.glyphs {
		r.fault("glyph-missing", where, "glyph %d is not in the font", code)
		return
	}
	if d := f.width(code) - f.program.advance(g); d > 1 || d < -1 {
		r.fault("glyph-width", where, "glyph %d is another width in the font than in the file", code)
	}
}
