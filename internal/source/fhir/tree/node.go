// Package tree reads JSON into a tree that remembers which of its values have
// been read. What nobody read is what a mapping would lose without a word.
//
// It refuses what is not JSON and what nests too deeply. It does not refuse
// what is merely not as expected: an object where a list should be, a list in a
// list, a name that stands twice. The accessors bridge the first two; the second
// of two equal names stays unread, so that it is noticed.
package tree

// A Kind is what sort of JSON value a [Node] is.
type Kind uint8

// The kinds of JSON.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
)

// A Node is one JSON value with its place. All methods may be called on nil,
// which is "not there".
type Node struct {
	Kind Kind
	seen bool
	Name string // in its object; empty in a list
	text string // of a leaf: a string's value, a number's digits as written, true or false
	kids []Node
	raw  string // of an object: its bytes as they stand in the input
}

// Kids are the members of an object or a list.
func (n *Node) Kids() []Node {
	if n == nil {
		return nil
	}
	return n.kids
}

// Raw is an object as it stands in the input, byte for byte.
func (n *Node) Raw() string {
	if n == nil {
		return ""
	}
	return n.raw
}

// Leaf reports whether n holds a text, a number or a truth value.
func (n *Node) Leaf() bool { return n != nil && n.Kind > Null && n.Kind < List }

// Get is the member of that name; of a list the first element's. A null is not there.
func (n *Node) Get(name string) *Node {
	if n == nil {
		return nil
	}
	if n.Kind == List {
		for i := range n.kids {
			if k := n.kids[i].Get(name); k != nil {
				return k
			}
		}
		return nil
	}
	for i := range n.kids {
		if k := &n.kids[i]; k.Name == name {
			if k.Kind == Null {
				return nil
			}
			return k
		}
	}
	return nil
}

// At is Get along several names.
func (n *Node) At(names ...string) *Node {
	for _, name := range names {
		n = n.Get(name)
	}
	return n
}

// Choice is the member whose name starts with stem and goes on with a capital:
// valueQuantity for "value". FHIR R4 section 2.1.10 (choice of data types).
func (n *Node) Choice(stem string) *Node {
	for i := range n.Kids() {
		k := &n.kids[i]
		if len(k.Name) > len(stem) && k.Name[:len(stem)] == stem && k.Name[len(stem)] >= 'A' && k.Name[len(stem)] <= 'Z' && k.Kind != Null {
			return k
		}
	}
	return nil
}

// All is the member of that name as a list: a single value is a list of one, a
// list in a list is part of it, a null is left out.
func (n *Node) All(name string) []*Node { return n.Get(name).Each() }

// Each is n as a list, in the way of [Node.All].
func (n *Node) Each() []*Node {
	switch {
	case n == nil || n.Kind == Null:
		return nil
	case n.Kind != List:
		return []*Node{n}
	}
	out := make([]*Node, 0, len(n.kids))
	for i := range n.kids {
		out = append(out, n.kids[i].Each()...)
	}
	return out
}

// Text reads the member of that name as text and marks it as read; empty when
// it is not there or not a leaf.
func (n *Node) Text(name string) string { return n.Get(name).String() }

// String reads a leaf and marks it as read. Of a list it is the first leaf.
func (n *Node) String() string {
	if n == nil {
		return ""
	}
	if n.Kind == List {
		for i := range n.kids {
			if s := n.kids[i].String(); s != "" {
				return s
			}
		}
		return ""
	}
	n.seen = true
	return n.text
}

// Peek is String without the mark.
func (n *Node) Peek() string {
	if n == nil {
		return ""
	}
	if n.Kind == List && len(n.kids) > 0 {
		return n.kids[0].Peek()
	}
	return n.text
}

// Read marks n and all in it as read.
func (n *Node) Read() {
	if n == nil {
		return
	}
	n.seen = true
	for i := range n.kids {
		n.kids[i].Read()
	}
}

// Unread reports whether a leaf in n has not been read.
func (n *Node) Unread() bool {
	if n == nil || n.Kind == Null {
		return false
	}
	if n.Kind < List {
		return !n.seen
	}
	for i := range n.kids {
		if n.kids[i].Unread() {
			return true
		}
	}
	return false
}

// Touched reports whether a leaf in n has been read.
func (n *Node) Touched() bool {
	if n == nil {
		return false
	}
	if n.Kind < List {
		return n.seen
	}
	for i := range n.kids {
		if n.kids[i].Touched() {
			return true
		}
	}
	return false
}

// Rename gives n another name: an element of an older FHIR version under its new one.
func (n *Node) Rename(name string) { n.Name = name }

// Wrap makes n an object with n's former value under name, as when a code
// became a concept.
func (n *Node) Wrap(name string) {
	inner := *n
	inner.Name = name
	*n = Node{Kind: Object, Name: n.Name, kids: []Node{inner}, raw: n.raw}
}

// Add puts a leaf into an object; it counts as read.
func (n *Node) Add(name, text string) {
	n.kids = append(n.kids, Node{Kind: String, Name: name, text: text, seen: true})
}

// Set changes a leaf's text, for a value that a newer version writes otherwise.
func (n *Node) Set(text string) { n.Kind, n.text = String, text }
