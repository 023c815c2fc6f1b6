package ink

import (
	"math"
	"strings"
	"unicode/utf16"

	"inzage/internal/render/pdf/face"
)

// Width is how wide a string is set, in points.
func Width(st Style, s string) float64 {
	own := faceOf(st)
	if own.Simple(s) {
		return own.Width(s) * st.Size
	}
	_, w := lay(own, s, st.RightToLeft)
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
	if own.Simple(s) {
		w.mark()
		w.begin(x, y, st)
		w.simple(own, st, s)
		w.buf = append(w.buf, "ET"...)
		w.raw()
		return
	}
	list, _ := lay(own, s, st.RightToLeft)
	for i := range list {
		w.mark()
		w.piece(&list[i], x, y, st)
		w.raw()
	}
}

// piece sets one piece. What is drawn otherwise than it is written carries its own
// text (ISO 32000-1, 14.9.4).
//
// Pieces come in reading order, and within a piece from right to left the glyphs
// stand as they are seen, marked ReversedChars: of the two ways that ISO 32000-1,
// 14.8.2.3.3, gives, this is the one that programs read right. Who follows the
// standard turns each word round and has the words in order; who goes by places
// on the page, as poppler and PDFium do, turns letters from right to left round
// anyway, and would do so to ActualText as well.
func (w *Writer) piece(p *piece, x, y float64, st Style) {
	var meant []string
	whole := p.drawn == p.text
	if p.drawn == "" {
		meant, whole = p.meanings()
	}
	closing := 0
	if !whole {
		w.buf = append(w.buf, "/Span <</ActualText "...)
		w.buf = append(w.buf, textString(p.text)...)
		w.buf = append(w.buf, ">> BDC "...)
		closing++
	}
	if p.rightToLeft() && len(p.glyphs) > 1 {
		w.buf = append(w.buf, "/ReversedChars BMC "...)
		closing++
	}
	w.begin(x+p.x*st.Size, y, st)
	if p.drawn != "" {
		w.simple(p.face, st, p.drawn)
	} else {
		w.shaped(p, st, meant)
	}
	w.buf = append(w.buf, "ET"...)
	w.buf = append(w.buf, strings.Repeat(" EMC", closing)...)
}

// begin starts a text object at a place, in the colour of a style.
func (w *Writer) begin(x, y float64, st Style) {
	p := w.page()
	if p.colour != int64(st.Colour) {
		p.colour = int64(st.Colour)
		w.buf = appendColour(w.buf, st.Colour, " rg ")
	}
	w.buf = append(w.buf, "BT "...)
	w.point(x, y, " Td ")
}

// simple writes the operators that draw simple characters in glyph numbers, with
// their kerning.
func (w *Writer) simple(f *face.Face, st Style, s string) {
	d := w.fonts.of(f)
	w.setFont(d, st.Size)
	t := shower{w: w}
	last := uint16(0)
	for _, r := range s {
		n := d.number(r)
		g := d.glyph[n].ID
		if last != 0 {
			if k := f.Kern(last, g); k != 0 {
				t.move(float64(k) / float64(f.UnitsPerEm))
			}
		}
		t.show(n)
		if last = g; face.Loose(r) {
			last = 0
		}
	}
	t.close()
}

// shaped writes the operators that draw the glyphs of a piece.
func (w *Writer) shaped(p *piece, st Style, meant []string) {
	d := w.fonts.of(p.face)
	size := st.Size
	if p.rightToLeft() {
		size += 0.01 // poppler joins glyphs of one size, and would turn a bracket after the word round with it
	}
	w.setFont(d, size)
	t := shower{w: w}
	for i, g := range p.glyphs {
		t.show(d.numberOf(g.Variant, meant[i]))
	}
	t.close()
}

// A shower gathers glyphs and moves into one operator.
type shower struct {
	w       *Writer
	at      int  // where the operand begins in the buffer
	open    bool // an operand is open
	moved   bool // and it holds moves, so it is an array
	pending float64
}

// move moves the pen by ems before the next glyph.
func (t *shower) move(v float64) { t.pending += v }

// show draws a glyph.
func (t *shower) show(n uint16) {
	b := t.w.buf
	if !t.open {
		t.open, t.moved, t.at = true, false, len(b)
		b = append(b, '[', '<')
	}
	if k := math.Round(-1000 * t.pending); k != 0 {
		if b[len(b)-1] == '<' {
			b = b[:len(b)-1]
		} else {
			b = append(b, '>')
		}
		b = appendNumber(b, k)
		b = append(b, '<')
		t.moved = true
	}
	t.pending = 0
	t.w.buf = appendHex(b, n)
}

// close ends the operator.
func (t *shower) close() {
	if !t.open {
		return
	}
	b := t.w.buf
	if t.moved {
		b = append(b, ">] TJ "...)
	} else {
		b = append(append(b[:t.at], b[t.at+1:]...), "> Tj "...)
	}
	t.w.buf, t.open = b, false
}

func (w *Writer) setFont(d *font, size float64) {
	p := w.page()
	if p.font == d && p.size == size {
		return
	}
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
