package media

import (
	"bytes"
	"strconv"
)

// A pdfValue is a value in a PDF, as far as it matters to what the file can start.
type pdfValue struct {
	kind pdfKind
	word string // of a name, decoded, or of a word that is no value
	num  int    // of a whole number, and of a reference
	list []pdfValue
	dict map[string]pdfValue
}

type pdfKind byte

const (
	pdfOther pdfKind = iota // text, fraction, truth, null
	pdfName
	pdfNumber
	pdfRef
	pdfList
	pdfDict
	pdfWord // endobj, stream and the like
	pdfShut // ">>" or "]"
	pdfEnd
)

// maxDepth is deeper than any honest value is nested.
const maxDepth = 100

// A lexer reads values leniently, as readers of PDF do: what it does not know it
// passes over. It takes every byte it reads from a budget that all lexers of one
// file share, so that a crafted file costs no more than a few plain ones.
type lexer struct {
	b     []byte
	at    int
	left  *int              // of the budget
	name  func(name string) // told of every name
	doubt bool              // nested too deep, or a key twice: readers may differ
}

// more reports whether there is a byte to read, and pays for it.
func (l *lexer) more() bool {
	if l.at >= len(l.b) {
		return false
	}
	if *l.left--; *l.left < 0 {
		return false
	}
	return true
}

// value reads one value, or the word that stands in its place.
func (l *lexer) value(depth int) pdfValue {
	l.space()
	if !l.more() {
		return pdfValue{kind: pdfEnd}
	}
	c := l.b[l.at]
	double := l.at+1 < len(l.b) && l.b[l.at+1] == c
	l.at++
	switch {
	case c == '/':
		return pdfValue{kind: pdfName, word: l.nameWord()}
	case c == '(':
		l.text()
	case c == '<' && double:
		l.at++
		return l.fields(depth)
	case c == '<':
		l.upTo('>')
	case c == '>' && double:
		l.at++
		return pdfValue{kind: pdfShut}
	case c == '[':
		return l.entries(depth)
	case c == ']':
		return pdfValue{kind: pdfShut}
	case regular(c):
		l.at--
		return l.plain()
	}
	return pdfValue{}
}

func (l *lexer) space() {
	for l.at < len(l.b) && (white(l.b[l.at]) || l.b[l.at] == '%') && l.more() {
		if l.b[l.at] == '%' {
			for l.at < len(l.b) && l.b[l.at] != '\n' && l.b[l.at] != '\r' && l.more() {
				l.at++
			}
			continue
		}
		l.at++
	}
}

// nameWord reads a name behind its slash; "#61" in it stands for "a" (ISO 32000-1, 7.3.5).
func (l *lexer) nameWord() string {
	var out []byte
	for l.at < len(l.b) && regular(l.b[l.at]) && l.more() {
		c := l.b[l.at]
		l.at++
		if c == '#' && l.at+2 <= len(l.b) {
			if v, err := strconv.ParseUint(string(l.b[l.at:l.at+2]), 16, 8); err == nil {
				c = byte(v)
				l.at += 2
			}
		}
		out = append(out, c)
	}
	l.name(string(out))
	return string(out)
}

// text passes over a text in parentheses, which may hold others.
func (l *lexer) text() {
	for open := 1; open > 0 && l.more(); l.at++ {
		switch l.b[l.at] {
		case '\\':
			l.at++
		case '(':
			open++
		case ')':
			open--
		}
	}
}

func (l *lexer) upTo(end byte) {
	for l.more() {
		l.at++
		if l.b[l.at-1] == end {
			return
		}
	}
}

// plain reads a number, a reference or a word.
func (l *lexer) plain() pdfValue {
	word := l.word()
	n, err := strconv.Atoi(word)
	if err != nil {
		return pdfValue{kind: pdfWord, word: word}
	}
	back := l.at
	l.space()
	if second := l.word(); second != "" && digits(second) {
		l.space()
		if l.word() == "R" {
			return pdfValue{kind: pdfRef, num: n}
		}
	}
	l.at = back
	return pdfValue{kind: pdfNumber, num: n}
}

func (l *lexer) word() string {
	from := l.at
	for l.at < len(l.b) && regular(l.b[l.at]) && l.more() {
		l.at++
	}
	return string(l.b[from:min(l.at, from+32)])
}

// decides are the keys on which it depends what a file does; of two, readers
// take the one or the other.
var decides = map[string]bool{"OpenAction": true, "AA": true, "S": true, "Subtype": true, "Next": true, "Type": true, "N": true, "First": true, "Filter": true, "DecodeParms": true}

// fields reads a dictionary. One that is not closed ends where its object does.
func (l *lexer) fields(depth int) pdfValue {
	v := pdfValue{kind: pdfDict, dict: map[string]pdfValue{}}
	if depth >= maxDepth {
		l.doubt = true
		return v
	}
	for key := ""; ; {
		next := l.value(depth + 1)
		switch {
		case next.kind == pdfEnd || next.kind == pdfShut:
			return v
		case next.kind == pdfWord && ends(next.word):
			l.at -= len(next.word)
			return v
		case key == "" && next.kind == pdfName:
			key = next.word
		case key != "":
			_, twice := v.dict[key]
			l.doubt = l.doubt || twice && decides[key]
			v.dict[key], key = next, ""
		}
	}
}

func (l *lexer) entries(depth int) pdfValue {
	v := pdfValue{kind: pdfList}
	if depth >= maxDepth {
		l.doubt = true
		return v
	}
	for {
		next := l.value(depth + 1)
		switch {
		case next.kind == pdfEnd || next.kind == pdfShut:
			return v
		case next.kind == pdfWord && ends(next.word):
			l.at -= len(next.word)
			return v
		}
		v.list = append(v.list, next)
	}
}

// ends reports whether a word ends an object, whatever is still open in it.
func ends(word string) bool {
	switch word {
	case "endobj", "stream", "endstream", "obj", "xref", "trailer", "startxref":
		return true
	}
	return false
}

func digits(s string) bool {
	return len(bytes.Trim([]byte(s), "0123456789")) == 0
}

func white(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func regular(c byte) bool {
	return !white(c) && bytes.IndexByte([]byte("()<>[]{}/%"), c) < 0
}
