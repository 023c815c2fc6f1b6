package pdf

// The grid of a page, in points: A4, a narrow column for when and who, a gutter,
// a wide one for what.
const (
	mm     = 72 / 25.4
	pageW  = 210 * mm
	pageH  = 297 * mm
	left   = 24 * mm
	top    = 26 * mm
	bottom = pageH - 24*mm
	full   = 162 * mm
	aside  = 34 * mm
	gutter = 4 * mm
	column = 124 * mm
	textX  = left + aside + gutter
)

// Colours that are not the organisation's.
const (
	ink0     = 0x1B1B1F
	ink1     = 0x55565C // secondary, 7:1 on white
	hairline = 0xC9CAD1
	pale     = 0xF1F1F4 // the reference band; legible under 1.2 pt lines
)

// hair is the width of a hairline in points.
const hair = 0.4

// A look names a way of setting type.
type look struct {
	size, line         float64
	bold, italic, mono bool
	rightToLeft        bool // of the paragraph, when it is set; no look of its own
	colour             uint32
}

// A style is a look with its measured words. It belongs to one rendering.
type style struct {
	look
	fonts *fonts

	space float64
	seen  map[string]float64
}

// width measures s in points. Words come back often, so they are remembered.
func (s *style) width(word string) float64 {
	if word == " " {
		return s.space
	}
	if w, ok := s.seen[word]; ok {
		return w
	}
	w := s.fonts.measure(s.look, word)
	if len(word) <= 40 {
		s.seen[word] = w
	}
	return w
}

// fonts holds the styles of one rendering.
type fonts struct {
	measure func(look, string) float64
	styles  map[look]*style
	tint    uint32
	body, lead, small, head1, head2, head3, head4, label, furniture,
	cell, cellHead, coverKind, coverLead, chartLabel *style
}

func newFonts(measure func(look, string) float64, tint uint32) *fonts {
	f := &fonts{measure: measure, styles: map[look]*style{}, tint: tint}
	f.body = f.of(look{size: 11, line: 16.5, colour: ink0})
	f.lead = f.of(look{size: 12, line: 18.5, colour: ink1})
	f.small = f.of(look{size: 9.5, line: 14, colour: ink1})
	f.head1 = f.of(look{size: 22, line: 28, bold: true, colour: ink0})
	f.head2 = f.of(look{size: 15, line: 20, bold: true, colour: ink0})
	f.head3 = f.of(look{size: 11, line: 16.5, bold: true, colour: ink0})
	f.head4 = f.of(look{size: 11, line: 16.5, bold: true, colour: ink1})
	f.label = f.of(look{size: 9.5, line: 13, colour: ink1})
	f.furniture = f.of(look{size: 8.5, line: 12, colour: ink1})
	f.cell = f.of(look{size: 9.5, line: 14, colour: ink0})
	f.cellHead = f.of(look{size: 9.5, line: 13, bold: true, colour: ink1})
	f.coverKind = f.of(look{size: 32, line: 38, bold: true, colour: ink0})
	f.coverLead = f.of(look{size: 13, line: 20, colour: ink1})
	f.chartLabel = f.of(look{size: 8.5, line: 12, colour: ink1})
	return f
}

// of gives the one style of a look.
func (f *fonts) of(l look) *style {
	if s, ok := f.styles[l]; ok {
		return s
	}
	s := &style{look: l, fonts: f, seen: map[string]float64{}}
	s.space = f.measure(s.look, " ")
	f.styles[l] = s
	return s
}

func (f *fonts) bold(s *style) *style {
	l := s.look
	l.bold = true
	return f.of(l)
}

func (f *fonts) italic(s *style) *style {
	l := s.look
	l.italic = true
	return f.of(l)
}

func (f *fonts) mono(s *style) *style {
	l := s.look
	if !l.mono {
		l.mono, l.size = true, l.size*0.92
	}
	return f.of(l)
}

func (f *fonts) accent(s *style) *style {
	l := s.look
	l.colour = f.tint
	return f.of(l)
}
