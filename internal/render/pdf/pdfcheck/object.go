package pdfcheck

import (
	"bytes"
	"errors"
	"strconv"
)

// The objects of PDF (ISO 32000-1, 7.3) are nil, bool, float64 and these.
type (
	name string
	text []byte // a string
	list []any
	dict map[name]any
	ref  int // to an object, by its number; generations are 0
	word string
)

// A stream is a dictionary with bytes, as they stand in the file.
type stream struct {
	dict dict
	raw  []byte
}

var (
	errSyntax = errors.New("it is not written as PDF")
	errEnd    = errors.New("it ends too early")
)

// deepest is how far arrays and dictionaries may stand in each other.
const deepest = 64

// A lexer reads objects, or the operands and operators of a page.
type lexer struct {
	b     []byte
	at    int
	depth int
	refs  bool // "12 0 R" is a reference: not so in a page
}

func isSpace(c byte) bool { return bytes.IndexByte([]byte("\x00\t\n\f\r "), c) >= 0 }

func isDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

// skip goes over white space and comments.
func (l *lexer) skip() {
	for ; l.at < len(l.b); l.at++ {
		switch c := l.b[l.at]; {
		case c == '%':
			for l.at < len(l.b) && l.b[l.at] != '\n' && l.b[l.at] != '\r' {
				l.at++
			}
			l.at-- // the loop goes on with the line's end
		case !isSpace(c):
			return
		}
	}
}

// regular takes the characters up to the next white space or delimiter.
func (l *lexer) regular() []byte {
	from := l.at
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && !isDelimiter(l.b[l.at]) {
		l.at++
	}
	return l.b[from:l.at]
}

// next reads one object or word. "]" and ">>" come as words.
func (l *lexer) next() (any, error) {
	l.skip()
	if l.at >= len(l.b) {
		return nil, errEnd
	}
	rest := l.b[l.at:]
	switch c := rest[0]; {
	case c == '/':
		l.at++
		return nameOf(l.regular())
	case c == '(':
		return l.literal()
	case bytes.HasPrefix(rest, []byte("<<")):
		l.at += 2
		return l.dictionary()
	case bytes.HasPrefix(rest, []byte(">>")):
		l.at += 2
		return word(">>"), nil
	case c == '<':
		return l.hexadecimal()
	case c == '[':
		l.at++
		return l.array()
	case isDelimiter(c):
		l.at++
		return word(c), nil
	}
	return l.atom()
}

// atom reads a number, a reference, or a word.
func (l *lexer) atom() (any, error) {
	s := string(l.regular())
	switch s {
	case "true", "false":
		return s == "true", nil
	case "null":
		return nil, nil
	}
	if c := s[0]; c != '+' && c != '-' && c != '.' && (c < '0' || c > '9') {
		return word(s), nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return word(s), nil
	}
	if l.refs && s[0] >= '0' && s[0] <= '9' && l.takeRef() {
		return ref(int(min(v, 1<<31))), nil
	}
	return v, nil
}

// takeRef goes over " 0 R" if that comes next.
func (l *lexer) takeRef() bool {
	from := l.at
	l.skip()
	if string(l.regular()) == "0" {
		l.skip()
		if string(l.regular()) == "R" {
			return true
		}
	}
	l.at = from
	return false
}

func (l *lexer) array() (any, error) {
	if l.depth++; l.depth > deepest {
		return nil, errSyntax
	}
	defer func() { l.depth-- }()
	out := list{}
	for {
		v, err := l.next()
		if err != nil {
			return nil, err
		}
		if w, ok := v.(word); ok {
			if w != "]" {
				return nil, errSyntax
			}
			return out, nil
		}
		out = append(out, v)
	}
}

func (l *lexer) dictionary() (any, error) {
	if l.depth++; l.depth > deepest {
		return nil, errSyntax
	}
	defer func() { l.depth-- }()
	out := dict{}
	for {
		k, err := l.next()
		if err != nil {
			return nil, err
		}
		if k == word(">>") {
			return out, nil
		}
		key, ok := k.(name)
		if !ok {
			return nil, errSyntax
		}
		v, err := l.next()
		if err != nil {
			return nil, err
		}
		if _, ok := v.(word); ok {
			return nil, errSyntax
		}
		out[key] = v
	}
}

// nameOf reads the escapes of a name: /application#2Fjson.
func nameOf(b []byte) (any, error) {
	var out []byte
	for i := 0; i < len(b); i++ {
		if b[i] != '#' {
			out = append(out, b[i])
			continue
		}
		if i+2 >= len(b) {
			return nil, errSyntax
		}
		v, err := strconv.ParseUint(string(b[i+1:i+3]), 16, 8)
		if err != nil {
			return nil, errSyntax
		}
		out = append(out, byte(v))
		i += 2
	}
	return name(out), nil
}

// literal reads a string in brackets (ISO 32000-1, 7.3.4.2).
func (l *lexer) literal() (any, error) {
	var out []byte
	depth := 0
	for ; l.at < len(l.b); l.at++ {
		switch c := l.b[l.at]; c {
		case '(':
			if depth++; depth > 1 {
				out = append(out, c)
			}
		case ')':
			if depth--; depth == 0 {
				l.at++
				return text(out), nil
			}
			out = append(out, c)
		case '\\':
			l.at++
			out = l.escaped(out)
		default:
			out = append(out, c)
		}
	}
	return nil, errEnd
}

// escaped reads what follows a backslash and stays on its last character.
func (l *lexer) escaped(out []byte) []byte {
	if l.at >= len(l.b) {
		return out
	}
	c := l.b[l.at]
	if i := bytes.IndexByte([]byte("nrtbf"), c); i >= 0 {
		return append(out, "\n\r\t\b\f"[i])
	}
	if c == '\n' {
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	v, n := 0, 0
	for ; n < 3 && l.at+n < len(l.b) && l.b[l.at+n] >= '0' && l.b[l.at+n] <= '7'; n++ {
		v = 8*v + int(l.b[l.at+n]-'0')
	}
	l.at += n - 1
	return append(out, byte(v))
}

// hexadecimal reads a string such as <FEFF0041>.
func (l *lexer) hexadecimal() (any, error) {
	end := bytes.IndexByte(l.b[l.at:], '>')
	if end < 0 {
		return nil, errEnd
	}
	digits := make([]byte, 0, end)
	for _, c := range l.b[l.at+1 : l.at+end] {
		if !isSpace(c) {
			digits = append(digits, c)
		}
	}
	l.at += end + 1
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	out := make([]byte, len(digits)/2)
	for i := range out {
		hi, lo := nibble(digits[2*i]), nibble(digits[2*i+1])
		if hi > 15 || lo > 15 {
			return nil, errSyntax
		}
		out[i] = hi<<4 | lo
	}
	return text(out), nil
}

// nibble is the value of a hexadecimal digit, or more than 15.
func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}
