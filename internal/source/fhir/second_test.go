package fhir

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inzage/internal/dossier"
)

const pat2 = `{"resourceType":"Patient","id":"p2","name":[{"text":"Iemand Anders"}]}`

func TestAnotherPatientsValuesAreNotTold(t *testing.T) {
	items := load(t, pat2,
		`{"resourceType":"Goal","id":"g","subject":{"reference":"Patient/p1"},"description":{"text":"lopen"}}`,
		`{"resourceType":"Observation","id":"w","status":"final","subject":{"reference":"Patient/p1"},"code":{"text":"Score"},"hasMember":[{"reference":"Observation/q"}]}`,
		`{"resourceType":"Observation","id":"q","status":"final","subject":{"reference":"Patient/p2"},"code":{"text":"KANARIE"},"valueString":"KANARIE"}`)
	if s := page(find(t, items, "Observation/w")); strings.Contains(s, "KANARIE") {
		t.Errorf("another's value stands in an item: %s", s)
	}
	if it := find(t, items, "Observation/q"); it.ClientRef == "" {
		t.Error("another's observation passes for this client's")
	}
}

func TestAMarkedResourceIsNotToldByAnother(t *testing.T) {
	const taboo = `"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"TBOO"}]}`
	items := load(t, `{"resourceType":"Procedure","id":"x","status":"completed","subject":{"reference":"Patient/p1"},"code":{"text":"Prik"},"reasonReference":[{"reference":"Condition/g"}]}`,
		`{"resourceType":"Condition","id":"g",`+taboo+`,"subject":{"reference":"Patient/p1"},"code":{"text":"KANARIE"}}`,
		`{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/p1"},"code":{"text":"Score"},"hasMember":[{"reference":"Observation/m"}]}`,
		`{"resourceType":"Observation","id":"m",`+taboo+`,"status":"final","subject":{"reference":"Patient/p1"},"code":{"text":"KANARIE"},"valueString":"KANARIE"}`,
		`{"resourceType":"MedicationRequest","id":"r","status":"active","intent":"order","subject":{"reference":"Patient/p1"},"medicationReference":{"reference":"Medication/k"}}`,
		`{"resourceType":"Medication","id":"k",`+taboo+`,"code":{"text":"KANARIE"}}`)
	for _, id := range []string{"Procedure/x", "Observation/o", "MedicationRequest/r"} {
		if s := page(find(t, items, id)); strings.Contains(s, "KANARIE") {
			t.Errorf("%s tells what is marked: %s", id, s)
		}
	}
	for _, id := range []string{"Condition/g", "Observation/m", "Medication/k"} {
		if it := find(t, items, id); len(it.Visibility.Labels) == 0 {
			t.Errorf("%s has no label", id)
		}
	}
}

func TestOfTwoEqualClientsNoneIsTaken(t *testing.T) {
	rec, err := readText("x.json", "["+pat+","+pat2+"]")
	if err != nil || rec.client() != nil {
		t.Errorf("a client was guessed (%v)", err)
	}
}

func TestTheNewestVersionReplacesTheOthers(t *testing.T) {
	version := func(v, text string) string {
		return `{"resourceType":"Condition","id":"x","meta":{"versionId":"` + v + `"},"subject":{"reference":"Patient/p1"},"code":{"text":"` + text + `"}}`
	}
	items := load(t, version("9", "oud"), version("10", "nieuw"), version("2", "oudst"))
	below := map[string]string{}
	for _, it := range items {
		below[it.ID] = it.Supersedes
	}
	for _, it := range items {
		if it.Title != "nieuw" {
			continue
		}
		next := below[it.ID]
		if len(below) != 4 || next == "" || below[next] == "" || below[below[next]] != "" {
			t.Errorf("the chain is broken: %v", below)
		}
		return
	}
	t.Error("the newest is not there")
}

func TestEveryNoOfSTU3ReadsAsANo(t *testing.T) {
	for name, c := range map[string]struct{ resource, want string }{
		"notGiven, no status":  {`{"resourceType":"Immunization","id":"x","patient":{"reference":"Patient/p1"},"vaccineCode":{"text":"Griepprik"},"notGiven":true}`, "niet "},
		"notGiven, completed":  {`{"resourceType":"Immunization","id":"x","status":"completed","patient":{"reference":"Patient/p1"},"vaccineCode":{"text":"Griepprik"},"notGiven":true}`, "niet "},
		"taken n, no status":   {`{"resourceType":"MedicationStatement","id":"x","subject":{"reference":"Patient/p1"},"medicationCodeableConcept":{"text":"Aspirine"},"taken":"n"}`, "niet gebruikt"},
		"notDone, no status":   {`{"resourceType":"Procedure","id":"x","subject":{"reference":"Patient/p1"},"code":{"text":"Operatie"},"notDone":true}`, "niet uitgevoerd"},
		"directive, Nee":       {treatment(`{"coding":[{"code":"NEE","display":"Nee"}]}`), "Reanimeren: NEE"},
		"directive, nee":       {treatment(`{"coding":[{"code":"nee"}]}`), "Reanimeren: NEE"},
		"directive, text only": {treatment(`{"text":"nee"}`), "Reanimeren: NEE"},
		"directive, deny":      {`{"resourceType":"Consent","id":"x","status":"active","patient":{"reference":"Patient/p1"},"category":[{"coding":[{"system":"http://snomed.info/sct","code":"129125009"}]}],"provision":{"type":"deny","code":[{"text":"Reanimeren"}]}}`, "Reanimeren: NEE"},
		"a consent's subject":  {`{"resourceType":"Consent","id":"x","status":"active","patient":{"reference":"Patient/p1"},"provision":{"type":"deny","code":[{"text":"Foto's"}]}}`, "Foto's: NEE"},
		"an ended directive":   {`{"resourceType":"Consent","id":"x","status":"inactive","patient":{"reference":"Patient/p1"},"scope":{"coding":[{"code":"treatment"}]},"provision":{"type":"deny","code":[{"text":"Reanimeren"}]}}`, "geldt niet meer"},
	} {
		for _, it := range load(t, c.resource) {
			if strings.HasSuffix(it.ID, "/x") && !strings.Contains(strings.ToLower(page(&it)), strings.ToLower(c.want)) {
				t.Errorf("%s: does not say %q: %s", name, c.want, page(&it))
			}
		}
	}
}

func treatment(value string) string {
	const base = "http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-Treatment"
	return `{"resourceType":"Consent","id":"x","status":"active","patient":{"reference":"Patient/p1"},"extension":[{"url":"` + base + `","valueCodeableConcept":{"text":"Reanimeren"}}],"modifierExtension":[{"url":"` + base + `Permitted","valueCodeableConcept":` + value + `}]}`
}

func TestACancelledEpisodeIsNoCare(t *testing.T) {
	rec := mustRead(t, []string{`{"resourceType":"EpisodeOfCare","id":"a","status":"cancelled","patient":{"reference":"Patient/p1"},"period":{"start":"2010"}}`, `{"resourceType":"EpisodeOfCare","id":"b","status":"finished","patient":{"reference":"Patient/p1"},"period":{"start":"2020-01-01","end":"2021-01-01"}}`})
	m := &mapper{rec: rec, opt: &Options{}, patient: rec.client()}
	if r := m.dossierOf(Access{}).Relation; r.Start.String() != "2020-01-01" || !r.Ended {
		t.Errorf("%+v", r)
	}
}

// textsForMachines are elements whose text is deliberately not for readers.
var textsForMachines = []string{".id", ".system", ".code", ".version", ".reference", ".url", ".use", ".language", ".status", ".div", ".type", ".display", ".unit", ".valueCode", ".resourceType", ".linkId", ".fullUrl"}

// TestEveryTextIsSomewhere replaces the texts of real resources by marks and
// looks for each of them in what a reader sees.
func TestEveryTextIsSomewhere(t *testing.T) {
	list, _ := filepath.Glob(filepath.Join(corpus(t, "hl7-r4"), "*.json"))
	lost, tried := map[string]int{}, 0
	for _, f := range list {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		kind := strings.SplitN(filepath.Base(f), "-", 2)[0]
		if json.Unmarshal(data, &v) != nil || specs[kind] == nil || strings.Contains("Binary Questionnaire Patient Practitioner Organization Location", kind) {
			continue
		}
		var marks []string
		plant(v, "", func(path string) string {
			marks = append(marks, path)
			return "KANARIE" + path
		})
		tried += len(marks)
		j, _ := json.Marshal(v)
		rec, err := readText("x.json", "["+pat+","+string(j)+"]")
		if err != nil {
			t.Fatal(err)
		}
		_, items := mapAll(rec)
		seen, _ := json.Marshal(items)
		for _, p := range marks {
			if !strings.Contains(string(seen), "KANARIE"+p) {
				lost[kind+p]++
			}
		}
	}
	for k, n := range lost {
		if why := decided(k); why == "" {
			t.Errorf("%d times %s: its text is nowhere; show it, or say here why not", n, k)
		}
	}
	for _, d := range notForReaders {
		met := false
		for k := range lost {
			met = met || strings.Contains(k, d.element)
		}
		if !met {
			t.Errorf("%s is shown, or is in no example: it needs no reason", d.element)
		}
	}
	if tried < 500 {
		t.Errorf("%d texts tried", tried)
	}
}

// notForReaders are the elements of which the text is in fhir.json alone, with why.
var notForReaders = []struct{ element, why string }{
	{"Appointment.participant.required", "a setting of the diary"},
	{"AuditEvent.agent.altId", "an account of a member of staff; who looked is told by name or role"},
	{"AuditEvent.agent.network", "the address of a computer"},
	{"AuditEvent.recorded", "told where there is no period; here it is no date"},
	{"AuditEvent.source", "the system that keeps the log"},
	{"Attachment.contentType", "told by the line of the file itself"},
	{"Attachment.creation", "told by the line of the file itself; here it is no date"},
	{"presentedForm.c", "told by the line of the file itself"},
	{"attachment.c", "told by the line of the file itself"},
	{"Media.content.c", "told by the line of the file itself"},
	{"RelatedPerson.photo", "a portrait for staff"},
	{"Composition.attester", "who signs is who wrote, who is named"},
	{"Composition.confidentiality", "a label, by which policy goes"},
	{"Identifier.value", "a number of another system"},
	{"masterIdentifier", "a number of another system"},
	{"groupIdentifier", "a number of another system"},
	{"requisition", "a number of another system"},
	{"section.mode", "how a list was made"},
	{"List.mode", "how a list was made"},
	{"MedicationDispense.whenPrepared", "the day that it was handed over is told"},
	{"timing.repeat", "the text of the dosage says it; numbers that differ stand beside it"},
	{"Observation.category", "the section in which it stands"},
	{"Provenance.entity", "how a computer made it"},
	{"Provenance.signature", "a signature that computers check"},
	{"definition", "where a question is defined, for computers"},
	{"RelatedPerson.name._family", "a part of the name that is told"},
}

func decided(element string) string {
	for _, d := range notForReaders {
		if strings.Contains(element, d.element) {
			return d.why
		}
	}
	return ""
}

// plant replaces the texts of a value that a reader should find again.
func plant(v any, path string, mark func(string) string) {
	switch x := v.(type) {
	case map[string]any:
		for k, c := range x {
			at := path + "." + k
			if machineText(at) || k == "meta" || k == "identifier" || k == "contained" || k == "subject" || k == "patient" || k == "data" || k == "hash" {
				continue
			}
			if _, ok := c.(string); ok {
				x[k] = mark(at)
			} else {
				plant(c, at, mark)
			}
		}
	case []any:
		for _, c := range x {
			plant(c, path, mark)
		}
	}
}

func machineText(path string) bool {
	for _, m := range textsForMachines {
		if strings.HasSuffix(path, m) {
			return true
		}
	}
	return false
}

func TestAProposalIsNoAgreementAndNumbersThatDifferBothStand(t *testing.T) {
	request := func(intent, text string) string {
		return `{"resourceType":"MedicationRequest","id":"x","status":"active","intent":"` + intent + `","subject":{"reference":"Patient/p1"},"medicationCodeableConcept":{"text":"Aspirine"},"dosageInstruction":[{"text":"` + text + `","doseAndRate":[{"doseQuantity":{"value":2,"unit":"tablet"}}]}]}`
	}
	for _, c := range []struct{ intent, text, want, never string }{
		{"proposal", "2 tabletten", "nog geen afspraak", "in cijfers"},
		{"order", "2 tabletten", "2 tabletten", "nog geen afspraak"},
		{"order", "volgens schema", "in cijfers: 2 tablet", ""},
		{"order", "12 tabletten", "in cijfers: 2 tablet", ""},
	} {
		s := page(find(t, load(t, request(c.intent, c.text)), "MedicationRequest/x"))
		if !strings.Contains(s, c.want) || c.never != "" && strings.Contains(s, c.never) {
			t.Errorf("%+v: %s", c, s)
		}
	}
	s := page(find(t, load(t, `{"resourceType":"Observation","id":"x","status":"final","subject":{"reference":"Patient/p1"},"code":{"text":"CRP"},"component":[{"code":{"text":"deel"},"valueQuantity":{"value":5,"comparator":"ad","unit":"mg"}}]}`), "Observation/x"))
	if !strings.Contains(s, "ad 5") {
		t.Errorf("a comparator is lost: %s", s)
	}
}

// Bytes written as letters are told of, not spelled out.
func TestBytesAreToldOfAndNotSpelledOut(t *testing.T) {
	row := "Beeld: " + strings.Repeat("QUJD", 100) + "=="
	got := base64Run.ReplaceAllStringFunc(row, forComputers)
	if got != "Beeld: gegevens voor een computer (402 tekens)" {
		t.Errorf("%q", got)
	}
	if long := strings.Repeat("Een lange zin met woorden. ", 40); base64Run.MatchString(long) {
		t.Error("a sentence taken for bytes")
	}
}

// A product by itself is no medicine that the client takes.
func TestAProductAloneIsNoMedicine(t *testing.T) {
	for typ, want := range map[string]dossier.Section{"Medication": dossier.SectionCare, "MedicationRequest": dossier.SectionMedication} {
		if got := specs[typ].section; got != want {
			t.Errorf("%s stands in %s, want %s", typ, got, want)
		}
	}
}
