package fhir_test

import (
	"errors"
	"os"
	"testing"

	"inzage/internal/dossier"
)

func FuzzRecord(f *testing.F) {
	for _, s := range []string{
		bundle(client, other, with("Condition", `"code":"Jicht","onsetDateTime":"2019","modifierExtension":[{}]`)),
		bundle(client, `{"resourceType":"Observation","subject":{"reference":"Patient/p1"},"hasMember":[{"reference":"#"}],"component":[{"valueQuantity":{"value":1e400}}],"contained":[{"resourceType":"Observation","id":"a","hasMember":[{"reference":"#a"}]}]}`),
		bundle(client, directive(`"provision":{"type":"deny","provision":[[{"type":"permit"}]]}`)),
		bundle(client, `{"resourceType":"QuestionnaireResponse","id":"q","item":[{"linkId":"1","answer":[{"valueBoolean":true,"item":[{"text":"x"}]}]}]}`),
		`{"resourceType":"Patient","id":"p","name":["x",null,{"given":[null,"y"],"_given":{"extension":[]}}],"link":[{}]}`,
		`{"resourceType":"Bundle","entry":{"resource":[{"resourceType":"MedicationRequest","dosageInstruction":[{"timing":{"repeat":{"frequency":1,"period":8,"periodUnit":"h"}}}]}]}}`,
		`[]`, `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Bundle"}}]}`,
	} {
		f.Add(s)
	}
	if list, err := os.ReadDir("testdata/quirks"); err == nil {
		for _, e := range list {
			if b, err := os.ReadFile("testdata/quirks/" + e.Name()); err == nil {
				f.Add(string(b))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data string) {
		r, err := tryRead(t, everything, data)
		if err != nil {
			if !errors.Is(err, dossier.ErrUnreadable) {
				t.Fatal(err)
			}
			return
		}
		check(t, "fuzz", r)
		var ids []string
		for _, it := range r.Dossier.Items {
			if it.Unreadable == "" {
				ids = append(ids, it.ID)
			}
		}
		if _, err := r.Document(ids, true); err != nil {
			t.Fatal(err)
		}
	})
}
