package r4

// stu3 gives elements of STU3 their R4 names, per type.
// Where only the shape changed (a code became a concept) nothing is needed:
// the reading of words takes either.
var stu3 = map[string]map[string]string{
	"Observation":         {"comment": "note", "context": "encounter"},
	"Goal":                {"status": "lifecycleStatus"},
	"CarePlan":            {"context": "encounter"},
	"Condition":           {"context": "encounter", "assertedDate": "recordedDate"},
	"AllergyIntolerance":  {"assertedDate": "recordedDate"},
	"Procedure":           {"context": "encounter", "notDoneReason": "statusReason"},
	"ServiceRequest":      {"context": "encounter"},
	"Communication":       {"context": "encounter", "notDoneReason": "statusReason"},
	"DeviceUseStatement":  {"whenUsed": "timingPeriod", "indication": "reasonCode"},
	"DocumentReference":   {"indexed": "date", "class": "category"},
	"Consent":             {"consentingParty": "performer", "except": "provision"},
	"Immunization":        {"date": "occurrenceDateTime", "practitioner": "performer"},
	"MedicationStatement": {"reasonNotTaken": "statusReason"},
	"MedicationDispense":  {"notDoneReasonCodeableConcept": "statusReasonCodeableConcept"},
	"Binary":              {"content": "data"},
	"NutritionOrder":      {"context": "encounter"},
	"Media":               {"occurrenceDateTime": "createdDateTime", "context": "encounter"},
	"Device":              {"udi": "udiCarrier"},
	"DiagnosticReport":    {"context": "encounter", "codedDiagnosis": "conclusionCode", "image": "media"},
	"ClinicalImpression":  {"context": "encounter"},
}

// retyped are resource types that R4 calls otherwise.
var retyped = map[string]string{"ProcedureRequest": "ServiceRequest", "ReferralRequest": "ServiceRequest"}

// modernise gives a resource its R4 type and names. Some names changed their
// meaning and are renamed only when the value has the old shape.
func modernise(r *Resource) {
	if to := retyped[r.Type]; to != "" {
		r.Type = to
	}
	r.Node.Rename(stu3[r.Type])
	switch r.Type {
	case "CarePlan":
		for _, a := range r.Node.Peek("activity").List() {
			a.Peek("detail").One().Rename(map[string]string{"category": "kind"})
		}
	case "Procedure":
		for _, p := range r.Node.Peek("performer").List() {
			p.Rename(map[string]string{"role": "function"})
		}
	}
}
