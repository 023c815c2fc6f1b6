package face

import (
	"bytes"
	"sync"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/go-text/typesetting/language"
)

// A Glyph is a glyph in its place.
type Glyph struct {
	Variant
	From int // the first of its characters, in runes of what was shaped
}

// shapers are what HarfBuzz needs of a face: the font program is read when it is
// first shaped with, and each goroutine that shapes has tools of its own.
type shapers struct {
	file []byte
	once sync.Once
	font *font.Font // nil: not readable, or not read
	pool sync.Pool
}

type shaper struct {
	font *harfbuzz.Font
	buf  *harfbuzz.Buffer
}

func (f *Face) shaper() *shaper {
	s := &f.shapers
	s.once.Do(func() {
		if loader, err := ot.NewLoader(bytes.NewReader(s.file)); err == nil {
			s.font, _ = font.NewFont(loader)
		}
	})
	if s.font == nil {
		return nil
	}
	if t, ok := s.pool.Get().(*shaper); ok {
		return t
	}
	return &shaper{font: harfbuzz.NewFont(font.NewFace(s.font)), buf: harfbuzz.NewBuffer()}
}

// plainLatin turns ligatures such as ﬁ off where script is not joined by nature:
// text beside it is set without them.
var plainLatin = []harfbuzz.Feature{{Tag: ot.MustNewTag("liga"), Value: 0, End: harfbuzz.FeatureGlobalEnd}}

// Shape gives the glyphs of a word in the order in which they are seen, from left
// to right: letters joined, marks on their base, emoji sequences as one picture
// where the face has it. What draws nothing has no glyph. The characters are of
// one direction.
func (f *Face) Shape(text []rune, rightToLeft bool) []Glyph {
	t := f.shaper()
	if t == nil || len(text) == 0 {
		return nil
	}
	defer f.shapers.pool.Put(t)
	b := t.buf
	b.Clear()
	b.ClusterLevel = harfbuzz.MonotoneCharacters
	b.Flags = harfbuzz.RemoveDefaultIgnorables
	b.AddRunes(text, 0, len(text))
	b.Props = harfbuzz.SegmentProperties{Script: script(text), Direction: harfbuzz.LeftToRight, Language: "und"}
	features := plainLatin
	if rightToLeft {
		b.Props.Direction, features = harfbuzz.RightToLeft, nil
	}
	b.Shape(t.font, features)
	out := make([]Glyph, len(b.Info))
	for i, p := range b.Pos {
		out[i] = Glyph{Variant{uint16(b.Info[i].Glyph), short(p.XOffset), short(p.YOffset), uint16(max(0, min(p.XAdvance, 1<<16-1)))}, b.Info[i].Cluster}
	}
	return out
}

func short(v harfbuzz.Position) int16 { return int16(max(-1<<15, min(v, 1<<15-1))) }

// script is the first script of text that is one.
func script(text []rune) language.Script {
	for _, r := range text {
		switch s := language.LookupScript(r); s {
		case language.Common, language.Inherited, language.Unknown:
		default:
			return s
		}
	}
	return language.Latin
}
