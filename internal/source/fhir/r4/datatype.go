package r4

import (
	"strconv"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// concept gives a CodeableConcept: its text, then a display, then our own word
// for the code, then the code with "zonder omschrijving" (EDPB 01/2022, 5.2.3).
// The codes themselves say the same thing for machines and count as read.
func (m *mapping) concept(n *tree.Node) string {
	if n == nil {
		return ""
	}
	if n.Scalar() { // text, or an STU3 code, where a concept belongs
		return plainCode(n.Str())
	}
	text := n.Peek("text").Str()
	codings := n.Peek("coding").List()
	best := ""
	for _, c := range codings {
		if w := m.coding(c); best == "" || isBare(best) && !isBare(w) {
			best = w
		}
	}
	rest := m.extensions(n)
	if text == "" || isBare(best) && text == "" {
		text = best
	}
	return join("; ", text, rest)
}

// coding gives one code in words.
func (m *mapping) coding(n *tree.Node) string {
	if n == nil {
		return ""
	}
	if n.Scalar() {
		return plainCode(n.Str())
	}
	system, code, display := n.Peek("system").Str(), n.Peek("code").Str(), n.Peek("display").Str()
	n.Peek("version").UseAll()
	n.Peek("userSelected").UseAll()
	n.Peek("_display").UseAll()
	if w := known(system, code); w != "" && (display == "" || english(system)) {
		return w
	}
	if display != "" {
		return display
	}
	if code == "" {
		return ""
	}
	return bare(code)
}

func bare(code string) string { return "code " + code + " (zonder omschrijving)" }
func isBare(s string) bool    { return s == "" || strings.HasSuffix(s, "(zonder omschrijving)") }
func english(sys string) bool {
	return sys == "http://loinc.org" || strings.HasPrefix(sys, "http://terminology.hl7.org/") || strings.HasPrefix(sys, "http://hl7.org/fhir/")
}
func plainCode(s string) string {
	if w := simple[strings.ToLower(s)]; w != "" {
		return w
	}
	return s
}

// code gives a plain code of a FHIR value set in words; one that is not in the
// value set stands as written.
func (m *mapping) code(n *tree.Node) string {
	if n != nil && !n.One().Scalar() {
		return m.words(n)
	}
	return plainCode(n.Str())
}

// quantity gives a number as written with its unit in words.
func (m *mapping) quantity(n *tree.Node) string {
	if n.Scalar() {
		return n.Str()
	}
	value := decimal(n.Peek("value").Str())
	if v := number(n.Peek("value")); v != nil && n.Peek("currency") != nil {
		value = decimal(strconv.FormatFloat(*v, 'f', 2, 64))
	}
	if value == "" {
		value = m.absent(n.Peek("_value"))
	}
	sign := n.Peek("comparator").Str()
	sign = orElse(comparators[sign], sign)
	return join(" ", sign, value, m.unit(n), join(" ", m.extensions(n)))
}

func (m *mapping) unit(n *tree.Node) string {
	unit, code, currency := n.Peek("unit").Str(), n.Peek("code").Str(), n.Peek("currency").Str()
	n.Peek("system").Str()
	for _, u := range []string{code, unit} {
		if w, ok := units[u]; ok {
			return w
		}
	}
	if unit == "" {
		unit = strings.Trim(code, "{}")
	}
	return join(" ", unit, currency)
}

var comparators = map[string]string{"<": "minder dan", "<=": "hoogstens", ">": "meer dan", ">=": "minstens", "ad": "genoeg voor"}

// decimal writes a decimal comma; the digits stay as they are.
func decimal(s string) string {
	if strings.ContainsAny(s, "eE") {
		return s
	}
	return strings.Replace(s, ".", ",", 1)
}

func (m *mapping) ratio(n *tree.Node) string {
	return join(" per ", m.words(n.Peek("numerator")), m.words(n.Peek("denominator")))
}

func (m *mapping) span(n *tree.Node) string {
	low, high := m.words(n.Peek("low")), m.words(n.Peek("high"))
	if unit := m.unit(n.Peek("high").One()); unit != "" && strings.HasSuffix(low, " "+unit) {
		low = strings.TrimSuffix(low, " "+unit)
	}
	s := ""
	switch {
	case low != "" && high != "":
		s = low + " tot " + high
	case low != "":
		s = "vanaf " + low
	case high != "":
		s = "tot " + high
	}
	return join("; ", s, m.words(n.Peek("text")), m.words(n.Peek("type")), m.words(n.Peek("appliesTo")), m.words(n.Peek("age")), m.extensions(n))
}

func (m *mapping) period(n *tree.Node) string {
	if n.Scalar() {
		return m.dateWords(n)
	}
	start, end := m.dateWords(n.Peek("start")), m.dateWords(n.Peek("end"))
	if start == "" {
		start = m.absent(n.Peek("_start"))
	}
	if end == "" {
		end = m.absent(n.Peek("_end"))
	}
	if start != "" {
		start = "vanaf " + start
	}
	if end != "" {
		end = "tot en met " + end
	}
	return join(" ", start, end, m.extensions(n))
}

// absent says why a primitive has no value (extension data-absent-reason).
func (m *mapping) absent(n *tree.Node) string {
	for _, e := range n.Path("extension").List() {
		if strings.HasSuffix(e.Peek("url").Look(), "data-absent-reason") {
			e.UseAll()
			return known(absentSystem, e.Peek("valueCode").Look())
		}
	}
	return ""
}

// prim is the words of a primitive element of n, of its sibling "_name" when
// it has no value. A finer code of the Dutch profiles goes before the FHIR code.
func (m *mapping) prim(n *tree.Node, name string, f func(*mapping, *tree.Node) string) string {
	main, side := n.Peek(name), n.Peek("_"+name)
	s := f(m, main)
	for _, e := range side.Path("extension").List() {
		if strings.HasSuffix(e.Peek("url").Look(), "ext-CodeSpecification") {
			e.Peek("url").UseAll()
			if w := m.words(e.Peek("valueCodeableConcept")); !isBare(w) {
				s = w
			}
		}
	}
	if s == "" {
		s = m.absent(side)
	}
	return s
}

func (m *mapping) dateWords(n *tree.Node) string {
	raw := n.Str()
	d, err := dossier.ParseDate(raw)
	if err != nil || d.IsZero() {
		return raw
	}
	if zoneless(raw) {
		m.note("tijd-zonder-zone")
	}
	return dutchDate(d)
}

var months = [...]string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}

// dutchDate writes a date as precisely as it is known, and no more.
func dutchDate(d dossier.Date) string {
	t := d.Start()
	month := months[t.Month()-1]
	switch d.Precision() {
	case dossier.Year:
		return t.Format("2006")
	case dossier.Month:
		return month + t.Format(" 2006")
	case dossier.Day:
		return t.Format("2 ") + month + t.Format(" 2006")
	}
	return t.Format("2 ") + month + t.Format(" 2006") + " om " + t.Format("15:04") + " uur"
}

func zoneless(s string) bool {
	_, clock, ok := strings.Cut(s, "T")
	return ok && !strings.ContainsAny(clock, "Z+-")
}

func (m *mapping) note(code string) { m.notes = append(m.notes, code) }

func (m *mapping) annotation(n *tree.Node) string {
	if n.Scalar() {
		return n.Str()
	}
	who := join(" ", n.Peek("authorString").Str(), m.words(n.Peek("authorReference")))
	by := join(", ", who, m.dateWords(n.Peek("time")))
	text := join(" ", n.Peek("text").Str(), m.extensions(n))
	if by != "" {
		return text + " (" + by + ")"
	}
	return text
}

func (m *mapping) fileName(n *tree.Node) string {
	title := n.Peek("title").Str()
	if title == "" {
		title = "bestand"
	}
	n.UseAll() // the bytes go with the item's attachments
	return title
}

func (m *mapping) contact(n *tree.Node) string {
	system, use := n.Peek("system").Str(), n.Peek("use").Str()
	n.Peek("rank").UseAll()
	value := n.Peek("value").Str()
	if use == "old" {
		value = join(" ", value, "(niet meer in gebruik)")
	}
	kind := simple["contact:"+system]
	n.Peek("assigner").UseAll()
	s := join(" ", value, bracket(simple["use:"+use]), bracket(m.period(n.Peek("period"))), m.extensions(n))
	if kind != "" && s != "" {
		return kind + " " + s
	}
	return s
}

func bracket(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// address gives the lines of an address. The parts of a street line that the
// Dutch profiles also give apart say the same again.
func (m *mapping) address(n *tree.Node) string {
	return join(" ", join(", ", AddressLines(n)...), bracket(simple["use:"+n.Peek("use").Str()]), bracket(m.period(n.Peek("period"))), m.extensions(n))
}

// AddressLines is an address as on an envelope.
func AddressLines(n *tree.Node) []string {
	var out []string
	for _, l := range n.Peek("line").List() {
		out = append(out, l.Str())
	}
	n.Peek("_line").UseAll()
	for _, name := range []string{"type", "use", "district", "_country", "_city"} {
		n.Peek(name).UseAll()
	}
	text := n.Peek("text").Str()
	town := join("  ", n.Peek("postalCode").Str(), n.Peek("city").Str())
	if len(out) == 0 && text != "" {
		n.Peek("state").UseAll()
		n.Peek("country").UseAll()
		return strings.Split(text, "\n")
	}
	for _, s := range []string{town, n.Peek("state").Str(), n.Peek("country").Str()} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
