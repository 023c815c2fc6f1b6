package face

// A kerning is the pair table of a face (OpenType table kern, format 0), with the
// glyphs that are in a pair numbered, so that a pair is found in two steps.
type kerning struct {
	row, col []uint16 // by glyph, from 1; 0: in no pair
	cols     int
	move     []int16 // font units, row after row
}

// mostPairs bounds what a damaged table can ask for.
const mostPairs = 1 << 14

// deepestKern is how near a letter may come to the one before, in thousandths of
// an em. DejaVu asks for more in pairs such as "P."; but programs that read text
// by its place, poppler at 100, take a deeper move for the start of a word.
const deepestKern = 90

// readKerning reads the horizontal pairs. A face without them, or with a table of
// another kind, has no kerning.
func (f *Face) readKerning() {
	kern, ok := f.tables["kern"]
	if !ok || kern.u16(0) != 0 || kern.u16(2) == 0 {
		return
	}
	sub := kern.from(4)
	if coverage := sub.u16(4); coverage>>8 != 0 || coverage&7 != 1 { // format 0, horizontal, no minimum
		return
	}
	n := int(sub.u16(6))
	list := sub.from(14)
	if n > mostPairs || len(list.b) < 6*n {
		*kern.bad = true
		return
	}
	k := &f.pairs
	k.row, k.col = make([]uint16, f.glyphs), make([]uint16, f.glyphs)
	rows := 1
	k.cols = 1
	for i := range n {
		l, r := int(list.u16(6*i)), int(list.u16(6*i+2))
		if l >= f.glyphs || r >= f.glyphs {
			*kern.bad = true
			return
		}
		rows, k.cols = number(k.row, l, rows), number(k.col, r, k.cols)
	}
	if rows*k.cols > 1<<20 {
		*kern.bad = true
		return
	}
	k.move = make([]int16, rows*k.cols)
	deepest := -int16(min(f.UnitsPerEm*deepestKern/1000, 1<<15-1))
	for i := range n {
		l, r := list.u16(6*i), list.u16(6*i+2)
		k.move[int(k.row[l])*k.cols+int(k.col[r])] = max(int16(list.u16(6*i+4)), deepest)
	}
}

// number gives glyph g the next number, unless it has one.
func number(list []uint16, g, next int) int {
	if list[g] != 0 {
		return next
	}
	list[g] = uint16(next)
	return next + 1
}

// Kern is how far the second of two glyphs moves towards the first, in font
// units; negative is nearer.
func (f *Face) Kern(l, r uint16) int {
	k := &f.pairs
	if int(l) >= len(k.row) || k.row[l] == 0 || int(r) >= len(k.col) {
		return 0
	}
	return int(k.move[int(k.row[l])*k.cols+int(k.col[r])])
}

// Width is how wide simple text is with its kerning, in ems. Characters that are
// not [Face.Simple] count as nothing.
func (f *Face) Width(s string) float64 {
	w, last := 0, uint16(0)
	for _, r := range s {
		g := f.Glyph(r)
		if last != 0 {
			w += f.Kern(last, g)
		}
		w += int(f.advances[g])
		if last = g; Loose(r) {
			last = 0
		}
	}
	return float64(w) / float64(f.UnitsPerEm)
}

// Loose reports whether the character after r is never kerned to it: lines are
// measured in the parts that they may be broken into, so a space and a hyphen
// must measure the same with and without what follows.
func Loose(r rune) bool { return r == ' ' || r == '-' }
