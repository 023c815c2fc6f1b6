package r4

import (
	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// composition gives its sections: the heading, the written text where it says
// what no field says, and the resources that belong to it.
func composition(m *mapping) {
	for _, s := range m.res.Node.Peek("section").List() {
		m.section(s, "")
	}
}

// soap are the headings of a report in four parts.
var soap = map[string]string{"Subjective": "Klacht (S)", "Objective": "Onderzoek (O)", "Evaluation": "Conclusie (E)", "Evaluatie": "Conclusie (E)", "Plan": "Beleid (P)", "Beleid": "Beleid (P)"}

func (m *mapping) section(n *tree.Node, above string) {
	if m.depth++; m.depth > 10 {
		m.depth--
		return
	}
	defer func() { m.depth-- }()
	title := n.Peek("title").Str()
	if code := m.words(n.Peek("code")); title == "" {
		title = code
	}
	title = join(", ", above, title)
	shown := m.narrativeBlock(n.Peek("text").One(), title)
	var entries []string
	for _, e := range n.Peek("entry").List() {
		if s := m.words(e); s != title && s != "" {
			entries = append(entries, s)
		}
	}
	title = orElse(soap[title], title)
	if len(entries) > 0 {
		m.item.Body = append(m.item.Body, dossier.Block{Kind: dossier.BlockList, Label: orElse(title, "Bevat"), Entries: entries})
	}
	m.add("", title, join("; ", m.words(n.Peek("emptyReason")), m.words(n.Peek("author")), m.words(n.Peek("focus")), m.extensions(n)))
	n.Peek("mode").UseAll()
	n.Peek("orderedBy").UseAll()
	if !shown && len(entries) == 0 && n.Peek("emptyReason") == nil {
		m.note("leeg-deel")
	}
	for _, c := range n.Peek("section").List() {
		m.section(c, title)
	}
}

// narrative shows the resource's own text only where it holds more than the
// fields do: status "additional" (FHIR R4, NarrativeStatus).
func (m *mapping) narrative(sp spec) {
	t := m.res.Node.Peek("text").One()
	if t.Peek("status").Look() == "additional" && m.res.Type != "Composition" || t.Peek("div") != nil && len(m.item.Body) == 0 && m.item.Title == "" && m.item.Measurement == nil && len(m.item.Attachments) == 0 && sp.kind != "" {
		m.narrativeBlock(t, "")
	}
}

// narrativeBlock adds XHTML as a block; prose reduces it by its allow-list.
func (m *mapping) narrativeBlock(n *tree.Node, label string) bool {
	div := n.Peek("div").Text()
	n.UseAll()
	if div == "" {
		return false
	}
	m.item.Body = append(m.item.Body, dossier.Block{Kind: dossier.BlockText, Format: dossier.HTML, Label: label, Text: div})
	return true
}
