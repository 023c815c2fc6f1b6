package fhir

import (
	"fmt"

	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/r4"
	"inzage/internal/source/fhir/tree"
)

// A Record is one client as read, with what became of every resource.
type Record struct {
	Dossier *dossier.Dossier
	Account Account
	Profile *Profile
	set     *r4.Set
	raw     map[string]*r4.Resource // by item id; a part of another item is not here
}

// An Account says what became of the resources of an input. Read is the sum of
// Items, Parts, Same and Unreadable.
type Account struct {
	Read       int // resources, and parts that are none
	Items      int // became an item; policy shows or withholds it
	Parts      int // became part of another item
	Same       int // stood twice, to the byte
	Unreadable int // became an unreadable item with a reason
	Foreign    int // of the Items, those of another person: never shown
	Older      int // of the Items, those that a newer version replaces
	Empty      int // Bundle entries that carry no resource by their kind
	Deleted    int // Bundle entries that ask for a deletion
}

// Whole reports whether every resource is accounted for.
func (a Account) Whole() bool { return a.Read == a.Items+a.Parts+a.Same+a.Unreadable }

// A reading is an input on its way to a record.
type reading struct {
	in     *input
	opt    Options
	set    *r4.Set
	who    *compartment
	rec    *Record
	parts  map[*r4.Resource]bool
	denied func(*r4.Resource) bool
}

func (in *input) record(opt Options, access map[dossier.ClientRef]access) (*Record, error) {
	read := len(in.list) + len(in.broken)
	in.tidy()
	set := r4.NewSet(in.list, in.shared())
	who, err := findClient(in, set)
	if err != nil {
		return nil, err
	}
	rd := &reading{in: in, opt: opt, set: set, who: who, rec: &Record{set: set, raw: map[string]*r4.Resource{}, Profile: newProfile()}, parts: map[*r4.Resource]bool{}}
	rd.denied = denials(rd)
	a := &rd.rec.Account
	a.Read, a.Same, a.Empty, a.Deleted = read, in.same, in.empty, in.deleted
	d := &dossier.Dossier{Schema: dossier.Version, Portal: opt.Portal, System: opt.System, AsOf: in.asOf}
	if d.AsOf.IsZero() {
		d.AsOf = opt.AsOf
	}
	rd.rec.Dossier = d
	rd.items()
	rd.client()
	rd.relation()
	rd.grants(access)
	rd.scrub()
	return rd.rec, nil
}

// shared looks up resources that lie outside the client's own, each once.
func (in *input) shared() r4.Lookup {
	if in.lookup == nil {
		return nil
	}
	found := map[string]*r4.Resource{}
	return func(ref string) *r4.Resource {
		if r, done := found[ref]; done {
			return r
		}
		found[ref] = nil
		if n, err := tree.Parse(in.lookup(ref)); err == nil {
			found[ref] = r4.New(n, "")
		}
		return found[ref]
	}
}

// items maps every resource, then leaves out those that became part of another.
func (rd *reading) items() {
	results := make([]r4.Result, len(rd.in.list))
	for i, r := range rd.in.list {
		results[i] = r4.Map(rd.set, r)
		rd.claim(r, results[i].Used)
	}
	rd.provenance(results)
	for i, r := range rd.in.list {
		rd.rec.Profile.count(r, &results[i], rd.opt.Rules)
		if rd.parts[r] {
			rd.rec.Account.Parts++
			continue
		}
		rd.enter(r, &results[i])
	}
	for i, why := range rd.in.broken {
		rd.rec.Account.Unreadable++
		rd.rec.Profile.broken(why)
		rd.rec.Dossier.Items = append(rd.rec.Dossier.Items, dossier.Item{ID: fmt.Sprintf("onleesbaar-%d", i+1), Section: dossier.SectionDocuments, Unreadable: why})
	}
}

// claim makes used resources part of an item, but for those that bear marks of
// their own or are another's: they stay by themselves, for policy to judge.
func (rd *reading) claim(r *r4.Resource, used []*r4.Resource) {
	mine, _ := rd.who.whose(r)
	for _, u := range used {
		o, _ := rd.who.whose(u)
		if len(marks(u)) == 0 && (o == mine || o == unsaid) && mine != theirs && r4.Folds(u.Type) {
			rd.parts[u] = true
		}
	}
}

func (rd *reading) enter(r *r4.Resource, res *r4.Result) {
	it := res.Item
	it.ID = itemID(r, rd.who)
	if r.Type == "Patient" {
		it.Sources[0].ID = "" // the client's number
	}
	for _, u := range res.Used {
		if rd.parts[u] {
			it.Sources = append(it.Sources, dossier.Source{Type: u.Type, ID: u.ID})
		}
	}
	if r.Type == "RelatedPerson" {
		it.AboutPerson = r.Key
	}
	rd.opt.Rules.see(&it, r)
	rd.guard(&it, r, res.Stops)
	if old := rd.in.older[r]; old != nil {
		it.Supersedes = old.Key
	}
	if strings.Contains(r.Key, "@") {
		rd.rec.Account.Older++
	}
	if r.Type == "OperationOutcome" {
		it.Unreadable = "melding-van-de-bron"
	}
	if it.Unreadable != "" {
		rd.rec.Account.Unreadable++
	} else {
		rd.rec.Account.Items++
	}
	rd.rec.raw[it.ID] = r
	rd.rec.Dossier.Items = append(rd.rec.Dossier.Items, it)
}

// itemID is the key of a resource; the client's own record number stays out.
func itemID(r *r4.Resource, who *compartment) string {
	if r == who.client {
		return "Patient"
	}
	return r.Key
}

// guard holds back what is not surely this client's, what is not surely meant
// as it reads, and what the client's own decision closes.
func (rd *reading) guard(it *dossier.Item, r *r4.Resource, stops []string) {
	review := len(stops) > 0 || rd.denied(r)
	whose, ref := rd.who.whose(r)
	switch whose {
	case theirs:
		it.ClientRef = dossier.ClientRef("ander:" + digest(ref))
		rd.rec.Account.Foreign++
	case unclear:
		review = true
	case unsaid:
		review = review || rd.who.many && !shared[r.Type]
	}
	if review {
		apply(it, EffectReview)
	}
}

// provenance gives an author to items that have none (FHIR R4, Provenance).
func (rd *reading) provenance(results []r4.Result) {
	at := make(map[*r4.Resource]int, len(results))
	for i, r := range rd.in.list {
		at[r] = i
	}
	for _, p := range rd.in.list {
		if p.Type != "Provenance" {
			continue
		}
		who := r4.AgentOf(rd.set, p)
		for _, t := range p.Node.Peek("target").List() {
			i, ok := at[rd.set.Find(p, t.Peek("reference").Look())]
			if it := &results[i].Item; ok && it.Author == (dossier.Author{}) && rd.in.list[i].Type != "Patient" {
				it.Author = who
			}
		}
	}
}

// denials are the client's refusals to share (Consent for privacy, "deny"):
// what they name waits for a human. One that names nothing closes all.
func denials(rd *reading) func(*r4.Resource) bool {
	all, types, named := false, map[string]bool{}, map[*r4.Resource]bool{}
	for _, c := range rd.in.list {
		if c.Type != "Consent" || c.Node.Peek("status").Look() != "active" || !strings.Contains(c.Node.Peek("scope").Raw(), `"patient-privacy"`) {
			continue
		}
		for _, p := range append(c.Node.Peek("provision").List(), c.Node.Path("provision", "provision").List()...) {
			if p.Peek("type").Look() != "deny" {
				continue
			}
			for _, k := range p.Peek("class").List() {
				types[k.Peek("code").Look()] = true
			}
			for _, d := range p.Peek("data").List() {
				named[rd.set.Find(c, d.Path("reference", "reference").Look())] = true
			}
			all = all || p.Peek("class") == nil && p.Peek("data") == nil
		}
	}
	return func(r *r4.Resource) bool { return r.Type != "Consent" && (all || types[r.Type] || named[r]) }
}

// scrub takes every citizen service number that the input knows out of the
// texts. Policy masks the client's own again, unless it was asked for.
func (rd *reading) scrub() {
	numbers := map[string]bool{}
	for _, r := range rd.in.list {
		for _, h := range append([]*r4.Resource{r}, r.Contained()...) {
			for _, n := range h.Node.Peek("identifier").List() {
				if v := n.Peek("value").Look(); isBSN(n.Peek("system").Look()) && len(v) >= 8 {
					numbers[v] = true
				}
			}
		}
	}
	list := make([]string, 0, len(numbers))
	for v := range numbers {
		list = append(list, v, "*****"+v[len(v)-4:])
	}
	if len(list) == 0 {
		return
	}
	fix := strings.NewReplacer(list...).Replace
	for i := range rd.rec.Dossier.Items {
		scrubItem(&rd.rec.Dossier.Items[i], fix)
	}
}

func scrubItem(it *dossier.Item, fix func(string) string) {
	it.Title = fix(it.Title)
	for i := range it.Body {
		b := &it.Body[i]
		b.Text, b.Label = fix(b.Text), fix(b.Label)
		for j := range b.Entries {
			b.Entries[j] = fix(b.Entries[j])
		}
		for _, r := range b.Rows {
			for j := range r {
				r[j] = fix(r[j])
			}
		}
	}
	for i := range it.Attachments {
		it.Attachments[i].Name = fix(it.Attachments[i].Name)
	}
}

func isBSN(system string) bool {
	return system == "http://fhir.nl/fhir/NamingSystem/bsn" || strings.HasSuffix(system, "2.16.840.1.113883.2.4.6.3")
}
