package ink

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-text/typesetting/bidi"

	"inzage/internal/render/pdf/face"
)

// A piece is a part of a line that is drawn at once: of one face, one direction,
// and of one word with the spaces after it.
type piece struct {
	face   *face.Face
	text   string       // as it is written
	drawn  string       // simple characters that are drawn for it; empty: glyphs are
	glyphs []face.Glyph // in the order in which they are seen
	level  bidi.Level   // odd: right to left
	x      float64      // from the start of the line, ems
	width  float64      // ems
}

func (p *piece) rightToLeft() bool { return p.level&1 == 1 }

// Placeholder is what stands for a character that no face has: [U+1F60A].
func Placeholder(r rune) string { return fmt.Sprintf("[U+%04X]", r) }

// lay cuts text that is not simple into pieces in reading order, each at the place
// where it is seen, and gives the width of all, in ems.
func lay(own *face.Face, s string) ([]piece, float64) {
	var out []piece
	for _, run := range directions(s) {
		for _, word := range words(run.text) {
			out = appendPieces(out, own, word, run.level)
		}
	}
	return out, arrange(out)
}

// A directed is text of one embedding level.
type directed struct {
	text  string
	level bidi.Level
}

// directions cuts s by the bidirectional algorithm (UAX #9), in reading order.
func directions(s string) []directed {
	if strings.IndexFunc(s, face.RightToLeft) < 0 {
		return []directed{{s, 0}}
	}
	runes := []rune(strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', 0x1C, 0x1D, 0x1E, 0x85, 0x2029: // would end the paragraph
			return ' '
		}
		return r
	}, s))
	var p bidi.Paragraph
	runs := p.Segment(runes, bidi.LeftToRight)
	var out []directed
	at := 0
	for i := range runs.NumRuns() {
		r := runs.Run(i)
		if r.Start != at || r.End <= r.Start || r.End > len(runes) {
			break
		}
		out = append(out, directed{string(runes[r.Start:r.End]), r.Level})
		at = r.End
	}
	if at < len(runes) { // nothing is lost, whatever the algorithm says
		out = append(out, directed{string(runes[at:]), 0})
	}
	return out
}

// words cuts s after each row of spaces.
func words(s string) []string {
	var out []string
	from := 0
	for i := 1; i < len(s); i++ {
		if s[i-1] == ' ' && s[i] != ' ' {
			out = append(out, s[from:i])
			from = i
		}
	}
	return append(out, s[from:])
}

// appendPieces cuts one word where the face changes.
func appendPieces(out []piece, own *face.Face, word string, level bidi.Level) []piece {
	first := len(out)
	for len(word) > 0 {
		n := face.Cluster(word)
		c := word[:n]
		word = word[n:]
		if f := cover(own, c); f != nil {
			out = join(out, first, piece{face: f, text: c, level: level})
			continue
		}
		for _, r := range c { // no face has all of it
			one := string(r)
			switch f := cover(own, one); {
			case f != nil:
				out = join(out, first, piece{face: f, text: one, level: level})
			default:
				out = append(out, piece{face: own, text: one, drawn: Placeholder(r), level: level})
			}
		}
	}
	for i := first; i < len(out); i++ {
		out[i].shape(own)
	}
	return out
}

// join adds a piece to the last one since first when nothing differs.
func join(out []piece, first int, p piece) []piece {
	if n := len(out) - 1; n >= first && out[n].face == p.face && out[n].drawn == "" {
		out[n].text += p.text
		return out
	}
	return append(out, p)
}

// shape finds the glyphs of a piece and its width.
func (p *piece) shape(own *face.Face) {
	if p.drawn == "" && !p.rightToLeft() && p.face.Simple(p.text) {
		p.drawn = p.text
	}
	if p.drawn != "" {
		p.width = p.face.Width(p.drawn)
		return
	}
	p.glyphs = p.face.Shape([]rune(p.text), p.rightToLeft())
	for _, g := range p.glyphs {
		p.width += g.Advance
	}
}

// cover is the face that draws all of a cluster: the emoji's for a picture, else
// the style's own, else the regular one with the widest cover, else the emoji's,
// else nil.
func cover(own *face.Face, cluster string) *face.Face {
	chain := [...]*face.Face{own, face.DejaVu().Regular, face.Emoji()}
	if face.Pictured(cluster) {
		chain = [...]*face.Face{face.Emoji(), own, face.DejaVu().Regular}
	}
next:
	for _, f := range chain {
		for _, r := range cluster {
			if f.Glyph(r) == 0 && !face.Silent(r) {
				continue next
			}
		}
		return f
	}
	return nil
}

// arrange puts pieces where they are seen (UAX #9, rule L2: from the highest level
// down, every row of pieces at that level or above is turned round) and gives the
// width of all.
func arrange(list []piece) float64 {
	seen := make([]*piece, len(list))
	highest := bidi.Level(0)
	for i := range list {
		seen[i] = &list[i]
		highest = max(highest, list[i].level)
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(seen); i++ {
			j := i
			for j < len(seen) && seen[j].level >= level {
				j++
			}
			slices.Reverse(seen[i:j])
			i = max(i, j)
		}
	}
	x := 0.0
	for _, p := range seen {
		p.x = x
		x += p.width
	}
	return x
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
