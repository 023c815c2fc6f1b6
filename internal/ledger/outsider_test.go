package ledger_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"inzage/internal/ledger"
	"inzage/internal/store"
	"inzage/internal/store/storetest"
)

// A person is a client as the source knows one: all that may not be derived.
type person struct {
	ref           string
	family        int
	birth         time.Time
	died, endCare time.Time // zero: not
	readers       []reader  // who may have a copy
}

// A reader is somebody with a copy of one client.
type reader struct {
	name  string
	key   string    // id of a key of their own; empty: a code
	until time.Time // end of access
}

var runs = []time.Time{made, made.AddDate(0, 0, 1), made.AddDate(0, 0, 9), made.AddDate(0, 2, 3)}

// population makes n clients: children with the sixteenth birthday ahead, who
// share a mother's key with a brother or sister, grown-ups with a contact, and
// dead ones with an archive copy.
func population(n int) (out []person) {
	r := mathrand.New(mathrand.NewPCG(7, 7))
	day := func(from, span int) time.Time {
		for {
			d := time.Date(from+r.IntN(span), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
			if !slices.ContainsFunc(runs, func(t time.Time) bool { return t.YearDay() == d.YearDay() }) && d.YearDay() != 1 {
				return d // so that a date that is found is not one by chance
			}
		}
	}
	for i := range n {
		p := person{ref: fmt.Sprint("client ", i), family: i}
		switch i % 4 {
		case 0, 1: // two children of one mother
			p.family = i - i%4
			p.birth = day(2010, 12)
			p.readers = []reader{{"mother", fmt.Sprint("pq-mother", p.family), p.birth.AddDate(16, 0, 0)}, {name: "child"}}
		case 2:
			p.birth = day(1930, 60)
			p.readers = []reader{{name: "client"}, {name: "contact", until: day(2027, 3)}}
		case 3:
			p.birth, p.died = day(1920, 40), day(2025, 1)
			p.endCare = p.died
			p.readers = []reader{{name: "heir", until: p.died.AddDate(1, 0, 0)}}
		}
		out = append(out, p)
	}
	return out
}

// dates are the days of a person that nobody may derive.
func (p person) dates() (out []time.Time) {
	for _, age := range []int{0, 12, 16, 18} {
		out = append(out, p.birth.AddDate(age, 0, 0))
	}
	out = append(out, p.died, p.endCare)
	if !p.endCare.IsZero() {
		out = append(out, p.endCare.AddDate(20, 0, 0))
	}
	for _, r := range p.readers {
		out = append(out, r.until)
	}
	return slices.DeleteFunc(out, time.Time.IsZero)
}

// A told fact is one with what is known of it inside: whose it is.
type toldFact struct {
	fact   ledger.Fact
	id     string // of the bundle or the holder: what an outsider has already as one
	person *person
	slot   []byte // what lies beside the copy
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// life states all that a pipeline would of a population.
func life(people []person) (out []toldFact) {
	r := mathrand.New(mathrand.NewPCG(9, 9))
	for i := range people {
		p := &people[i]
		run := runs[r.IntN(2)]
		if !p.endCare.IsZero() {
			e := copyOf(p, "archief", "archive", run, r)
			e.Audience, e.KeyIDs, e.Parts, e.AccessUntil = "", []string{"pq-officer", "pq-archive-a", "pq-archive-b"}, nil, time.Time{}
			e.Lock = store.Lock{Mode: store.Governance, Until: p.endCare.AddDate(20, 0, 0)}.Rounded()
			out = append(out, toldFact{fact: e, id: e.BundleID, person: p})
		}
		for _, who := range p.readers {
			out = append(out, readerLife(p, who, run, r)...)
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// readerLife is the code and the copies of one reader.
func readerLife(p *person, who reader, run time.Time, r *mathrand.Rand) (out []toldFact) {
	c := ledger.Code{Holder: secret.Pseudonym("mijnplan", p.ref+"holder"+who.name), Portal: "mijnplan", Edition: 1, IssuedAt: run, Pseudonym: secret.Pseudonym("mijnplan", p.ref),
		Recipient: "age1pq1" + digest(p.ref+who.name), Locator: digest(p.ref + who.name)[:40], Lang: []string{"nl", "en"}[r.IntN(2)], Slots: map[string][]byte{}}
	for _, kind := range []string{"portaalkopie", "terugval"} {
		c.Slots[kind] = append([]byte("age-encryption.org/v1\n-> scrypt "), fmt.Appendf(nil, "%x", random(100))...)
	}
	audience := "pq-" + digest(c.Recipient)[:16]
	if who.key == "" {
		out = append(out, toldFact{fact: c, id: c.Holder, person: p})
		if r.IntN(5) == 0 {
			out = append(out, toldFact{fact: ledger.Revocation{Holder: c.Holder, Portal: c.Portal, Edition: 1, At: runs[2]}, id: c.Holder, person: p})
		}
	} else {
		audience = who.key
	}
	for _, kind := range []string{"portaalkopie", "terugval"} {
		e := copyOf(p, kind, who.name, run, r)
		e.Audience, e.KeyIDs, e.AccessUntil = audience, []string{"pq-officer", audience}, who.until
		one := toldFact{id: e.BundleID, person: p}
		if e.Parts = nil; who.key == "" {
			if kind == "terugval" {
				e.Key = store.FallbackKey(e.Portal, c.Locator)
			}
			one.slot = c.Slot(kind)
			e.Parts = []ledger.Part{{Key: store.SlotKey(e.Key), Size: int64(len(one.slot)), SHA256: digest(string(one.slot))}}
		}
		one.fact = e
		out = append(out, one)
		if r.IntN(4) == 0 {
			w := ledger.Withdrawal{BundleID: e.BundleID, RecordKey: e.RecordKey, At: runs[3], Code: "toegang-geeindigd"}
			out = append(out, toldFact{fact: w, id: e.BundleID, person: p})
		}
	}
	return out
}

func copyOf(p *person, kind, reader string, run time.Time, r *mathrand.Rand) ledger.Entry {
	e := entryOf(kind, p.ref+kind+reader)
	e.Pseudonym, e.Subject = secret.Pseudonym(e.Portal, p.ref), secret.Pseudonym(e.Portal, p.ref+kind+reader)
	e.MadeAt, e.RunID, e.AsOf = run, "run-"+run.Format("20060102"), p.birth.AddDate(80, 0, 0)
	e.SHA256, e.Size, e.VersionID = digest(string(random(8))), 1<<20+r.Int64N(1<<20), fmt.Sprintf("%x", random(8))
	return e
}

// A thing is what an outsider takes for one: a bundle, or the holder of a code,
// with every value that is told of it.
type thing struct {
	person *person
	at     string
	values map[string]bool // path of the field and value
}

// An outsider reads everything that is public and tries to derive what is not.
type outsider struct {
	things map[string]*thing
	dates  map[string]bool
	hidden map[string]map[int]bool // format → lengths of the private part
}

// read takes one text in, with the object's key and headers by name.
func (o *outsider) read(id string, p *person, key store.Key, body []byte, headers map[string]string) {
	th := o.things[id]
	if th == nil {
		th = &thing{person: p, values: map[string]bool{}}
		o.things[id] = th
	}
	note := func(path, value string) {
		if value = value[:min(len(value), 64)]; value == "" {
			return
		}
		th.values[path+"\x00"+value] = true
		for _, d := range dates.FindAllString(value, -1) {
			o.dates[d] = true
		}
	}
	for _, seg := range strings.FieldsFunc(string(key), func(c rune) bool { return c == '/' || c == '.' }) {
		note("key", seg)
	}
	for name, h := range headers {
		note(name, h)
	}
	var v map[string]any
	if json.Unmarshal(body, &v) != nil {
		return
	}
	if at, ok := v["at"].(string); ok && th.at == "" {
		th.at = at
	}
	if private, ok := v["private"].(string); ok {
		format := v["format"].(string)
		if o.hidden[format] == nil {
			o.hidden[format] = map[int]bool{}
		}
		o.hidden[format][len(private)] = true
	}
	flatten("", v, note)
}

var dates = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)

func flatten(path string, v any, note func(path, value string)) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			flatten(path+"."+name, inner, note)
		}
	case []any:
		for _, inner := range v {
			flatten(path, inner, note)
		}
	default:
		note(path, fmt.Sprint(v))
	}
}

// derived is what an outsider finds out: dates of persons, fields by whose equal
// values copies of one client or one family are found more than three times as
// often as by chance, and private parts of which the length tells something.
func (o *outsider) derived(people []person) (found []string) {
	for i := range people {
		for _, d := range people[i].dates() {
			if o.dates[d.Format("2006-01-02")] {
				found = append(found, "date")
			}
		}
	}
	for _, group := range []struct {
		name string
		of   func(*person) string
	}{{"client", func(p *person) string { return p.ref }}, {"family", func(p *person) string { return fmt.Sprint(p.family) }}} {
		for _, field := range o.grouped(group.of) {
			found = append(found, group.name+" by "+field)
		}
	}
	for format, lengths := range o.hidden {
		if len(lengths) != 1 {
			found = append(found, "length of "+format)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// pairs counts pairs of things, and pairs that are of one client or family.
type pairs struct{ all, same float64 }

func pairsOf(ths []*thing, of func(*person) string) pairs {
	n := map[string]float64{}
	for _, th := range ths {
		n[of(th.person)]++
	}
	p := pairs{all: float64(len(ths)) * float64(len(ths)-1) / 2}
	for _, k := range n {
		p.same += k * (k - 1) / 2
	}
	return p
}

// grouped gives the fields by which things of one client stand together, among
// those that were made at one moment; when an object was put, the store tells.
func (o *outsider) grouped(of func(*person) string) (fields []string) {
	moment, value := map[string][]*thing{}, map[string][]*thing{}
	for _, th := range o.things {
		moment[th.at] = append(moment[th.at], th)
		for v := range th.values {
			value[v+"\x00"+th.at] = append(value[v+"\x00"+th.at], th)
		}
	}
	chance := map[string]float64{}
	for at, ths := range moment {
		if p := pairsOf(ths, of); p.all > 0 {
			chance[at] = p.same / p.all
		}
	}
	seen, expected := map[string]pairs{}, map[string]float64{}
	for v, ths := range value {
		part := strings.Split(v, "\x00")
		field := part[0]
		if len(ths) > 16 { // what many share would hide what few do
			field += " of many"
		}
		p, sum := pairsOf(ths, of), seen[field]
		seen[field] = pairs{sum.all + p.all, sum.same + p.same}
		expected[field] += p.all * chance[part[2]]
	}
	for field, p := range seen {
		if p.same > 3*expected[field]+3 {
			fields = append(fields, field)
		}
	}
	return fields
}

func newOutsider() *outsider {
	return &outsider{things: map[string]*thing{}, dates: map[string]bool{}, hidden: map[string]map[int]bool{}}
}

// TestTheBucketTellsNothingOfAThousandClients reads all public texts about a
// thousand clients as who has the bucket and not the secret.
func TestTheBucketTellsNothingOfAThousandClients(t *testing.T) {
	people := population(1000)
	facts := life(people)
	o, naive := newOutsider(), newOutsider()
	count := map[string]int{}
	for _, f := range facts {
		body, err := f.fact.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		count[fmt.Sprintf("%T", f.fact)]++
		o.read(f.id, f.person, f.fact.StandsAt(), body, nil)
		// What 0.1.0 wrote: everything that is known, in clear.
		clear, err := json.Marshal(f.fact)
		if err != nil {
			t.Fatal(err)
		}
		naive.read(f.id, f.person, f.fact.StandsAt(), clear, nil)
	}
	if len(count) != 4 || len(facts) < 4000 {
		t.Fatalf("%d facts: %v", len(facts), count)
	}
	if found := o.derived(people); len(found) > 0 {
		t.Errorf("derived: %v", found)
	}
	for d := range o.dates { // the runs, and ends of years
		day, err := time.Parse("2006-01-02", d)
		if err != nil || day.YearDay() != 1 && !slices.ContainsFunc(runs, func(r time.Time) bool { return r.Truncate(24 * time.Hour).Equal(day) }) {
			t.Errorf("a date that is not of a run: %s", d)
		}
	}
	// The outsider is no fool: of the older texts everything is found.
	found := naive.derived(people)
	for _, want := range []string{"date", "client by .pseudonym", "family by .audience"} {
		if !slices.Contains(found, want) {
			t.Errorf("not derived from texts in clear: %s; %v", want, found)
		}
	}
}

// The same with a real bucket: keys, digests and headers of all that lies there.
func TestTheHeadersOfABucketTellNothing(t *testing.T) {
	people := population(60)
	b := bookOf(t)
	l, _ := open(t)
	o := newOutsider()
	owner := map[store.Key]toldFact{}
	for _, f := range life(people) {
		state(t, l, b, f.fact)
		e, isCopy := f.fact.(ledger.Entry)
		owner[f.fact.StandsAt()] = f
		if !isCopy {
			continue
		}
		owner[e.Key] = f
		object := store.Object{Key: e.Key, ContentID: e.ContentID, Lock: e.Lock}
		if _, err := b.Store.PutStatement(t.Context(), object, storetest.Statement(t, "text/plain", fmt.Sprintf("%x", random(64)))); err != nil {
			t.Fatal(err)
		}
		if f.slot != nil {
			owner[store.SlotKey(e.Key)] = f
			put(t, b, store.SlotKey(e.Key), f.slot, nil)
		}
	}
	read := 0
	for in, err := range b.Store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		f, ok := owner[store.Key(strings.TrimSuffix(string(in.Key), ".sig"))]
		if !ok {
			t.Fatalf("%s is nobody's", in.Key)
		}
		r, info, err := b.Store.Get(t.Context(), in.Key)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		lock := ""
		if !info.Lock.IsZero() {
			lock = info.Lock.Until.Format(time.RFC3339)
		}
		o.read(f.id, f.person, in.Key, body, map[string]string{"content id": info.ContentID, "type": info.ContentType,
			"digest": info.SHA256, "lock": lock, "mode": string(info.Lock.Mode)})
		read++
	}
	if read < 400 {
		t.Fatalf("only %d objects", read)
	}
	if found := o.derived(people); len(found) > 0 {
		t.Errorf("derived: %v", found)
	}
	// One slot for all copies of a reader, as 0.1.0 had: seen at once.
	for key, f := range owner {
		if f.slot != nil && strings.HasSuffix(string(key), ".sleutel.age") {
			o.read(f.id, f.person, key, nil, map[string]string{"digest": "slot of " + f.person.ref})
		}
	}
	if found := o.derived(people); !slices.Contains(found, "client by digest") {
		t.Errorf("equal slots are not seen: %v", found)
	}
}

// Every member of a public text stands on the list, and nothing stands on the
// list that no text has.
func TestEveryPublicMemberHasItsReason(t *testing.T) {
	lists := ledger.Public()
	for format, k := range kinds(t) {
		f := k.fact
		if e, ok := f.(ledger.Entry); ok { // with all it can have
			e.Lock = store.Lock{Mode: store.Governance, Until: made, Hold: true}
			f = e
		}
		if r, ok := f.(ledger.Rewrap); ok {
			r.Parts[0].VersionID = "v"
			f = r
		}
		checkList(t, format, lists[format], f)
		delete(lists, format)
	}
	delete(lists, ledger.FormatBucket)
	if len(lists) > 0 {
		t.Errorf("lists of texts that are not: %v", lists)
	}
}

func checkList(t *testing.T, format string, list map[string]string, f ledger.Fact) {
	t.Helper()
	body, err := f.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	flatten("", v, func(path, _ string) {
		path = path[1:]
		has[path] = true
		if list[path] == "" {
			t.Errorf("%s: %s has no reason to be public", format, path)
		}
	})
	for path, why := range list {
		if why != "" && !has[path] {
			t.Errorf("%s: %s is on the list and in no text", format, path)
		}
	}
	if len(has) < 5 {
		t.Errorf("%s: only %d members", format, len(has))
	}
}

// What is not on the list is not written.
func TestWhatIsNotOnTheListIsNotWritten(t *testing.T) {
	for _, body := range []string{`{"birthday":"2010-01-01"}`, `{"parts":[{"key":"k","reader":"x"}]}`, `{"lock":{"since":1}}`} {
		if err := ledger.OnlyPublic(ledger.FormatRecord, []byte(body)); err == nil {
			t.Errorf("%s is written", body)
		}
	}
}
