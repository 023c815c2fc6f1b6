package pipeline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/ledger"
	"inzage/internal/policy"
	"inzage/internal/portal"
)

// A copyOf is one copy for one reader, in values that run into each other when
// they are put together without a frame.
type copyOf struct {
	portal, client, ref, name, born, role, basis, grant, request, kind string
}

var awkward = []string{"1", "12", "123", "2", "3", "23", "holder", "1\x00holder", "\x00", "a|b", "a", "b"}

func anyCopy(r *rand.Rand) copyOf {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	c := copyOf{
		portal: one("mijnplan", "thuisgenoten"), client: one(awkward...), role: one("client", "contactpersoon", "mentor", "mentor\x00a"),
		basis: one("", "wet", "toestemming-client"), kind: one("portaalkopie", "terugval", "avg-inzage"),
	}
	if r.IntN(2) == 0 {
		c.ref = one(awkward...)
	} else {
		c.name, c.born = one("Anna Voorbeeld", "Bram Voorbeeld"), one("1961-02-03", "1961-02-04")
	}
	if c.kind == "avg-inzage" {
		c.request = one(awkward...)
	} else {
		c.grant = one(awkward...)
	}
	return c
}

func (c copyOf) parts() (client, policy.Work) {
	rec := policy.Recipient{Person: dossier.Person{Ref: c.ref, Name: c.name, BirthDate: date(c.born)}, Role: dossier.Role(c.role), Basis: c.basis}
	return client{dossier: &dossier.Dossier{Ref: dossier.ClientRef(c.client)}, portal: &portal.Portal{ID: c.portal}},
		policy.Work{Kind: policy.Kind(c.kind), GrantID: c.grant, RequestID: c.request, Recipient: rec}
}

func date(s string) dossier.Date {
	d, err := dossier.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// person is the model: who holds a code, written down in the plainest way.
func (c copyOf) person() string {
	basis := c.basis
	if c.role == "client" {
		basis = ""
	}
	return fmt.Sprintf("%q", []string{c.portal, c.client, c.role, basis, c.ref, c.name, c.born})
}

func (c copyOf) copy() string {
	return fmt.Sprintf("%s %q", c.person(), []string{c.kind, c.grant, c.request})
}

// One code for one person in one role, on one basis, for one client, and never for
// two; one subject for each of their copies.
func TestAHolderIsOnePersonInOneRole(t *testing.T) {
	r := &run{Settings: settings(t)}
	rng := rand.New(rand.NewPCG(1, 2026))
	holders, persons := map[string]string{}, map[string]string{}
	subjects, copies := map[string]string{}, map[string]string{}
	once := func(seen map[string]string, key, value string) {
		if before, ok := seen[key]; ok && before != value {
			t.Fatalf("%s is %s and %s", key, before, value)
		}
		seen[key] = value
	}
	same := 0
	for range 20_000 {
		c := anyCopy(rng)
		who, work := c.parts()
		holder, subject := r.holder(who, work), r.subject(who, work)
		if persons[c.person()] != "" {
			same++
		}
		once(holders, holder, c.person())
		once(persons, c.person(), holder)
		once(subjects, subject, c.copy())
		once(copies, c.copy(), subject)
	}
	if same < 1000 || len(persons) < 500 || len(copies) < 5000 {
		t.Fatalf("%d of a known person, %d persons, %d copies: too few to say anything", same, len(persons), len(copies))
	}
}

// The same person, as two clerks write them down; and who is not known for sure.
func TestAPersonIsKnownForSureOrNotAtAll(t *testing.T) {
	s := settings(t)
	d := &dossier.Dossier{Ref: "C-1", Client: dossier.Person{Ref: "p-c", Name: "Anna Voorbeeld", BirthDate: date("1940-02-03")}}
	holder := func(role dossier.Role, p dossier.Person) string {
		return s.Holder("mijnplan", d, policy.Recipient{Person: p, Role: role})
	}
	for _, same := range [][2]dossier.Person{
		{{Ref: "p-1", Name: "Joep"}, {Ref: " p-1 ", Name: "J. Zonder"}},
		{{Name: "Zoë van  Dam", BirthDate: date("1961-02-03")}, {Name: " ZOË VAN DAM", BirthDate: date("1961-02-03")}},
		{{Name: "Straße", BirthDate: date("1961-02-03")}, {Name: "STRASSE", BirthDate: date("1961-02-03T10:00+01:00")}},
	} {
		a, b := holder(dossier.RoleContact, same[0]), holder(dossier.RoleContact, same[1])
		if a == "" || a != b {
			t.Errorf("%+v: %q and %q", same, a, b)
		}
	}
	for _, p := range []dossier.Person{
		{}, {Ref: "  "}, {Name: "Joep"}, {Name: "Joep", BirthDate: date("1961")}, {Name: "Joep", BirthDate: date("1961-02")},
		{Name: " ", BirthDate: date("1961-02-03")}, {BirthDate: date("1961-02-03")},
	} {
		for _, role := range []dossier.Role{dossier.RoleContact, dossier.RoleClient} {
			if got := holder(role, p); got != "" {
				t.Errorf("%s %+v has a holder", role, p)
			}
		}
	}
	me := holder(dossier.RoleClient, d.Client)
	for _, p := range []dossier.Person{{Name: "anna voorbeeld"}, {Ref: "p-c"}, {Name: "Anna Voorbeeld", BirthDate: date("1940-02-03")}} {
		if got := holder(dossier.RoleClient, p); got != me {
			t.Errorf("the client as %+v is somebody else", p)
		}
	}
	for _, p := range []dossier.Person{{Name: "Anna Voorbeeld", BirthDate: date("1966-02-03")}, {Ref: "p-d", Name: "Anna Voorbeeld"}} {
		if got := holder(dossier.RoleClient, p); got == me {
			t.Errorf("%+v is the client", p)
		}
	}
	if got := holder(dossier.RoleContact, dossier.Person{Name: "Anna Voorbeeld"}); got != "" {
		t.Error("a contact who bears the client's name is the client")
	}
}

func TestWhoIsNotKnownGetsNoCode(t *testing.T) {
	r := &run{Settings: settings(t)}
	c := client{dossier: &dossier.Dossier{Ref: "C-1"}, portal: &portal.Portal{ID: "mijnplan"}}
	work := func(k policy.Kind, id, ref, key string) policy.Work {
		return policy.Work{Kind: k, GrantID: id, Recipient: policy.Recipient{ID: id, Person: dossier.Person{Ref: ref, Name: "Joep"}, Role: dossier.RoleContact, Key: key}}
	}
	kept, refused := r.assign(c, []policy.Work{
		work(policy.Portaalkopie, "1", "", ""), work(policy.Portaalkopie, "2", "", "age1pq1own"), work(policy.Portaalkopie, "3", "p-3", ""),
		work(policy.Terugval, "3", "p-3", ""), work(policy.Terugval, "4", "p-3", ""), work(policy.Terugval, "5", "p-5", ""), work(policy.Archief, "", "", ""),
	})
	var got, no []string
	for _, w := range kept {
		got = append(got, string(w.Kind)+w.GrantID)
	}
	for _, f := range refused {
		no = append(no, f.ID+string(f.Code))
	}
	if want := []string{"portaalkopie2", "portaalkopie3", "terugval3", "terugval5", "archief"}; !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
	if want := []string{"1persoon-onbekend", "4dubbele-toegang"}; !slices.Equal(no, want) {
		t.Errorf("refused %v, want %v", no, want)
	}
}

// Whose code ends: only of who stands nowhere in the dossier any more, and whose
// grant is another's.
func TestACodeEndsWhenItsGrantIsAnothers(t *testing.T) {
	person := func(ref string) dossier.Person { return dossier.Person{Ref: ref, Name: "Naam " + ref} }
	grant := func(id, ref, basis string) dossier.Grant {
		return dossier.Grant{ID: id, Person: person(ref), Role: dossier.RoleContact, Basis: basis}
	}
	for _, c := range []struct {
		name     string
		second   dossier.Dossier
		replaced bool
	}{
		{"the same", dossier.Dossier{Grants: []dossier.Grant{grant("1", "a", "x")}}, false},
		{"blocked", dossier.Dossier{Grants: []dossier.Grant{{ID: "1", Person: person("a"), Role: dossier.RoleContact, Basis: "x", Blocked: &dossier.Blockade{}}}}, false},
		{"another person", dossier.Dossier{Grants: []dossier.Grant{grant("1", "b", "x")}}, true},
		{"another basis", dossier.Dossier{Grants: []dossier.Grant{grant("1", "a", "y")}}, true},
		{"another role", dossier.Dossier{Grants: []dossier.Grant{{ID: "1", Person: person("a"), Role: dossier.RoleMentor, Basis: "x"}}}, true},
		{"gone", dossier.Dossier{}, false},
		{"moved to another id, the id to another", dossier.Dossier{Grants: []dossier.Grant{grant("1", "b", "x"), grant("2", "a", "x")}}, false},
		{"a request of that id", dossier.Dossier{Requests: []dossier.Request{{ID: "1", Requester: person("b")}}}, false},
		{"another client's grant", dossier.Dossier{Grants: []dossier.Grant{{ID: "1", ClientRef: "C-2", Person: person("b")}}}, false},
	} {
		s := settings(t)
		meet := func(d dossier.Dossier) *run {
			r := &run{Settings: s, holders: newHolders()}
			d.Ref = "C-1"
			r.meet(client{dossier: &d, portal: &portal.Portal{ID: "mijnplan"}})
			return r
		}
		first := dossier.Dossier{Ref: "C-1", Grants: []dossier.Grant{grant("1", "a", "x")}}
		holder := s.Holder("mijnplan", &first, policy.Recipient{Person: person("a"), Role: dossier.RoleContact, Basis: "x"})
		code := ledger.Code{Holder: holder, Grants: meet(first).grantsOf(holder)}
		if len(code.Grants) != 1 {
			t.Fatalf("%d grants", len(code.Grants))
		}
		if got := meet(c.second).holders.replaced(code); got != c.replaced {
			t.Errorf("%s: replaced %v, want %v", c.name, got, c.replaced)
		}
	}
}

// A grant and a request of one id are told apart where an operator names one.
func TestAnIDOfTwoThingsIsRefused(t *testing.T) {
	work := []policy.Work{{GrantID: "1", Kind: policy.Portaalkopie}, {GrantID: "1", Kind: policy.Terugval}, {RequestID: "1"}, {RequestID: "2"}}
	for id, want := range map[string]int{"": 4, "grant:1": 2, "request:1": 1, "2": 1, "request:2": 1, "grant:2": 0, "3": 0} {
		if got, err := chosen(work, id); err != nil || len(got) != want {
			t.Errorf("%q: %d, %v; want %d", id, len(got), err, want)
		}
	}
	if _, err := chosen(work, "1"); err != ErrGrant {
		t.Errorf("both: %v", err)
	}
}
