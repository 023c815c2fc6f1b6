package html_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	xhtml "golang.org/x/net/html"

	"inzage/internal/document"
)

// markA and markB are words that nothing else in a page contains.
const markA, markB = "\ue001", "\ue002"

// The page of a document with any words must be the page of the same document
// with two marks for words, with the words where the marks were: no word makes
// or breaks an element.
func FuzzWordsStayWords(f *testing.F) {
	f.Add("Mevrouw Jansen", "Wandelen")
	f.Add(`<script>alert(1)</script>`, `" onload="x`)
	f.Add("</title></style></svg></table><img src=x onerror=y>", "&lt;&amp;&#0;")
	f.Add("\x00\x01\r\n\t\u0085", "\xff\xfe\ufffd")
	f.Add("مرحبا\u202e", "javascript:alert(1)")
	f.Add("<!--", "]]>")
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = a[:min(len(a), 600)], b[:min(len(b), 600)]
		if a == "" || b == "" || a == b { // the same words twice, or none, make other documents
			a, b = "a"+a, "b"+b
		}
		want, got := parse(t, page(t, sample(markA, markB))), parse(t, page(t, sample(a, b)))
		if len(want.all) != len(got.all) {
			t.Fatalf("%d elements, want %d", len(got.all), len(want.all))
		}
		put := strings.NewReplacer(markA, shownAs(a), markB, shownAs(b))
		if got.text != put.Replace(want.text) {
			t.Errorf("text differs for %q and %q", a, b)
		}
		for i, n := range got.all {
			sameElement(t, n, want.all[i], put)
		}
	})
}

func sameElement(t *testing.T, got, want *xhtml.Node, put *strings.Replacer) {
	inert(t, "fuzz", got)
	got.Attr = slices.DeleteFunc(got.Attr, func(a xhtml.Attribute) bool { return a.Key == "dir" && a.Val == "rtl" }) // of the words, by their own letters
	if got.Data != want.Data || len(got.Attr) != len(want.Attr) {
		t.Fatalf("element %s with %d attributes, want %s with %d", got.Data, len(got.Attr), want.Data, len(want.Attr))
	}
	for i, a := range got.Attr {
		w := want.Attr[i]
		placed := a.Key == "x" || a.Key == "y" || a.Key == "text-anchor" // where a word stands depends on its width
		if a.Key != w.Key || !placed && a.Val != put.Replace(w.Val) {
			t.Errorf("%s: %s=%q, want %s=%q", got.Data, a.Key, a.Val, w.Key, put.Replace(w.Val))
		}
	}
}

// shownAs is s with U+FFFD for what HTML has no place for.
func shownAs(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r >= 0x7f && r < 0xa0 {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Whatever a document gives as address, file, anchor or language, the page leads
// only to https, mailto, tel, its own anchors and the files beside it.
func FuzzAddressesAreKnown(f *testing.F) {
	for _, s := range []string{"https://a.example/x", "javascript:alert(1)", " javascript:x", "JAVASCRIPT:x", "http://a", "//a.example", "data:text/html,x",
		"https:\\\\a", "https://u:p@a", "tel:030", "mailto:a@b", "MailTo:b@c", "HTTPS://B.example", "teL:06", "../../etc", "/etc", "bijlagen/../x", "bijlagen/a.pdf", "java\tscript:x", "#x", "\x00", "~text"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := &document.Document{Lang: s, Title: "t", Cover: document.Cover{Kind: "k"}, Sections: []document.Section{{ID: s, Title: "s", Blocks: []document.Block{
			document.Para{Text: []document.Inline{document.Link{URL: s, Text: txt("w")}, document.Ref{ID: s, Text: txt("w")}, document.Lang{Tag: s, Text: txt("w")}}},
			document.Entry{ID: s, Files: []document.FileLine{{Name: "n", Path: s}}},
			document.Figures{Items: []document.Figure{{Image: &document.Image{MIME: s, Data: []byte("x")}, Alt: "a"}}},
		}}}}
		p := parse(t, page(t, d))
		for _, n := range p.all {
			inert(t, "fuzz", n)
			href, ok := get(n, "href")
			if !ok || strings.HasPrefix(href, "#") || strings.HasPrefix(href, "https://") || strings.HasPrefix(href, "mailto:") || strings.HasPrefix(href, "tel:") {
				continue
			}
			if strings.ContainsAny(href, ":\\%?#@ ") || strings.Contains(href, "..") || strings.HasPrefix(href, "/") {
				t.Errorf("address %q", href)
			}
		}
		for id, n := range p.ids {
			if n > 1 {
				t.Errorf("id %q stands %d times", id, n)
			}
		}
	})
}
