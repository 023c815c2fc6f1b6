package policy

import (
	"fmt"
	"testing"

	"inzage/internal/dossier"
)

// Of every role what it may at each age of the client: below 12, 12 to 15, 16 and
// 17, of age. "wet" and a paper are there; at 16 and 17 a second code holds when
// the client has agreed anew.
var byRole = map[dossier.Role][4][2]Code{
	dossier.RoleClient:         {{TooYoung, TooYoung}, {}, {}, {}},
	dossier.RoleParent:         {{}, {}, {Of16, ""}, {Of18, Of18}},
	dossier.RoleGuardian:       {{}, {}, {Of16, ""}, {Of18, Of18}},
	dossier.RoleRepresentative: {{}, {}, {Of16, ""}, {}},
	dossier.RoleCurator:        {{Under18, Under18}, {Under18, Under18}, {Under18, Under18}, {}},
	dossier.RoleMentor:         {{Under18, Under18}, {Under18, Under18}, {Under18, Under18}, {}},
	dossier.RoleAuthorised:     {{Under16, Under16}, {Under16, Under16}, {}, {}},
	dossier.RoleAdministrator:  {{MoneyOnly, MoneyOnly}, {MoneyOnly, MoneyOnly}, {MoneyOnly, MoneyOnly}, {MoneyOnly, MoneyOnly}},
	dossier.RoleContact:        {},
	dossier.RoleFirstContact:   {{NoDelegation, NoDelegation}, {}, {}, {}}, // delegated by the client, who must be 12
	"buurvrouw":                {{NoBasis, NoBasis}, {NoBasis, NoBasis}, {NoBasis, NoBasis}, {NoBasis, NoBasis}},
}

// births and the ages they can mean on 15 March 2026: 0 to 3 for the four above.
var births = map[string][]int{
	"2014-03-16": {0}, "2014-03-15": {1}, "2010-03-16": {1}, "2010-03-15": {2}, "2008-03-16": {2}, "2008-03-15": {3}, "1950-05-05": {3},
	"2025": {0}, "2014": {0, 1}, "2012": {1}, "2010": {1, 2}, "2009": {2}, "2008": {2, 3}, "2007": {3}, "1950": {3},
	"2014-03": {0, 1}, "2014-02": {1}, "2010-03": {1, 2}, "2010-04": {1}, "2008-03": {2, 3}, "2008-02": {3}, "2014-03-15T09:00": {1},
	"": nil, "1900-01-01": nil, "0001-01-01": nil, "9999-12-31": nil, "1902-01-01": nil, "2030-01-01": nil, "1900": nil,
}

// wanted is the code that the tables ask for.
func wanted(role dossier.Role, birth string, agreed int) Code {
	bands := births[birth]
	if bands == nil {
		bands = []int{0, 1, 2, 3}
		if role != dossier.RoleContact && role != dossier.RoleAdministrator && role != "buurvrouw" && role != dossier.RoleFirstContact {
			return AgeUnknown
		}
	}
	code := byRole[role][bands[0]][agreed]
	for _, b := range bands {
		if byRole[role][b][agreed] != code {
			if role == dossier.RoleFirstContact {
				return NoDelegation
			}
			return AgeUnknown
		}
	}
	return code
}

func full(id string, role dossier.Role) dossier.Grant {
	g := grant(id, role)
	g.Basis, g.Document, g.From, g.Holder = byLaw, "beschikking", day("2020-01-01"), false
	switch role {
	case dossier.RoleContact:
		g.Basis, g.Scope = byClient, []dossier.Section{dossier.SectionAppointments}
	case dossier.RoleFirstContact:
		g.DelegatedBy = "g-1"
	}
	return g
}

func TestEveryRoleHasItsAges(t *testing.T) {
	n := 0
	for role := range byRole {
		for birth := range births {
			for agreed, day16 := range []string{"", "2026-03-15"} {
				d := record()
				d.Client.BirthDate = day(birth)
				g := full("g-x", role)
				if band := births[birth]; len(band) == 1 && band[0] == 2 {
					g.Reconsented = day(day16)
				} else if agreed == 1 {
					continue // agreeing anew means something at 16 and 17, where the day is known to lie in it
				}
				d.Grants = append(d.Grants, g)
				n++
				if got, want := code(t, d, theT(), Portaalkopie, noon, "g-x"), wanted(role, birth, agreed); got != want {
					t.Errorf("%s of a client born %q, agreed %d: code %q, want %q", role, birth, agreed, got, want)
				}
				if role == dossier.RoleContact || role == dossier.RoleFirstContact {
					continue
				}
				q := request(role)
				q.Basis, q.Document, q.BasisFrom, q.Requester.Ref = g.Basis, g.Document, g.From, "p-elders"
				d.Requests = []dossier.Request{q}
				if got, want := code(t, d, theT(), AVGInzage, noon, "q-1"), wanted(role, birth, 0); got != want {
					t.Errorf("request of %s, client born %q: code %q, want %q", role, birth, got, want)
				}
			}
		}
	}
	if n < 250 {
		t.Errorf("only %d cases", n)
	}
}

func TestEveryRoleNeedsItsPaper(t *testing.T) {
	for role := range byRole {
		for name, spoil := range map[string]func(*dossier.Grant){
			"ground":     func(g *dossier.Grant) { g.Basis = "" },
			"paper":      func(g *dossier.Grant) { g.Document = "" },
			"first day":  func(g *dossier.Grant) { g.From = dossier.Date{} },
			"placehold":  func(g *dossier.Grant) { g.From = day("1900-01-01") },
			"year alone": func(g *dossier.Grant) { g.From = day("2026") },
		} {
			d := record()
			switch role {
			case dossier.RoleParent, dossier.RoleGuardian:
				d.Client.BirthDate = day("2016-01-01")
			}
			g := full("g-x", role)
			spoil(&g)
			d.Grants = append(d.Grants, g)
			want := wanted(role, "1950", 0)
			switch {
			case name == "year alone" && role != "":
				want = NotYet // it may begin in December
			case role == dossier.RoleParent && name == "ground":
				want = NoBasis
			case role == dossier.RoleParent:
				want = "" // the law is ground enough
			case role == dossier.RoleContact && name == "ground":
				want = NoBasis
			case role == dossier.RoleClient, role == dossier.RoleContact, role == dossier.RoleFirstContact, role == dossier.RoleAdministrator:
			default:
				want = NoBasis
			}
			if got := code(t, d, theT(), Portaalkopie, noon, "g-x"); got != want {
				t.Errorf("%s without %s: code %q, want %q", role, name, got, want)
			}
		}
	}
}

func TestADelegateHoldsAsLongAsWhoDelegated(t *testing.T) {
	adult, child := "1941-05-09", "2016-01-01"
	for _, c := range []struct {
		state string
		birth string
		role  dossier.Role
		spoil func(*dossier.Grant)
		holds bool
	}{
		{"holds", adult, dossier.RoleClient, nil, true},
		{"revoked", adult, dossier.RoleClient, func(g *dossier.Grant) { g.RevokedAt = day("2026-03-15T11:00") }, false},
		{"revoked, the year is known", adult, dossier.RoleClient, func(g *dossier.Grant) { g.RevokedAt = day("2026") }, false},
		{"revoked tomorrow", adult, dossier.RoleClient, func(g *dossier.Grant) { g.RevokedAt = day("2026-03-16") }, true},
		{"blocked", adult, dossier.RoleClient, func(g *dossier.Grant) { g.Blocked = &dossier.Blockade{Since: day("2026-03-15")} }, false},
		{"blocked on an unknown day", adult, dossier.RoleClient, func(g *dossier.Grant) { g.Blocked = &dossier.Blockade{} }, false},
		{"lapsed", adult, dossier.RoleClient, func(g *dossier.Grant) { g.Until = day("2026-03-14") }, false},
		{"lapsed in a month", adult, dossier.RoleClient, func(g *dossier.Grant) { g.Until = day("2026-03") }, false},
		{"lapsed, a placeholder", adult, dossier.RoleClient, func(g *dossier.Grant) { g.Until = day("1900-01-01") }, false},
		{"never lapses", adult, dossier.RoleClient, func(g *dossier.Grant) { g.Until = day("9999-12-31") }, true},
		{"not begun", adult, dossier.RoleClient, func(g *dossier.Grant) { g.From = day("2026-03-16") }, false},
		{"has left", adult, dossier.RoleClient, func(g *dossier.Grant) { g.Unsubscribed = true }, false},
		{"another client's", adult, dossier.RoleClient, func(g *dossier.Grant) { g.ClientRef = "c-2" }, false},
		{"this client's, written otherwise", adult, dossier.RoleClient, func(g *dossier.Grant) { g.ClientRef = " Ｃ‑1" }, true},
		{"mentor", adult, dossier.RoleMentor, nil, true},
		{"mentor without paper", adult, dossier.RoleMentor, func(g *dossier.Grant) { g.Document = "" }, false},
		{"mentor, revoked", adult, dossier.RoleMentor, func(g *dossier.Grant) { g.RevokedAt = day("2025-01-01") }, false},
		{"parent of a child", child, dossier.RoleParent, nil, true},
		{"parent of an adult", adult, dossier.RoleParent, nil, false},
		{"parent, age unknown", "", dossier.RoleParent, nil, false},
		{"guardian of an adult", adult, dossier.RoleGuardian, nil, false},
		{"client of eight", child, dossier.RoleClient, nil, false},
		{"client, age unknown", "1900-01-01", dossier.RoleClient, nil, false},
		{"administrator of money", adult, dossier.RoleAdministrator, nil, false},
		{"contact", adult, dossier.RoleContact, nil, false},
		{"himself a delegate", adult, dossier.RoleFirstContact, func(g *dossier.Grant) { g.DelegatedBy = "g-1" }, false},
		{"a delegate in a circle", adult, dossier.RoleFirstContact, func(g *dossier.Grant) { g.DelegatedBy = "g-e" }, false},
		{"nobody", adult, dossier.RoleClient, func(g *dossier.Grant) { g.ID = "g-z" }, false},
	} {
		d := record()
		d.Client.BirthDate = day(c.birth)
		by := full("g-d", c.role)
		if c.spoil != nil {
			c.spoil(&by)
		}
		first := full("g-e", dossier.RoleFirstContact)
		first.DelegatedBy = "g-d"
		d.Grants = append(d.Grants, by, first)
		want := NoDelegation
		if c.holds {
			want = ""
		}
		if got := code(t, d, theT(), Portaalkopie, noon, "g-e"); got != want {
			t.Errorf("delegated by who %s: code %q, want %q", c.state, got, want)
		}
	}
}

func TestADelegatesAccessEndsWithTheDelegators(t *testing.T) {
	d := record()
	d.Grants[0].Until = day("2026-05")
	first := full("g-e", dossier.RoleFirstContact)
	d.Grants = append(d.Grants, first)
	d.Grants[0].Holder = false
	works, _ := plan(t, d, theT(), Terugval, noon)
	if len(works) != 2 || !works[1].AccessUntil.Equal(at(t, "2026-05-02 00:00:00")) {
		t.Errorf("%+v", works)
	}
	d.Grants = append(d.Grants, d.Grants[0]) // two of one id: nobody knows who delegated
	wantCode(t, d, theT(), Portaalkopie, noon, "g-e", NoDelegation)
}

// What is known in part gives the least that it can mean.
func TestPartOfADateOpensNothing(t *testing.T) {
	for _, c := range []struct {
		spoil func(*dossier.Dossier, string)
		dates map[string]Code
	}{
		{func(d *dossier.Dossier, s string) { d.Grants[0].From = day(s) },
			map[string]Code{"2025": "", "2026": NotYet, "2026-02": "", "2026-03": NotYet, "2026-03-15": "", "9999-12-31": "", "": ""}},
		{func(d *dossier.Dossier, s string) { d.Grants[0].Until = day(s) },
			map[string]Code{"2027": "", "2026": Expired, "2026-04": "", "2026-03": Expired, "2026-03-15": "", "9999-12-31": "", "1900-01-01": Expired}},
		{func(d *dossier.Dossier, s string) { d.Grants[0].RevokedAt = day(s) },
			map[string]Code{"2027": "", "2026": Withdrawn, "2026-04": "", "2026-03": Withdrawn, "2026-03-15": Withdrawn, "9999-12-31": "", "1900-01-01": Withdrawn}},
		{func(d *dossier.Dossier, s string) { d.Grants[0].Blocked = &dossier.Blockade{Since: day(s)} },
			map[string]Code{"2027": "", "2026": Denied, "2026-03": Denied, "": Denied, "9999-12-31": Denied, "1900-01-01": Denied}},
		{func(d *dossier.Dossier, s string) { d.Relation.Start = day(s) },
			map[string]Code{"2025": "", "2026": NoRelation, "2026-03": NoRelation, "": NoRelation, "1900-01-01": NoRelation, "9999-12-31": NoRelation}},
		{func(d *dossier.Dossier, s string) { d.Relation.End = day(s) },
			map[string]Code{"2027": "", "2026": NoRelation, "2026-03": "", "2026-02": NoRelation, "2025": NoRelation, "1900-01-01": "", "9999-12-31": ""}},
		{func(d *dossier.Dossier, s string) { d.Relation.End, d.Relation.Ended = day(s), true },
			map[string]Code{"2036-01-01": Contradictory, "2036": Contradictory, "2026": NoRelation, "2026-03-14": "", "9999-12-31": NoRelation, "1900-01-01": NoRelation, "": NoRelation, "2019-01-01": Contradictory}},
		{func(d *dossier.Dossier, s string) { d.Relation.Deceased = day(s) },
			map[string]Code{"2026-03-14": Deceased, "2026": Deceased, "1900-01-01": "", "9999-12-31": "", "2026-12-31": "", "2019-01-01": Deceased}},
		{func(d *dossier.Dossier, s string) { d.Relation.Deceased, d.Relation.Died = day(s), true },
			map[string]Code{"1900-01-01": Deceased, "9999-12-31": Deceased, "2026-12-31": Deceased}},
	} {
		for s, want := range c.dates {
			d := record()
			c.spoil(d, s)
			if got := code(t, d, theT(), Portaalkopie, noon, "g-1"); got != want {
				t.Errorf("%+v blocked %+v: code %q, want %q", d.Relation, d.Grants[0].Blocked, got, want)
			}
		}
	}
	for s, want := range map[string]Code{"2026": NoIdentityCheck, "2026-03": NoIdentityCheck, "2026-02": "", "1900-01-01": NoIdentityCheck, "2026-03-16": NoIdentityCheck, "9999-12-31": NoIdentityCheck} {
		d := record()
		d.Requests = []dossier.Request{request(dossier.RoleClient)}
		d.Requests[0].IdentityDate = day(s)
		wantCode(t, d, theT(), AVGInzage, noon, "q-1", want)
	}
}

func TestAnAgreementOfAnUnknownDayIsNone(t *testing.T) {
	for agreed, want := range map[string]Code{"2025": Of16, "2026": Of16, "2026-02": Of16, "2026-03-11": Of16, "2026-03-12": "", "2026-03-16": Of16, "1900-01-01": Of16} {
		d := record()
		d.Client.BirthDate = day("2010-03-12")
		g := full("g-p", dossier.RoleParent)
		g.Reconsented = day(agreed)
		d.Grants = append(d.Grants, g)
		wantCode(t, d, theT(), Portaalkopie, noon, "g-p", want)
	}
}

func TestARequestForAClientNeedsAPaperOrAGrant(t *testing.T) {
	for _, role := range []dossier.Role{dossier.RoleMentor, dossier.RoleCurator, dossier.RoleAuthorised, dossier.RoleRepresentative} {
		for _, c := range []struct {
			name  string
			ask   func(*dossier.Request)
			grant func(*dossier.Grant)
			want  Code
		}{
			{"nothing", nil, nil, NoBasis},
			{"a paper", func(q *dossier.Request) {
				q.Basis, q.Document, q.BasisFrom = "rechterlijke-uitspraak", "beschikking", day("2024-01-01")
			}, nil, ""},
			{"a paper without its day", func(q *dossier.Request) { q.Basis, q.Document = "wet", "x" }, nil, NoBasis},
			{"a paper from tomorrow", func(q *dossier.Request) { q.Basis, q.Document, q.BasisFrom = "wet", "x", day("2026-03-16") }, nil, NoBasis},
			{"a grant", nil, func(*dossier.Grant) {}, ""},
			{"a blocked grant", nil, func(g *dossier.Grant) { g.Blocked = &dossier.Blockade{} }, ""}, // A5
			{"a grant of who has left the portal", nil, func(g *dossier.Grant) { g.Unsubscribed = true }, ""},
			{"a revoked grant", nil, func(g *dossier.Grant) { g.RevokedAt = day("2026-03-01") }, NoBasis},
			{"a grant that is over", nil, func(g *dossier.Grant) { g.Until = day("2026-03-01") }, NoBasis},
			{"a grant without paper", nil, func(g *dossier.Grant) { g.Document = "" }, NoBasis},
			{"a grant of another", nil, func(g *dossier.Grant) { g.Person.Ref = "p-3" }, NoBasis},
			{"a grant in another role", nil, func(g *dossier.Grant) { g.Role = dossier.RoleParent }, NoBasis},
			{"a grant for another client", nil, func(g *dossier.Grant) { g.ClientRef = "c-2" }, NoBasis},
		} {
			d := record()
			q := request(role)
			q.Requester = dossier.Person{Ref: "p-2", Name: "V. Voorbeeld"}
			if c.ask != nil {
				c.ask(&q)
			}
			d.Requests = []dossier.Request{q}
			if c.grant != nil {
				g := full("g-v", role)
				g.Person = q.Requester
				c.grant(&g)
				d.Grants = append(d.Grants, g)
			}
			if got := code(t, d, theT(), AVGInzage, noon, "q-1"); got != c.want {
				t.Errorf("%s with %s: code %q, want %q", role, c.name, got, c.want)
			}
		}
	}
	for _, c := range []struct {
		a, b dossier.Person
		same bool
	}{
		{dossier.Person{Name: "A", BirthDate: day("1970-02-03")}, dossier.Person{Name: "A", BirthDate: day("1970-02-03")}, true},
		{dossier.Person{Name: "A", BirthDate: day("1970")}, dossier.Person{Name: "A", BirthDate: day("1970")}, false},
		{dossier.Person{Name: "A"}, dossier.Person{Name: "A"}, false},
		{dossier.Person{Ref: "1", Name: "A", BirthDate: day("1970-02-03")}, dossier.Person{Name: "A", BirthDate: day("1970-02-03")}, false},
		{dossier.Person{}, dossier.Person{}, false},
	} {
		if samePerson(c.a, c.b) != c.same {
			t.Errorf("%+v and %+v: same is not %t", c.a, c.b, c.same)
		}
	}
}

func TestAParentAfterTheDeathOfAChild(t *testing.T) {
	for _, c := range []struct {
		role        dossier.Role
		birth, died string
		want        Code
	}{
		{dossier.RoleParent, "2012-01-01", "2026-03-01", ""}, {dossier.RoleGuardian, "2012-01-01", "2026-03-01", ""},
		{dossier.RoleContact, "2012-01-01", "2026-03-01", NoGround7458a}, {dossier.RoleParent, "2010-03-01", "2026-03-01", NoGround7458a},
		{dossier.RoleParent, "2010", "2026", NoGround7458a}, {dossier.RoleParent, "2011", "2026", ""}, {dossier.RoleParent, "2012-01-01", "", NoGround7458a},
		{dossier.RoleParent, "1900-01-01", "2026-03-01", NoGround7458a}, {dossier.RoleParent, "2012-01-01", "1900-01-01", NoGround7458a},
	} {
		d := record()
		d.Client.BirthDate, d.Relation.Died, d.Relation.Deceased = day(c.birth), true, day(c.died)
		q := request(c.role)
		q.Ground7458a, q.Sections = "ouder-onder-16", []dossier.Section{dossier.SectionReports}
		d.Requests = []dossier.Request{q}
		if got := code(t, d, theT(), AVGInzage, noon, "q-1"); got != c.want {
			t.Errorf("%s of a child born %s that died %s: code %q, want %q", c.role, c.birth, c.died, got, c.want)
		}
	}
}

// What is unknown or contradicts itself makes no lock, and is told.
func TestContradictionsMakeNoArchiveAndAreTold(t *testing.T) {
	for _, c := range []struct {
		name    string
		rel     dossier.Relation
		archive string // "", "hold", "lock" or "refused"
		told    string
	}{
		{"in care", dossier.Relation{}, "", ""},
		{"ended, the end lies ahead", dossier.Relation{Ended: true, End: day("2036-01-01")}, "refused", "[{gegevens-spreken-elkaar-tegen relation.ended}]"},
		{"ended before it began", dossier.Relation{Ended: true, End: day("2019-01-01")}, "refused", "[{gegevens-spreken-elkaar-tegen relation.end}]"},
		{"ended on no day", dossier.Relation{Ended: true, End: day("9999-12-31")}, "hold", "[{plaatshouder-als-datum relation.end}]"},
		{"an end that is none", dossier.Relation{End: day("1900-01-01")}, "", "[{plaatshouder-als-datum relation.end}]"},
		{"a death that is none", dossier.Relation{Deceased: day("1900-01-01")}, "", "[{plaatshouder-als-datum relation.deceased}]"},
		{"a death to come", dossier.Relation{Deceased: day("2026-12-31")}, "", "[{gegevens-spreken-elkaar-tegen relation.died}]"},
		{"died on a day to come", dossier.Relation{Died: true, Deceased: day("2026-12-31")}, "refused", "[{gegevens-spreken-elkaar-tegen relation.died}]"},
		{"died before care", dossier.Relation{Deceased: day("2019-12-31")}, "refused", "[{gegevens-spreken-elkaar-tegen relation.deceased}]"},
		{"died on no day", dossier.Relation{Died: true, Deceased: day("1900-01-01")}, "hold", "[{plaatshouder-als-datum relation.deceased}]"},
		{"ended", dossier.Relation{Ended: true, End: day("2026-03-01")}, "lock", ""},
		{"changed on no day", dossier.Relation{Ended: true, End: day("2026-03-01"), LastChange: day("9999-12-31")}, "hold", "[{plaatshouder-als-datum relation.lastChange}]"},
		{"changed tomorrow", dossier.Relation{Ended: true, End: day("2026-03-01"), LastChange: day("2026-03-16")}, "hold", "[{gegevens-spreken-elkaar-tegen relation.lastChange}]"},
		{"term long over", dossier.Relation{Ended: true, End: day("2001-03-01")}, "lock", ""},
	} {
		d := record(seen("r"))
		start := day("2020-01-01")
		if c.rel.End.String() == "2001-03-01" {
			start = day("1999-01-01")
		}
		c.rel.Start = start
		d.Relation = c.rel
		works, refused := plan(t, d, theH(), Archief, noon)
		got := ""
		switch {
		case len(refused) == 1 && refused[0].Code == Contradictory:
			got = "refused"
		case len(works) == 1 && works[0].Retention.Hold:
			got = "hold"
		case len(works) == 1:
			got = "lock"
		}
		told := ""
		if w := Warnings(d, at(t, noon)); len(w) > 0 {
			told = fmt.Sprint(w)
		}
		if got != c.archive || told != c.told {
			t.Errorf("%s: archive %q, told %s; want %q, %s", c.name, got, told, c.archive, c.told)
		}
	}
}

// Every kind has an end of access, whatever ends it.
func TestEveryKindEnds(t *testing.T) {
	made := at(t, "2026-03-15 02:00:00")
	for _, k := range all {
		pol, _ := For(k)
		if pol.End == 0 {
			t.Errorf("%s has no end of access", k)
		}
	}
	reasons := map[string]func(d *dossier.Dossier){
		"nothing":       func(*dossier.Dossier) {},
		"death":         func(d *dossier.Dossier) { d.Relation.Deceased = day("2026-03-14") },
		"revoked":       func(d *dossier.Dossier) { d.Grants[0].RevokedAt = day("2026-03-14") },
		"blocked":       func(d *dossier.Dossier) { d.Grants[0].Blocked = &dossier.Blockade{Since: day("2026-03-14")} },
		"lapsed":        func(d *dossier.Dossier) { d.Grants[0].Until = day("2026-03-14") },
		"relation over": func(d *dossier.Dossier) { d.Relation.End = day("2026-02-01") },
		"relation ends": func(d *dossier.Dossier) { d.Relation.End = day("2026-03-10") },
		"answered":      func(d *dossier.Dossier) { d.Requests[0].Answered = true },
		"answered then": func(d *dossier.Dossier) { d.Requests[0].AnsweredAt = day("2026-03-01") },
		"long ago":      func(d *dossier.Dossier) { d.Requests[0].AnsweredAt = day("2025-11-01") },
		"answered, no identity": func(d *dossier.Dossier) {
			d.Requests[0].Answered, d.Requests[0].IdentityMethod = true, ""
		},
		"answered, not all delivered now": func(d *dossier.Dossier) {
			d.Requests[0].Answered = true
			d.Items = append(d.Items, dossier.Item{ID: "x", Section: dossier.SectionCare, Unreadable: dossier.IncompleteDelivery})
		},
		"answered on no day": func(d *dossier.Dossier) { d.Requests[0].AnsweredAt, d.Requests[0].Answered = day("9999-12-31"), true },
	}
	// the end of a copy made at 15 March: "-" there is no work, so it goes; "" no end
	// is known; else the first day on which it may not stand.
	for _, c := range []struct{ reason, portal, avg, archive string }{
		{"nothing", "", "make", "-"},
		{"death", "-", "-", "lock"},
		{"revoked", "-", "make", "-"},
		{"blocked", "-", "make", "-"},
		{"lapsed", "-", "make", "-"},
		{"relation over", "-", "make", "lock"},
		{"relation ends", "2026-03-18", "make", "lock"},
		{"answered", "", "2026-06-14", "-"},
		{"answered then", "", "2026-05-31", "-"},
		{"long ago", "", "-", "-"},
		{"answered, no identity", "", "-", "-"},
		{"answered, not all delivered now", "", "2026-06-14", "-"},
		{"answered on no day", "", "2026-06-14", "-"},
	} {
		d := record(seen("r"))
		d.Requests = []dossier.Request{request(dossier.RoleClient)}
		reasons[c.reason](d)
		delete(reasons, c.reason)
		for k, want := range map[Kind]string{Portaalkopie: c.portal, Terugval: c.portal, AVGInzage: c.avg, Archief: c.archive} {
			works, _ := plan(t, d, theH(), k, noon)
			got := "-"
			if len(works) == 1 {
				w := works[0]
				end := w.EndsAt(made)
				switch {
				case !end.IsZero():
					got = dossier.DayOf(end).String()
				case k == Archief && !w.Retention.Hold:
					got = "lock"
				case k == AVGInzage && !w.Answered:
					got = "make"
				default:
					got = ""
				}
			}
			if got != want {
				t.Errorf("%s, %s: %q, want %q", c.reason, k, got, want)
			}
		}
	}
	if len(reasons) > 0 {
		t.Errorf("not tried: %v", reasons)
	}
}

func TestAVariantOfTheReferenceIsThisClient(t *testing.T) {
	for ref, shown := range map[dossier.ClientRef]bool{"": true, "c-1": true, "C‑1": true, "c1": true, "Ｃ1 ": true, "c-2": false, "c-11": false, "-": false} {
		it := seen("r")
		it.ClientRef = ref
		d := record(it)
		d.Grants[0].ClientRef = ref
		d.Requests = []dossier.Request{request(dossier.RoleClient)}
		d.Requests[0].ClientRef = ref
		want := OtherClient
		if shown {
			want = ""
		}
		wantCode(t, d, theT(), Portaalkopie, noon, "g-1", want)
		wantCode(t, d, theT(), AVGInzage, noon, "q-1", want)
		d.Grants[0].ClientRef = ""
		if got := ids(look(t, d, theT(), Portaalkopie, "g-1")) == "r"; got != shown {
			t.Errorf("item of %q: shown %t", ref, got)
		}
	}
	it := seen("b")
	it.Section, it.Participants = dossier.SectionMessages, []string{"C 1"}
	wantIDs(t, look(t, record(it), theT(), Portaalkopie, "g-1"), "b")
	it.Participants = []string{"c-2", ""}
	wantIDs(t, look(t, record(it), theT(), Portaalkopie, "g-1"), "")
}
