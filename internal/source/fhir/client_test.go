package fhir_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir"
)

const other = `{"resourceType":"Patient","id":"p2","name":[{"text":"Iemand Anders"}]}`

func TestTwoPersonsInOneFile(t *testing.T) {
	r := read(t, everything, other, with("Condition", `"code":{"text":"Jicht"}`), with("Goal", `"description":{"text":"lopen"}`),
		`{"resourceType":"Condition","id":"y","subject":{"reference":"Patient/p2"},"code":{"text":"GEHEIM"}}`,
		`{"resourceType":"CareTeam","id":"z","name":"Wie weet"}`,
		`{"resourceType":"Procedure","id":"v","subject":{"display":"Truus"},"code":{"text":"Onzeker"}}`,
		`{"resourceType":"Observation","id":"w","subject":{"reference":"Patient/p1"},"code":{"text":"Score"},"hasMember":[{"reference":"Observation/q"}]}`,
		`{"resourceType":"Observation","id":"q","subject":{"reference":"Patient/p2"},"code":{"text":"GEHEIME score"},"valueString":"GEHEIM"}`)
	for id, foreign := range map[string]bool{"Patient": false, "Patient/p2": true, "Condition/x": false, "Condition/y": true, "Observation/q": true} {
		if it := item(t, r, id); (it.ClientRef != "") != foreign || strings.Contains(string(it.ClientRef), "p2") {
			t.Errorf("%s: client %q", id, it.ClientRef)
		}
	}
	for _, id := range []string{"CareTeam/z", "Procedure/v"} {
		if it := item(t, r, id); !slices.Contains(it.Visibility.Labels, dossier.LabelReview) {
			t.Errorf("%s: nobody looks at it first", id)
		}
	}
	if s := said(item(t, r, "Observation/w")); strings.Contains(s, "GEHEIM") {
		t.Errorf("another's value stands in an item: %s", s)
	}
	if r.Account.Foreign != 3 {
		t.Errorf("%+v", r.Account)
	}
}

func TestNobodyLeads(t *testing.T) {
	for name, data := range map[string]string{
		"two":    bundle(client, other),
		"none":   bundle(`{"resourceType":"Organization","id":"o","name":"Zorg"}`),
		"broken": `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","name":"KANARIE"`,
	} {
		_, err := tryRead(t, everything, data)
		if !errors.Is(err, dossier.ErrUnreadable) || !errors.Is(err, fhir.ErrFHIR) || strings.Contains(err.Error(), "KANARIE") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNoResourceIsCounted(t *testing.T) {
	r, err := tryRead(t, everything, `{"resourceType":"Bundle","type":"searchset","entry":[{"resource":`+client+`},{"resource":"tekst"},{"resource":{"geen":"type"}},{"response":{"status":"201"}},{"request":{"method":"DELETE","url":"Condition/1"}},{"resource":{"resourceType":"OperationOutcome","id":"m"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := fhir.Account{Read: 4, Items: 1, Unreadable: 3, Empty: 1, Deleted: 1}
	if r.Account != want {
		t.Errorf("%+v, want %+v", r.Account, want)
	}
}

func TestVersionsAndCopies(t *testing.T) {
	r := read(t, everything, with("Condition", `"meta":{"versionId":"9"},"code":{"text":"oud"}`), with("Condition", `"meta":{"versionId":"10"},"code":{"text":"nieuw"}`), with("Condition", `"meta":{"versionId":"9"},"code":{"text":"oud"}`),
		`{"resourceType":"Goal","subject":{"reference":"Patient/p1"},"description":{"text":"zonder id"}}`)
	if it := item(t, r, "Condition/x"); it.Title != "nieuw" || it.Supersedes != "Condition/x@1" {
		t.Errorf("%+v", it)
	}
	if r.Account.Same != 1 || r.Account.Older != 1 || item(t, r, "Condition/x@1").Title != "oud" {
		t.Errorf("%+v", r.Account)
	}
}

func TestSeveralFilesOfOneClient(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"truus/1.json": client, "truus/2.ndjson": with("Condition", `"code":{"text":"Jicht"}`) + "\n\n{kapot\n", "jan/1.json": other, "toegang.json": `{"p1":{"relation":{"start":"2020"},"grants":[{"id":"g1","person":{"name":"Truus"},"role":"client"}]}}`} {
		p := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o700), os.WriteFile(p, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir, fhir.Options{Portal: "x"})
	var names []string
	for ref, err := range s.Clients(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, ref.Path)
	}
	if strings.Join(names, " ") != "jan truus" {
		t.Fatal(names)
	}
	d, err := s.Load(context.Background(), dossier.FileRef{Path: "truus"})
	if err != nil || len(d.Items) != 3 || len(d.Grants) != 1 || d.Relation.Start.String() != "2020" || d.Ref != "p1" {
		t.Fatalf("%+v, %v", d, err)
	}
	p, err := s.Profile(context.Background())
	if err != nil || p.Clients != 2 || p.Unreadable["geen-json"] != 1 || p.Types["Condition"].Count != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestWhoMaySee(t *testing.T) {
	conf := func(code string) string {
		return `"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"` + code + `"}]}`
	}
	act := func(code string) string {
		return `"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"` + code + `"}]}`
	}
	own := func(code string) string {
		return `"meta":{"security":[{"system":"urn:ecd:zichtbaarheid","code":"` + code + `"}]}`
	}
	none, all := fhir.Rules{}, fhir.Rules{Show: []string{"Condition"}}
	for _, c := range []struct {
		name, meta string
		rules      fhir.Rules
		portal     dossier.Flag
		audience   int
		label      dossier.Label
	}{
		{"no mark and no rule: not in the portal", `"language":"nl"`, none, "", 0, ""},
		{"the rule for the type", `"language":"nl"`, all, "ja", 0, ""},
		{"normal", conf("N"), all, "ja", 0, ""},
		{"restricted: client and representative", conf("R"), all, "ja", 2, ""},
		{"very restricted: a human first", conf("V"), all, "ja", 0, dossier.LabelReview},
		{"taboo", act("TBOO"), all, "ja", 0, dossier.LabelReview},
		{"no disclosure", act("NOPAT"), all, "ja", 0, dossier.LabelReview},
		{"violence: the client alone", act("SDV"), all, "ja", 1, ""},
		{"an employee", act("EMP"), all, "ja", 0, dossier.LabelThirdParty},
		{"an unknown code", act("XYZ"), all, "ja", 0, dossier.LabelReview},
		{"an unknown system", `"meta":{"security":[{"system":"urn:anders","code":"1"}]}`, all, "ja", 0, dossier.LabelReview},
		{"the system's own mark shows", own("portaal"), none, "ja", 0, ""},
		{"for colleagues", own("intern"), all, "nee", 0, dossier.LabelInternal},
		{"not for relatives", own("niet-naasten"), all, "ja", 0, dossier.LabelNotRelatives},
		{"the client alone", own("alleen-client"), all, "ja", 1, ""},
		{"after it was talked over", own("na-bespreking"), all, "ja", 0, dossier.LabelReview},
		{"about others", own("derden"), all, "ja", 0, dossier.LabelThirdParty},
		{"a label that the portal knows", `"meta":{"security":[{"system":"urn:anders","code":"1"}]}`, fhir.Rules{Show: []string{"*"}, Labels: map[string]fhir.Effect{"urn:anders|1": fhir.EffectHide}}, "nee", 0, ""},
	} {
		opt := everything
		opt.Rules = c.rules
		v := item(t, read(t, opt, with("Condition", c.meta+`,"code":{"text":"Jicht"}`)), "Condition/x").Visibility
		label := dossier.Label("")
		if len(v.Labels) > 0 {
			label = v.Labels[0]
		}
		if v.Portal != c.portal || len(v.Audience) != c.audience || label != c.label {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

func TestAMarkedResourceIsNotToldByAnother(t *testing.T) {
	r := read(t, everything, with("Procedure", `"code":{"text":"Prik"},"reasonReference":[{"reference":"Condition/g"}]`),
		`{"resourceType":"Condition","id":"g","subject":{"reference":"Patient/p1"},"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"TBOO"}]},"code":{"text":"GEHEIM"}}`)
	if s := said(item(t, r, "Procedure/x")); strings.Contains(s, "GEHEIM") {
		t.Error(s)
	}
}

func TestAConsentThatDenies(t *testing.T) {
	deny := func(rest string) string {
		return `{"resourceType":"Consent","id":"c","status":"active","patient":{"reference":"Patient/p1"},"scope":{"coding":[{"code":"patient-privacy"}]},"provision":{"type":"permit","provision":[{"type":"deny"` + rest + `}]}}`
	}
	for rest, closed := range map[string]bool{`,"class":[{"code":"Condition"}]`: true, `,"class":[{"code":"Goal"}]`: false, `,"data":[{"meaning":"instance","reference":{"reference":"Condition/x"}}]`: true, ``: true} {
		it := item(t, read(t, everything, deny(rest), with("Condition", `"code":{"text":"Jicht"}`)), "Condition/x")
		if slices.Contains(it.Visibility.Labels, dossier.LabelReview) != closed {
			t.Errorf("%s: %+v", rest, it.Visibility)
		}
	}
}

func TestAttachments(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "brief.txt"), []byte("uit de map"), 0o600)
	doc := func(id, attachment string) string {
		return `{"resourceType":"DocumentReference","id":"` + id + `","status":"current","subject":{"reference":"Patient/p1"},"description":"Brief","contained":[{"resourceType":"Binary","id":"b","contentType":"text/plain","data":"` + base64.StdEncoding.EncodeToString([]byte("ingesloten")) + `"}],"content":[{"attachment":` + attachment + `}]}`
	}
	inline := base64.StdEncoding.EncodeToString([]byte("hallo"))
	data := bundle(client, doc("inline", `{"contentType":"text/plain","data":"`+inline+`","size":999999,"title":"Groet"}`), doc("binary", `{"url":"Binary/b1"}`), doc("held", `{"url":"#b"}`), doc("file", `{"url":"brief.txt"}`), doc("up", `{"url":"../geheim.txt"}`), doc("gone", `{"url":"Binary/weg"}`),
		doc("hash", `{"contentType":"text/plain","data":"`+inline+`","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAA="}`), doc("bad", `{"contentType":"text/plain","data":"***"}`), doc("far", `{"url":"https://elders/x.pdf","title":"Verre brief"}`),
		`{"resourceType":"Binary","id":"b1","contentType":"text/plain","content":"`+base64.StdEncoding.EncodeToString([]byte("los"))+`"}`)
	if err := os.WriteFile(filepath.Join(dir, "c.json"), []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, everything)
	ref := dossier.FileRef{Path: "c.json"}
	r, err := s.Record(context.Background(), ref)
	if err != nil {
		t.Fatal(err)
	}
	o := s.Opener(ref)
	for id, want := range map[string]string{"inline": "hallo", "binary": "los", "held": "ingesloten", "file": "uit de map", "up": "!pad-buiten-map", "gone": "!bestand-ontbreekt", "hash": "!controle-onjuist", "bad": "!beschadigd"} {
		it := item(t, r, "DocumentReference/"+id)
		if len(it.Attachments) == 0 {
			t.Errorf("%s: no attachment", id)
			continue
		}
		got := ""
		f, err := o.Open(context.Background(), it.Attachments[0])
		var m dossier.Missing
		if errors.As(err, &m) {
			got = "!" + string(m.Reason)
		} else if err == nil {
			b, _ := io.ReadAll(f)
			f.Close()
			got = string(b)
		}
		if got != want {
			t.Errorf("%s: %q (%v), want %q", id, got, err, want)
		}
	}
	if s := said(item(t, r, "DocumentReference/far")); !strings.Contains(s, "Verre brief: staat op een andere computer") {
		t.Error(s)
	}
	if r.Account.Parts != 1 {
		t.Errorf("%+v", r.Account)
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	s := open(t, filepath.Join(corpus(t), "ips"), everything)
	ref := dossier.FileRef{Path: "NL_core_patient_01.json"}
	var first []byte
	for range 3 {
		r, err := s.Record(context.Background(), ref)
		if err != nil {
			t.Fatal(err)
		}
		j, _ := json.Marshal(r.Dossier)
		var ids []string
		for _, it := range r.Dossier.Items {
			ids = append(ids, it.ID)
		}
		doc, err := r.Document(ids, false)
		if err != nil {
			t.Fatal(err)
		}
		if j = append(j, doc...); first != nil && string(j) != string(first) {
			t.Fatal("it differs")
		}
		first = j
	}
}

func TestEndOfCareAndDeath(t *testing.T) {
	episode := func(id, period, status string) string {
		return `{"resourceType":"EpisodeOfCare","id":"` + id + `","status":"` + status + `","patient":{"reference":"Patient/p1"},"period":` + period + `}`
	}
	r := read(t, fhir.Options{}, episode("a", `{"start":"2020-01-01","end":"2021-01-01"}`, "finished"), episode("b", `{"start":"2022","end":"2025-03-01"}`, "finished"), episode("c", `{"start":"2010"}`, "cancelled"))
	if rel := r.Dossier.Relation; !rel.Ended || rel.End.String() != "2025-03-01" || rel.Start.String() != "2020-01-01" {
		t.Errorf("%+v", rel)
	}
	r = read(t, fhir.Options{}, episode("a", `{"start":"2020-01-01","end":"2021-01-01"}`, "finished"), episode("b", `{"start":"2022"}`, "active"))
	if rel := r.Dossier.Relation; rel.Ended || !rel.End.IsZero() {
		t.Errorf("%+v", rel)
	}
	r, err := tryRead(t, fhir.Options{}, bundle(`{"resourceType":"Patient","id":"p1","deceasedBoolean":true}`))
	if err != nil || !r.Dossier.Relation.Died {
		t.Errorf("%v %v", r, err)
	}
}
