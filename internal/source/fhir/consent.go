package fhir

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// Section 16: what a client has agreed to and what may not be done.
var consentSpecs = map[string]*spec{
	"Consent": {
		section: dossier.SectionConsents, kind: "toestemming",
		title: []string{"provision.code", "category", "scope"}, date: []string{"dateTime", "consentPeriod", "provision.period"},
		until: []string{"provision.period"}, author: []string{"performer"}, shape: consent,
		fields: []string{"organization", "policyRule=Regeling", "ext:Comment", "sourceReference=Hoort bij", "verification"},
		admin:  []string{"scope", "category", "policy"},
	},
	"Contract": {
		section: dossier.SectionConsents, kind: "overeenkomst",
		title: []string{"title", "type", "topic[x]"}, date: []string{"issued", "applies"}, status: true,
	},
}

// consent tells a treatment directive, an advance directive and a consent about
// data apart, and says YES or NO so that nobody can misread it.
func consent(c *cx) {
	n := c.n()
	scope := n.At("scope", "coding", "code").Peek()
	switch {
	case profile(n, "TreatmentDirective") || scope == "treatment" || hasCategory(n, "129125009", "11291000146105") || len(withURL(n, "modifierExtension", "TreatmentPermitted")) > 0:
		c.directive()
	case profile(n, "AdvanceDirective") || scope == "adr":
		c.advance()
	default:
		c.dataConsent()
	}
	if a := n.Get("sourceAttachment"); a != nil {
		c.attach(a)
	}
	c.provision(n.Get("provision"), 0)
	for _, name := range []string{"scope", "category"} {
		n.Get(name).Read()
	}
}

// directive: may this treatment be given? zib BehandelAanwijzing (2017 and 2020).
func (c *cx) directive() {
	n := c.n()
	c.it.Kind, c.it.Alert = "behandelaanwijzing", n.Get("status").Peek() == "active"
	what := firstText(join(", ", c.texts(n, "provision.code")), join(", ", c.texts(n, "ext:zib-TreatmentDirective-Treatment")), join(", ", c.texts(n, "ext:Treatment")), "behandeling")
	answer := ""
	for _, x := range withURL(n, "modifierExtension", "TreatmentPermitted") {
		answer = permitted(x, c.extension(x))
	}
	for _, x := range withURL(n, "modifierExtension", "SpecificationOther") {
		answer = join(", ", []string{answer, "ANDERS: " + c.extension(x)})
	}
	if answer == "" {
		answer = map[string]string{"permit": "JA", "deny": "NEE"}[n.At("provision", "type").Peek()]
	}
	if e := n.Get("except"); e != nil && answer != "NEE" { // STU3: the exceptions make a yes a conditional yes
		answer = join(", ", []string{answer, "met uitzonderingen: " + c.words(e)})
	}
	if answer == "" {
		c.stop("behandelaanwijzing-zonder-antwoord")
		answer = "niet bekend of dit mag"
	}
	c.it.Title = upper(what) + ": " + answer
	c.warnDirective(what, answer)
	c.field("provision.ext:TreatmentDirective2.ReasonForEnding=Waarom gestopt")
}

// hasCategory reports whether a resource bears one of these category codes.
func hasCategory(n *tree.Node, codes ...string) bool {
	for _, k := range nodes(n, "category.coding") {
		for _, code := range codes {
			if k.Get("code").Peek() == code {
				return true
			}
		}
	}
	return false
}

// permitted is the answer of the zib's modifier in capitals, however the source
// writes it: a "Nee" must never be passed over.
func permitted(x *tree.Node, words string) string {
	code := x.At("valueCodeableConcept", "coding", "code").Peek()
	for _, s := range []string{code, words} {
		switch strings.ToUpper(strings.TrimSpace(s)) {
		case "NEE", "NO", "N":
			return "NEE"
		case "JA", "YES", "J":
			return "JA"
		case "JA_MAAR":
			return "JA, maar met beperkingen"
		}
	}
	return words
}

// warnDirective puts the answer where nobody can miss it.
func (c *cx) warnDirective(what, answer string) {
	first, _, _ := strings.Cut(answer, ",")
	switch s := c.n().Get("status").Peek(); {
	case s == "inactive" || s == "rejected":
		c.warn("Geldt niet meer", "Deze afspraak geldt niet meer. Zij was: "+answer+".")
	case strings.HasPrefix(first, "NEE"):
		c.warn(upper(what)+": NEE", "NEE. Deze behandeling mag NIET worden gegeven: "+what+".")
	case strings.Contains(answer, "ANDERS") || strings.Contains(answer, "maar") || strings.Contains(answer, "uitzondering"):
		c.warn(upper(what), "Deze behandeling mag alleen met voorwaarden. "+answer+".")
	case strings.HasPrefix(first, "JA"):
		c.add("Mag deze behandeling?", []string{"JA"})
	default:
		c.add("Mag deze behandeling?", []string{answer})
	}
}

// advance is what the client has laid down beforehand: zib Wilsverklaring.
func (c *cx) advance() {
	n := c.n()
	c.it.Kind = "wilsverklaring"
	what := join(", ", c.texts(n, "provision.code"))
	if what == "" {
		what = join(", ", c.texts(n, "category"))
	}
	c.it.Title = "Wilsverklaring: " + what
	for _, k := range nodes(n, "provision.code.coding") {
		switch k.Get("code").Peek() {
		case "VOL", "DO", "OV", "LW": // a power of attorney or a wish is no warning
			continue
		}
		c.it.Alert = n.Get("status").Peek() == "active"
		if k.Get("code").Peek() == "NR" {
			c.warn("Reanimeren: NEE", "NEE. De cliënt wil NIET gereanimeerd worden.")
		}
	}
	c.add("Aandoening", c.texts(n, "ext:AdvanceDirective.Disorder"))
	if u := n.At("policy", "uri").Peek(); u != "" {
		n.At("policy", "uri").Read()
	}
}

// dataConsent is about the use of data; what it forbids is also applied (see denials).
func (c *cx) dataConsent() {
	answer := ""
	switch c.n().At("provision", "type").Peek() {
	case "permit":
		answer = "toestemming gegeven"
	case "deny":
		answer = "NEE, geen toestemming"
	}
	what := firstText(join(", ", c.texts(c.n(), "provision.code")), join(", ", c.texts(c.n(), "scope")), "toestemming")
	c.it.Title = join(": ", []string{upper(what), answer})
}

// provision writes who and what it is about; exceptions are named as exceptions.
func (c *cx) provision(p *tree.Node, depth int) {
	if p == nil || depth > 5 {
		return
	}
	p.Text("type")
	c.add("Geldt", c.texts(p, "period"))
	for _, a := range p.All("actor") {
		c.add("Afgesproken met", []string{join(", ", []string{c.words(a.Get("reference")), roleWords(c, a)})})
	}
	for _, f := range []string{"action=Handeling", "class=Soort gegevens", "purpose=Doel", "securityLabel=Vertrouwelijkheid", "data=Gegevens", "dataPeriod=Gegevens uit de periode"} {
		path, name, _ := strings.Cut(f, "=")
		c.add(name, c.texts(p, path))
	}
	if depth > 0 {
		c.add("Het gaat om", c.texts(p, "code"))
	}
	for _, inner := range p.All("provision") {
		word := map[string]string{"permit": "Uitzondering: dit mag wel", "deny": "Uitzondering: dit mag niet"}[inner.Get("type").Peek()]
		if word == "" {
			word = "Uitzondering"
		}
		c.warn(word, c.inner(inner))
	}
}

// inner is an exception as one sentence; a modifier in it stays unread.
func (c *cx) inner(p *tree.Node) string {
	p.Text("type")
	return c.members(p)
}

// roleWords is the role of an actor, but not of who consents: that is who it is by.
func roleWords(c *cx, a *tree.Node) string {
	switch a.At("role", "coding", "code").Peek() {
	case "CONSENTER", "RESPRSN":
		a.Get("role").Read()
		return ""
	}
	return join(", ", c.texts(a, "role"))
}

// A denial is a consent about data that forbids to show something.
type denial struct {
	refs    map[*resource]bool
	classes map[string]bool
	labels  map[string]bool
	all     bool
	family  bool // only family may not see it
}

// denials are what the client's own consents forbid, as far as it can be told
// which resources they mean. What has exceptions is left to a person.
func (m *mapper) denials() []denial {
	var out []denial
	for _, r := range m.rec.all {
		n := r.node
		if r.bad != "" || r.kind != "Consent" || n.Get("status").Peek() != "active" || n.At("scope", "coding", "code").Peek() != "patient-privacy" {
			continue
		}
		for _, p := range append(n.All("provision"), nodes(n, "provision.provision")...) {
			if p.Get("type").Peek() == "deny" {
				out = append(out, m.denial(p, r))
			}
		}
	}
	return out
}

// denial is what one provision of type deny keeps from whom. FHIR R4, Consent.provision:
// what is not narrowed counts for all.
func (m *mapper) denial(p *tree.Node, from *resource) denial {
	d := denial{refs: map[*resource]bool{}, classes: map[string]bool{}, labels: map[string]bool{}}
	for _, x := range p.All("data") {
		d.refs[m.rec.find(x.Get("reference"), from)] = true
	}
	for _, x := range p.All("class") {
		d.classes[x.Get("code").Peek()] = true
	}
	for _, x := range p.All("securityLabel") {
		d.labels[x.Get("code").Peek()] = true
	}
	for _, a := range p.All("actor") {
		if to := m.rec.find(a.Get("reference"), from); to != nil && to.kind == "RelatedPerson" || a.At("role", "coding", "code").Peek() == "FAMMEMB" {
			d.family = true
		}
	}
	d.all = len(d.refs)+len(d.classes)+len(d.labels) == 0
	return d
}

// hits reports whether a denial covers a resource: by its id, its label or its kind.
func (d denial) hits(r *resource) bool {
	if d.all || d.refs[r] || d.classes[r.kind] {
		return true
	}
	for _, s := range r.node.At("meta").All("security") {
		if d.labels[s.Get("code").Peek()] {
			return true
		}
	}
	return false
}
