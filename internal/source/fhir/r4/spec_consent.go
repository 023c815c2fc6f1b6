package r4

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

func init() {
	add(map[string]spec{
		"Consent": {section: dossier.SectionConsents, kind: "toestemming", title: []string{"category"}, date: []string{"dateTime"}, author: nil, rows: []row{
			{label: "Door", path: "performer"}, {label: "Vastgelegd door", path: "organization"}, {path: "verification"},
		}, quiet: []string{"policy", "policyRule", "scope"}, extra: consent},
		"AdverseEvent": {section: dossier.SectionIncidents, kind: "incident", title: []string{"event", "category"}, date: []string{"date"}, recorded: []string{"recordedDate", "detected"}, author: []string{"recorder"}, rows: []row{
			{path: "category"}, {path: "actuality", as: (*mapping).code}, {path: "location"}, {path: "seriousness"}, {path: "severity"}, {path: "outcome"}, {path: "resultingCondition"}, {path: "suspectEntity"}, {label: "Melder", path: "contributor"}, {path: "detected", as: (*mapping).dateWords}, {path: "subjectMedicalHistory"}, {path: "referenceDocument"},
		}, quiet: []string{"study"}},
		"AuditEvent": {section: dossier.SectionAccessLog, kind: "inzage", title: []string{"subtype", "type"}, date: []string{"recorded", "period"}, rows: []row{
			{path: "action", as: (*mapping).code}, {label: "Uitkomst", path: "outcomeDesc"}, {path: "purposeOfEvent"}, {label: "Wat", path: "entity.name"}, {label: "Wat", path: "entity.what"},
		}, quiet: []string{"outcome", "source", "entity", "type"}, extra: audit},
		"Provenance": {section: dossier.SectionDocuments, kind: "herkomst", title: []string{"activity"}, date: []string{"occurred[x]", "recorded"}, recorded: []string{"recorded"}, rows: []row{
			{label: "Van", path: "target"}, {label: "Wie", path: "agent"}, {path: "reason"}, {path: "location"},
		}, quiet: []string{"signature", "policy", "entity"}},
		"Questionnaire":         {section: dossier.SectionForms, kind: "vragenlijst", title: []string{"title", "name"}, date: []string{"date"}, rows: []row{{path: "description", shape: dossier.BlockText}, {label: "Vragen", path: "item", as: question}}, quiet: []string{"url", "version", "publisher", "subjectType", "derivedFrom", "code", "name", "experimental", "contact", "useContext", "jurisdiction", "copyright", "purpose", "approvalDate", "lastReviewDate", "effectivePeriod"}},
		"QuestionnaireResponse": {section: dossier.SectionForms, kind: "vragenlijst", title: []string{"questionnaire"}, date: []string{"authored"}, author: []string{"author", "source"}, quiet: []string{"basedOn", "partOf", "questionnaire"}, extra: answers},
	})
}

// consent tells treatment directives from advance directives and consents, and
// writes first and in capitals what may and what may not.
func consent(m *mapping) {
	root := m.res.Node
	profile, codes := m.profiles(), " "+m.codesAt("category", "scope")+" "
	switch {
	case strings.Contains(profile, "TreatmentDirective") || strings.Contains(codes, " 129125009 "), strings.Contains(codes, " 11291000146105 "):
		m.item.Kind = "behandelaanwijzing"
	case strings.Contains(profile, "AdvanceDirective"), strings.Contains(codes, " acd "), strings.Contains(codes, " adr "):
		m.item.Kind = "wilsverklaring"
	}
	m.item.Body = append(m.permitted(root), m.item.Body...)
	for _, p := range root.Peek("provision").List() {
		m.provision(p, true)
	}
	if root.Peek("period") != nil {
		m.add("", "Geldig", m.period(root.Peek("period")))
	}
	for i, n := range m.find("sourceAttachment") {
		m.attach("sourceAttachment", i, n)
	}
	m.add("", "Staat ook in", m.words(root.Peek("sourceReference")))
	if st := codeOf(root.Peek("status")); st == "inactive" || st == "rejected" {
		m.warn("Dit geldt niet meer.")
		return
	}
	m.item.Alert = m.item.Kind != "toestemming"
}

// permitted reads whether a treatment may be done, from the Dutch modifier
// extension of STU3 or from the type of the provision (R4).
func (m *mapping) permitted(root *tree.Node) []dossier.Block {
	p := root.Peek("provision").One()
	what := join(", ", m.stu3Treatment(root), m.words(p.Peek("code")))
	answer := answerWord(codeOf(p.Peek("type")))
	p.Peek("type").UseAll()
	for _, e := range root.Peek("modifierExtension").List() {
		url := e.Peek("url").Look()
		if ends(url, []string{"TreatmentPermitted"}) {
			answer = permittedWord(e)
			e.UseAll()
		} else if ends(url, []string{"SpecificationOther"}) {
			e.Peek("url").UseAll()
			answer = join(": ", "ANDERS", m.words(e.Peek("valueString")))
		}
	}
	if what == "" && answer == "" {
		return nil
	}
	if what != "" {
		m.item.Title = what
	}
	if answer == "" {
		return nil
	}
	label := orElse(what, "Toestemming")
	if m.item.Kind == "behandelaanwijzing" && strings.HasPrefix(answer, "NEE") {
		m.item.Title = join(": ", what, "NEE")
	}
	return []dossier.Block{{Kind: dossier.BlockField, Label: label, Text: answer}}
}

func answerWord(code string) string {
	switch code {
	case "permit":
		return "JA"
	case "deny":
		return "NEE"
	}
	return ""
}

// permittedWord is JA, JA_MAAR, NEE or ANDERS of the zib, in words.
func permittedWord(e *tree.Node) string {
	c := e.Peek("valueCodeableConcept").One()
	code := c.Path("coding", "code").Look()
	switch strings.ToUpper(code) {
	case "JA":
		return "JA"
	case "NEE":
		return "NEE"
	case "JA_MAAR":
		return "JA, MAAR (zie de toelichting)"
	}
	return orElse(c.Path("coding", "display").Look(), orElse(c.Peek("text").Look(), code))
}

// stu3Treatment is the treatment of zib-TreatmentDirective (2017).
func (m *mapping) stu3Treatment(root *tree.Node) string {
	for _, e := range root.Peek("extension").List() {
		if ends(e.Peek("url").Look(), []string{"TreatmentDirective-Treatment"}) {
			e.Peek("url").UseAll()
			return m.words(e.Peek("valueCodeableConcept"))
		}
	}
	return ""
}

// provision gives one provision: what of it holds, for whom, until when, and
// what is excepted. Inside another one it is the opposite of it.
func (m *mapping) provision(p *tree.Node, top bool) {
	if m.depth++; m.depth > 8 {
		m.depth--
		return
	}
	defer func() { m.depth-- }()
	var who []string
	for _, a := range p.Peek("actor").List() {
		who = append(who, join(": ", m.words(a.Peek("role")), m.words(a.Peek("reference"))))
	}
	fields := [][2]string{{"Geldig", m.period(p.Peek("period"))}, {"Betrokken", join("; ", who...)}, {"Wat mag", m.words(p.Peek("action"))}, {"Waarvoor", m.words(p.Peek("purpose"))}, {"Welke gegevens", join("; ", m.words(p.Peek("class")), m.words(p.Peek("securityLabel")), m.words(p.Peek("data")))}, {"Over de periode", m.period(p.Peek("dataPeriod"))}, {"Toelichting", m.extensions(p)}}
	if !top {
		var parts []string
		for _, f := range append([][2]string{{"", answerWord(codeOf(p.Peek("type")))}, {"Wat", m.words(p.Peek("code"))}}, fields...) {
			if f[1] != "" {
				parts = append(parts, join(": ", f[0], f[1]))
			}
		}
		p.Peek("type").UseAll()
		m.add("", "Uitzondering", join("; ", parts...))
	} else {
		for _, f := range fields {
			m.add("", f[0], f[1])
		}
	}
	for _, c := range p.Peek("provision").List() {
		m.provision(c, false)
	}
}

// audit says who looked, of which organisation (Wabvpz art. 15e, NEN 7513).
func audit(m *mapping) {
	for _, a := range m.res.Node.Peek("agent").List() {
		role := m.words(a.Peek("role"))
		name := join(", ", m.words(a.Peek("who")), a.Peek("name").Str())
		if r := a.Peek("requestor"); r != nil && r.True() && m.item.Author.Name == "" {
			m.item.Author = dossier.Author{Role: role, Name: name}
		} else {
			m.add("", "Wie", join(", ", name, role))
		}
		for _, k := range []string{"altId", "network", "media", "policy", "purposeOfUse", "location", "type"} {
			a.Peek(k).UseAll()
		}
	}
}

func question(m *mapping, n *tree.Node) string {
	s := join(" ", n.Peek("prefix").Str(), m.words(n.Peek("text")))
	var parts []string
	for _, c := range n.Peek("item").List() {
		parts = append(parts, question(m, c))
	}
	n.UseAll()
	return join("\n", append([]string{s}, parts...)...)
}

// answers sets the questions and answers in a table. The words of a question
// may stand in the Questionnaire alone.
func answers(m *mapping) {
	root := m.res.Node
	form := m.set.Find(m.res, orElse(root.Peek("questionnaire").Look(), root.Path("questionnaire", "reference").Look()))
	if form == nil {
		form = m.formByURL(root.Peek("questionnaire").Look())
	}
	asked := map[string]*tree.Node{}
	if form != nil {
		m.item.Title = orElse(form.Node.Peek("title").Look(), form.Node.Peek("name").Look())
		if form.parent == nil {
			m.used = append(m.used, form)
		}
		collect(form.Node.Peek("item"), asked, 0)
	} else {
		m.item.Title = root.Path("questionnaire", "display").Look()
	}
	var rows [][]string
	m.answered(root.Peek("item"), asked, "", &rows, 0)
	m.table([]string{"Vraag", "Antwoord"}, rows)
}

func (m *mapping) formByURL(url string) *Resource {
	url, _, _ = strings.Cut(url, "|")
	if url == "" {
		return nil
	}
	for _, r := range m.set.All {
		if r.Type == "Questionnaire" && r.Node.Peek("url").Look() == url {
			return r
		}
	}
	return nil
}

func collect(items *tree.Node, into map[string]*tree.Node, depth int) {
	if depth > 16 {
		return
	}
	for _, i := range items.List() {
		into[i.Peek("linkId").Look()] = i
		collect(i.Peek("item"), into, depth+1)
	}
}

func (m *mapping) answered(items *tree.Node, asked map[string]*tree.Node, above string, rows *[][]string, depth int) {
	if depth > 16 {
		return
	}
	for _, i := range items.List() {
		text := i.Peek("text").Str()
		if q := asked[i.Peek("linkId").Look()]; text == "" && q != nil {
			text = q.Peek("text").Look()
		}
		if text == "" {
			text = "Vraag " + i.Peek("linkId").Look()
		}
		i.Peek("linkId").Str()
		i.Peek("definition").UseAll()
		var given []string
		for _, a := range i.Peek("answer").List() {
			for c := range a.Members() {
				if strings.HasPrefix(c.Key, "value") {
					given = append(given, m.value(c))
				}
			}
		}
		*rows = append(*rows, []string{join(": ", above, text), join("; ", append(given, m.extensions(i))...)})
		m.answered(i.Peek("item"), asked, "", rows, depth+1)
		for _, a := range i.Peek("answer").List() {
			m.answered(a.Peek("item"), asked, text, rows, depth+1)
		}
	}
}
