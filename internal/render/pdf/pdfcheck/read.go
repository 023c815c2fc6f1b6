package pdfcheck

import (
	"bytes"
	"strings"
)

// Text is what a program that reads aloud finds in a file, in the order of the
// structure tree: one line for each element that stands by itself, the text of
// pictures left out. Nested says that marked content without a number stands in
// tagged content, behind which poppler's pdfinfo loses words. A file that cannot
// be read has no lines.
func Text(b []byte) (lines []string, nested bool) {
	f, err := open(b)
	if err != nil {
		return nil, false
	}
	c := newChecker()
	c.read(f)
	a := &aloud{checker: c, fresh: true}
	for _, k := range c.root {
		if k.elem != nil {
			a.elem(k.elem)
		}
	}
	return a.lines, c.nested
}

// inline are the types that stand within a line (ISO 32000-1, 14.8.4.4).
var inline = words("Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP")

// aloud gathers lines.
type aloud struct {
	*checker
	lines []string
	fresh bool // what comes next begins a line
}

func (a *aloud) elem(e *elem) {
	own := !inline[word(e.tag)]
	a.fresh = a.fresh || own
	switch s, _ := a.f.get(e.dict["ActualText"]).(text); {
	case e.tag == "Figure":
	case len(s) > 0:
		a.say(string(textRunes(s)))
	default:
		for _, k := range e.kids {
			if k.elem != nil {
				a.elem(k.elem)
			} else if k.annot == 0 && k.page >= 0 {
				a.say(string(a.pages[k.page].said[k.mcid]))
			}
		}
	}
	a.fresh = a.fresh || own
}

func (a *aloud) say(s string) {
	if s == "" {
		return
	}
	if a.fresh {
		a.lines = append(a.lines, "")
	}
	a.lines[len(a.lines)-1] += s
	a.fresh = false
}

// textRunes are the characters of a text string: UTF-16BE behind its mark, else
// ASCII, which is all that our files have besides (ISO 32000-1, 7.9.2.2).
func textRunes(s text) []rune {
	if wide, ok := bytes.CutPrefix(s, []byte("\xFE\xFF")); ok {
		return utf16Runes(wide, 0)
	}
	return []rune(strings.ToValidUTF8(string(s), "\uFFFD"))
}
