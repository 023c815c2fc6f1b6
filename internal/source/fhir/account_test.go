package fhir

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// readText makes a record of one file, as the source does.
func readText(name, text string) (*record, error) {
	rec := newRecord()
	if strings.HasSuffix(name, ".ndjson") {
		for l := range strings.Lines(text) {
			rec.line(l)
		}
		return rec, nil
	}
	n, _, err := tree.Parse(text)
	if err == nil {
		rec.add(n, "")
	}
	return rec, err
}

// mapAll maps a record also when it has no patient, so that every file counts.
func mapAll(rec *record) (*mapper, []dossier.Item) {
	m := &mapper{rec: rec, opt: &Options{Portal: "p", Rules: Rules{Show: []string{"*"}}}, profile: newProfile()}
	if m.patient = rec.client(); m.patient != nil {
		return m, m.dossierOf(Access{}).Items
	}
	return m, m.items()
}

// account checks what must hold of every input: each resource is an item or part
// of one, once; each element of it was read, or is on a list, or has stopped the item.
func account(t testing.TB, name string, rec *record) {
	t.Helper()
	m, items := mapAll(rec)
	seen := map[*resource]int{}
	ids := map[string]bool{}
	for i, c := range m.made {
		seen[c.res]++
		if ids[items[i].ID] {
			t.Errorf("%s: two items %s", name, items[i].ID)
		}
		ids[items[i].ID] = true
		for _, p := range c.parts {
			if p.parent == nil {
				seen[p] += 0
				unread(t, name, c, p)
			}
		}
		if c.res.bad == "" {
			unread(t, name, c, c.res)
		}
	}
	for _, r := range rec.all {
		switch n, ok := seen[r]; {
		case r.part && (!ok || n != 0):
			t.Errorf("%s: %s is part of no item", name, r.key)
		case !r.part && n != 1:
			t.Errorf("%s: %s makes %d items", name, r.key, n)
		}
	}
}

// unread looks for elements that are nowhere.
func unread(t testing.TB, name string, c *cx, r *resource) {
	t.Helper()
	admin := []string{}
	if s := specs[r.kind]; s != nil {
		admin = s.admin
	}
	stopped := false
	for _, l := range c.it.Visibility.Labels {
		stopped = stopped || l == dossier.LabelReview
	}
	for i := range r.node.Kids() {
		k := &r.node.Kids()[i]
		plain := strings.TrimPrefix(k.Name, "_")
		switch {
		case !k.Unread() || adminAll[k.Name] || has1(admin, plain):
		case stopped && len(unreadModifiers(r.node, 0, nil)) > 0:
		case onlyQuiet(k):
		default:
			t.Errorf("%s: %s: element %s is lost", name, r.key, k.Name)
		}
	}
}

// onlyQuiet: what is left is an id of an element, or how a value was coded.
func onlyQuiet(n *tree.Node) bool {
	if n.Leaf() {
		return !n.Unread() || n.Name == "id" || n.Peek() == ""
	}
	for i := range n.Kids() {
		k := &n.Kids()[i]
		if k.Name != "id" && !onlyQuiet(k) {
			return false
		}
	}
	return true
}

func corpusFiles(t testing.TB) []string {
	t.Helper()
	var out []string
	_ = filepath.WalkDir(corpus(t, "."), func(p string, e os.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(p, ".json") || strings.HasSuffix(p, ".ndjson")) && filepath.Base(p) != "log.ndjson" {
			out = append(out, p)
		}
		return nil
	})
	if len(out) < 100 {
		t.Fatalf("only %d files", len(out))
	}
	return out
}

func TestEveryFileOfTheCorpusIsAccountedFor(t *testing.T) {
	resources, files := 0, corpusFiles(t)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := readText(f, string(b))
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
			continue
		}
		account(t, filepath.Base(f), rec)
		resources += len(rec.all)
	}
	t.Logf("%d resources in %d files", resources, len(files))
}

// mutate changes a file in one of the ways in which deliveries break.
func mutate(r *rand.Rand, s string) string {
	i, j := r.Intn(len(s)), r.Intn(len(s))
	if i > j {
		i, j = j, i
	}
	j = min(j, i+200)
	switch r.Intn(6) {
	case 0: // truncate
		return s[:i]
	case 1: // drop
		return s[:i] + s[j:]
	case 2: // a name for another
		return strings.Replace(s, `"code"`, `"text"`, 1+r.Intn(4))
	case 3: // nest
		return strings.Replace(s, `"coding":[`, `"coding":[[`, 1) + "]"
	case 4: // a value of another type
		return strings.NewReplacer(`"status":"`, `"status":["x"],"was":"`, `"reference":"`, `"reference":{"a":1},"r":"`).Replace(s)
	}
	b := []byte(s) // swap
	b[i], b[min(j, len(b)-1)] = b[min(j, len(b)-1)], b[i]
	return string(b)
}

func TestMutatedFilesNeverCrashAndNeverLose(t *testing.T) {
	files := corpusFiles(t)
	r := rand.New(rand.NewSource(7))
	r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	done, read := 0, 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil || len(b) > 400<<10 || done >= 200 {
			continue
		}
		done++
		for k := range 5 {
			rec, err := readText(f, mutate(r, string(b)))
			if err != nil {
				continue // refused whole, with its place
			}
			read++
			account(t, fmt.Sprintf("%s, mutation %d", filepath.Base(f), k), rec)
		}
	}
	if done < 200 || read < 100 {
		t.Errorf("%d files, %d of their mutations could be read", done, read)
	}
}

func FuzzRecord(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.json")
	for _, name := range files {
		if b, err := os.ReadFile(name); err == nil {
			f.Add(string(b))
		}
	}
	f.Add(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"p"}},{"resource":{"resourceType":"Observation","subject":{"reference":"Patient/p"},"component":[[{}]],"hasMember":[{"reference":"#"}]}}]}`)
	f.Add(`{"resourceType":"Consent","modifierExtension":[{"url":"x","valueCode":"y"}],"provision":{"provision":[{}]}}`)
	f.Fuzz(func(t *testing.T, s string) {
		rec, err := readText("x.json", s)
		if err == nil {
			account(t, "fuzz", rec)
		}
	})
}
