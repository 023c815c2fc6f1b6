package bulk

import (
	"strconv"
	"strings"

	"inzage/internal/source/fhir/tree"
)

// common are the types that belong to no patient. A Binary is one as well: it
// is found by the attachment that points at it.
var common = map[string]bool{
	"Practitioner": true, "PractitionerRole": true, "Organization": true, "Location": true, "Medication": true, "HealthcareService": true,
	"Endpoint": true, "Substance": true, "Questionnaire": true, "Binary": true, "ValueSet": true, "CodeSystem": true, "StructureDefinition": true, "PlanDefinition": true, "ActivityDefinition": true, "Library": true, "Measure": true,
}

// owners are the elements that name the patient. FHIR R4, compartment definition Patient.
var owners = []string{"subject", "patient", "beneficiary", "for"}

// rowOf makes the index's row of one resource.
func rowOf(n *tree.Node, off, size int64) row {
	kind, id := n.Get("resourceType").Peek(), n.Get("id").Peek()
	r := row{kind: kind, rank: rank(n.Get("meta")), off: off, len: size}
	switch kind {
	case "Bundle":
		r.gone = deletions(n)
		return r
	case "OperationOutcome":
		r.failed = serious(n)
		return r
	}
	if id == "" {
		id = "\x00" + strconv.FormatInt(off, 10) + kind // no id: its place stands for it
	}
	r.id = hash(kind + "/" + id)
	for _, i := range n.All("identifier") {
		if v := i.Get("value").Peek(); v != "" && (common[kind] || kind == "Patient") {
			r.names = append(r.names, kind+"?identifier="+i.Get("system").Peek()+"|"+v)
		}
	}
	switch ref := ownerOf(n, kind); {
	case kind == "Patient":
		r.owner = r.id
	case ref != "":
		r.owner = hash(ref)
	case common[kind]:
	case kind == "Device" && n.Get("patient") == nil:
	default:
		r.owner, r.links = nobody, about(n)
	}
	return r
}

// ownerOf is the reference to the patient, as Patient/id or as a search.
func ownerOf(n *tree.Node, kind string) string {
	for _, name := range owners {
		for _, ref := range n.All(name) {
			if s := patientRef(ref); s != "" {
				return s
			}
		}
	}
	for _, p := range n.All("participant") { // an Appointment
		if s := patientRef(p.Get("actor")); s != "" {
			return s
		}
	}
	if kind == "AuditEvent" || kind == "Provenance" {
		for _, path := range [][]string{{"entity", "what"}, {"target"}, {"agent", "who"}} {
			for _, a := range n.All(path[0]) {
				ref := a
				if len(path) > 1 {
					ref = a.Get(path[1])
				}
				if s := patientRef(ref); s != "" {
					return s
				}
			}
		}
	}
	return ""
}

func patientRef(ref *tree.Node) string {
	s, _, _ := strings.Cut(ref.Get("reference").Peek(), "/_history/")
	if strings.HasPrefix(s, "Patient?identifier=") {
		return s
	}
	parts := strings.Split(s, "/")
	if n := len(parts); n >= 2 && parts[n-2] == "Patient" {
		return "Patient/" + parts[n-1]
	}
	id := ref.Get("identifier")
	if v := id.Get("value").Peek(); s == "" && v != "" && ref.Get("type").Peek() == "Patient" {
		return "Patient?identifier=" + id.Get("system").Peek() + "|" + v
	}
	return ""
}

// about are the resources that a resource without a patient is about.
func about(n *tree.Node) []string {
	var out []string
	for _, name := range []string{"target", "focus", "entity", "encounter", "context", "basedOn", "partOf"} {
		for _, a := range n.All(name) {
			ref := a.Get("reference").Peek()
			if ref == "" {
				ref = a.At("what", "reference").Peek()
			}
			ref, _, _ = strings.Cut(ref, "/_history/")
			parts := strings.Split(ref, "/")
			if k := len(parts); k >= 2 {
				out = append(out, parts[k-2]+"/"+parts[k-1])
			}
		}
	}
	return out
}

// deletions are the resources that a transaction Bundle takes away.
func deletions(n *tree.Node) []string {
	var out []string
	for _, e := range n.All("entry") {
		if e.At("request", "method").Peek() == "DELETE" {
			out = append(out, e.At("request", "url").Peek())
		}
	}
	return out
}

func serious(n *tree.Node) bool {
	for _, i := range n.All("issue") {
		if s := i.Get("severity").Peek(); s == "error" || s == "fatal" {
			return true
		}
	}
	return false
}
