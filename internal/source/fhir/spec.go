package fhir

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// A spec says how one type of resource becomes an item. Paths are names with
// dots; "[x]" ends a choice of types, "ext:" starts the last part of an
// extension's URL. A field is "path" or "path=Label".
type spec struct {
	section  dossier.Section
	kind     string   // the item's kind, and its title when no other is found
	title    []string // the first that gives words
	date     []string // the first that gives a date; a period gives its start and end
	until    []string
	recorded []string
	author   []string
	fields   []string
	admin    []string // elements deliberately not shown, besides adminAll
	status   bool     // show the status also when all is well
	shape    func(c *cx)
}

// adminAll are the administrative elements of every resource: who it is about,
// how it is numbered, how it is linked. They are in data/fhir.json.
var adminAll = set("resourceType", "id", "meta", "language", "text", "contained", "identifier", "subject", "patient", "encounter", "context",
	"basedOn", "partOf", "replaces", "instantiatesCanonical", "instantiatesUri", "groupIdentifier", "_id", "fullUrl")

// specs of all types that have a place of their own. What is not here is
// generic: shown by its elements' names, and hidden unless a rule says otherwise.
var specs map[string]*spec

func init() {
	specs = map[string]*spec{}
	for _, family := range []map[string]*spec{personSpecs, careSpecs, planSpecs, healthSpecs, medicationSpecs, aidSpecs, documentSpecs, consentSpecs, measurementSpecs} {
		for kind, s := range family {
			specs[kind] = s
		}
	}
}

var generic = spec{section: dossier.SectionCare, kind: "overige gegevens", title: []string{"title", "name", "code", "type", "description"},
	date: []string{"date", "created", "occurrence[x]", "effective[x]", "period", "billablePeriod", "started", "issued", "authoredOn"}, status: true}

// A cx is the making of one item.
type cx struct {
	*writer
	m  *mapper
	it *dossier.Item
	s  *spec
	// parts are resources that are shown inside this item.
	parts []*resource
	// doubt is set when the resource cannot be shown as a fact, with why.
	doubt []string
}

// n is the resource itself.
func (c *cx) n() *tree.Node { return c.res.node }

// nodes are the elements at a path, all branches of it.
func nodes(n *tree.Node, path string) []*tree.Node {
	if name, ok := strings.CutPrefix(path, "ext:"); ok {
		return withURL(n, "extension", name)
	}
	head, rest, deep := strings.Cut(path, ".")
	var list []*tree.Node
	if stem, ok := strings.CutSuffix(head, "[x]"); ok {
		if k := n.Choice(stem); k != nil {
			list = k.Each()
		}
	} else {
		list = n.All(head)
	}
	if !deep {
		return list
	}
	var out []*tree.Node
	for _, k := range list {
		out = append(out, nodes(k, rest)...)
	}
	return out
}

// withURL are the (modifier) extensions whose URL ends in name.
func withURL(n *tree.Node, list, name string) []*tree.Node {
	var out []*tree.Node
	for _, x := range n.All(list) {
		u := x.Get("url").Peek()
		if u == name || strings.HasSuffix(u, "/"+name) || strings.HasSuffix(u, "-"+name) || strings.HasSuffix(u, "."+name) {
			out = append(out, x)
		}
	}
	return out
}

// texts are the words at a path.
func (w *writer) texts(n *tree.Node, path string) []string {
	if strings.HasPrefix(path, "ext:") {
		var out []string
		for _, x := range nodes(n, path) {
			if s := w.extension(x); s != "" {
				out = append(out, s)
			}
		}
		return out
	}
	head, rest, deep := strings.Cut(path, ".")
	if deep {
		var out []string
		for _, k := range nodes(n, head) {
			out = append(out, w.texts(k, rest)...)
		}
		return out
	}
	if stem, ok := strings.CutSuffix(head, "[x]"); ok {
		if k := n.Choice(stem); k != nil {
			return w.value(n, k.Name)
		}
		if k := n.Choice("_" + stem); k != nil {
			return w.value(n, k.Name[1:])
		}
		return nil
	}
	return w.value(n, head)
}

// titleOf is the first of the title paths that gives words.
func (w *writer) titleOf(s *spec, n *tree.Node) string {
	for _, p := range s.title {
		if t := join(", ", w.texts(n, p)); t != "" {
			return t
		}
	}
	return ""
}

// field adds a field with the words at a path, when there are any.
func (c *cx) field(spec string) {
	path, name, named := strings.Cut(spec, "=")
	if !named {
		name = pathLabel(path)
	}
	c.add(name, c.texts(c.n(), path))
}

// pathLabel is the reader's name for the last element of a path.
func pathLabel(path string) string {
	if ext, ok := strings.CutPrefix(path, "ext:"); ok {
		return extensionLabel(ext)
	}
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		path = path[i+1:]
	}
	return label(strings.TrimSuffix(path, "[x]"))
}

// add puts words under a label: one as a field, several as a list.
func (c *cx) add(name string, values []string) {
	values, name = unique(values), upper(name)
	if len(values) == 1 && strings.EqualFold(values[0], c.it.Title) && (c.it.Section == dossier.SectionTeam || sameAsTitle[name]) {
		return // it is what it stands under
	}
	for _, b := range c.it.Body {
		if b.Label == name && b.Text != "" && b.Text == strings.Join(values, "; ") {
			return
		}
	}
	long := false
	for _, v := range values {
		long = long || len(v) > 60
	}
	switch {
	case len(values) == 0:
	case len(values) == 1 && (strings.Contains(values[0], "\n") || len(values[0]) > 240):
		c.it.Body = append(c.it.Body, dossier.Block{Kind: dossier.BlockText, Label: name, Text: values[0]})
	case len(values) > 1 && long:
		c.it.Body = append(c.it.Body, dossier.Block{Kind: dossier.BlockList, Label: name, Entries: values})
	default:
		c.it.Body = append(c.it.Body, dossier.Block{Kind: dossier.BlockField, Label: name, Text: strings.Join(values, "; ")})
	}
}

// sameAsTitle are the fields that say what an item is, which its title has said.
var sameAsTitle = set("Soort", "Vaccin", "Omschrijving")

// unique drops what is empty or there before.
func unique(list []string) []string {
	var out []string
	for _, s := range list {
		found := s == ""
		for _, o := range out {
			found = found || o == s
		}
		if !found {
			out = append(out, s)
		}
	}
	return out
}

// text adds running text.
func (c *cx) text(name, s string) {
	if s != "" {
		c.it.Body = append(c.it.Body, dossier.Block{Kind: dossier.BlockText, Label: name, Text: s})
	}
}

// warn adds a warning that a reader cannot miss.
func (c *cx) warn(name, s string) {
	c.it.Body = append(c.it.Body, dossier.Block{Kind: dossier.BlockWarning, Label: name, Text: s})
}

// stop keeps the item from being shown as a fact: a person must look first.
func (c *cx) stop(why string) { c.doubt = append(c.doubt, why) }
