package ink

import (
	"strings"
	"unicode"

	"github.com/go-text/typesetting/bidi"

	"inzage/internal/render/pdf/face"
)

// A directed is text of one embedding level.
type directed struct {
	text  string
	level bidi.Level
}

// directions cuts s, a line of a paragraph that runs from right to left or not, by
// the bidirectional algorithm (UAX #9), in reading order.
func directions(s string, rightToLeft bool) []directed {
	if strings.IndexFunc(s, face.RightToLeft) < 0 {
		return []directed{{s, 0}}
	}
	line := []rune(strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', 0x1C, 0x1D, 0x1E, 0x85, 0x2029: // would end the paragraph
			return ' '
		}
		return r
	}, s))
	var p bidi.Paragraph
	whole := line
	for len(line) > 0 && line[len(line)-1] == ' ' { // stays at the right, where no line begins
		line = line[:len(line)-1]
	}
	base := bidi.LeftToRight
	if rightToLeft {
		base = bidi.RightToLeft
	}
	runs := p.Segment(line, base)
	var out []directed
	at := 0
	for i := range runs.NumRuns() {
		r := runs.Run(i)
		if r.Start != at || r.End <= r.Start || r.End > len(line) {
			break
		}
		if base == bidi.LeftToRight && r.IsLeftToRight() {
			out = appendEven(out, line[r.Start:r.End], r.Level)
		} else {
			out = append(out, directed{string(line[r.Start:r.End]), r.Level})
		}
		at = r.End
	}
	if at < len(whole) { // those spaces; and nothing is lost, whatever the algorithm says
		out = append(out, directed{string(whole[at:]), 0})
	}
	return out
}

// appendEven adds a row of even levels in a line from left to right, which the
// library gives as one run with the first one's level: a number next to text from
// right to left is at level 2 and stands within it, what is beyond it at level 0.
func appendEven(out []directed, row []rune, first bidi.Level) []directed {
	head, tail := 0, len(row)
	if first >= 2 {
		head = numberEnd(row)
	}
	for tail > head && arabicDigit(row[tail-1]) {
		tail--
	}
	for _, d := range []directed{{string(row[:head]), 2}, {string(row[head:tail]), 0}, {string(row[tail:]), 2}} {
		if d.text != "" {
			out = append(out, d)
		}
	}
	return out
}

// numberEnd is where the number at the head of row ends: digits, single separators
// between them, and the signs that belong to a number.
func numberEnd(row []rune) int {
	end := 0
	for i, r := range row {
		switch {
		case unicode.IsDigit(r), strings.ContainsRune("#$%°€£¥‰٪", r):
			end = i + 1
		case strings.ContainsRune(",.:/+-\u00a0٫٬", r) && end == i:
		default:
			return end
		}
	}
	return end
}

func arabicDigit(r rune) bool { return r >= 0x660 && r <= 0x669 }
