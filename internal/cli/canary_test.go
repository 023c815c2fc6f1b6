package cli_test

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"inzage/internal/bundle"
	"inzage/internal/dossier"
)

// A reach says in which outputs of a bundle the text of a field stands, for whom,
// and why it may. What is not named it may not reach.
type reach struct {
	outs string // of j dossier.json (and the PDF's copy of it), p pages (HTML and PDF), m manifest, r LEESMIJ.txt, which names nobody; a ? after one: may, and need not
	who  string // the readers; "" is all who may see the item or the record
	why  string
}

var nowhere = reach{why: "stays with the organisation"}

func given(why string) reach { return reach{outs: "?", why: why} }

// fields is every field of the native format. A new field must be put here, with
// the reason why it may reach what it reaches; until then this test fails.
var fields = map[string]reach{
	"schema": given("the name of the format"), "portal": given("names no person"), "clientRef": nowhere, "asOf": given("the moment of the data"),
	"system": {"jpm?", "", "who made the record"},

	"client.ref": nowhere, "client.name": {"jpm", "", "whose record it is"}, "client.callName": {"jp?", "", "how the client is called"},
	"client.birthDate": given("policy TestACopyForAContactSaysLess"), "client.address": nowhere, "client.bsn": given("masked; policy TestC18"),

	"relation.start": given("of the reader's own care"), "relation.ended": given("as start"), "relation.end": given("as start"),
	"relation.endReason": {"j", "request archive", "data of the client, on no page"}, "relation.died": given("as end"), "relation.deceased": given("as end"), "relation.lastChange": given("a date"),

	"grants.id": nowhere, "grants.clientRef": nowhere, "grants.person.ref": nowhere, "grants.person.name": {"jpm", "self", "who this copy is for"},
	"grants.person.callName": nowhere, "grants.person.birthDate": given("a date, in no copy"), "grants.person.address": nowhere, "grants.person.bsn": given("masked; policy TestC18"),
	"grants.role": given("a word of the format"), "grants.holder": given("no text"), "grants.basis": given("a word"), "grants.document": nowhere, "grants.scope": given("ids of sections"),
	"grants.from": given("a date"), "grants.until": given("a date"), "grants.revokedAt": given("a date"), "grants.delegatedBy": nowhere,
	"grants.blocked.since": given("a date"), "grants.blocked.reason": nowhere, "grants.unsubscribed": given("no text"), "grants.reconsented": given("a date"),
	"grants.lastLogin": given("a date"), "grants.mobile": given("no text"), "grants.language": given("nl or en"), "grants.recipient": given("a public key"),

	"requests.id": nowhere, "requests.clientRef": nowhere, "requests.received": given("a date"), "requests.requester.ref": nowhere,
	"requests.requester.name": {"jpm", "self", "who this copy is for"}, "requests.requester.callName": nowhere, "requests.requester.birthDate": given("a date, in no copy"),
	"requests.requester.address": nowhere, "requests.requester.bsn": given("masked; policy TestC18"), "requests.role": given("a word of the format"),
	"requests.identityMethod": nowhere, "requests.identityDate": given("a date"), "requests.basis": nowhere, "requests.document": nowhere, "requests.basisFrom": given("a date"),
	"requests.ground7458a": given("a word"), "requests.sections": given("ids of sections"), "requests.from": given("a date"), "requests.until": given("a date"),
	"requests.fullBsn": given("no text"), "requests.withLog": given("no text"), "requests.language": given("nl or en"), "requests.recipient": given("a public key"),
	"requests.answered": given("no text"), "requests.answeredAt": given("a date"),

	"items.id": {"j", "", "by which items refer to each other"}, "items.section": given("a word of the format"), "items.kind": {"jp?", "", "part of the item"},
	"items.discipline": {"jp?", "", "part of the item"}, "items.title": {"jp", "", "part of the item"}, "items.date": given("of the item"), "items.until": given("of the item"),
	"items.recordedAt": given("of the item"), "items.author.role": {"jp", "", "staff as the portal names them"}, "items.author.name": {"jp", "", "staff as the portal names them"},
	"items.author.organisation": {"jp", "", "part of the item"}, "items.onBehalfOf": {"jp", "", "part of the item"},
	"items.body.kind": given("a word of the format"), "items.body.format": given("a word of the format"), "items.body.label": {"jp", "", "part of the item"},
	"items.body.text": {"jp", "", "part of the item"}, "items.body.columns": {"jp", "", "part of the item"}, "items.body.rows": {"jp", "", "part of the item"}, "items.body.entries": {"jp", "", "part of the item"},
	"items.status": given("a word of the format"), "items.supersedes": nowhere, "items.corrects": nowhere, "items.relatesTo": nowhere, "items.origin": given("a word of the format"),
	"items.sources.system": {"jm?p?", "", "where it came from, AVG art. 15 lid 1 onder g"}, "items.sources.type": {"j", "", "as system"}, "items.sources.id": {"j", "", "as system"},
	"items.sources.version": {"j", "", "as system"}, "items.sources.sha256": {"j", "", "as system"},
	"items.clientRef": given("see the item of another client"), "items.vis.portal": given("a word of the format"), "items.vis.audience": given("a word of the format"), "items.vis.labels": given("a word of the format"),
	"items.vis.shieldedFrom": given("a date"), "items.vis.refusal.ground": given("a word"), "items.vis.refusal.decidedBy": {"j?", "archive", "the organisation's own copy keeps its decisions"},
	"items.vis.refusal.date": given("a date"), "items.vis.refusal.review": given("a date"), "items.vis.refusal.silent": given("no text"),
	"items.attachments.id": {"j", "", "by which it is named"}, "items.attachments.path": nowhere, "items.attachments.name": {"jmp?", "", "the name a reader knows"},
	"items.attachments.mime": given("a type"), "items.attachments.size": given("a number"), "items.attachments.sha256": given("a digest"), "items.attachments.showsOthers": given("a word of the format"),
	"items.attachments.caption": {"jp", "", "part of the item"}, "items.attachments.takenAt": given("a date"),
	"items.measurement.type": {"jp?", "", "part of the item"}, "items.measurement.value": given("a number"), "items.measurement.text": {"jp?", "", "part of the item"},
	"items.measurement.unit": {"jp?", "", "part of the item"}, "items.measurement.low": given("a number"), "items.measurement.high": given("a number"),
	"items.measurement.method": {"jp?", "", "part of the item"}, "items.measurement.parts.label": {"jp?", "", "part of the item"}, "items.measurement.parts.value": given("a number"),
	"items.participants": {"j", "archive", "references to persons, for the organisation"}, "items.aboutPerson": {"j", "archive", "references to persons, for the organisation"},
	"items.alert": given("no text"), "items.unreadable": nowhere,
}

// paths lists the fields of a type of the format.
func paths(t reflect.Type, at string, out map[string]reflect.Kind) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[dossier.Date]() {
		out[strings.TrimPrefix(at, ".")] = t.Kind()
		return
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		paths(t.Field(i).Type, at+"."+name, out)
	}
}

func TestEveryFieldOfTheFormatHasItsReach(t *testing.T) {
	have := map[string]reflect.Kind{}
	paths(reflect.TypeFor[dossier.Dossier](), "", have)
	for p := range have {
		if r, ok := fields[p]; !ok || r.why == "" {
			t.Errorf("nothing says which outputs %s may reach, and why", p)
		}
	}
	for p := range fields {
		if _, ok := have[p]; !ok {
			t.Errorf("%s is no field of the format", p)
		}
	}
	if len(have) < 90 {
		t.Errorf("only %d fields", len(have))
	}
}

// A canary is one word in one place of a record.
type planted struct {
	path, item string // the field, and the item when it is of one
	who        string // of a person: the reader
}

// A planter fills records with words that stand nowhere else.
type planter struct {
	words map[string]planted
	n     int
}

func (p *planter) word(at planted) string {
	n, s := p.n, ""
	p.n++
	for range 5 {
		s += string("bcdfghjklmnpqrst"[n%16])
		n /= 16
	}
	s = "q" + s + "z"
	p.words[s] = at
	return s
}

// fill plants a word in every field that is free text; each list gets one member
// unless it has some.
func (p *planter) fill(v reflect.Value, path string, at planted) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		p.fill(v.Elem(), path, at)
	case reflect.Slice:
		if e := v.Type().Elem(); v.Len() == 0 && (e.Kind() != reflect.String || e == reflect.TypeFor[string]()) {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			p.fill(v.Index(i), path, at)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if v.Type() != reflect.TypeFor[dossier.Date]() {
				p.fill(v.Field(i), strings.TrimPrefix(path+"."+name, "."), at)
			}
		}
	case reflect.String:
		if r := fields[path]; v.Type() == reflect.TypeFor[string]() && r.outs != "?" && v.String() == "" {
			at.path = path
			v.SetString(p.word(at))
		}
	}
}

// item plants an item with a body of each kind of block, in each format.
func (p *planter) item(name string, section dossier.Section, change func(*dossier.Item)) dossier.Item {
	it := dossier.Item{Section: section, Date: dossier.MustDate("2026-02-01"), Visibility: dossier.Visibility{Portal: dossier.Yes, Refusal: &dossier.Refusal{}}}
	p.fill(reflect.ValueOf(&it).Elem(), "items", planted{item: name})
	refusal := *it.Visibility.Refusal
	it.Visibility = dossier.Visibility{Portal: dossier.Yes}
	it.Unreadable, it.Supersedes, it.Corrects, it.ClientRef, it.Date = "", "", "", "", dossier.MustDate("2026-02-01")
	w := func(part string) string { return p.word(planted{path: "items.body." + part, item: name}) }
	hidden := func() string { return p.word(planted{path: "items.attachments.path", item: name}) } // may reach nothing
	it.Body = []dossier.Block{
		{Kind: dossier.BlockText, Label: w("label"), Text: w("text"), Columns: []string{hidden()}, Entries: []string{hidden()}},
		{Kind: dossier.BlockText, Format: dossier.HTML, Text: "<p onclick='" + hidden() + "' data-x=" + hidden() + ">" + w("text") + "<!-- " + hidden() + " --><b title='" + hidden() + "'>x</b></p><script>" + hidden() + "</script>"},
		{Kind: dossier.BlockText, Format: dossier.Markdown, Text: "**" + w("text") + "** <i class=" + hidden() + ">x</i>\n\n<!-- " + hidden() + " -->\n\n[a]: http://x.nl '" + hidden() + "'"},
		{Kind: dossier.BlockField, Label: w("label"), Text: w("text"), Rows: [][]string{{hidden()}}},
		{Kind: dossier.BlockTable, Label: w("label"), Columns: []string{w("columns")}, Rows: [][]string{{w("rows")}}, Text: hidden()},
		{Kind: dossier.BlockList, Label: w("label"), Entries: []string{w("entries")}, Text: hidden()},
		{Kind: dossier.BlockWarning, Label: w("label"), Text: w("text"), Entries: []string{hidden()}},
	}
	for _, way := range []dossier.Block{{Text: "BSN 999\u00a0990\u2011019"}, {Text: "９９９９９００１９"}, {Format: dossier.HTML, Text: "<b>999</b>&#57;90<!-- x -->019"}, {Format: dossier.Markdown, Text: "**999**990\n019"}} {
		way.Kind = dossier.BlockText
		it.Body = append(it.Body, way) // the client's number, which only the archive keeps
	}
	it.OnBehalfOf += " 999990019"
	for i := range it.Attachments {
		a := &it.Attachments[i]
		a.MIME, a.ShowsOthers, a.SHA256, a.Size = "text/plain", dossier.No, "", 0
	}
	it.Measurement.Value = 71
	change(&it)
	if it.Body == nil {
		maps.DeleteFunc(p.words, func(_ string, at planted) bool { return at.item == name && strings.HasPrefix(at.path, "items.body.") })
	}
	if it.Visibility.Refusal != nil {
		refusal.Ground = "bw-7-456"
		it.Visibility.Refusal = &refusal
	}
	return it
}

// seenBy says which readers see an item, beside the archive.
var seenBy = map[string]string{
	"shown": "client mentor contact request mentors-request after-death", "health": "client mentor request mentors-request", "weight": "client mentor request mentors-request",
	"message": "client mentor request mentors-request", "withdrawn": "request mentors-request",
	"hidden": "", "internal": "", "review": "", "refused": "", "shielded": "", "other": "", "unreadable": "", "picture": "",
}

func (p *planter) record(ref string, died bool) *dossier.Dossier {
	d := &dossier.Dossier{Schema: dossier.Version, Portal: "thuisgenoten", AsOf: dossier.MustDate("2026-03-15T02:00+01:00"),
		Client: dossier.Person{BirthDate: dossier.MustDate("1950-05-05"), BSN: "999990019"}}
	d.Grants = []dossier.Grant{
		{Role: dossier.RoleClient, Holder: true}, {Role: dossier.RoleMentor, Basis: "rechterlijke-uitspraak", From: dossier.MustDate("2021-01-01")},
		{Role: dossier.RoleContact, Basis: "toestemming-client", Scope: []dossier.Section{dossier.SectionReports}},
		{Role: dossier.RoleContact, Basis: "toestemming-client", Scope: []dossier.Section{dossier.SectionReports}, Blocked: &dossier.Blockade{Since: dossier.MustDate("2026-01-01")}},
	}
	d.Requests = []dossier.Request{{Role: dossier.RoleClient, IdentityDate: dossier.MustDate("2026-03-02")},
		{Role: dossier.RoleMentor, IdentityDate: dossier.MustDate("2026-03-02"), BasisFrom: dossier.MustDate("2021-01-01")}}
	if died {
		d.Requests = []dossier.Request{{Role: dossier.RoleContact, IdentityDate: dossier.MustDate("2026-03-12"), Ground7458a: "incident", Sections: []dossier.Section{dossier.SectionReports}}}
	}
	for i, who := range []string{"client", "mentor", "contact", "blocked"} {
		blocked := d.Grants[i].Blocked
		p.fill(reflect.ValueOf(&d.Grants[i]).Elem(), "grants", planted{who: who})
		if blocked == nil {
			d.Grants[i].Blocked = nil
		}
		d.Grants[i].ClientRef, d.Grants[i].DelegatedBy, d.Grants[i].RevokedAt = "", "", dossier.Date{}
	}
	for i, who := range []string{"request", "mentors-request"}[:len(d.Requests)] {
		if died {
			who = "after-death"
		}
		p.fill(reflect.ValueOf(&d.Requests[i]).Elem(), "requests", planted{who: who})
	}
	for _, part := range []struct {
		of   any
		path string
	}{{&d.Client, "client"}, {&d.Relation, "relation"}, {&d.System, "system"}} {
		p.fill(reflect.ValueOf(part.of).Elem(), part.path, planted{})
	}
	d.Ref = dossier.ClientRef(p.word(planted{path: "clientRef"}) + ref)
	d.Relation.Start, d.Relation.Died = dossier.MustDate("2020-01-01"), died
	if died {
		d.Relation.Deceased = dossier.MustDate("2026-03-10")
	}
	d.Items = p.items(d)
	return d
}

func (p *planter) items(d *dossier.Dossier) []dossier.Item {
	return []dossier.Item{
		p.item("shown", dossier.SectionReports, func(*dossier.Item) {}),
		p.item("health", dossier.SectionHealth, func(*dossier.Item) {}),
		p.item("weight", dossier.SectionMeasurements, func(*dossier.Item) {}),
		p.item("message", dossier.SectionMessages, func(it *dossier.Item) { it.Participants = append(it.Participants, "client") }),
		p.item("withdrawn", dossier.SectionHealth, func(it *dossier.Item) { it.Status = dossier.StatusEnteredInError }),
		p.item("hidden", dossier.SectionReports, func(it *dossier.Item) { it.Visibility.Portal = dossier.No }),
		p.item("internal", dossier.SectionReports, func(it *dossier.Item) { it.Visibility.Labels = []dossier.Label{dossier.LabelInternal} }),
		p.item("review", dossier.SectionHealth, func(it *dossier.Item) { it.Visibility.Labels = []dossier.Label{dossier.LabelReview} }),
		p.item("refused", dossier.SectionReports, func(it *dossier.Item) { it.Visibility.Refusal = &dossier.Refusal{} }),
		p.item("shielded", dossier.SectionReports, func(it *dossier.Item) { it.Visibility.ShieldedFrom = dossier.MustDate("2026-01-01") }),
		p.item("picture", dossier.SectionImages, func(it *dossier.Item) {
			it.Body, it.Attachments[0].MIME, it.Attachments[0].ShowsOthers = nil, "image/png", dossier.Yes
		}),
		p.item("other", dossier.SectionReports, func(it *dossier.Item) { it.ClientRef = "another" }),
		p.item("unreadable", dossier.SectionReports, func(it *dossier.Item) {
			it.Unreadable = "Niet te lezen: " + p.word(planted{path: "items.unreadable", item: "unreadable"})
		}),
	}
}

// allowed reports whether a word may stand in an output of a reader's bundle, and
// whether it must.
func allowed(at planted, out, reader string) (may, must bool) {
	r := fields[at.path]
	who := r.who
	if at.item != "" {
		sees := strings.Fields(seenBy[at.item])
		if at.item != "other" && at.item != "unreadable" {
			sees = append(sees, "archive")
		}
		if !slices.Contains(sees, reader) {
			return false, false
		}
	}
	if reader == "archive" && (at.path == "items.attachments.path" || at.path == "items.supersedes" || at.path == "items.corrects" || at.path == "items.relatesTo") {
		return out == "j", false // as it was delivered: markup to the letter, references whole
	}
	switch {
	case who == "self" && reader != at.who:
		return false, false
	case who != "" && who != "self" && !slices.ContainsFunc(strings.Fields(who), func(w string) bool { return strings.HasSuffix(reader, w) }):
		return false, false
	}
	i := strings.Index(r.outs, out)
	may = i >= 0
	return may, may && (i+1 >= len(r.outs) || r.outs[i+1] != '?')
}

func squash(s string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == '\n' || r == '-' || r == '\f' || r == '\u00ad' || r == '\u200b'
	}), ""))
}

// digitsOf is a text as letters and digits, folded, without markup.
func digitsOf(s string) string {
	s = norm.NFKC.String(html.UnescapeString(regexp.MustCompile(`(?s)<!--.*?-->|</?[a-zA-Z][^>]*>`).ReplaceAllString(s, "")))
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '*' {
			return r
		}
		return -1
	}, s)
}

// outputs are the texts of an opened bundle, by the letters of reach.
func outputs(t *testing.T, folder string) map[string][]string {
	t.Helper()
	out := map[string][]string{
		"j": {string(read(t, folder, "data/dossier.json"))}, "p": {string(read(t, folder, "data/dossier.html"))},
		"m": {string(read(t, folder, "manifest.json"))}, "r": {string(read(t, folder, "data/LEESMIJ.txt"))},
	}
	if has(t, "pdftotext", "poppler") && has(t, "pdfdetach", "poppler") {
		file, into := filepath.Join(folder, "data/dossier.pdf"), t.TempDir()
		info, err := exec.Command("pdfinfo", "-meta", file).CombinedOutput()
		if err != nil {
			t.Fatal(err)
		}
		out["p"] = append(out["p"], pdfText(t, file)+string(info))
		if b, err := exec.Command("pdfdetach", "-saveall", "-o", into, file).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, b)
		}
		files, _ := os.ReadDir(into)
		if len(files) != 1 {
			t.Errorf("%d files in the PDF", len(files))
		}
		for _, f := range files {
			out["j"] = append(out["j"], string(read(t, into, f.Name())))
		}
	}
	return out
}

// reader names who a bundle is for, as the tables here do.
func readerOf(m bundle.Manifest) string {
	switch {
	case m.Kind == "archief":
		return "archive"
	case m.Kind == "avg-inzage" && m.Recipient.Audience == "contact":
		return "after-death"
	case m.Kind == "avg-inzage" && m.Recipient.Role == "mentor":
		return "mentors-request"
	case m.Kind == "avg-inzage":
		return "request"
	case m.Recipient.Role == "contactpersoon":
		return "contact"
	}
	return m.Recipient.Role
}

// Every field of the native format holds a word of its own, shown and hidden. In
// no output stands a word that its reader may not see; what a reader may see is there.
func TestNoFieldReachesMoreThanItMay(t *testing.T) {
	source := t.TempDir()
	pl := &planter{words: map[string]planted{}}
	for i, died := range []bool{false, true} {
		d := pl.record(fmt.Sprint(i), died)
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(source, fmt.Sprint("record", i))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, it := range d.Items {
			for _, a := range it.Attachments {
				if err := os.WriteFile(filepath.Join(dir, a.Path), []byte("bijlage"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "dossier.json"), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := newPlace(t, source)
	stdout := p.must("run", "--now", now)
	p.walk(".", func(path string) {
		stdout += path
		if !strings.HasSuffix(path, ".age") {
			stdout += string(read(t, path))
		}
	})
	for w, at := range pl.words {
		if strings.Contains(strings.ToLower(stdout), w) {
			t.Errorf("%s (%s) stands outside the bundles", at.path, at.item)
		}
	}
	readers := map[string]int{}
	for _, file := range p.bundles("") {
		folder := p.open(file, "officer")
		m, err := bundle.ParseManifest(read(t, folder, "manifest.json"))
		if err != nil {
			t.Fatal(err)
		}
		reader := readerOf(m)
		readers[reader]++
		checkReach(t, pl, outputs(t, folder), reader, m)
		if m.Waiting > 0 && reader != "request" && reader != "mentors-request" && reader != "archive" {
			t.Errorf("%s %s is told that %d wait", m.Kind, reader, m.Waiting)
		}
	}
	for _, want := range []string{"client", "mentor", "contact", "request", "mentors-request", "after-death", "archive"} {
		if readers[want] == 0 {
			t.Errorf("no bundle for %s: %v", want, readers)
		}
	}
}

// checkReach holds every word against the outputs of one bundle. Of the two
// records each has its own words: what must be there, must be in one of them.
func checkReach(t *testing.T, pl *planter, outs map[string][]string, reader string, m bundle.Manifest) {
	t.Helper()
	for letter, list := range outs {
		for _, text := range list {
			if reader != "archive" && strings.Contains(digitsOf(text), "999990019") {
				t.Errorf("%s for %s: output %s holds the client's number", m.Kind, reader, letter)
			}
			text = squash(text)
			own := map[planted]bool{}
			for w, at := range pl.words {
				may, must := allowed(at, letter, reader)
				in := strings.Contains(text, w)
				if in && !may {
					t.Errorf("%s for %s: output %s holds %s of item %q", m.Kind, reader, letter, at.path, at.item)
				}
				if must {
					own[at] = own[at] || in
				}
			}
			for at, in := range own {
				if !in {
					t.Errorf("%s for %s: output %s lacks %s of item %q", m.Kind, reader, letter, at.path, at.item)
				}
			}
		}
	}
}
