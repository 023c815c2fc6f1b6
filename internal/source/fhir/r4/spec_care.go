package r4

import (
	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

func init() {
	add(map[string]spec{
		"EpisodeOfCare": {section: dossier.SectionCare, kind: "zorgperiode", title: []string{"type"}, date: []string{"period"}, rows: []row{
			{path: "diagnosis.condition", label: "Voor"}, {path: "diagnosis.role", label: "Soort diagnose"}, {path: "managingOrganization"}, {label: "Contact", path: "careManager"}, {label: "Team", path: "team"},
		}, quiet: []string{"statusHistory", "account", "diagnosis.rank"}, extra: nameFromExtension},
		"Encounter": {section: dossier.SectionCare, kind: "contact", title: []string{"type", "serviceType", "class"}, date: []string{"period"}, author: nil, rows: []row{
			{path: "class", as: (*mapping).coding}, {path: "serviceType"}, {path: "priority"}, {path: "reasonCode"}, {path: "reasonReference"}, {label: "Diagnose", path: "diagnosis.condition"}, {path: "location.location", label: "Plaats"},
			{path: "hospitalization.admitSource"}, {path: "hospitalization.origin"}, {path: "hospitalization.dischargeDisposition"}, {path: "hospitalization.destination"}, {path: "hospitalization.reAdmission"}, {path: "length"}, {path: "serviceProvider"}, {path: "appointment"}, {label: "Afspraak", path: "incomingReferral"},
		}, quiet: []string{"statusHistory", "classHistory", "account", "diagnosis.rank", "diagnosis.use", "episodeOfCare", "location.status", "partOf"}, extra: encounter},
		"Coverage": {section: dossier.SectionCare, kind: "verzekering", title: []string{"payor", "type"}, date: []string{"period"}, rows: []row{
			{path: "type"}, {path: "payor"}, {path: "subscriberId"}, {path: "policyHolder"}, {path: "relationship"}, {path: "class"}, {path: "network"},
		}, quiet: []string{"subscriber", "order", "dependent"}},
		"Account":              {section: dossier.SectionCare, kind: "rekening", title: []string{"name", "type"}, date: []string{"servicePeriod"}, rows: []row{{path: "type"}, {path: "description"}, {path: "owner"}}},
		"Claim":                billing("declaratie"),
		"ExplanationOfBenefit": billing("afrekening"),
		"ServiceRequest": {section: dossier.SectionPlan, kind: "aanvraag", title: []string{"code", "category"}, date: []string{"occurrence[x]", "authoredOn"}, recorded: []string{"authoredOn"}, author: []string{"requester"}, rows: []row{
			{path: "category"}, {path: "intent", as: intention}, {path: "priority", as: (*mapping).code}, {path: "orderDetail"}, {path: "quantity[x]"}, {label: "Hoe vaak", path: "occurrence[x]", as: when}, {path: "asNeeded[x]"}, {label: "Door", path: "performer"}, {path: "performerType"}, {path: "reasonCode"}, {path: "reasonReference"}, {path: "bodySite"}, {path: "supportingInfo"}, {path: "specimen"}, {path: "patientInstruction", shape: dossier.BlockText}, {path: "note", shape: dossier.BlockText}, {path: "locationCode"}, {label: "Plaats", path: "locationReference"},
		}, quiet: []string{"basedOn", "insurance", "relevantHistory"}},
		"CarePlan": {section: dossier.SectionPlan, kind: "zorgplan", title: []string{"title", "category", "activity.detail.code"}, date: []string{"period", "created"}, recorded: []string{"created"}, author: []string{"author"}, rows: []row{
			{path: "description", shape: dossier.BlockText}, {path: "category"}, {path: "addresses"}, {label: "Doelen", path: "goal"}, {path: "intent", as: intention}, {label: "Team", path: "careTeam"}, {path: "contributor"}, {path: "supportingInfo"},
		}, quiet: []string{"basedOn", "partOf"}, extra: carePlan},
		"Goal": {section: dossier.SectionPlan, kind: "doel", title: []string{"description"}, date: []string{"start[x]", "statusDate"}, recorded: []string{"statusDate"}, author: []string{"expressedBy"}, rows: []row{
			{path: "category"}, {path: "addresses"}, {path: "achievementStatus"}, {path: "statusReason"}, {path: "priority"}, {label: "Uitkomst", path: "outcomeCode"}, {label: "Uitkomst", path: "outcomeReference"}, {path: "note", shape: dossier.BlockText},
		}, extra: goal},
	})
}

// billing is a spec for papers between insurer and provider. Their lines and
// amounts are for machines; what was done stands in the record itself.
func billing(kind string) spec {
	return spec{section: dossier.SectionCare, kind: kind, title: []string{"type"}, date: []string{"billablePeriod", "created"}, rows: []row{
		{path: "provider", label: "Zorgaanbieder"}, {path: "insurer", label: "Verzekeraar"}, {path: "total", label: "Bedrag"}, {path: "payment.amount", label: "Vergoed"}, {path: "outcome", label: "Uitkomst"},
	}, quiet: []string{"item", "insurance", "use", "created", "priority", "facility", "supportingInfo", "diagnosis", "procedure", "prescription", "careTeam", "claim", "referral", "addItem", "adjudication", "payment", "total", "provider", "billablePeriod", "type", "form", "disposition", "payee", "related", "subType"}}
}

// intention is shown when it is not the usual one: a proposal or an option is
// no agreement (a modifier of FHIR R4).
func intention(_ *mapping, n *tree.Node) string {
	switch s := n.Str(); s {
	case "order", "plan", "original-order", "instance-order":
		return ""
	default:
		return plainCode(s)
	}
}

// when gives a timing; a plain date or period already stands as the item's date.
func when(m *mapping, n *tree.Node) string {
	if n.Scalar() || isPeriod(n) {
		n.UseAll()
		return ""
	}
	return m.words(n)
}

func nameFromExtension(m *mapping) {
	for _, e := range m.res.Node.Peek("extension").List() {
		if ends(e.Peek("url").Look(), []string{"EpisodeOfCareName"}) {
			e.Peek("url").UseAll()
			m.item.Title = join(", ", m.words(e.Peek("valueString")), m.item.Title)
		}
	}
}

func encounter(m *mapping) {
	for _, p := range m.res.Node.Peek("participant").List() {
		who := join(", ", m.words(p.Peek("individual")), bracket(m.words(p.Peek("type"))))
		p.Peek("period").UseAll()
		m.add("", "Met", who)
	}
	for _, l := range m.res.Node.Peek("location").List() {
		l.Peek("period").UseAll()
	}
	if codeOf(m.res.Node.Peek("status")) == "planned" {
		m.item.Section, m.item.Kind = dossier.SectionAppointments, "afspraak"
	}
	if start := m.item.Date; codeOf(m.res.Node.Peek("class")) == "" && start.IsZero() {
		m.note("contact-zonder-datum")
	}
}

// carePlan gives the activities as a table of what, when, who and how it went.
func carePlan(m *mapping) {
	var rows [][]string
	for _, a := range m.res.Node.Peek("activity").List() {
		d := a.Peek("detail").One()
		what := join(", ", m.words(a.Peek("reference")), m.words(d.Peek("code")), m.words(d.Peek("description")), m.words(d.Peek("product[x]")), m.choice(d, "product"))
		if n := d.Peek("doNotPerform"); n != nil && n.True() {
			what = "NIET doen: " + what
		}
		d.Peek("kind").UseAll()
		goals := m.words(d.Peek("goal"))
		rows = append(rows, []string{what, join(", ", m.choice(d, "scheduled"), m.words(d.Peek("quantity")), m.words(d.Peek("dailyAmount"))), join(", ", m.words(d.Peek("performer")), m.words(d.Peek("location"))),
			join("; ", m.code(d.Peek("status")), m.words(d.Peek("statusReason")), m.words(a.Peek("outcomeCodeableConcept")), m.words(a.Peek("outcomeReference")), m.words(a.Peek("progress")), m.extensions(a), m.extensions(d)),
			join("; ", m.words(d.Peek("reasonCode")), m.words(d.Peek("reasonReference")), goals)})
	}
	m.table([]string{"Actie", "Wanneer", "Wie", "Hoe het gaat", "Waarom"}, rows)
	for _, n := range m.find("note") {
		m.add(dossier.BlockText, "", m.words(n))
	}
}

// choice is the words of an element of any type, such as target's detail[x].
func (m *mapping) choice(n *tree.Node, base string) string {
	var parts []string
	for _, c := range step(nil, n, base+"[x]") {
		parts = append(parts, m.text(c, nil))
	}
	return join(", ", parts...)
}

func goal(m *mapping) {
	for _, t := range m.res.Node.Peek("target").List() {
		due := m.choice(t, "due")
		if due != "" {
			due = "uiterlijk " + due
		}
		m.add("", "Streven", join(", ", join(": ", m.words(t.Peek("measure")), m.choice(t, "detail")), due, m.extensions(t)))
	}
}
