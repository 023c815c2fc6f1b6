package prose_test

import (
	"strings"
	"testing"
	"time"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/prose"
)

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestC9 holds the promise that words go through as they were written.
func TestC9(t *testing.T) {
	for _, s := range []string{"Mw. sliep goed.\nGeen pijn.\n\nOm 3 uur wakker *niet vet* <b>nee</b> & zo", "één\r\n\r\ntwee\tdrie  vier", "😀 Şeyma Łukasz Ελένη عائشة"} {
		if got := prose.Text(prose.Blocks(dossier.Plain, s)); squeeze(got) != squeeze(s) {
			t.Errorf("got %q, want %q", got, s)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\x00b": "a[U+0000]b", "a\xffb": "a\uFFFDb", "a\u202Eb": "a[U+202E]b", "a\u200Bb\uFEFF": "a[U+200B]b[U+FEFF]",
		"👩\u200D⚕\uFE0F": "👩\u200D⚕\uFE0F", "a\u200Db": "a[U+200D]b", "می\u200Cخواهم": "می\u200Cخواهم", "x\r\ny\rz": "x\ny\nz",
		"\u0085": "\n", "\x1b[31m": "[U+001B][31m",
	} {
		if got := prose.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	long := strings.Repeat("ë", 100_000)
	if got := prose.Text(prose.Blocks(dossier.Markdown, long)); got != long {
		t.Error("a long word did not come through whole")
	}
}

func TestInert(t *testing.T) {
	for _, tt := range []struct {
		f        dossier.Format
		in, want string
	}{
		{dossier.HTML, `<p onclick="x()">Dag <script>alert(1)</script><foo>mevrouw</foo></p><img src="https://x/y.png" alt="hond">`, "Dag mevrouw\n[afbeelding: hond]"},
		{dossier.HTML, `<a href="javascript:x()">klik</a> <a href="https://x.nl">hier</a>`, "klik hier (https://x.nl)"},
		{dossier.HTML, `<table><tr><th>Dag<th>Gewicht<tr><td>ma<td><tr><td>di<td>72</table>`, "Dag\nGewicht\nma\n\ndi\n72"},
		{dossier.HTML, "&#x202E;om", "[U+202E]om"},
		{dossier.Markdown, `[klik](javascript:x) ![hond](http://x/y.png) <script>alert(1)</script> <naam>`, "klik [afbeelding: hond] alert(1) <naam>"},
		{dossier.Markdown, "# Kop\n\n~~weg~~ &euro; 5 \\* 3", "Kop\nweg € 5 * 3"},
	} {
		blocks := prose.Blocks(tt.f, tt.in)
		if got := prose.Text(blocks); got != tt.want {
			t.Errorf("%s %q\n got %q\nwant %q", tt.f, tt.in, got, tt.want)
		}
		for _, b := range blocks {
			if _, ok := b.(document.Heading); ok {
				t.Error("client text made a heading")
			}
		}
	}
}

// TestDeep: absurd nesting takes little time and keeps the words.
func TestDeep(t *testing.T) {
	start := time.Now()
	for name, in := range map[string]string{
		"div": strings.Repeat("<div>", 1000) + "woord", "quote": strings.Repeat("<blockquote><ul><li>", 20000) + "woord",
		"bold": strings.Repeat("<b><i>", 1000) + "woord", "table": strings.Repeat("<table><tr><td>", 1000) + "woord",
	} {
		if got := prose.Text(prose.Blocks(dossier.HTML, in)); !strings.Contains(got, "woord") {
			t.Errorf("html %s: %.40q", name, got)
		}
	}
	list := ""
	for i := range 1000 {
		list += strings.Repeat("  ", i) + "- a\n"
	}
	for name, in := range map[string]string{
		"quote": strings.Repeat(">", 1000) + " woord", "lists": strings.Repeat("- ", 1000) + "woord", "links": strings.Repeat("[", 5000) + "woord" + strings.Repeat("](x)", 5000),
		"stars": strings.Repeat("*a **", 3000) + "woord", "indent": list + "\nwoord", "quotes": strings.Repeat("> ", 1000) + "woord", "ticks": strings.Repeat("`a``", 5000) + "woord",
	} {
		if got := prose.Text(prose.Blocks(dossier.Markdown, in)); !strings.Contains(got, "woord") {
			t.Errorf("markdown %s: %.40q", name, got)
		}
	}
	if d := time.Since(start); d > 60*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestTrusted(t *testing.T) {
	got := prose.MarkdownTrusted([]byte("### Een\n\n##### Twee\n\n[bel](tel:088-0000000) [x](http://x.nl)"))
	if h := got[0].(document.Heading); h.Level != 2 || h.Text != "Een" {
		t.Errorf("%+v", h)
	}
	if h := got[1].(document.Heading); h.Level != 3 {
		t.Errorf("%+v", h)
	}
	if l, ok := got[2].(document.Para).Text[0].(document.Link); !ok || l.URL != "tel:088-0000000" {
		t.Errorf("%#v", got[2])
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n\n> - *b* [c](d)\n\n| a |\n|---|\n| b |")
	f.Fuzz(func(t *testing.T, s string) {
		safe(t, prose.Blocks(dossier.Markdown, s))
		prose.MarkdownTrusted([]byte(s))
	})
}

func FuzzHTML(f *testing.F) {
	f.Add("<table><tr><td>a<ul><li>b</table><a href=x>c")
	f.Fuzz(func(t *testing.T, s string) { safe(t, prose.Blocks(dossier.HTML, s)) })
}

func FuzzClean(f *testing.F) {
	f.Add("a\u202E\x00\xff👩\u200D⚕\uFE0F")
	f.Add("\xc0\u200D\u200D\x02 \u00ae\u200D\uFE0Fa ᠠ\u200C\u180E ب\u200C\u200D")
	f.Fuzz(func(t *testing.T, s string) {
		if c := prose.Clean(s); prose.Clean(c) != c {
			t.Errorf("not stable: %q", c)
		}
	})
}

func safe(t *testing.T, blocks []document.Block) {
	if s := prose.Text(blocks); strings.ContainsAny(s, "\x00\u202E\u200B") {
		t.Errorf("unsafe: %q", s)
	}
}
