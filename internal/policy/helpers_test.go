package policy

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"inzage/internal/dossier"
	"inzage/internal/portal"
)

var day = dossier.MustDate

// real loads the two portals of the fixtures once.
var real = sync.OnceValue(func() map[string]*portal.Portal {
	out := map[string]*portal.Portal{}
	for _, id := range []string{"thuisgenoten", "mijnplan"} {
		p, err := portal.Load("../../fixtures/portals/" + id)
		if err != nil {
			panic(err)
		}
		out[id] = p
	}
	return out
})

func theT() *portal.Portal { return real()["thuisgenoten"] }
func theH() *portal.Portal { return real()["mijnplan"] }

// at is a moment on the clock in Amsterdam.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("2006-01-02 15:04:05", s, dossier.Amsterdam)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const noon = "2026-03-15 12:00:00"

// record is a small dossier: a client of 84 who holds the credentials.
func record(items ...dossier.Item) *dossier.Dossier {
	return &dossier.Dossier{
		Schema: dossier.Version, Ref: "c-1", AsOf: day("2026-03-15"),
		Client:   dossier.Person{Ref: "p-1", Name: "M. Voorbeeld", CallName: "Mien", BirthDate: day("1941-05-09"), BSN: "999900602"},
		Relation: dossier.Relation{Start: day("2020-01-01")},
		Grants:   []dossier.Grant{grant("g-1", dossier.RoleClient)},
		Items:    items,
	}
}

func grant(id string, role dossier.Role) dossier.Grant {
	return dossier.Grant{ID: id, Role: role, Mobile: true, Holder: role == dossier.RoleClient,
		Person: dossier.Person{Ref: "p-" + id, Name: "Lezer"}}
}

func contact(scope ...dossier.Section) dossier.Grant {
	g := grant("g-2", dossier.RoleContact)
	g.Basis, g.Scope = byClient, scope
	return g
}

func mentor() dossier.Grant {
	g := grant("g-3", dossier.RoleMentor)
	g.Basis, g.Document, g.From = "rechterlijke-uitspraak", "beschikking", day("2020-01-01")
	return g
}

func request(role dossier.Role) dossier.Request {
	return dossier.Request{ID: "q-1", Role: role, Received: day("2026-03-01"), IdentityMethod: "balie", IdentityDate: day("2026-03-01"),
		Requester: dossier.Person{Ref: "p-1", Name: "M. Voorbeeld"}}
}

// seen is a report that the portal shows.
func seen(id string) dossier.Item {
	return dossier.Item{ID: id, Section: dossier.SectionReports, Date: day("2026-02-01"), Title: id,
		Body:       []dossier.Block{{Kind: dossier.BlockText, Text: "tekst " + id}},
		Visibility: dossier.Visibility{Portal: dossier.Yes}, Origin: dossier.OriginProfessional,
		Author: dossier.Author{Role: "verzorgende", Name: "Anna de Vries"}}
}

func labelled(id string, l dossier.Label) dossier.Item {
	it := seen(id)
	it.Visibility.Labels = []dossier.Label{l}
	return it
}

func plan(t testing.TB, d *dossier.Dossier, p *portal.Portal, k Kind, now string) ([]Work, []Refused) {
	t.Helper()
	when := at(t, now)
	terms, err := p.TermsAt(when)
	if err != nil {
		terms = p.Terms[len(p.Terms)-1]
	}
	w, r, err := Plan(d, p, []Kind{k}, terms, when)
	if err != nil {
		t.Fatal(err)
	}
	return w, r
}

// code is why the grant or request gets nothing; "" when it gets a copy.
func code(t testing.TB, d *dossier.Dossier, p *portal.Portal, k Kind, now, id string) Code {
	t.Helper()
	w, r := plan(t, d, p, k, now)
	for _, x := range r {
		if x.ID == id {
			return x.Code
		}
	}
	if !slices.ContainsFunc(w, func(w Work) bool { return w.Recipient.ID == id }) {
		t.Fatalf("%s is neither planned nor refused", id)
	}
	return ""
}

func wantCode(t testing.TB, d *dossier.Dossier, p *portal.Portal, k Kind, now, id string, want Code) {
	t.Helper()
	if got := code(t, d, p, k, now, id); got != want {
		t.Errorf("%s %s of %s at %s: code %q, want %q", p.ID, k, id, now, got, want)
	}
}

// look is the view of one reader.
func look(t testing.TB, d *dossier.Dossier, p *portal.Portal, k Kind, id string) View {
	t.Helper()
	works, refused := plan(t, d, p, k, noon)
	for _, w := range works {
		if w.Recipient.ID == id {
			v, err := Decide(d, p, w)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Fatalf("%s gets no %s: %v", id, k, refused)
	return View{}
}

func ids(v View) string {
	var out []string
	for _, s := range v.Sections() {
		for _, it := range v.Items(s) {
			out = append(out, it.ID)
		}
	}
	return strings.Join(out, " ")
}

func wantIDs(t testing.TB, v View, want string) {
	t.Helper()
	if got := ids(v); got != want {
		t.Errorf("%s shows %q, want %q", v.Kind(), got, want)
	}
}

func body(t testing.TB, v View) string {
	t.Helper()
	b, err := v.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func fixture(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../fixtures/dossiers/" + path + "/dossier.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}
