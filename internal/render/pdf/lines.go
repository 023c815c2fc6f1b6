package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"inzage/internal/render/pdf/face"
)

// A line is text.s[start:end]; the space or newline it was broken at is not in it.
type line struct {
	start, end int
	width      float64
}

// A breaker breaks one text into lines, first fit, ragged right.
type breaker struct {
	t        text
	limit    float64
	run      int // the run that holds pos
	cur      line
	lines    []line
	anything bool // the current line has a word
	words    int  // on the current line
	short    line // the current line without its last word
	before   line // short, of the line before
	spare    bool // the line before has words to give
}

// breakLines sets t in lines of at most width points. Breaks fall at spaces and
// after hyphens between letters; a word wider than a line breaks after a slash or
// the like, or else between two characters, never inside one. An empty text has
// no lines. No character is lost but the spaces at a break.
func breakLines(t text, width float64) []line {
	if t.s == "" {
		return nil
	}
	b := breaker{t: t, limit: width}
	i := 0
	for i < len(t.s) {
		switch t.s[i] {
		case ' ':
			i++
		case '\n':
			b.close(i + 1)
			i++
		default:
			j := wordEnd(t.s, i)
			b.word(i, j)
			i = j
		}
	}
	if b.anything || len(b.lines) == 0 {
		b.company()
		b.close(len(t.s))
	}
	return b.lines
}

// company gives a last line of one short word another from the line before it: a
// lone word under a paragraph is passed over, and it may be the one that counts.
func (b *breaker) company() {
	n := len(b.lines) - 1
	if n < 0 || b.words != 1 || !b.spare || b.cur.width > b.limit/8 || b.limit < wide || b.t.s[b.lines[n].end] != ' ' {
		return
	}
	from := b.before.end
	for b.t.s[from] == ' ' {
		from++
	}
	b.lines[n] = b.before
	b.cur = line{start: from, end: b.cur.end, width: b.width(from, b.cur.end)}
}

// wide is the least width in which a lone word looks lost.
const wide = 200.0

// balanced breaks a title in lines of about one length.
func balanced(t text, width float64) []line {
	ls := breakLines(t, width)
	if len(ls) < 2 {
		return ls
	}
	low, high := width/2, width
	for range 7 {
		mid := (low + high) / 2
		if tries := breakLines(t, mid); len(tries) == len(ls) {
			high, ls = mid, tries
		} else {
			low = mid
		}
	}
	return ls
}

// close ends the current line; the next starts at next.
func (b *breaker) close(next int) {
	b.lines = append(b.lines, b.cur)
	b.before, b.spare = b.short, b.words > 3
	b.cur = line{start: next, end: next}
	b.anything, b.words = false, 0
}

// word puts s[i:j] on this line or the next, or breaks it when it fits on none.
func (b *breaker) word(i, j int) {
	w := b.width(i, j)
	if b.anything {
		gap := b.width(b.cur.end, i)
		if b.cur.width+gap+w <= b.limit {
			b.short = b.cur
			b.cur.end, b.cur.width = j, b.cur.width+gap+w
			b.words++
			return
		}
		b.close(i)
	}
	b.cur = line{start: i, end: j, width: w}
	b.anything, b.words = true, 1
	if w > b.limit {
		b.split(i, j)
	}
}

// split breaks s[i:j], wider than a line, over as many lines as it takes.
func (b *breaker) split(i, j int) {
	b.cur = line{start: i, end: i}
	soft, softWidth := i, 0.0 // after the last slash on this line
	for i < j {
		k := clusterEnd(b.t.s, i, j)
		w := b.width(i, k)
		if b.cur.width+w > b.limit && b.cur.end > b.cur.start {
			rest := line{start: b.cur.end, end: b.cur.end}
			if soft > b.cur.start && softWidth > b.limit/2 {
				rest = line{start: soft, end: b.cur.end, width: b.cur.width - softWidth}
				b.cur.end, b.cur.width = soft, softWidth
			}
			b.lines, b.spare = append(b.lines, b.cur), false
			b.cur, soft = rest, rest.start
		}
		b.cur.end, b.cur.width = k, b.cur.width+w
		if softAfter(b.t.s[k-1]) {
			soft, softWidth = k, b.cur.width
		}
		i = k
	}
	b.anything = true
}

// softAfter reports whether a long word, often an address, reads well when broken
// after c.
func softAfter(c byte) bool {
	switch c {
	case '/', '-', '_', '?', '&', '=', '.', ',', ';', ':':
		return true
	}
	return false
}

// width measures s[i:j], which may span runs. Calls come mostly in rising order of
// i, so the run is found by walking.
func (b *breaker) width(i, j int) float64 {
	for b.run > 0 && b.t.runs[b.run-1].end > i {
		b.run--
	}
	for b.t.runs[b.run].end <= i && b.run < len(b.t.runs)-1 {
		b.run++
	}
	var w float64
	for r := b.run; i < j; r++ {
		end := min(b.t.runs[r].end, j)
		w += b.t.runs[r].style.width(b.t.s[i:end])
		i = end
	}
	return w
}

// wordEnd gives the end of the word at i: before the next space or newline, or
// after a hyphen between words, which the e of e-mail is not. A number keeps what it counts, and a clipped
// article its noun: 3 maart, 's nachts.
func wordEnd(s string, i int) int {
	for j := i; j < len(s); j++ {
		switch s[j] {
		case ' ':
			if !clings(s[i:j]) || !shortWord(s[j+1:]) {
				return j
			}
		case '\n':
			return j
		case '-':
			if j > i && wordBefore(s, j) && letterAfter(s, j+1) {
				return j + 1
			}
		}
	}
	return len(s)
}

// shortWord reports whether s begins with a word that is no burden on a line.
func shortWord(s string) bool {
	n := strings.IndexAny(s, " \n")
	if n < 0 {
		n = len(s)
	}
	return n <= 13 && letterAfter(s, 0)
}

// clings reports whether a word may not end a line: a small number or a time, or
// an apostrophe with a letter.
func clings(word string) bool {
	if word == "" || len(word) > 6 {
		return false
	}
	switch c := word[0]; {
	case c >= '0' && c <= '9':
		time := false
		for i := 1; i < len(word); i++ {
			switch c := word[i]; {
			case c == ',' || c == '.' || c == ':':
				time = true
			case c < '0' || c > '9':
				return false
			}
		}
		return time || len(word) <= 3
	case c == '\'':
		return len(word) == 2 && letterAfter(word, 1)
	case c == 0xE2: // of ’
		return len(word) == 4 && strings.HasPrefix(word, "’") && letterAfter(word, 3)
	}
	return false
}

// wordBefore reports whether two letters stand before i.
func wordBefore(s string, i int) bool {
	r, n := utf8.DecodeLastRuneInString(s[:i])
	before, _ := utf8.DecodeLastRuneInString(s[:i-n])
	return unicode.IsLetter(r) && unicode.IsLetter(before)
}

func letterAfter(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return unicode.IsLetter(r)
}

// clusterEnd gives the end of the character a reader sees at i.
func clusterEnd(s string, i, j int) int { return i + face.Cluster(s[i:j]) }
