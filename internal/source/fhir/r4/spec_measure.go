package r4

import (
	"strconv"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

func init() {
	add(map[string]spec{
		"Observation": {section: dossier.SectionMeasurements, kind: "meting", title: []string{"code"}, date: []string{"effective[x]", "issued"}, recorded: []string{"issued"}, author: []string{"performer"}, rows: []row{
			{path: "interpretation"}, {path: "bodySite"}, {path: "method"}, {path: "device"}, {path: "specimen"}, {path: "derivedFrom"}, {path: "dataAbsentReason"}, {path: "note", shape: dossier.BlockText}, {path: "focus"}, {path: "related", label: "Bestaat uit"},
		}, quiet: []string{"category", "basedOn", "partOf", "issued"}, extra: observation},
		"MolecularSequence": {section: dossier.SectionHealth, kind: "uitslag", title: []string{"type"}},
	})
}

// unlessDate leaves out a date or period that already stands as the item's own.
func (m *mapping) unlessDate(n *tree.Node) string {
	if strings.HasSuffix(n.Key, "DateTime") || strings.HasSuffix(n.Key, "Period") || strings.HasSuffix(n.Key, "Date") {
		if n.Kind == tree.Object {
			for c := range n.Members() {
				if c.Key == "start" || c.Key == "end" {
					c.UseAll()
				}
			}
			return m.extensions(n)
		}
		n.Str()
		return ""
	}
	return m.words(n)
}

// member names a part of a score with its value.
func member(m *mapping, n *tree.Node) string {
	target := m.set.Find(m.res, n.Peek("reference").Look())
	words := m.words(n)
	if target == nil || target.Type != "Observation" || !m.open(target) {
		return words
	}
	side := &mapping{set: m.set, res: target, depth: m.depth}
	name := side.peekWords("code")
	for c := range target.Node.Members() {
		if strings.HasPrefix(c.Key, "value") {
			if simpleMember(target, c) {
				m.used = append(m.used, target)
			}
			return join(": ", name, side.apart(c))
		}
	}
	return orElse(name, words)
}

// apart gives a value in words, leaving the resource unread.
func (m *mapping) apart(n *tree.Node) string {
	c, err := tree.Parse(n.Raw())
	if err != nil {
		return ""
	}
	c.Key = n.Key
	return m.value(c)
}

// simpleMember reports whether a part of a score says no more than its name
// and value, so that it needs no entry of its own. A number with a moment
// stays: it belongs to a series.
func simpleMember(r *Resource, value *tree.Node) bool {
	dated := false
	if s := r.Node.Peek("status").Look(); s != "final" && s != "" {
		return false
	}
	for c := range r.Node.Members() {
		switch {
		case everywhere[c.Key], c.Key == "status", c.Key == "code", c.Key == "category", c == value:
		case strings.HasPrefix(c.Key, "effective"):
			dated = true
		default:
			return false
		}
	}
	return !dated || value.Key != "valueQuantity" && value.Key != "valueInteger"
}

// observation gives the value as a measurement, its parts as a table, and
// sends what is not a measurement to its own section.
func observation(m *mapping) {
	root := m.res.Node
	m.place()
	value := m.measured(root)
	parts := m.components(root)
	for _, r := range root.Peek("referenceRange").List() {
		if m.item.Measurement != nil && len(root.Peek("referenceRange").List()) == 1 && only(r, "low", "high") {
			low, high := number(r.Path("low", "value")), number(r.Path("high", "value"))
			m.item.Measurement.Low, m.item.Measurement.High = low, high
		}
		m.add("", "Gewone waarden", m.span(r))
	}
	if len(parts) > 0 {
		m.table([]string{"Onderdeel", "Waarde", "Beoordeling"}, parts)
	}
	if value != "" && m.item.Measurement == nil {
		m.item.Body = append([]dossier.Block{{Kind: dossier.BlockField, Label: "Waarde", Text: value}}, m.item.Body...)
	}
	m.bloodPressure(root)
	var list []string
	for _, h := range root.Peek("hasMember").List() {
		list = append(list, member(m, h))
	}
	if len(list) > 0 {
		m.item.Body = append(m.item.Body, dossier.Block{Kind: dossier.BlockList, Label: "Bestaat uit", Entries: list})
	}
	if s := m.set.Find(m.res, root.Path("specimen", "reference").Look()); s != nil && s.parent == nil && s.Type == "Specimen" {
		m.used = append(m.used, s)
	}
}

// place tells reports, wounds and lab results from measurements.
func (m *mapping) place() {
	profile, category := m.profiles(), " "+m.codesAt("category")+" "
	switch {
	case strings.Contains(profile, "SOAP") || strings.Contains(profile, "JournalEntry"):
		m.item.Section, m.item.Kind = dossier.SectionReports, "consult"
	case strings.Contains(profile, "Wound") || strings.Contains(profile, "PressureUlcer") || strings.Contains(profile, "Stoma"):
		m.item.Section, m.item.Kind = dossier.SectionAids, "wond"
	case strings.Contains(profile, "Laboratory"), strings.Contains(category, " laboratory "), strings.Contains(category, " 49581000146104 "):
		m.item.Section, m.item.Kind = dossier.SectionMeasurements, "laboratorium"
	}
}

// measured reads value[x]. A number becomes a measurement that can be drawn in
// a series; its text keeps the digits as they came, but for a long tail that
// no device measures.
func (m *mapping) measured(root *tree.Node) string {
	for c := range root.Members() {
		if !strings.HasPrefix(c.Key, "value") {
			continue
		}
		if c.Key == "valueQuantity" || c.Key == "valueInteger" || c.Key == "valueDecimal" {
			return m.numeric(c)
		}
		return m.value(c)
	}
	return ""
}

func (m *mapping) numeric(n *tree.Node) string {
	raw := n
	if n.One().Kind == tree.Object {
		raw = n.One().Peek("value")
	}
	v := number(raw)
	comparator := n.One().Peek("comparator").Look()
	if v == nil {
		return m.words(n)
	}
	unit := ""
	text := raw.Look()
	if n.One().Kind == tree.Object {
		unit = m.unit(n.One())
		n.One().Peek("system").UseAll()
		if s := m.extensions(n.One()); s != "" {
			m.add("", "Bij de waarde", s)
		}
	}
	raw.One().Str()
	ms := &dossier.Measurement{Type: m.item.Title, Value: *v, Unit: unit}
	switch {
	case comparator != "":
		n.One().Peek("comparator").Str()
		ms.Text = orElse(comparators[comparator], comparator) + " " + decimal(text)
	case strings.ContainsAny(text, "eE") || len(text) <= 9:
	default:
		ms.Text = decimal(strconv.FormatFloat(*v, 'g', 5, 64))
		m.add("", "Waarde zoals geschreven", decimal(text))
	}
	m.item.Measurement = ms
	return join(" ", decimal(text), unit)
}

func number(n *tree.Node) *float64 {
	v, err := strconv.ParseFloat(n.Look(), 64)
	if err != nil || v != v || v > 1e300 || v < -1e300 {
		return nil
	}
	return &v
}

func (m *mapping) components(root *tree.Node) (rows [][]string) {
	for _, c := range root.Peek("component").List() {
		value := ""
		for v := range c.Members() {
			if strings.HasPrefix(v.Key, "value") {
				value = m.value(v)
			}
		}
		var ranges []string
		for _, r := range c.Peek("referenceRange").List() {
			ranges = append(ranges, m.span(r))
		}
		value = join("; ", value, m.words(c.Peek("dataAbsentReason")), m.extensions(c))
		rows = append(rows, []string{m.words(c.Peek("code")), value, join("; ", m.words(c.Peek("interpretation")), join(", ", ranges...))})
	}
	return rows
}

// bloodPressure makes one line of the two parts that everybody reads as one.
func (m *mapping) bloodPressure(root *tree.Node) {
	part := map[string]*tree.Node{}
	for _, c := range root.Peek("component").List() {
		for _, d := range c.Path("code", "coding").List() {
			part[d.Peek("code").Look()] = c.Path("valueQuantity", "value")
		}
	}
	high, low := first(part, "8480-6", "271649006"), first(part, "8462-4", "271650006")
	if v := number(high); v != nil && number(low) != nil && m.item.Measurement == nil {
		m.item.Measurement = &dossier.Measurement{Type: m.item.Title, Value: *v, Text: decimal(high.Look()) + "/" + decimal(low.Look()), Unit: "mmHg"}
	}
}

func first(part map[string]*tree.Node, codes ...string) *tree.Node {
	for _, c := range codes {
		if part[c] != nil {
			return part[c]
		}
	}
	return nil
}
