package ink

import (
	"fmt"
	"slices"
	"unicode"
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
func lay(own *face.Face, s string, rightToLeft bool) ([]piece, float64) {
	var out []piece
	for _, run := range directions(s, rightToLeft) {
		for _, word := range words(run.text) {
			out = appendPieces(out, own, word, run.level)
		}
	}
	for i := range out {
		out[i].shape()
	}
	return out, arrange(out)
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
		if level&1 == 1 && apart(c) {
			first = len(out)
		}
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
	return out
}

// apart reports whether a cluster from right to left is no letter, and so a piece
// of its own: programs turn letters round and leave signs between them, so a
// bracket would change sides with its word.
func apart(cluster string) bool {
	r, _ := utf8.DecodeRuneInString(cluster)
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !face.Silent(r)
}

// longest is about how many bytes are shaped at once. No line holds so much; the
// time that shaping takes grows faster than its text.
const longest = 400

// join adds a piece to the last one since first when nothing differs.
func join(out []piece, first int, p piece) []piece {
	if n := len(out) - 1; n >= first && out[n].face == p.face && out[n].drawn == "" && len(out[n].text) < longest && !(p.rightToLeft() && apart(out[n].text)) {
		out[n].text += p.text
		return out
	}
	return append(out, p)
}

// shape finds the glyphs of a piece and its width.
func (p *piece) shape() {
	if p.drawn == "" && !p.rightToLeft() && p.face.Simple(p.text) {
		p.drawn = p.text
	}
	if p.drawn != "" {
		p.width = p.face.Width(p.drawn)
		return
	}
	p.glyphs = p.face.Shape([]rune(p.text), p.rightToLeft())
	sum := 0
	for _, g := range p.glyphs {
		sum += int(g.Advance)
	}
	p.width = float64(sum) / float64(p.face.UnitsPerEm)
	p.spell()
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
