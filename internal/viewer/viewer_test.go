package viewer_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"inzage/internal/portal"
	"inzage/internal/seal"
	"inzage/internal/viewer"
	"inzage/templates"
)

// needsViewer skips where Node was not there at build time, but not in CI.
func needsViewer(t testing.TB) {
	t.Helper()
	if _, err := templates.Viewer.Open("viewer/dist/viewer.js"); err == nil {
		return
	}
	if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), "viewer") {
		t.Fatal("the viewer is not built; run make viewer")
	}
	t.Skip("the viewer is not built")
}

func load(t testing.TB, id string) *portal.Portal {
	t.Helper()
	p, err := portal.Load(filepath.Join("..", "..", "fixtures", "portals", id))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func options(t testing.TB, cipher []byte) viewer.Options {
	sum := sha256.Sum256(cipher)
	return viewer.Options{
		Lang: "nl", Portal: load(t, "thuisgenoten"), BundleID: "bcdfghjklmnpqrstbcdfghjk",
		Size: int64(len(cipher)), SHA256: hex.EncodeToString(sum[:]), Deployment: "proef", Edition: 1,
	}
}

// whole writes a self-opening file around bytes that stand for ciphertext.
func whole(t testing.TB, cipher []byte) []byte {
	t.Helper()
	head, tail, err := viewer.Page(options(t, cipher))
	if err != nil {
		t.Fatal(err)
	}
	b := bytes.NewBuffer(head)
	n, err := viewer.WriteBlocks(b, bytes.NewReader(cipher))
	if err != nil || n != int64(len(cipher)) {
		t.Fatalf("%d of %d bytes: %v", n, len(cipher), err)
	}
	b.Write(tail)
	return b.Bytes()
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 / 3)
	}
	return b
}

func TestWhatGoesInComesOut(t *testing.T) {
	needsViewer(t)
	for _, n := range []int{1, 2, 3, 1000, viewer.BlockSize - 1, viewer.BlockSize, viewer.BlockSize + 1, 3*viewer.BlockSize + 17} {
		cipher := pattern(n)
		page := whole(t, cipher)
		for name, r := range map[string]io.Reader{"at once": bytes.NewReader(page), "in halves": iotest.HalfReader(bytes.NewReader(page))} {
			got, err := io.ReadAll(viewer.Extract(r))
			if err != nil || !bytes.Equal(got, cipher) {
				t.Errorf("%d bytes, %s: %d bytes came out, %v", n, name, len(got), err)
			}
		}
		if blocks := bytes.Count(page, []byte(`class="b"`)); blocks != (n+viewer.BlockSize-1)/viewer.BlockSize {
			t.Errorf("%d bytes in %d blocks", n, blocks)
		}
	}
}

func TestADamagedPageIsRefused(t *testing.T) {
	needsViewer(t)
	page := whole(t, pattern(2*viewer.BlockSize+100))
	first := bytes.Index(page, []byte(`class="b"`))
	second := first + 1 + bytes.Index(page[first+1:], []byte(`class="b"`))
	for name, b := range map[string][]byte{
		"empty":             {},
		"no blocks":         page[:first-50],
		"cut in a block":    page[:second+500],
		"cut before end":    page[:len(page)-10],
		"an odd character":  bytes.Replace(page, page[second+20:second+24], []byte("!!!!"), 1),
		"text between":      append(append(bytes.Clone(page[:second-40]), "<p>\n"...), page[second-40:]...),
		"a short block mid": append(append(bytes.Clone(page[:first+400]), page[first+1000:]...), "\n"...),
	} {
		if _, err := io.ReadAll(viewer.Extract(bytes.NewReader(b))); !errors.Is(err, viewer.ErrPage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAReadErrorComesBack(t *testing.T) {
	boom := errors.New("boom")
	if _, err := io.ReadAll(viewer.Extract(iotest.ErrReader(boom))); !errors.Is(err, boom) {
		t.Errorf("extract: %v", err)
	}
	if _, err := viewer.WriteBlocks(io.Discard, iotest.ErrReader(boom)); !errors.Is(err, boom) {
		t.Errorf("write: %v", err)
	}
}

var (
	policyOf = regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`)
	scriptOf = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
	styleOf  = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
)

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func TestThePolicyNamesWhatStandsInThePage(t *testing.T) {
	needsViewer(t)
	page := string(whole(t, pattern(10)))
	policy := policyOf.FindStringSubmatch(page)
	scripts, styles := scriptOf.FindAllStringSubmatch(page, -1), styleOf.FindAllStringSubmatch(page, -1)
	if policy == nil || len(scripts) != 2 || len(styles) == 0 {
		t.Fatalf("%d scripts and %d styles, policy %q", len(scripts), len(styles), policy)
	}
	for _, want := range []string{
		"default-src 'none'", "script-src " + digest(scripts[0][1]) + " " + digest(scripts[1][1]) + ";", digest(styles[0][1]), "connect-src 'none'", "frame-src blob:",
		"base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types inzage",
	} {
		if !strings.Contains(policy[1], want) {
			t.Errorf("the policy lacks %s: %s", want, policy[1])
		}
	}
	if strings.Contains(policy[1], "unsafe") || strings.Contains(policy[1], "http") {
		t.Errorf("policy %s", policy[1])
	}
	if strings.Index(page, "Content-Security-Policy") > strings.Index(page, "<style>") {
		t.Error("the policy stands after what it governs")
	}
	if s := strings.Index(page, `id="gegevens"`); s < 0 || s > strings.Index(page, `class="b"`) {
		t.Error("the metadata must stand before the ciphertext")
	}
}

func TestThePageSaysTheRightWords(t *testing.T) {
	needsViewer(t)
	o := options(t, pattern(10))
	for lang, want := range map[string][]string{
		"nl": {`<html lang="nl">`, "Open uw dossier", "088-000 00 00", "tel:0880000000", "Gebruik deze pagina niet bij spoed", "<noscript>", "iPhone"},
		"en": {`<html lang="en">`, "Open your file", "Do not use this page in an emergency"},
		"fr": {`<html lang="nl">`, "Open uw dossier"},
	} {
		o.Lang = lang
		head, _, err := viewer.Page(o)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !bytes.Contains(head, []byte(w)) {
				t.Errorf("%s: no %q", lang, w)
			}
		}
		if bytes.Contains(head, []byte("&lt;no value&gt;")) || bytes.Contains(head, []byte("ZgotmplZ")) {
			t.Errorf("%s: a word is missing", lang)
		}
	}
}

func TestEveryLanguageHasTheSameWords(t *testing.T) {
	read := func(lang string) map[string]string {
		b, err := templates.Viewer.ReadFile("viewer/words/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var w map[string]string
		if err := json.Unmarshal(b, &w); err != nil {
			t.Fatal(err)
		}
		return w
	}
	place := regexp.MustCompile(`\{\w+\}`)
	nl, en := read("nl"), read("en")
	if len(nl) < 80 || len(nl) != len(en) {
		t.Errorf("%d Dutch and %d English words", len(nl), len(en))
	}
	for k, v := range nl {
		a, b := place.FindAllString(v, -1), place.FindAllString(en[k], -1)
		if en[k] == "" || len(a) != len(b) {
			t.Errorf("%s: %q and %q", k, v, en[k])
		}
	}
}

func TestSmallAndFallback(t *testing.T) {
	needsViewer(t)
	p, err := viewer.Small(options(t, pattern(100)))
	if err != nil {
		t.Fatal(err)
	}
	small := p.Bytes()
	if !bytes.Contains(small, []byte(`type="file"`)) || !bytes.Contains(small, []byte("bcdfghjklmnpqrstbcdfghjk.age")) {
		t.Error("the small page does not ask for its file")
	}
	at := time.Date(2026, 3, 15, 3, 0, 0, 0, time.FixedZone("CET", 3600))
	page, code, err := viewer.Fallback(viewer.Site{Lang: "nl", Portal: load(t, "mijnplan"), Deployment: "proef", Edition: 2, AsOf: at})
	if err != nil {
		t.Fatal(err)
	}
	index, script := page.Bytes(), code.Bytes()
	for _, want := range []string{"15 maart 2026, 03.00 uur", `src="viewer.js" integrity="sha384-`, " 'self'; style-src", "connect-src 'self'", `"edition":2`} {
		if !bytes.Contains(index, []byte(want)) {
			t.Errorf("index.html: no %s", want)
		}
	}
	if len(script) < 50_000 || bytes.Contains(index, script) {
		t.Errorf("viewer.js has %d bytes, or stands in the page as well", len(script))
	}
}

func TestSameOptionsSameBytes(t *testing.T) {
	needsViewer(t)
	if !bytes.Equal(whole(t, pattern(1000)), whole(t, pattern(1000))) {
		t.Error("two pages differ")
	}
}

func TestIncompleteOptionsAreRefused(t *testing.T) {
	needsViewer(t)
	for name, change := range map[string]func(*viewer.Options){
		"no size":       func(o *viewer.Options) { o.Size = 0 },
		"no digest":     func(o *viewer.Options) { o.SHA256 = "" },
		"no portal":     func(o *viewer.Options) { o.Portal = nil },
		"no deployment": func(o *viewer.Options) { o.Deployment = "" },
		"no edition":    func(o *viewer.Options) { o.Edition = 0 },
	} {
		o := options(t, pattern(1))
		change(&o)
		if _, _, err := viewer.Page(o); !errors.Is(err, viewer.ErrOptions) {
			t.Errorf("page, %s: %v", name, err)
		}
		if _, err := viewer.Small(o); !errors.Is(err, viewer.ErrOptions) {
			t.Errorf("small page, %s: %v", name, err)
		}
	}
}

// The markup of a portal's own words must stay words.
func TestWordsOfThePortalStayWords(t *testing.T) {
	needsViewer(t)
	o := options(t, pattern(1))
	p := *o.Portal
	p.Organisation, p.Phone, p.Name = `</title><script>x</script>`, `"><script>y</script>`, `<img src=x>`
	p.Theme.Logo = nil
	o.Portal, o.Deployment = &p, `</script><script>z</script>`
	head, _, err := viewer.Page(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script>x", "<script>y", "<script>z", "<img src=x"} {
		if bytes.Contains(head, []byte(bad)) {
			t.Errorf("%s stands in the page", bad)
		}
	}
}

func TestTheViewerIsSmall(t *testing.T) {
	needsViewer(t)
	total := 0
	for _, f := range []string{"first.js", "viewer.js", "style.css", "frame.css"} {
		b, err := templates.Viewer.ReadFile("viewer/dist/" + f)
		if err != nil {
			t.Fatal(err)
		}
		total += len(b)
		if f == "viewer.js" && (!bytes.Contains(b, []byte("Paul Miller")) || !bytes.Contains(b, []byte("The age Authors"))) {
			t.Error("the notices of the packages are not in the script")
		}
	}
	if total == 0 || total > 120_000 {
		t.Errorf("%d bytes", total)
	}
}

func FuzzExtract(f *testing.F) {
	var b bytes.Buffer
	viewer.WriteBlocks(&b, bytes.NewReader(pattern(5000)))
	tail := `<i id="einde"></i></body></html>` + "\n"
	f.Add([]byte("<!doctype html>\n" + b.String() + tail))
	f.Add(b.Bytes())
	f.Add([]byte(tail))
	f.Add([]byte(`<script type="application/octet-stream;base64" class="b">AA==</script>` + "\n" + tail))
	f.Fuzz(func(t *testing.T, page []byte) {
		got, err := io.ReadAll(viewer.Extract(bytes.NewReader(page)))
		if err != nil {
			return
		}
		var again bytes.Buffer
		viewer.WriteBlocks(&again, bytes.NewReader(got))
		if !bytes.Contains(page, again.Bytes()) {
			t.Errorf("%d bytes came out that do not stand in the page", len(got))
		}
	})
}

func TestFactsOfAPage(t *testing.T) {
	needsViewer(t)
	page := whole(t, pattern(100))
	f, err := viewer.ReadFacts(bytes.NewReader(page))
	if want := (viewer.Facts{ID: "bcdfghjklmnpqrstbcdfghjk", Portal: "thuisgenoten", Deployment: "proef", Edition: 1}); err != nil || f != want {
		t.Errorf("facts %+v, %v", f, err)
	}
	for _, n := range []int{0, 1000, bytes.Index(page, []byte(`"deployment"`))} {
		if _, err := viewer.ReadFacts(bytes.NewReader(page[:n])); !errors.Is(err, viewer.ErrPage) {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
}

// No guard trips over what is ours: the program's own constants, a logo, and a
// size of nine digits, of which one in eleven could be a BSN. What came from
// elsewhere is looked at as before.
func TestEveryPageMayBePublished(t *testing.T) {
	needsViewer(t)
	for _, id := range []string{"thuisgenoten", "mijnplan"} {
		o := options(t, pattern(100))
		o.Portal = load(t, id)
		for _, size := range []int64{24 << 20, 26 << 20, 104_857_600, 123_456_782, 300 << 20, 999_999_990} {
			o.Size = size
			p, err := viewer.Small(o)
			if err != nil {
				t.Fatal(err)
			}
			if s, err := p.Statement(); err != nil || !bytes.Equal(s.Bytes(), p.Bytes()) {
				t.Errorf("%s, %d bytes: %v", id, size, err)
			}
		}
		index, script, err := viewer.Fallback(viewer.Site{Lang: "nl", Portal: o.Portal, Deployment: "proef", Edition: 1, AsOf: time.Unix(0, 0)})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []viewer.Program{index, script} {
			if _, err := p.Statement(); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
	}
	const bsn = "123456782"
	for name, change := range map[string]func(*viewer.Options){
		"deployment": func(o *viewer.Options) { o.Deployment = bsn },
		"bundle id":  func(o *viewer.Options) { o.BundleID = bsn },
		"phone":      func(o *viewer.Options) { p := *o.Portal; p.Phone, o.Portal = bsn, &p },
		"name":       func(o *viewer.Options) { p := *o.Portal; p.Name, o.Portal = "Portaal "+bsn, &p },
	} {
		o := options(t, pattern(100))
		change(&o)
		p, err := viewer.Small(o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Statement(); !errors.Is(err, seal.ErrPersonal) {
			t.Errorf("a number in the %s: %v", name, err)
		}
	}
	if _, err := (viewer.Program{}).Statement(); err == nil {
		t.Error("nothing was published")
	}
}

// What runs first stands before everything that can fail, in every form of page.
func TestTheCodeIsWipedFirst(t *testing.T) {
	needsViewer(t)
	first, err := templates.Viewer.ReadFile("viewer/dist/first.js")
	if err != nil {
		t.Fatal(err)
	}
	small, err := viewer.Small(options(t, pattern(10)))
	if err != nil {
		t.Fatal(err)
	}
	index, _, err := viewer.Fallback(viewer.Site{Lang: "nl", Portal: load(t, "mijnplan"), Deployment: "proef", Edition: 2, AsOf: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range map[string][]byte{"whole": whole(t, pattern(10)), "small": small.Bytes(), "fallback": index.Bytes()} {
		at := bytes.Index(page, []byte("<script>"+strings.TrimSpace(string(first))+"</script>"))
		if at < 0 || at > 2000 || at != bytes.Index(page, []byte("<script")) {
			t.Errorf("%s: at %d", name, at)
		}
	}
	if regexp.MustCompile("=>|`|\\b(const|let|class|async)\\b").Match(first) {
		t.Error("not for an old browser")
	}
}

func FuzzReadFacts(f *testing.F) {
	const open = `<script type="application/json" id="gegevens">`
	f.Add([]byte(open + `{"id":"b","deployment":"proef","edition":1}</script>`))
	f.Add([]byte(open + `{"deployment":"proef","edition":0}</script>`))
	f.Add([]byte(open + `{"deployment":`))
	f.Fuzz(func(t *testing.T, page []byte) {
		facts, err := viewer.ReadFacts(bytes.NewReader(page))
		if err == nil && (facts.Deployment == "" || facts.Edition < 1) {
			t.Errorf("facts without a salt: %+v", facts)
		}
	})
}

// A page of which the ciphertext got other keys is the page that would be made of it.
func TestAPageIsRemadeForOtherCiphertext(t *testing.T) {
	needsViewer(t)
	for _, lang := range []string{"nl", "en"} {
		before, after := options(t, []byte("before")), options(t, []byte("and after"))
		before.Lang, after.Lang = lang, lang
		small, err := viewer.Small(before)
		if err != nil {
			t.Fatal(err)
		}
		wantSmall, _ := viewer.Small(after)
		_, _, whole, err := viewer.Remade(bytes.NewReader(small.Bytes()), after.Size, after.SHA256)
		if err != nil || !bytes.Equal(whole.Bytes(), wantSmall.Bytes()) {
			t.Errorf("small page: %v", err)
		}
		first, last, err := viewer.Page(before)
		if err != nil {
			t.Fatal(err)
		}
		b := bytes.NewBuffer(first)
		viewer.WriteBlocks(b, strings.NewReader("before"))
		b.Write(last)
		wantHead, wantTail, _ := viewer.Page(after)
		head, tail, made, err := viewer.Remade(b, after.Size, after.SHA256)
		if err != nil || made.Bytes() != nil || !bytes.Equal(head, wantHead) || !bytes.Equal(tail, wantTail) {
			t.Errorf("page: %v", err)
		}
	}
	for _, bad := range []string{"", "<html>", `<script type="application/json" id="gegevens">{}</script>` + "\n"} {
		if _, _, _, err := viewer.Remade(strings.NewReader(bad), 1, strings.Repeat("0", 64)); !errors.Is(err, viewer.ErrPage) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzRemade(f *testing.F) {
	f.Add([]byte(`<script type="application/json" id="gegevens">{"size":1,"sha256":"` + strings.Repeat("0", 64) + `"}</script>` + "\n" + `<i id="einde"></i></body></html>` + "\n"))
	f.Fuzz(func(t *testing.T, page []byte) {
		head, _, _, err := viewer.Remade(bytes.NewReader(page), 7, strings.Repeat("a", 64))
		if err == nil && !bytes.Contains(head, []byte(`"size":7`)) {
			t.Fatal("remade without the size")
		}
	})
}
