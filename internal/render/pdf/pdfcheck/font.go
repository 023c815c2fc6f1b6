package pdfcheck

import (
	"encoding/binary"
	"math"
	"unicode/utf16"
)

// A font is what shows text: here always a Type 0 font of TrueType outlines
// (ISO 32000-1, 9.7), since that is what our files use.
type font struct {
	object   int
	unicode  map[int][]rune // by code (ISO 32000-1, 9.10.3)
	widths   map[int]float64
	usual    float64 // DW
	cidToGID []byte  // CIDToGIDMap; nil is the identity
	program  *program
	told     map[int]bool // codes that were looked at
	private  map[int]bool // codes that stand for private characters
}

// codes are the two-byte codes of a string; a byte too many is code 0.
func (f *font) codes(s text) []int {
	out := make([]int, 0, len(s)/2)
	for ; len(s) >= 2; s = s[2:] {
		out = append(out, int(binary.BigEndian.Uint16(s)))
	}
	if len(s) > 0 {
		out = append(out, 0)
	}
	return out
}

// glyphOf is the glyph of a code, which for Identity-H is the CID.
func (f *font) glyphOf(code int) int {
	if f.cidToGID == nil {
		return code
	}
	if 2*code+2 > len(f.cidToGID) {
		return 0
	}
	return int(binary.BigEndian.Uint16(f.cidToGID[2*code:]))
}

// width is a glyph's advance in thousandths of the size, as the file says it.
func (f *font) width(code int) float64 {
	if w, ok := f.widths[code]; ok {
		return w
	}
	return f.usual
}

// fontNamed gives the font of a name in the page's resources, or nil.
func (r *reading) fontNamed(v any) *font {
	n, _ := v.(name)
	at, _ := r.f.dict(r.resources["Font"])[n].(ref)
	if f, ok := r.fonts[at]; ok || at == 0 {
		return f
	}
	r.fonts[at] = r.readFont(int(at))
	return r.fonts[at]
}

// readFont reads font object n, or says what is wrong with it and gives nil.
func (c *checker) readFont(n int) *font {
	d := c.f.dict(ref(n))
	where := object(n)
	below := c.f.list(d["DescendantFonts"])
	if c.f.get(d["Subtype"]) != name("Type0") || c.f.get(d["Encoding"]) != name("Identity-H") || len(below) != 1 {
		c.fault("font-embedded", where, "the font is not of glyph numbers")
		return nil
	}
	cid := c.f.dict(below[0])
	f := &font{object: n, told: map[int]bool{}, private: map[int]bool{}, unicode: unicodes(c.f.bytes(d["ToUnicode"])), widths: map[int]float64{}, usual: 1000}
	if w, ok := c.f.get(cid["DW"]).(float64); ok {
		f.usual = w
	}
	c.readWidths(f, c.f.list(cid["W"]))
	if c.f.get(cid["CIDToGIDMap"]) != name("Identity") {
		if f.cidToGID = c.f.bytes(cid["CIDToGIDMap"]); f.cidToGID == nil {
			c.fault("font-embedded", where, "nothing says which glyph a number is")
			f.cidToGID = []byte{}
		}
	}
	descriptor := c.f.dict(cid["FontDescriptor"])
	b := c.f.bytes(descriptor["FontFile2"])
	if b == nil && c.f.bytes(descriptor["FontFile3"]) != nil {
		return f // outlines of another kind: embedded, and not looked into
	}
	if f.program = readProgram(b); f.program == nil {
		c.fault("font-embedded", where, "the font is not in the file, or cannot be read")
	}
	return f
}

// readWidths reads both forms of W (ISO 32000-1, 9.7.4.3).
func (c *checker) readWidths(f *font, l list) {
	left := 4 * math.MaxUint16 // how many more are read: ranges cost nothing to write
	for i := 0; i+1 < len(l); {
		from, ok := whole(c.f.get(l[i]))
		if !ok || from < 0 || from > math.MaxUint16 {
			return
		}
		if each, ok := c.f.get(l[i+1]).(list); ok {
			for k, v := range each {
				f.widths[from+k], _ = c.f.get(v).(float64)
			}
			i += 2
			continue
		}
		to, ok := whole(c.f.get(l[i+1]))
		if !ok || i+2 >= len(l) || to > math.MaxUint16 {
			return
		}
		w, _ := c.f.get(l[i+2]).(float64)
		if left -= to - from; left < 0 {
			return
		}
		for k := from; k <= to; k++ {
			f.widths[k] = w
		}
		i += 3
	}
}

// unicodes reads a ToUnicode map. What cannot be read maps nothing.
func unicodes(b []byte) map[int][]rune {
	out := map[int][]rune{}
	l := &lexer{b: b}
	var before []any
	for {
		v, err := l.next()
		if err != nil {
			return out
		}
		switch v {
		case word("endbfchar"):
			for i := 0; i+1 < len(before); i += 2 {
				mapRange(out, before[i], before[i], before[i+1])
			}
		case word("endbfrange"):
			for i := 0; i+2 < len(before); i += 3 {
				mapRange(out, before[i], before[i+1], before[i+2])
			}
		}
		if _, ok := v.(word); ok {
			before = before[:0]
			continue
		}
		before = append(before, v)
	}
}

// mapRange maps codes to one string each: given in a list, or counted on in the
// last byte of the one that is given (ISO 32000-1, 9.10.3).
func mapRange(out map[int][]rune, from, to, what any) {
	lo, ok := from.(text)
	hi, ok2 := to.(text)
	if !ok || !ok2 || len(lo) != 2 || len(hi) != 2 || lo[0] != hi[0] {
		return
	}
	first := int(binary.BigEndian.Uint16(lo))
	for k := 0; k <= int(hi[1])-int(lo[1]); k++ {
		switch w := what.(type) {
		case list:
			if k < len(w) {
				if s, ok := w[k].(text); ok {
					out[first+k] = utf16Runes(s, 0)
				}
			}
		case text:
			out[first+k] = utf16Runes(w, k)
		}
	}
}

// utf16Runes are the characters of a string in UTF-16BE, k added to its end.
func utf16Runes(s text, k int) []rune {
	if len(s)%2 != 0 || len(s) == 0 || int(s[len(s)-1])+k > 255 {
		return nil
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(s[2*i:])
	}
	units[len(units)-1] += uint16(k)
	return utf16.Decode(units)
}

// A program is what a TrueType font says about the widths of its glyphs.
type program struct {
	glyphs, long int
	perEm        float64
	hmtx         []byte
}

// readProgram reads the tables head, hhea, maxp and hmtx, or gives nil.
func readProgram(b []byte) *program {
	if len(b) < 12 {
		return nil
	}
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(b[4:])) {
		at := 12 + 16*i
		if at+16 > len(b) {
			return nil
		}
		from, size := uint64(binary.BigEndian.Uint32(b[at+8:])), uint64(binary.BigEndian.Uint32(b[at+12:]))
		if from+size > uint64(len(b)) {
			return nil
		}
		tables[string(b[at:at+4])] = b[from : from+size]
	}
	if len(tables["head"]) < 54 || len(tables["hhea"]) < 36 || len(tables["maxp"]) < 6 || len(tables["glyf"]) == 0 {
		return nil
	}
	p := &program{
		glyphs: int(binary.BigEndian.Uint16(tables["maxp"][4:])), long: int(binary.BigEndian.Uint16(tables["hhea"][34:])),
		perEm: float64(binary.BigEndian.Uint16(tables["head"][18:])), hmtx: tables["hmtx"],
	}
	if p.long == 0 || p.perEm == 0 || len(p.hmtx) < 4*p.long {
		return nil
	}
	return p
}

// advance is a glyph's width in thousandths of the size.
func (p *program) advance(g int) float64 {
	return 1000 * float64(binary.BigEndian.Uint16(p.hmtx[4*min(g, p.long-1):])) / p.perEm
}
