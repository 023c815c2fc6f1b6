package ink

import (
	"slices"
	"unicode/utf8"

	"inzage/internal/render/pdf/face"
)

// spell gives every character of a shaped piece a glyph of its own, as far as it
// can: the characters of a cluster go to its glyphs one by one.
//
// From right to left, a ligature such as lam-alef is helped by empty glyphs:
// programs turn glyphs round but not the characters of one glyph. And there marks
// and empty glyphs share the advance of their letter, each drawn back to where it
// belongs: programs take glyphs that start at one place for a letter that is drawn
// twice, and begin a new word (poppler: nearer than a tenth of an em).
func (p *piece) spell() {
	back := p.rightToLeft()
	list := p.glyphs
	if back {
		list = slices.Clone(list)
		slices.Reverse(list) // in reading order
	}
	blank := p.face.Glyph(0x200D)
	var out []face.Glyph
	total := utf8.RuneCountInString(p.text)
	for i := 0; i < len(list); {
		from, j := list[i].From, i
		for j < len(list) && list[j].From == from {
			j++
		}
		chars, k := total-from, 0
		if j < len(list) {
			chars = list[j].From - from
		}
		if back && blank != 0 {
			for ; k < chars-(j-i); k++ {
				out = append(out, face.Glyph{Variant: face.Variant{ID: blank}, From: from + k})
			}
		}
		for ; i < j; i++ {
			list[i].From = from + min(k, chars-1)
			out = append(out, list[i])
			k++
		}
	}
	p.glyphs = out
	if back {
		slices.Reverse(p.glyphs)
		share(p.glyphs, blank)
	}
}

// share divides the advance of each letter over the marks left of it and the empty
// glyphs right of it.
func share(list []face.Glyph, blank uint16) {
	for i := 0; i < len(list); {
		base := i
		for base < len(list) && list[base].Advance == 0 {
			base++
		}
		if base == len(list) {
			return
		}
		j := base + 1
		for j < len(list) && list[j].Advance == 0 && list[j].ID == blank {
			j++
		}
		whole, used := int(list[base].Advance), 0
		for k := i; k < j && j-i > 1; k++ {
			to := whole * (k - i + 1) / (j - i)
			if list[k].ID != blank {
				list[k].X -= int16(used)
			}
			list[k].Advance = uint16(to - used)
			used = to
		}
		i = j
	}
}

// meanings gives each glyph of a shaped piece the characters that it stands for,
// and reports whether that is all: of two glyphs for one character the second has
// none.
func (p *piece) meanings() ([]string, bool) {
	out := make([]string, len(p.glyphs))
	order := make([]int, len(p.glyphs)) // in reading order
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return p.glyphs[a].From - p.glyphs[b].From })
	whole := true
	at, rest := 0, p.text // rune at, and the text from there
	for i, k := range order {
		to := utf8.RuneCountInString(p.text)
		if i+1 < len(order) {
			to = p.glyphs[order[i+1]].From
		}
		n := 0
		for ; at < to; at++ {
			_, size := utf8.DecodeRuneInString(rest[n:])
			n += size
		}
		out[k], rest = rest[:n], rest[n:]
		whole = whole && n > 0
	}
	return out, whole
}
