package prose_test

import (
	"regexp"
	"strings"
	"testing"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/prose"
)

// elements are all that the shown form of a text is made of.
var elements = regexp.MustCompile(`</?(p|pre|strong|em|code|blockquote|ul|ol|li|table|tr|th|td)>|<br>|<ol start="[0-9]+">`)

// sameShown holds the promise of Shown for one text, and gives it.
func sameShown(t *testing.T, f dossier.Format, in string) string {
	t.Helper()
	g, s := prose.Shown(f, in)
	want, got := prose.Text(prose.Blocks(f, in)), prose.Text(prose.Blocks(g, s))
	if squeeze(want) != squeeze(got) {
		t.Errorf("%s %q is shown as %q\nits words are %q\nwant          %q", f, in, s, got, want)
	}
	if rest := elements.ReplaceAllString(s, ""); g == dossier.HTML && strings.ContainsAny(rest, "<>") {
		t.Errorf("%s %q: %q holds another element", f, in, s)
	}
	if h, again := prose.Shown(g, s); squeeze(prose.Text(prose.Blocks(h, again))) != squeeze(got) {
		t.Errorf("%s %q: the shown form of the shown form has other words", f, in)
	}
	return s
}

func TestShownHoldsNothingThatIsNotSeen(t *testing.T) {
	for _, c := range []struct {
		f        dossier.Format
		in, want string
	}{
		{dossier.HTML, `<p onclick="CANARY" data-x='CANARY' class=CANARY>Dag <!-- CANARY --><b title="CANARY">mevrouw</b></p>`, "<p>Dag <strong>mevrouw</strong></p>"},
		{dossier.HTML, `<script>CANARY</script><style>CANARY</style><a href="javascript:CANARY">klik</a><img src="CANARY.png" alt="hond">`, "klik[afbeelding: hond]"},
		{dossier.HTML, `<input value="CANARY"><meta content=CANARY>een<br>twee`, "een\ntwee"},
		{dossier.HTML, "<ol start=4><li>a<li>b</ol>", `<ol start="4"><li><p>a</p></li><li><p>b</p></li></ol>`},
		{dossier.HTML, "<table><tr><th>Dag<th>&lt;kg&gt;<tr><td>ma<td>72</table>", "<table><tr><th>Dag</th><th>&lt;kg&gt;</th></tr><tr><td>ma</td><td>72</td></tr></table>"},
		{dossier.Markdown, "Dag <b class=CANARY>mevrouw</b><!-- CANARY -->\n\n<!-- CANARY -->\n\n[a](x.nl \"CANARY\")\n\n[ref]: http://CANARY.nl 'CANARY'", "Dag mevrouw\n\na"},
		{dossier.Markdown, "3. **drie**\n4. vier & `<x>`", `<ol start="3"><li><p><strong>drie</strong></p></li><li><p>vier &amp; <code>&lt;x&gt;</code></p></li></ol>`},
		{dossier.Markdown, "    x  y\n    z", "<pre>x  y\nz</pre>"},
		{dossier.Markdown, "Nee", "Nee"},
		{dossier.Markdown, "> a\n\n1\\. geen lijst", "<blockquote><p>a</p></blockquote><p>1. geen lijst</p>"},
		{dossier.Plain, "a <b>c</b> *d* & e", "a <b>c</b> *d* & e"},
		{dossier.Markdown, "", ""},
	} {
		if got := sameShown(t, c.f, c.in); got != c.want {
			t.Errorf("%s %q\n got %q\nwant %q", c.f, c.in, got, c.want)
		}
	}
}

func TestShownKeepsNumbers(t *testing.T) {
	f, s := prose.Shown(dossier.Markdown, "1.\n2. twee\n3. drie")
	l, ok := prose.Blocks(f, s)[0].(document.List)
	if !ok || len(l.Items) != 3 {
		t.Errorf("%q", s)
	}
}

func FuzzShown(f *testing.F) {
	for _, s := range []string{"<table><tr><td>a<ul><li>b</table><a href=x>c", "# a\n\n> - *b* [c](d)\n\n| a |\n|---|\n| b |", "<pre>\n a\n\n b</pre><ol start=9><li>", "a&#10;b&lt;p&gt;\n\n`` ` ``", "<p>a<!--b", "~~x~~\\\ny"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sameShown(t, dossier.HTML, s)
		sameShown(t, dossier.Markdown, s)
	})
}
