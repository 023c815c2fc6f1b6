package cli_test

import (
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
)

// pdfText is the text of a PDF, as another program reads it.
func pdfText(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("pdftotext", "-raw", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// htmlText is the text that an HTML page shows, in its main part.
func htmlText(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var visit func(*html.Node, bool)
	visit = func(n *html.Node, in bool) {
		if n.Type == html.ElementNode {
			switch n.Data {
			case "header", "main", "nav":
				in = true
			case "style", "script", "caption", "footer", "title", "desc":
				return
			}
		}
		if n.Type == html.TextNode && in {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c, in)
		}
		if n.Type == html.ElementNode && in {
			b.WriteByte(' ')
		}
	}
	visit(root, false)
	return b.String()
}

var (
	reference = regexp.MustCompile(`\((pagina|page)\s+\d+\)`)
	pageWords = []string{"Pagina", "Page", "vervolg", "continued", "Aantal", "bladzijden", "Number", "pages", "Bijlage", "Antwoord"}
	notWord   = func(r rune) bool { return !unicode.IsLetter(r) }
)

// sameWords compares the words of the two forms, page numbers and furniture aside.
// Lines break words that are too long for them, so only words of up to 18
// letters count, and each must stand in both. Pages have some words of their own.
func sameWords(t *testing.T, pdf, page string) {
	t.Helper()
	have := func(s string) map[string]int {
		out := map[string]int{}
		for _, w := range strings.FieldsFunc(reference.ReplaceAllString(s, " "), notWord) {
			if len([]rune(w)) > 2 && len([]rune(w)) <= 18 {
				out[w]++
			}
		}
		return out
	}
	a, b := have(pdf), have(page)
	if len(a) < 100 {
		t.Fatalf("only %d words in the PDF", len(a))
	}
	for _, w := range slices.Sorted(maps.Keys(b)) {
		if a[w] == 0 && w != "Ouder" { // the fold of older months
			t.Errorf("%q stands in HTML, not in PDF", w)
		}
	}
	for _, w := range slices.Sorted(maps.Keys(a)) {
		if b[w] == 0 && !slices.Contains(pageWords, w) {
			t.Errorf("%q stands in PDF, not in HTML", w)
		}
	}
}
