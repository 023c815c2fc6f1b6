package fhir

import (
	"errors"
	"sort"
	"strings"

	"inzage/internal/source/fhir/r4"
	"inzage/internal/source/fhir/tree"
)

var (
	errNobody = errors.New("no Patient, and no resource that says whose it is")
	errTwo    = errors.New("resources of several persons, and none of them is the client by a majority")
)

// owners are the elements that say whose a resource is (FHIR R4, the Patient
// compartment); the first that is there counts.
var owners = []string{"subject", "patient", "beneficiary", "for", "individual", "recommendation.patient"}

// An owner is whose a resource is, as far as it says so.
type owner int

const (
	unsaid  owner = iota // it names nobody
	ours                 // this client's
	theirs               // somebody else's
	unclear              // it names somebody, and it cannot be told whom
)

// A compartment tells whose resources are.
type compartment struct {
	set    *r4.Set
	client *r4.Resource // may be nil: then ref alone is known
	ref    string       // reference to the client as the resources write it
	many   bool         // the input holds other persons too
}

// subjectOf is the element of a resource that says whose it is, or nil.
func subjectOf(r *r4.Resource) *tree.Node {
	for _, name := range owners {
		if n := r.Node.Peek(name).One(); !n.Empty() {
			if t := n.Peek("type").Look(); name == "subject" && t != "" && t != "Patient" {
				continue
			}
			return n
		}
	}
	if r.Type == "Appointment" {
		for _, p := range r.Node.Peek("participant").List() {
			if a := p.Peek("actor"); strings.Contains(a.Path("reference").Look(), "Patient/") {
				return a
			}
		}
	}
	return nil
}

func refText(n *tree.Node) string {
	if n.Scalar() {
		return n.Look()
	}
	return n.Peek("reference").Look()
}

// findClient takes the one Patient, or the one that most resources are about.
func findClient(in *input, set *r4.Set) (*compartment, error) {
	c := &compartment{set: set}
	votes := map[string]int{}
	patients := 0
	for _, r := range in.list {
		if r.Type == "Patient" && in.newest(r) {
			patients++
			votes[r.Key] += 0
		}
		if n := subjectOf(r); n != nil {
			if t := set.Find(r, refText(n)); t != nil && t.Type == "Patient" {
				votes[t.Key]++
			} else if t == nil && strings.Contains(refText(n), "Patient") {
				votes[refText(n)]++
			}
		}
	}
	keys := make([]string, 0, len(votes))
	for k := range votes {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		return votes[a] > votes[b] || votes[a] == votes[b] && a < b
	})
	switch {
	case len(keys) == 0:
		return nil, errNobody
	case len(keys) > 1 && votes[keys[0]] == votes[keys[1]]:
		return nil, errTwo
	}
	c.ref, c.many = keys[0], len(keys) > 1
	for _, r := range in.list {
		if r.Key == c.ref && r.Type == "Patient" {
			c.client = r
		}
	}
	return c, nil
}

// newest reports whether r is not an older version of another.
func (in *input) newest(r *r4.Resource) bool { return !strings.Contains(r.Key, "@") }

// whose tells whose resource r is, and the reference when it is another's.
func (c *compartment) whose(r *r4.Resource) (owner, string) {
	if r.Type == "Patient" {
		if c.client != nil && (r == c.client || r.ID != "" && r.ID == c.client.ID) {
			return ours, ""
		}
		return theirs, r.Key
	}
	n := subjectOf(r)
	if n == nil {
		return unsaid, ""
	}
	ref := refText(n)
	t := c.set.Find(r, ref)
	switch {
	case t != nil && t == c.client:
		return ours, ""
	case t != nil && t.Type == "Patient":
		return theirs, t.Key
	case t != nil:
		return unsaid, "" // a device, a group, a place
	case ref != "" && ref == c.ref:
		return ours, ""
	case ref != "":
		return theirs, ref
	}
	return c.byIdentifier(n), ""
}

// byIdentifier knows the client by a number that the Patient bears too.
func (c *compartment) byIdentifier(n *tree.Node) owner {
	id := n.Peek("identifier").One()
	if c.client == nil || id.Empty() {
		return unclear
	}
	if r4.HasIdentifier(c.client, id.Peek("system").Look(), id.Peek("value").Look()) {
		return ours
	}
	return unclear
}

// shared are the types that are nobody's by themselves.
var shared = map[string]bool{
	"Practitioner": true, "PractitionerRole": true, "Organization": true, "Location": true, "HealthcareService": true, "Medication": true, "Substance": true, "Questionnaire": true, "Device": true, "DeviceDefinition": true, "Endpoint": true, "Binary": true, "Provenance": true, "AuditEvent": true, "List": true, "ValueSet": true, "CodeSystem": true, "StructureDefinition": true, "OperationOutcome": true, "Specimen": true,
}
