package fhir

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// Sections 6, 13 to 15, 18 and 20: reports, documents, pictures, forms, incidents, the access log.
var documentSpecs = map[string]*spec{
	"Composition": {
		section: dossier.SectionReports, kind: "rapportage",
		title: []string{"title", "type"}, date: []string{"date"}, author: []string{"author"}, shape: composition,
		fields: []string{"event", "custodian"},
		admin:  []string{"type", "category", "confidentiality", "attester", "relatesTo"},
	},
	"DocumentReference": {
		section: dossier.SectionDocuments, kind: "document",
		title: []string{"description", "type", "content.attachment.title", "category"}, date: []string{"date", "context.period"},
		author: []string{"author", "authenticator"}, shape: documentRef,
		fields: []string{"type=Soort", "category", "context.period=Gaat over", "context.event=Bij", "context.facilityType=Waar"},
		admin:  []string{"masterIdentifier", "custodian", "securityLabel", "context", "relatesTo"},
	},
	"DocumentManifest": {
		section: dossier.SectionDocuments, kind: "bundel van documenten",
		title: []string{"description", "type"}, date: []string{"created"}, author: []string{"author"},
		fields: []string{"content"},
	},
	"Media": {
		section: dossier.SectionImages, kind: "beeld",
		title: []string{"content.title", "type", "modality", "view", "reasonCode"}, date: []string{"created[x]"},
		author: []string{"operator"}, shape: media,
		fields: []string{"view", "bodySite", "modality", "reasonCode", "deviceName"},
		admin:  []string{"type", "width", "height", "frames", "duration", "device"},
	},
	"Binary": {section: dossier.SectionDocuments, kind: "bestand", shape: binaryFile, admin: []string{"contentType", "securityContext", "data"}},
	"Questionnaire": {
		section: dossier.SectionForms, kind: "vragenlijst",
		title: []string{"title", "name", "description"}, date: []string{"date"},
		admin: []string{"url", "version", "subjectType", "item", "status", "experimental", "publisher", "code"},
	},
	"QuestionnaireResponse": {
		section: dossier.SectionForms, kind: "ingevulde vragenlijst",
		title: []string{"questionnaire"}, date: []string{"authored"}, author: []string{"author", "source"}, shape: form,
		admin: []string{"questionnaire", "source"},
	},
	"AdverseEvent": {
		section: dossier.SectionIncidents, kind: "incident",
		title: []string{"event", "category"}, date: []string{"date", "detected"}, recorded: []string{"recordedDate"},
		author: []string{"recorder", "contributor"}, shape: incident,
		fields: []string{"category", "seriousness", "severity", "outcome", "resultingCondition", "location", "suspectEntity"},
	},
	"AuditEvent": {
		section: dossier.SectionAccessLog, kind: "inzage",
		title: []string{"subtype", "type"}, date: []string{"period", "recorded"}, author: []string{"agent.who"}, shape: access,
		fields: []string{"action", "purposeOfEvent", "outcomeDesc", "entity.what=Wat"},
		admin:  []string{"outcome", "source", "recorded"},
	},
	"Provenance": {
		section: dossier.SectionCare, kind: "herkomst",
		title: []string{"activity"}, date: []string{"occurred[x]", "recorded"}, author: []string{"agent.who"},
		fields: []string{"target=Gaat over", "reason", "location"},
		admin:  []string{"policy", "entity", "signature"},
	},
	"List": {
		section: dossier.SectionHealth, kind: "lijst",
		title: []string{"title", "code"}, date: []string{"date"}, author: []string{"source"}, shape: list,
		admin: []string{"orderedBy", "mode"},
	},
}

// composition: each section's text, or the lines that stand in it as entries.
func composition(c *cx) {
	for _, s := range c.n().All("section") {
		c.section(s, 0)
	}
	for _, r := range c.n().All("relatesTo") {
		c.relates(r)
	}
}

// section sets one section of a Composition and those within it: entries that are
// lines of a report become its text, what is an item of its own is not told twice.
func (c *cx) section(s *tree.Node, depth int) {
	title := shown(s.Text("title"))
	if title == "" {
		title = c.words(s.Get("code"))
	}
	s.Get("code").Read()
	if depth > 8 {
		return
	}
	var lines, names []string
	for _, ref := range s.All("entry") {
		to := c.rec.find(ref, c.res)
		if to != nil && to.part && to.kind == "Observation" {
			ref.Read()
			lines = append(lines, c.soapLine(to))
		} else if to != nil {
			ref.Read() // an item of its own
		} else if s := c.words(ref); s != "" {
			names = append(names, s)
		}
	}
	c.sectionText(s, title, len(names) == 0 && len(s.All("entry")) > 0)
	c.text(title, join("\n\n", lines))
	c.add(join(": ", []string{title, "niet in deze levering"}), names)
	if why := c.words(s.Get("emptyReason")); why != "" {
		c.add(title, []string{"Niets ingevuld: " + why})
	}
	for _, name := range []string{"mode", "orderedBy", "author", "focus"} {
		s.Get(name).Read()
	}
	for _, k := range s.All("section") {
		c.section(k, depth+1)
	}
}

// sectionText is the narrative of a section. One that was made from entries
// that are all here says nothing more than they do.
func (c *cx) sectionText(s *tree.Node, title string, entriesHere bool) {
	div, status := s.At("text", "div"), s.At("text", "status").Peek()
	s.Get("text").Read()
	if div == nil || status == "generated" && entriesHere || empty(div.Peek()) {
		return
	}
	c.it.Body = append(c.it.Body, dossier.Block{Kind: dossier.BlockText, Format: dossier.HTML, Label: title, Text: scrubBSN(div.Peek())})
}

// soapLine is one line of a report with the code that it hangs on.
func (c *cx) soapLine(r *resource) string {
	c.uses(r)
	o := &writer{rec: c.rec, res: r, use: c.uses}
	r.node.Get("code").Read()
	r.node.Text("status")
	return join(" ", []string{join(", ", o.texts(r.node, "value[x]")), parens(join("; ", o.extensions(r.node)))})
}

// parens puts what is not empty in brackets.
func parens(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// documentRef: the files, and which document it replaces or belongs to.
func documentRef(c *cx) {
	for _, k := range c.n().All("content") {
		k.Get("format").Read()
		for _, a := range k.All("attachment") {
			c.attach(a)
		}
	}
	for _, r := range c.n().All("relatesTo") {
		c.relates(r)
	}
}

// relates: this document replaces or corrects another of the record.
func (c *cx) relates(r *tree.Node) {
	ref := r.Get("target")
	if ref == nil {
		ref = r.Get("targetReference")
	}
	to := c.rec.find(ref, c.res)
	code := r.Text("code")
	if to == nil || to == c.res {
		c.add("Vervangt of vult aan", []string{c.words(ref)})
		return
	}
	ref.Read()
	switch code {
	case "replaces":
		c.it.Supersedes = to.key
	case "appends", "transforms", "signs":
		c.it.RelatesTo = to.key
	}
}

// media is a picture under the title of its file.
func media(c *cx) {
	for _, a := range c.n().All("content") {
		c.attach(a)
	}
	if s := shown(c.n().At("content", "title").Peek()); s != "" {
		c.it.Title = s
	}
}

// binaryFile is a Binary that no other resource points at.
func binaryFile(c *cx) { c.attach(c.n()) }

// form: each question with its answer, groups by their headings.
func form(c *cx) {
	q := c.rec.find(c.n().Get("questionnaire"), c.res)
	texts := map[string]string{}
	if q == nil {
		q = c.byURL(c.n().Get("questionnaire").Peek())
	}
	if q != nil && q.kind == "Questionnaire" {
		c.uses(q)
		questions(q.node, texts, 0)
		c.it.Title = firstText(q.node.Text("title"), q.node.Text("name"), "Vragenlijst")
		q.node.Read()
	} else if strings.Contains(c.it.Title, "/") || c.it.Title == "" {
		c.it.Title = "Ingevulde vragenlijst"
	}
	var rows [][]string
	for _, i := range c.n().All("item") {
		rows = append(rows, c.answers(i, texts, 0)...)
	}
	if len(rows) > 0 {
		c.it.Body = append(c.it.Body, dossier.Block{Kind: dossier.BlockTable, Columns: []string{"Vraag", "Antwoord"}, Rows: rows})
	}
}

// firstText is the first of texts that is not empty.
func firstText(list ...string) string {
	for _, s := range list {
		if s = shown(s); s != "" {
			return s
		}
	}
	return ""
}

// byURL finds a questionnaire by its canonical URL.
func (c *cx) byURL(url string) *resource {
	url, _, _ = strings.Cut(url, "|")
	for _, r := range c.rec.all {
		if r.kind == "Questionnaire" && url != "" && r.node.Get("url").Peek() == url {
			return r
		}
	}
	return nil
}

// questions gathers the wording of a Questionnaire by linkId: an answer may come without it.
func questions(n *tree.Node, into map[string]string, depth int) {
	for _, i := range n.All("item") {
		into[i.Get("linkId").Peek()] = shown(i.Get("text").Peek())
		if depth < 20 {
			questions(i, into, depth+1)
		}
	}
}

// answers are the rows of one item of a form. A group without an answer of its own is
// a row with its heading alone, so that its questions keep their context.
func (c *cx) answers(i *tree.Node, texts map[string]string, depth int) [][]string {
	q := shown(i.Text("text"))
	if id := i.Text("linkId"); q == "" {
		if q = texts[id]; q == "" {
			q = "Vraag " + id
		}
	}
	i.Text("definition")
	var values []string
	var rows [][]string
	for _, a := range i.All("answer") {
		values = append(values, c.texts(a, "value[x]")...)
		for _, k := range a.All("item") {
			rows = append(rows, c.answers(k, texts, depth+1)...)
		}
	}
	for _, k := range i.All("item") {
		rows = append(rows, c.answers(k, texts, depth+1)...)
	}
	if len(values) == 0 && len(rows) > 0 && q != "" {
		return append([][]string{{q, ""}}, rows...)
	}
	return append([][]string{{q, join("; ", values)}}, rows...)
}

// incident: whether it happened or nearly did turns the meaning around.
func incident(c *cx) {
	switch a := c.n().Text("actuality"); a {
	case "potential":
		c.it.Title = "Bijna gebeurd: " + c.it.Title
	case "actual", "":
	default:
		c.add("Gebeurd of bijna gebeurd", []string{a})
	}
	c.text("", shown(c.n().Text("description")))
}

// access is one line of the log: who looked at what.
func access(c *cx) {
	for _, a := range c.n().All("agent") {
		name := join(", ", []string{c.words(a.Get("who")), shown(a.Text("name")), join(", ", c.texts(a, "role"))})
		c.add("Wie", []string{name})
		a.Read()
	}
	if o := c.n().Text("outcome"); o != "0" && o != "" { // that it worked needs no words
		c.add("Gelukt", []string{firstText(codeWord("outcome", o), o)})
	}
	if t := c.words(c.n().Get("type")); c.it.Title == "" {
		c.it.Title = t
	}
}

// list is a List in the order in which it was made; what was taken off says so, since
// without that word it would read as on it. FHIR R4, List.entry.deleted.
func list(c *cx) {
	var rows []string
	for _, e := range c.n().All("entry") {
		s := join(", ", []string{c.words(e.Get("item")), c.words(e.Get("flag")), dateWords(e.Text("date"))})
		if e.Text("deleted") == "true" {
			s = "Niet meer op de lijst: " + s
		}
		rows = append(rows, s)
	}
	c.add("Op de lijst", rows)
	c.add("Leeg, omdat", c.texts(c.n(), "emptyReason"))
}
