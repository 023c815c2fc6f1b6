package portal

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// A node is a YAML value with the line it stands on. Reading by node rather
// than into a struct lets every fault be named at once, with its line.
type node struct {
	line   int
	scalar bool
	text   string // of a scalar
	quoted bool
	fields []field
	list   []*node
}

type field struct {
	key  string
	line int
	val  *node
}

// maxYAML bounds what the YAML parser is given: its time grows faster than its input.
const maxYAML = 64 << 10

var errAt = regexp.MustCompile(`\[(\d+):\d+\]\s*([^\n]*)`)

// parseYAML reads one document; offset is added to every line. Anchors, tags
// and several documents are refused: the files are plain on purpose.
func parseYAML(l *loader, file string, src []byte, offset int) *node {
	if len(src) > maxYAML {
		l.fault(file, 1+offset, "more YAML than a portal needs")
		return nil
	}
	f, err := parser.ParseBytes(src, 0)
	if err != nil {
		line, text := 1, "not readable as YAML"
		if m := errAt.FindStringSubmatch(err.Error()); m != nil {
			line, _ = strconv.Atoi(m[1])
			text += ": " + m[2]
		}
		l.fault(file, line+offset, text)
		return nil
	}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		l.fault(file, 1+offset, "empty")
		return nil
	}
	if len(f.Docs) > 1 {
		l.fault(file, 1+offset, "holds more than one YAML document")
	}
	y := yamlReader{l, file, offset}
	return y.node(f.Docs[0].Body, 0)
}

type yamlReader struct {
	l      *loader
	file   string
	offset int
}

func (y yamlReader) line(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line + y.offset
	}
	return 1 + y.offset
}

func (y yamlReader) node(n ast.Node, depth int) *node {
	out := &node{line: y.line(n)}
	if depth > 8 {
		y.l.fault(y.file, out.line, "nested too deep")
		return out
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		y.mapping(out, n.Values, depth)
	case *ast.MappingValueNode:
		y.mapping(out, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		for _, v := range n.Values {
			out.list = append(out.list, y.node(v, depth+1))
		}
	case *ast.LiteralNode:
		out.scalar, out.quoted, out.text = true, true, strings.TrimSpace(n.Value.Value)
	case *ast.StringNode:
		out.scalar, out.text = true, n.Value
	case *ast.NullNode:
		out.scalar = true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		out.scalar, out.text = true, n.GetToken().Value
	default:
		y.l.fault(y.file, out.line, "anchors, tags and other YAML extras are not allowed here")
	}
	return out
}

func (y yamlReader) mapping(out *node, values []*ast.MappingValueNode, depth int) {
	seen := map[string]bool{}
	for _, v := range values {
		key, line := v.Key.GetToken().Value, y.line(v.Key)
		if seen[key] {
			y.l.fault(y.file, line, "key "+quote(key)+" twice")
			continue
		}
		seen[key] = true
		val := &node{line: line, scalar: true}
		if v.Value != nil {
			val = y.node(v.Value, depth+1)
			if val.scalar || len(val.fields)+len(val.list) == 0 {
				val.line = line
			}
		}
		out.fields = append(out.fields, field{key, line, val})
	}
}

// quote shows a key or value of the folder, bounded.
func quote(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return strconv.Quote(s)
}

// A section of a YAML file that is being read: each key is asked for once, and
// what nobody asked for is a fault.
type section struct {
	l    *loader
	file string
	name string // "access.", to name keys in full
	node *node
	used map[string]bool
}

func (l *loader) section(file, name string, n *node) *section {
	if n != nil && n.scalar && n.text != "" || n != nil && len(n.list) > 0 {
		l.fault(file, n.line, strings.TrimSuffix(name, ".")+" must hold keys")
	}
	return &section{l, file, name, n, map[string]bool{}}
}

func (s *section) get(key string) *node {
	s.used[key] = true
	if s.node == nil {
		return nil
	}
	for _, f := range s.node.fields {
		if f.key == key {
			return f.val
		}
	}
	return nil
}

// line is where a key stands, or where it should have stood.
func (s *section) line(key string) int {
	if n := s.get(key); n != nil {
		return n.line
	}
	if s.node != nil {
		return s.node.line
	}
	return 0
}

func (s *section) fault(key, text string) { s.l.fault(s.file, s.line(key), s.name+key+": "+text) }

// str gives a text; what says why it must be there, or is empty when it may be absent.
func (s *section) str(key, what string) string {
	n := s.get(key)
	switch {
	case n != nil && !n.scalar:
		s.fault(key, "must be one text")
	case n == nil || strings.TrimSpace(n.text) == "":
		if what != "" {
			s.fault(key, "missing ("+what+")")
		}
	default:
		return strings.TrimSpace(n.text)
	}
	return ""
}

func (s *section) boolean(key string) bool {
	switch v := s.str(key, ""); v {
	case "true", "ja":
		return true
	case "", "false", "nee":
	default:
		s.fault(key, "must be true or false")
	}
	return false
}

// number gives a whole number from low to high; absent gives -1 when optional.
func (s *section) number(key, what string, low, high int) int {
	v := s.str(key, what)
	if v == "" {
		return -1
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		s.fault(key, "must be a whole number from "+strconv.Itoa(low)+" to "+strconv.Itoa(high))
		return -1
	}
	return n
}

// choice gives one of the words.
func (s *section) choice(key, what string, words ...string) string {
	v := s.str(key, what)
	if v == "" {
		return ""
	}
	for _, w := range words {
		if v == w {
			return v
		}
	}
	s.fault(key, "must be one of "+strings.Join(words, ", "))
	return ""
}

// sub gives a section below a key.
func (s *section) sub(key string) *section {
	n := s.get(key)
	sub := s.l.section(s.file, s.name+key+".", n)
	if n == nil && s.node != nil {
		sub.node = &node{line: s.node.line}
	}
	return sub
}

// done names every key that nobody asked for.
func (s *section) done() {
	if s.node == nil {
		return
	}
	for _, f := range s.node.fields {
		if !s.used[f.key] {
			s.l.fault(s.file, f.line, "unknown key "+quote(s.name+f.key))
		}
	}
}
