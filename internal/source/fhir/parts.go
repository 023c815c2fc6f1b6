package fhir

import "inzage/internal/source/fhir/tree"

// partOf are the references whose target is shown inside the resource that
// points at it, and makes no item of its own.
var partOf = map[string][]string{
	"PractitionerRole":         {"practitioner"},
	"MedicationRequest":        {"medicationReference"},
	"MedicationStatement":      {"medicationReference"},
	"MedicationDispense":       {"medicationReference"},
	"MedicationAdministration": {"medicationReference"},
	"DeviceUseStatement":       {"device"},
	"Observation":              {"specimen"},
	"DiagnosticReport":         {"specimen"},
	"QuestionnaireResponse":    {"questionnaire"},
	"DocumentReference":        {},
}

// partKinds may be shown inside others; all else has an item of its own.
var partKinds = set("Practitioner", "Medication", "Device", "Specimen", "Questionnaire", "Binary", "Observation")

// parts marks the resources that r shows.
func (m *mapper) parts(r *resource) {
	for _, path := range partOf[r.kind] {
		for _, ref := range nodes(r.node, path) {
			m.take(ref, r)
		}
	}
	switch r.kind {
	case "Location": // one that only says whose it is, is told where it is used
		r.part = r.node.Get("name") == nil && r.node.Get("address") == nil && r.node.Get("telecom") == nil && r.node.Get("description") == nil
	case "Observation":
		for _, ref := range memberRefs(r.node) {
			if to := m.rec.find(ref, r); to != nil && to != r && to.kind == "Observation" && m.rec.open(r, to) && (undated(to.node) || together(r.node, to.node)) {
				to.part = true
			}
		}
	case "Composition":
		m.soapLines(r, r.node.All("section"))
	case "DocumentReference", "Media", "DiagnosticReport", "Consent", "Patient", "Communication":
		m.binaries(r, r.node)
	}
}

// take marks the target of a reference as shown inside what points at it.
func (m *mapper) take(ref *tree.Node, from *resource) {
	if to := m.rec.find(ref, from); to != nil && partKinds[to.kind] && to != from && m.rec.open(from, to) {
		to.part = true
	}
}

// together: a member of the same moment that is no number says nothing on its
// own; a number stays an item, for its series.
func together(parent, member *tree.Node) bool {
	p, m := parent.Choice("effective"), member.Choice("effective")
	return p.Leaf() && m.Leaf() && p.Peek() == m.Peek() && member.Get("valueQuantity") == nil && member.Get("valueInteger") == nil && parent.Choice("value") == nil
}

// undated reports whether an observation gives no moment of its own.
func undated(n *tree.Node) bool { return n.Choice("effective") == nil }

// soapLines: the lines of a SOAP report (nl-core-SOAPReport) are the report's text.
func (m *mapper) soapLines(r *resource, sections []*tree.Node) {
	for _, s := range sections {
		for _, ref := range s.All("entry") {
			to := m.rec.find(ref, r)
			if to != nil && to.kind == "Observation" && m.rec.open(r, to) && undated(to.node) && to.node.Get("valueString") != nil && s.At("text", "div") == nil {
				to.part = true
			}
		}
		m.soapLines(r, s.All("section"))
	}
}

// binaries: a Binary belongs to the attachment whose url names it.
func (m *mapper) binaries(r *resource, n *tree.Node) {
	if n.Kind == tree.Object {
		if to := m.binary(n, r); to != nil {
			to.part = true
		}
	}
	for i := range n.Kids() {
		if k := &n.Kids()[i]; k.Kind >= tree.List && k.Name != "contained" {
			m.binaries(r, k)
		}
	}
}

// binary is the Binary that an Attachment's url points at, if it is here.
func (m *mapper) binary(att *tree.Node, from *resource) *resource {
	u := att.Get("url").Peek()
	if u == "" {
		return nil
	}
	if id, ok := cutHash(u); ok {
		return contained(from, id)
	}
	for _, k := range refKeys(u) {
		if to := m.rec.by[k]; to != nil && to.kind == "Binary" && m.rec.open(from, to) {
			return to
		}
	}
	return nil
}

// cutHash is the id of a contained resource in a reference ("#id").
func cutHash(s string) (string, bool) {
	if len(s) > 0 && s[0] == '#' {
		return s[1:], true
	}
	return "", false
}

// open reports whether what a resource says may stand in an item that points at
// it: it bears no label of its own, and it is about no other patient. Of a
// resource that is not open the reference tells its own words alone; policy
// judges the resource by itself.
func (r *record) open(from, to *resource) bool {
	if len(labelsOf(to.node)) > 0 {
		return false
	}
	mine, its := r.subject(from), r.subject(to)
	return mine == nil || its == nil || mine == its || to.parent != nil
}

// subject is the Patient that a resource names as its own, if it is here.
func (r *record) subject(res *resource) *resource {
	for _, name := range owners {
		for _, ref := range res.node.All(name) {
			if to := r.find(ref, res); to != nil && to.kind == "Patient" {
				return to
			}
		}
	}
	return nil
}
