package face

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Subset is a TrueType program with the given glyphs in the given order, glyph 0
// first, and after them the glyphs that they are composed of. The same glyphs
// give the same bytes.
func (f *Face) Subset(glyphs []uint16) ([]byte, error) {
	s := &subset{f: f, glyphs: slices.Clone(glyphs), at: make(map[uint16]uint16, len(glyphs))}
	for i, g := range s.glyphs {
		if _, ok := s.at[g]; !ok {
			s.at[g] = uint16(i)
		}
	}
	for i := 0; i < len(s.glyphs); i++ {
		if err := s.add(s.glyphs[i]); err != nil {
			return nil, fmt.Errorf("font %s: glyph %d: %w", f.Name, s.glyphs[i], err)
		}
	}
	s.loca = binary.BigEndian.AppendUint32(s.loca, uint32(len(s.glyf)))
	return s.program(), nil
}

type subset struct {
	f                *Face
	glyphs           []uint16
	at               map[uint16]uint16 // old glyph → new
	glyf, loca, hmtx []byte
}

func (s *subset) add(g uint16) error {
	f := s.f
	if int(g) >= f.glyphs {
		return ErrFont
	}
	s.loca = binary.BigEndian.AppendUint32(s.loca, uint32(len(s.glyf)))
	outline := slices.Clone(f.tables["glyf"].b[f.offsets[g]:f.offsets[g+1]])
	if len(outline) > 10 && int16(binary.BigEndian.Uint16(outline)) < 0 {
		if err := s.components(outline); err != nil {
			return err
		}
	}
	s.glyf = append(s.glyf, outline...)
	for len(s.glyf)%4 != 0 {
		s.glyf = append(s.glyf, 0)
	}
	s.hmtx = binary.BigEndian.AppendUint16(s.hmtx, f.advances[g])
	s.hmtx = binary.BigEndian.AppendUint16(s.hmtx, f.bearing(int(g)))
	return nil
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
	argsAreWords = 0x0001
	hasScale     = 0x0008
	more         = 0x0020
	hasXYScale   = 0x0040
	hasMatrix    = 0x0080
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
			s.glyphs = append(s.glyphs, old)
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
