package tree

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// ErrJSON means that the text is not JSON; it is cut off, broken or nests deeper
// than [MaxDepth].
var ErrJSON = errors.New("not JSON that can be read")

// MaxDepth is how deep values may nest; FHIR's own examples stay under 30.
const MaxDepth = 128

// Parse reads one JSON value. The tree's texts are parts of s and keep it in
// memory. The offset tells where reading stopped when err is not nil.
func Parse(s string) (n *Node, offset int, err error) {
	if !utf8.ValidString(s) {
		s = string([]rune(s)) // each wrong byte becomes U+FFFD
	}
	s = strings.TrimPrefix(s, "\uFEFF")
	p := parser{s: s}
	root := p.slab(1)
	if !p.value(&root[0], 0) {
		return nil, p.pos, ErrJSON
	}
	if p.space(); p.pos < len(s) {
		return nil, p.pos, ErrJSON
	}
	return &root[0], p.pos, nil
}

type parser struct {
	s     string
	pos   int
	stack []Node // members of the lists and objects that are still open
	free  []Node // room from which finished lists are cut
}

// slab cuts room for n nodes, so that a file costs few allocations.
func (p *parser) slab(n int) []Node {
	if n > len(p.free) {
		if n > 256 {
			return make([]Node, n)
		}
		p.free = make([]Node, min(max(256, len(p.s)/64), 4096))
	}
	out := p.free[:n:n]
	p.free = p.free[n:]
	return out
}

func (p *parser) space() {
	for p.pos < len(p.s) {
		switch p.s[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) value(n *Node, depth int) bool {
	p.space()
	if p.pos >= len(p.s) || depth > MaxDepth {
		return false
	}
	switch c := p.s[p.pos]; {
	case c == '"':
		n.Kind = String
		var ok bool
		n.text, ok = p.str()
		return ok
	case c == '{':
		n.Kind = Object
		start := p.pos
		ok := p.members(n, '}', depth)
		if ok {
			n.raw = p.s[start:p.pos]
		}
		return ok
	case c == '[':
		n.Kind = List
		return p.members(n, ']', depth)
	case c == '-' || c >= '0' && c <= '9':
		n.Kind = Number
		return p.number(n)
	}
	return p.word(n, "true", Bool) || p.word(n, "false", Bool) || p.word(n, "null", Null)
}

func (p *parser) word(n *Node, w string, k Kind) bool {
	if !strings.HasPrefix(p.s[p.pos:], w) {
		return false
	}
	p.pos += len(w)
	n.Kind, n.text = k, w
	if k == Null {
		n.text = ""
	}
	return true
}

// members reads what stands between brackets.
func (p *parser) members(n *Node, end byte, depth int) bool {
	base := len(p.stack)
	p.pos++
	for first := true; ; first = false {
		p.space()
		if p.pos >= len(p.s) {
			return false
		}
		if p.s[p.pos] == end && first {
			break
		}
		var kid Node
		if end == '}' && !p.key(&kid) || !p.value(&kid, depth+1) {
			return false
		}
		p.stack = append(p.stack, kid)
		p.space()
		if p.pos < len(p.s) && p.s[p.pos] == ',' {
			p.pos++
			continue
		}
		if p.pos >= len(p.s) || p.s[p.pos] != end {
			return false
		}
		break
	}
	p.pos++
	n.kids = p.slab(len(p.stack) - base)
	copy(n.kids, p.stack[base:])
	p.stack = p.stack[:base]
	return true
}

func (p *parser) key(n *Node) bool {
	if p.s[p.pos] != '"' {
		return false
	}
	var ok bool
	if n.Name, ok = p.str(); !ok {
		return false
	}
	if p.space(); p.pos >= len(p.s) || p.s[p.pos] != ':' {
		return false
	}
	p.pos++
	return true
}

// str reads a string. A bare control character is let through: no reader is
// helped when a whole dossier fails on a tab.
func (p *parser) str() (string, bool) {
	start := p.pos + 1
	i := start
	for {
		j := strings.IndexByte(p.s[i:], '"')
		if j < 0 {
			p.pos = len(p.s)
			return "", false
		}
		i += j
		back := 0
		for i-1-back >= start && p.s[i-1-back] == '\\' {
			back++
		}
		i++
		if back%2 == 0 {
			break
		}
	}
	p.pos = i
	inner := p.s[start : i-1]
	if strings.IndexByte(inner, '\\') < 0 {
		return inner, true
	}
	return unescape(inner)
}

func unescape(inner string) (string, bool) {
	var out string
	if json.Unmarshal([]byte(`"`+inner+`"`), &out) == nil {
		return out, true
	}
	inner = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(inner)
	err := json.Unmarshal([]byte(`"`+inner+`"`), &out)
	return out, err == nil
}

// number keeps the digits as they are written; FHIR's decimals mean their precision.
func (p *parser) number(n *Node) bool {
	start := p.pos
	for p.pos < len(p.s) && strings.IndexByte("+-.eE0123456789", p.s[p.pos]) >= 0 {
		p.pos++
	}
	n.text = p.s[start:p.pos]
	return json.Valid([]byte(n.text))
}
