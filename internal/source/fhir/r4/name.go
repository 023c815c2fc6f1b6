package r4

import (
	"strings"

	"inzage/internal/source/fhir/tree"
)

// name gives a person's name as one is spoken to.
func (m *mapping) name(n *tree.Node) string {
	s := FullName(n)
	use := n.Peek("use").Str()
	if use == "usual" && n.Peek("family") == nil && n.Peek("text") == nil {
		use = "nickname"
	}
	return join(" ", s, bracket(simple["name:"+use]), bracket(m.period(n.Peek("period"))))
}

// FullName is a HumanName written out: its text, or prefix, given names and
// family name. The Dutch parts of a family name (own prefix, partner's name)
// are already in "family"; they count as read.
func FullName(n *tree.Node) string {
	n = n.One()
	if n.Scalar() {
		return n.Str()
	}
	text := n.Peek("text").Str()
	for _, k := range []string{"_family", "_given", "_prefix", "_suffix", "extension"} {
		n.Peek(k).UseAll()
	}
	given := givenNames(n)
	parts := append(each(n, "prefix"), given, n.Peek("family").Str())
	long := join(" ", append(parts, each(n, "suffix")...)...)
	if text != "" {
		return text
	}
	return long
}

func each(n *tree.Node, name string) []string {
	var out []string
	for _, c := range n.Peek(name).List() {
		out = append(out, c.Str())
	}
	return out
}

// givenNames are the full names when there are any, else the initials; the
// list and its siblings keep their positions, also past a null.
func givenNames(n *tree.Node) string {
	var side []*tree.Node
	for c := range n.Peek("_given").Members() {
		side = append(side, c)
	}
	var full, initials []string
	i := 0
	for c := range members(n.Peek("given")) {
		kind := ""
		if i < len(side) {
			kind = qualifier(side[i])
		}
		i++
		s := c.Str()
		switch {
		case s == "":
		case kind == "IN":
			initials = append(initials, s)
		case kind == "CL": // the call name
		default:
			full = append(full, s)
		}
	}
	if len(full) > 0 {
		return strings.Join(full, " ")
	}
	return strings.Join(initials, "")
}

// members is the elements of an array, or the value itself.
func members(n *tree.Node) func(func(*tree.Node) bool) {
	if n != nil && n.Kind != tree.Array {
		return func(yield func(*tree.Node) bool) { yield(n) }
	}
	return n.Members()
}

// CallName is the name somebody wants to be called by (qualifier CL).
func CallName(n *tree.Node) string {
	i := 0
	var given []*tree.Node
	for c := range members(n.Peek("given")) {
		given = append(given, c)
	}
	for c := range n.Peek("_given").Members() {
		if qualifier(c) == "CL" && i < len(given) {
			return given[i].Str()
		}
		i++
	}
	return ""
}

func qualifier(n *tree.Node) string {
	for _, e := range n.Path("extension").List() {
		if strings.HasSuffix(e.Peek("url").Look(), "iso21090-EN-qualifier") {
			return e.Peek("valueCode").Look()
		}
	}
	return ""
}

// BestName picks the name to show: usual, then official, then the first that
// is not old.
func BestName(n *tree.Node) *tree.Node {
	list := n.Peek("name").List()
	for _, use := range []string{"usual", "official", ""} {
		for _, c := range list {
			if c.Peek("use").Look() == use && (use == "official" || c.Peek("family") != nil || c.Peek("text") != nil) {
				return c
			}
		}
	}
	for _, c := range list {
		if u := c.Peek("use").Look(); u != "old" && u != "nickname" {
			return c
		}
	}
	if len(list) > 0 {
		return list[0]
	}
	return nil
}

// reference gives what a reference points at in words: its display, or the
// name of the resource when it is at hand. It is never fetched.
func (m *mapping) reference(n *tree.Node) string {
	if n.Scalar() {
		return n.Str()
	}
	ref, display := n.Peek("reference").Str(), n.Peek("display").Str()
	n.Peek("type").UseAll()
	id := n.Peek("identifier")
	target := m.set.Find(m.res, ref)
	rest := m.extensions(n)
	words := ""
	if target != nil && m.open(target) {
		words = m.nameOf(target)
	}
	if words == "" {
		words = display
	}
	if words == "" {
		words = m.absent(n.Peek("_reference"))
	}
	if words == "" {
		words = id.Peek("value").Look()
	}
	id.UseAll()
	if words == "" && ref != "" {
		words = "niet in deze gegevens"
	}
	return join("; ", words, rest)
}

// open reports whether what a resource says may stand in an item that refers
// to it: it bears no mark of its own, and is not another person's. A resource
// that is not open is named by the reference's own words alone.
func (m *mapping) open(r *Resource) bool {
	if r.Node.Path("meta", "security") != nil || r.Node.Peek("securityLabel") != nil {
		return false
	}
	mine, its := m.subject(m.res), m.subject(r)
	return mine == nil || its == nil || mine == its
}

// subject is the Patient that a resource is about, when it is at hand.
func (m *mapping) subject(r *Resource) *Resource {
	for _, name := range []string{"subject", "patient", "beneficiary"} {
		if t := m.set.Find(r, r.Node.Path(name, "reference").Look()); t != nil && t.Type == "Patient" {
			return t
		}
	}
	return nil
}

// nameOf says what a resource is, in a few words, without counting it as read.
func (m *mapping) nameOf(r *Resource) string {
	if m.depth++; m.depth > 8 {
		m.depth--
		return ""
	}
	defer func() { m.depth-- }()
	name, known := m.set.names[r]
	if !known {
		m.set.names[r] = "" // a ring of references ends here
		name = m.naming(r)
		m.set.names[r] = name
	}
	return name
}

func (m *mapping) naming(r *Resource) string {
	side := &mapping{set: m.set, res: r, depth: m.depth}
	switch r.Type {
	case "Patient", "RelatedPerson", "Person", "Practitioner":
		return peekName(r)
	case "PractitionerRole":
		return join(", ", side.peekWords("practitioner"), side.peekWords("code", "specialty"), side.peekWords("organization"))
	case "Location":
		return orElse(r.Node.Peek("name").Look(), side.peekWords("managingOrganization", "description"))
	case "Organization", "CareTeam", "HealthcareService", "Group":
		return r.Node.Peek("name").Look()
	case "Questionnaire", "Composition", "DocumentReference", "CarePlan":
		return side.peekWords("title", "description", "type", "category")
	case "Goal":
		return side.peekWords("description")
	case "Medication":
		return side.peekWords("code")
	case "Device":
		return side.peekWords("deviceName", "type")
	case "Immunization":
		return side.peekWords("vaccineCode")
	}
	return side.peekWords("code", "type", "medicationCodeableConcept", "description", "category", "class")
}

func peekName(r *Resource) string { return lookName(BestName(r.Node)) }

// lookName is FullName without counting anything as read.
func lookName(n *tree.Node) string {
	if n == nil {
		return ""
	}
	c, err := tree.Parse(n.Raw())
	if err != nil {
		return ""
	}
	return FullName(c)
}

// peekWords is the words of the first element that has any, leaving the
// resource itself unread.
func (m *mapping) peekWords(names ...string) string {
	for _, name := range names {
		n := m.res.Node.Peek(name)
		if n == nil {
			continue
		}
		if c, err := tree.Parse(n.Raw()); err == nil {
			if s := m.words(c); s != "" {
				return s
			}
		}
	}
	return ""
}
