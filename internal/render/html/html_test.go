package html_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"

	"inzage/internal/document"
	"inzage/internal/render/html"
)

// pages gives every document that is checked, by name.
func pages(t testing.TB) map[string]*document.Document {
	out := map[string]*document.Document{"sample": sample("Mevrouw Jansen", "Wandelen"), "report": runReport(), "empty": {Lang: "nl", Title: "Leeg", Cover: document.Cover{Kind: "Leeg"}}}
	for k, d := range composed(t) {
		out[string(k)] = d
	}
	return out
}

// dom is a parsed page.
type dom struct {
	all  []*xhtml.Node // elements in order
	ids  map[string]int
	text string
}

func parse(t testing.TB, b []byte) *dom {
	t.Helper()
	root, err := xhtml.Parse(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	d := &dom{ids: map[string]int{}}
	for n := range root.Descendants() {
		switch n.Type {
		case xhtml.ElementNode:
			d.all = append(d.all, n)
			if id, ok := get(n, "id"); ok {
				d.ids[id]++
			}
		case xhtml.TextNode:
			d.text += n.Data
		}
	}
	return d
}

func get(n *xhtml.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func (d *dom) named(name string) (out []*xhtml.Node) {
	for _, n := range d.all {
		if n.Data == name {
			out = append(out, n)
		}
	}
	return out
}

func TestHeadingsAndLandmarks(t *testing.T) {
	for name, doc := range pages(t) {
		d := parse(t, page(t, doc))
		last := 0
		for _, n := range d.all {
			if len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
				continue
			}
			level := int(n.Data[1] - '0')
			if level > last+1 {
				t.Errorf("%s: heading of level %d after %d", name, level, last)
			}
			last = level
		}
		for _, x := range []string{"h1", "header", "main", "footer", "head", "style"} {
			if n := len(d.named(x)); n != 1 {
				t.Errorf("%s: %d times %s", name, n, x)
			}
		}
		if lang, _ := get(d.named("html")[0], "lang"); lang != doc.Lang {
			t.Errorf("%s: language %q", name, lang)
		}
	}
}

func TestAnchorsAndAddresses(t *testing.T) {
	for name, doc := range pages(t) {
		d := parse(t, page(t, doc))
		for id, n := range d.ids {
			if n > 1 || id == "" || strings.ContainsAny(id, " \t\n") {
				t.Errorf("%s: id %q stands %d times", name, id, n)
			}
		}
		for _, n := range d.all {
			if href, ok := get(n, "href"); ok && !d.leads(href) {
				t.Errorf("%s: address %q", name, href)
			}
			if src, ok := get(n, "src"); ok && !strings.HasPrefix(src, "data:image/") {
				t.Errorf("%s: picture from %.40q", name, src)
			}
		}
	}
}

// leads says that an address is one a page may have.
func (d *dom) leads(href string) bool {
	if id, ok := strings.CutPrefix(href, "#"); ok {
		return d.ids[id] == 1
	}
	for _, p := range []string{"https://", "mailto:", "tel:", "bijlagen/"} {
		if strings.HasPrefix(href, p) {
			return true
		}
	}
	return false
}

func TestNothingThatActsOrStyles(t *testing.T) {
	for name, doc := range pages(t) {
		for _, n := range parse(t, page(t, doc)).all {
			inert(t, name, n)
		}
	}
}

func inert(t testing.TB, name string, n *xhtml.Node) {
	switch n.Data {
	case "script", "iframe", "object", "embed", "link", "base", "form", "input", "button", "video", "audio", "use", "image", "foreignobject", "foreignObject":
		t.Errorf("%s: element %s", name, n.Data)
	}
	for _, a := range n.Attr {
		if a.Key == "style" || a.Key == "srcset" || a.Key == "xlink:href" || strings.HasPrefix(a.Key, "on") {
			t.Errorf("%s: %s has attribute %s", name, n.Data, a.Key)
		}
	}
}

func TestTablesPicturesAndChartsHaveWords(t *testing.T) {
	for name, doc := range pages(t) {
		d := parse(t, page(t, doc))
		for _, n := range d.named("th") {
			if s, _ := get(n, "scope"); s != "col" && s != "row" && s != "rowgroup" {
				t.Errorf("%s: a head with scope %q", name, s)
			}
		}
		for _, n := range d.named("table") {
			if n.FirstChild == nil || n.FirstChild.Data != "caption" {
				t.Errorf("%s: a table without caption", name)
			}
		}
		for _, n := range d.named("img") {
			if alt, ok := get(n, "alt"); !ok || alt == "" {
				t.Errorf("%s: a picture without words", name)
			}
		}
		for _, n := range d.named("svg") {
			if role, _ := get(n, "role"); role == "img" && (n.FirstChild.Data != "title" || n.FirstChild.NextSibling.Data != "desc") {
				t.Errorf("%s: a chart without words", name)
			}
		}
	}
}

func TestFoldedMonthsHoldTheirHeading(t *testing.T) {
	folds := parse(t, page(t, sample("Oktober", "b"))).named("details")
	if len(folds) != 2 {
		t.Fatalf("%d folds, want 2", len(folds))
	}
	if h := folds[0].FirstChild.FirstChild; h.Data != "h3" || h.FirstChild.Data != "Oktober" {
		t.Errorf("the summary holds %s", h.Data)
	}
}

func TestThePolicyNamesTheStyleAndTheStyleKnowsNoDossier(t *testing.T) {
	seen := map[string]bool{}
	for _, doc := range []*document.Document{sample("a", "b"), sample("</style><script>", "x"), runReport()} {
		b := page(t, doc)
		d := parse(t, b)
		seen[d.named("style")[0].FirstChild.Data] = true
		if !bytes.Contains(b, []byte("style-src &#39;"+strings.ReplaceAll(html.StyleHash(theme), "'", "")+"&#39;")) {
			t.Error("the policy does not name the style")
		}
	}
	if len(seen) != 1 {
		t.Errorf("%d styles for one theme", len(seen))
	}
	if html.StyleHash(theme) == html.StyleHash(document.Theme{Accent: 1, AccentDark: 2}) {
		t.Error("the theme is not in the style")
	}
}

func TestThePageCountIsLeftOut(t *testing.T) {
	if bytes.Contains(page(t, sample("a", "b")), []byte("Aantal bladzijden")) {
		t.Error("the page has a page count")
	}
}

func TestSameDocumentSameBytes(t *testing.T) {
	if !bytes.Equal(page(t, sample("a", "b")), page(t, sample("a", "b"))) {
		t.Error("two renderings differ")
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAWriteErrorComesBack(t *testing.T) {
	if err := html.Render(full{}, sample("a", "b")); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

func BenchmarkThreeYears(b *testing.B) {
	for _, d := range composed(b) {
		for b.Loop() {
			page(b, d)
		}
		return
	}
}

func TestANameDoesNotTurnALineRound(t *testing.T) {
	d := &document.Document{Lang: "nl", Sections: []document.Section{{Title: "s", Blocks: []document.Block{
		document.Fields{Items: []document.Field{{Label: "Van wie", Value: txt("فاطمة الزهراء, geboren in 1951")}, {Label: "Naam", Value: txt("فاطمة الزهراء")}}},
	}}}}
	s := string(page(t, d))
	for _, want := range []string{"<dd>فاطمة الزهراء, geboren in 1951</dd>", `<dd dir="rtl">فاطمة الزهراء</dd>`} {
		if !strings.Contains(s, want) {
			t.Errorf("not there: %s", want)
		}
	}
}
