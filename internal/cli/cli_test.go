package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"inzage/internal/cli"
)

// now is the moment that all fixtures live at.
const now = "2026-03-15T03:00:00+01:00"

func program() {
	os.Exit(cli.Run(context.Background(), cli.World{Args: os.Args[1:], Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now}))
}

// testMain removes what the tests built when they are done.
type testMain struct{ *testing.M }

func (m testMain) Run() int {
	defer os.RemoveAll(buildDir)
	return m.M.Run()
}

func TestMain(m *testing.M) {
	testscript.Main(testMain{m}, map[string]func(){"inzage": program})
}

var buildDir string

// build builds the program once, as users have it. The scripts run it inside the
// test binary, with the race detector where that is on.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "inzage-test-")
	if err != nil {
		return "", err
	}
	buildDir = dir
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "inzage"), "../../cmd/inzage")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return filepath.Join(dir, "inzage"), nil
})

// Commands are scripts in testdata.
func TestScripts(t *testing.T) {
	fixtures, err := filepath.Abs("../../fixtures")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("FIXTURES", fixtures)
			e.Setenv("NOW", now)
			return nil
		},
	})
}

// A place is a folder in which the program runs, with keys and configuration.
// The private keys lie elsewhere: the batch needs none.
type place struct {
	t            *testing.T
	dir, private string
}

func newPlace(t *testing.T, source string) place {
	t.Helper()
	fixtures, err := filepath.Abs("../../fixtures")
	if err != nil {
		t.Fatal(err)
	}
	p := place{t, t.TempDir(), t.TempDir()}
	p.must("key", "secret", "--out", "secret")
	for _, k := range [][2]string{{"officer", "officers.txt"}, {"archive-a", "archive.txt"}, {"archive-b", "archive.txt"}, {"client", "client.txt"}} {
		p.must("key", "new", "--out", filepath.Join(p.private, k[0]), "--add", k[1])
	}
	if source == "" {
		source = filepath.Join(fixtures, "dossiers")
	}
	p.write("inzage.yaml", fmt.Sprintf(`portals: [%s, %s]
source: {folder: %s}
kinds: [portaalkopie, terugval, avg-inzage, archief]
keys: {officers: officers.txt, archive: archive.txt, audience: client.txt}
secret_file: secret
store: {dir: store}
reports: runs
`, filepath.Join(fixtures, "portals/thuisgenoten"), filepath.Join(fixtures, "portals/mijnplan"), source))
	return p
}

func (p place) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p place) command(args ...string) *exec.Cmd {
	path, err := build()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = p.dir
	return cmd
}

// run runs the program and gives its exit code and what it printed.
func (p place) run(args ...string) (code int, out string) {
	p.t.Helper()
	b, err := p.command(args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	if exit != nil {
		code = exit.ExitCode()
	}
	return code, string(b)
}

// stdout is what a command that must succeed prints on standard output.
func (p place) stdout(args ...string) string {
	p.t.Helper()
	b, err := p.command(args...).Output()
	if err != nil {
		p.t.Fatalf("inzage %s: %v", strings.Join(args, " "), err)
	}
	return string(b)
}

func (p place) must(args ...string) string {
	p.t.Helper()
	code, out := p.run(args...)
	if code != 0 {
		p.t.Fatalf("inzage %s: exit %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// bundles are the bundle files in the store, of one kind or of all.
func (p place) bundles(kind string) []string {
	p.t.Helper()
	var out []string
	p.walk("store", func(path string) {
		if strings.HasSuffix(path, ".age") && (kind == "" || strings.Contains(path, "/"+kind+"/")) && !strings.Contains(path, "versions") {
			out = append(out, path)
		}
	})
	return out
}

func (p place) walk(below string, fn func(path string)) {
	p.t.Helper()
	err := filepath.WalkDir(filepath.Join(p.dir, below), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			fn(path)
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// open unpacks a bundle with one of the private keys and gives its folder.
func (p place) open(bundle, key string) string {
	p.t.Helper()
	out := p.t.TempDir()
	p.must("open", "--key", filepath.Join(p.private, key), "--out", out, bundle)
	list, err := os.ReadDir(out)
	if err != nil || len(list) != 1 {
		p.t.Fatalf("%d folders, %v", len(list), err)
	}
	return filepath.Join(out, list[0].Name())
}

// has reports whether a tool is installed; where it must run, its lack is a failure.
func has(t *testing.T, tool, name string) bool {
	t.Helper()
	if _, err := exec.LookPath(tool); err == nil {
		return true
	}
	if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), name) {
		t.Fatalf("%s is not installed", tool)
	}
	t.Logf("without %s: its part of this test is left out", tool)
	return false
}

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
