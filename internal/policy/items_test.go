package policy

import (
	"errors"
	"strings"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/portal"
)

func TestB3_ScopeOfAContact(t *testing.T) {
	visit := seen("afspraak")
	visit.Section, visit.Participants, visit.Supersedes = dossier.SectionAppointments, []string{"p-geheim"}, "r-geheim"
	broken := dossier.Item{ID: "x", Section: dossier.SectionReports, Unreadable: "CANARY-reden"}
	d := record(visit, seen("r-geheim"), broken)
	d.Relation.EndReason = "CANARY-einde"
	d.Grants = append(d.Grants, contact(dossier.SectionAppointments))
	for _, p := range []*portal.Portal{theT(), theH()} {
		v := look(t, d, p, Portaalkopie, "g-2")
		wantIDs(t, v, "afspraak")
		if v.Has(dossier.SectionReports) || len(v.Sections()) != 1 || len(v.Unreadable()) != 0 {
			t.Errorf("%s: sections %v, unreadable %v", p.ID, v.Sections(), v.Unreadable())
		}
		for _, no := range []string{"CANARY", "geheim", "1941", "0602", "rapportages"} {
			if strings.Contains(body(t, v), no) {
				t.Errorf("%s: the contact's data hold %q", p.ID, no)
			}
		}
	}
}

func TestB3_HoldingMakesNoClientOfAContact(t *testing.T) {
	health := seen("h")
	health.Section = dossier.SectionHealth
	d := record(health)
	g := contact(dossier.SectionHealth, dossier.SectionAppointments)
	g.Holder, d.Grants[0].Holder = true, false
	d.Grants = append(d.Grants, g)
	wantIDs(t, look(t, d, theT(), Portaalkopie, "g-2"), "")
}

func TestB3_WorkOfAnotherDossierIsRefused(t *testing.T) {
	d := record(seen("r"))
	works, _ := plan(t, d, theT(), Portaalkopie, noon)
	for name, spoil := range map[string]func(*Work){
		"client": func(w *Work) { w.Client = "c-2" },
		"portal": func(w *Work) { w.Portal = "mijnplan" },
		"reader": func(w *Work) { w.Recipient = Recipient{} },
	} {
		w := works[0]
		spoil(&w)
		if v, err := Decide(d, theT(), w); !errors.Is(err, ErrWork) || ids(v) != "" {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestC4_InternalAndOwnNotes(t *testing.T) {
	d := record(seen("r"), labelled("i", dossier.LabelInternal), labelled("w", dossier.LabelOwnNotes))
	d.Requests = []dossier.Request{request(dossier.RoleClient)}
	v := look(t, d, theT(), Portaalkopie, "g-1")
	wantIDs(t, v, "r")
	for _, h := range v.Withheld() {
		if h.Tell {
			t.Errorf("the portal copy tells of %s", h.Ground)
		}
	}
	a := look(t, d, theT(), AVGInzage, "q-1")
	wantIDs(t, a, "r")
	if len(a.Withheld()) != 2 || a.Review() != 1 || !strings.Contains(body(t, a), `"ground":"intern"`) {
		t.Errorf("the answer to a request tells %v, review %d", a.Withheld(), a.Review())
	}
}

func TestC5_NotForRelatives(t *testing.T) {
	d := record(seen("r"), labelled("n", dossier.LabelNotRelatives))
	d.Grants = append(d.Grants, contact(dossier.SectionReports), mentor())
	wantIDs(t, look(t, d, theT(), Portaalkopie, "g-1"), "n r")
	wantIDs(t, look(t, d, theT(), Portaalkopie, "g-2"), "r")
	v := look(t, d, theT(), Portaalkopie, "g-3")
	wantIDs(t, v, "r")
	if v.Review() != 1 {
		t.Errorf("%d items wait for a person, want 1", v.Review())
	}
}

func TestC6_StaffAsOnThePortal(t *testing.T) {
	for staff, want := range map[portal.StaffNaming]string{portal.StaffName: "Anna de Vries", portal.StaffInitials: "A.d.V.", "functie": ""} {
		p := *theT()
		p.Staff = staff
		it := look(t, record(seen("r")), &p, Portaalkopie, "g-1").Items(dossier.SectionReports)[0]
		if it.Author.Name != want || it.Author.Role != "verzorgende" {
			t.Errorf("%s: %+v", staff, it.Author)
		}
	}
}

func TestC8_ShieldedIsAbsentAtOnce(t *testing.T) {
	it := seen("r")
	it.Visibility.ShieldedFrom = day("2026-03-15")
	wantIDs(t, look(t, record(it), theH(), Portaalkopie, "g-1"), "")
	it.Visibility.ShieldedFrom = day("2026-03-16")
	wantIDs(t, look(t, record(it), theH(), Portaalkopie, "g-1"), "r")
}

func TestC9_TextStaysAsWritten(t *testing.T) {
	it := seen("r")
	it.Body[0].Text = "  Hé  <b>zo</b>\r\n “schreef” zij 12345678901 \u202e"
	got := look(t, record(it), theT(), Portaalkopie, "g-1").Items(dossier.SectionReports)[0]
	if got.Body[0].Text != it.Body[0].Text {
		t.Errorf("text became %q", got.Body[0].Text)
	}
}

func TestC10_C20_RemovedIsGoneFromTheNextCopy(t *testing.T) {
	it := seen("r")
	it.Status = dossier.StatusRemoved
	d := record(it)
	wantIDs(t, look(t, d, theH(), Portaalkopie, "g-1"), "")
	d.Relation.End = day("2026-03-10")
	wantIDs(t, look(t, d, theH(), Archief, ""), "r")
}

func TestC11_PicturesWithOthersStay(t *testing.T) {
	for _, c := range []struct {
		mime   string
		others dossier.Flag
		shown  bool
	}{
		{"image/jpeg", dossier.Yes, false}, {"image/jpeg", dossier.Unsaid, false}, {"image/jpeg", dossier.No, true},
		{"IMAGE/PNG", dossier.Unsaid, false}, {"", dossier.Unsaid, false}, {"application/pdf", dossier.Yes, false},
		{"application/pdf", dossier.Unsaid, true}, {"video/mp4", dossier.Unsaid, false},
	} {
		it := seen("r")
		it.Attachments = []dossier.Attachment{{ID: "a", MIME: c.mime, ShowsOthers: c.others}}
		d := record(it)
		d.Requests = []dossier.Request{request(dossier.RoleClient)}
		for k, id := range map[Kind]string{Portaalkopie: "g-1", AVGInzage: "q-1"} {
			v := look(t, d, theH(), k, id)
			shown := len(v.Items(dossier.SectionReports)[0].Attachments) == 1
			if shown != c.shown || v.ImagesOnlyInPortal() == 1 == c.shown {
				t.Errorf("%s %q others %q: shown %t, in portal %d", k, c.mime, c.others, shown, v.ImagesOnlyInPortal())
			}
		}
	}
}

func TestC18_BSNIsMasked(t *testing.T) {
	it := seen("r")
	it.Body[0].Text = "BSN 999900602."
	d := record(it)
	d.Requests = []dossier.Request{request(dossier.RoleClient)}
	if b := body(t, look(t, d, theT(), Portaalkopie, "g-1")); strings.Contains(b, "999900602") {
		t.Error("the whole BSN is in the copy")
	}
	d.Requests[0].FullBSN = true
	if b := body(t, look(t, d, theT(), AVGInzage, "q-1")); !strings.Contains(b, "999900602") {
		t.Error("the client asked for the number and does not get it")
	}
	if d.Items[0].Body[0].Text != "BSN 999900602." {
		t.Error("the dossier was altered")
	}
}

func TestC19_TheLongestTermHolds(t *testing.T) {
	d := record(seen("r"))
	d.Relation.End, d.Relation.LastChange = day("2026-03-01"), day("2026-03-05")
	if r := RetentionOf(d, theH()); r.Hold || r.Class != "wgbo" || !r.Until.Equal(at(t, "2046-03-06 00:00:00")) {
		t.Errorf("with reports: %+v", r)
	}
	d.Items[0].Section = dossier.SectionDocuments
	if r := RetentionOf(d, theH()); r.Hold || r.Class != "h-art10" || !r.Until.Equal(at(t, "2041-03-02 00:00:00")) {
		t.Errorf("without: %+v", r)
	}
	d.Relation.End = dossier.Date{}
	if r := RetentionOf(d, theH()); !r.Hold {
		t.Errorf("end unknown: %+v", r)
	}
	p := *theH()
	p.Retention = nil
	if r := RetentionOf(d, &p); !r.Hold {
		t.Errorf("no class: %+v", r)
	}
}

func TestEnteredInErrorIsMarkedOnlyByLaw(t *testing.T) {
	it := seen("r")
	it.Status = dossier.StatusEnteredInError
	d := record(it)
	d.Requests = []dossier.Request{request(dossier.RoleClient)}
	wantIDs(t, look(t, d, theT(), Portaalkopie, "g-1"), "")
	v := look(t, d, theT(), AVGInzage, "q-1")
	if got := v.Items(dossier.SectionReports); len(got) != 1 || got[0].Status != dossier.StatusEnteredInError {
		t.Errorf("answer to a request: %v", got)
	}
}

func TestThirdPartyAndUnsaidAreHidden(t *testing.T) {
	un := seen("u")
	un.Visibility.Portal = dossier.Unsaid
	d := record(un, labelled("d", dossier.LabelThirdParty), labelled("v", dossier.LabelRestricted))
	v := look(t, d, theT(), Portaalkopie, "g-1")
	wantIDs(t, v, "")
	if v.Total() != (Total{Read: 3, Withheld: 3}) {
		t.Errorf("total %+v", v.Total())
	}
}

func TestMessagesOfTheClientStayInTheAnswerToARequest(t *testing.T) {
	it := seen("b")
	it.Section, it.Participants = dossier.SectionMessages, []string{"p-1"}
	d := record(it)
	d.Requests = []dossier.Request{request(dossier.RoleClient)}
	wantIDs(t, look(t, d, theT(), AVGInzage, "q-1"), "b")
	wantIDs(t, look(t, d, theT(), Portaalkopie, "g-1"), "b")
}

func TestOnlyKnownGroundsAreRecorded(t *testing.T) {
	it := seen("r")
	for ground, want := range map[string]Code{"bw-7-456": "bw-7-456", "CANARY-eigen woord": WaitsForReview, "": WaitsForReview} {
		it.Visibility.Refusal = &dossier.Refusal{Ground: ground}
		d := record(it)
		d.Requests = []dossier.Request{request(dossier.RoleClient)}
		v := look(t, d, theT(), AVGInzage, "q-1")
		if h := v.Withheld(); len(h) != 1 || h[0].Ground != want || strings.Contains(body(t, v), "CANARY") {
			t.Errorf("ground %q: %+v", ground, h)
		}
	}
}

func TestReplacedIsHiddenAndACircleHidesNothing(t *testing.T) {
	a, b, c := seen("a"), seen("b"), seen("c")
	b.Supersedes = "a"
	v := look(t, record(a, b), theT(), Portaalkopie, "g-1")
	wantIDs(t, v, "b")
	if v.Items(dossier.SectionReports)[0].Supersedes != "a" {
		t.Error("it is not said that a text replaces an earlier one")
	}
	a.Supersedes, c.Supersedes = "b", "x"
	wantIDs(t, look(t, record(a, b, c), theT(), Portaalkopie, "g-1"), "a b c")
}

func TestACopyForAContactSaysLess(t *testing.T) {
	d := record(seen("r"))
	d.Client.Address, d.Relation.EndReason = []string{"Straat 1"}, "verhuisd"
	d.Grants = append(d.Grants, contact(dossier.SectionReports))
	for _, id := range []string{"g-1", "g-2"} {
		b := body(t, look(t, d, theH(), Portaalkopie, id))
		for word, in := range map[string]bool{"1941-05-09": id == "g-1", "0602": id == "g-1", "2020-01-01": id == "g-1", "Straat": false, "verhuisd": false, "p-1": false, "Mien": true} {
			if strings.Contains(b, word) != in {
				t.Errorf("copy of %s: %q in it is not %t", id, word, in)
			}
		}
	}
	d.Relation.Deceased = day("2026-03-10")
	q := request(dossier.RoleContact)
	q.Ground7458a, q.Sections = "incident", []dossier.Section{dossier.SectionReports}
	d.Requests = []dossier.Request{q}
	b := body(t, look(t, d, theH(), AVGInzage, "q-1"))
	for _, word := range []string{"1941-05-09", "0602", "2020-01-01", "2026-03-10", "verhuisd", "p-1"} {
		if strings.Contains(b, word) {
			t.Errorf("after the death %q is told", word)
		}
	}
}

// What waits for a person is told of sections that the reader may see, in a kind
// that tells; the officers know all of it.
func TestWhatWaitsIsToldOfTheReadersSections(t *testing.T) {
	silent := labelled("s", dossier.LabelReview)
	silent.Visibility.Refusal = &dossier.Refusal{Ground: "eigen", Silent: true}
	health := labelled("h", dossier.LabelReview)
	health.Section = dossier.SectionHealth
	for _, c := range []struct {
		kind     Kind
		sections []dossier.Section
		waiting  int
	}{{Portaalkopie, nil, 0}, {Terugval, nil, 0}, {AVGInzage, nil, 2}, {AVGInzage, []dossier.Section{dossier.SectionReports}, 1}, {AVGInzage, []dossier.Section{dossier.SectionPlan}, 0}} {
		d := record(labelled("r", dossier.LabelReview), health, silent)
		d.Requests = []dossier.Request{request(dossier.RoleClient)}
		d.Requests[0].Sections = c.sections
		id := map[Kind]string{Portaalkopie: "g-1", Terugval: "g-1", AVGInzage: "q-1"}[c.kind]
		v := look(t, d, theT(), c.kind, id)
		if v.Waiting() != c.waiting || v.Review() != 3 {
			t.Errorf("%s of %v: told %d, want %d; officers know %d of 3", c.kind, c.sections, v.Waiting(), c.waiting, v.Review())
		}
		for _, w := range v.Withheld() {
			if w.Tell && !v.Has(w.Section) {
				t.Errorf("%s of %v: told of %s", c.kind, c.sections, w.Section)
			}
		}
		if b := body(t, v); strings.Contains(b, "gezondheid") != v.Has(dossier.SectionHealth) {
			t.Errorf("%s of %v: the copy names a section that the reader may not see", c.kind, c.sections)
		}
	}
}

func TestAReasonThatIsNoCodeIsNotTold(t *testing.T) {
	for reason, want := range map[string]string{"kapot": "kapot", "levering-onvolledig: bestand-x": "levering-onvolledig: bestand-x", "Mevrouw zei dat": "onleesbaar", "a\nb": "onleesbaar"} {
		it := seen("r")
		it.Unreadable = reason
		if u := look(t, record(it), theT(), Portaalkopie, "g-1").Unreadable(); len(u) != 1 || u[0].Reason != want {
			t.Errorf("%q: %+v", reason, u)
		}
	}
}

// A part of a block that its kind does not show is told nowhere.
func TestOnlyThePartsOfABlockThatAreShown(t *testing.T) {
	it := seen("r")
	it.Body = nil
	for _, k := range []dossier.BlockKind{dossier.BlockText, dossier.BlockField, dossier.BlockTable, dossier.BlockList, dossier.BlockWarning} {
		it.Body = append(it.Body, dossier.Block{Kind: k, Format: dossier.Markdown, Label: "l", Text: "t", Columns: []string{"c"}, Rows: [][]string{{"r"}}, Entries: []string{"e"}})
	}
	got := ""
	for _, b := range look(t, record(it), theT(), Portaalkopie, "g-1").Items(dossier.SectionReports)[0].Body {
		got += string(b.Kind) + " " + string(b.Format) + b.Label + b.Text + strings.Join(b.Columns, "") + strings.Join(b.Entries, "")
		for _, r := range b.Rows {
			got += strings.Join(r, "")
		}
		got += ";"
	}
	if got != "text lt;field lt;table lcr;list le;warning lt;" {
		t.Errorf("%q", got)
	}
}

// Another file under the same name is another content, though no copy says where
// the file lay.
func TestAnotherFileIsAnotherContent(t *testing.T) {
	it := seen("r")
	it.Attachments = []dossier.Attachment{{ID: "a", Path: "CANARY-1.txt", Name: "brief", MIME: "text/plain", SHA256: "aa", Size: 3}}
	before := look(t, record(it), theT(), Portaalkopie, "g-1")
	if strings.Contains(body(t, before), "CANARY") {
		t.Error("the copy tells where the file lay")
	}
	for _, change := range []func(*dossier.Attachment){func(a *dossier.Attachment) { a.Path = "2.txt" }, func(a *dossier.Attachment) { a.SHA256 = "bb" }, func(a *dossier.Attachment) { a.Size = 4 }} {
		it.Attachments = []dossier.Attachment{it.Attachments[0]}
		change(&it.Attachments[0])
		if after := look(t, record(it), theT(), Portaalkopie, "g-1"); string(after.Canonical()) == string(before.Canonical()) {
			t.Errorf("%+v is taken for the same", it.Attachments[0])
		}
		it.Attachments[0] = before.Items(dossier.SectionReports)[0].Attachments[0]
	}
}
