package fhir

import (
	"strings"
	"testing"

	"inzage/internal/dossier"
)

// theX is the item that a resource with the id x becomes.
func theX(t *testing.T, resource string) *dossier.Item {
	t.Helper()
	items := load(t, resource)
	for i := range items {
		if strings.HasSuffix(items[i].ID, "/x") {
			return &items[i]
		}
	}
	t.Fatalf("no item of %s", resource)
	return nil
}

func TestTheWordsOfDutchRecords(t *testing.T) {
	for name, c := range map[string]struct{ resource, want, never string }{
		"a scale's answer":        {`{"resourceType":"Observation","id":"x","status":"final","subject":{"reference":"Patient/p1"},"code":{"text":"Score"},"component":[{"code":{"coding":[{"display":"ComfortScore Kalmte_Agitatie"}]},"valueCodeableConcept":{"coding":[{"system":"urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.20.2","code":"Calm2","display":"Slightly anxious"}]}}]}`, "Kalm of onrustig: een beetje angstig", "anxious"},
		"one word for two":        {`{"resourceType":"Observation","id":"x","status":"final","subject":{"reference":"Patient/p1"},"code":{"text":"Score"},"component":[{"code":{"coding":[{"display":"SNAQScore EetlustScore"}]},"valueCodeableConcept":{"coding":[{"system":"urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.5.2","code":"B1","display":"GeenEetlust"}]}}]}`, "Eetlust: geen eetlust", "GeenEetlust"},
		"an abbreviation":         {`{"resourceType":"Observation","id":"x","status":"final","subject":{"reference":"Patient/p1"},"code":{"text":"Score"},"component":[{"code":{"coding":[{"display":"MUSTScore BMIScore"}]},"valueString":"laag"}]}`, "BMI: laag", "B m i"},
		"a restraint":             {`{"resourceType":"Procedure","id":"x","status":"completed","subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"http://snomed.info/sct","code":"123941000146105","display":"Placing restraint using limb restraint"}]}}`, "Vastgezet met banden om armen of benen", "restraint"},
		"a semantic tag":          {`{"resourceType":"Condition","id":"x","subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"http://snomed.info/sct","code":"1","display":"Jicht (aandoening)"}]}}`, "Jicht", "aandoening)"},
		"a measure that ended":    {`{"resourceType":"Condition","id":"x","meta":{"profile":["http://nictiz.nl/fhir/StructureDefinition/nl-core-LegalSituation-LegalStatus"]},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"inactive"}]},"subject":{"reference":"Patient/p1"},"code":{"text":"Curatele"}}`, "Nu: geldt niet meer", "geen last"},
		"a status of STU3":        {`{"resourceType":"Condition","id":"x","clinicalStatus":"active","_clinicalStatus":{"extension":[{"url":"http://nictiz.nl/fhir/StructureDefinition/code-specification","valueCodeableConcept":{"coding":[{"system":"x","code":"active"}]}}]},"subject":{"reference":"Patient/p1"},"code":{"text":"Jicht"}}`, "Nu: bestaat nu", "zonder omschrijving"},
		"a route in capitals":     {`{"resourceType":"Observation","id":"x","status":"final","subject":{"reference":"Patient/p1"},"code":{"text":"Gebruik"},"valueCodeableConcept":{"coding":[{"system":"urn:oid:2.16.840.1.113883.2.4.4.9","code":"9","display":"ORAAL"}]}}`, "via de mond", "ORAAL"},
		"a kind before a name":    {`{"resourceType":"Condition","id":"x","subject":{"reference":"Patient/p1"},"code":{"text":"Jicht"},"recorder":{"reference":"Practitioner/weg","display":"Healthcare professional (person), W. Klaasen"}}`, "W. Klaasen", "Healthcare"},
		"a reference to nobody":   {`{"resourceType":"Procedure","id":"x","status":"completed","subject":{"reference":"Patient/p1"},"code":{"text":"Operatie"},"reasonReference":[{"reference":"https://ecd.example/fhir/Condition/weg"}],"recorder":{"reference":"https://ecd.example/fhir/Practitioner/weg"}}`, "Reden: aandoening (niet in deze gegevens)", "/weg"},
		"midnight":                {`{"resourceType":"Condition","id":"x","subject":{"reference":"Patient/p1"},"code":{"text":"Jicht"},"onsetDateTime":"2020-11-22T00:00:00+01:00"}`, "Begonnen: 22 november 2020", "00.00"},
		"n/a":                     {`{"resourceType":"Immunization","id":"x","status":"completed","patient":{"reference":"Patient/p1"},"vaccineCode":{"text":"Griepprik"},"occurrenceDateTime":"2020","protocolApplied":[{"doseNumberString":"n/a"}]}`, "Dosis nummer: niet van toepassing", "n/a"},
		"a text that is the code": {`{"resourceType":"MedicationRequest","id":"x","status":"active","intent":"order","subject":{"reference":"Patient/p1"},"medicationCodeableConcept":{"text":"Aspirine"},"category":[{"text":"Community","coding":[{"system":"http://terminology.hl7.org/CodeSystem/medicationrequest-category","code":"community"}]}],"dosageInstruction":[{"doseAndRate":[{"doseQuantity":{"value":1.0}}],"timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d"}}}]}`, "Gebruik: 1, 1 keer per dag", "Community"},
		"capitals of pH":          {`{"resourceType":"Observation","id":"x","status":"final","subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"y","code":"1","display":"pH van bloed"}]},"valueString":"goed"}`, "pH van bloed", "PH van"},
	} {
		it := theX(t, c.resource)
		if s := it.Title + "\n" + it.Author.Name + "\n" + page(it); !strings.Contains(s, c.want) || strings.Contains(s, c.never) {
			t.Errorf("%s: want %q, never %q, in\n%s", name, c.want, c.never, s)
		}
	}
}

func TestLanguagesSayWhatTheClientCanDo(t *testing.T) {
	const level = `{"url":"level","valueCoding":{"system":"http://terminology.hl7.org/CodeSystem/v3-LanguageAbilityProficiency","code":"F"}}`
	const mode = `{"url":"type","valueCoding":{"system":"http://terminology.hl7.org/CodeSystem/v3-LanguageAbilityMode","code":"ESP"}}`
	items := load(t, `{"resourceType":"Patient","id":"p1","communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"nl","display":"Nederlands"}]},"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-proficiency","extension":[`+level+`,`+mode+`]}]}]}`)
	for _, it := range items {
		if s := page(&it); strings.Contains(s, "Taal: Nederlands: spreken redelijk") {
			return
		}
	}
	t.Errorf("%+v", items)
}

func TestAnAllergyThatIsOverIsNoWarning(t *testing.T) {
	for _, status := range []string{`"resolved"`, `{"coding":[{"code":"resolved"}]}`} {
		it := theX(t, `{"resourceType":"AllergyIntolerance","id":"x","patient":{"reference":"Patient/p1"},"clinicalStatus":`+status+`,"code":{"text":"Pinda"}}`)
		if it.Alert {
			t.Errorf("%s is a warning", status)
		}
	}
}

func TestANameAloneIsToldOnce(t *testing.T) {
	items := load(t, `{"resourceType":"Organization","id":"a","name":"Ziekenhuis"}`, `{"resourceType":"Organization","id":"b","name":"Ziekenhuis","address":[{"city":"Voorbeeldstad"}]}`,
		`{"resourceType":"Location","id":"c","name":"Ziekenhuis","managingOrganization":{"reference":"Organization/a"}}`)
	n := 0
	for _, it := range items {
		if it.Title == "Ziekenhuis" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("told %d times", n)
	}
}

func TestATypeWithoutAMappingIsNeverAmongAll(t *testing.T) {
	const claim = `{"resourceType":"Claim","id":"x","status":"active","patient":{"reference":"Patient/p1"},"type":{"text":"Zorg"}}`
	for show, want := range map[string]dossier.Flag{"*": "", "Claim": dossier.Yes} {
		for _, it := range loadWith(t, Options{Rules: Rules{Show: []string{show}}}, claim) {
			if strings.HasSuffix(it.ID, "/x") && it.Visibility.Portal != want {
				t.Errorf("show %s: %q", show, it.Visibility.Portal)
			}
		}
	}
}
