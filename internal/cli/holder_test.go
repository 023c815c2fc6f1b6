package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/seal"
	"inzage/internal/viewer"
)

// A client with whom others look along; the second day shows who stands under the
// same ids then.
func household(ref dossier.ClientRef, grants []dossier.Grant, requests []dossier.Request) dossier.Dossier {
	day := dossier.MustDate
	me := dossier.Person{Ref: "p-zelf", Name: "Trijntje Proefpersoon", BirthDate: day("1948-08-18")}
	item := func(id string, s dossier.Section, text string) dossier.Item {
		return dossier.Item{ID: id, Section: s, Title: text, Date: day("2026-02-03"), Origin: "zorgverlener",
			Visibility: dossier.Visibility{Portal: dossier.Yes}, Body: []dossier.Block{{Kind: "text", Text: text}}}
	}
	for i := range grants {
		grants[i].From, grants[i].Mobile = day("2021-01-01"), true
	}
	return dossier.Dossier{
		Schema: dossier.Version, Portal: "mijnplan", Ref: ref, AsOf: day("2026-03-15T02:00:00+01:00"), System: "Proef", Client: me,
		Relation: dossier.Relation{Start: day("2021-01-01"), LastChange: day("2026-03-01")},
		Grants:   append([]dossier.Grant{{ID: "eigen", Person: me, Role: dossier.RoleClient, Holder: true, From: day("2021-01-01"), Mobile: true}}, grants...),
		Requests: requests,
		Items:    []dossier.Item{item("a", dossier.SectionAppointments, "Kapper"), item("b", dossier.SectionHealth, "VERBORGENVOORDEBUUR")},
	}
}

func neighbour(id, ref, name string) dossier.Grant {
	return dossier.Grant{ID: id, Person: dossier.Person{Ref: ref, Name: name}, Role: dossier.RoleContact, Basis: "toestemming-client",
		Scope: []dossier.Section{dossier.SectionAppointments}}
}

func mentor(id, ref, name string) dossier.Grant {
	return dossier.Grant{ID: id, Person: dossier.Person{Ref: ref, Name: name}, Role: dossier.RoleMentor, Basis: "rechterlijke-uitspraak", Document: "beschikking 7"}
}

func asked(id string, who dossier.Person, role dossier.Role) dossier.Request {
	day := dossier.MustDate
	return dossier.Request{ID: id, Received: day("2026-03-01"), Requester: who, Role: role, IdentityMethod: "paspoort aan de balie", IdentityDate: day("2026-03-02")}
}

// lives puts one dossier in the place's source.
func (p place) lives(source string, d dossier.Dossier) {
	p.t.Helper()
	b, err := json.Marshal(d)
	if err == nil {
		err = os.WriteFile(filepath.Join(source, "dossier.json"), b, 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// alone makes a place with a source of its own, with codes and without a key that
// stands in for all.
func alone(t *testing.T) (p place, source string) {
	t.Helper()
	if !has(t, "pdftotext", "poppler") {
		t.Skip("the code is read from the letter with pdftotext")
	}
	source = t.TempDir()
	p = newPlace(t, source)
	p.must("key", "signing", "--out", filepath.Join(p.private, "signing"), "--add", "signers", "--principal", "test@inzage", "--now", "2026-01-01T00:00:00Z")
	config := string(read(t, p.dir, "inzage.yaml"))
	p.write("inzage.yaml", strings.Replace(config, ", audience: client.txt", ", signing: "+filepath.Join(p.private, "signing")+", signers: signers", 1)+
		"codes: {deployment: test}\n")
	return p, source
}

// opened are the copies in the store that a code opens, by kind and form, wherever
// they stand and whatever slot lies beside them.
func (p place) opened(code string) map[string]int {
	p.t.Helper()
	c, _, err := seal.ParseCode(code)
	if err != nil {
		p.t.Fatal(err)
	}
	h, err := c.Holder(seal.Edition{Deployment: "test.mijnplan", Number: 1})
	if err != nil {
		p.t.Fatal(err)
	}
	kinds, seen := map[string]int{}, 0
	p.walk("store", func(path string) {
		body := read(p.t, path)
		if strings.HasSuffix(path, ".html") {
			if body, err = io.ReadAll(viewer.Extract(bytes.NewReader(body))); err != nil {
				return // no page of a copy
			}
		}
		seen++
		if _, _, err := seal.Open(bytes.NewReader(body), int64(len(body)), h.Identity()); err == nil {
			kinds[strings.Split(strings.Split(path, "/mijnplan/")[1], "/")[0]+filepath.Ext(path)]++
		}
	})
	if seen == 0 {
		p.t.Fatal("nothing in the store")
	}
	return kinds
}

func (p place) exits(want int, args ...string) string {
	p.t.Helper()
	code, out := p.run(args...)
	if code != want {
		p.t.Fatalf("inzage %s: exit %d, want %d\n%s", strings.Join(args, " "), code, want, out)
	}
	return out
}

// Grant and request of one id, and ids that run into each other, are of as many
// people as they say.
func TestOneCodeOpensTheCopiesOfOnePerson(t *testing.T) {
	p, source := alone(t)
	me := household("H-7", nil, nil).Client
	p.lives(source, household("H-7", []dossier.Grant{neighbour("4", "p-buur", "Buurvrouw Fien")}, []dossier.Request{asked("4", me, dossier.RoleClient)}))
	if out := p.exits(1, "code", "issue", "dossier.json", "--grant", "4", "--now", now, "--letters", t.TempDir()); !strings.Contains(out, "grant:ID") {
		t.Errorf("one id for two: %s", out)
	}
	theirs, _ := p.issue("dossier.json", "--grant", "grant:4")
	mine, _ := p.issue("dossier.json", "--grant", "request:4")
	if out := p.must("code", "issue", "--all", "--now", now, "--letters", t.TempDir()); !strings.HasPrefix(out, "0 codes") {
		t.Errorf("the client's grant and request are of one person: %s", out)
	}
	p.must("run", "--now", now)
	if got := p.opened(theirs); got["avg-inzage.age"]+got["avg-inzage.html"] != 0 || got["portaalkopie.age"] != 1 || got["terugval.age"] != 1 {
		t.Errorf("the neighbour's code opens %v", got)
	}
	if got := p.opened(mine); got["avg-inzage.age"] != 1 || got["portaalkopie.age"] != 1 || got["terugval.age"] != 1 {
		t.Errorf("the client's code opens %v", got)
	}
	for _, path := range append(p.copies("portaalkopie"), p.copies("terugval")...) {
		if folder, ok := p.opens(theirs, path); ok && strings.Contains(string(read(t, folder, "data", "dossier.html")), "VERBORGENVOORDEBUUR") {
			t.Errorf("the neighbour reads what is not for them in %s", filepath.Base(path))
		}
	}
}

// Day two: other people, roles and bases under the ids of day one.
func TestAGrantGivenToAnotherEndsTheCode(t *testing.T) {
	them := dossier.Person{Ref: "p-oud", Name: "Oude Mentor"}
	first := household("H-8", []dossier.Grant{mentor("m", "p-oud", "Oude Mentor"), neighbour("n", "p-fien", "Fien")},
		[]dossier.Request{asked("q", them, dossier.RoleMentor)})
	blocked := household("H-8", []dossier.Grant{mentor("m", "p-oud", "Oude Mentor"), neighbour("n", "p-fien", "Fien")},
		[]dossier.Request{asked("q", them, dossier.RoleMentor)})
	blocked.Grants[2].Blocked = &dossier.Blockade{Since: dossier.MustDate("2026-03-10"), Reason: "proef"}
	other := dossier.Person{Ref: "p-nieuw", Name: "Nieuwe Mentor"}
	for name, c := range map[string]struct {
		second  dossier.Dossier
		grant   string
		revoked int
	}{
		"another mentor": {household("H-8", []dossier.Grant{mentor("m", "p-nieuw", "Nieuwe Mentor"), neighbour("n", "p-fien", "Fien")},
			[]dossier.Request{asked("q", other, dossier.RoleMentor)}), "m", 2},
		"the neighbour is the mentor": {household("H-8", []dossier.Grant{mentor("m", "p-oud", "Oude Mentor"), mentor("n", "p-fien", "Fien")},
			[]dossier.Request{asked("q", them, dossier.RoleMentor)}), "n", 1},
		"blocked": {blocked, "n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			p, source := alone(t)
			p.lives(source, first)
			letters := map[string]string{}
			for _, id := range []string{"m", "n", "eigen", "q"} {
				letters[id], _ = p.issue("dossier.json", "--grant", id)
			}
			p.must("run", "--now", now)
			if before := p.opened(letters[c.grant]); before["terugval.age"] != 1 || before["portaalkopie.age"] != 1 {
				t.Fatalf("day one: %v", before)
			}
			mine := p.opened(letters["eigen"])
			p.lives(source, c.second)
			code, out := p.run("run", "--now", "2026-03-16T03:00:00+01:00")
			if (code == 2) != (c.revoked > 0) || (c.revoked > 0) != strings.Contains(out, "geen-sleutel") {
				t.Errorf("exit %d\n%s", code, out)
			}
			if got := p.opened(letters[c.grant]); len(got) != 0 {
				t.Errorf("the first code still opens %v", got)
			}
			if got := p.opened(letters["eigen"]); len(got) != len(mine) {
				t.Errorf("the client's code opens %v, and opened %v", got, mine)
			}
			if got := p.revoked(); got != c.revoked {
				t.Errorf("%d codes revoked, want %d", got, c.revoked)
			}
			if c.revoked == 0 {
				return
			}
			fresh, _ := p.issue("dossier.json", "--grant", c.grant, "--now", "2026-03-16T04:00:00+01:00")
			p.run("run", "--now", "2026-03-17T03:00:00+01:00")
			if got := p.opened(letters[c.grant]); len(got) != 0 {
				t.Errorf("the first code opens the other's copies: %v", got)
			}
			if got := p.opened(fresh); got["terugval.age"] != 1 || got["portaalkopie.age"] != 1 {
				t.Errorf("the new code opens %v", got)
			}
		})
	}
}

func (p place) revoked() (n int) {
	p.t.Helper()
	for _, line := range strings.Split(p.must("code", "list"), "\n")[1:] {
		if f := strings.Fields(line); len(f) == 5 && f[4] != "-" {
			n++
		}
	}
	return n
}

// A person of whom nothing says for sure who it is gets no code and no copy, and
// the operator is told.
func TestWhoIsNotKnownIsToldAndGetsNothing(t *testing.T) {
	p, source := alone(t)
	d := household("H-9", []dossier.Grant{neighbour("x", "", "Fien")}, nil)
	d.Grants[1].Person.BirthDate = dossier.MustDate("1961")
	p.lives(source, d)
	if out := p.exits(2, "code", "issue", "--all", "--now", now, "--letters", t.TempDir()); !strings.Contains(out, "1 without a code") || !strings.HasPrefix(out, "1 codes") {
		t.Errorf("%s", out)
	}
	if out := p.must("run", "--now", now); !strings.Contains(out, "persoon-onbekend") || len(p.copies("terugval")) != 1 {
		t.Errorf("%d copies\n%s", len(p.copies("terugval")), out)
	}
}
