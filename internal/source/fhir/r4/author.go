package r4

import (
	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// author fills who wrote the item from the first reference at a path, and says
// whether there was one. The others stand as a field.
func (m *mapping) author(path string) bool {
	list := m.find(path)
	if len(list) == 0 {
		return false
	}
	n := list[0]
	target := m.set.Find(m.res, refOf(n))
	for _, e := range n.Peek("extension").List() { // STU3: the role hangs on the reference to the person
		if t := m.set.Find(m.res, e.Path("valueReference", "reference").Look()); t != nil && t.Type == "PractitionerRole" && ends(e.Peek("url").Look(), []string{"practitionerrole-reference"}) {
			target = t
		}
	}
	full := m.words(n)
	a := &m.item.Author
	if target == nil {
		a.Name = full
	} else {
		*a = m.authorOf(target)
		if a.Name == "" && a.Role == "" && a.Organisation == "" {
			a.Name = full
		}
	}
	m.item.Origin = originOf(target, n)
	for _, o := range list[1:] {
		m.add("", "Ook door", m.words(o))
	}
	return a.Name+a.Role+a.Organisation != ""
}

func refOf(n *tree.Node) string {
	if r := n.Peek("reference"); r.Scalar() {
		return r.Look()
	}
	return n.Path("actor", "reference").Look()
}

func originOf(r *Resource, n *tree.Node) dossier.Origin {
	kind := ""
	if r != nil {
		kind = r.Type
	} else if t := n.Peek("type"); t.Scalar() {
		kind = t.Look()
	}
	switch kind {
	case "Patient":
		return dossier.OriginClient
	case "RelatedPerson":
		return dossier.OriginRelative
	case "Device":
		return dossier.OriginSystem
	}
	return dossier.OriginProfessional
}

// authorOf is name, role and organisation of a person or organisation.
func (m *mapping) authorOf(r *Resource) dossier.Author {
	side := &mapping{set: m.set, res: r, depth: m.depth}
	switch r.Type {
	case "PractitionerRole":
		a := dossier.Author{Role: side.peekWords("code", "specialty"), Organisation: side.peekWords("organization")}
		if p := m.set.Find(r, r.Node.Path("practitioner", "reference").Look()); p != nil {
			a.Name = peekName(p)
		} else {
			a.Name = r.Node.Path("practitioner", "display").Look()
		}
		return a
	case "Organization":
		return dossier.Author{Organisation: r.Node.Peek("name").Look()}
	case "Patient":
		return dossier.Author{Role: "cliënt", Name: peekName(r)}
	case "RelatedPerson":
		return dossier.Author{Role: side.peekWords("relationship"), Name: peekName(r)}
	}
	return dossier.Author{Name: m.nameOf(r)}
}

// AgentOf is who a Provenance names first.
func AgentOf(set *Set, p *Resource) dossier.Author {
	m := &mapping{set: set, res: p, item: &dossier.Item{}}
	for _, a := range p.Node.Peek("agent").List() {
		who := a.Peek("who")
		if who == nil {
			who = a.Peek("whoReference") // STU3
		}
		if t := set.Find(p, who.Peek("reference").Look()); t != nil {
			return m.authorOf(t)
		}
		if d := who.Peek("display").Look(); d != "" {
			return dossier.Author{Name: d}
		}
	}
	return dossier.Author{}
}
