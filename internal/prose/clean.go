package prose

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes a string safe to show without losing or reordering anything.
// Each byte that is not UTF-8 becomes U+FFFD; controls, bidi controls,
// zero-width characters and non-characters become visible marks such as
// [U+202E]. A joiner or variation selector stays where it does its work: in an
// emoji, or between letters of a script that joins. Line ends become \n; tabs
// stay. Clean(Clean(s)) is Clean(s).
func Clean(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	prev, flag := rune(0), false // flag: in an emoji tag sequence
	for i := 0; i < len(s); {
		shown := true
		r, n := utf8.DecodeRuneInString(s[i:])
		next, _ := utf8.DecodeRuneInString(s[i+n:])
		switch {
		case r == '\r' && next == '\n': // the \n follows
		case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			b.WriteByte('\n')
		case isTag(r) && (prev == 0x1F3F4 || flag) || !hidden(r) || joins(prev, r, next):
			b.WriteRune(r) // RuneError of an invalid byte becomes U+FFFD
		default:
			fmt.Fprintf(&b, "[U+%04X]", r)
			shown = false
		}
		flag = isTag(r) && (prev == 0x1F3F4 || flag)
		prev = r
		if !shown {
			prev = ']' // a mark is what stands there now
		}
		i += n
	}
	return b.String()
}

// plain reports whether s is printable ASCII, the usual case.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7F || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// hidden reports whether a rune shows nothing, or turns what stands around it.
func hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == utf8.RuneError:
		return false
	case unicode.IsControl(r): // C0, DEL and C1
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F:
		return true
	case r == 0x061C, r == 0x180E, r == 0xFEFF, r >= 0xFE00 && r <= 0xFE0F:
		return true
	case r >= 0xFFF9 && r <= 0xFFFB, isTag(r), r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF:
		return true
	}
	return false
}

// isTag reports the tag characters that spell a flag such as Scotland's.
func isTag(r rune) bool { return r >= 0xE0000 && r <= 0xE007F }

// joins reports whether a hidden rune does its work between its neighbours. What
// follows must be seen: a rune that becomes a mark itself is nothing to join.
func joins(prev, r, next rune) bool {
	switch {
	case r == 0x200D: // zero width joiner
		return emoji(prev) && emoji(next) && !hidden(next) || joining(prev)
	case r == 0x200C: // zero width non-joiner
		return joining(prev) && joining(next) && !hidden(next)
	case r == 0xFE0E || r == 0xFE0F: // text or emoji form
		return emoji(prev) || prev >= '0' && prev <= '9' || prev == '#' || prev == '*'
	}
	return false
}

func emoji(r rune) bool {
	return unicode.Is(unicode.So, r) || unicode.Is(unicode.Sm, r) || unicode.Is(unicode.Sk, r) && r >= 0x1F3FB ||
		r == 0xFE0F || r == 0x200D || r == '‼' || r == '⁉' || r == '〰' || r == 0xA9 || r == 0xAE
}

// joining reports letters and marks of scripts in which ZWJ and ZWNJ spell.
func joining(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Devanagari,
		unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
		unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar)
}
