package fhir

import (
	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// Sections 4, 11 and 12: care and indication, appointments, messages.
var careSpecs = map[string]*spec{
	"EpisodeOfCare": {
		section: dossier.SectionCare, kind: "zorgperiode",
		title: []string{"ext:EpisodeOfCareName", "type", "diagnosis.condition"}, date: []string{"period"},
		author: []string{"careManager"},
		fields: []string{"type=Soort zorg", "diagnosis.condition=Om", "managingOrganization", "team", "statusHistory", "ext:Comment=Toelichting"}, status: true},
	"Encounter": {
		section: dossier.SectionCare, kind: "contact",
		title: []string{"type", "reasonCode", "serviceType", "class"}, date: []string{"period"},
		author: []string{"participant.individual"}, shape: encounter,
		fields: []string{"class=Soort contact", "serviceType", "priority", "reasonCode", "reasonReference", "diagnosis.condition=Om", "hospitalization", "location.location=Waar", "length", "serviceProvider"},
		admin:  []string{"episodeOfCare", "appointment", "participant", "account"}},
	"Coverage": {section: dossier.SectionCare, kind: "verzekering", title: []string{"payor", "type"}, date: []string{"period"},
		fields: []string{"type=Soort", "payor=Wie betaalt", "subscriberId", "relationship", "class", "ext:BankInformation=Bankgegevens"}, admin: []string{"beneficiary", "policyHolder", "subscriber", "order", "contract"}, status: true},
	"Account": {section: dossier.SectionCare, kind: "rekening", title: []string{"name", "type"}, date: []string{"servicePeriod"}},
	"Appointment": {
		section: dossier.SectionAppointments, kind: "afspraak",
		title: []string{"description", "appointmentType", "serviceType", "reasonCode"}, date: []string{"start", "requestedPeriod"},
		until: []string{"end"}, recorded: []string{"created"}, shape: appointment, status: true,
		fields: []string{
			"serviceCategory", "serviceType", "specialty", "appointmentType", "reasonCode", "reasonReference", "cancelationReason",
			"comment", "patientInstruction", "minutesDuration",
		},
		admin: []string{"slot", "priority"},
	},
	"Communication": {
		section: dossier.SectionMessages, kind: "bericht",
		title: []string{"topic", "reasonCode", "category"}, date: []string{"sent", "received"}, author: []string{"sender"},
		shape:  message,
		fields: []string{"recipient=Aan", "topic", "category", "reasonCode", "medium", "priority", "about=Gaat over", "statusReason"},
	},
	"CommunicationRequest": {
		section: dossier.SectionMessages, kind: "verzoek om bericht",
		title: []string{"reasonCode", "category"}, date: []string{"authoredOn"}, author: []string{"sender", "requester"},
		shape:  message,
		fields: []string{"recipient=Aan"},
	},
	"Task": {
		section: dossier.SectionCare, kind: "taak",
		title: []string{"description", "code"}, date: []string{"executionPeriod", "authoredOn"}, author: []string{"requester"},
		status: true,
		fields: []string{"owner=Voor", "focus", "reasonCode"},
	},
}

// encounter: who took part and when, besides the one whose contact it is. A planned
// contact is an appointment. FHIR R4, Encounter.participant.
func encounter(c *cx) {
	var rows []string
	for _, p := range c.n().All("participant") {
		who := c.words(p.Get("individual"))
		if c.it.Author.Name == who {
			who = ""
		}
		row := []string{who, join(", ", c.texts(p, "type")), ""}
		if when := c.words(p.Get("period")); who != "" {
			row[2] = when
		} else if !samePeriod(p.Get("period"), c.n().Get("period")) { // not there all the time
			c.add("Erbij", []string{when})
		}
		if who != "" {
			rows = append(rows, join(", ", row))
		} else if c.it.Author.Role == "" {
			c.it.Author.Role = row[1]
		}
	}
	c.add("Ook betrokken", rows)
	if c.n().Get("status").Peek() == "planned" { // RULES section 6: a planned contact is an appointment
		c.it.Section, c.it.Kind = dossier.SectionAppointments, "afspraak"
	}
}

// samePeriod compares two Periods as they are written.
func samePeriod(a, b *tree.Node) bool {
	return a.Get("start").Peek() == b.Get("start").Peek() && a.Get("end").Peek() == b.Get("end").Peek()
}

// appointment: with whom and where, and whether it goes on.
func appointment(c *cx) {
	var rows []string
	for _, p := range c.n().All("participant") {
		if to := c.rec.find(p.Get("actor"), c.res); to != nil && to == c.m.patient {
			if s := p.Text("status"); s == "declined" || s == "needs-action" || s == "tentative" {
				c.add("Uw antwoord", []string{codeWord("status", s)})
			}
			p.Read()
			continue
		}
		answer := codeWord("status", p.Text("status"))
		if answer == "akkoord" {
			answer = ""
		}
		p.Text("required")
		rows = append(rows, join(", ", []string{c.words(p.Get("actor")), join(", ", c.texts(p, "type")), answer, c.words(p.Get("period"))}))
	}
	c.add("Met en waar", rows)
}

// message: the text of each payload; who takes part may read it.
func message(c *cx) {
	for _, p := range c.n().All("payload") {
		if s := c.texts(p, "contentString"); len(s) > 0 {
			c.text("", join("\n\n", s))
		}
		if a := p.Get("contentAttachment"); a != nil {
			c.attach(a)
		}
		c.add("Over", c.texts(p, "contentReference"))
	}
	for _, path := range []string{"sender", "recipient"} {
		for _, ref := range c.n().All(path) {
			c.it.Participants = append(c.it.Participants, c.participant(ref))
		}
	}
	for _, ref := range c.n().All("inResponseTo") {
		if to := c.rec.find(ref, c.res); to != nil {
			ref.Read()
			c.it.RelatesTo = to.key
		}
	}
}

// participant is a person's ref as grants use it: the client's own reference or
// the resource's id.
func (c *cx) participant(ref *tree.Node) string {
	to := c.rec.find(ref, c.res)
	switch {
	case to == nil:
		return shown(ref.Get("reference").Peek())
	case to == c.m.patient && to.id != "":
		return to.id
	case to.id != "":
		return to.id
	}
	return to.key
}
