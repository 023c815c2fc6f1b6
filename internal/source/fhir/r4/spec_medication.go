package r4

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

func init() {
	drug := []string{"medication[x]"}
	notes := row{path: "note", shape: dossier.BlockText}
	why := []row{{path: "reasonCode"}, {path: "reasonReference"}, {path: "statusReason"}, {label: "Reden van de stand", path: "statusReason[x]"}}
	add(map[string]spec{
		"MedicationRequest": {section: dossier.SectionMedication, kind: "medicatieafspraak", title: drug, date: []string{"dosageInstruction.timing.repeat.boundsPeriod", "authoredOn"}, recorded: []string{"authoredOn"}, author: []string{"requester", "recorder"}, rows: append([]row{
			{label: "Gebruik", path: "dosageInstruction", as: (*mapping).dosage}, {path: "intent", as: intention}, {path: "category"}, {path: "priority", as: (*mapping).code}, {label: "Volgens opgave", path: "reported[x]"}, {path: "courseOfTherapyType", label: "Soort behandeling"}, {path: "dispenseRequest"}, {path: "substitution"}, {label: "Door", path: "performer"}, {path: "performerType"}, {path: "supportingInformation"}, notes}, why...),
			quiet: []string{"basedOn", "insurance", "recorder", "eventHistory", "detectedIssue", "context"}, extra: medicine},
		"MedicationDispense": {section: dossier.SectionMedication, kind: "verstrekking", title: drug, date: []string{"whenHandedOver", "whenPrepared"}, author: []string{"performer"}, rows: append([]row{
			{label: "Gebruik", path: "dosageInstruction", as: (*mapping).dosage}, {path: "category"}, {path: "type"}, {path: "quantity"}, {path: "daysSupply"}, {path: "whenPrepared", as: (*mapping).dateWords}, {path: "location"}, {path: "destination"}, {path: "substitution"}, notes}, why...), quiet: []string{"partOf", "authorizingPrescription", "context"}, extra: medicine},
		"MedicationStatement": {section: dossier.SectionMedication, kind: "medicatiegebruik", title: drug, date: []string{"effective[x]", "dateAsserted"}, recorded: []string{"dateAsserted"}, author: []string{"informationSource"}, rows: append([]row{
			{label: "Gebruik", path: "dosage", as: (*mapping).dosage}, {path: "category"}, {path: "taken", label: "Gebruikt", as: taken}, notes}, why...), quiet: []string{"basedOn", "partOf", "context", "derivedFrom"}, extra: medicine},
		"MedicationAdministration": {section: dossier.SectionMedication, kind: "toediening", title: drug, date: []string{"effective[x]", "occurrence[x]"}, author: []string{"performer.actor", "performer"}, rows: append([]row{
			{label: "Hoeveel", path: "dosage"}, {path: "category"}, {path: "device"}, {path: "performer.function"}, notes}, why...), quiet: []string{"partOf", "request", "context", "supportingInformation"}, extra: medicine},
		"Medication": {section: dossier.SectionMedication, kind: "product", title: []string{"code"}, rows: []row{{path: "form"}, {path: "amount"}, {path: "ingredient", as: ingredient}, {path: "manufacturer"}, {path: "batch"}}},
	})
}

var takenWords = map[string]string{"y": "ja", "n": "NEE", "unk": "onbekend", "na": "niet van toepassing"}

func taken(_ *mapping, n *tree.Node) string {
	s := n.Str()
	return orElse(takenWords[s], s)
}

func ingredient(m *mapping, n *tree.Node) string {
	s := join(" ", m.choice(n, "item"), m.words(n.Peek("strength")), m.words(n.Peek("amount")))
	if a := n.Peek("isActive"); a != nil && !a.True() {
		s += " (hulpstof)"
	}
	return s
}

// medicine follows a reference to the product, and puts the ready dosage text
// and the period of use of the Dutch profiles in their rows.
func medicine(m *mapping) {
	root := m.res.Node
	if p := m.set.Find(m.res, root.Path("medicationReference", "reference").Look()); p != nil && p.parent == nil {
		m.used = append(m.used, p)
	}
	for _, e := range root.Peek("extension").List() {
		url := e.Peek("url").Look()
		switch {
		case strings.HasSuffix(url, "RenderedDosageInstruction"):
			e.Peek("url").UseAll()
			m.rendered(m.words(e.Peek("valueString")))
		case strings.HasSuffix(url, "PeriodOfUse"), strings.HasSuffix(url, "TimeInterval.Period"):
			m.periodOfUse(e)
		}
	}
	for _, e := range root.Peek("modifierExtension").List() {
		if ends(e.Peek("url").Look(), []string{"StopType"}) {
			m.warn("Met dit medicijn is gestopt, of tijdelijk gestopt: " + m.extension(e))
			m.item.Title = join(": ", "Gestopt", m.item.Title)
		}
	}
}

// rendered puts the pharmacist's own text before the one made from parts.
func (m *mapping) rendered(text string) {
	m.item.Body = append([]dossier.Block{{Kind: dossier.BlockField, Label: "Gebruik", Text: text}}, m.item.Body...)
}

func (m *mapping) periodOfUse(e *tree.Node) {
	p := e.Peek("valuePeriod").One()
	if p == nil {
		return
	}
	e.Peek("url").UseAll()
	if d := m.date(p.Peek("start"), "Gebruik vanaf, zoals geschreven"); !d.IsZero() {
		m.item.Date = d
	}
	if d := m.date(p.Peek("end"), "Gebruik tot, zoals geschreven"); !d.IsZero() {
		m.item.Until = d
	}
}
