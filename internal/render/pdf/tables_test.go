package pdf

import (
	"fmt"
	"strings"
	"testing"

	"inzage/internal/document"
)

// rows gives a table of n rows with a head.
func rows(n int) document.Table {
	tb := document.Table{Columns: []document.Column{{Head: "Dag"}, {Head: "Wat"}}, Groups: []document.RowGroup{{}}}
	for i := range n {
		tb.Groups[0].Rows = append(tb.Groups[0].Rows, cells(fmt.Sprintf("dag%03d", i), strings.Repeat("een paar woorden ", i%9*3)))
	}
	return tb
}

func TestATableRepeatsItsHeadOnEveryPage(t *testing.T) {
	r, _ := draw(t, short(rows(200)))
	heads := map[int]int{}
	real := 0
	for _, w := range r.words {
		if w.s == "Dag" {
			heads[w.page]++
			if w.content {
				real++
			}
		}
	}
	if real != 1 {
		t.Errorf("the head is content %d times, not once: it would be read aloud again", real)
	}
	for _, w := range r.words {
		if strings.HasPrefix(w.s, "dag") && heads[w.page] != 1 {
			t.Fatalf("page %d has rows under %d heads", w.page+1, heads[w.page])
		}
	}
	if len(heads) < 3 {
		t.Fatalf("the table stands on %d pages, too few to tell", len(heads))
	}
}

func TestNoRowStandsAloneOnAPage(t *testing.T) {
	for n := range 40 {
		bs := []document.Block{}
		for range n {
			bs = append(bs, para("erboven"))
		}
		r, _ := draw(t, short(append(bs, rows(60))...))
		on := map[int]int{}
		for _, w := range r.words {
			if strings.HasPrefix(w.s, "dag") {
				on[w.page]++
			}
		}
		for page, k := range on {
			if k == 1 {
				t.Errorf("under %d paragraphs page %d has one row", n, page+1)
			}
		}
	}
}

func TestARowIsSplitOnlyWhenItIsTallerThanAThirdOfAPage(t *testing.T) {
	tb := rows(0)
	for i := range 60 {
		var cell []document.Inline
		for k := range i % 16 {
			cell = append(cell, document.Text(fmt.Sprintf("r%d-%d", i, k)), document.Break{})
		}
		tb.Groups[0].Rows = append(tb.Groups[0].Rows, []document.Cell{{Text: one("x")}, {Text: cell}})
	}
	r, _ := draw(t, short(tb))
	page := map[string]int{}
	for _, w := range r.words {
		row, _, ok := strings.Cut(w.s, "-")
		if at, seen := page[row]; ok && seen && at != w.page {
			t.Errorf("row %s stands on pages %d and %d", row, at+1, w.page+1)
		}
		page[row] = w.page
	}
}

func TestARowTallerThanAPageGoesOnAndLosesNothing(t *testing.T) {
	var cell []document.Inline
	for i := range 140 {
		cell = append(cell, document.Text(fmt.Sprintf("regel%03d", i)), document.Break{})
	}
	tb := rows(1)
	tb.Groups[0].Rows = append(tb.Groups[0].Rows, []document.Cell{{Text: one("links")}, {Text: cell}})
	r, _ := draw(t, short(tb))
	within(t, r)
	first, last := r.find(t, "regel000"), r.find(t, "regel139")
	if last.page-first.page < 2 {
		t.Errorf("140 lines stand on %d pages", last.page-first.page+1)
	}
	for i := range 140 {
		r.find(t, fmt.Sprintf("regel%03d", i))
	}
}
