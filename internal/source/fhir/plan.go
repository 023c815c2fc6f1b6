package fhir

import (
	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// Section 5: the care plan with its goals and actions.
var planSpecs = map[string]*spec{
	"CarePlan": {
		section: dossier.SectionPlan, kind: "zorgplan",
		title: []string{"title", "category"}, date: []string{"period", "created"}, recorded: []string{"created"},
		author: []string{"author", "contributor"}, shape: carePlan, status: true,
		fields: []string{"description", "category", "addresses", "goal=Doelen", "careTeam=Team", "supportingInfo"},
	},
	"Goal": {
		section: dossier.SectionPlan, kind: "doel",
		title: []string{"description"}, date: []string{"start[x]", "statusDate"}, author: []string{"expressedBy"}, shape: goal,
		status: true,
		fields: []string{"category", "priority", "addresses", "outcomeCode", "outcomeReference", "statusReason", "achievementStatus"},
	},
	"ServiceRequest": {
		section: dossier.SectionPlan, kind: "aanvraag",
		title: []string{"code", "category"}, date: []string{"occurrence[x]", "authoredOn"}, recorded: []string{"authoredOn"},
		author: []string{"requester"}, shape: forbidden, status: true,
		fields: []string{
			"category", "priority", "orderDetail", "occurrence[x]", "asNeeded[x]=Zo nodig", "performerType", "performer",
			"location[x]=Waar", "reasonCode", "reasonReference", "bodySite", "patientInstruction", "quantity[x]",
		},
		admin: []string{"intent", "requisition", "specimen"},
	},
	"RequestGroup": {
		section: dossier.SectionPlan, kind: "aanvragen",
		title: []string{"code"}, date: []string{"authoredOn"}, author: []string{"author"}, status: true,
	},
	"PlanDefinition": {section: dossier.SectionPlan, kind: "plan", title: []string{"title", "name"}},
}

// forbidden: what must not be done says so in its title and in a warning.
func forbidden(c *cx) {
	if c.n().Text("doNotPerform") == "true" {
		c.it.Title = "NIET doen: " + c.it.Title
		c.warn("Niet doen", "Dit is een aanwijzing om iets NIET te doen.")
	}
}

// carePlan: what is done, and the goals it is done for, which then stand under it.
func carePlan(c *cx) {
	if i := c.n().Text("intent"); i != "plan" && i != "order" {
		c.add("Bedoeling", []string{firstText(codeWord("intent", i), i)})
	}
	var rows []string
	for _, a := range c.n().All("activity") {
		rows = append(rows, c.activity(a))
	}
	c.add("Wat we doen", rows)
	for _, g := range c.n().All("goal") {
		if to := c.rec.find(g, c.res); to != nil && to.kind == "Goal" {
			c.m.link(to.key, c.it.ID)
		}
	}
}

// activity is one action of a plan: what, how often, by whom, how far.
func (c *cx) activity(a *tree.Node) string {
	d := a.Get("detail")
	what := join(": ", []string{c.words(d.Get("code")), join("", c.texts(d, "description"))})
	if d.Text("doNotPerform") == "true" {
		what = "NIET doen: " + what
	} else if what == "" {
		what = join(", ", c.texts(d, "kind"))
	}
	how := join(", ", append(c.texts(d, "scheduled[x]"), c.texts(d, "performer")...))
	extra := []string{what, how, codeWord("status", d.Text("status")), labelJoin("waar", c.texts(d, "location")), labelJoin("omdat", append(c.texts(d, "reasonCode"), c.texts(d, "reasonReference")...)),
		labelJoin("doel", c.texts(d, "goal")), labelJoin("product", c.texts(d, "product[x]")), join(", ", c.texts(d, "statusReason")),
		join(", ", c.texts(a, "reference")), labelJoin("uitkomst", append(c.texts(a, "outcomeCodeableConcept"), c.texts(a, "outcomeReference")...)), join("; ", c.texts(a, "progress"))}
	return join(" – ", extra)
}

// labelJoin is "label: a, b", or nothing.
func labelJoin(label string, values []string) string {
	if s := join(", ", values); s != "" {
		return label + ": " + s
	}
	return ""
}

// goal: what is strived for and by when, one line for each target.
func goal(c *cx) {
	for _, t := range c.n().All("target") {
		what := join(": ", unique(append([]string{c.words(t.Get("measure"))}, join(", ", c.texts(t, "detail[x]")))))
		c.add("Streven", []string{join(", ", []string{what, labelJoin("klaar op", c.texts(t, "due[x]"))})})
	}
	c.add("Begonnen", c.texts(c.n(), "startCodeableConcept"))
}

// link sets what an item belongs to, once all are made.
func (m *mapper) link(from, to string) {
	if m.links == nil {
		m.links = map[string]string{}
	}
	if m.links[from] == "" {
		m.links[from] = to
	}
}
