package r4

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// specs are the mappings by type; the files spec_*.go fill it, one for each
// family of sections.
var specs = map[string]spec{}

func add(more map[string]spec) {
	for t, s := range more {
		specs[t] = s
	}
}

func init() {
	add(map[string]spec{
		"Patient": {section: dossier.SectionPerson, kind: "persoonsgegevens", rows: []row{
			{path: "name", label: "Naam"}, {path: "birthDate", as: (*mapping).dateWords},
			{path: "maritalStatus"}, {path: "address"}, {path: "telecom"},
			{label: "Tweeling of meerling", path: "multipleBirth[x]"}, {path: "generalPractitioner"}, {path: "managingOrganization"}, {path: "photo"},
		}, quiet: []string{"active"}, extra: patient},
		"RelatedPerson": {section: dossier.SectionContacts, kind: "contactpersoon", title: []string{"name"}, date: []string{"period"}, rows: []row{
			{path: "relationship", as: kinship}, {path: "telecom"}, {path: "address"}, {path: "birthDate", as: (*mapping).dateWords}, {path: "communication"}, {path: "photo"},
		}, extra: gender},
		"Practitioner": {section: dossier.SectionTeam, kind: "zorgverlener", title: []string{"name"}, rows: []row{
			{path: "qualification"}, {path: "telecom"}, {path: "address"}, {path: "communication"},
		}, quiet: []string{"birthDate", "photo"}, extra: gender},
		"PractitionerRole": {section: dossier.SectionTeam, kind: "zorgverlener", title: []string{"practitioner", "code", "specialty", "organization"}, date: []string{"period"}, rows: []row{
			{label: "Rol", path: "code"}, {path: "specialty"}, {path: "organization"}, {path: "location"}, {label: "Zorg", path: "healthcareService"}, {path: "telecom"}, {path: "availableTime"},
		}, quiet: []string{"endpoint"}, extra: roleOf},
		"Organization": {section: dossier.SectionTeam, kind: "organisatie", title: []string{"name"}, rows: []row{
			{path: "type"}, {path: "alias"}, {path: "telecom"}, {path: "address"}, {path: "partOf"}, {path: "contact"},
		}, quiet: []string{"endpoint"}},
		"Location": {section: dossier.SectionTeam, kind: "plaats", title: []string{"name", "description", "managingOrganization", "type"}, rows: []row{
			{path: "description"}, {path: "type"}, {path: "physicalType"}, {path: "address"}, {path: "telecom"}, {path: "managingOrganization"}, {path: "partOf"}, {path: "alias"},
		}, quiet: []string{"endpoint", "position", "mode"}},
		"HealthcareService": {section: dossier.SectionTeam, kind: "zorgaanbod", title: []string{"name"}, rows: []row{{path: "type"}, {path: "specialty"}, {path: "comment"}, {path: "telecom"}, {path: "location"}, {label: "Zorgaanbieder", path: "providedBy"}}, quiet: []string{"endpoint"}},
		"CareTeam": {section: dossier.SectionTeam, kind: "team", title: []string{"name", "category"}, date: []string{"period"}, rows: []row{
			{path: "category"}, {label: "Voor", path: "reasonCode"}, {label: "Voor", path: "reasonReference"}, {path: "managingOrganization"}, {path: "telecom"}, {path: "note", shape: dossier.BlockText},
		}, extra: teamMembers},
	})
}

// patient gives the elements of a person that need more than a row. The
// citizen service number is never part of an item; the dossier has its place.
func patient(m *mapping) {
	root := m.res.Node
	gender(m)
	if call := CallName(BestName(root)); call != "" {
		m.add("", "Roepnaam", call)
	}
	for _, l := range root.Peek("communication").List() {
		s := join(" ", m.words(l.Peek("language")), m.extensions(l))
		if l.Peek("preferred") != nil && l.Peek("preferred").True() {
			s = join(" ", s, "(voorkeur)")
		}
		m.add("", "Taal", s)
	}
	for _, c := range root.Peek("contact").List() {
		m.add("", "Contactpersoon", join("; ", m.words(c.Peek("name")), m.each(c.Peek("relationship"), kinship), m.words(c.Peek("telecom")), m.words(c.Peek("address")), m.words(c.Peek("organization")), m.period(c.Peek("period"))))
	}
	deceased(m, root)
	for _, l := range root.Peek("link").List() {
		m.note("andere-client-genoemd")
		m.add("", "Hoort bij een ander dossier", join(" ", m.code(l.Peek("type")), ""))
		l.UseAll()
	}
	m.item.Title = ""
}

func deceased(m *mapping, root *tree.Node) {
	if d := root.Peek("deceasedDateTime"); d != nil {
		m.add("", "Overleden", m.dateWords(d))
	}
	if d := root.Peek("deceasedBoolean"); d != nil && d.True() {
		m.add("", "Overleden", "ja")
	}
}

func gender(m *mapping) { m.add("", "Geslacht", m.prim(m.res.Node, "gender", (*mapping).code)) }

// roleOf takes in the person whose role it is.
func roleOf(m *mapping) {
	if p := m.set.Find(m.res, m.res.Node.Path("practitioner", "reference").Look()); p != nil && p.parent == nil && p.Type == "Practitioner" {
		m.used = append(m.used, p)
	}
}

// each gives every element of a list with a format of its own.
func (m *mapping) each(n *tree.Node, as format) string {
	var parts []string
	for _, c := range n.List() {
		parts = append(parts, as(m, c))
	}
	return join("; ", parts...)
}

// kinship gives a relationship; of the role codes "1" and "01" are the same.
func kinship(m *mapping, n *tree.Node) string {
	if n.Scalar() {
		return plainCode(n.Str())
	}
	var parts []string
	parts = append(parts, n.Peek("text").Str())
	for _, c := range n.Peek("coding").List() {
		code := strings.TrimSpace(c.Peek("code").Look())
		if w := roleCodes[code]; w != "" && strings.Contains(c.Peek("system").Look(), "22.472") {
			c.UseAll()
			parts = append(parts, w)
			continue
		}
		parts = append(parts, m.coding(c))
	}
	return join(", ", append(parts, m.extensions(n))...)
}

func teamMembers(m *mapping) {
	var rows [][]string
	for _, p := range m.res.Node.Peek("participant").List() {
		rows = append(rows, []string{m.words(p.Peek("member")), m.words(p.Peek("role")), join("; ", m.words(p.Peek("onBehalfOf")), m.period(p.Peek("period")))})
	}
	m.table([]string{"Wie", "Rol", "Verder"}, rows)
}

// table adds a table without the columns that are empty all the way down.
func (m *mapping) table(heads []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	var columns []string
	cut := make([][]string, len(rows))
	for i, h := range heads {
		full := i == 0
		for _, r := range rows {
			full = full || r[i] != ""
		}
		if !full {
			continue
		}
		columns = append(columns, h)
		for k, r := range rows {
			cut[k] = append(cut[k], r[i])
		}
	}
	if len(columns) == 1 {
		var list []string
		for _, r := range cut {
			if r[0] != "" {
				list = append(list, r[0])
			}
		}
		if len(list) > 0 {
			m.item.Body = append(m.item.Body, dossier.Block{Kind: dossier.BlockList, Label: columns[0], Entries: list})
		}
		return
	}
	m.item.Body = append(m.item.Body, dossier.Block{Kind: dossier.BlockTable, Columns: columns, Rows: cut})
}
