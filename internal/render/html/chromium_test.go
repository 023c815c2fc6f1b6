package html_test

import (
	"context"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// browser gives the program that shows pages, or skips the test.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), "chromium") {
		t.Fatal("chromium is not installed, and INZAGE_MUST_RUN asks for it")
	}
	t.Skip("chromium is not installed")
	return ""
}

var policyTag = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)

// The page is put in frames as wide as a small telephone, and as a screen at
// 200 %. A script of the test says how wide the page became (WCAG 2.2, 1.4.10).
func TestAPageIsNeverWiderThanItsScreen(t *testing.T) {
	program := browser(t)
	long := strings.Repeat("wondverzorgingsprotocol", 40)
	docs := pages(t)
	docs["long words"] = sample(long, long)
	for name, doc := range docs {
		b := policyTag.ReplaceAllString(string(page(t, doc)), "")
		b = strings.Replace(b, "</body>", `<script>onload=()=>{document.querySelectorAll("details").forEach(d=>d.open=true);parent.postMessage(innerWidth+"<"+document.documentElement.scrollWidth+">","*")}</script></body>`, 1)
		host := `<!doctype html><body><p id="out"></p><script>onmessage=e=>out.append(e.data+" ")</script>`
		for _, w := range []int{320, 640} {
			host += fmt.Sprintf(`<iframe width="%d" height="700" style="border:0" srcdoc="%s"></iframe>`, w, html.EscapeString(b))
		}
		out := dump(t, program, host)
		for _, want := range []string{"320&lt;320&gt;", "640&lt;640&gt;"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: want %s, got %s", name, want, out)
			}
		}
	}
}

// dump gives the paragraph out of a page after its scripts ran.
func dump(t *testing.T, program, page string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "host.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--hide-scrollbars", "--virtual-time-budget=5000", "--dump-dom", "file://"+file)
	b, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	_, rest, _ := strings.Cut(string(b), `<p id="out">`)
	got, _, _ := strings.Cut(rest, "</p>")
	return got
}
