package ink

import (
	"fmt"

	"inzage/internal/render/pdf/face"
)

// A font is one face as used in one file; glyphs are numbered in order of first
// use. One glyph that stands for two texts has two numbers, so that each is read
// back as it was written.
type font struct {
	face   *face.Face
	res    string // resource name
	basic  [256]*[256]uint16
	shaped map[meaning]uint16
	glyph  []face.Variant // number → glyph of the face
	runes  []rune         // number → character
	long   map[int]string // number → text, where that is not one character
}

// A meaning is a glyph with what it stands for.
type meaning struct {
	glyph face.Variant
	text  string
}

func newFont(f *face.Face, n int) *font {
	return &font{face: f, res: fmt.Sprintf("T%d", n), glyph: []face.Variant{f.Own(0)}, runes: []rune{0}}
}

// number is the number of a simple character's glyph in this file.
func (f *font) number(r rune) uint16 {
	row := f.basic[r>>8&255]
	if row == nil {
		row = new([256]uint16)
		f.basic[r>>8&255] = row
	}
	if row[r&255] == 0 {
		row[r&255] = f.take(f.face.Own(f.face.Glyph(r)), r)
	}
	return row[r&255]
}

// numberOf is the number of a glyph that stands for a text. No text at all, as of
// the second glyph of one character, is read as a space of no width: every glyph
// must mean something (ISO 19005-3, 6.2.11.7).
func (f *font) numberOf(g face.Variant, text string) uint16 {
	if text == "" {
		text = "\u200b"
	}
	runes := []rune(text)
	if r := runes[0]; len(runes) == 1 && r < 1<<16 && f.face.Own(f.face.Glyph(r)) == g {
		return f.number(r)
	}
	m := meaning{g, text}
	n, ok := f.shaped[m]
	if ok {
		return n
	}
	if f.shaped == nil {
		f.shaped, f.long = map[meaning]uint16{}, map[int]string{}
	}
	n = f.take(g, runes[0])
	f.shaped[m] = n
	if len(runes) > 1 {
		f.long[int(n)] = text
	}
	return n
}

func (f *font) take(g face.Variant, r rune) uint16 {
	f.glyph = append(f.glyph, g)
	f.runes = append(f.runes, r)
	return uint16(len(f.glyph) - 1)
}

// text is what a numbered glyph stands for.
func (f *font) text(n int) []rune {
	if s, ok := f.long[n]; ok {
		return []rune(s)
	}
	return f.runes[n : n+1]
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
