package ink

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/bidi"

	"inzage/internal/render/pdf/face"
)

// A font is one face as used in one file; glyphs are numbered in order of first use.
type font struct {
	face  *face.Face
	res   string // resource name
	basic [256]*[256]uint16
	other map[rune]uint16
	glyph []uint16 // number → glyph of the face
	runes []rune   // number → character
}

func newFont(f *face.Face, n int) *font {
	return &font{face: f, res: fmt.Sprintf("T%d", n), other: map[rune]uint16{}, glyph: []uint16{0}, runes: []rune{0}}
}

// number is the number of a character's glyph in this file.
func (f *font) number(r rune) uint16 {
	if r < 1<<16 {
		row := f.basic[r>>8]
		if row == nil {
			row = new([256]uint16)
			f.basic[r>>8] = row
		}
		if row[r&255] == 0 {
			row[r&255] = f.take(r)
		}
		return row[r&255]
	}
	n, ok := f.other[r]
	if !ok {
		n = f.take(r)
		f.other[r] = n
	}
	return n
}

func (f *font) take(r rune) uint16 {
	f.glyph = append(f.glyph, f.face.Glyph(r))
	f.runes = append(f.runes, r)
	return uint16(len(f.glyph) - 1)
}

// fonts are the faces of one file, in order of first use.
type fonts struct {
	list []*font
	by   map[*face.Face]*font
}

func (fs *fonts) of(f *face.Face) *font {
	if d, ok := fs.by[f]; ok {
		return d
	}
	if fs.by == nil {
		fs.by = map[*face.Face]*font{}
	}
	d := newFont(f, len(fs.list))
	fs.by[f] = d
	fs.list = append(fs.list, d)
	return d
}

// faceOf is the face of a style.
func faceOf(st Style) *face.Face {
	d := face.DejaVu()
	switch {
	case st.Mono:
		return d.Mono
	case st.Bold && st.Italic:
		return d.BoldItalic
	case st.Bold:
		return d.Bold
	case st.Italic:
		return d.Italic
	}
	return d.Regular
}

// pick is the face that draws a character: the style's own, else the regular one
// with the widest cover, else nil.
func pick(own *face.Face, r rune) *face.Face {
	if own.Glyph(r) != 0 {
		return own
	}
	if f := face.DejaVu().Regular; f.Glyph(r) != 0 {
		return f
	}
	return nil
}

// silent are characters that draw nothing: joiners, variation selectors and soft
// hyphens, which would otherwise show as boxes.
func silent(r rune) bool {
	return r == 0x00AD || r == 0x200C || r == 0x200D || r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF || r == 0x2060 || r == 0xFEFF
}

// Placeholder is what stands for a character that no face has: [U+1F60A].
func Placeholder(r rune) string { return fmt.Sprintf("[U+%04X]", r) }

// Width is how wide a string is set, in points.
func Width(st Style, s string) float64 {
	own := faceOf(st)
	w := 0.0
	for _, r := range s {
		if silent(r) {
			continue
		}
		f := pick(own, r)
		if f == nil {
			w += Width(st, Placeholder(r)) / st.Size
			continue
		}
		w += f.Advance(f.Glyph(r))
	}
	return w * st.Size
}

// Text sets one line of text with its baseline at y. Right-to-left text is set in
// the order in which it is seen.
func (w *Writer) Text(x, y float64, st Style, s string) {
	if s == "" {
		return
	}
	w.extend(x, y, st, s)
	own := faceOf(st)
	if !needsCare(own, s) {
		w.mark()
		w.show(x, y, st, own, s)
		w.raw()
		return
	}
	w.careful(x, y, st, own, s)
}

// needsCare reports whether s has characters that no face has, or right-to-left ones.
func needsCare(own *face.Face, s string) bool {
	for _, r := range s {
		if r >= 0x0590 && (r <= 0x08FF || r >= 0xFB1D && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFC || r >= 0x10800 && r <= 0x10FFF || r >= 0x1E800 && r <= 0x1EFFF) {
			return true
		}
		if r > 0x7E && !silent(r) && pick(own, r) == nil {
			return true
		}
	}
	return false
}

// careful sets text in pieces. What is drawn otherwise than it is written carries
// its own text (ISO 32000-1, 14.9.4).
func (w *Writer) careful(x, y float64, st Style, own *face.Face, s string) {
	for _, p := range pieces(own, s) {
		w.mark()
		if p.drawn != p.written {
			w.buf = append(w.buf, "/Span <</ActualText "...)
			w.buf = append(w.buf, textString(p.written)...)
			w.buf = append(w.buf, ">> BDC "...)
		}
		w.show(x, y, st, own, p.drawn)
		if p.drawn != p.written {
			w.buf = append(w.buf, " EMC"...)
		}
		w.raw()
		x += Width(st, p.drawn)
	}
}

// A piece is text as it is drawn and as it is written.
type piece struct{ drawn, written string }

// pieces cuts a line where it changes direction or a face is lacking, in the
// order in which it is seen.
func pieces(own *face.Face, s string) []piece {
	var p bidi.Paragraph
	if _, err := p.SetString(s, bidi.DefaultDirection(bidi.LeftToRight)); err != nil {
		return lacking(own, s)
	}
	order, err := p.Order()
	if err != nil {
		return lacking(own, s)
	}
	var out []piece
	for i := range order.NumRuns() {
		run := order.Run(i)
		text := run.String()
		if run.Direction() == bidi.RightToLeft {
			seen := reverse(text)
			out = append(out, piece{seen, seen}) // programs that read PDF turn such runs back themselves
			continue
		}
		out = append(out, lacking(own, text)...)
	}
	return out
}

// lacking cuts out the characters that no face has.
func lacking(own *face.Face, s string) []piece {
	var out []piece
	from := 0
	for i, r := range s {
		if silent(r) || pick(own, r) != nil {
			continue
		}
		if i > from {
			out = append(out, piece{s[from:i], s[from:i]})
		}
		from = i + len(string(r))
		out = append(out, piece{Placeholder(r), s[i:from]})
	}
	if from < len(s) {
		out = append(out, piece{s[from:], s[from:]})
	}
	return out
}

// reverse turns a right-to-left run round, mirrors brackets, and keeps marks
// behind the letter that they stand on.
func reverse(s string) string {
	var groups []string
	for _, r := range s {
		if unicode.Is(unicode.Mn, r) && len(groups) > 0 {
			groups[len(groups)-1] += string(r)
			continue
		}
		groups = append(groups, bidi.ReverseString(string(r)))
	}
	var b strings.Builder
	for i := len(groups) - 1; i >= 0; i-- {
		b.WriteString(groups[i])
	}
	return b.String()
}

// show writes the operators that draw s in glyph numbers.
func (w *Writer) show(x, y float64, st Style, own *face.Face, s string) {
	p := w.page()
	if p.colour != int64(st.Colour) {
		p.colour = int64(st.Colour)
		w.buf = appendColour(w.buf, st.Colour, " rg ")
	}
	w.buf = append(w.buf, "BT "...)
	w.point(x, y, " Td ")
	open := false
	for _, r := range s {
		if silent(r) {
			continue
		}
		f := pick(own, r)
		if f == nil {
			continue // pieces has put a placeholder in its place
		}
		d := w.fonts.of(f)
		if p.font != d || p.size != st.Size {
			if open {
				w.buf = append(w.buf, "> Tj "...)
				open = false
			}
			w.setFont(p, d, st.Size)
		}
		if !open {
			w.buf = append(w.buf, '<')
			open = true
		}
		w.buf = appendHex(w.buf, d.number(r))
	}
	if open {
		w.buf = append(w.buf, "> Tj "...)
	}
	w.buf = append(w.buf, "ET"...)
}

func (w *Writer) setFont(p *page, d *font, size float64) {
	p.font, p.size = d, size
	w.buf = append(w.buf, '/')
	w.buf = append(w.buf, d.res...)
	w.buf = append(w.buf, ' ')
	w.buf = appendNumber(w.buf, size)
	w.buf = append(w.buf, " Tf "...)
}

const hexDigits = "0123456789ABCDEF"

func appendHex(b []byte, v uint16) []byte {
	return append(b, hexDigits[v>>12], hexDigits[v>>8&15], hexDigits[v>>4&15], hexDigits[v&15])
}

// textString is a PDF text string: ASCII in brackets, else UTF-16BE in hex
// (ISO 32000-1, 7.9.2.2).
func textString(s string) string {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7E {
			b := []byte("<FEFF")
			for _, u := range utf16.Encode([]rune(s)) {
				b = appendHex(b, u)
			}
			return string(append(b, '>'))
		}
	}
	return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"
}
