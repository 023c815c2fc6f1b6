package fhir

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// A mapper makes one client's items of a record.
type mapper struct {
	rec     *record
	opt     *Options
	patient *resource // whose record this is
	at      string    // where the record stands in the source
	made    []*cx
	denied  []denial
	links   map[string]string  // item id to the id of what it belongs to
	files   map[string]content // attachments by their path
	profile *Profile           // what was met, for whoever sets up a source; may be nil
}

// content is where an attachment's bytes are.
type content struct {
	data   string // base64, as in the input
	sha1   string // base64 of the SHA-1, when the source states one
	file   string // path below the source, for a file URL
	reason dossier.Reason
}

// items makes an item of every resource that is not shown inside another.
func (m *mapper) items() []dossier.Item {
	for _, r := range m.rec.all {
		m.parts(r)
	}
	m.denied = m.denials()
	for _, r := range m.rec.all {
		if !r.part {
			m.made = append(m.made, m.make(r))
		}
	}
	for _, r := range m.rec.all { // what nobody showed after all, such as parts that hold each other
		if r.part && !r.taken {
			r.part = false
			m.made = append(m.made, m.make(r))
		}
	}
	m.merge()
	m.versions()
	out := make([]dossier.Item, 0, len(m.made))
	for _, c := range m.made {
		if c.it.Unreadable == "" {
			c.leftOver()
		}
		c.guard()
		m.visibility(c)
		if to := m.links[c.it.ID]; to != "" && c.it.RelatesTo == "" {
			c.it.RelatesTo = to
		}
		out = append(out, *c.it)
	}
	return out
}

// versions lets the newest of several versions of one resource replace the
// others. Of equals the one that stands last is the newest.
func (m *mapper) versions() {
	newest := map[string]*cx{}
	for _, c := range m.made {
		if c.res.id == "" || c.res == m.patient {
			continue
		}
		name := c.res.kind + "/" + c.res.id
		old := newest[name]
		if old != nil && older(c.res.node, old.res.node) {
			c, old = old, c // what came last is the older: it goes below the newest
			c.it.Supersedes, old.it.Supersedes = old.it.ID, c.it.Supersedes
			continue
		}
		if old != nil {
			c.it.Supersedes = old.it.ID
		}
		newest[name] = c
	}
}

// older orders versions by their number, then by the moment of the change.
func older(a, b *tree.Node) bool {
	x, y := a.At("meta", "versionId").Peek(), b.At("meta", "versionId").Peek()
	if x != y {
		return len(x) < len(y) || len(x) == len(y) && x < y
	}
	p, ok := date(a.At("meta", "lastUpdated").Peek())
	q, both := date(b.At("meta", "lastUpdated").Peek())
	return both && (!ok || p.Compare(q) < 0)
}

// merge makes one item of people, organisations and places that the source gives
// over and over in the same words, or as a name alone beside one that says more;
// the later ones become parts of the first.
func (m *mapper) merge() {
	first, named := map[string]*cx{}, map[string]*cx{}
	mergeable := func(c *cx) bool {
		return c.it.Section == dossier.SectionTeam && shared[c.res.kind] && len(labelsOf(c.res.node)) == 0 && c.it.Unreadable == ""
	}
	for _, c := range m.made {
		if mergeable(c) && len(c.it.Body) > 0 && named[c.it.Title] == nil {
			named[c.it.Title] = c
		}
	}
	m.made = slices.DeleteFunc(m.made, func(c *cx) bool {
		if !mergeable(c) {
			return false
		}
		if one := named[c.it.Title]; one != nil && len(c.it.Body) == 0 && c.it.Date.IsZero() && c.it.Until.IsZero() && c.it.Status == one.it.Status {
			c.res.part = true
			for _, r := range append([]*resource{c.res}, c.parts...) {
				one.uses(r)
			}
			return true
		}
		key := fmt.Sprint(c.res.kind, c.it.Title, c.it.Date, c.it.Until, c.it.Status, c.it.Body)
		one := first[key]
		if one == nil {
			first[key] = c
			return false
		}
		c.res.part = true
		for _, r := range append([]*resource{c.res}, c.parts...) {
			one.uses(r)
		}
		return true
	})
}

// make is the item of one resource: its head, what its type needs, its status, its
// fields, remarks and narrative, and whose it is.
func (m *mapper) make(r *resource) *cx {
	it := &dossier.Item{ID: r.key, Section: dossier.SectionCare, Kind: "overige gegevens",
		Sources: []dossier.Source{{System: m.opt.System, Type: r.kind, ID: r.id, Version: r.node.At("meta", "versionId").Peek()}}}
	c := &cx{m: m, it: it, s: &generic}
	c.writer = &writer{rec: m.rec, res: r, use: c.uses}
	if r.bad != "" {
		it.Unreadable = r.bad
		return c
	}
	if s := specs[r.kind]; s != nil {
		c.s = s
	}
	it.Section, it.Kind = c.s.section, c.s.kind
	c.head()
	if c.s.shape != nil {
		c.s.shape(c)
	}
	if !c.written() {
		c.it.Title = upper(c.it.Title)
	}
	c.standing()
	for _, f := range c.s.fields {
		c.field(f)
	}
	c.notes()
	c.narrative()
	it.ClientRef = m.owner(r)
	return c
}

// uses notes that words of this item come from another resource.
func (c *cx) uses(r *resource) {
	if r.part && !slices.Contains(c.parts, r) {
		r.taken = true
		c.parts = append(c.parts, r)
	}
}

// head sets title, dates and author by the spec of the type.
func (c *cx) head() {
	c.it.Title = c.titleOf(c.s, c.n())
	if c.it.Title == "" {
		c.it.Title = upper(c.s.kind)
	}
	if c.s == &generic && (c.res.kind != "" && c.it.Title == upper(c.s.kind) || strings.HasSuffix(c.it.Title, bare)) {
		c.it.Title = typeName(c.res.kind)
	}
	c.it.Date, c.it.Until = c.when(c.s.date)
	if until := c.ends(); !until.IsZero() {
		c.it.Until = until
	}
	c.it.RecordedAt, _ = c.when(c.s.recorded)
	c.author()
}

// written reports whether somebody wrote the title, who decides on its capitals;
// the name of a code begins with one.
func (c *cx) written() bool {
	for _, p := range c.s.title {
		for _, n := range nodes(c.n(), p) {
			return n.Leaf() || n.Get("text") != nil && n.Get("text").Peek() != n.At("coding", "display").Peek()
		}
	}
	return false
}

// ends is the end that the spec's paths give: a date itself, or the end of a
// period; never the start of one.
func (c *cx) ends() dossier.Date {
	for _, p := range c.s.until {
		for _, n := range nodes(c.n(), p) {
			from, until := c.dates(n)
			if n.Leaf() {
				until = from
			}
			if !until.IsZero() {
				return until
			}
		}
	}
	return dossier.Date{}
}

// upper makes the first letter a capital.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if second, _ := utf8.DecodeRuneInString(s[n:]); r == utf8.RuneError || unicode.IsUpper(second) {
		return s // pH and eGFR have their capital already
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// when is the first date at one of the paths, and the end of its period. What is
// no date stays unread, so that it is shown as it was written.
func (c *cx) when(paths []string) (from, until dossier.Date) {
	for _, p := range paths {
		for _, n := range nodes(c.n(), p) {
			if from, until = c.dates(n); !from.IsZero() || !until.IsZero() {
				return from, until
			}
		}
	}
	return from, until
}

// dates are the start and end that an element gives: a date, a Period, an extension
// with either, or the first event of a Timing.
func (c *cx) dates(n *tree.Node) (from, until dossier.Date) {
	if n.Leaf() {
		if d, ok := date(n.Peek()); ok && (isDateName(n.Name) || n.Name == "") {
			n.Read()
			return d, until
		}
		return from, until
	}
	if v := n.Choice("value"); v != nil && n.Get("url") != nil { // an extension
		return c.dates(v)
	}
	if d, ok := date(n.Get("start").Peek()); ok {
		n.Text("start")
		from = d
	}
	if d, ok := date(n.Get("end").Peek()); ok {
		n.Text("end")
		until = d
	}
	if from.IsZero() {
		for _, e := range n.All("event") {
			if d, ok := date(e.Peek()); ok {
				return d, until
			}
		}
	}
	return from, until
}

// author is who wrote it; others at the same place are named as involved.
func (c *cx) author() {
	var rest []string
	for _, p := range c.s.author {
		for _, n := range nodes(c.n(), p) {
			a, origin := c.by(n)
			switch {
			case a == (dossier.Author{}):
			case c.it.Author == (dossier.Author{}):
				c.it.Author, c.it.Origin = a, origin
			default:
				rest = append(rest, join(", ", []string{a.Name, a.Role, a.Organisation}))
			}
		}
		if c.it.Author != (dossier.Author{}) {
			break
		}
	}
	c.add("Ook betrokken", rest)
}

// by makes an author of a reference, and says what kind of author.
func (c *cx) by(n *tree.Node) (dossier.Author, dossier.Origin) {
	if agent := n.Get("agent"); agent != nil { // STU3 put the person one step deeper
		n = agent
	}
	r := c.rec.find(n, c.res)
	text := c.words(n)
	if r == nil {
		if n.Get("reference") != nil && n.Get("display") == nil {
			return dossier.Author{}, "" // somebody who is not here; no address stands for a name
		}
		return dossier.Author{Name: text}, ""
	}
	o := &writer{rec: c.rec, res: r}
	switch r.kind {
	case "Patient":
		return dossier.Author{Name: text}, dossier.OriginClient
	case "RelatedPerson":
		return dossier.Author{Name: o.personName(r.node), Role: join(", ", o.texts(r.node, "relationship"))}, dossier.OriginRelative
	case "PractitionerRole":
		role := join(", ", o.texts(r.node, "code"))
		if role == "" {
			role = join(", ", o.texts(r.node, "specialty"))
		}
		org := join(", ", o.texts(r.node, "organization"))
		return dossier.Author{Name: o.words(r.node.Get("practitioner")), Role: role, Organisation: org}, dossier.OriginProfessional
	case "Practitioner":
		return dossier.Author{Name: text}, dossier.OriginProfessional
	case "Organization":
		return dossier.Author{Organisation: text}, dossier.OriginProfessional
	case "Device":
		return dossier.Author{Name: text}, dossier.OriginSystem
	}
	return dossier.Author{Name: text}, ""
}

// notes are remarks, in full.
func (c *cx) notes() {
	var out []string
	for _, n := range c.n().All("note") {
		if n.Leaf() {
			out = append(out, shown(n.String()))
		} else {
			out = append(out, c.annotation(n))
		}
	}
	c.add("Opmerking", out)
}

// owner is whose resource it is, as a reference to check: empty when it is this
// client's or nobody's, otherwise what the source says. Another client's
// resource is kept out by a hard stop.
func (m *mapper) owner(r *resource) dossier.ClientRef {
	if r == m.patient {
		return ""
	}
	if r.kind == "Patient" {
		return dossier.ClientRef("niet-deze-client " + r.key)
	}
	for _, name := range owners {
		for _, ref := range r.node.All(name) {
			if who := m.foreign(ref, r); who != "" {
				return who
			}
			if m.points(ref, r) {
				return ""
			}
		}
	}
	for _, p := range r.node.All("participant") {
		if m.points(p.Get("actor"), r) {
			return ""
		}
	}
	if m.patients() > 1 && !shared[r.kind] && !m.ownedByOthers(r) {
		return "niet-bekend-van-wie" // two clients in one file, and it does not say whose it is
	}
	return ""
}

// owners are the elements by which a resource belongs to a patient. FHIR R4, patient compartment.
var owners = []string{"subject", "patient", "beneficiary", "for"}

// foreign is the reference when it is to another patient than this client.
func (m *mapper) foreign(ref *tree.Node, from *resource) dossier.ClientRef {
	to := m.rec.find(ref, from)
	s := strings.TrimSpace(ref.Get("reference").Peek())
	switch {
	case to == m.patient && to != nil:
		return ""
	case to != nil && to.kind == "Patient" && to.parent == nil:
		return dossier.ClientRef("niet-deze-client " + to.key)
	case to != nil:
		return ""
	case s == "" || strings.HasPrefix(s, "urn:dropped"):
		return ""
	case !strings.Contains(s, "Patient/") && !strings.HasPrefix(s, "urn:") && !strings.Contains(s, "Patient?"):
		return ""
	case m.patient != nil && m.patient.id == "" && m.patient.url == "" && m.patients() == 1:
		return "" // the only patient of the file has no id to point at
	}
	return dossier.ClientRef("niet-deze-client " + s)
}

// points reports whether a reference leads to this client.
func (m *mapper) points(ref *tree.Node, from *resource) bool {
	return m.patient != nil && m.rec.find(ref, from) == m.patient
}

// patients counts the Patients of the file.
func (m *mapper) patients() int {
	n := 0
	for _, r := range m.rec.all {
		if r.kind == "Patient" {
			n++
		}
	}
	return n
}

// ownedByOthers reports whether r is about no patient but about other resources,
// as Provenance is.
func (m *mapper) ownedByOthers(r *resource) bool {
	return r.kind == "Provenance" || r.kind == "Questionnaire" || r.kind == "Binary"
}
