package policy

import (
	"encoding/json"
	"math/rand"
	"strings"
	"testing"
	"time"

	"inzage/internal/dossier"
	"inzage/internal/portal"
)

var all = []Kind{Portaalkopie, Terugval, AVGInzage, Archief}

// account plans and decides everything and checks what must always hold.
func account(t *testing.T, d *dossier.Dossier, p *portal.Portal, now time.Time) (shown int) {
	works, _, err := Plan(d, p, all, p.Terms[0], now)
	if err != nil {
		t.Fatal(err)
	}
	hidden := map[string]bool{}
	for i := range d.Items {
		hidden[d.Items[i].Title] = d.Items[i].Visibility.Portal != dossier.Yes
	}
	for _, w := range works {
		v, err := Decide(d, p, w)
		if err == ErrNumber {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		n := v.Total()
		if n.Read != len(d.Items) || n.Shown+n.Withheld+n.Unreadable != n.Read {
			t.Fatalf("%s: %+v of %d items", w.Kind, n, len(d.Items))
		}
		shown += n.Shown
		if !v.Policy().NeedsGrant {
			continue
		}
		for title := range hidden {
			if hidden[title] && strings.HasPrefix(title, "CANARY") && strings.Contains(string(v.Canonical()), title+"\"") {
				t.Fatalf("%s shows hidden %s", w.Kind, title)
			}
		}
	}
	return shown
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.Intn(len(from))] }

func generated(r *rand.Rand) *dossier.Dossier {
	d := record()
	d.Grants = append(d.Grants, mentor(), contact(pick(r, dossier.ItemSections()...)))
	d.Requests = []dossier.Request{request(pick(r, dossier.RoleClient, dossier.RoleMentor))}
	d.Relation.End = day(pick(r, "", "2026-03-10"))
	for i := range r.Intn(40) {
		id := string(rune('A'+i/26)) + string(rune('A'+i%26))
		it := seen(id)
		it.Title = "CANARY-" + id
		it.Section = pick(r, dossier.Sections()...)
		it.Visibility.Portal = pick(r, dossier.Yes, dossier.No, dossier.Unsaid)
		it.Visibility.Labels = pick(r, nil, []dossier.Label{dossier.LabelInternal}, []dossier.Label{"onbekend"})
		it.Status = pick(r, dossier.StatusFinal, dossier.StatusDraft, dossier.StatusRemoved, dossier.StatusEnteredInError)
		it.Unreadable = pick(r, "", "", "kapot")
		it.Supersedes = pick(r, "", "AA", "AB")
		d.Items = append(d.Items, it)
	}
	return d
}

func TestEveryItemIsAccountedFor(t *testing.T) {
	shown := 0
	for seed := range int64(300) {
		d := generated(rand.New(rand.NewSource(seed)))
		for _, p := range []*portal.Portal{theT(), theH()} {
			shown += account(t, d, p, at(t, noon))
		}
	}
	if shown == 0 {
		t.Error("nothing was ever shown")
	}
}

func TestZeroViewShowsNothing(t *testing.T) {
	var v View
	b, err := v.MarshalJSON()
	if err != nil || string(b) != "null" || ids(v) != "" || v.Total() != (Total{}) || len(v.Withheld())+len(v.Unreadable()) != 0 || v.TermsSeen() {
		t.Errorf("the zero view holds %s", b)
	}
}

func FuzzDecide(f *testing.F) {
	for _, name := range []string{"thuisgenoten/curator", "thuisgenoten/overleden-met-verzoek", "mijnplan/kind-16"} {
		f.Add(fixture(f, name))
	}
	now := at(f, noon)
	f.Fuzz(func(t *testing.T, data []byte) {
		var d dossier.Dossier
		if json.Unmarshal(data, &d) != nil {
			return
		}
		for i := range d.Items { // a title that says of its item alone
			d.Items[i].Title = "CANARY-" + string(rune(0x4e00+i%20000))
		}
		account(t, &d, theT(), now)
		account(t, &d, theH(), now)
	})
}

func BenchmarkDecideAndMarshal(b *testing.B) {
	var d dossier.Dossier
	if err := json.Unmarshal(fixture(b, "thuisgenoten/drie-jaar"), &d); err != nil {
		b.Fatal(err)
	}
	works, _ := plan(b, &d, theT(), Portaalkopie, noon)
	if len(works) == 0 {
		b.Fatal("nobody gets a copy")
	}
	for b.Loop() {
		v, err := Decide(&d, theT(), works[0])
		if err != nil {
			b.Fatal(err)
		}
		if _, err := v.MarshalJSON(); err != nil {
			b.Fatal(err)
		}
	}
}
