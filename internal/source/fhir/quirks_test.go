package fhir

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"inzage/internal/dossier"
)

const pat = `{"resourceType":"Patient","id":"p1","name":[{"family":"Voorbeeld","given":["An"]}],"birthDate":"1940-02-03"}`

// load maps resources beside the patient p1.
func load(t testing.TB, resources ...string) []dossier.Item {
	t.Helper()
	return loadWith(t, Options{Rules: Rules{Show: []string{"*"}}}, resources...)
}

func loadWith(t testing.TB, opt Options, resources ...string) []dossier.Item {
	t.Helper()
	rec, err := readText("x.json", "["+strings.Join(append([]string{pat}, resources...), ",")+"]")
	if err != nil {
		t.Fatal(err)
	}
	m := &mapper{rec: rec, opt: &opt}
	m.patient = rec.client()
	items := m.dossierOf(Access{}).Items
	account(t, t.Name(), mustRead(t, resources))
	return items
}

func mustRead(t testing.TB, resources []string) *record {
	t.Helper()
	rec, err := readText("x.json", "["+strings.Join(append([]string{pat}, resources...), ",")+"]")
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func find(t testing.TB, items []dossier.Item, id string) *dossier.Item {
	t.Helper()
	for i := range items {
		if items[i].ID == id {
			return &items[i]
		}
	}
	t.Fatalf("no item %s", id)
	return nil
}

// page is all that a reader sees of an item, in one text.
func page(it *dossier.Item) string {
	var b strings.Builder
	b.WriteString(it.Title + "\n")
	for _, k := range it.Body {
		b.WriteString(k.Label + ": " + k.Text + strings.Join(k.Entries, " | "))
		for _, r := range k.Rows {
			b.WriteString(strings.Join(r, " = ") + "; ")
		}
		b.WriteString("\n")
	}
	if m := it.Measurement; m != nil {
		v := m.Text
		if v == "" {
			v = strings.Replace(strconv.FormatFloat(m.Value, 'f', -1, 64), ".", ",", 1)
		}
		b.WriteString("meting " + m.Type + " " + v + " " + m.Unit + "\n")
	}
	return b.String()
}

// Each quirk that was measured in real data, by name: what goes in, what a
// reader must see, and what must not be there.
var quirks = []struct{ name, resource, id, want, not string }{
	{"sibling without value", `{"resourceType":"Patient","id":"p1","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}}`, "Patient/p1~2", "Geboren op: afgeschermd", ""},
	{"null in a list with siblings", `{"resourceType":"Patient","id":"p1","name":[{"family":"Jansen","given":["Jan",null,"Piet"],"_given":[null,{"extension":[{"url":"x","valueString":"y"}]},null]}]}`, "Patient/p1~2", "Jan Piet Jansen", ""},
	{"version that looks like a date", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"s","version":"2020-10-26T00:00:00","code":"1","display":"Griep"}]}}`, "Condition/c", "Griep", "2020"},
	{"partial date", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Griep"},"onsetDateTime":"2019"}`, "Condition/c", "Begonnen: 2019\n", "januari"},
	{"date without a zone", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Griep"},"onsetDateTime":"2019-03-04T10:00:00"}`, "Condition/c", "4 maart 2019, 10.00 uur", ""},
	{"placeholder date", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Griep"},"onsetDateTime":"${DATE, T, D, -0}"}`, "Condition/c", "${DATE, T, D, -0}", ""},
	{"long fraction of a second", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Griep"},"recordedDate":"2023-08-21T12:55:18.8279721234567+02:00"}`, "Condition/c", "Griep", "2023"},
	{"coding in a list in a list", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"coding":[[{"display":"Griep"}]]}}`, "Condition/c", "Griep", ""},
	{"text where a concept should be", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":"Griep"}`, "Condition/c", "Griep", ""},
	{"object where a list should be", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Griep"},"bodySite":{"text":"keel"},"note":{"text":"veel drinken"}}`, "Condition/c", "veel drinken", ""},
	{"true as a text", `{"resourceType":"ServiceRequest","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Fysiotherapie"},"doNotPerform":"true"}`, "ServiceRequest/c", "NIET doen: Fysiotherapie", ""},
	{"element that R4 does not know", `{"resourceType":"Procedure","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Operatie"},"eigenVeld":{"waarde":"blauw"}}`, "Procedure/c", "Overige gegevens: Eigen veld: Waarde: blauw", ""},
	{"code outside its value set", `{"resourceType":"AllergyIntolerance","id":"c","patient":{"reference":"Patient/p1"},"code":{"text":"Noten"},"reaction":[{"severity":"tamelijk"}]}`, "AllergyIntolerance/c", "tamelijk", ""},
	{"code without words", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"x","code":"K12"}]}}`, "Condition/c", "Code K12 (zonder omschrijving)", ""},
	{"display-only reference", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Griep"},"asserter":{"display":"Dr. De Boer"},"evidence":[{"detail":[{"reference":"Observation/weg","display":"koorts"}]}]}`, "Condition/c", "koorts", ""},
	{"zero-width characters", "{\"resourceType\":\"Condition\",\"id\":\"c\",\"subject\":{\"reference\":\"Patient/p1\"},\"code\":{\"text\":\"[#/\u200bvolume]\"}}", "Condition/c", "[#/volume]", "\u200b"},
	{"space around texts", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"  Griep "}}`, "Condition/c", "Griep\n", "  Griep"},
	{"many decimals", `{"resourceType":"Observation","id":"c","status":"final","subject":{"reference":"Patient/p1"},"code":{"text":"T-score"},"valueQuantity":{"value":-0.31626580526128345,"unit":"{T}"}}`, "Observation/c", "-0,3163", "28345"},
	{"exponent", `{"resourceType":"Observation","id":"c","status":"final","subject":{"reference":"Patient/p1"},"code":{"text":"Getal"},"valueQuantity":{"value":1.0E-2}}`, "Observation/c", "0,01", ""},
	{"narrative that adds", `{"resourceType":"CarePlan","id":"c","status":"active","intent":"plan","subject":{"reference":"Patient/p1"},"text":{"status":"additional","div":"<div>Elke dag wandelen. BSN 111222333</div>"}}`, "CarePlan/c", "Elke dag wandelen", "111222333"},
	{"narrative that was generated", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Griep"},"text":{"status":"generated","div":"<div>Condition griep</div>"}}`, "Condition/c", "Griep", "Condition griep"},
	{"role 1 for 01", `{"resourceType":"RelatedPerson","id":"c","patient":{"reference":"Patient/p1"},"relationship":[{"coding":[{"system":"urn:oid:2.16.840.1.113883.2.4.3.11.22.472","code":"1"}]}]}`, "RelatedPerson/c", "eerste contactpersoon", ""},
	{"empty lists and nulls", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Griep","coding":[]},"note":[],"evidence":[{}],"severity":null}`, "Condition/c", "Griep", "Overige"},
	{"enum of the standard in English", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Griep"},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"resolved","display":"Resolved"}]}}`, "Condition/c", "Nu: over", "Resolved"},
	{"STU3 comment", `{"resourceType":"Observation","id":"c","status":"final","subject":{"reference":"Patient/p1"},"code":{"text":"Gewicht"},"comment":"met schoenen aan","valueQuantity":{"value":70,"unit":"kg"}}`, "Observation/c", "met schoenen aan", "Overige"},
	{"STU3 clinical status", `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Griep"},"clinicalStatus":"active","verificationStatus":"refuted"}`, "Condition/c", "Weerlegd: Griep", ""},
	{"STU3 not given", `{"resourceType":"Immunization","id":"c","status":"completed","notGiven":true,"patient":{"reference":"Patient/p1"},"vaccineCode":{"text":"Griepprik"}}`, "Immunization/c", "Niet gegeven: Griepprik", ""},
	{"STU3 not taken", `{"resourceType":"MedicationStatement","id":"c","status":"active","taken":"n","subject":{"reference":"Patient/p1"},"medicationCodeableConcept":{"text":"Aspirine"}}`, "MedicationStatement/c", "Wordt niet gebruikt: Aspirine", ""},
	{"STU3 prohibited", `{"resourceType":"CarePlan","id":"c","status":"active","intent":"plan","subject":{"reference":"Patient/p1"},"activity":[{"detail":{"code":{"text":"Tillen"},"prohibited":true}}]}`, "CarePlan/c", "NIET doen: Tillen", ""},
	{"cancelled appointment", `{"resourceType":"Appointment","id":"c","status":"cancelled","description":"Huisarts","start":"2026-03-20T10:00:00+01:00","participant":[{"actor":{"reference":"Patient/p1"},"status":"accepted"}]}`, "Appointment/c", "Gaat niet door: Huisarts", ""},
	{"dosage in parts", `{"resourceType":"MedicationRequest","id":"c","status":"active","intent":"order","subject":{"reference":"Patient/p1"},"medicationCodeableConcept":{"text":"Paracetamol 500 mg"},"dosageInstruction":[{"asNeededBoolean":true,"timing":{"repeat":{"frequency":3,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":2,"unit":"tablet"}}]}]}`, "MedicationRequest/c", "2 tablet, 3 keer per dag; zo nodig", ""},
}

func TestQuirksOfRealData(t *testing.T) {
	for _, q := range quirks {
		t.Run(q.name, func(t *testing.T) {
			text := page(find(t, load(t, q.resource), q.id))
			if !strings.Contains(text, q.want) {
				t.Errorf("want %q in\n%s", q.want, text)
			}
			if q.not != "" && strings.Contains(text, q.not) {
				t.Errorf("%q must not be in\n%s", q.not, text)
			}
		})
	}
}

// NEE must read as NEE: the issue's own sentence, in R4 and in STU3.
func TestADirectiveReadsAsItWasMeant(t *testing.T) {
	for resource, want := range map[string]string{
		`{"resourceType":"Consent","id":"c","status":"active","scope":{"coding":[{"code":"treatment"}]},"patient":{"reference":"Patient/p1"},"provision":{"type":"deny","code":[{"coding":[{"system":"http://snomed.info/sct","code":"89666000"}]}]}}`:                                                                                                                                                                                                                                            "Reanimatie: NEE",
		`{"resourceType":"Consent","id":"c","status":"active","modifierExtension":[{"url":"http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-TreatmentPermitted","valueCodeableConcept":{"coding":[{"system":"urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4","code":"NEE","display":"NEE"}]}}],"extension":[{"url":"http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-Treatment","valueCodeableConcept":{"text":"Reanimeren"}}],"patient":{"reference":"Patient/p1"}}`: "Reanimeren: NEE",
		`{"resourceType":"Consent","id":"c","status":"active","scope":{"coding":[{"code":"adr"}]},"patient":{"reference":"Patient/p1"},"provision":{"code":[{"coding":[{"code":"NR","display":"Niet reanimeren verklaring"}]}]}}`:                                                                                                                                                                                                                                                                 "Reanimeren: NEE",
		`{"resourceType":"Consent","id":"c","status":"active","scope":{"coding":[{"code":"treatment"}]},"modifierExtension":[{"url":"http://nictiz.nl/fhir/StructureDefinition/ext-TreatmentDirective2.SpecificationOther","valueString":"eerst overleg"}],"patient":{"reference":"Patient/p1"},"provision":{"type":"permit","code":[{"text":"Opname"}]}}`:                                                                                                                                        "alleen met voorwaarden",
	} {
		it := find(t, load(t, resource), "Consent/c")
		if text := page(it); !strings.Contains(text, want) || !it.Alert {
			t.Errorf("alert %t, want %q in\n%s", it.Alert, want, text)
		}
		if len(it.Visibility.Labels) > 0 {
			t.Errorf("a modifier that was read stops the item: %v", it.Visibility.Labels)
		}
	}
	it := find(t, load(t, `{"resourceType":"Consent","id":"c","status":"active","scope":{"coding":[{"code":"treatment"}]},"patient":{"reference":"Patient/p1"},"provision":{"code":[{"text":"Reanimatie"}]}}`), "Consent/c")
	if it.Visibility.Labels[0] != dossier.LabelReview {
		t.Error("a directive without an answer is shown as a fact")
	}
}

func TestAnUnreadModifierStopsTheItem(t *testing.T) {
	for _, m := range []string{`"modifierExtension":[{"url":"http://example.org/omgekeerd","valueBoolean":true}]`, `"implicitRules":"http://example.org/regels"`, `"status":"iets-nieuws"`,
		`"component":[{"code":{"text":"x"},"modifierExtension":[{"url":"u","valueCode":"v"}]}]`} {
		it := find(t, load(t, `{"resourceType":"Observation","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Gewicht"},`+m+`}`), "Observation/c")
		if len(it.Visibility.Labels) != 1 || it.Visibility.Labels[0] != dossier.LabelReview || it.Body[0].Kind != dossier.BlockWarning {
			t.Errorf("%s: labels %v", m, it.Visibility.Labels)
		}
	}
}

// Two patients in one file: nothing of the other passes for this client's.
func TestAnotherPatientsResourcesAreStopped(t *testing.T) {
	items := load(t,
		`{"resourceType":"Patient","id":"p2","name":[{"text":"CANARY-2"}]}`,
		`{"resourceType":"Condition","id":"mine","subject":{"reference":"Patient/p1"},"code":{"text":"Griep"}}`,
		`{"resourceType":"Condition","id":"mine2","subject":{"reference":"https://x.example/fhir/Patient/p1/_history/3"},"code":{"text":"Griep"}}`,
		`{"resourceType":"Condition","id":"theirs","subject":{"reference":"Patient/p2"},"code":{"text":"CANARY-3"}}`,
		`{"resourceType":"Condition","id":"nobodys","code":{"text":"CANARY-4"}}`,
		`{"resourceType":"Condition","id":"gone","subject":{"reference":"Patient/p9"},"code":{"text":"CANARY-5"}}`)
	for id, own := range map[string]bool{"Patient/p1": true, "Condition/mine": true, "Condition/mine2": true, "Patient/p2": false, "Condition/theirs": false, "Condition/nobodys": false, "Condition/gone": false} {
		if got := find(t, items, id).ClientRef == ""; got != own {
			t.Errorf("%s: own %t, want %t", id, got, own)
		}
	}
}

func TestLabelsDecideBeforeRules(t *testing.T) {
	label := func(system, code string) string {
		return `{"resourceType":"Condition","id":"c","meta":{"security":[{"system":"` + system + `","code":"` + code + `"}]},"subject":{"reference":"Patient/p1"},"code":{"text":"Griep"}}`
	}
	const conf, own = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "urn:example:zichtbaarheid"
	for _, c := range []struct {
		system, code string
		show         bool // the portal shows this type
		portal       dossier.Flag
		label        dossier.Label
		audience     int
	}{
		{conf, "N", true, dossier.Yes, "", 0}, {conf, "N", false, "", "", 0}, {conf, "R", true, dossier.Yes, "", 2}, {conf, "R", false, "", "", 2}, {conf, "V", true, dossier.Yes, dossier.LabelReview, 0},
		{"http://terminology.hl7.org/CodeSystem/v3-ActCode", "NOPAT", true, dossier.Yes, dossier.LabelReview, 0}, {"http://terminology.hl7.org/CodeSystem/v3-ActCode", "SDV", true, dossier.Yes, "", 1},
		{"http://terminology.hl7.org/CodeSystem/v3-ActCode", "NEWCODE", true, dossier.Yes, dossier.LabelReview, 0}, {"urn:vreemd", "x", true, dossier.Yes, dossier.LabelReview, 0},
		{own, "portaal", false, dossier.Yes, "", 0}, {own, "intern", true, dossier.No, dossier.LabelInternal, 0}, {own, "niet-naasten", false, dossier.Yes, dossier.LabelNotRelatives, 0}, {own, "alleen-client", false, dossier.Yes, "", 1}, {own, "na-bespreking", true, dossier.Yes, dossier.LabelReview, 0}, {own, "derden", true, dossier.Yes, dossier.LabelThirdParty, 0},
		{"urn:eigen", "geheim", true, dossier.No, dossier.LabelInternal, 0},
	} {
		opt := Options{Rules: Rules{Labels: map[string]Effect{"urn:eigen|geheim": EffectInternal}}}
		if c.show {
			opt.Rules.Show = []string{"Condition"}
		}
		v := find(t, loadWith(t, opt, label(c.system, c.code)), "Condition/c").Visibility
		got := dossier.Label("")
		if len(v.Labels) > 0 {
			got = v.Labels[0]
		}
		if v.Portal != c.portal || got != c.label || len(v.Audience) != c.audience {
			t.Errorf("%s %s (shown %t): portal %q, labels %v, audience %v", c.system, c.code, c.show, v.Portal, v.Labels, v.Audience)
		}
	}
}

func TestAConsentAgainstSharingIsKept(t *testing.T) {
	deny := `{"resourceType":"Consent","id":"n","status":"active","scope":{"coding":[{"code":"patient-privacy"}]},"patient":{"reference":"Patient/p1"},"provision":{"type":"permit","provision":[{"type":"deny","actor":[{"role":{"coding":[{"code":"FAMMEMB"}]},"reference":{"display":"familie"}}],"data":[{"meaning":"instance","reference":{"reference":"Condition/c"}}]}]}}`
	items := load(t, deny, `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"code":{"text":"Griep"}}`, `{"resourceType":"Condition","id":"d","subject":{"reference":"Patient/p1"},"code":{"text":"Jicht"}}`)
	if l := find(t, items, "Condition/c").Visibility.Labels; len(l) != 1 || l[0] != dossier.LabelNotRelatives {
		t.Errorf("labels %v", l)
	}
	if l := find(t, items, "Condition/d").Visibility.Labels; len(l) != 0 {
		t.Errorf("labels %v of what was not meant", l)
	}
}

// What is over does not stand among what is now, and a start is no end.
func TestAnEndIsAnEnd(t *testing.T) {
	med := `{"resourceType":"MedicationRequest","id":"c","status":"%s","intent":"order","authoredOn":"2024-05-01","subject":{"reference":"Patient/p1"},"medicationCodeableConcept":{"text":"Aspirine"}%s}`
	for _, c := range []struct {
		status, more, until string
		want                dossier.Status
	}{
		{"active", "", "", ""},
		{"stopped", "", "", dossier.StatusCancelled},
		{"active", `,"dosageInstruction":[{"timing":{"repeat":{"boundsPeriod":{"start":"2024-05-01"}}}}]`, "", ""},
		{"completed", `,"dosageInstruction":[{"timing":{"repeat":{"boundsPeriod":{"start":"2024-05-01","end":"2024-06-01"}}}}]`, "2024-06-01", ""},
		{"active", `,"modifierExtension":[{"url":"http://nictiz.nl/fhir/StructureDefinition/ext-StopType","valueCodeableConcept":{"text":"definitief"}}]`, "", dossier.StatusCancelled},
	} {
		it := find(t, load(t, fmt.Sprintf(med, c.status, c.more)), "MedicationRequest/c")
		if it.Status != c.want || it.Until.String() != c.until {
			t.Errorf("%s%s: status %q, until %q", c.status, c.more, it.Status, it.Until)
		}
	}
	it := find(t, load(t, `{"resourceType":"Consent","id":"c","status":"active","scope":{"coding":[{"code":"treatment"}]},"patient":{"reference":"Patient/p1"},"dateTime":"2024-01-01","provision":{"type":"permit","period":{"start":"2024-02-01"},"code":[{"text":"Opname"}]}}`), "Consent/c")
	if !it.Until.IsZero() {
		t.Errorf("a start became an end: %s", it.Until)
	}
}
