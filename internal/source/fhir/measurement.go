package fhir

import (
	"strconv"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// Section 7: what was measured, scored or seen.
var measurementSpecs = map[string]*spec{
	"Observation": {
		section: dossier.SectionMeasurements, kind: "meting",
		title: []string{"code"}, date: []string{"effective[x]", "issued"}, recorded: []string{"issued"},
		author: []string{"performer"}, shape: observation,
		fields: []string{
			"interpretation", "dataAbsentReason", "bodySite", "focus", "device", "ext:observation-bodyPosition=Houding",
			"ext:workflow-supportingInfo", "ext:StomaReference=Stoma",
		},
		admin: []string{"category", "hasMember", "derivedFrom"},
	},
}

// profileNames are the building blocks of nl-core in a client's words, by the
// last part of the profile. They are used when the source gives the code an
// English or very long name.
var profileNames = map[string]string{
	"BodyWeight":                           "Gewicht",
	"BodyHeight":                           "Lengte",
	"BodyTemperature":                      "Temperatuur",
	"BloodPressure":                        "Bloeddruk",
	"HeartRate":                            "Hartslag",
	"PulseRate":                            "Pols",
	"PulseRate.PulseRateValue":             "Pols",
	"PulseRate.PulseRegularity":            "Regelmaat van de pols",
	"HeartRate.HeartbeatRegularity":        "Regelmaat van de hartslag",
	"O2Saturation":                         "Zuurstof in het bloed",
	"Respiration":                          "Ademhaling",
	"HeadCircumference":                    "Hoofdomtrek",
	"PainScore":                            "Pijnscore",
	"BarthelADLIndex":                      "Barthel-score (zelfredzaamheid)",
	"BarthelIndex":                         "Barthel-score (zelfredzaamheid)",
	"MUSTScore":                            "MUST-score (ondervoeding)",
	"SNAQScore":                            "SNAQ-score (ondervoeding)",
	"SNAQ65plusScore":                      "SNAQ65+-score (ondervoeding)",
	"SNAQrcScore":                          "SNAQrc-score (ondervoeding)",
	"DOSScore":                             "DOS-score (verwardheid)",
	"ComfortScale":                         "Comfort-score",
	"FLACCpainScale":                       "FLACC-score (pijn)",
	"GlasgowComaScale":                     "Glasgow-score (bewustzijn)",
	"StrongKidsScore":                      "STRONGkids-score (ondervoeding)",
	"ApgarScore":                           "Apgar-score",
	"TNMTumorClassification":               "Indeling van de tumor (TNM)",
	"TobaccoUse":                           "Roken",
	"AlcoholUse":                           "Alcohol",
	"DrugUse":                              "Drugs",
	"LivingSituation":                      "Hoe u woont",
	"LivingSituation.HouseType":            "Soort woning",
	"LivingSituation.HouseAdaption":        "Aanpassing van de woning",
	"LivingSituation.LivingCondition":      "Woonomstandigheid",
	"FamilySituation":                      "Gezin",
	"LifeStance":                           "Levensovertuiging",
	"Education":                            "Opleiding",
	"LanguageProficiency":                  "Taal",
	"ParticipationInSociety":               "Meedoen",
	"ParticipationInSociety.Hobby":         "Vrije tijd",
	"ParticipationInSociety.SocialNetwork": "Mensen om u heen",
	"ParticipationInSociety.WorkSituation": "Werk",
	"FluidBalance":                         "Vochtbalans",
	"FluidBalance.FluidTotalIn":            "Vocht erin",
	"FluidBalance.FluidTotalOut":           "Vocht eruit",
	"FunctionalOrMentalStatus":             "Wat u kunt",
	"Mobility":                             "Bewegen",
	"Mobility.Walking":                     "Lopen",
	"Mobility.ClimbingStairs":              "Traplopen",
	"Mobility.ChangingPosition":            "Van houding veranderen",
	"Mobility.MaintainingPosition":         "Een houding aanhouden",
	"Mobility.Transfer":                    "Verplaatsen",
	"HearingFunction":                      "Horen",
	"VisualFunction":                       "Zien",
	"VisualAcuity":                         "Scherpte van zien",
	"Refraction":                           "Brilsterkte",
	"FeedingPatternInfant":                 "Voeding van de baby",
	"IllnessPerception":                    "Omgaan met ziekte",
	"IllnessPerception.CopingWithIllnessByFamily":  "Hoe uw naasten ermee omgaan",
	"IllnessPerception.CopingWithIllnessByPatient": "Hoe u ermee omgaat",
	"IllnessPerception.PatientIllnessInsight":      "Inzicht in de ziekte",
	"Pregnancy":                               "Zwangerschap",
	"Pregnancy.DateLastMenstruation":          "Eerste dag van de laatste menstruatie",
	"Pregnancy.EstimatedDateOfDelivery":       "Uitgerekende datum",
	"Pregnancy.Gravidity":                     "Aantal zwangerschappen",
	"Pregnancy.Parity":                        "Aantal bevallingen",
	"Pregnancy.PregnancyDuration":             "Duur van de zwangerschap",
	"BowelFunction":                           "Ontlasting",
	"BladderFunction":                         "Plassen",
	"BowelFunction.FrequencyOfDefecation":     "Hoe vaak ontlasting",
	"SkinDisorder":                            "Huid",
	"Stoma":                                   "Stoma",
	"AbilityToDrink":                          "Drinken",
	"AbilityToEat":                            "Eten",
	"AbilityToDressOneself":                   "Zich aankleden",
	"AbilityToWashOneself":                    "Zich wassen",
	"AbilityToGroom":                          "Uiterlijk verzorgen",
	"AbilityToUseToilet":                      "Naar het toilet gaan",
	"AbilityToManageMedication":               "Met medicijnen omgaan",
	"AbilityToPerformMouthcareActivities":     "Mond verzorgen",
	"AbilityToPerformNursingActivities":       "Zelf verpleegkundige handelingen doen",
	"wounds.WoundLength":                      "Lengte van de wond",
	"wounds.WoundWidth":                       "Breedte van de wond",
	"wounds.WoundDepth":                       "Diepte van de wond",
	"wounds.WoundCharacteristics":             "Kenmerken van de wond",
	"Wound.WoundEdge":                         "Wondrand",
	"Wound.WoundInfection":                    "Wond ontstoken",
	"Wound.WoundMoisture":                     "Vocht van de wond",
	"Wound.WoundTissue":                       "Weefsel van de wond",
	"wounds.DateOfLastDressingChange":         "Verband het laatst verwisseld",
	"wounds.WoundImage":                       "Foto van de wond",
	"DevelopmentChild":                        "Ontwikkeling van het kind",
	"DevelopmentChild.ToiletTrainednessFeces": "Zindelijk (ontlasting)",
	"DevelopmentChild.ToiletTrainednessUrine": "Zindelijk (plas)",
}

// observationName is the reader's word for what was measured.
func (w *writer) observationName(n *tree.Node) string {
	words := join(", ", w.texts(n, "code"))
	if n.At("code", "text") == nil {
		for _, p := range n.At("meta").All("profile") {
			s := p.Peek()
			if name := profileNames[strings.TrimPrefix(s[strings.LastIndexByte(s, '/')+1:], "nl-core-")]; name != "" {
				return name
			}
		}
	}
	for _, k := range n.At("code").All("coding") {
		if name := tableOf(k.Get("system").Peek(), k.Get("code").Peek()); name != "" {
			return name
		}
	}
	return words
}

// result is an observation's value in brief: the value, or its parts.
func (w *writer) result(n *tree.Node) string {
	if v := join(", ", w.texts(n, "value[x]")); v != "" {
		return join(", ", append([]string{v}, w.texts(n, "interpretation")...))
	}
	var parts []string
	for _, k := range n.All("component") {
		parts = append(parts, labelJoin(w.codeOf(k), w.texts(k, "value[x]")))
	}
	if s := join(", ", parts); s != "" {
		return s
	}
	return labelJoin("geen waarde", w.texts(n, "dataAbsentReason"))
}

// codeOf is the name of a component.
func (w *writer) codeOf(n *tree.Node) string {
	words := join(", ", w.texts(n, "code"))
	text := n.At("code", "text").Peek()
	for _, k := range n.At("code").All("coding") {
		if name := tableOf(k.Get("system").Peek(), k.Get("code").Peek()); name != "" && (text == "" || text == k.Get("display").Peek()) {
			return name
		}
	}
	return scoreWords(words)
}

// scoreWords makes words of a question's name such as "DOSScore ZaktWeg".
func scoreWords(s string) string {
	head, rest, ok := strings.Cut(s, " ")
	if !ok || strings.Contains(rest, " ") || !strings.Contains(head, "core") && !strings.Contains(head, "Index") && !strings.Contains(head, "Gedrag") {
		return s
	}
	rest = strings.TrimSuffix(rest, "Score")
	if w := scoreNames[rest]; w != "" {
		return w
	}
	return strings.TrimSuffix(spaced(rest), " score")
}

// scoreNames are questions whose names read badly, even as words.
var scoreNames = map[string]string{"Voedings": "Voeding", "Inspannings": "Inspanning", "ZiekteBeeld": "Ziektebeeld", "BovenarmOmtrek": "Omtrek van de bovenarm",
	"AanUitkleden": "Aan- en uitkleden", "BadenDouchen": "In bad of onder de douche", "TrappenLopen": "Traplopen",
	"Transfers": "Van bed naar stoel", "Mobiliteit": "Zich verplaatsen",
	"Kalmte_Agitatie": "Kalm of onrustig", "Darm": "Ontlasting ophouden", "Blaas": "Plas ophouden",
	"ZaktWeg": "Zakt weg tijdens een gesprek", "VraagAntwoordNietAf": "Maakt vraag of antwoord niet af",
	"AntwoordenNietPassend": "Antwoorden passen niet bij de vraag", "DenktErgensAnders": "Denkt ergens anders te zijn",
	"BeseftDagdeel": "Beseft welk deel van de dag het is", "HerinnertRecent": "Herinnert zich wat pas gebeurde",
	"TrektDraden": "Trekt aan infuus of slangen", "SnelGeemotioneerd": "Is snel geëmotioneerd", "SnelAfgeleid": "Is snel afgeleid", "HeeftAandacht": "Heeft aandacht voor een gesprek", "Hallucinaties": "Ziet of hoort wat er niet is"}

// observation: first where it stands, then the number, then its parts. What has no
// number is an entry with its result as a field.
func observation(c *cx) {
	n := c.n()
	c.it.Title = c.observationName(n)
	c.place()
	if c.bloodPressure() {
		c.it.Title = "Bloeddruk"
	}
	c.measure()
	if m := c.it.Measurement; m != nil && m.Type != "Bloeddruk" && (c.it.Section != dossier.SectionMeasurements || c.it.Kind == "uitslag") {
		c.field("value[x]=Uitslag")
	}
	c.components()
	c.hasMembers()
	c.ranges()
	c.specimens()
	if m := c.it.Measurement; m != nil {
		m.Method = join(", ", c.texts(n, "method"))
	} else {
		c.field("value[x]=Uitslag")
		c.field("method")
	}
}

// place puts an observation where a reader looks for it: laboratory with health,
// wounds with wounds.
func (c *cx) place() {
	n := c.n()
	for _, p := range n.All("category") {
		for _, k := range p.All("coding") {
			if code := k.Get("code").Peek(); code == "laboratory" || code == "49581000146104" {
				c.it.Section, c.it.Kind = dossier.SectionHealth, "uitslag"
			}
		}
	}
	if profile(n, "ound") || profile(n, "Stoma") || profile(n, "FeedingTube") {
		c.it.Section, c.it.Kind = dossier.SectionAids, "wond"
	}
	if profile(n, "SOAPLine") {
		c.it.Section, c.it.Kind = dossier.SectionReports, "rapportage"
	}
}

// measure makes a measurement of a number, so that it can stand in a series.
func (c *cx) measure() {
	n := c.n()
	if c.it.Measurement != nil || c.it.Section != dossier.SectionMeasurements && c.it.Kind != "uitslag" {
		return
	}
	q := n.Get("valueQuantity")
	v := q.Get("value")
	if q == nil {
		if v = n.Get("valueInteger"); v == nil {
			v = n.Get("valueDecimal")
		}
	}
	f, err := strconv.ParseFloat(v.Peek(), 64)
	if v == nil || err != nil || f-f != 0 {
		return
	}
	m := &dossier.Measurement{Type: c.it.Title, Value: f}
	if q != nil {
		m.Unit = unitFor(c.unit(q), v.Peek())
		if q.Get("comparator") != nil {
			m.Text = join("", []string{comparator(q), decimal(v.Peek())})
		}
	}
	if d := decimal(v.Peek()); m.Text == "" && d != strings.Replace(strconv.FormatFloat(f, 'f', -1, 64), ".", ",", 1) {
		m.Text = d
	}
	v.Read()
	c.it.Measurement = m
}

// bloodPressure is two numbers that are read as one.
func (c *cx) bloodPressure() bool {
	var high, low *tree.Node
	for _, k := range c.n().All("component") {
		for _, code := range k.At("code").All("coding") {
			switch code.Get("code").Peek() {
			case "8480-6":
				high = k
			case "8462-4":
				low = k
			}
		}
	}
	a, b := high.At("valueQuantity", "value"), low.At("valueQuantity", "value")
	f, err := strconv.ParseFloat(a.Peek(), 64)
	if a == nil || b == nil || err != nil {
		return false
	}
	c.it.Measurement = &dossier.Measurement{Type: "Bloeddruk", Value: f, Text: decimal(whole(a.Peek())) + "/" + decimal(whole(b.Peek())), Unit: c.unit(high.Get("valueQuantity"))}
	c.unit(low.Get("valueQuantity"))
	a.Read()
	b.Read()
	high.Get("code").Read()
	low.Get("code").Read()
	return true
}

// whole is a number without a fraction of zero: 120 and not 120,0.
func whole(s string) string { return strings.TrimSuffix(decimal(s), ",0") }

// components are the parts of a score or a measurement.
func (c *cx) components() {
	var rows [][]string
	for _, k := range c.n().All("component") {
		if !k.Unread() {
			continue
		}
		name := c.codeOf(k)
		v := join(", ", append(c.texts(k, "value[x]"), c.texts(k, "interpretation")...))
		v = join(" ", []string{v, parens(join("; ", c.extensions(k)))})
		if s := join(", ", c.texts(k, "dataAbsentReason")); s != "" {
			v = join(", ", []string{v, s})
		}
		if f, err := strconv.ParseFloat(k.Get("valueInteger").Peek(), 64); err == nil && c.it.Measurement != nil {
			c.it.Measurement.Parts = append(c.it.Measurement.Parts, dossier.ScorePart{Label: name, Value: f})
			continue
		}
		rows = append(rows, []string{name, join("; ", append([]string{v}, c.rangeWords(k)...))})
	}
	c.pairs("Onderdelen", rows)
}

// pairs are names with values: fields when there are few.
func (c *cx) pairs(title string, rows [][]string) {
	if len(rows) > 8 && c.it.Measurement == nil {
		c.it.Body = append(c.it.Body, dossier.Block{Kind: dossier.BlockTable, Columns: []string{title, "Uitslag"}, Rows: rows})
		return
	}
	var unnamed []string
	for _, r := range rows {
		if r[0] == "" {
			unnamed = append(unnamed, r[1])
			continue
		}
		c.add(r[0], []string{r[1]})
	}
	c.add(title, unnamed)
}

// specimens says of what a result was measured, and when that was taken.
func (c *cx) specimens() {
	for _, ref := range c.n().All("specimen") {
		to := c.rec.find(ref, c.res)
		if to == nil || to.kind != "Specimen" || !to.part {
			c.add("Monster", []string{c.words(ref)})
			continue
		}
		c.words(ref)
		o := &writer{rec: c.rec, res: to, use: c.uses}
		c.add("Monster", []string{join(", ", []string{join(", ", o.texts(to.node, "type")), labelJoin("afgenomen op", o.texts(to.node, "collection.collected[x]")), labelJoin("plaats", o.texts(to.node, "collection.bodySite"))})})
	}
}

// memberRefs are the members of an observation, also as STU3 writes them.
func memberRefs(n *tree.Node) []*tree.Node {
	out := n.All("hasMember")
	for _, r := range n.All("related") {
		if t := r.Get("type").Peek(); (t == "has-member" || t == "") && r.Get("target") != nil { // STU3: without a type it belongs to it
			r.Text("type")
			out = append(out, r.Get("target"))
		}
	}
	return out
}

// hasMembers are the observations that this one is made of.
func (c *cx) hasMembers() {
	var rows [][]string
	for _, ref := range memberRefs(c.n()) {
		to := c.rec.find(ref, c.res)
		if to == nil || to.kind != "Observation" || to == c.res || !c.rec.open(c.res, to) {
			rows = append(rows, []string{"", c.words(ref)})
			continue
		}
		ref.Read()
		c.uses(to)
		o := &writer{rec: c.rec, res: to, use: c.uses}
		o.sameMoment(c.n())
		rows = append(rows, []string{o.observationName(to.node), o.inside(to, 0)})
	}
	c.pairs("Onderdelen", rows)
}

// sameMoment marks a member's moment as told when it is the whole's.
func (w *writer) sameMoment(whole *tree.Node) {
	for _, name := range []string{"effectiveDateTime", "issued"} {
		if k := w.res.node.Get(name); k != nil && k.Peek() == whole.Get(name).Peek() {
			k.Read()
		}
	}
}

// inside is a member with its own members and remarks.
func (w *writer) inside(r *resource, depth int) string {
	parts := []string{w.result(r.node)}
	for _, n := range r.node.All("note") {
		parts = append(parts, w.words(n))
	}
	parts = append(parts, labelJoin("plaats", w.texts(r.node, "bodySite")), labelJoin("manier", w.texts(r.node, "method")))
	for _, ref := range memberRefs(r.node) {
		to := w.rec.find(ref, r)
		if to == nil || to.kind != "Observation" || depth > 3 || !w.rec.open(r, to) {
			continue
		}
		ref.Read()
		w.use(to)
		o := &writer{rec: w.rec, res: to, use: w.use}
		parts = append(parts, labelJoin(o.observationName(to.node), []string{o.inside(to, depth+1)}))
	}
	r.node.Text("status")
	r.node.Get("category").Read()
	return join("; ", parts)
}

// ranges are the usual values that the source gives with the result.
func (c *cx) ranges() {
	words := c.rangeWords(c.n())
	m := c.it.Measurement
	list := c.n().All("referenceRange")
	if m != nil && len(list) == 1 && list[0].Get("text") == nil {
		m.Low, m.High = bound(list[0].At("low", "value")), bound(list[0].At("high", "value"))
		if m.Low != nil || m.High != nil {
			return
		}
	}
	c.add("Gewone waarden", words)
}

// rangeWords are the usual values as the source tells them, by its own text first.
func (c *cx) rangeWords(n *tree.Node) []string {
	var out []string
	for _, r := range n.All("referenceRange") {
		words := c.rangeOf(r)
		if t := shown(r.Text("text")); t != "" {
			words = t
		}
		out = append(out, join(", ", append([]string{words}, append(c.texts(r, "type"), append(c.texts(r, "appliesTo"), c.texts(r, "age")...)...)...)))
	}
	return out
}

// bound is an end of a range as a number, nil when it is none.
func bound(n *tree.Node) *float64 {
	f, err := strconv.ParseFloat(n.Peek(), 64)
	if err != nil {
		return nil
	}
	return &f
}
