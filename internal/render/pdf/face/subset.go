package face

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// A Variant is a glyph drawn at an offset and with an advance of its own, in font
// units. In a subset it is a glyph like any other, so that a mark above its letter
// needs no other baseline: programs that read text take one for another line.
type Variant struct {
	ID      uint16
	X, Y    int16
	Advance uint16
}

// Own is a glyph as the face has it.
func (f *Face) Own(g uint16) Variant {
	v := Variant{ID: g}
	if int(g) < len(f.advances) {
		v.Advance = f.advances[g]
	}
	return v
}

// Subset is a TrueType program with the given glyphs in the given order, glyph 0
// first, and after them the glyphs that they are composed of. The same glyphs
// give the same bytes.
func (f *Face) Subset(glyphs []Variant) ([]byte, error) {
	s := &subset{f: f, glyphs: slices.Clone(glyphs), at: make(map[uint16]uint16, len(glyphs))}
	for i, g := range s.glyphs {
		if _, ok := s.at[g.ID]; !ok && g == f.Own(g.ID) {
			s.at[g.ID] = uint16(i)
		}
	}
	for i := 0; i < len(s.glyphs); i++ {
		if err := s.add(s.glyphs[i]); err != nil {
			return nil, fmt.Errorf("font %s: glyph %d: %w", f.Name, s.glyphs[i].ID, err)
		}
	}
	s.loca = binary.BigEndian.AppendUint32(s.loca, uint32(len(s.glyf)))
	return s.program(), nil
}

type subset struct {
	f                *Face
	glyphs           []Variant
	at               map[uint16]uint16 // glyph as the face has it → new number
	glyf, loca, hmtx []byte
}

func (s *subset) add(g Variant) error {
	f := s.f
	if int(g.ID) >= f.glyphs {
		return ErrFont
	}
	s.loca = binary.BigEndian.AppendUint32(s.loca, uint32(len(s.glyf)))
	outline := slices.Clone(f.tables["glyf"].b[f.offsets[g.ID]:f.offsets[g.ID+1]])
	if g.X != 0 || g.Y != 0 {
		outline = shifted(outline, g)
	}
	if len(outline) > 10 && int16(binary.BigEndian.Uint16(outline)) < 0 {
		if err := s.components(outline); err != nil {
			return err
		}
	}
	s.glyf = append(s.glyf, outline...)
	for len(s.glyf)%4 != 0 {
		s.glyf = append(s.glyf, 0)
	}
	s.hmtx = binary.BigEndian.AppendUint16(s.hmtx, g.Advance)
	s.hmtx = binary.BigEndian.AppendUint16(s.hmtx, f.bearing(int(g.ID))+uint16(g.X))
	return nil
}

// shifted is a composite glyph of one component at an offset, or nothing when
// there is no outline to shift.
func shifted(outline []byte, g Variant) []byte {
	if len(outline) <= 10 {
		return nil
	}
	out := binary.BigEndian.AppendUint16(nil, 0xFFFF) // no contours: composite
	for i, by := range []int16{g.X, g.Y, g.X, g.Y} {
		out = binary.BigEndian.AppendUint16(out, binary.BigEndian.Uint16(outline[2+2*i:])+uint16(by))
	}
	for _, v := range []uint16{argsAreWords | argsAreOffsets, g.ID, uint16(g.X), uint16(g.Y)} {
		out = binary.BigEndian.AppendUint16(out, v)
	}
	return out
}

// bearing is the left side bearing of a glyph, in font units.
func (f *Face) bearing(g int) uint16 {
	long := int(f.tables["hhea"].u16(34))
	if g < long {
		return f.tables["hmtx"].u16(4*g + 2)
	}
	return f.tables["hmtx"].u16(4*long + 2*(g-long))
}

// Flags of a component of a composite glyph (OpenType glyf table).
const (
	argsAreWords   = 0x0001
	argsAreOffsets = 0x0002
	hasScale       = 0x0008
	more           = 0x0020
	hasXYScale     = 0x0040
	hasMatrix      = 0x0080
)

// components renumbers the glyphs that a composite outline is made of, and adds
// those that are new.
func (s *subset) components(outline []byte) error {
	for p := 10; ; {
		if p+4 > len(outline) {
			return ErrFont
		}
		flags, old := binary.BigEndian.Uint16(outline[p:]), binary.BigEndian.Uint16(outline[p+2:])
		n, ok := s.at[old]
		if !ok {
			if len(s.glyphs) >= 1<<16-1 {
				return ErrFont
			}
			n = uint16(len(s.glyphs))
			s.at[old] = n
			s.glyphs = append(s.glyphs, s.f.Own(old))
		}
		binary.BigEndian.PutUint16(outline[p+2:], n)
		p += 6
		if flags&argsAreWords != 0 {
			p += 2
		}
		switch {
		case flags&hasScale != 0:
			p += 2
		case flags&hasXYScale != 0:
			p += 4
		case flags&hasMatrix != 0:
			p += 8
		}
		if flags&more == 0 {
			return nil
		}
	}
}

// program puts the tables together into a font program.
func (s *subset) program() []byte {
	patch := func(name string, at int, v uint16) []byte {
		b := slices.Clone(s.f.tables[name].b)
		if at+2 <= len(b) {
			binary.BigEndian.PutUint16(b[at:], v)
		}
		return b
	}
	head := patch("head", 50, 1) // long offsets
	if len(head) >= 12 {
		binary.BigEndian.PutUint32(head[8:], 0)
	}
	tables := map[string][]byte{
		"head": head, "hhea": patch("hhea", 34, uint16(len(s.glyphs))), "maxp": patch("maxp", 4, uint16(len(s.glyphs))),
		"hmtx": s.hmtx, "loca": s.loca, "glyf": s.glyf,
	}
	for _, name := range []string{"cvt ", "fpgm", "prep"} {
		if t, ok := s.f.tables[name]; ok {
			tables[name] = t.b
		}
	}
	return assemble(tables)
}

// assemble writes the table directory and the tables in alphabetical order.
func assemble(tables map[string][]byte) []byte {
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	power, shift := 1, 0
	for power*2 <= len(names) {
		power, shift = power*2, shift+1
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(names), power * 16, shift, (len(names) - power) * 16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at, head := 12+16*len(names), 0
	for _, name := range names {
		if name == "head" {
			head = at
		}
		out = append(out, name...)
		for _, v := range []uint32{checksum(tables[name]), uint32(at), uint32(len(tables[name]))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		at += (len(tables[name]) + 3) &^ 3
	}
	for _, name := range names {
		out = append(out, tables[name]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[head+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) (sum uint32) {
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	var rest [4]byte
	copy(rest[:], b)
	return sum + binary.BigEndian.Uint32(rest[:])
}
