package fhir

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

var drug = []string{"medication[x]"}

// Section 9: what is prescribed, delivered, used and given.
var medicationSpecs = map[string]*spec{
	"MedicationRequest": {
		section: dossier.SectionMedication, kind: "voorschrift",
		title: drug, date: []string{"ext:PeriodOfUse", "ext:TimeInterval.Period", "authoredOn"},
		until: []string{"dosageInstruction.timing.repeat.boundsPeriod"}, recorded: []string{"authoredOn"},
		author: []string{"requester", "recorder"}, shape: prescription, status: true,
		fields: []string{
			"dosageInstruction", "ext:PeriodOfUse=Periode van gebruik", "ext:Duration=Duur", "reasonCode", "reasonReference",
			"courseOfTherapyType", "dispenseRequest", "substitution", "category", "priority", "statusReason",
			"performer=Uit te voeren door",
		},
		admin: []string{
			"intent", "medicationReference", "medicationCodeableConcept", "reportedBoolean", "insurance", "priorPrescription",
			"detectedIssue",
		},
	},
	"MedicationStatement": {
		section: dossier.SectionMedication, kind: "gebruik",
		title: drug, date: []string{"effective[x]"}, recorded: []string{"dateAsserted"}, author: []string{"informationSource"},
		shape: useOf, status: true,
		fields: []string{
			"dosage", "ext:PeriodOfUse=Periode van gebruik", "ext:Duration=Duur", "reasonCode", "reasonReference", "category",
			"statusReason", "derivedFrom",
		},
	},
	"MedicationDispense": {
		section: dossier.SectionMedication, kind: "levering",
		title: drug, date: []string{"whenHandedOver", "whenPrepared"}, author: []string{"performer.actor"}, shape: withDrug,
		status: true,
		fields: []string{"quantity", "daysSupply", "dosageInstruction", "category", "destination", "receiver", "type", "statusReason[x]"},
		admin:  []string{"authorizingPrescription", "whenPrepared"},
	},
	"MedicationAdministration": {
		section: dossier.SectionMedication, kind: "toediening",
		title: drug, date: []string{"effective[x]"}, author: []string{"performer.actor"}, shape: given, status: true,
		fields: []string{"dosage", "reasonCode", "reasonReference", "category", "device"},
		admin:  []string{"request"},
	},
	// A product that no agreement names is no medicine of the client's: it may be a
	// vaccine's. It stands apart, never among "medicines now".
	"Medication": {
		section: dossier.SectionCare, kind: "product",
		title:  []string{"code", "ext:PharmaceuticalProduct.Description", "ingredient.itemCodeableConcept"},
		fields: []string{"form", "ingredient", "batch", "manufacturer", "amount", "ext:PharmaceuticalProduct.Description=Omschrijving"},
		admin:  []string{"status"},
	},
}

// withDrug adds what the product itself says: form, strength, ingredients.
func withDrug(c *cx) {
	ref := c.n().Get("medicationReference")
	to := c.rec.find(ref, c.res)
	if to == nil {
		return
	}
	c.uses(to)
	o := &writer{rec: c.rec, res: to, use: c.uses}
	o.texts(to.node, "code")
	to.node.Text("status")
	for _, f := range []string{"form", "ingredient", "batch", "manufacturer", "amount"} {
		c.add(label(f), o.texts(to.node, f))
	}
	for _, x := range to.node.All("extension") {
		if s := o.extension(x); s != "" && s != c.it.Title {
			c.add(extensionLabel(x.Get("url").Peek()), []string{s})
		}
	}
}

// blocks are the building blocks of medication in nl-core and mp9, by the last
// part of their profile; they say what an item is better than its type does.
var blocks = []struct{ profile, kind string }{
	{"MedicationAgreement", "medicatieafspraak"}, {"AdministrationAgreement", "toedieningsafspraak"}, {"DispenseRequest", "verstrekkingsverzoek"},
	{"VariableDosingRegimen", "wisselend doseerschema"}, {"MedicationUse", "gebruik"}, {"MedicationAdministration", "toediening"}, {"MedicationDispense", "levering"},
}

// prescription: which building block it is, whether it is over or stopped, then the
// product.
func prescription(c *cx) {
	for _, b := range blocks {
		if profile(c.n(), b.profile) {
			c.it.Kind = b.kind
		}
	}
	forbidden(c)
	c.over()
	c.stopType()
	c.rendered()
	withDrug(c)
}

// stopType: in nl-core a stopped agreement is a new one with a modifier
// extension; without it a stopped medicine would read as prescribed.
func (c *cx) stopType() {
	for _, x := range append(withURL(c.n(), "modifierExtension", "StopType"), withURL(c.n(), "modifierExtension", "zib-Medication-StopType")...) {
		if s := c.extension(x); s != "" {
			c.it.Title = "Gestopt: " + c.it.Title
			c.it.Status = dossier.StatusCancelled // it must not stand among the medicines of now
			c.warn("Gestopt", "Dit medicijn is gestopt ("+s+").")
			return
		}
	}
}

// over: what is stopped or used up is not a medicine of now, also when the source
// gives no end.
func (c *cx) over() {
	switch c.n().Get("status").Peek() {
	case "stopped", "completed", "cancelled", "not-taken":
		if c.it.Until.IsZero() {
			c.it.Status = dossier.StatusCancelled
		}
	}
}

// rendered is the dosing text that a Dutch system has made of the parts.
func (c *cx) rendered() {
	c.add("Gebruik", c.texts(c.n(), "ext:RenderedDosageInstruction"))
}

// useOf is what a client uses, or expressly does NOT use.
func useOf(c *cx) {
	c.over()
	c.stopType()
	c.rendered()
	if s := c.n().Get("status").Peek(); s == "not-taken" {
		c.it.Title = "Wordt niet gebruikt: " + c.it.Title
		c.warn("Niet gebruikt", "De cliënt gebruikt dit medicijn NIET.")
	}
	withDrug(c)
}

// given is a medicine that was given, or expressly was NOT.
func given(c *cx) {
	if s := c.n().Get("status").Peek(); s == "not-done" {
		c.it.Title = "Niet gegeven: " + c.it.Title
		c.warn("Niet gegeven", "Dit medicijn is NIET gegeven.")
	}
	withDrug(c)
}

// dosage is one instruction: its own text first, then each part that a reader
// needs to follow it.
func (w *writer) dosage(n *tree.Node) string {
	text := shown(n.Text("text"))
	n.Text("sequence")
	parts := []string{text}
	if text == "" {
		parts = append(parts, join(", ", append(w.doses(n), w.words(n.Get("timing")))))
	} else {
		coded := join(", ", append(w.doses(n), w.words(n.Get("timing"))))
		n.Get("timing").Read()
		if !sameNumbers(text, coded) {
			parts = append(parts, "in cijfers: "+coded)
		}
	}
	parts = append(parts, asNeeded(w, n), join(", ", w.texts(n, "additionalInstruction")), join("", w.texts(n, "patientInstruction")),
		labelJoin("manier", append(w.texts(n, "route"), w.texts(n, "method")...)), labelJoin("plaats", w.texts(n, "site")),
		labelJoin("hoogstens", append(append(w.texts(n, "maxDosePerPeriod"), w.texts(n, "maxDosePerAdministration")...), w.texts(n, "maxDosePerLifetime")...)), labelJoin("snelheid", w.texts(n, "rate[x]")))
	return join("; ", parts)
}

// sameNumbers reports whether every number of the coded dosage stands in its
// text: then it says the same again. When not, the reader must see both.
func sameNumbers(text, coded string) bool {
	numbers := func(s string) []string {
		return strings.FieldsFunc(strings.ReplaceAll(s, ".", ","), func(r rune) bool { return (r < '0' || r > '9') && r != ',' })
	}
	have := " " + strings.Join(numbers(text), " ") + " "
	for _, n := range numbers(coded) {
		if n = strings.Trim(n, ","); n != "" && n != "1" && !strings.Contains(have, " "+n+" ") {
			return false
		}
	}
	return true
}

// asNeeded is "zo nodig" with what for.
func asNeeded(w *writer, n *tree.Node) string {
	if c := n.Get("asNeededCodeableConcept"); c != nil {
		return "zo nodig, bij " + w.words(c)
	}
	if n.Text("asNeededBoolean") == "true" {
		return "zo nodig"
	}
	return ""
}

// doses are how much at a time, and how fast. FHIR R4 section 2.24.0.13 (Dosage).
func (w *writer) doses(n *tree.Node) []string {
	var out []string
	for _, d := range n.All("doseAndRate") {
		d.Get("type").Read()
		for _, dose := range w.texts(d, "dose[x]") {
			out = append(out, strings.TrimSuffix(dose, ",0")) // 1,0 of what has no unit is one
		}
		out = append(out, labelJoin("snelheid", w.texts(d, "rate[x]")))
	}
	return append(append(out, w.texts(n, "doseQuantity")...), w.texts(n, "doseRange")...)
}

// timing is how often, in words. FHIR R4 section 2.24.0.17 (Timing).
func (w *writer) timing(n *tree.Node) string {
	r := n.Get("repeat")
	out := []string{w.words(n.Get("code")), w.frequency(r)}
	for _, e := range n.All("event") {
		out = append(out, dateWords(e.String()))
	}
	for _, name := range []string{"dayOfWeek", "timeOfDay", "when"} {
		var list []string
		for _, k := range r.All(name) {
			list = append(list, timingWord(k.String()))
		}
		out = append(out, join(" en ", list))
	}
	if o := r.Text("offset"); o != "" && o != "0" {
		out = append(out, o+" minuten ervoor of erna")
	}
	out = append(out, join("", w.texts(r, "bounds[x]")))
	if n := r.Text("count"); n != "" {
		out = append(out, "in totaal "+n+" keer")
	}
	if d := r.Text("duration"); d != "" {
		out = append(out, "duur "+decimal(d)+" "+plural(d, r.Text("durationUnit")))
	}
	return join(", ", unique(out))
}

// frequency is "3 keer per dag", "elke 8 uur", "1 keer per 2 weken".
func (w *writer) frequency(r *tree.Node) string {
	f, fmax, p, pmax, u := r.Text("frequency"), r.Text("frequencyMax"), r.Text("period"), r.Text("periodMax"), r.Text("periodUnit")
	if f == "" && p == "" {
		return ""
	}
	if f == "" {
		f = "1"
	}
	if fmax != "" && fmax != f {
		f += " tot " + fmax
	}
	times := f + " keer"
	if u == "" {
		return times
	}
	p = strings.TrimSuffix(p, ".0")
	if pmax != "" && pmax != p {
		return times + " per " + decimal(p) + " tot " + decimal(pmax) + " " + plural(pmax, u)
	}
	switch {
	case p == "1" || p == "":
		return times + " per " + plural("1", u)
	case f == "1" && (u == "h" || u == "min"):
		return "elke " + decimal(p) + " " + plural(p, u)
	}
	return times + " per " + decimal(p) + " " + plural(p, u)
}

// plural is a unit of time after a number: "1 week", "2 weken".
func plural(n, unit string) string {
	u := units[unit]
	if u == "" {
		return unit
	}
	if strings.TrimSuffix(n, ".0") == "1" {
		return unitFor(u, "1")
	}
	return u
}

var timingWords = map[string]string{"mon": "maandag", "tue": "dinsdag", "wed": "woensdag", "thu": "donderdag", "fri": "vrijdag", "sat": "zaterdag", "sun": "zondag",
	"MORN":  "'s ochtends",
	"NOON":  "'s middags",
	"AFT":   "'s middags",
	"EVE":   "'s avonds",
	"NIGHT": "'s nachts",
	"HS":    "voor het slapen",
	"WAKE":  "bij het opstaan",
	"PHS":   "na het inslapen",
	"C":     "bij de maaltijd",
	"CM":    "bij het ontbijt",
	"CD":    "bij de lunch",
	"CV":    "bij het avondeten",
	"AC":    "voor de maaltijd", "ACM": "voor het ontbijt", "ACD": "voor de lunch", "ACV": "voor het avondeten", "PC": "na de maaltijd", "PCM": "na het ontbijt", "PCD": "na de lunch", "PCV": "na het avondeten", "MORN.early": "vroeg in de ochtend", "MORN.late": "laat in de ochtend", "EVE.early": "vroeg in de avond", "EVE.late": "laat in de avond", "AFT.early": "vroeg in de middag", "AFT.late": "laat in de middag"}

// timingWord is a moment of the day in words, or a time as one.
func timingWord(s string) string {
	if w := timingWords[s]; w != "" {
		return w
	}
	if len(s) == 8 && s[2] == ':' { // 08:00:00
		return s[:2] + "." + s[3:5] + " uur"
	}
	return s
}
