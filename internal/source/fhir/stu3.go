package fhir

import "inzage/internal/source/fhir/tree"

// renamed are the elements of STU3 under their R4 names, per type. A name is
// taken over only where R4's own does not stand as well. FHIR R4, "Differences".
var renamed = map[string]map[string]string{
	"Observation":         {"comment": "note", "context": "encounter"},
	"Goal":                {"status": "lifecycleStatus"},
	"CarePlan":            {"context": "encounter", "definition": "instantiatesCanonical"},
	"Procedure":           {"context": "encounter", "notDoneReason": "statusReason"},
	"DocumentReference":   {"indexed": "date", "class": "category"},
	"Binary":              {"content": "data"},
	"Consent":             {"consentingParty": "performer"},
	"Immunization":        {"date": "occurrenceDateTime", "practitioner": "performer", "explanation": "reasonCode"},
	"DeviceUseStatement":  {"whenUsed": "timingPeriod"},
	"MedicationRequest":   {"context": "encounter"},
	"MedicationStatement": {"reasonNotTaken": "statusReason"},
	"MedicationDispense":  {"notDoneReasonCodeableConcept": "statusReasonCodeableConcept"},
	"Communication":       {"context": "encounter", "notDoneReason": "statusReason", "definition": "instantiatesCanonical"},
	"Condition":           {"assertedDate": "recordedDate", "context": "encounter"},
	"AllergyIntolerance":  {"assertedDate": "recordedDate"},
	"DiagnosticReport":    {"context": "encounter", "image": "media", "codedDiagnosis": "conclusionCode"},
	"Encounter":           {"reason": "reasonCode"},
	"EpisodeOfCare":       {"careManager": "careManager"},
	"QuestionnaireResponse": {
		"context": "encounter", "parent": "partOf",
	},
	"RelatedPerson": {},
	"Media":         {"context": "encounter", "occurrenceDateTime": "createdDateTime"},
}

// types of STU3 that have another name in R4.
var renamedTypes = map[string]string{"ProcedureRequest": "ServiceRequest", "ReferralRequest": "ServiceRequest", "EligibilityResponse": "CoverageEligibilityResponse"}

// upgrade gives the elements of an STU3 resource their R4 names and shapes. What
// is R4 already stays as it is.
func upgrade(res *resource) {
	if t := renamedTypes[res.kind]; t != "" {
		res.kind = t
	}
	table := renamed[res.kind]
	for i := range res.node.Kids() {
		k := &res.node.Kids()[i]
		if to, ok := table[k.Name]; ok && res.node.Get(to) == nil {
			k.Rename(to)
		}
	}
	if f := reshape[res.kind]; f != nil {
		f(res.node)
	}
}

// reshape holds what is more than a name.
var reshape = map[string]func(n *tree.Node){
	"Condition":          func(n *tree.Node) { concept(n, "clinicalStatus"); concept(n, "verificationStatus") },
	"AllergyIntolerance": func(n *tree.Node) { concept(n, "clinicalStatus"); concept(n, "verificationStatus") },
	"Observation":        func(n *tree.Node) { noteText(n) },
	"Procedure": func(n *tree.Node) {
		notDone(n, "notDone")
		for _, p := range n.All("performer") {
			renameIn(p, "role", "function")
		}
	},
	"Immunization": func(n *tree.Node) { notDone(n, "notGiven") },
	"MedicationStatement": func(n *tree.Node) {
		if k := n.Get("taken"); k.Peek() == "n" {
			turn(n, k, "not-taken")
		}
	},
	"MedicationAdministration": func(n *tree.Node) { notDone(n, "notGiven") },
	"MedicationDispense":       func(n *tree.Node) { notDone(n, "notDone") },
	"Communication":            func(n *tree.Node) { notDone(n, "notDone") },
	"CarePlan": func(n *tree.Node) {
		for _, a := range n.All("activity") {
			renameIn(a.Get("detail"), "category", "kind")
			renameIn(a.Get("detail"), "prohibited", "doNotPerform")
		}
	},
	"Consent": func(n *tree.Node) {
		if p := n.Get("period"); p != nil && n.At("provision", "period") == nil {
			p.Rename("consentPeriod")
		}
	},
}

// renameIn gives an element its R4 name, unless that stands there too.
func renameIn(n *tree.Node, from, to string) {
	if k := n.Get(from); k != nil && n.Get(to) == nil {
		k.Rename(to)
	}
}

// concept makes a code a concept with that code.
func concept(n *tree.Node, name string) {
	if k := n.Get(name); k.Leaf() {
		k.Wrap("code")
		k.Wrap("coding")
	}
}

// noteText makes the one comment of STU3 an annotation.
func noteText(n *tree.Node) {
	if k := n.Get("note"); k.Leaf() {
		k.Wrap("text")
	}
}

// turn gives a resource the status that k says in STU3. Without a status to
// change, k itself becomes it: the "no" must never be lost.
func turn(n, k *tree.Node, status string) {
	switch s := n.Get("status"); {
	case s == nil:
		k.Rename("status")
		k.Set(status)
	case !s.Leaf():
		return // no status that can be read; k stays, and stops the item
	case s.Peek() != "entered-in-error":
		k.Read()
		s.Set(status)
	default:
		k.Read()
	}
}

// notDone: what STU3 says with a truth value R4 says with the status, and it
// must not be lost: it turns the meaning around.
func notDone(n *tree.Node, name string) {
	if k := n.Get(name); k.Peek() == "true" {
		turn(n, k, "not-done")
	} else if k.Peek() == "false" {
		k.Read()
	}
}
