package fhir

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// Sections 1 to 3: who the client is, who stands around, who gives care.
var personSpecs = map[string]*spec{
	"Person": {section: dossier.SectionContacts, kind: "persoon", title: []string{"name"}},
	"Patient": {section: dossier.SectionPerson, kind: "persoonsgegevens", shape: person, admin: []string{"active", "link"},
		fields: []string{"gender=Geslacht", "address=Adres", "telecom=Bereikbaar", "maritalStatus", "generalPractitioner", "managingOrganization=Zorgaanbieder", "deceasedDateTime", "multipleBirthInteger", "ext:patient-nationality=Nationaliteit"}},
	"RelatedPerson": {
		section: dossier.SectionContacts, kind: "contactpersoon",
		shape: relative, title: []string{"name"}, date: []string{"period"},
		admin:  []string{"active"},
		fields: []string{"relationship=Relatie", "telecom=Bereikbaar", "address=Adres", "gender=Geslacht", "birthDate"}},
	"Practitioner": {
		section: dossier.SectionTeam, kind: "zorgverlener",
		title:  []string{"name"},
		admin:  []string{"active", "gender", "birthDate", "name"},
		fields: []string{"qualification.code=Vak", "telecom=Bereikbaar", "address=Adres"}},
	"PractitionerRole": {
		section: dossier.SectionTeam, kind: "zorgverlener",
		title: []string{"practitioner", "specialty", "code", "organization"}, date: []string{"period"},
		admin:  []string{"active", "endpoint"},
		fields: []string{"code=Rol", "specialty", "organization", "location", "telecom=Bereikbaar", "healthcareService"}, shape: withPractitioner},
	"Organization": {section: dossier.SectionTeam, kind: "organisatie", title: []string{"name"}, admin: []string{"active", "endpoint"},
		fields: []string{"type=Soort", "telecom=Bereikbaar", "address=Adres", "contact", "alias=Andere naam"}},
	"Location": {
		section: dossier.SectionTeam, kind: "locatie",
		title:  []string{"name", "managingOrganization"},
		admin:  []string{"status", "mode", "position", "endpoint"},
		fields: []string{"description", "type=Soort", "telecom=Bereikbaar", "address=Adres", "managingOrganization"}},
	"HealthcareService": {section: dossier.SectionTeam, kind: "dienst", title: []string{"name", "type"}, admin: []string{"active"}},
	"CareTeam": {section: dossier.SectionTeam, kind: "team", title: []string{"name"}, date: []string{"period"}, shape: team,
		fields: []string{"category", "managingOrganization", "reasonCode", "reasonReference", "telecom"}},
}

// person writes the client's names, birth date and number. The number itself is
// not put in words: dossier.Person carries it and policy masks it.
func person(c *cx) {
	n := c.n()
	c.it.Title = "Persoonsgegevens"
	c.add("Naam", []string{c.personName(n)})
	c.add("Roepnaam", []string{callName(n)})
	for _, m := range n.All("name") {
		if m.Unread() {
			if s := c.humanName(m); s != c.personName(n) {
				c.add("Andere naam", []string{join(", ", []string{s, codeWord("use", m.Get("use").Peek())})})
			}
		}
	}
	c.add("Geboren op", c.value(n, "birthDate"))
	c.languages()
	for _, name := range []string{"deceasedBoolean", "multipleBirthBoolean"} {
		if n.Get(name).Peek() == "false" { // that nothing is so needs no words
			n.Text(name)
		} else {
			c.field(name)
		}
	}
	for _, id := range n.All("identifier") {
		if isBSN(id) {
			if s := c.absent(id.Get("_value")); s != "" {
				c.add("BSN", []string{s})
			}
		}
	}
	for _, k := range n.All("contact") {
		words := join(", ", []string{c.words(k.Get("name")), join(", ", c.texts(k, "relationship")), join(", ", c.texts(k, "telecom")), c.words(k.Get("address")), c.words(k.Get("organization"))})
		c.add("Contact", []string{words})
	}
	for _, l := range n.All("link") {
		c.linked(l)
	}
	if n.Get("active").Peek() == "false" {
		c.add("Dossier", []string{"niet meer in gebruik"})
	}
}

// languages says of each language what the client can do with it: "Nederlands:
// verstaan goed, spreken redelijk" (nl-core-LanguageProficiency).
func (c *cx) languages() {
	for _, l := range c.n().All("communication") {
		var can []string
		for _, x := range withURL(l, "extension", "patient-proficiency") {
			x.Text("url")
			level := join(", ", c.texts(x, "ext:level"))
			for _, mode := range withURL(x, "extension", "type") {
				can = append(can, join(" ", []string{c.extension(mode), level}))
			}
		}
		words := join(": ", []string{join(", ", c.texts(l, "language")), join(", ", can)})
		if l.Get("preferred").Peek() == "true" {
			l.Get("preferred").Read()
			words += " (liefst)"
		}
		c.add("Taal", []string{join("; ", append([]string{words}, c.extensions(l)...))})
	}
}

// linked: a record that was replaced by another may not pass for the client's.
func (c *cx) linked(l *tree.Node) {
	kind := l.Text("type")
	if kind == "replaced-by" {
		c.stop("vervangen-dossier")
	}
	l.Read()
}

const (
	bsnOID = "2.16.840.1.113883.2.4.6.3"
	bsnURL = "http://fhir.nl/fhir/NamingSystem/bsn"
)

// isBSN reports whether an identifier is the citizen service number, by URL or OID.
func isBSN(id *tree.Node) bool {
	s := id.Get("system").Peek()
	return s == bsnURL || strings.HasSuffix(s, bsnOID)
}

// callName is the name with use "usual", or the given name with qualifier CL
// (nl-core-NameInformation).
func callName(n *tree.Node) string {
	for _, m := range n.All("name") {
		if m.Get("use").Peek() == "usual" && m.Get("family") == nil {
			m.Text("use")
			return shown(m.Text("given"))
		}
		given, sib := m.Get("given"), m.Get("_given")
		for i := range sib.Kids() {
			if i < len(given.Kids()) && sib.Kids()[i].At("extension", "valueCode").Peek() == "CL" {
				return shown(given.Kids()[i].String())
			}
		}
	}
	return ""
}

// relative is a person around the client; the role says what they may do, so it
// comes first and in words.
func relative(c *cx) {
	c.it.Title = c.personName(c.n())
	c.it.AboutPerson = c.res.key
	if c.it.Title == "" {
		c.it.Title = join(", ", c.texts(c.n(), "relationship"))
	}
	c.add("Rol", c.texts(c.n(), "ext:ContactPerson.Role"))
	if c.n().Get("active").Peek() == "false" {
		c.add("Let op", []string{"niet meer actueel"})
	}
}

// withPractitioner adds what the person behind a role can be reached by.
func withPractitioner(c *cx) {
	p := c.rec.find(c.n().Get("practitioner"), c.res)
	if p == nil || p.kind != "Practitioner" || !p.part {
		return
	}
	c.uses(p)
	o := &writer{rec: c.rec, res: p}
	o.personName(p.node)
	for _, name := range []string{"active", "gender", "birthDate", "photo"} {
		p.node.Get(name).Read()
	}
	c.add("Bereikbaar", o.texts(p.node, "telecom"))
	c.add("Vak", o.texts(p.node, "qualification.code"))
	c.add("Adres", o.texts(p.node, "address"))
}

// team: each member with role, for whom and since when.
func team(c *cx) {
	var rows []string
	for _, p := range c.n().All("participant") {
		rows = append(rows, join(", ", []string{c.words(p.Get("member")), join(", ", c.texts(p, "role")), c.words(p.Get("onBehalfOf")), c.words(p.Get("period"))}))
	}
	c.add("Deelnemers", rows)
}
