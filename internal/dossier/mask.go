package dossier

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A Masker takes citizen service numbers out of texts (UAVG art. 46): of each of
// its numbers all digits become stars but the last four. It knows a number as a
// reader does: in any digits (full width, Arabic, superscript), with anything but
// letters and digits between them, whether that shows or not. A longer number
// that holds the same digits stays as it is. The zero Masker changes nothing.
type Masker struct{ numbers [][]int8 }

// kept is how many digits of a number stay readable.
const kept = 4

// NewMasker is a masker for these numbers, however they are written. What is too
// short to be such a number is passed over.
func NewMasker(numbers ...string) Masker {
	var m Masker
	for _, n := range numbers {
		digits := digitsOf(n)
		bare := digits
		for len(bare) > 0 && bare[0] == 0 { // often written without its leading zero
			bare = bare[1:]
		}
		for _, d := range [][]int8{digits, bare} {
			if len(d) >= 8 && !slices.ContainsFunc(m.numbers, func(o []int8) bool { return slices.Equal(o, d) }) {
				m.numbers = append(m.numbers, d)
			}
		}
	}
	return m
}

func digitsOf(s string) (out []int8) {
	for _, g := range glyphs(s, false) {
		if g.digit >= 0 {
			out = append(out, g.digit)
		}
	}
	return out
}

// SameNumber reports whether two texts are one number, however it is written; a
// text without digits is no number.
func SameNumber(a, b string) bool {
	m := NewMasker(a)
	return len(m.numbers) > 0 && m.Text(b) != b
}

// MaskBSN is a number alone: stars but for the last four digits. One that the
// source has masked so stays.
func MaskBSN(number string) string {
	digits := digitsOf(number)
	var b strings.Builder
	if len(digits) == kept && strings.HasPrefix(number, "*") {
		return number
	}
	for i, d := range digits {
		if i < len(digits)-kept || len(digits) < 2*kept {
			b.WriteByte('*')
		} else {
			b.WriteByte('0' + byte(d))
		}
	}
	return b.String()
}

// Text masks in plain text.
func (m Masker) Text(s string) string {
	return m.mask(s, func(s string) [][]glyph { return [][]glyph{glyphs(s, false)} })
}

// Markup masks in HTML or XML: a number is also found where tags, comments and
// character references stand in it, and inside tags and comments.
func (m Masker) Markup(s string) string {
	return m.mask(s, func(s string) [][]glyph { return [][]glyph{glyphs(s, false), glyphs(s, true)} })
}

// Texts masks in texts that stand beside each other, such as the cells of a
// table: a number that is spread over them is found too.
func (m Masker) Texts(list []string) []string {
	if list == nil {
		return nil
	}
	const edge = "\x00" // a sign that no text has a use for
	clean := make([]string, len(list))
	for i, s := range list {
		clean[i] = strings.ReplaceAll(s, edge, "\uFFFD")
	}
	joined := strings.Join(clean, edge)
	if masked := m.Text(joined); masked != joined {
		return strings.Split(masked, edge)
	}
	return slices.Clone(list)
}

// mask stars out until no reading of s holds a number: what is left of two that
// lie across each other could be read as a third.
func (m Masker) mask(s string, read func(string) [][]glyph) string {
	if len(m.numbers) == 0 || !mayHold(s) {
		return s
	}
	for {
		hit := map[int]int{} // from → to, of what is starred
		for _, gs := range read(s) {
			for _, n := range m.numbers {
				find(gs, n, hit)
			}
		}
		if len(hit) == 0 {
			return s
		}
		s = star(s, hit)
	}
}

// mayHold is a quick no for the usual text.
func mayHold(s string) bool {
	n := 0
	for i := range len(s) {
		if c := s[i]; c >= '0' && c <= '9' {
			n++
		}
	}
	if n >= 2*kept || strings.Contains(s, "&#") {
		return true
	}
	for _, r := range s {
		if r >= utf8.RuneSelf && unicode.IsNumber(r) {
			n += 2 // one sign may be two digits
		}
	}
	return n >= 2*kept
}

// star writes a star for each piece of s in hit.
func star(s string, hit map[int]int) string {
	starts := make([]int, 0, len(hit))
	for from := range hit {
		starts = append(starts, from)
	}
	slices.Sort(starts)
	var b strings.Builder
	at := 0
	for _, from := range starts {
		b.WriteString(s[at:from])
		b.WriteByte('*')
		at = hit[from]
	}
	return b.String() + s[at:]
}

// A glyph is one sign as it is read, and the bytes where it is written.
type glyph struct {
	digit    int8 // 0 to 9; [separator] or [other]
	from, to int
}

const (
	separator int8 = -1 // shows nothing, or nothing that is a letter
	other     int8 = -2 // a letter, or what reads as one
)

// find notes what must be starred of every place where the digits of n stand as a
// number of their own.
func find(gs []glyph, n []int8, hit map[int]int) {
	for i := range gs {
		if gs[i].digit != n[0] || i > 0 && gs[i-1].digit >= 0 {
			continue
		}
		at := []int{}
		k := i
		for ; k < len(gs) && len(at) < len(n); k++ {
			if gs[k].digit == n[len(at)] {
				at = append(at, k)
			} else if gs[k].digit != separator {
				break
			}
		}
		if len(at) < len(n) || k < len(gs) && gs[k].digit >= 0 {
			continue
		}
		for _, k := range at[:len(n)-kept] {
			hit[gs[k].from] = gs[k].to
		}
	}
}

// glyphs reads s. With markup, tags and comments are what a reader does not see
// and character references are what they stand for.
func glyphs(s string, markup bool) []glyph {
	out := make([]glyph, 0, len(s))
	lastTag, lastComment := strings.LastIndexByte(s, '>'), strings.LastIndex(s, "-->")
	for i := 0; i < len(s); {
		n, what := 0, ""
		switch {
		case markup && i < lastComment && strings.HasPrefix(s[i:], "<!--"):
			n = comment(s[i:])
		case markup && i < lastTag && s[i] == '<':
			n, what = tag(s[i : lastTag+1])
		case markup && s[i] == '&':
			n, what = reference(s[i:])
		case s[i] == '[':
			n, what = mark(s[i:])
		}
		if n == 0 {
			_, n = utf8.DecodeRuneInString(s[i:])
			what = s[i : i+n]
		}
		for _, r := range what {
			for _, d := range read(r) {
				out = append(out, glyph{d, i, i + n})
			}
		}
		i += n
	}
	return out
}

// inline are the elements that stand within a word: what they stand around is
// read as if they were not there.
var inline = map[string]bool{"a": true, "abbr": true, "b": true, "bdi": true, "bdo": true, "big": true, "cite": true, "code": true, "del": true,
	"dfn": true, "em": true, "font": true, "i": true, "ins": true, "kbd": true, "mark": true, "q": true, "s": true, "samp": true, "small": true,
	"span": true, "strike": true, "strong": true, "sub": true, "sup": true, "tt": true, "u": true, "var": true, "wbr": true}

// comment is the length of the comment that s begins with; 0 for one that never ends.
func comment(s string) int {
	if end := strings.Index(s[4:], "-->"); end >= 0 {
		return end + 7
	}
	return 0
}

// tag is the length of the tag that s begins with, and what it reads as: nothing
// within a word, else a space. 0 for a mere "<".
func tag(s string) (int, string) {
	name := strings.TrimPrefix(s[1:], "/")
	k := strings.IndexFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
	end := tagEnd(s)
	switch {
	case name == "" || k == 0 && name[0] != '!' && name[0] != '?' || name[0] >= '0' && name[0] <= '9':
		return 0, ""
	case k > 0 && inline[strings.ToLower(name[:k])]:
		return end, ""
	}
	return end, " "
}

// tagEnd is where a tag is over: at a ">" outside quotes, else at the first.
func tagEnd(s string) int {
	const longest = 4096 // of a tag with quotes: a stray one may not cost a whole text
	quote := byte(0)
	for i := range min(len(s), longest) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return strings.IndexByte(s, '>') + 1
}

// reference is the length of the character reference that s begins with, and the
// character; 0 for a mere "&". One that HTML does not know stands for a letter.
func reference(s string) (int, string) {
	for i := 1; i < min(len(s), 40); i++ {
		c := s[i]
		if c == ';' || c == '#' && i == 1 || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			if c != ';' {
				continue
			}
			if text := html.UnescapeString(s[:i+1]); text != s[:i+1] {
				return i + 1, text
			}
		}
		break
	}
	return 0, ""
}

// mark is the length of a visible mark for a sign that shows nothing, such as
// [U+200B], which a reader passes over as the sign itself.
func mark(s string) (int, string) {
	end := strings.IndexByte(s, ']')
	if end < 7 || end > 9 || !strings.HasPrefix(s, "[U+") || strings.Trim(s[3:end], "0123456789ABCDEF") != "" {
		return 0, ""
	}
	return end + 1, " "
}

// read is what one sign reads as; a few read as more than one digit.
func read(r rune) []int8 {
	if d := digitOf(r); d >= 0 {
		return digits[d : d+1]
	}
	switch {
	case r < utf8.RuneSelf && (r|0x20 < 'a' || r|0x20 > 'z'):
		return justSeparator
	case unicode.IsLetter(r):
		return justOther
	case unicode.IsNumber(r):
		return compound(r)
	}
	return justSeparator
}

var (
	digits        = []int8{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	justSeparator = []int8{separator}
	justOther     = []int8{other}
)

// compound reads a number that is one sign, such as ⑫ or ⒊; fractions and
// numbers in words are no digits.
func compound(r rune) []int8 {
	var out []int8
	for _, c := range norm.NFKC.String(string(r)) {
		switch d := digitOf(c); {
		case d >= 0:
			out = append(out, d)
		case c == '\u2044' || unicode.IsLetter(c) || unicode.IsNumber(c):
			return justOther
		}
	}
	return out
}

// circled are the digits that Unicode gives no other form for: on black, in a
// double circle, in a face without serifs.
var circled = []rune{'\u2776', '\u2780', '\u278A', '\u24F5'}

// digitOf is the value of a decimal digit of any script or form, or -1.
func digitOf(r rune) int8 {
	switch {
	case r >= '0' && r <= '9':
		return int8(r - '0')
	case r < utf8.RuneSelf:
		return -1
	case r == '\u24FF':
		return 0
	}
	for _, first := range circled {
		if r >= first && r < first+9 {
			return int8(r-first) + 1
		}
	}
	if unicode.IsDigit(r) {
		for _, t := range unicode.Nd.R16 {
			if r >= rune(t.Lo) && r <= rune(t.Hi) {
				return int8((r - rune(t.Lo)) % 10)
			}
		}
		for _, t := range unicode.Nd.R32 {
			if r >= rune(t.Lo) && r <= rune(t.Hi) {
				return int8((r - rune(t.Lo)) % 10)
			}
		}
	}
	if unicode.Is(unicode.No, r) {
		if f := []rune(norm.NFKC.String(string(r))); len(f) == 1 && f[0] >= '0' && f[0] <= '9' {
			return int8(f[0] - '0')
		}
	}
	return -1
}
