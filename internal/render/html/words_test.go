package html_test

import (
	"strings"
	"testing"

	"inzage/internal/document"
)

func TestTheWordsAreThoseOfTheDocumentInItsOrder(t *testing.T) {
	for name, doc := range pages(t) {
		rest := squeeze(parse(t, page(t, doc)).text)
		n := 0
		for _, s := range doc.Sections {
			for _, w := range append([]string{s.Title}, words(s.Blocks)...) {
				_, after, ok := strings.Cut(rest, squeeze(w))
				if !ok {
					t.Fatalf("%s: section %s: word group %d is not there, or not in its place", name, s.ID, n)
				}
				rest = after
				n++
			}
		}
		if n < 20 && len(doc.Sections) > 1 {
			t.Errorf("%s: only %d groups of words", name, n)
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// words gives the words of blocks in the order in which they are read.
func words(blocks []document.Block) (out []string) {
	say := func(s ...string) { out = append(out, s...) }
	run := func(in []document.Inline) { say(document.PlainText(in)) }
	for _, b := range blocks {
		switch b := b.(type) {
		case document.Heading:
			say(b.Text)
		case document.Para:
			run(b.Text)
		case document.Notice:
			run(b.Text)
		case document.List:
			for _, item := range b.Items {
				say(words(item)...)
			}
		case document.Fields:
			for _, f := range b.Items {
				say(f.Label)
				run(f.Value)
			}
		case document.Table:
			say(cells(b)...)
		case document.Figures:
			for _, f := range b.Items {
				run(f.Caption)
			}
		case document.Chart:
			say(b.Alt)
		case document.Timeline:
			say(b.Alt)
			for _, r := range b.Rows {
				say(r.Label, r.Total)
			}
		case document.Callout:
			say(b.Title)
			say(words(b.Blocks)...)
		case document.Quote:
			say(words(b.Blocks)...)
		case document.Entry:
			say(entry(b)...)
		}
	}
	return out
}

func cells(t document.Table) []string {
	out := []string{t.Caption}
	for _, c := range t.Columns {
		out = append(out, c.Head)
	}
	for _, g := range t.Groups {
		out = append(out, g.Head)
		for _, r := range g.Rows {
			for _, c := range r {
				out = append(out, document.PlainText(c.Text))
			}
		}
	}
	return out
}

func entry(e document.Entry) []string {
	out := append([]string{e.When, e.Time}, e.Who...)
	out = append(append(append(out, e.Title), e.Tags...), words(e.Blocks)...)
	for _, f := range e.Files {
		out = append(out, f.Name, f.Note)
	}
	return append(out, e.Notes...)
}
