package r4

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// A Result is one resource as an item of a dossier.
type Result struct {
	Item     dossier.Item
	Left     []string    // paths of elements that stand in "Overige gegevens"
	Notes    []string    // faults that were tolerated, as short codes
	Stops    []string    // why the item is not shown as a fact
	Used     []*Resource // resources of the set whose content is part of the item
	Unmapped bool        // no mapping for this type: all of it stands in "Overige gegevens"
}

// Words of blocks that the program itself adds.
const (
	otherTitle  = "Overige gegevens"
	stopWarning = "Bij dit gegeven staat een aanvulling die de betekenis kan veranderen en die dit programma niet kent. Lees het niet als vaststaand."
	ruleWarning = "Voor dit gegeven gelden afspraken die dit programma niet kent (implicitRules)."
)

// Map turns one resource of a set into an item. It never fails: a resource it
// cannot read has Item.Unreadable set.
func Map(set *Set, r *Resource) Result {
	m := &mapping{set: set, res: r, item: &dossier.Item{}}
	it := m.item
	it.Sources = []dossier.Source{{Type: r.Type, ID: r.ID, Version: r.Node.Path("meta", "versionId").Look()}}
	it.Origin = dossier.OriginProfessional
	if r.Type == "" {
		it.Section, it.Unreadable = dossier.SectionDocuments, "geen-fhir-resource"
		return Result{Item: *it}
	}
	sp, ok := specs[r.Type]
	if !ok {
		sp = spec{section: dossier.SectionDocuments, kind: r.Type, title: []string{"title", "name", "code", "type"}, date: []string{"date", "created", "authoredOn"}}
		m.stop("onbekend-type")
	}
	it.Section, it.Kind = sp.section, sp.kind
	m.head(sp)
	for _, w := range sp.rows {
		m.row(w)
	}
	if sp.extra != nil {
		sp.extra(m)
	}
	m.status()
	m.negations()
	m.narrative(sp)
	m.leftovers(sp)
	m.fold()
	m.modifiers()
	return Result{Item: *it, Left: m.left, Notes: m.notes, Stops: m.stops, Used: m.used, Unmapped: !ok}
}

// A format gives an element in words.
type format func(*mapping, *tree.Node) string

// A row puts one element into the item.
type row struct {
	label string // empty: the element's own word
	path  string // names with points; "[x]" at the end takes any type
	as    format // nil: by its shape
	shape dossier.BlockKind
}

// A spec says how a resource type becomes an item.
type spec struct {
	section                       dossier.Section
	kind                          string
	title                         []string
	date, until, recorded, author []string
	rows                          []row
	quiet                         []string // elements for machines alone, deliberately not shown
	extra                         func(*mapping)
}

// find gives the elements at a path, lists opened up.
func (m *mapping) find(path string) []*tree.Node {
	at := []*tree.Node{m.res.Node}
	for path != "" {
		var name string
		name, path, _ = strings.Cut(path, ".")
		var next []*tree.Node
		for _, n := range at {
			for _, o := range n.List() {
				next = step(next, o, name)
			}
		}
		at = next
	}
	var out []*tree.Node
	for _, n := range at {
		out = append(out, n.List()...)
	}
	return out
}

func step(out []*tree.Node, n *tree.Node, name string) []*tree.Node {
	base, choice := strings.CutSuffix(name, "[x]")
	if !choice {
		if c := n.Peek(name); c != nil {
			return append(out, c)
		}
		return out
	}
	for c := range n.Members() {
		if rest, ok := strings.CutPrefix(c.Key, base); ok && (rest == "" || rest[0] >= 'A' && rest[0] <= 'Z') {
			out = append(out, c)
		}
	}
	return out
}

// text gives an element of a path in words; dates are known by their name.
func (m *mapping) text(n *tree.Node, as format) string {
	if as != nil {
		return as(m, n)
	}
	switch {
	case strings.HasSuffix(n.Key, "DateTime"), strings.HasSuffix(n.Key, "Date"), n.Key == "date", n.Key == "issued", n.Key == "created", n.Key == "sent", n.Key == "received", n.Key == "authored", n.Key == "lastOccurrence":
		return m.dateWords(n)
	}
	return m.words(n)
}

func (m *mapping) row(w row) {
	label := w.label
	if label == "" {
		label = labelOf(strings.TrimSuffix(w.path[strings.LastIndexByte(w.path, '.')+1:], "[x]"))
	}
	var parts []string
	for _, n := range m.find(w.path) {
		parts = append(parts, m.text(n, w.as))
	}
	if len(parts) == 0 && !strings.Contains(w.path, ".") {
		parts = append(parts, m.absent(m.res.Node.Peek("_"+w.path)))
	}
	sep := "; "
	if w.shape == dossier.BlockText {
		sep = "\n\n"
	}
	m.add(w.shape, label, join(sep, parts...))
}

// add puts a block with a text into the item.
func (m *mapping) add(shape dossier.BlockKind, label, text string) {
	if text == "" {
		return
	}
	if shape == "" {
		shape = dossier.BlockField
	}
	if shape == dossier.BlockWarning {
		label = ""
	}
	m.item.Body = append(m.item.Body, dossier.Block{Kind: shape, Label: label, Text: text})
}

// warn puts a warning before all else.
func (m *mapping) warn(text string) {
	m.item.Body = append([]dossier.Block{{Kind: dossier.BlockWarning, Text: text}}, m.item.Body...)
}

func (m *mapping) stop(why string) { m.stops = append(m.stops, why) }

// head fills title, dates and author.
func (m *mapping) head(sp spec) {
	it := m.item
	for _, p := range sp.title {
		if it.Title = m.first(p); it.Title != "" {
			break
		}
	}
	if best := BestName(m.res.Node); len(sp.title) > 0 && sp.title[0] == "name" && best != nil && best.Kind == tree.Object {
		it.Title = FullName(best)
	}
	it.Date, _ = m.moment(sp.date, "Datum, zoals geschreven")
	it.Until = m.ending(sp)
	it.RecordedAt, _ = m.moment(sp.recorded, "Vastgelegd, zoals geschreven")
	for _, p := range sp.author {
		if m.author(p) {
			break
		}
	}
}

func (m *mapping) first(path string) string {
	var parts []string
	for _, n := range m.find(path) {
		parts = append(parts, m.text(n, nil))
	}
	return join(", ", parts...)
}

// moment is the first date at one of the paths; of a period its start. What is
// no date stands as written in a row, with a note for the profile.
func (m *mapping) moment(paths []string, label string) (dossier.Date, string) {
	for _, p := range paths {
		for _, n := range m.find(p) {
			if n.Kind == tree.Object {
				if s := n.Peek("start"); s != nil {
					n = s
				} else {
					continue
				}
			}
			raw := n.Look()
			if d := m.date(n, label); !d.IsZero() || raw != "" {
				return d, raw
			}
		}
	}
	return dossier.Date{}, ""
}

// date reads a scalar as a date.
func (m *mapping) date(n *tree.Node, label string) dossier.Date {
	raw := n.Str()
	d, err := dossier.ParseDate(raw)
	if err != nil {
		m.note("geen-datum")
		m.add("", label, raw)
		return dossier.Date{}
	}
	if zoneless(raw) {
		m.note("tijd-zonder-zone")
	}
	return d
}

// ending is the end of the same period that gave the date, or of a path of its own.
func (m *mapping) ending(sp spec) dossier.Date {
	for _, p := range append(append([]string{}, sp.until...), sp.date...) {
		for _, n := range m.find(p) {
			switch {
			case n.Kind == tree.Object && n.Peek("end") != nil:
				return m.date(n.Peek("end"), "Einde, zoals geschreven")
			case n.Scalar() && contains(sp.until, p):
				return m.date(n, "Einde, zoals geschreven")
			}
		}
	}
	return dossier.Date{}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// folds are the types whose content goes into the item that is about them.
var folds = map[string]bool{"Medication": true, "Device": true, "Specimen": true, "Practitioner": true}

// fold gives the content of the product or device that the item is about; it
// is then part of the item and needs none of its own.
func (m *mapping) fold() {
	for _, r := range m.used {
		if !folds[r.Type] || !m.open(r) {
			continue
		}
		n, err := tree.Parse(r.Node.Raw()) // read anew: others may fold it too
		if err == nil {
			c := New(n, r.FullURL)
			c.Key = r.Key
			m.shown(c)
		}
	}
}

// Folds reports whether a resource of this type may become part of the item
// that uses it.
func Folds(kind string) bool {
	return folds[kind] || kind == "Binary" || kind == "Questionnaire" || kind == "Observation"
}
