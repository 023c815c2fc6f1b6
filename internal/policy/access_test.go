package policy

import (
	"errors"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/portal"
)

func TestA1_OnlyRolesWithAGroundLook(t *testing.T) {
	d := record()
	d.Grants = append(d.Grants, grant("g-x", "buurvrouw"), grant("g-c", dossier.RoleContact), mentor())
	wantCode(t, d, theT(), Portaalkopie, noon, "g-1", "")
	wantCode(t, d, theT(), Portaalkopie, noon, "g-3", "")
	wantCode(t, d, theT(), Portaalkopie, noon, "g-x", NoBasis)
	wantCode(t, d, theT(), Portaalkopie, noon, "g-c", NoBasis)
}

func TestA2_OnlyClientsInCare(t *testing.T) {
	for _, start := range []string{"", "2026-03-16"} {
		d := record()
		d.Relation.Start = day(start)
		wantCode(t, d, theT(), Portaalkopie, noon, "g-1", NoRelation)
	}
}

func TestA5_B7_RefusedAccessDoesNotStopTheLawsCopy(t *testing.T) {
	d := record()
	d.Grants[0].Blocked = &dossier.Blockade{Since: day("2026-03-15"), Reason: "misbruik"}
	d.Requests = []dossier.Request{request(dossier.RoleClient)}
	for _, p := range []*portal.Portal{theT(), theH()} {
		wantCode(t, d, p, Portaalkopie, noon, "g-1", Denied)
		wantCode(t, d, p, Terugval, noon, "g-1", Denied)
		wantCode(t, d, p, Portaalkopie, "2026-03-14 23:59:59", "g-1", "")
		wantCode(t, d, p, AVGInzage, noon, "q-1", "")
	}
}

func TestA6_A9_TermsArePinned(t *testing.T) {
	d, p := record(), theT()
	terms := p.Terms[0]
	works, _, err := Plan(d, p, []Kind{Portaalkopie, Terugval}, terms, at(t, noon))
	if err != nil || len(works) != 2 {
		t.Fatal(len(works), err)
	}
	for _, w := range works {
		if w.Terms.Version != terms.Version || w.Terms.SHA256 != terms.SHA256 {
			t.Errorf("%s: terms %q, not the pinned ones", w.Kind, w.Terms.Version)
		}
	}
}

func TestA7_TermsSeenOnlyByLoggingIn(t *testing.T) {
	for login, want := range map[string]bool{"": false, "1999-01-01": false, "2026-03-14T09:00": true} {
		d := record()
		d.Grants[0].LastLogin = day(login)
		if got := look(t, d, theT(), Portaalkopie, "g-1").TermsSeen(); got != want {
			t.Errorf("last login %q: terms seen %t", login, got)
		}
	}
}

func TestA8_A10_IncompletePortalMakesNothing(t *testing.T) {
	for name, spoil := range map[string]func(*portal.Portal, *portal.Terms){
		"version":    func(_ *portal.Portal, t *portal.Terms) { t.Version = "" },
		"valid-from": func(_ *portal.Portal, t *portal.Terms) { t.ValidFrom = dossier.Date{} },
		"disclaimer": func(p *portal.Portal, _ *portal.Terms) { p.Disclaimer.Blocks = nil },
		"explainer":  func(p *portal.Portal, _ *portal.Terms) { p.Explainer.Role = "" },
		"privacy":    func(p *portal.Portal, _ *portal.Terms) { p.PrivacyURL = "" },
		"emergency":  func(p *portal.Portal, _ *portal.Terms) { p.EmergencyPhone = "" },
	} {
		p := *theH()
		terms := p.Terms[0]
		spoil(&p, &terms)
		if _, _, err := Plan(record(), &p, []Kind{Portaalkopie}, terms, at(t, noon)); !errors.Is(err, ErrPortal) {
			t.Errorf("%s missing: error %v", name, err)
		}
	}
}

func TestB1_TwoHolders(t *testing.T) {
	d := record()
	g := mentor()
	g.Holder = true
	d.Grants = append(d.Grants, g)
	wantCode(t, d, theT(), Portaalkopie, noon, "g-1", TwoHolders)
	wantCode(t, d, theT(), Terugval, noon, "g-3", TwoHolders)
	d.Grants[1].RevokedAt = day("2026-01-01")
	wantCode(t, d, theT(), Portaalkopie, noon, "g-1", "")
}

func TestB2_FirstContactPerson(t *testing.T) {
	d := record()
	g := grant("g-4", dossier.RoleFirstContact)
	d.Grants = append(d.Grants, g)
	wantCode(t, d, theT(), Portaalkopie, noon, "g-4", NoDelegation)
	d.Grants[1].DelegatedBy = "g-1"
	wantCode(t, d, theT(), Portaalkopie, noon, "g-4", "")
	wantCode(t, d, theH(), Portaalkopie, noon, "g-4", NoDelegation)
	d.Grants[1].Basis, d.Grants[1].Scope = byClient, []dossier.Section{dossier.SectionAppointments}
	wantCode(t, d, theH(), Portaalkopie, noon, "g-4", "")
}

func TestB4_RepresentativesNeedTheirPaper(t *testing.T) {
	d := record()
	d.Grants = append(d.Grants, mentor(), grant("g-b", dossier.RoleAdministrator))
	wantCode(t, d, theT(), Portaalkopie, noon, "g-3", "")
	wantCode(t, d, theT(), Portaalkopie, noon, "g-b", MoneyOnly)
	for _, role := range []dossier.Role{dossier.RoleRepresentative, dossier.RoleCurator, dossier.RoleMentor, dossier.RoleGuardian, dossier.RoleAuthorised} {
		d.Grants[1].Role, d.Grants[1].Document = role, ""
		wantCode(t, d, theT(), Portaalkopie, noon, "g-3", NoBasis)
	}
}

func TestB5_B6_RevokedUnsubscribedAndExpired(t *testing.T) {
	for want, spoil := range map[Code]func(*dossier.Grant){
		Withdrawn:    func(g *dossier.Grant) { g.RevokedAt = day("2026-03-15T12:00") },
		Unsubscribed: func(g *dossier.Grant) { g.Unsubscribed = true },
		Expired:      func(g *dossier.Grant) { g.Until = day("2026-03-14") },
		NotYet:       func(g *dossier.Grant) { g.From = day("2026-03-16") },
		OtherClient:  func(g *dossier.Grant) { g.ClientRef = "c-2" },
	} {
		d := record()
		spoil(&d.Grants[0])
		d.Requests = []dossier.Request{request(dossier.RoleClient)}
		wantCode(t, d, theT(), Portaalkopie, noon, "g-1", want)
		wantCode(t, d, theT(), AVGInzage, noon, "q-1", "")
	}
	d := record()
	d.Grants[0].RevokedAt = day("2026-03-15T12:00")
	wantCode(t, d, theT(), Portaalkopie, "2026-03-15 11:59:59", "g-1", "")
}

func TestB8_LastSecondOfAccess(t *testing.T) {
	for _, c := range []struct {
		p               *portal.Portal
		end, last, over string
	}{
		{theT(), "2026-03-01", "2026-03-15 23:59:59", "2026-03-16 00:00:00"},
		{theH(), "2026-03-01", "2026-03-08 23:59:59", "2026-03-09 00:00:00"},
		{theT(), "2026-03-15", "2026-03-29 23:59:59", "2026-03-30 00:00:00"}, // an hour shorter
		{theH(), "2026-03-22", "2026-03-29 23:59:59", "2026-03-30 00:00:00"},
		{theT(), "2026-10-11", "2026-10-25 23:59:59", "2026-10-26 00:00:00"}, // an hour longer
		{theH(), "2026-10-18", "2026-10-25 23:59:59", "2026-10-26 00:00:00"},
		{theT(), "2028-02-15", "2028-02-29 23:59:59", "2028-03-01 00:00:00"},
		{theH(), "2028-02-29", "2028-03-07 23:59:59", "2028-03-08 00:00:00"},
	} {
		d := record()
		d.Relation.End, d.Relation.Ended = day(c.end), true
		wantCode(t, d, c.p, Portaalkopie, c.last, "g-1", "")
		wantCode(t, d, c.p, Portaalkopie, c.over, "g-1", NoRelation)
		works, _ := plan(t, d, c.p, Terugval, c.last)
		if len(works) == 1 && !works[0].AccessUntil.Equal(at(t, c.over)) {
			t.Errorf("%s: access until %s, want %s", c.end, works[0].AccessUntil, c.over)
		}
	}
}

func TestB8_CorrectedWithdrawnAndUnknownEnd(t *testing.T) {
	d := record()
	d.Relation.End = day("2026-03-10")
	wantCode(t, d, theT(), Portaalkopie, noon, "g-1", "")
	d.Relation.End = day("2026-02-10") // corrected backwards
	wantCode(t, d, theT(), Portaalkopie, noon, "g-1", NoRelation)
	d.Relation.End = dossier.Date{} // withdrawn
	wantCode(t, d, theT(), Portaalkopie, noon, "g-1", "")
	d.Relation.Ended = true // the day is not known
	wantCode(t, d, theT(), Portaalkopie, noon, "g-1", NoRelation)
}

func TestB9_DeathEndsEveryGrantAtOnce(t *testing.T) {
	d := record(seen("r1"))
	d.Items = append(d.Items, seen("oud"), seen("m1"))
	d.Items[1].Date, d.Items[2].Section = day("2024-01-01"), dossier.SectionMeasurements
	d.Grants = append(d.Grants, mentor())
	d.Relation.Deceased = day("2026-03-15")
	wantCode(t, d, theT(), Portaalkopie, "2026-03-14 23:59:59", "g-1", "")
	wantCode(t, d, theT(), Portaalkopie, "2026-03-15 00:00:00", "g-1", Deceased)
	wantCode(t, d, theH(), Terugval, noon, "g-3", Deceased)
	q := request(dossier.RoleContact)
	d.Requests = []dossier.Request{q}
	wantCode(t, d, theT(), AVGInzage, noon, "q-1", NoGround7458a)
	d.Requests[0].Ground7458a = "incident"
	wantCode(t, d, theT(), AVGInzage, noon, "q-1", NoGround7458a) // no sections named
	d.Requests[0].Sections = []dossier.Section{dossier.SectionReports}
	d.Requests[0].From, d.Requests[0].Until = day("2026-01-01"), day("2026-02-28")
	wantIDs(t, look(t, d, theT(), AVGInzage, "q-1"), "r1")
}

func TestB9_DeathOnAnUnknownDay(t *testing.T) {
	d := record()
	d.Relation.Died = true
	wantCode(t, d, theT(), Portaalkopie, noon, "g-1", Deceased)
}

func TestB10_MobileNumber(t *testing.T) {
	d := record()
	d.Grants[0].Mobile = false
	wantCode(t, d, theH(), Portaalkopie, noon, "g-1", NoMobile)
	wantCode(t, d, theT(), Portaalkopie, noon, "g-1", "")
}

func TestB13_NobodyWithoutAGrant(t *testing.T) {
	d := record()
	d.Grants = nil
	if works, _ := plan(t, d, theT(), Terugval, noon); len(works) != 0 {
		t.Errorf("%d copies for nobody", len(works))
	}
}

func TestC18_IdentityIsCheckedFirst(t *testing.T) {
	d := record()
	d.Requests = []dossier.Request{request(dossier.RoleClient)}
	d.Requests[0].IdentityMethod = ""
	wantCode(t, d, theT(), AVGInzage, noon, "q-1", NoIdentityCheck)
	d.Requests[0] = request(dossier.RoleClient)
	d.Requests[0].IdentityDate = day("2026-03-16")
	wantCode(t, d, theT(), AVGInzage, noon, "q-1", NoIdentityCheck)
}

// A part of the record is no answer (AVG art. 15), though it may be a copy.
func TestAnAnswerIsNotMadeOfAPartOfTheRecord(t *testing.T) {
	d := record()
	d.Requests = []dossier.Request{request(dossier.RoleClient)}
	d.Items = append(d.Items, dossier.Item{ID: "gap", Section: dossier.SectionCare, Unreadable: dossier.IncompleteDelivery + ": bestand-ontbreekt"})
	wantCode(t, d, theT(), AVGInzage, noon, "q-1", Incomplete)
	if works, refused := plan(t, d, theT(), Portaalkopie, noon); len(works) == 0 {
		t.Errorf("no copy either: %v", refused)
	}
}

func TestBirthdaysBeginAtMidnightInAmsterdam(t *testing.T) {
	d := record()
	d.Client.BirthDate = day("2014-03-16")
	parent := grant("g-p", dossier.RoleParent)
	parent.Basis = byLaw
	d.Grants = append(d.Grants, parent)
	wantCode(t, d, theH(), Portaalkopie, "2026-03-15 23:59:59", "g-1", TooYoung)
	wantCode(t, d, theH(), Portaalkopie, "2026-03-16 00:00:00", "g-1", "")
	d.Client.BirthDate = day("2010-03-16")
	wantCode(t, d, theH(), Portaalkopie, "2026-03-15 23:59:59", "g-p", "")
	wantCode(t, d, theH(), Portaalkopie, "2026-03-16 00:00:00", "g-p", Of16)
	d.Grants[1].Reconsented = day("2026-03-16")
	wantCode(t, d, theH(), Portaalkopie, "2026-03-16 00:00:00", "g-p", "")
	d.Grants[1].Reconsented = day("2026-03-14") // before the birthday: access still ends there
	works, _ := plan(t, d, theH(), Portaalkopie, noon)
	if until := works[len(works)-1].AccessUntil; !until.Equal(at(t, "2026-03-16 00:00:00")) {
		t.Errorf("a parent's access until %s", until)
	}
	d.Grants[1].Reconsented = day("2026-03-15") // a day too early does not count
	wantCode(t, d, theH(), Portaalkopie, "2026-03-16 00:00:00", "g-p", Of16)
}
