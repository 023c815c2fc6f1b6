package face

import "unicode"

// sort finds out which characters of the face are simple.
func (f *Face) sort() {
	for c, g := range f.basic {
		if g != 0 && !special(rune(c)) {
			f.simple[c>>6] |= 1 << (c & 63)
		}
	}
}

// Simple reports whether every character of s is drawn by one glyph of the face
// after the other, left to right: no marks, no joined or right-to-left script, no
// emoji, nothing that the face lacks.
func (f *Face) Simple(s string) bool {
	for _, r := range s {
		if r >= 1<<16 || f.simple[r>>6]>>(r&63)&1 == 0 {
			return false
		}
	}
	return true
}

// special are characters that stand in another place than after the one before,
// have another form than their own, or draw nothing.
func special(r rune) bool {
	return RightToLeft(r) || unicode.In(r, unicode.M, unicode.Cf, unicode.Zl, unicode.Zp) || r < 0x20
}

// RightToLeft reports whether r lies in a block of scripts that run from right to
// left, or is a sign that changes direction.
func RightToLeft(r rune) bool {
	return r >= 0x0590 && (r <= 0x08FF || r >= 0x200E && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 ||
		r >= 0xFB1D && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFC || r >= 0x10800 && r <= 0x10FFF || r >= 0x1E800 && r <= 0x1EFFF)
}

// Silent reports whether r draws nothing of its own: joiners, variation selectors,
// signs of direction, soft hyphens.
func Silent(r rune) bool {
	return r == 0x00AD || r == 0x034F || r == 0x061C || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E ||
		r >= 0x2060 && r <= 0x206F || r >= 0xFE00 && r <= 0xFE0F || r == 0xFEFF || r >= 0xE0000 && r <= 0xE0FFF
}

const (
	joiner   = '\u200d'
	asText   = '\ufe0e'
	asEmoji  = '\ufe0f'
	keycap   = '\u20e3'
	lowEmoji = 0x1F000 // where the blocks of pictures begin
)

func regional(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

// extends reports whether r belongs to the character before it.
func extends(r rune) bool {
	return r == joiner || r == 0x200C || r >= 0xFE00 && r <= 0xFE0F || r >= 0x1F3FB && r <= 0x1F3FF ||
		r >= 0xE0020 && r <= 0xE007F || unicode.Is(unicode.M, r)
}

// Extends reports whether r belongs to the character before it: a mark, a joiner,
// a variation selector, a skin tone.
func Extends(r rune) bool { return r >= 0x300 && extends(r) }

// Cluster is the length in bytes of the character that a reader sees at the head
// of s: a base with its marks, an emoji sequence, a flag. It is a short form of
// UAX #29, enough to never separate what is drawn as one; beyond 64 characters,
// which no script needs, it ends. An empty s has none.
func Cluster(s string) int {
	var first, last rune
	flag := false
	n := 0
	for k, r := range s {
		n++
		switch {
		case n > 64:
			return k
		case k == 0:
			first = r
			flag = regional(r)
		case r < 0x300:
			return k
		case extends(r):
		case last == joiner && first >= 0x2000: // a picture joined to the next; other joiners end here
		case flag && regional(r):
			flag = false
		default:
			return k
		}
		last = r
	}
	return len(s)
}

// Pictured reports whether a cluster asks to be drawn as a picture.
func Pictured(cluster string) bool {
	picture := false
	for i, r := range cluster {
		switch {
		case i == 0 && r >= lowEmoji && r < 0x20000, r == asEmoji, r == keycap:
			picture = true
		case r == asText:
			return false
		}
	}
	return picture
}
