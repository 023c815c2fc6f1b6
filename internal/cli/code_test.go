package cli_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"inzage/internal/viewer"
)

// homed makes a place with the dossiers of two holders of one portal.
func homed(t *testing.T) (p place, one, two string) {
	t.Helper()
	source := t.TempDir()
	for _, name := range []string{"curator", "zorg-beeindigd-13-dagen"} {
		if err := os.CopyFS(filepath.Join(source, name), os.DirFS("../../fixtures/dossiers/thuisgenoten/"+name)); err != nil {
			t.Fatal(err)
		}
	}
	p = newPlace(t, source)
	p.must("key", "signing", "--out", filepath.Join(p.private, "signing"), "--add", "signers", "--principal", "test@inzage", "--now", "2026-01-01T00:00:00Z")
	config := string(read(t, p.dir, "inzage.yaml"))
	p.write("inzage.yaml", strings.Replace(config, ", audience: client.txt", ", signing: "+filepath.Join(p.private, "signing")+", signers: signers", 1)+
		"codes: {deployment: test}\n")
	return p, "curator/dossier.json", "zorg-beeindigd-13-dagen/dossier.json"
}

var printed = regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\s+[0-9A-Z]{4}(-[0-9A-Z]{4}){2}`)

// issue makes a code for a dossier and reads it from the letter, as its reader does.
func (p place) issue(args ...string) (code, letter string) {
	p.t.Helper()
	dir, err := os.MkdirTemp(p.private, "brief")
	if err != nil {
		p.t.Fatal(err)
	}
	p.must(append([]string{"code", "issue", "--now", now, "--letters", dir}, args...)...)
	list, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(list) != 1 {
		p.t.Fatalf("%d letters, %v", len(list), err)
	}
	text, err := exec.Command("pdftotext", list[0], "-").Output()
	if err != nil {
		p.t.Fatal(err)
	}
	code = strings.Join(strings.Fields(string(printed.Find(text))), "-")
	if len(code) != 34 {
		p.t.Fatalf("no code in the letter:\n%s", text)
	}
	return code, list[0]
}

// opens reports whether a code opens a file, and gives what it unpacked.
func (p place) opens(code, file string) (folder string, ok bool) {
	p.t.Helper()
	out := p.t.TempDir()
	cmd := p.command("open", "--signers", "signers", "--out", out, file)
	cmd.Stdin = strings.NewReader(code + "\n")
	if err := cmd.Run(); err != nil {
		return "", false
	}
	list, err := os.ReadDir(out)
	if err != nil || len(list) != 1 {
		p.t.Fatalf("%d folders, %v", len(list), err)
	}
	return filepath.Join(out, list[0].Name()), true
}

// copies are the bundles of readers in the store, without what lies beside them.
func (p place) copies(kind string) (out []string) {
	for _, b := range p.bundles(kind) {
		if !strings.HasSuffix(b, ".sleutel.age") {
			out = append(out, b)
		}
	}
	return out
}

// The whole journey of a code: letter, copies, opening, a new code, the end.
func TestACodeOpensACopyUntilItsAccessEnds(t *testing.T) {
	if !has(t, "pdftotext", "poppler") {
		t.Skip("the code is read from the letter with pdftotext")
	}
	p, one, two := homed(t)
	first, letter := p.issue(one)
	other, _ := p.issue(two)
	if info, err := os.Stat(letter); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the letter: %v, %v", info.Mode(), err)
	}
	if out := p.must("code", "issue", "--all", "--now", now, "--letters", t.TempDir()); !strings.HasPrefix(out, "0 codes") {
		t.Errorf("codes twice: %s", out)
	}
	p.must("run", "--now", now)
	if n := len(p.copies("terugval")); n != 2 {
		t.Fatalf("%d fallback copies, want 2", n)
	}
	mine, theirs := "", ""
	for _, c := range append(p.copies("terugval"), p.copies("portaalkopie")...) {
		_, ok := p.opens(first, c)
		_, not := p.opens(other, c)
		if ok == not {
			t.Errorf("%s opens with the first code: %v, with the other: %v", filepath.Base(c), ok, not)
		}
		if ok && strings.Contains(c, "/o/") {
			mine = c
		} else if not && strings.Contains(c, "/o/") {
			theirs = c
		}
	}
	p.nowhere(first, other)
	t.Run("the page opens itself", func(t *testing.T) { p.t = t; p.selfOpening(first) })
	t.Run("a new code, the same content", func(t *testing.T) { p.t = t; first, mine = p.reissue(one, first, mine) })
	t.Run("the register can be lost", func(t *testing.T) {
		p.t = t
		want := p.must("code", "list")
		p.must("reindex")
		if got := p.must("code", "list"); got != want || strings.Count(got, "\n") != 4 {
			t.Errorf("\n%s\nwant\n%s", got, want)
		}
	})
	t.Run("access ends, gone in the next run", func(t *testing.T) {
		p.t = t
		p.must("run", "--now", "2026-03-18T03:00:00+01:00")
		if _, err := os.Stat(theirs); !os.IsNotExist(err) {
			t.Errorf("still there: %v", err)
		}
	})
	t.Run("revoked, gone at once and for good", func(t *testing.T) { p.t = t; p.revoke(mine) })
}

// nowhere searches everything but the letters for codes.
func (p place) nowhere(codes ...string) {
	p.t.Helper()
	p.walk(".", func(path string) {
		b := read(p.t, path)
		for _, c := range codes {
			if bytes.Contains(b, []byte(c)) || bytes.Contains(b, []byte(strings.ReplaceAll(c, "-", ""))) || strings.Contains(path, c[:9]) {
				p.t.Errorf("%s holds a code", path)
			}
		}
	})
}

func (p place) selfOpening(code string) {
	if !viewer.Built() {
		p.t.Skip("the viewer is not built; run make viewer")
	}
	opened := 0
	p.walk("store", func(path string) {
		if strings.HasSuffix(path, ".html") && strings.Contains(path, "/portaalkopie/") {
			if _, ok := p.opens(code, path); ok {
				opened++
			}
		}
	})
	if opened != 1 {
		p.t.Errorf("%d pages open with the code, want 1", opened)
	}
}

// officerMachine writes the configuration of a machine that has nothing but the
// store, a signing key of its own and the list of signers.
func (p place) officerMachine() (config string) {
	p.must("key", "signing", "--out", filepath.Join(p.private, "officer-signing"), "--add", "signers", "--principal", "officer@inzage", "--now", "2026-01-01T00:00:00Z")
	p.write("officer.yaml", "store: {dir: store}\nspool: "+filepath.Join(p.private, "officer-spool")+
		"\nkeys: {signing: "+filepath.Join(p.private, "officer-signing")+", signers: signers}\n")
	return "officer.yaml"
}

// reissue gives a new code. The standing copies open with the old one until an
// officer's machine has given them the key of the new one; the next run then has
// nothing to make.
func (p place) reissue(path, old, at string) (code, moved string) {
	before, ok := p.opens(old, at)
	if !ok {
		p.t.Fatal("the old code does not open")
	}
	officer := p.officerMachine()
	code, _ = p.issue(path, "--again")
	if _, ok := p.opens(old, at); !ok {
		p.t.Error("a new code closed the standing copies")
	}
	rewrap := []string{"code", "rewrap", "-c", officer, "--key", filepath.Join(p.private, "officer"), "--now", now}
	if out := p.must(rewrap...); !strings.HasPrefix(out, "2 copies") {
		p.t.Errorf("rewrap: %s", out)
	}
	if out := p.must(rewrap...); !strings.HasPrefix(out, "0 copies") {
		p.t.Errorf("rewrap again: %s", out)
	}
	p.selfOpening(code)
	p.must("reindex")
	if _, err := os.Stat(at); !os.IsNotExist(err) {
		p.t.Errorf("a copy still stands at the old name: %v", err)
	}
	found := 0
	for _, c := range append(p.copies("terugval"), p.copies("portaalkopie")...) {
		if _, ok := p.opens(old, c); ok {
			p.t.Errorf("%s opens with the old code", filepath.Base(c))
		}
		folder, ok := p.opens(code, c)
		if !ok {
			continue
		}
		found++
		if strings.Contains(c, "/o/") {
			moved = c
			if !bytes.Equal(read(p.t, before, "data", "dossier.pdf"), read(p.t, folder, "data", "dossier.pdf")) {
				p.t.Error("the content was made anew")
			}
		}
	}
	if found != 2 {
		p.t.Errorf("%d copies open with the new code, want 2", found)
	}
	if out := p.must("run", "--now", now, "--json"); strings.Contains(out, `"made": 1`) || strings.Contains(out, `"made": 2`) {
		p.t.Errorf("made again: %s", out)
	}
	return code, moved
}

func (p place) revoke(mine string) {
	const later = "2026-03-18T04:00:00+01:00" // after the runs before
	holder := ""
	for _, line := range strings.Split(p.must("code", "list"), "\n")[1:] {
		if f := strings.Fields(line); len(f) == 5 && f[2] == "2" {
			holder = f[0]
		}
	}
	out := p.must("code", "revoke", holder, "--now-withdraw", "--now", later)
	if _, err := os.Stat(mine); !os.IsNotExist(err) || !strings.Contains(out, "2 copies") {
		p.t.Errorf("still there (%v), %s", err, out)
	}
	if out := p.must("run", "--now", later); !strings.Contains(out, "code-ingetrokken") {
		p.t.Errorf("made again after it was revoked: %s", out)
	}
	for _, c := range append(p.copies("terugval"), p.copies("portaalkopie")...) {
		if strings.Contains(c, filepath.Base(mine)) {
			p.t.Errorf("back again: %s", c)
		}
	}
}

// The page, a copy, and what is not there, as a real host must answer them.
func TestTheFallbackSiteIsServedOnThisMachine(t *testing.T) {
	p, _, _ := homed(t)
	p.must("code", "issue", "--all", "--now", now, "--letters", t.TempDir())
	p.must("run", "--now", now)
	if code, out := p.run("serve-fallback", "--listen", "0.0.0.0:0"); code != 1 {
		t.Errorf("another machine may ask: %d, %s", code, out)
	}
	cmd := p.command("serve-fallback", "--listen", "127.0.0.1:0", "--now", now)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() }()
	buf := make([]byte, 4096)
	n, err := out.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(string(buf[:n]), "/mijnplan/")
	locator := filepath.Base(p.copies("terugval")[0])
	client := &http.Client{Timeout: 10 * time.Second}
	for path, want := range map[string]int{
		"/thuisgenoten/o/" + locator: 200, "/thuisgenoten/o/" + strings.Repeat("0", 40) + ".age": 404,
		"/thuisgenoten/2026/x.json": 404, "/thuisgenoten/../runs/x": 404, "/runs/": 404, "/": 404,
	} {
		got, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != want {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
		asDocumented(t, path, got.Header)
	}
	if !viewer.Built() {
		return
	}
	for _, name := range []string{"", "viewer.js"} {
		got, err := client.Get(base + "/thuisgenoten/" + name)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != 200 {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
		asDocumented(t, name, got.Header)
	}
}

var headerRow = regexp.MustCompile("(?m)^\\| `([A-Z][A-Za-z-]+)` \\| `([^`]+)` \\|")

// asDocumented compares the headers of an answer with the table of
// docs/operations.md, both ways.
func asDocumented(t *testing.T, path string, got http.Header) {
	t.Helper()
	doc := map[string]string{"Content-Type": got.Get("Content-Type"), "Content-Length": got.Get("Content-Length"), "Date": got.Get("Date")}
	rows := headerRow.FindAllStringSubmatch(string(read(t, "../../docs/operations.md")), -1)
	if len(rows) < 8 {
		t.Fatalf("%d headers in docs/operations.md", len(rows))
	}
	for _, r := range rows {
		doc[r[1]] = r[2]
		if v := got.Values(r[1]); len(v) != 1 || v[0] != r[2] {
			t.Errorf("%s: %s is %q, and %q in docs/operations.md", path, r[1], v, r[2])
		}
	}
	for h := range got {
		if _, told := doc[h]; !told {
			t.Errorf("%s: %s is not in docs/operations.md", path, h)
		}
	}
}
