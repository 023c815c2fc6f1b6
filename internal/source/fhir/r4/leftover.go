package r4

import (
	"slices"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// everywhere are elements that are for machines in every type: the type and id
// themselves, versions and profiles, the record's own numbers, the narrative
// (read apart), what is contained (read through its references), and the
// references to the client, who is the same in all of them.
var everywhere = map[string]bool{
	"resourceType": true, "id": true, "meta": true, "text": true, "language": true, "contained": true, "implicitRules": true, "_id": true, "_implicitRules": true, "_language": true,
	"identifier": true, "subject": true, "patient": true, "beneficiary": true, "instantiatesCanonical": true, "instantiatesUri": true, "encounter": true, "groupIdentifier": true, "requisition": true,
}

// leftovers lists what no row has read, so that nothing of a resource is lost.
func (m *mapping) leftovers(sp spec) {
	var fields []dossier.Block
	emit := func(path string, n *tree.Node) {
		m.left = append(m.left, m.res.Type+"."+path)
		label := leftLabel(path)
		s := m.words(n)
		if !n.Spent() {
			s = join("; ", s, m.dump(n))
		}
		s = strings.TrimPrefix(s, label+": ")
		if path == "extension("+tailOf(path) && labelled[label] {
			m.left = m.left[:len(m.left)-1] // known by its label: as good as a row
			m.add("", label, s)
		} else if s != "" {
			fields = append(fields, dossier.Block{Kind: dossier.BlockField, Label: label, Text: s})
		}
	}
	for c := range m.res.Node.Members() {
		if everywhere[c.Key] || contains(sp.quiet, c.Key) || c.Spent() {
			continue
		}
		m.unread(c, c.Key, sp, emit)
	}
	m.heldOver(emit)
	if len(fields) > 0 {
		m.item.Body = append(m.item.Body, dossier.Block{Kind: dossier.BlockText, Text: otherTitle + ":"})
		m.item.Body = append(m.item.Body, fields...)
	}
}

// unread walks to the highest nodes of which nothing has been read.
func (m *mapping) unread(n *tree.Node, path string, sp spec, emit func(string, *tree.Node)) {
	switch {
	case n.Spent() || contains(sp.quiet, path):
	case n.Kind == tree.Object && isExtension(n) && n.Peek("url") != nil && !n.Used():
		url := n.Peek("url").Look()
		if administrative(url) || strings.HasSuffix(url, "data-absent-reason") || strings.HasSuffix(url, "ext-CodeSpecification") {
			n.UseAll()
			return
		}
		emit(path+"("+url[strings.LastIndexByte(url, '/')+1:]+")", n)
	case n.Scalar() || !n.Used() && n.Kind == tree.Object && len(datatypeOf(n)) > 0:
		if !machine(n, path) {
			emit(path, n)
		}
	default:
		for c := range n.Members() {
			p := path
			if c.Key != "" {
				p += "." + c.Key
			}
			m.unread(c, p, sp, emit)
		}
	}
}

// machine reports whether a leaf is meant for machines wherever it stands.
func machine(n *tree.Node, path string) bool {
	name := path[strings.LastIndexByte(path, '.')+1:]
	switch name {
	case "id", "url", "system", "linkId", "version", "userSelected", "sequence":
		return n.Scalar()
	}
	return false
}

// datatypeOf names the datatype that an object looks like; empty for the
// groups of elements of a resource itself.
func datatypeOf(n *tree.Node) string {
	for _, t := range datatypes {
		if t.is(n) {
			return "datatype"
		}
	}
	return ""
}

// labelled are the Dutch labels that the list of words gives.
var labelled = func() map[string]bool {
	out := map[string]bool{}
	for _, l := range labels {
		out[l] = true
	}
	return out
}()

func tailOf(path string) string { return path[strings.IndexByte(path, '(')+1:] }

// leftLabel is the path of a leftover in words.
func leftLabel(path string) string {
	var parts []string
	if open := strings.IndexByte(path, '('); open >= 0 {
		return extensionLabel(path[open+1 : len(path)-1])
	}
	for _, p := range strings.Split(path, ".") {
		if p == "extension" || p == "" {
			continue
		}
		parts = append(parts, labelOf(p))
	}
	return join(", ", parts...)
}

// dump gives the leaves that a datatype's words have left unread.
func (m *mapping) dump(n *tree.Node) string {
	if n.Spent() {
		return ""
	}
	if n.Scalar() {
		s := n.Str()
		if n.Key != "" && s != "" {
			return labelOf(n.Key) + ": " + s
		}
		return s
	}
	var parts []string
	for c := range n.Members() {
		parts = append(parts, m.dump(c))
	}
	return join("; ", parts...)
}

// heldOver gives the contained resources that no reference leads to.
func (m *mapping) heldOver(emit func(string, *tree.Node)) {
	if len(m.res.held) == 0 {
		return
	}
	raw := m.res.Node.Raw()
	for _, c := range m.res.held {
		if c.ID != "" && strings.Contains(raw, `"#`+strings.TrimPrefix(c.ID, "#")+`"`) {
			m.shown(c)
			continue
		}
		emit("contained."+c.Type, c.Node)
	}
}

// shown gives the content of a contained resource that a reference leads to:
// the reference names it in a few words, the rest stands here.
func (m *mapping) shown(c *Resource) {
	sub := &mapping{set: m.set, res: c, item: &dossier.Item{}, depth: m.depth}
	sp, ok := specs[c.Type]
	if !ok || m.depth > 4 {
		m.add("", c.Type, m.words(c.Node))
		return
	}
	sub.depth++
	sub.head(sp)
	for _, w := range sp.rows {
		sub.row(w)
	}
	if sp.extra != nil {
		sp.extra(sub)
	}
	sub.status()
	sub.negations()
	sub.leftovers(sp)
	rest := slices.DeleteFunc(sub.item.Body, func(b dossier.Block) bool { return b.Text != "" && b.Text == m.item.Title })
	if name := join(": ", kindName(c.Type), sub.item.Title); len(rest) > 0 && sub.item.Title != m.item.Title {
		m.item.Body = append(m.item.Body, dossier.Block{Kind: dossier.BlockText, Text: name})
	}
	for _, b := range rest {
		if !slices.ContainsFunc(m.item.Body, func(have dossier.Block) bool {
			return have.Kind == b.Kind && have.Label == b.Label && have.Text == b.Text && b.Text != ""
		}) {
			m.item.Body = append(m.item.Body, b)
		}
	}
	m.item.Attachments = append(m.item.Attachments, sub.item.Attachments...)
	m.left = append(m.left, sub.left...)
	m.notes = append(m.notes, sub.notes...)
	if sub.foreignModifier(c.Node) {
		m.stop("onbekende-modifier")
	}
}

func kindName(t string) string {
	if sp, ok := specs[t]; ok && sp.kind != "" {
		return strings.ToUpper(sp.kind[:1]) + sp.kind[1:]
	}
	return t
}
