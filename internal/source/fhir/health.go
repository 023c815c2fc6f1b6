package fhir

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// Section 8: problems, allergies, alerts, treatments, vaccinations, reports of tests.
var healthSpecs = map[string]*spec{
	"Condition": {
		section: dossier.SectionHealth, kind: "aandoening",
		title: []string{"code", "category"}, date: []string{"onset[x]"}, until: []string{"abatement[x]"},
		recorded: []string{"recordedDate"}, author: []string{"asserter", "recorder"}, shape: condition,
		fields: []string{
			"severity", "onset[x]", "abatement[x]", "bodySite", "stage.summary=Stadium", "stage.type", "stage.assessment=Beoordeling",
			"evidence.code=Waarop het berust", "evidence.detail=Waarop het berust", "category", "ext:condition-dueTo=Door",
		},
	},
	"AllergyIntolerance": {
		section: dossier.SectionHealth, kind: "allergie",
		title: []string{"code", "reaction.substance"}, date: []string{"onset[x]"}, recorded: []string{"recordedDate"},
		author: []string{"asserter", "recorder"}, shape: allergy,
		fields: []string{"clinicalStatus", "type", "category", "criticality", "onset[x]", "lastOccurrence"},
	},
	"Flag": {
		section: dossier.SectionHealth, kind: "waarschuwing",
		title: []string{"code", "ext:flag-detail", "category"}, date: []string{"period"}, author: []string{"author"}, shape: alert,
		status: true,
		fields: []string{"ext:flag-detail=Gaat over", "category", "ext:ReasonClosure=Waarom gestopt", "ext:Comment=Toelichting"},
	},
	"Procedure": {
		section: dossier.SectionHealth, kind: "behandeling",
		title: []string{"code", "category"}, date: []string{"performed[x]"},
		author: []string{"performer.actor", "asserter", "recorder"}, shape: procedure,
		fields: []string{
			"category", "reasonCode", "reasonReference", "bodySite", "outcome", "complication", "complicationDetail", "followUp",
			"location", "report", "focalDevice", "usedReference", "usedCode", "statusReason", "ext:Assent=Instemming",
		},
	},
	"Immunization": {
		section: dossier.SectionHealth, kind: "vaccinatie",
		title: []string{"vaccineCode"}, date: []string{"occurrence[x]"}, recorded: []string{"recorded"},
		author: []string{"performer.actor"}, shape: immunization,
		fields: []string{
			"protocolApplied.targetDisease=Tegen", "protocolApplied.series=Reeks", "protocolApplied.doseNumber[x]=Dosis nummer",
			"protocolApplied.seriesDoses[x]=Aantal doses", "protocolApplied.authority=Volgens", "ext:PharmaceuticalProduct=Vaccin",
			"doseQuantity", "site", "route", "manufacturer", "lotNumber", "expirationDate", "reasonCode", "reasonReference",
			"reaction", "location", "statusReason",
		},
		admin: []string{"primarySource", "programEligibility", "fundingSource"},
	},
	"ImmunizationRecommendation": {
		section: dossier.SectionHealth, kind: "advies over vaccinatie",
		title: []string{"recommendation.vaccineCode"}, date: []string{"date"}, author: []string{"authority"}, shape: recommendation,
	},
	"DiagnosticReport": {
		section: dossier.SectionHealth, kind: "uitslag",
		title: []string{"code"}, date: []string{"effective[x]", "issued"}, recorded: []string{"issued"},
		author: []string{"performer", "resultsInterpreter"}, shape: diagnostic,
		fields: []string{"conclusion", "conclusionCode", "category", "specimen", "imagingStudy"},
		admin:  []string{"result"},
	},
	"ClinicalImpression": {
		section: dossier.SectionHealth, kind: "beoordeling",
		title: []string{"code", "description"}, date: []string{"effective[x]", "date"}, author: []string{"assessor"},
		fields: []string{"description", "summary", "finding", "problem"},
	},
	"FamilyMemberHistory": {
		section: dossier.SectionHealth, kind: "ziekten in de familie",
		title: []string{"relationship", "name"}, date: []string{"date"},
		fields: []string{"condition", "deceased[x]", "born[x]", "age[x]", "sex"},
	},
	"RiskAssessment": {
		section: dossier.SectionHealth, kind: "risico",
		title: []string{"code", "condition"}, date: []string{"occurrence[x]"}, author: []string{"performer"},
		fields: []string{"prediction", "mitigation"},
	},
	"Specimen": {
		section: dossier.SectionHealth, kind: "monster",
		shape: specimen, title: []string{"type"}, date: []string{"receivedTime", "collection.collected[x]"},
		fields: []string{
			"collection.collected[x]=Afgenomen op", "collection.collector=Door", "collection.method=Hoe",
			"collection.bodySite=Plaats op het lichaam", "collection.quantity=Hoeveel", "container", "condition",
		},
	},
	"ImagingStudy": {
		section: dossier.SectionHealth, kind: "beeldonderzoek",
		title: []string{"description", "procedureCode", "modality"}, date: []string{"started"},
		author: []string{"referrer", "interpreter"},
		fields: []string{"procedureCode", "modality", "reasonCode", "numberOfSeries=Aantal series", "numberOfInstances=Aantal beelden"},
		admin:  []string{"series", "endpoint"},
	},
}

// condition: a legal situation stands with the people around a client and a wound with
// wounds, whatever FHIR calls both (nl-core-LegalSituation, nl-core-Wound).
func condition(c *cx) {
	n := c.n()
	if profile(n, "LegalSituation") {
		c.it.Section, c.it.Kind = dossier.SectionContacts, "juridische situatie"
		c.it.Title = join(", ", c.texts(n, "code"))
	}
	c.now(c.it.Kind == "juridische situatie")
	if profile(n, "ound") || profile(n, "PressureUlcer") || profile(n, "Burnwound") {
		c.it.Section, c.it.Kind = dossier.SectionAids, "wond"
	}
	c.certainty("verificationStatus", "Deze aandoening is onderzocht en weerlegd. De cliënt heeft deze aandoening NIET.")
}

// now says whether it is so today. A measure of a court is in force or not; an
// illness bothers or does not.
func (c *cx) now(legal bool) {
	words := c.texts(c.n(), "clinicalStatus")
	switch status := c.n().Get("clinicalStatus"); {
	case status == nil || !legal:
	case current(status):
		words = []string{"geldt nu"}
	default:
		words = []string{"geldt niet meer"}
	}
	c.add("Nu", words)
}

// certainty: a refuted statement reads as refuted, an error as an error, and what
// is not certain says so.
func (c *cx) certainty(path, refuted string) {
	code := ""
	for _, k := range nodes(c.n(), path) {
		if code = k.At("coding", "code").Peek(); code == "" {
			code = k.Peek()
		}
	}
	words := join(", ", c.texts(c.n(), path))
	switch code {
	case "refuted":
		c.it.Title = "Weerlegd: " + c.it.Title
		c.warn("Weerlegd", refuted)
		c.it.Alert = false
	case "entered-in-error":
		c.it.Status = dossier.StatusEnteredInError
		c.it.Alert = false
	case "confirmed", "":
	default:
		c.add("Zekerheid", []string{words})
	}
}

// profile reports whether a resource says that it follows a profile of which the name
// holds part.
func profile(n *tree.Node, part string) bool {
	for _, p := range n.At("meta").All("profile") {
		if s := p.Peek(); strings.Contains(s[strings.LastIndexByte(s, '/')+1:], part) {
			return true
		}
	}
	return false
}

// allergy: a warning while it holds, with each reaction on one line.
// zib AllergieIntolerantie; FHIR R4, AllergyIntolerance.reaction.
func allergy(c *cx) {
	c.it.Alert = current(c.n().Get("clinicalStatus"))
	for _, code := range c.n().At("code").All("coding") {
		if noAllergy[code.Get("code").Peek()] { // "no known allergies" is a statement, not a warning
			c.it.Alert = false
		}
	}
	for _, r := range c.n().All("reaction") {
		what := join(", ", append(c.texts(r, "manifestation"), c.texts(r, "description")...))
		c.add("Reactie", []string{join("; ", []string{what, labelJoin("hoe ernstig", c.texts(r, "severity")), labelJoin("stof", c.texts(r, "substance")), labelJoin("begonnen", c.texts(r, "onset")), labelJoin("manier", c.texts(r, "exposureRoute")), join("; ", c.texts(r, "note"))})})
	}
	c.certainty("verificationStatus", "Deze allergie is onderzocht en weerlegd. De cliënt is hier NIET allergisch voor.")
}

// noAllergy are the SNOMED CT concepts by which a record says that none is known.
var noAllergy = set("716186003", "409137002", "428607008", "429625007", "no-allergy-info", "no-known-allergies", "no-known-medication-allergies", "no-known-food-allergies", "no-known-environmental-allergies", "1003774007", "428197003")

// current reports whether a clinical status does not speak against now.
func current(n *tree.Node) bool {
	code := n.At("coding", "code").Peek()
	if code == "" { // as STU3 writes it
		code = n.Peek()
	}
	switch code {
	case "resolved", "inactive", "remission":
		return false
	}
	return true
}

// alert is a Flag: a warning while it is active. Some give their words in an extension
// alone (flag-detail).
func alert(c *cx) {
	c.it.Alert = c.n().Get("status").Peek() == "active"
	if c.n().At("code", "coding", "system").Peek() == "http://terminology.hl7.org/CodeSystem/data-absent-reason" {
		if s := join(", ", c.texts(c.n(), "ext:flag-detail")); s != "" {
			c.n().Get("code").Read()
			c.it.Title = s
		}
	}
	if profile(c.n(), "MedicationContraIndication") {
		c.it.Title, c.it.Kind = "Let op bij medicijnen: "+c.it.Title, "contra-indicatie"
	}
}

// procedure: a measure that takes freedom away has a section of its own (Wzd), and what
// was not done says so in its title.
func procedure(c *cx) {
	c.functions()
	if profile(c.n(), "FreedomRestricting") {
		c.it.Section, c.it.Kind = dossier.SectionRestraint, "maatregel"
	}
	for _, x := range withURL(c.n(), "extension", "LegallyCapable") {
		x.Text("url")
		c.add("Wilsbekwaam", c.texts(x, "ext:legallyCapable"))
		c.add("Toelichting bij wilsbekwaam", c.texts(x, "ext:legallyCapableComment"))
	}
	if c.n().Get("status").Peek() == "not-done" {
		c.it.Title = "Niet uitgevoerd: " + c.it.Title
	}
}

// functions says what each performer did. Who gave it stands beside it as who it is
// from, so that alone needs no words.
func (c *cx) functions() {
	for _, p := range c.n().All("performer") {
		for _, f := range p.All("function") {
			code := f.At("coding", "code").Peek()
			words := c.words(f)
			if code != "AP" && code != "PP" && code != "PPRF" {
				c.add("Rol", []string{words})
			}
		}
	}
}

// immunization: NOT given must be read before the rest, and a dose that was too low too.
func immunization(c *cx) {
	c.functions()
	if c.n().Get("status").Peek() == "not-done" {
		c.it.Title = "Niet gegeven: " + c.it.Title
		c.warn("Niet gegeven", "Deze vaccinatie is NIET gegeven.")
	}
	if c.n().Text("isSubpotent") == "true" {
		c.warn("Te lage dosis", "Deze vaccinatie werkt minder: de dosis was te laag.")
		c.field("subpotentReason=Reden")
	}
	c.n().Get("isSubpotent").Read()
}

// recommendation: each vaccine that is advised, with the dates that go with it.
func recommendation(c *cx) {
	for _, r := range c.n().All("recommendation") {
		for _, d := range r.All("dateCriterion") {
			c.add(c.words(d.Get("code")), []string{dateWords(d.Text("value"))})
		}
		for _, name := range []string{"vaccineCode", "targetDisease", "contraindicatedVaccineCode", "forecastStatus", "forecastReason", "description", "series", "doseNumber[x]", "seriesDoses[x]"} {
			c.add(pathLabel(name), c.texts(r, name))
		}
	}
}

// specimen: "bloed" alone would read as a result.
func specimen(c *cx) {
	if t := join(", ", c.texts(c.n(), "type")); t != "" {
		c.it.Title = "Monster: " + t
	}
}

// diagnostic: the results are items of their own; here they are listed in brief.
func diagnostic(c *cx) {
	var rows []string
	for _, ref := range c.n().All("result") {
		to := c.rec.find(ref, c.res)
		if to == nil || to.kind != "Observation" {
			rows = append(rows, c.words(ref))
			continue
		}
		ref.Read()
		o := &writer{rec: c.rec, res: to}
		rows = append(rows, labelJoin(o.observationName(to.node), []string{o.result(to.node)}))
	}
	c.add("Uitslagen", rows)
	for _, f := range c.n().All("presentedForm") {
		c.attach(f)
	}
	for _, m := range c.n().All("media") {
		c.add("Beeld", []string{join(", ", []string{c.words(m.Get("link")), join("", c.texts(m, "comment"))})})
	}
}
