package r4

import (
	"strings"

	"inzage/internal/dossier"
)

func init() {
	notes := row{path: "note", shape: dossier.BlockText}
	add(map[string]spec{
		"Condition": {section: dossier.SectionHealth, kind: "aandoening", title: []string{"code"}, date: []string{"onsetDateTime", "onsetPeriod", "recordedDate"}, until: []string{"abatementDateTime"}, recorded: []string{"recordedDate"}, author: []string{"asserter", "recorder"}, rows: []row{
			{path: "category"}, {path: "severity"}, {path: "bodySite"}, {label: "Begonnen", path: "onset[x]", as: (*mapping).unlessDate}, {label: "Voorbij", path: "abatement[x]", as: (*mapping).unlessDate}, {path: "stage"}, {path: "evidence"}, notes,
		}, quiet: []string{"recorder"}, extra: condition},
		"AllergyIntolerance": {section: dossier.SectionHealth, kind: "allergie", title: []string{"code"}, date: []string{"onsetDateTime", "onsetPeriod", "recordedDate"}, recorded: []string{"recordedDate"}, author: []string{"asserter", "recorder"}, rows: []row{
			{path: "type", as: (*mapping).code}, {label: "Sinds", path: "onset[x]", as: (*mapping).unlessDate}, {path: "lastOccurrence", as: (*mapping).dateWords}, notes,
		}, quiet: []string{"recorder"}, extra: allergy},
		"Flag": {section: dossier.SectionHealth, kind: "waarschuwing", title: []string{"code"}, date: []string{"period"}, author: []string{"author"}, rows: []row{{path: "category"}}, extra: flag},
		"Procedure": {section: dossier.SectionHealth, kind: "verrichting", title: []string{"code"}, date: []string{"performedDateTime", "performedPeriod"}, author: []string{"recorder", "asserter"}, rows: []row{
			{path: "category"}, {label: "Gedaan", path: "performed[x]", as: (*mapping).unlessDate}, {path: "statusReason"}, {label: "Door", path: "performer"}, {path: "location"}, {path: "reasonCode"}, {path: "reasonReference"}, {path: "bodySite"}, {path: "outcome"}, {path: "complication"}, {label: "Complicatie", path: "complicationDetail"}, {path: "followUp"}, {path: "focalDevice"}, {path: "usedReference"}, {path: "usedCode"}, {path: "report"}, notes,
		}, quiet: []string{"basedOn", "partOf"}, extra: procedure},
		"Immunization": {section: dossier.SectionHealth, kind: "vaccinatie", title: []string{"vaccineCode"}, date: []string{"occurrence[x]"}, recorded: []string{"recorded"}, rows: []row{
			{label: "Wanneer", path: "occurrenceString"}, {path: "statusReason"}, {path: "doseQuantity"}, {path: "route"}, {path: "site"}, {path: "lotNumber"}, {path: "expirationDate", as: (*mapping).dateWords}, {path: "manufacturer"}, {label: "Door", path: "performer"}, {path: "location"}, {path: "reasonCode"}, {path: "reasonReference"}, {path: "protocolApplied"}, {path: "isSubpotent"}, {label: "Reactie", path: "reaction"}, {path: "reportOrigin"}, notes,
		}, quiet: []string{"primarySource"}},
		"ImmunizationRecommendation": {section: dossier.SectionHealth, kind: "vaccinatieadvies", title: []string{"recommendation.vaccineCode"}, date: []string{"date"}, author: []string{"authority"}, rows: []row{{path: "recommendation"}}},
		"DiagnosticReport": {section: dossier.SectionHealth, kind: "uitslag", title: []string{"code"}, date: []string{"effectiveDateTime", "effectivePeriod", "issued"}, recorded: []string{"issued"}, author: []string{"performer", "resultsInterpreter"}, rows: []row{
			{path: "category"}, {path: "conclusion", shape: dossier.BlockText}, {path: "conclusionCode"}, {label: "Uitslagen", path: "result", as: member}, {path: "specimen"}, {label: "Beeld", path: "media"}, {path: "imagingStudy", label: "Opname"},
		}, quiet: []string{"basedOn", "resultsInterpreter"}, extra: files("presentedForm")},
		"Specimen":            {section: dossier.SectionHealth, kind: "monster", title: []string{"type"}, date: []string{"collection.collectedDateTime", "collection.collectedPeriod", "receivedTime"}, rows: []row{{path: "collection"}, {path: "condition"}, {path: "container"}, {path: "processing"}, notes}, quiet: []string{"accessionIdentifier", "parent", "request"}},
		"ImagingStudy":        {section: dossier.SectionHealth, kind: "opname", title: []string{"description", "procedureCode", "modality"}, date: []string{"started"}, rows: []row{{path: "modality"}, {path: "procedureCode"}, {path: "reasonCode"}, {path: "reasonReference"}, {path: "location"}, {path: "numberOfSeries", label: "Aantal reeksen"}, {path: "numberOfInstances", label: "Aantal beelden"}, {path: "series.bodySite", label: "Plaats op het lichaam"}, notes}, quiet: []string{"series", "endpoint", "basedOn", "procedureReference", "interpreter", "referrer"}},
		"ClinicalImpression":  {section: dossier.SectionReports, kind: "beoordeling", title: []string{"description", "code"}, date: []string{"effective[x]", "date"}, author: []string{"assessor"}, rows: []row{{path: "summary", shape: dossier.BlockText, label: "Samenvatting"}, {path: "problem", label: "Probleem"}, {path: "finding", label: "Bevinding"}, notes}},
		"RiskAssessment":      {section: dossier.SectionHealth, kind: "risico", title: []string{"code", "method"}, date: []string{"occurrence[x]"}, author: []string{"performer"}, rows: []row{{path: "prediction", label: "Verwachting"}, {path: "mitigation", label: "Wat helpt"}, notes}},
		"FamilyMemberHistory": {section: dossier.SectionHealth, kind: "familie", title: []string{"relationship"}, date: []string{"date"}, rows: []row{{path: "name"}, {path: "sex"}, {label: "Geboren", path: "born[x]"}, {label: "Leeftijd", path: "age[x]"}, {label: "Overleden", path: "deceased[x]"}, {path: "condition", label: "Aandoening"}, {path: "reasonCode"}, notes}},
	})
}

// condition sends the legal situation of a client to the contact persons
// (nl-core-LegalSituation) and a wound to its section.
func condition(m *mapping) {
	profile := m.profiles()
	codes := " " + m.codesAt("code", "category") + " "
	switch {
	case strings.Contains(profile, "LegalSituation"):
		m.item.Section, m.item.Kind = dossier.SectionContacts, "juridische-situatie"
	case strings.Contains(profile, "Wound"), strings.Contains(profile, "PressureUlcer"), strings.Contains(profile, "Burnwound"), strings.Contains(profile, "Stoma"), strings.Contains(codes, " 416462003 "), strings.Contains(codes, " 399912005 "), strings.Contains(codes, " 125666000 "):
		m.item.Section, m.item.Kind = dossier.SectionAids, "wond"
	}
}

// profiles are the names of the profiles that a resource says it follows.
func (m *mapping) profiles() string {
	var parts []string
	for _, p := range m.res.Node.Path("meta", "profile").List() {
		parts = append(parts, p.Look())
	}
	return strings.Join(parts, " ")
}

// codesAt are the bare codes of concepts, for telling kinds apart.
func (m *mapping) codesAt(names ...string) string {
	var out []string
	for _, name := range names {
		for _, c := range m.res.Node.Peek(name).List() {
			for _, d := range c.Peek("coding").List() {
				out = append(out, d.Peek("code").Look())
			}
		}
	}
	return strings.Join(out, " ")
}

// allergy writes what it does to the client, and warns unless it is over.
func allergy(m *mapping) {
	root := m.res.Node
	m.add("", "Soort", m.primList("category"))
	m.add("", "Hoe gevaarlijk", m.prim(root, "criticality", (*mapping).code))
	for _, r := range root.Peek("reaction").List() {
		parts := []string{m.words(r.Peek("manifestation")), m.words(r.Peek("description")), m.code(r.Peek("severity")), m.words(r.Peek("substance")), m.words(r.Peek("exposureRoute")), m.dateWords(r.Peek("onset")), m.words(r.Peek("note"))}
		m.add("", "Reactie", join(", ", parts...))
	}
	status, sure := codeOf(root.Peek("clinicalStatus")), codeOf(root.Peek("verificationStatus"))
	m.item.Alert = status != "inactive" && status != "resolved" && sure != "refuted" && sure != "entered-in-error" && !none(m)
}

// none reports whether the code says that nothing is known of an allergy.
func none(m *mapping) bool {
	for _, c := range strings.Fields(m.codesAt("code")) {
		switch c {
		case "716186003", "409137002", "428607008", "429625007", "no-allergy-info", "no-known-allergies", "no-known-medication-allergies", "no-known-food-allergies", "no-known-environmental-allergies":
			return true
		}
	}
	return false
}

// primList gives a list of codes, with the finer codes beside it.
func (m *mapping) primList(name string) string {
	root := m.res.Node
	var fine []string
	for _, s := range root.Peek("_" + name).List() {
		for _, e := range s.Peek("extension").List() {
			if strings.HasSuffix(e.Peek("url").Look(), "ext-CodeSpecification") {
				e.Peek("url").UseAll()
				fine = append(fine, m.words(e.Peek("valueCodeableConcept")))
			}
		}
	}
	var plain []string
	for _, c := range root.Peek(name).List() {
		plain = append(plain, m.code(c))
	}
	if s := join(", ", fine...); s != "" && !isBare(s) {
		return s
	}
	return join(", ", plain...)
}

func flag(m *mapping) {
	m.item.Alert = codeOf(m.res.Node.Peek("status")) == "active"
	if isBare(m.item.Title) || m.item.Title == "niet van toepassing" {
		m.item.Title = ""
		for _, e := range m.res.Node.Peek("extension").List() {
			if strings.HasSuffix(e.Peek("url").Look(), "flag-detail") {
				e.Peek("url").UseAll()
				m.item.Title = m.words(e.Peek("valueReference"))
			}
		}
	}
}

// procedure tells restraint from treatment (nl-core-FreedomRestrictingIntervention).
func procedure(m *mapping) {
	if strings.Contains(m.profiles(), "FreedomRestrictingIntervention") || strings.Contains(m.codesAt("category"), "225317005") {
		m.item.Section, m.item.Kind = dossier.SectionRestraint, "maatregel"
	}
}
