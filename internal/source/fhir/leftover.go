package fhir

import (
	"fmt"
	"regexp"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

const leftOverTitle = "Overige gegevens"

// leftOver adds a block with every element that no field has shown and that is
// not on the list of administrative ones. Nothing of the input is dropped without a word.
func (c *cx) leftOver() {
	var rows []string
	rows = append(rows, c.rest(c.writer, c.n(), c.s.admin)...)
	for _, in := range c.res.inside {
		rows = append(rows, c.restOf(in)...)
	}
	for _, p := range c.parts {
		rows = append(rows, c.restOf(p)...)
	}
	rows = unique(rows)
	for i := range rows {
		if len(rows[i]) >= fewestBytes {
			rows[i] = base64Run.ReplaceAllStringFunc(rows[i], forComputers)
		}
	}
	if len(rows) == 1 && len(rows[0]) < 100 { // one short fact keeps an entry a plain list of fields
		c.it.Body = append(c.it.Body, dossier.Block{Kind: dossier.BlockField, Label: leftOverTitle, Text: rows[0]})
	} else if len(rows) > 0 {
		c.it.Body = append(c.it.Body, dossier.Block{Kind: dossier.BlockList, Label: leftOverTitle, Entries: rows})
	}
}

// fewestBytes is the shortest run that is taken for bytes, in letters.
const fewestBytes = 160

// base64Run is text that no person reads: bytes written as letters.
var base64Run = regexp.MustCompile(`[A-Za-z0-9+/]{160,}={0,2}`)

// forComputers says that there are bytes, and how many; fhir.json holds them.
func forComputers(run string) string {
	return fmt.Sprintf("gegevens voor een computer (%d tekens)", len(run))
}

// restOf is what is left of a resource shown inside this item.
func (c *cx) restOf(r *resource) []string {
	w := &writer{rec: c.rec, res: r}
	var admin []string
	if s := specs[r.kind]; s != nil {
		admin = s.admin
	}
	if !r.node.Touched() && r.parent != nil { // a contained resource that nothing points at
		return []string{label(r.kind) + ": " + w.allOf(r.node)}
	}
	return c.rest(w, r.node, admin)
}

// allOf is a whole resource with the names of its elements, for one that nothing points at.
func (w *writer) allOf(n *tree.Node) string {
	var out []string
	for i := range n.Kids() {
		if k := &n.Kids()[i]; !adminAll[k.Name] && !strings.HasPrefix(k.Name, "_") && k.Name != "extension" {
			out = append(out, labelText(label(k.Name), w.value(n, k.Name))...)
		}
	}
	return join("; ", out)
}

// rest are the unread elements of a resource, one row each.
func (c *cx) rest(w *writer, n *tree.Node, admin []string) []string {
	var out []string
	for i := range n.Kids() {
		k := &n.Kids()[i]
		name := strings.TrimPrefix(k.Name, "_")
		if !k.Unread() || adminAll[k.Name] || has1(admin, name) || name == "modifierExtension" || name == "implicitRules" {
			continue
		}
		c.m.profile.unmapped(c.res.kind, k.Name)
		switch {
		case k.Name == "extension":
			out = append(out, w.extensions(n)...)
		case name != k.Name && n.Get(name) != nil:
			out = append(out, prefix(label(name), w.extensions(k))...)
		default:
			out = append(out, w.left(k)...)
		}
		if k.Unread() { // a data type with members that its words do not use
			out = append(out, w.left(k)...)
		}
	}
	return out
}

// has1 reports whether a list holds a name.
func has1(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// prefix puts a label before each row.
func prefix(label string, list []string) []string {
	for i := range list {
		list[i] = label + ": " + list[i]
	}
	return list
}

// left is what was not read of one element: whole when nothing of it was, else
// only the parts.
func (w *writer) left(k *tree.Node) []string {
	switch {
	case k.Leaf():
		return labelText(label(k.Name), some(w.leaf(k, nil)))
	case !k.Touched():
		return labelText(label(strings.TrimPrefix(k.Name, "_")), w.named(k))
	}
	var out []string
	for _, e := range k.Each() {
		for i := range e.Kids() {
			inner := &e.Kids()[i]
			switch {
			case !inner.Unread() || inner.Name == "id" || inner.Name == "modifierExtension":
				continue
			case inner.Name == "extension" && !inner.Touched():
				out = append(out, prefix(label(k.Name), w.extensions(e))...)
			case strings.HasPrefix(inner.Name, "_"):
				out = append(out, prefix(label(k.Name)+", "+strings.ToLower(label(inner.Name[1:])), w.extensions(inner))...)
			default:
				out = append(out, prefix(label(k.Name), w.left(inner))...)
			}
		}
		if e.Leaf() && e.Unread() {
			out = append(out, label(k.Name)+": "+w.leaf(e, nil))
		}
	}
	return out
}

// named is an element's words; a bare value keeps its element's name.
func (w *writer) named(k *tree.Node) []string {
	if k.Kind == tree.List && len(k.Kids()) > 0 && k.Kids()[0].Leaf() {
		return w.leaves(k.Name, k, nil)
	}
	return some(w.words(k))
}

// some is a list of one, or none when there are no words.
func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// guard looks for modifiers that nothing has read: they can turn the meaning of
// the whole around, so the item is not shown as a fact. FHIR R4 section 2.1.1.5.
func (c *cx) guard() {
	if c.it.Unreadable != "" {
		return
	}
	for _, why := range unreadModifiers(c.n(), 0, nil) {
		c.stop(why)
		c.m.profile.modifier(c.res.kind, why)
	}
	for _, p := range c.parts {
		for _, why := range unreadModifiers(p.node, 0, nil) {
			c.stop(why)
		}
	}
	if len(c.doubt) == 0 {
		return
	}
	c.it.Alert = false
	c.it.Visibility.Labels = append(c.it.Visibility.Labels, dossier.LabelReview)
	w := dossier.Block{Kind: dossier.BlockWarning, Label: "Let op", Text: "De bron geeft hier een aanwijzing bij die de betekenis kan veranderen en die wij niet kunnen lezen. Lees dit niet als een vaststaand feit. Vraag uitleg."}
	c.it.Body = append([]dossier.Block{w}, c.it.Body...)
}

// modifiers are elements that turn a meaning around wherever they stand.
var modifiers = set("modifierExtension", "implicitRules", "doNotPerform", "isSubpotent", "notDone", "notGiven", "prohibited")

// unreadModifiers are the names of modifier elements below n that nobody has read; one
// that is false turns nothing round.
func unreadModifiers(n *tree.Node, depth int, found []string) []string {
	if n == nil || depth > tree.MaxDepth {
		return found
	}
	for i := range n.Kids() {
		k := &n.Kids()[i]
		switch {
		case k.Name == "contained" || k.Kind < tree.List && !modifiers[k.Name]:
		case modifiers[k.Name] && k.Unread() && k.Peek() != "false":
			found = append(found, k.Name)
		case k.Kind >= tree.List && k.Name != "extension":
			found = unreadModifiers(k, depth+1, found)
		}
	}
	return found
}
