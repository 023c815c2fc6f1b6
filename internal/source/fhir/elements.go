package fhir

import (
	"strings"

	"inzage/internal/source/fhir/tree"
)

// concept is a CodeableConcept in words: its text, else the words of a coding.
func (w *writer) concept(n *tree.Node) string {
	codings := n.All("coding")
	best, text := "", shown(n.Text("text"))
	for _, c := range codings {
		if strings.EqualFold(text, shown(c.Get("display").Peek())) || strings.EqualFold(text, c.Get("code").Peek()) {
			text = "" // a program wrote it, from the coding
		}
		s, known := w.codingWords(c)
		if word := table(clinical[n.Name], c.Get("code").Peek()); word != "" && strings.HasSuffix(s, bare) {
			s, known = word, true // STU3 named no system
		}
		if best == "" || c.Get("userSelected").Peek() == "true" || known && strings.HasSuffix(best, bare) {
			best = s
		}
	}
	for _, c := range codings {
		for _, name := range []string{"system", "version", "code", "display", "userSelected", "id"} {
			c.Text(name)
		}
	}
	if len(codings) > 0 {
		text = untagged(text)
	}
	if text != "" {
		best = text
	}
	return join(" ", []string{best, parens(join("; ", w.extensions(n)))})
}

const bare = " (zonder omschrijving)"

// coding is a Coding in words.
func (w *writer) coding(n *tree.Node) string {
	s, _ := w.codingWords(n)
	return s
}

// codingWords is a Coding in words, and whether they are more than a code: our
// word for the standard's own code systems, else display, else our word for the
// code, else the code itself. FHIR's own displays are English terms of the trade.
func (w *writer) codingWords(n *tree.Node) (string, bool) {
	if n.Leaf() {
		return shown(n.String()), true
	}
	system, code, display := n.Text("system"), n.Text("code"), shown(n.Text("display"))
	n.Text("version")
	n.Text("userSelected")
	word := tableOf(system, code)
	if word == "" {
		word = zibWord(system, code, display)
		if word != "" {
			return word, true
		}
	}
	display = shouted(system, untagged(display))
	switch {
	case word != "" && (standards(system) || ours[tail(system)]):
		return word, true
	case display != "":
		return display, true
	case word != "":
		return word, true
	case code != "":
		if s := w.absent(n.Get("_display")); s != "" {
			return s, true
		}
		return "code " + code + bare, false
	}
	return w.absent(n.Get("_code")), true
}

// ours are the code systems of which our words go before the source's: terms of
// the trade, often in English or in capitals.
var ours = set("sct", "loinc.org", "2.16.840.1.113883.2.4.4.9", "2.16.840.1.113883.2.4.3.11.60.40.2.9.13.2", "2.16.840.1.113883.2.4.3.11.60.40.4.27")

// tail is the last part of a code system's URI, by which it has its table.
func tail(system string) string { return system[strings.LastIndexAny(system, "/:")+1:] }

// standards reports whether a code system is one of HL7's own.
func standards(system string) bool {
	return strings.Contains(system, "hl7.org") || strings.Contains(system, "HL7")
}

// reference names what a Reference points at: the name of the thing when it is
// in this record, else the words that the source gave with it.
func (w *writer) reference(n *tree.Node) string {
	target := w.rec.find(n, w.res)
	display := told(shown(n.Text("display")))
	n.Text("reference")
	n.Text("type")
	n.Get("identifier").Read()
	if target != nil && !w.rec.open(w.res, target) {
		if display == "" {
			return "staat apart in het dossier"
		}
		return display
	}
	if target != nil {
		if w.use != nil {
			w.use(target)
		}
		if name := w.nameOf(target); name != "" {
			return name
		}
	}
	if display != "" {
		return display
	}
	if v := shown(n.At("identifier", "value").Peek()); v != "" && target == nil {
		return "nummer " + v
	}
	if s := w.absent(n.Get("_reference")); s != "" || target != nil {
		return s
	}
	return elsewhere(n.Get("reference").Peek())
}

// elsewhere says what a reference leads to that is not in this record: its kind,
// never its address.
func elsewhere(reference string) string {
	parts := strings.Split(reference, "/")
	for i := len(parts) - 2; i >= 0; i-- {
		if s := specs[parts[i]]; s != nil {
			return s.kind + " (niet in deze gegevens)"
		}
	}
	return ""
}

// told is the name that a source wrote beside a reference without the kind of
// resource that nl-core puts before it: "Healthcare professional (person), W. Klaasen".
func told(display string) string {
	for _, sep := range []string{", ", ": "} {
		head, rest, ok := strings.Cut(display, sep)
		if word, known := kindsBefore[head]; ok && known {
			if d, is := date(rest); is && !d.IsZero() {
				rest = dateWords(rest)
			}
			return join(sep, []string{word, rest})
		}
	}
	if word := kindsBefore[display]; word != "" {
		return word
	}
	return untagged(display)
}

// kindsBefore are those kinds; what a value needs is said in Dutch.
var kindsBefore = map[string]string{
	"Patient": "", "Problem": "", "Contact person": "", "Legal situation": "", "Payer-Organization": "", "monster": "",
	"laboratorium_test": "", "Implantant": "",
	"Healthcare professional (role)": "", "Healthcare professional (person)": "", "Healthcare provider (organization)": "",
	"Healthcare provider (location)": "",
	"SOAP line observation":          "", "Text report": "", "tekst_uitslag": "", "aterme_datum_items": "",
	"Materiaal": "", "Materiaal:": "",
	"Wound finding":                "Kenmerken van de wond",
	"Extent of burn":               "Hoeveel van de huid is verbrand",
	"Date of last dressing change": "Verband het laatst verwisseld",
	"Wound length":                 "Lengte van de wond", "Wound width": "Breedte van de wond", "Wound depth": "Diepte van de wond",
	"Wound tissue":    "Weefsel van de wond",
	"Wound infection": "Wond ontstoken", "Wound moisture": "Vocht van de wond", "Wound edge": "Wondrand",
	"Home adaption": "Aanpassing van de woning", "House type": "Soort woning", "Living condition": "Woonomstandigheid",
	"Visual acuity measurement device": "Gemeten met",
}

// nameOf is a short name for another resource.
func (w *writer) nameOf(r *resource) string {
	o := &writer{rec: w.rec, res: r}
	n := r.node
	switch r.kind {
	case "Patient", "Practitioner", "Person":
		return o.personName(n)
	case "RelatedPerson":
		return join(", ", []string{o.personName(n), join(", ", o.every(n.All("relationship")))})
	case "PractitionerRole":
		role := n.All("code")
		if len(role) == 0 {
			role = n.All("specialty")
		}
		return join(", ", []string{o.words(n.Get("practitioner")), join(", ", o.every(role))})
	case "Organization", "CareTeam", "HealthcareService", "Location":
		if s := shown(n.Text("name")); s != "" || r.kind != "Location" {
			return s
		}
		return o.words(n.Get("managingOrganization"))
	case "Device":
		return o.deviceName(n)
	}
	if r.kind == "Observation" {
		return o.observationName(n)
	}
	if s := specs[r.kind]; s != nil {
		return o.titleOf(s, n)
	}
	return ""
}

// deviceName is what a device is called: its own name, else its kind; where the kind
// is a bare code, a remark says more.
func (w *writer) deviceName(n *tree.Node) string {
	for _, d := range n.All("deviceName") {
		if s := shown(d.Text("name")); s != "" {
			d.Text("type")
			return s
		}
	}
	kind := w.words(n.Get("type"))
	if strings.HasSuffix(kind, bare) && len(n.All("note")) > 0 {
		return w.words(n.All("note")[0])
	}
	return kind
}

// personName is the name of a person: the official one.
func (w *writer) personName(n *tree.Node) string {
	names := n.All("name")
	var best *tree.Node
	for _, m := range names {
		switch {
		case best == nil, m.Get("use").Peek() == "official" && best.Get("use").Peek() != "official":
			best = m
		}
	}
	if best == nil {
		return w.absent(n.Get("_name"))
	}
	return w.humanName(best)
}

// humanName is a name as it is said. The parts that nl-core hangs on the family
// name are in the family name itself already.
func (w *writer) humanName(n *tree.Node) string {
	if n.Leaf() {
		return shown(n.String())
	}
	text := shown(n.Text("text"))
	var parts []string
	for _, name := range []string{"prefix", "given", "family", "suffix"} {
		parts = append(parts, w.nameParts(n, name)...)
	}
	n.Get("use").Read()
	n.Get("_family").Read()
	n.Get("_given").Read()
	n.Get("extension").Read()
	n.Get("_text").Read()
	if text != "" {
		return text
	}
	return join(" ", parts)
}

// nameParts are the parts of a name under one element, or why there is none.
func (w *writer) nameParts(n *tree.Node, name string) []string {
	var out []string
	for _, k := range n.All(name) {
		if s := shown(k.String()); s != "" {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		if s := w.absent(n.Get("_" + name)); s != "" {
			return []string{"(" + s + ")"}
		}
	}
	return out
}

// address is an address on one line. FHIR R4 section 2.24.0.14; the parts that nl-core
// hangs on a line (street, number) are in the line itself.
func (w *writer) address(n *tree.Node) string {
	lines := w.every(n.All("line"))
	place := join(" ", []string{shown(n.Text("postalCode")), shown(n.Text("city"))})
	parts := append(lines, place, shown(n.Text("district")), shown(n.Text("state")), countryWord(shown(n.Text("country"))))
	text := shown(n.Text("text"))
	for _, name := range []string{"use", "type", "_line", "_country", "_city", "extension"} {
		n.Get(name).Read()
	}
	if s := join(", ", parts); s != "" {
		return s
	}
	return text
}

var telecomKinds = map[string]string{"phone": "telefoon", "email": "e-mail", "fax": "fax", "url": "website", "pager": "pieper", "sms": "sms", "other": "anders"}

// telecom is a number or address with what it is for: "… (telefoon, werk)".
func (w *writer) telecom(n *tree.Node) string {
	kind := telecomKinds[n.Text("system")]
	use := codeWord("use", n.Text("use"))
	n.Text("rank")
	n.Get("extension").Read()
	v := shown(n.Text("value"))
	if v == "" {
		return w.absent(n.Get("_value"))
	}
	return v + " (" + join(", ", []string{kind, use}) + ")"
}

// identifier is a number with the word for its kind; the system it is of is no word.
func (w *writer) identifier(n *tree.Node) string {
	v := shown(n.Text("value"))
	if t := w.words(n.Get("type")); t != "" {
		return t + " " + v
	}
	for _, name := range []string{"system", "use", "assigner"} {
		n.Get(name).Read()
	}
	return v
}

// attachment is the title and day of a file that is named and not attached here.
func (w *writer) attachment(n *tree.Node) string {
	title := shown(n.Text("title"))
	for _, name := range []string{"contentType", "language", "size", "hash", "data", "url"} {
		n.Text(name)
	}
	when := dateWords(n.Text("creation"))
	if title == "" {
		title = "bestand"
	}
	return join(", ", []string{title, when})
}

// period is a Period, open at either end.
func (w *writer) period(n *tree.Node) string {
	from, to := first(w.value(n, "start")), first(w.value(n, "end"))
	switch {
	case from == "":
		return "tot en met " + to
	case to == "":
		return "vanaf " + from
	case from == to:
		return from
	}
	return from + " tot en met " + to
}

// first is the first of a list, or nothing.
func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// ratio is "5 mg per ml".
func (w *writer) ratio(n *tree.Node) string {
	a, b := w.words(n.Get("numerator")), w.words(n.Get("denominator"))
	return a + " per " + strings.TrimPrefix(b, "1 ")
}

// rangeOf is a Range, open at either end.
func (w *writer) rangeOf(n *tree.Node) string {
	low, high := w.words(n.Get("low")), w.words(n.Get("high"))
	switch {
	case low == "":
		return "tot " + high
	case high == "":
		return "vanaf " + low
	}
	return low + " tot " + high
}

// quantity is an amount with its unit in a lay person's word.
func (w *writer) quantity(n *tree.Node) string {
	unit := w.unit(n)
	v := join("", []string{comparator(n), decimal(n.Text("value"))})
	if v == "" {
		v = w.absent(n.Get("_value"))
	}
	return join(" ", []string{v, unitFor(unit, v)})
}

// comparator is the word for a comparator; an unknown one stands as written,
// since a number without it says something else.
func comparator(n *tree.Node) string {
	s := n.Text("comparator")
	if w := comparators[s]; w != "" || s == "" {
		return w
	}
	return s + " "
}

var comparators = map[string]string{"<": "minder dan ", "<=": "hoogstens ", ">=": "minstens ", ">": "meer dan "}

// unit is a quantity's unit in a word that a lay person knows: by its UCUM code, by its
// written unit, else as the source wrote it without the braces of an annotation.
func (w *writer) unit(n *tree.Node) string {
	system, code, unit := n.Text("system"), n.Text("code"), shown(n.Text("unit"))
	if strings.Contains(system, "unitsofmeasure") || system == "" {
		if u, ok := units[code]; ok {
			return u
		}
		if u, ok := units[unit]; ok {
			return u
		}
	}
	if unit == "" {
		return strings.Trim(code, "{}")
	}
	return strings.Trim(unit, "{}")
}
