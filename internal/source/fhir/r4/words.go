package r4

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// A mapping is one resource on its way to an item.
type mapping struct {
	set   *Set
	res   *Resource
	item  *dossier.Item
	notes []string // tolerated faults, as codes for the profile
	left  []string // paths that no row reads
	used  []*Resource
	depth int
	stops []string // why this may not be shown as a fact
}

// words gives any value in the reader's words and counts it as read. The shape
// decides, so that it also serves elements nobody foresaw.
func (m *mapping) words(n *tree.Node) string {
	if n == nil || n.Kind == tree.Null {
		return ""
	}
	if n.Kind == tree.Array {
		var parts []string
		for c := range n.Members() {
			parts = append(parts, m.words(c))
		}
		return join("; ", parts...)
	}
	if n.Kind == tree.Bool {
		return yesNo(n)
	}
	if n.Scalar() {
		return n.Str()
	}
	if m.depth++; m.depth > 12 {
		m.depth--
		return ""
	}
	defer func() { m.depth-- }()
	for _, t := range datatypes {
		if t.is(n) {
			return t.words(m, n)
		}
	}
	return m.pairs(n)
}

func yesNo(n *tree.Node) string {
	if n.True() {
		return "ja"
	}
	return "nee"
}

// datatypes are told apart by the elements that only they have; the first that
// fits is taken.
var datatypes []datatype

type datatype struct {
	is    func(*tree.Node) bool
	words func(*mapping, *tree.Node) string
}

func has(names ...string) func(*tree.Node) bool {
	return func(n *tree.Node) bool {
		for _, name := range names {
			if n.Peek(name) != nil {
				return true
			}
		}
		return false
	}
}

func all(names ...string) func(*tree.Node) bool {
	return func(n *tree.Node) bool {
		for _, name := range names {
			if n.Peek(name) == nil {
				return false
			}
		}
		return true
	}
}

func init() {
	datatypes = []datatype{
		{has("coding"), (*mapping).concept},
		{func(n *tree.Node) bool { return n.Peek("url") != nil && isExtension(n) }, (*mapping).extension},
		{has("doseAndRate", "doseQuantity", "asNeededBoolean", "asNeededCodeableConcept", "additionalInstruction", "patientInstruction"), (*mapping).dosage},
		{has("repeat"), (*mapping).timing},
		{has("contentType"), (*mapping).fileName},
		{has("reference"), (*mapping).reference},
		{has("family", "given", "_family"), (*mapping).name},
		{has("line", "city", "postalCode"), (*mapping).address},
		{has("numerator", "denominator"), (*mapping).ratio},
		{isQuantity, (*mapping).quantity},
		{isRange, (*mapping).span},
		{isPeriod, (*mapping).period},
		{all("system", "code"), (*mapping).coding},
		{all("code", "display"), (*mapping).coding},
		{func(n *tree.Node) bool { return n.Peek("value").Scalar() && has("system", "use")(n) }, (*mapping).contact},
		{isAnnotation, (*mapping).annotation},
		{func(n *tree.Node) bool { return only(n, "display", "identifier", "type", "_reference") }, (*mapping).reference},
		{func(n *tree.Node) bool { return only(n, "text") }, func(m *mapping, n *tree.Node) string { return n.Peek("text").Str() }},
	}
}

// only reports whether an object has members, and no others than these.
func only(n *tree.Node, names ...string) bool {
	found := false
	for c := range n.Members() {
		ok := c.Key == "id"
		for _, name := range names {
			ok = ok || c.Key == name
		}
		if !ok {
			return false
		}
		found = true
	}
	return found
}

func isExtension(n *tree.Node) bool {
	for c := range n.Members() {
		if strings.HasPrefix(c.Key, "value") || c.Key == "extension" {
			return true
		}
	}
	return false
}

func isQuantity(n *tree.Node) bool {
	if v := n.Peek("value"); v != nil && v.One().Kind == tree.Number {
		return only(n, "value", "unit", "code", "system", "comparator", "extension", "_value", "currency")
	}
	return n.Peek("value") == nil && n.Peek("unit") != nil
}

func isRange(n *tree.Node) bool {
	return only(n, "low", "high", "extension", "type", "appliesTo", "age", "text") && has("low", "high")(n)
}

func isPeriod(n *tree.Node) bool {
	return has("start", "end", "_start", "_end")(n) && only(n, "start", "end", "_start", "_end", "extension")
}

func isAnnotation(n *tree.Node) bool {
	return n.Peek("text").Scalar() && only(n, "text", "time", "authorString", "authorReference", "extension", "_text")
}

// pairs gives an object of an unknown shape as "label: words".
func (m *mapping) pairs(n *tree.Node) string {
	var parts []string
	for c := range n.Members() {
		if c.Spent() || c.Key == "id" {
			c.UseAll()
			continue
		}
		if s := m.words(c); s != "" {
			parts = append(parts, labelOf(c.Key)+": "+s)
		}
	}
	if len(parts) == 1 { // one thing in a group of its own needs no label
		_, parts[0], _ = strings.Cut(parts[0], ": ")
	}
	return join("; ", parts...)
}

// join sets the parts that are not empty behind one another, each once.
func join(sep string, parts ...string) string {
	var out []string
	seen := map[string]bool{}
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" && !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}
