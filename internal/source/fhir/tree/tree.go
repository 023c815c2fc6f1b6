// Package tree reads JSON into nodes that remember what has been read of them.
//
// It exists for one promise: nothing of a record is lost. Real FHIR has lists
// where one value belongs, text where a concept belongs, and names that no
// definition knows; structs would drop those quietly. Here every value stays
// in reach whatever its shape, and what nobody asked for can be listed
// afterwards. Numbers keep their text. It refuses text that is not JSON
// (RFC 8259) and nesting deeper than [MaxDepth]; it knows nothing of FHIR.
package tree

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may nest.
const MaxDepth = 128

// ErrSyntax is wrapped by every [Error].
var ErrSyntax = errors.New("not JSON")

// A Kind says what a [Node] is.
type Kind uint8

const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// A Node is one JSON value. All methods may be called on nil, which is the
// value that is not there.
type Node struct {
	Key    string // name in its object; empty in an array
	raw    string // as written; a string without its quotes
	first  *Node
	next   *Node
	Kind   Kind
	escape bool // raw holds a backslash or bytes that are not UTF-8
	used   bool
}

// Raw is the value as written in the source.
func (n *Node) Raw() string {
	switch {
	case n == nil:
		return ""
	case n.Kind == String:
		return `"` + n.raw + `"`
	}
	return n.raw
}

// Scalar reports whether n is there and neither an array nor an object.
func (n *Node) Scalar() bool { return n != nil && n.Kind < Array }

// Empty reports whether n holds no value at all: absent, null, or nothing but
// empty arrays, objects and texts.
func (n *Node) Empty() bool {
	if n == nil || n.Kind == Null || n.Kind == String && strings.TrimSpace(n.raw) == "" {
		return true
	}
	if n.Scalar() {
		return false
	}
	for c := n.first; c != nil; c = c.next {
		if !c.Empty() {
			return false
		}
	}
	return true
}

// Peek gives the member with this name without counting it as read.
func (n *Node) Peek(name string) *Node {
	if n == nil || n.Kind != Object {
		return nil
	}
	for c := n.first; c != nil; c = c.next {
		if c.Key == name {
			return c
		}
	}
	return nil
}

// Path walks down by names. An array on the way stands for its first element.
func (n *Node) Path(names ...string) *Node {
	for _, name := range names {
		n = n.One().Peek(name)
	}
	return n
}

// One is n, or the first element of n when it is an array, also when arrays
// are nested.
func (n *Node) One() *Node {
	for n != nil && n.Kind == Array {
		n = n.first
	}
	return n
}

// List is the elements of an array, of nested arrays too, or n itself when a
// single value stands where a list belongs. Null elements are left out.
func (n *Node) List() []*Node {
	var out []*Node
	return n.list(out)
}

func (n *Node) list(out []*Node) []*Node {
	if n == nil || n.Kind == Null {
		return out
	}
	if n.Kind != Array {
		return append(out, n)
	}
	for c := n.first; c != nil; c = c.next {
		out = c.list(out)
	}
	return out
}

// Members is the members of an object or the elements of an array, as written.
func (n *Node) Members() func(func(*Node) bool) {
	return func(yield func(*Node) bool) {
		if n == nil {
			return
		}
		for c := n.first; c != nil; c = c.next {
			if !yield(c) {
				return
			}
		}
	}
}

// Look is the text of a scalar without counting it as read: of a string its
// contents without zero-width signs and outer space, of a number or a truth
// value the word itself. The first element stands for an array.
func (n *Node) Look() string {
	n = n.One()
	if n == nil || n.Kind == Null || n.Kind >= Array {
		return ""
	}
	if n.Kind != String {
		return n.raw
	}
	return clean(n.Text())
}

// Text is the contents of a string with nothing taken away.
func (n *Node) Text() string {
	switch {
	case n == nil || n.Kind != String:
		return ""
	case n.escape:
		return unquote(n.raw)
	}
	return n.raw
}

// Str is [Node.Look], and counts n as read.
func (n *Node) Str() string {
	s := n.Look()
	n.One().mark()
	return s
}

// True reports whether n is true, also when it is written as text, and counts
// it as read.
func (n *Node) True() bool { return strings.EqualFold(n.Str(), "true") }

func (n *Node) mark() {
	if n.Scalar() {
		n.used = true
	}
}

// UseAll counts n and everything in it as read.
func (n *Node) UseAll() {
	if n == nil {
		return
	}
	n.used = true
	for c := n.first; c != nil; c = c.next {
		c.UseAll()
	}
}

// Used reports whether n, or something in it, was read.
func (n *Node) Used() bool {
	if n == nil || n.used {
		return n != nil
	}
	for c := n.first; c != nil; c = c.next {
		if c.Used() {
			return true
		}
	}
	return false
}

// Spent reports whether nothing of n is left unread.
func (n *Node) Spent() bool {
	if n == nil || n.used || n.Empty() {
		return true
	}
	if n.Scalar() {
		return false
	}
	for c := n.first; c != nil; c = c.next {
		if !c.Spent() {
			return false
		}
	}
	return true
}

// Rename gives the members of an object their new names; a name that is
// already taken stays as it is.
func (n *Node) Rename(names map[string]string) {
	if n == nil || n.Kind != Object {
		return
	}
	for c := n.first; c != nil; c = c.next {
		if to := names[c.Key]; to != "" && n.Peek(to) == nil {
			c.Key = to
		}
	}
}

const zeroWidth = "\u200b\u200c\u2060\ufeff" // not U+200D: it joins emoji and scripts

func clean(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			if strings.ContainsAny(s, zeroWidth) {
				s = strings.Map(func(r rune) rune {
					if strings.ContainsRune(zeroWidth, r) {
						return -1
					}
					return r
				}, s)
			}
			break
		}
	}
	return strings.TrimSpace(s)
}
