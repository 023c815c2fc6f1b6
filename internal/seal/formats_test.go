package seal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"inzage/internal/seal"
)

// need skips a test that wants a program which is not there, or fails it when
// INZAGE_MUST_RUN names the program.
func need(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), strings.TrimSuffix(name, "3")) {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
}

func formats(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "formats.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

type vector struct {
	code, locator, keyID, identity string
	edition                        seal.Edition
}

// vectors are the published ones.
func vectors(t *testing.T) (out []vector) {
	t.Helper()
	row := regexp.MustCompile("(?m)^\\| `([0-9A-Z-]{34})` \\| `([^`]+)`, ([0-9]+) \\| `([0-9a-f]{40})` \\| `(pq-[a-z]+)` \\| `([^`]+)` \\|$")
	for _, m := range row.FindAllStringSubmatch(formats(t), -1) {
		n, _ := strconv.Atoi(m[3])
		out = append(out, vector{m[1], m[4], m[5], m[6], seal.Edition{Deployment: m[2], Number: n}})
	}
	if len(out) != 3 {
		t.Fatalf("%d vectors in docs/formats.md, want 3", len(out))
	}
	return out
}

func TestThePublishedVectors(t *testing.T) {
	for _, v := range vectors(t) {
		c, corrected, err := seal.ParseCode(v.code)
		if err != nil || corrected != 0 {
			t.Fatalf("%s: corrected %d, %v", v.code, corrected, err)
		}
		h, err := c.Holder(v.edition)
		if err != nil || h.Locator() != v.locator || h.Recipient().ID() != v.keyID || identityText(t, h) != v.identity {
			t.Errorf("%s: %s, %s, %s, %v", v.code, h.Locator(), h.Recipient().ID(), identityText(t, h), err)
		}
	}
}

func TestThePublishedRecipeDerivesTheSameKey(t *testing.T) {
	need(t, "python3")
	_, recipe, _ := strings.Cut(formats(t), "```python\n")
	recipe, _, ok := strings.Cut(recipe, "```")
	if n := strings.Count(recipe, "\n"); !ok || n > 25 || n < 10 {
		t.Fatalf("a recipe of %d lines", n)
	}
	for _, v := range vectors(t) {
		out, err := exec.Command("python3", "-c", recipe, v.edition.Deployment, strconv.Itoa(v.edition.Number), strings.ToLower(v.code)).CombinedOutput()
		if err != nil || string(out) != v.locator+"\n"+v.identity+"\n" {
			t.Errorf("%s: %v\n%s", v.code, err, out)
		}
	}
}

// stockAge is the age of its authors, built for this machine.
func stockAge(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "tool", "-n", "age").Output()
	if err != nil {
		t.Fatalf("go tool age: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// The code as printed, typed at the question of a stock age, opens a bundle;
// age asks on a terminal only, so script(1) gives it one.
func TestTheStockToolOpensItByTheCode(t *testing.T) {
	need(t, "script")
	age, dir := stockAge(t), t.TempDir()
	c := newCode(t)
	h := holder(t, c)
	_, archive, archiveKey := newKey(t)
	bundle := sealText(t, dir, "dossier", h.Recipient(), archive).Path()
	file := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	slot := file("sleutel.age", slotOf(t, h))
	for name, typed := range map[string]string{"the code": c.Text(), "another code": newCode(t).Text()} {
		out := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		screen := typeAt(t, age+" -d -o "+out+" -i "+slot+" "+bundle, typed)
		b, err := os.ReadFile(out)
		if opened := err == nil && string(b) == "dossier"; opened != (typed == c.Text()) {
			t.Errorf("%s: opened %v: %s", name, opened, screen)
		}
	}
	stranger, _, _ := seal.NewKey()
	for name, key := range map[string]string{"the key of the code": identityText(t, h), "the archive's key": archiveKey, "a stranger's key": stranger} {
		out, err := exec.Command(age, "-d", "-i", file("key", []byte(key+"\n")), bundle).Output()
		if opened := err == nil && string(out) == "dossier"; opened != (key != stranger) {
			t.Errorf("%s: opened %v, %v", name, opened, err)
		}
	}
}

// typeAt runs a command on a terminal of its own, types a line and gives what
// was on the screen.
func typeAt(t *testing.T, command, line string) string {
	t.Helper()
	cmd := exec.Command("script", "-qec", command, os.DevNull)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var screen strings.Builder
	cmd.Stdout, cmd.Stderr = &screen, &screen
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
	defer end.Stop()
	in.Write([]byte(line + "\n")) // the terminal keeps it until it is asked for
	cmd.Wait()
	in.Close()
	return screen.String()
}
