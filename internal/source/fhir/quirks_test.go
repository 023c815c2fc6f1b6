package fhir_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir"
)

const client = `{"resourceType":"Patient","id":"p1","name":[{"text":"Truus Proef"}],"birthDate":"1940-05-03"}`

// read makes a Bundle of a client and these resources and reads it.
func read(t testing.TB, opt fhir.Options, resources ...string) *fhir.Record {
	t.Helper()
	r, err := tryRead(t, opt, bundle(append([]string{client}, resources...)...))
	if err != nil {
		t.Fatal(err)
	}
	check(t, t.Name(), r)
	return r
}

func bundle(resources ...string) string {
	var b strings.Builder
	b.WriteString(`{"resourceType":"Bundle","type":"collection","timestamp":"2026-03-14T02:00:00+01:00","entry":[`)
	for i, r := range resources {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"resource":` + r + `}`)
	}
	return b.String() + `]}`
}

func tryRead(t testing.TB, opt fhir.Options, data string) (*fhir.Record, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "c.json"), []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	opt.Layout = fhir.Files
	s := open(t, dir, opt)
	return s.Record(context.Background(), dossier.FileRef{Path: "c.json"})
}

// said is all that an item says, one line for each piece.
func said(it dossier.Item) string {
	b, _ := json.Marshal(it.Body)
	out := it.Title + "\n" + it.Date.String() + "\n" + string(b)
	if m := it.Measurement; m != nil {
		j, _ := json.Marshal(m)
		out += string(j)
	}
	return out
}

func item(t testing.TB, r *fhir.Record, id string) dossier.Item {
	t.Helper()
	for _, it := range r.Dossier.Items {
		if it.ID == id {
			return it
		}
	}
	t.Fatalf("no item %s", id)
	return dossier.Item{}
}

// with puts the elements of one more resource of the client together.
func with(kind, rest string) string {
	return `{"resourceType":"` + kind + `","id":"x","subject":{"reference":"Patient/p1"},` + rest + `}`
}

func TestQuirks(t *testing.T) {
	for _, c := range []struct{ name, resource, want, never string }{
		{"a sibling without its value says why", with("Condition", `"code":{"text":"Artrose"},"_recordedDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}`), "Artrose", "valueCode"},
		{"a code version that looks like a date is no date", with("Condition", `"code":{"coding":[{"system":"http://snomed.info/sct","version":"2020-10-26T00:00:00","display":"Astma"}]}`), "Astma", "2020"},
		{"a year stays a year", with("Condition", `"code":{"text":"Jicht"},"onsetDateTime":"2019"`), "\n2019\n", "2019-01"},
		{"a month stays a month", with("Condition", `"code":{"text":"Jicht"},"onsetDateTime":"2019-05"`), "\n2019-05\n", "2019-05-01"},
		{"a placeholder date stands as written", with("Condition", `"code":{"text":"Jicht"},"onsetDateTime":"${DATE, T, D, -0}"`), "${DATE, T, D, -0}", ""},
		{"fractions of any length", with("Condition", `"code":{"text":"Jicht"},"onsetDateTime":"2020-01-02T03:04:05.123456789123Z"`), "2020-01-02T04:04:05+01:00", ""},
		{"a list in a list of codes", with("Condition", `"code":{"coding":[[{"display":"Jicht"}]]}`), "Jicht", ""},
		{"text where a concept belongs", with("Condition", `"code":"Jicht"`), "Jicht", ""},
		{"a list where one belongs", with("Condition", `"code":[{"text":"Jicht"},{"text":"Artrose"}]`), "Jicht, Artrose", ""},
		{"a truth value as text", with("ServiceRequest", `"code":{"text":"Wassen"},"doNotPerform":"true"`), "NIET doen: Wassen", ""},
		{"unknown elements are not lost", with("Condition", `"code":{"text":"Jicht"},"nieuwElement":{"diep":[{"waarde":"bewaard"}]}`), "bewaard", ""},
		{"STU3 names are read", with("Observation", `"code":{"text":"Gewicht"},"comment":"met schoenen"`), "met schoenen", "Overige"},
		{"an odd enum stands as written", `{"resourceType":"AllergyIntolerance","id":"x","patient":{"reference":"Patient/p1"},"code":{"text":"Noten"},"reaction":[{"severity":"heel erg"}]}`, "heel erg", ""},
		{"a conditional reference is not fetched", with("Procedure", `"code":{"text":"Pleister"},"performer":[{"actor":{"reference":"Practitioner?identifier=a|1","display":"dr. Proef"}}]`), "dr. Proef", "identifier="},
		{"a dangling reference says so", with("Procedure", `"code":{"text":"Pleister"},"reasonReference":[{"reference":"Condition/weg"}]`), "niet in deze gegevens", ""},
		{"a contained resource is read", with("Procedure", `"code":{"text":"Pleister"},"reasonReference":[{"reference":"#c"}],"contained":[{"resourceType":"Condition","id":"c","code":{"text":"Wondje"},"note":[{"text":"aan de hiel"}]}]`), "aan de hiel", ""},
		{"a contained resource nobody names is kept", with("Procedure", `"code":{"text":"Pleister"},"contained":[{"resourceType":"Condition","id":"c","code":{"text":"Los wondje"}}]`), "Los wondje", ""},
		{"zero-width signs go, the words stay", with("Condition", `"code":{"text":"Aan\u200bdoening "}`), "Aandoening\n", "\u200b"},
		{"a decimal keeps its digits", with("Observation", `"code":{"text":"Bot"},"valueQuantity":{"value":-0.31626580526128345,"unit":"T"}`), "-0,31626580526128345", ""},
		{"an exponent is a number", with("Observation", `"code":{"text":"Virus"},"valueQuantity":{"value":1.5E6,"unit":"/mL"}`), `"value":1500000`, ""},
		{"a comparator is not lost", with("Observation", `"code":{"text":"CRP"},"valueQuantity":{"value":5,"comparator":"<","unit":"mg/L"}`), "minder dan 5", ""},
		{"a narrative with more is shown", `{"resourceType":"CarePlan","id":"x","subject":{"reference":"Patient/p1"},"text":{"status":"additional","div":"<div>alleen hier</div>"},"status":"active"}`, "alleen hier", ""},
		{"a generated narrative is not said twice", with("Condition", `"code":{"text":"Jicht"},"text":{"status":"generated","div":"<div>dubbel</div>"}`), "Jicht", "dubbel"},
		{"role code 1 is 01", `{"resourceType":"RelatedPerson","id":"x","patient":{"reference":"Patient/p1"},"name":[{"text":"Jan"}],"relationship":{"coding":[{"system":"urn:oid:2.16.840.1.113883.2.4.3.11.22.472","code":"1"}]}}`, "eerste contactpersoon", ""},
		{"empty things and nulls are accepted", with("Condition", `"code":{"text":"Jicht"},"note":[],"stage":[{}],"severity":null`), "Jicht", "Overige"},
		{"implicit rules give a warning", with("Condition", `"code":{"text":"Jicht"},"implicitRules":"http://regels"`), "implicitRules", ""},
		{"a bare code says that it has no words", with("Condition", `"code":{"coding":[{"system":"http://snomed.info/sct","code":"123456789"}]}`), "code 123456789 (zonder omschrijving)", ""},
		{"refuted reads as refuted", with("Condition", `"code":{"text":"Jicht"},"verificationStatus":{"coding":[{"code":"refuted"}]}`), "Weerlegd: Jicht", ""},
		{"not done reads as not done", with("Procedure", `"code":{"text":"Operatie"},"status":"not-done"`), "Niet gedaan: Operatie", ""},
		{"STU3 notGiven", `{"resourceType":"Immunization","id":"x","patient":{"reference":"Patient/p1"},"vaccineCode":{"text":"Griepprik"},"notGiven":true}`, "Niet gegeven: Griepprik", ""},
		{"STU3 taken n", with("MedicationStatement", `"medicationCodeableConcept":{"text":"Aspirine"},"taken":"n"`), "Niet gebruikt: Aspirine", ""},
		{"a time without a zone is kept", with("Condition", `"code":{"text":"Jicht"},"onsetDateTime":"2020-07-02T03:04:05"`), "2020-07-02T03:04:05+02:00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := read(t, everything, c.resource)
			got := said(item(t, r, strings.Split(strings.TrimPrefix(c.resource, `{"resourceType":"`), `"`)[0]+"/x"))
			if !strings.Contains(strings.ReplaceAll(got, `\u003c`, "<"), c.want) {
				t.Errorf("does not say %q:\n%s", c.want, got)
			}
			if c.never != "" && strings.Contains(got, c.never) {
				t.Errorf("says %q:\n%s", c.never, got)
			}
		})
	}
}

func TestNullInGivenNamesKeepsPositions(t *testing.T) {
	p := `{"resourceType":"Patient","id":"p1","name":[{"family":"Proef","given":["Geertruida",null,"Truus"],"_given":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier","valueCode":"BR"}]},null,{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier","valueCode":"CL"}]}]}]}`
	r, err := tryRead(t, everything, bundle(p))
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Dossier.Client; c.Name != "Geertruida Proef" || c.CallName != "Truus" {
		t.Errorf("%+v", c)
	}
}

func directive(rest string) string {
	return `{"resourceType":"Consent","id":"x","status":"active","patient":{"reference":"Patient/p1"},"category":[{"coding":[{"system":"http://snomed.info/sct","code":"129125009"}]}],` + rest + `}`
}

func TestADirectiveSaysNo(t *testing.T) {
	for name, resource := range map[string]string{
		"R4 deny":        directive(`"provision":{"type":"deny","code":[{"coding":[{"system":"http://snomed.info/sct","code":"89666000","display":"Reanimeren"}]}]}`),
		"STU3 NEE":       directive(`"extension":[{"url":"http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-Treatment","valueCodeableConcept":{"text":"Reanimeren"}}],"modifierExtension":[{"url":"http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-TreatmentPermitted","valueCodeableConcept":{"coding":[{"system":"urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.14.2","code":"NEE","display":"Nee"}]}}]`),
		"as written nee": directive(`"extension":[{"url":"http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-Treatment","valueCodeableConcept":{"text":"Reanimeren"}}],"modifierExtension":[{"url":"http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-TreatmentPermitted","valueCodeableConcept":{"coding":[{"code":"nee"}]}}]`),
	} {
		it := item(t, read(t, everything, resource), "Consent/x")
		if it.Title != "Reanimeren: NEE" || len(it.Body) == 0 || it.Body[0].Label != "Reanimeren" || it.Body[0].Text != "NEE" || !it.Alert {
			t.Errorf("%s: %q, alert %t, %+v", name, it.Title, it.Alert, it.Body)
		}
	}
}

func TestAnUnknownModifierIsNotShownAsFact(t *testing.T) {
	it := item(t, read(t, everything, with("Condition", `"code":{"text":"Jicht"},"modifierExtension":[{"url":"http://x/y","valueBoolean":true}]`)), "Condition/x")
	if len(it.Visibility.Labels) != 1 || it.Visibility.Labels[0] != dossier.LabelReview || it.Body[0].Kind != dossier.BlockWarning {
		t.Errorf("%+v", it)
	}
	it = item(t, read(t, everything, with("Zelfbedacht", `"tekst":"iets"`)), "Zelfbedacht/x")
	if len(it.Visibility.Labels) != 1 || !strings.Contains(said(it), "iets") {
		t.Errorf("an unknown type is shown as fact, or lost: %+v", it)
	}
}

func TestErroneousEntriesAreNoFacts(t *testing.T) {
	it := item(t, read(t, everything, with("Observation", `"code":{"text":"Gewicht"},"status":"entered-in-error"`)), "Observation/x")
	if it.Status != dossier.StatusEnteredInError {
		t.Errorf("status %q", it.Status)
	}
}

func TestNumbersOfCitizensAreScrubbed(t *testing.T) {
	p := `{"resourceType":"Patient","id":"p1","identifier":[{"system":"http://fhir.nl/fhir/NamingSystem/bsn","value":"999911120"}],"name":[{"text":"Truus"}]}`
	r, err := tryRead(t, everything, bundle(p, `{"resourceType":"CarePlan","id":"x","subject":{"reference":"Patient/p1"},"text":{"status":"additional","div":"<div>BSN 999911120</div>"}}`))
	if err != nil {
		t.Fatal(err)
	}
	j, _ := json.Marshal(r.Dossier.Items)
	if strings.Contains(string(j), "999911120") || r.Dossier.Client.BSN != "999911120" {
		t.Errorf("the number stands in an item: %s", j)
	}
	doc, err := r.Document([]string{"Patient", "CarePlan/x"}, false)
	if err != nil || strings.Contains(string(doc), "999911120") || !json.Valid(doc) {
		t.Errorf("the number stands in the document (%v): %s", err, doc)
	}
	if doc, _ = r.Document([]string{"Patient"}, true); !strings.Contains(string(doc), p) {
		t.Errorf("the resource is changed: %s", doc)
	}
	if _, err := r.Document([]string{"Condition/niet"}, false); err == nil {
		t.Error("an item without a resource gives a document")
	}
}
