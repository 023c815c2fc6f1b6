package cli_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"inzage/internal/bundle"
	"inzage/internal/dossier"
)

// TestOneRunHoldsItsPromises runs the batch over all fixtures and looks at
// everything that it leaves behind, inside the bundles and outside them.
func TestOneRunHoldsItsPromises(t *testing.T) {
	p := newPlace(t, "")
	out := p.must("run", "--now", now)
	secrets := fixtureSecrets(t)

	t.Run("no name, BSN or canary outside a bundle", func(t *testing.T) {
		files := 0
		p.walk(".", func(path string) {
			files++
			b := string(read(t, path)) + path
			for _, word := range secrets.words {
				if strings.Contains(b, word) {
					t.Errorf("%s holds %q", path, word)
				}
			}
		})
		if files < 50 {
			t.Fatalf("only %d files looked at", files)
		}
		for _, word := range secrets.words {
			if strings.Contains(out, word) {
				t.Errorf("the output holds %q", word)
			}
		}
	})
	t.Run("the batch had no private key", func(t *testing.T) {
		p.walk(".", func(path string) {
			if privateKey.Match(read(t, path)) {
				t.Errorf("%s holds a private key", path)
			}
		})
	})
	bundles := p.bundles("")
	if len(bundles) < 20 {
		t.Fatalf("only %d bundles", len(bundles))
	}
	for _, path := range bundles {
		t.Run(filepath.Base(path)[:8], func(t *testing.T) {
			p := p
			p.t = t
			checkBundle(t, p.open(path, "officer"), secrets)
		})
	}
	t.Run("a second run makes nothing", func(t *testing.T) {
		before := len(p.bundles(""))
		out := p.must("run", "--now", now, "--json")
		if strings.Contains(out, `"made": 1`) || len(p.bundles("")) != before {
			t.Errorf("made again: %s", out)
		}
	})
	t.Run("the ledger can be lost", func(t *testing.T) {
		want := p.must("inspect", "--stage", "ledger", "--json")
		for _, f := range []string{"inzage.db", "inzage.db-wal", "inzage.db-shm"} {
			os.Remove(filepath.Join(p.dir, f))
		}
		p.must("reindex")
		if got := p.must("inspect", "--stage", "ledger", "--json"); got != want {
			t.Errorf("the ledger differs after reindex:\n%s\nwant\n%s", got, want)
		}
	})
	t.Run("copies go when access ends", func(t *testing.T) {
		live := len(p.bundles("terugval"))
		p.must("run", "--now", "2027-06-01T03:00:00+02:00")
		if n := len(p.bundles("archief")); n == 0 {
			t.Error("archives were withdrawn")
		}
		if n := len(p.bundles("terugval")); n >= live || n == 0 {
			t.Errorf("%d of %d fallback copies are left", n, live)
		}
	})
}

// secrets are the words of the fixtures that may not stand just anywhere.
type secrets struct {
	words  []string            // names, BSNs, canaries
	hidden map[string]audience // canary → who may see it
}

type audience int

const (
	nobody    audience = iota // no portal copy and no avg-inzage
	clientToo                 // the client, and not contacts or representatives
	inError                   // in avg-inzage alone, marked as withdrawn
	everybody
)

// allows reports whether a text of this kind may stand in a bundle.
func (a audience) allows(m bundle.Manifest) bool {
	switch {
	case m.Kind == "archief" || a == everybody:
		return true
	case a == clientToo:
		return m.Recipient.Audience == "client"
	case a == inError:
		return m.Kind == "avg-inzage"
	}
	return false
}

var canary = regexp.MustCompile(`CANARY-\d+`)

// fixtureSecrets reads the fixtures without policy: the rules here are written a
// second time, in the plainest way.
func fixtureSecrets(t *testing.T) secrets {
	t.Helper()
	s := secrets{hidden: map[string]audience{}}
	err := filepath.WalkDir("../../fixtures/dossiers", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		var doc dossier.Dossier
		if err := json.Unmarshal(read(t, path), &doc); err != nil {
			return err
		}
		s.words = append(s.words, doc.Client.Name)
		if doc.Client.BSN != "" {
			s.words = append(s.words, doc.Client.BSN)
		}
		for _, it := range doc.Items {
			body, err := json.Marshal(it)
			if err != nil {
				return err
			}
			for _, c := range canary.FindAllString(string(body), -1) {
				s.hidden[c] = mayBeSeenBy(it)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for c := range s.hidden {
		s.words = append(s.words, c)
	}
	if len(s.hidden) < 10 {
		t.Fatalf("only %d canaries in the fixtures", len(s.hidden))
	}
	return s
}

func mayBeSeenBy(it dossier.Item) audience {
	if it.Visibility.Portal != dossier.Yes || it.Visibility.Refusal != nil || !it.Visibility.ShieldedFrom.IsZero() ||
		it.Status == dossier.StatusDraft || it.Status == dossier.StatusRemoved {
		return nobody
	}
	seen := everybody
	if it.Status == dossier.StatusEnteredInError {
		seen = inError
	}
	for _, l := range it.Visibility.Labels {
		if l != dossier.LabelNotRelatives {
			return nobody
		}
		seen = clientToo
	}
	return seen
}

// checkBundle looks at one opened bundle: what is in all of its forms, and that
// its forms say the same.
func checkBundle(t *testing.T, folder string, s secrets) {
	m, err := bundle.ParseManifest(read(t, folder, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	html := string(read(t, folder, "data/dossier.html"))
	forms := map[string]string{"dossier.html": html, "dossier.json": string(read(t, folder, "data/dossier.json")), "manifest.json": string(read(t, folder, "manifest.json"))}
	if has(t, "pdftotext", "poppler") {
		forms["dossier.pdf"] = pdfText(t, filepath.Join(folder, "data/dossier.pdf"))
		sameWords(t, forms["dossier.pdf"], htmlText(t, html))
	}
	for name, text := range forms {
		for _, c := range canary.FindAllString(text, -1) {
			if !s.hidden[c].allows(m) {
				t.Errorf("%s for %s %s holds %s", name, m.Kind, m.Recipient.Audience, c)
			}
		}
		if m.Kind == "portaalkopie" && strings.Contains(name, "dossier") && name != "dossier.json" {
			for _, want := range []string{"Voorbeeldtekst", m.Terms.Version} {
				if !strings.Contains(text, want) {
					t.Errorf("%s does not hold %q", name, want)
				}
			}
		}
	}
}

// TestABundleOpensWithTheStockTool opens an archive bundle with age itself.
func TestABundleOpensWithTheStockTool(t *testing.T) {
	p := newPlace(t, "")
	p.must("run", "--now", now)
	archives := p.bundles("archief")
	if len(archives) == 0 {
		t.Fatal("no archief bundles")
	}
	for _, key := range []string{"archive-a", "archive-b"} {
		cmd := exec.Command("go", "tool", "age", "-d", "-i", filepath.Join(p.private, key), archives[0])
		zip, err := cmd.Output()
		if err != nil || !strings.HasPrefix(string(zip), "PK") {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// TestAKilledRunLeavesNoHalfBundle kills the program with signal 9 in the middle
// of a run, again and again, and then lets it finish.
func TestAKilledRunLeavesNoHalfBundle(t *testing.T) {
	source := generated(t, "60")
	p := newPlace(t, source)
	killed := 0
	for _, after := range []time.Duration{300, 600, 900} {
		cmd := p.command("run", "--now", now)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after * time.Millisecond)
		cmd.Process.Kill()
		if cmd.Wait() != nil {
			killed++
		}
	}
	if killed == 0 {
		t.Skip("the runs were over before they could be killed")
	}
	p.must("run", "--now", now)
	clean := newPlace(t, source)
	clean.must("run", "--now", now)
	if got, want := len(p.bundles("")), len(clean.bundles("")); got != want {
		t.Errorf("%d bundles after being killed, %d without", got, want)
	}
	for _, path := range p.bundles("") {
		if _, err := os.Stat(strings.TrimSuffix(path, ".age") + ".json"); err != nil {
			t.Errorf("a bundle without its record: %v", err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(p.dir, "spool", "spool-*")); len(left) > 0 {
		t.Errorf("left in the spool: %d", len(left))
	}
	for _, path := range p.bundles("portaalkopie")[:5] {
		p.open(path, "client")
	}
}

// TestB11_EveryHolderHasAFallbackCopy reads in the report who has a copy for when
// the portal is down.
func TestB11_EveryHolderHasAFallbackCopy(t *testing.T) {
	p := newPlace(t, "")
	var rep struct {
		Portals []struct {
			Portal                         string
			FallbackHolders, FallbackReady int
			FallbackLacking                []string
		}
	}
	if err := json.Unmarshal([]byte(p.stdout("run", "--now", now, "--json")), &rep); err != nil {
		t.Fatal(err)
	}
	if len(rep.Portals) != 2 {
		t.Fatalf("%d portals", len(rep.Portals))
	}
	for _, r := range rep.Portals {
		if r.FallbackHolders == 0 || r.FallbackReady != r.FallbackHolders || len(r.FallbackLacking) != 0 {
			t.Errorf("%s: %d of %d have a copy, lacking %q", r.Portal, r.FallbackReady, r.FallbackHolders, r.FallbackLacking)
		}
	}
}

// generated is a folder with made-up dossiers of n clients.
func generated(t *testing.T, n string) string {
	t.Helper()
	dir := t.TempDir()
	gen := exec.Command("go", "run", "../../fixtures/generate", "-clients", n, "-out", dir)
	if out, err := gen.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// TestAnInterruptFinishesWhatIsInHand sends Ctrl-C in the middle of a run.
func TestAnInterruptFinishesWhatIsInHand(t *testing.T) {
	p := newPlace(t, generated(t, "200"))
	cmd := p.command("run", "--now", now)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 1200 { // until the first bundle is there; a minute at most
		if made, _ := filepath.Glob(filepath.Join(p.dir, "store/*/*/*/*/*/*.age")); len(made) > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	cmd.Process.Signal(os.Interrupt)
	if cmd.Wait() == nil {
		t.Skip("the run was over before it could be interrupted")
	}
	if code := cmd.ProcessState.ExitCode(); code != 2 || !strings.Contains(out.String(), "run the same command again to go on") {
		t.Errorf("exit %d: %s", code, out.String())
	}
	for _, path := range p.bundles("") {
		if _, err := os.Stat(strings.TrimSuffix(path, ".age") + ".json"); err != nil {
			t.Errorf("a bundle without its record: %v", err)
		}
	}
	p.must("run", "--now", now)
}

// privateKey is an age key, and not its bare name in the viewer's code.
var privateKey = regexp.MustCompile(`AGE-SECRET-KEY-(PQ-)?1[02-9AC-HJ-NP-Z]{20}`)
