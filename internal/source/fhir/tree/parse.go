package tree

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// An Error says where text stops being JSON. It never quotes the text.
type Error struct {
	Offset int // bytes from the start
	Text   string
}

func (e *Error) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Text) }

// Unwrap makes every Error an [ErrSyntax].
func (e *Error) Unwrap() error { return ErrSyntax }

const slab = 128 // nodes that are made at once

type parser struct {
	s     string
	i     int
	depth int
	free  []Node
}

// Parse reads one JSON value that fills s but for white space and a byte order
// mark. The nodes point into s.
func Parse(s string) (*Node, error) {
	p := parser{s: s}
	if strings.HasPrefix(s, "\ufeff") {
		p.i = 3
	}
	p.space()
	n := p.node()
	if err := p.value(n); err != nil {
		return nil, err
	}
	if p.space(); p.i < len(s) {
		return nil, p.fault("something stands after the end")
	}
	return n, nil
}

func (p *parser) node() *Node {
	if len(p.free) == 0 {
		p.free = make([]Node, slab)
	}
	n := &p.free[0]
	p.free = p.free[1:]
	return n
}

func (p *parser) fault(text string) error { return &Error{p.i, text} }

func (p *parser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\n', '\r', '\t':
			p.i++
		default:
			return
		}
	}
}

func (p *parser) value(n *Node) error {
	if p.i >= len(p.s) {
		return p.fault("the text ends too early")
	}
	switch c := p.s[p.i]; {
	case c == '{' || c == '[':
		return p.container(n, c)
	case c == '"':
		n.Kind = String
		var err error
		n.raw, n.escape, err = p.str()
		return err
	case c == '-' || c >= '0' && c <= '9':
		return p.number(n)
	}
	return p.word(n)
}

func (p *parser) word(n *Node) error {
	for _, w := range [...]struct {
		text string
		kind Kind
	}{{"null", Null}, {"true", Bool}, {"false", Bool}} {
		if strings.HasPrefix(p.s[p.i:], w.text) {
			n.Kind, n.raw = w.kind, w.text
			p.i += len(w.text)
			return nil
		}
	}
	return p.fault("no value stands here")
}

func (p *parser) container(n *Node, open byte) error {
	if p.depth++; p.depth > MaxDepth {
		return p.fault("nested too deep")
	}
	start, end := p.i, byte('}')
	n.Kind = Object
	if open == '[' {
		n.Kind, end = Array, ']'
	}
	p.i++
	last := &n.first
	for p.space(); p.i < len(p.s) && p.s[p.i] != end; {
		c := p.node()
		if err := p.member(c, n.Kind == Object); err != nil {
			return err
		}
		*last, last = c, &c.next
		if p.space(); p.i < len(p.s) && p.s[p.i] == ',' {
			p.i++
			if p.space(); p.i < len(p.s) && p.s[p.i] == end {
				return p.fault("a comma too many")
			}
			continue
		}
		break
	}
	if p.i >= len(p.s) || p.s[p.i] != end {
		return p.fault("a list or object is not closed")
	}
	p.i++
	p.depth--
	n.raw = p.s[start:p.i]
	return nil
}

func (p *parser) member(n *Node, named bool) error {
	if named {
		if p.s[p.i] != '"' {
			return p.fault("a name is missing")
		}
		key, escape, err := p.str()
		if err != nil {
			return err
		}
		if escape {
			key = unquote(key)
		}
		n.Key = key
		if p.space(); p.i >= len(p.s) || p.s[p.i] != ':' {
			return p.fault("a colon is missing")
		}
		p.i++
		p.space()
	}
	return p.value(n)
}

// str reads from one quote to the next; escape says that the text between is
// not yet what it means.
func (p *parser) str() (raw string, escape bool, err error) {
	p.i++
	start := p.i
	high := false
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			raw = p.s[start:p.i]
			p.i++
			return raw, escape || high && !utf8.ValidString(raw), nil
		case c == '\\':
			escape = true
			if err := p.escaped(); err != nil {
				return "", false, err
			}
		case c < ' ':
			return "", false, p.fault("a control sign in a text")
		default:
			high = high || c >= utf8.RuneSelf
			p.i++
		}
	}
	return "", false, p.fault("a text is not closed")
}

func (p *parser) escaped() error {
	if p.i+1 < len(p.s) {
		switch c := p.s[p.i+1]; {
		case strings.IndexByte(`"\/bfnrt`, c) >= 0:
			p.i += 2
			return nil
		case c == 'u' && p.i+6 <= len(p.s) && hex4(p.s[p.i+2:p.i+6]) >= 0:
			p.i += 6
			return nil
		}
	}
	return p.fault("an unknown escape in a text")
}

func hex4(s string) rune {
	for i := range len(s) {
		if c := s[i] | 0x20; (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return -1
		}
	}
	v, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		return -1
	}
	return rune(v)
}

func (p *parser) digits() bool {
	start := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i > start
}

func (p *parser) at(set string) bool {
	return p.i < len(p.s) && strings.IndexByte(set, p.s[p.i]) >= 0
}

// number reads as RFC 8259 section 6 says.
func (p *parser) number(n *Node) error {
	start := p.i
	if p.s[p.i] == '-' {
		p.i++
	}
	zero := p.i
	ok := p.digits() && (p.s[zero] != '0' || p.i == zero+1)
	if ok && p.at(".") {
		p.i++
		ok = p.digits()
	}
	if ok && p.at("eE") {
		if p.i++; p.at("+-") {
			p.i++
		}
		ok = p.digits()
	}
	if !ok {
		return p.fault("a number is broken off")
	}
	n.Kind, n.raw = Number, p.s[start:p.i]
	return nil
}

// unquote turns a checked string into what it means; half a surrogate pair and
// bytes that are not UTF-8 become U+FFFD.
func unquote(raw string) string {
	var b strings.Builder
	b.Grow(len(raw))
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			r, size := utf8.DecodeRuneInString(raw[i:])
			b.WriteRune(r)
			i += size
			continue
		}
		if raw[i+1] != 'u' {
			b.WriteByte(meaning(raw[i+1]))
			i += 2
			continue
		}
		r := hex4(raw[i+2 : i+6])
		i += 6
		if utf16.IsSurrogate(r) && i+6 <= len(raw) && raw[i:i+2] == `\u` {
			if both := utf16.DecodeRune(r, hex4(raw[i+2:i+6])); both != utf8.RuneError {
				r = both
				i += 6
			}
		}
		if utf16.IsSurrogate(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}

func meaning(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
