// Package face reads TrueType faces, gives glyph numbers, widths and kerning,
// shapes what needs more than that, and cuts subsets for embedding.
//
// A face is read once for a process and never changes, so goroutines share it.
// A font program that is not whole is refused; no byte of one is trusted.
package face

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrFont means that a font program is damaged or not TrueType.
var ErrFont = errors.New("not a whole TrueType font")

// A Face is one font program, such as DejaVu Sans Bold.
type Face struct {
	Name                       string // PostScript name
	UnitsPerEm                 int
	Ascent, Descent, CapHeight int     // thousandths of an em
	BBox                       [4]int  // thousandths of an em
	Italic                     float64 // angle in degrees
	StemV                      int
	Flags                      int // of the font descriptor (ISO 32000-1 table 123)

	tables   map[string]table
	glyphs   int
	advances []uint16 // font units, by glyph
	offsets  []uint32 // into glyf, one more than there are glyphs
	basic    []uint16 // glyph of each character below U+10000
	astral   map[rune]uint16
	simple   [1 << 10]uint64 // a bit for each character below U+10000: see Simple
	pairs    kerning
	shapers  shapers
}

// table is bytes that may be asked for at any place: what is not there reads as
// zero and is remembered.
type table struct {
	b   []byte
	bad *bool
}

func (t table) u16(i int) uint16 {
	if i < 0 || i+2 > len(t.b) {
		*t.bad = true
		return 0
	}
	return binary.BigEndian.Uint16(t.b[i:])
}

func (t table) u32(i int) uint32 {
	if i < 0 || i+4 > len(t.b) {
		*t.bad = true
		return 0
	}
	return binary.BigEndian.Uint32(t.b[i:])
}

func (t table) from(i int) table {
	if i < 0 || i > len(t.b) {
		*t.bad = true
		return table{nil, t.bad}
	}
	return table{t.b[i:], t.bad}
}

// Parse reads a TrueType font program. It keeps b, which must not change.
func Parse(name string, b []byte) (*Face, error) {
	bad := false
	file := table{b, &bad}
	if v := file.u32(0); v != 0x00010000 && v != 0x74727565 {
		return nil, fmt.Errorf("font %s: %w", name, ErrFont)
	}
	f := &Face{Name: name, tables: map[string]table{}, astral: map[rune]uint16{}, basic: make([]uint16, 1<<16), Flags: 4}
	for i := range int(file.u16(4)) {
		r := file.from(12 + 16*i)
		if len(r.b) < 16 {
			bad = true
			break
		}
		at, n := int(r.u32(8)), int(r.u32(12))
		if at < 0 || n < 0 || at > len(b) || n > len(b)-at {
			bad = true
			break
		}
		f.tables[string(r.b[:4])] = table{b[at : at+n : at+n], &bad}
	}
	for _, need := range []string{"head", "hhea", "maxp", "hmtx", "loca", "glyf", "OS/2", "post", "cmap"} {
		if _, ok := f.tables[need]; !ok {
			return nil, fmt.Errorf("font %s: %w", name, ErrFont)
		}
	}
	f.readMetrics()
	if !bad {
		f.readGlyphs()
		f.readCharacters()
		f.readKerning()
	}
	if bad || f.UnitsPerEm == 0 || f.glyphs == 0 {
		return nil, fmt.Errorf("font %s: %w", name, ErrFont)
	}
	f.freeze()
	f.sort()
	f.shapers.file = b
	return f, nil
}

// freeze gives every table a flag of its own, since a read beyond the end after
// this may come from many goroutines.
func (f *Face) freeze() {
	for k, t := range f.tables {
		f.tables[k] = table{t.b, new(bool)}
	}
}

func (f *Face) readMetrics() {
	head, hhea, os2, post := f.tables["head"], f.tables["hhea"], f.tables["OS/2"], f.tables["post"]
	f.UnitsPerEm = int(head.u16(18))
	if f.UnitsPerEm == 0 {
		return
	}
	milli := func(v uint16) int { return int(int16(v)) * 1000 / f.UnitsPerEm }
	for i := range f.BBox {
		f.BBox[i] = milli(head.u16(36 + 2*i))
	}
	f.Ascent, f.Descent = milli(hhea.u16(4)), milli(hhea.u16(6))
	f.CapHeight = f.Ascent
	if os2.u16(0) > 1 {
		f.CapHeight = milli(os2.u16(88))
	}
	weight := float64(os2.u16(4)) / 65
	f.StemV = 50 + int(weight*weight)
	if f.Italic = float64(int32(post.u32(4))) / 65536; f.Italic != 0 {
		f.Flags |= 64
	}
}

func (f *Face) readGlyphs() {
	f.glyphs = int(f.tables["maxp"].u16(4))
	hmtx, loca, glyf := f.tables["hmtx"], f.tables["loca"], f.tables["glyf"]
	long := int(f.tables["hhea"].u16(34))
	if long == 0 || long > f.glyphs || len(hmtx.b) < 4*long+2*(f.glyphs-long) {
		*hmtx.bad = true
		return
	}
	f.advances = make([]uint16, f.glyphs)
	for g := range f.advances {
		f.advances[g] = hmtx.u16(4 * min(g, long-1))
	}
	short := f.tables["head"].u16(50) == 0
	f.offsets = make([]uint32, f.glyphs+1)
	for g := range f.offsets {
		if short {
			f.offsets[g] = 2 * uint32(loca.u16(2*g))
		} else {
			f.offsets[g] = loca.u32(4 * g)
		}
		if g > 0 && f.offsets[g] < f.offsets[g-1] || int64(f.offsets[g]) > int64(len(glyf.b)) {
			*glyf.bad = true
			return
		}
	}
}

// readCharacters reads the Unicode subtables of cmap, formats 4 and 12.
func (f *Face) readCharacters() {
	cmap := f.tables["cmap"]
	for i := range int(cmap.u16(2)) {
		r := cmap.from(4 + 8*i)
		platform, encoding := r.u16(0), r.u16(2)
		if !(platform == 3 && (encoding == 1 || encoding == 10) || platform == 0 && encoding != 5) {
			continue
		}
		switch t := cmap.from(int(r.u32(4))); t.u16(0) {
		case 4:
			f.readFormat4(t)
		case 12:
			f.readFormat12(t)
		}
	}
}

func (f *Face) readFormat4(t table) {
	n := int(t.u16(6)) / 2
	end, start, delta, offset := t.from(14), t.from(16+2*n), t.from(16+4*n), t.from(16+6*n)
	for k := range n {
		first, last := int(start.u16(2*k)), int(end.u16(2*k))
		d, o := delta.u16(2*k), int(offset.u16(2*k))
		for c := first; c <= last && c < 0xFFFF && !*t.bad; c++ {
			g := uint16(c) + d
			if o != 0 {
				if g = offset.u16(2*k + o + 2*(c-first)); g != 0 {
					g += d
				}
			}
			f.put(rune(c), int(g))
		}
	}
}

// readFormat12 reads groups, which must ascend: that bounds the work.
func (f *Face) readFormat12(t table) {
	next := uint32(0)
	for k := range int(t.u32(12)) {
		group := t.from(16 + 12*k)
		first, last, g := group.u32(0), group.u32(4), int(group.u32(8))
		if *t.bad || last > 0x10FFFF || first > last || first < next {
			*t.bad = true
			return
		}
		next = last + 1
		for c := first; c <= last; c++ {
			f.put(rune(c), g+int(c-first))
		}
	}
}

func (f *Face) put(c rune, g int) {
	switch {
	case g <= 0 || g >= f.glyphs:
	case c < 1<<16:
		f.basic[c] = uint16(g)
	default:
		f.astral[c] = uint16(g)
	}
}

// Glyph is the glyph of a character, or 0 when the face has none.
func (f *Face) Glyph(r rune) uint16 {
	if uint32(r) < 1<<16 {
		return f.basic[r]
	}
	return f.astral[r]
}

// Advance is how far a glyph moves the pen, in ems.
func (f *Face) Advance(g uint16) float64 {
	if int(g) >= len(f.advances) {
		return 0
	}
	return float64(f.advances[g]) / float64(f.UnitsPerEm)
}
