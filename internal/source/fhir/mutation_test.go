package fhir_test

import (
	"encoding/json"
	"errors"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir"
)

// mutate spoils a JSON value in one of five ways somewhere in it: an element
// dropped, put in a list, made text, made null, or given another's value.
func mutate(r *rand.Rand, v any) any {
	switch x := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		if len(keys) == 0 {
			return x
		}
		sort.Strings(keys)
		k := keys[r.Intn(len(keys))]
		switch r.Intn(8) {
		case 0:
			delete(x, k)
		case 1:
			x[k] = []any{x[k]}
		case 2:
			x[k] = "tekst"
		case 3:
			x[k] = nil
		case 4:
			x[k] = x[keys[r.Intn(len(keys))]]
		default:
			x[k] = mutate(r, x[k])
		}
	case []any:
		if len(x) > 0 {
			i := r.Intn(len(x))
			x[i] = mutate(r, x[i])
		}
	}
	return v
}

// resources counts what a Bundle holds, as the account should.
func resources(v any) (n int) {
	b, ok := v.(map[string]any)
	if list, is := v.([]any); is && len(list) == 1 {
		return resources(list[0])
	}
	if !ok || b["resourceType"] != "Bundle" {
		return -1
	}
	entries, ok := b["entry"].([]any)
	if !ok {
		return -1
	}
	for _, e := range entries {
		if m, ok := e.(map[string]any); ok {
			if r, ok := m["resource"].(map[string]any); ok && len(r) > 0 {
				if r["resourceType"] == "Bundle" {
					return -1
				}
				n++
				continue
			}
		}
		return -1 // another shape: the account itself must still add up
	}
	return n
}

func entries(v any) ([]any, bool) {
	b, _ := v.(map[string]any)
	list, ok := b["entry"].([]any)
	return list, ok && len(list) > 0
}

func TestTwoHundredSpoiltFiles(t *testing.T) {
	var files []string
	for _, f := range []string{"ips/*.json", "nl-core-r4/*.json", "hl7-r4/*.json"} {
		list, _ := filepath.Glob(filepath.Join(corpus(t), f))
		files = append(files, list...)
	}
	r := rand.New(rand.NewSource(1))
	read, refused := 0, 0
	for n := range 200 {
		name := files[n*7%len(files)]
		if n%4 > 0 {
			name = files[n%13] // a whole record
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := -1
		if n%10 == 9 {
			data = data[:r.Intn(len(data))]
		} else {
			var v any
			if err := json.Unmarshal(data, &v); err != nil {
				t.Fatal(err)
			}
			for range 1 + r.Intn(20) {
				if list, ok := entries(v); ok && r.Intn(20) > 0 {
					i := r.Intn(len(list))
					list[i] = mutate(r, list[i])
				} else {
					v = mutate(r, v)
				}
			}
			want = resources(v)
			data, _ = json.Marshal(v)
		}
		rec, err := tryRead(t, everything, string(data))
		if err != nil {
			if !errors.Is(err, dossier.ErrUnreadable) {
				t.Errorf("%d: %v", n, err)
			}
			refused++
			continue
		}
		read++
		check(t, filepath.Base(name), rec)
		if want >= 0 && rec.Account.Read != want {
			t.Errorf("%d: %d resources read, the file holds %d", n, rec.Account.Read, want)
		}
	}
	t.Logf("%d read, %d refused whole", read, refused)
}

// machines are the texts that the item deliberately leaves out: numbers of the
// systems, the kind of an observation (it chooses the section), the bytes of a
// file, units of a dosage whose written text is shown.
var machines = []string{"Observation.category.text", "CarePlan.activity.detail.kind", "Appointment.participant.required", "requisition.value", "groupIdentifier.value", "Appointment.created",
	"ttachment.data", "ttachment.hash", "ttachment.creation", "presentedForm.data", "presentedForm.hash", "presentedForm.creation", "repeat.periodUnit", "repeat.durationUnit", "dosageInstruction.method.text"}

// TestEveryTextIsSomewhere replaces the texts of real resources by marks and
// looks for each of them in the item.
func TestEveryTextIsSomewhere(t *testing.T) {
	quiet := map[string]bool{"resourceType": true, "id": true, "system": true, "code": true, "version": true, "reference": true, "url": true, "use": true, "language": true, "status": true, "div": true, "type": true, "profile": true, "versionId": true, "lastUpdated": true, "display": true, "unit": true, "valueCode": true}
	list, _ := filepath.Glob(filepath.Join(corpus(t), "hl7-r4", "*.json"))
	lost, tried := map[string]int{}, 0
	for _, f := range list {
		data, _ := os.ReadFile(f)
		var v map[string]any
		if json.Unmarshal(data, &v) != nil || !strings.Contains("Condition AllergyIntolerance Procedure Observation CarePlan Goal Immunization MedicationRequest NutritionOrder Appointment Communication Flag AdverseEvent CareTeam Device ServiceRequest DiagnosticReport", v["resourceType"].(string)) {
			continue
		}
		n := 0
		plant(v, "", quiet, func(path string, set func(string)) {
			n++
			set("KANARIE" + path)
			tried++
		})
		j, _ := json.Marshal(v)
		rec, err := tryRead(t, everything, string(j))
		if err != nil {
			continue
		}
		var all strings.Builder
		for _, it := range rec.Dossier.Items {
			x, _ := json.Marshal(it)
			all.Write(x)
		}
		plant(v, "", quiet, func(path string, _ func(string)) {
			if !strings.Contains(all.String(), "KANARIE"+path) {
				lost[v["resourceType"].(string)+path]++
			}
		})
	}
	for _, k := range fhir.Most(lost) {
		if !slices.ContainsFunc(machines, func(m string) bool { return strings.HasSuffix(k, m) }) {
			t.Errorf("lost %d times: %s", lost[k], k)
		}
	}
	if tried < 200 {
		t.Errorf("only %d texts tried", tried)
	}
}

// plant visits the texts of a value that a reader should find again.
func plant(v any, path string, quiet map[string]bool, visit func(string, func(string))) {
	switch x := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			if quiet[k] || k == "meta" || k == "identifier" || k == "contained" || k == "subject" || k == "patient" {
				continue
			}
			if _, ok := x[k].(string); ok {
				visit(path+"."+k, func(s string) { x[k] = s })
			} else {
				plant(x[k], path+"."+k, quiet, visit)
			}
		}
	case []any:
		for _, c := range x {
			plant(c, path, quiet, visit)
		}
	}
}
