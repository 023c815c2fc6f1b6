package pdf

import (
	"fmt"
	"math/bits"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"inzage/internal/document"
)

// within holds everything that was set or drawn against the margins. Furniture
// stands above and below the text and has its own bounds.
func within(t *testing.T, r *recorder) {
	t.Helper()
	const ease = 0.5
	for _, w := range r.words {
		right := w.x + r.measure(w.look, strings.TrimRight(w.s, " "))
		if right > left+full+ease && len([]rune(strings.TrimSpace(w.s))) > 1 || w.x < left-ease {
			t.Errorf("page %d: %q stands from %.1f to %.1f", w.page+1, w.s, w.x, right)
		}
		if w.content && (w.base > bottom+ease || w.base < top) {
			t.Errorf("page %d: %q stands at height %.1f, outside %.1f to %.1f", w.page+1, w.s, w.base, top, bottom)
		}
	}
	for _, m := range r.marks {
		if m.x+m.w > left+full+ease || m.y+m.h > bottom+ease || m.x < left-20 || m.y < top-ease {
			t.Errorf("page %d: a mark at %.1f %.1f of %.1f by %.1f lies outside the margins", m.page+1, m.x, m.y, m.w, m.h)
		}
	}
}

func TestNothingLiesOutsideTheMargins(t *testing.T) {
	for _, n := range []int{0, 3, 40, 77} {
		r, _ := draw(t, sample(n))
		within(t, r)
	}
}

func TestAnotherProgramSeesNothingOutsideTheMargins(t *testing.T) {
	_, file := draw(t, sample(40))
	box := regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*)</word>`)
	found := box.FindAllStringSubmatch(poppler(t, file, "pdftotext", "-bbox"), -1)
	if len(found) < 1000 {
		t.Fatalf("%d words", len(found))
	}
	for _, m := range found {
		var at [4]float64
		for i := range at {
			at[i], _ = strconv.ParseFloat(m[i+1], 64)
		}
		foot := at[1] > bottom+20 && at[3] < bottom+45 // the page number's place
		if at[0] < left-3 || at[2] > left+full+3 || at[3] > bottom+4 && !foot {
			t.Errorf("%q lies at %v", m[5], at)
		}
	}
}

func TestNoBarRunsThroughWords(t *testing.T) {
	e := document.Entry{When: "1 mei", Blocks: []document.Block{document.Quote{Blocks: []document.Block{para("in een stuk")}}}}
	own := document.Section{ID: "eigen", Title: "Lees dit eerst", Narrow: true, OwnPage: true, Blocks: []document.Block{
		para("een alinea"), document.Heading{Level: 2, Text: "Kop"}, document.List{Items: [][]document.Block{{para("punt")}}}, document.Quote{Blocks: []document.Block{para("brief")}}}}
	d := short(e, document.Quote{Blocks: []document.Block{para("brief"), document.Quote{Blocks: []document.Block{para("daarin")}}}},
		document.Callout{Title: "Weet", Blocks: []document.Block{para("iets")}})
	d.Sections = append(d.Sections, own)
	r, _ := draw(t, d)
	bars := 0
	for _, m := range r.marks {
		if m.w > 3 || m.h < 12 {
			continue
		}
		bars++
		for _, w := range r.words {
			if w.page == m.page && w.base > m.y && w.base < m.y+m.h && w.x < m.x+m.w && w.x+r.measure(w.look, w.s) > m.x {
				t.Errorf("a bar runs through %q", w.s)
			}
		}
	}
	if bars < 5 {
		t.Errorf("%d bars are drawn, too few to tell", bars)
	}
}

func TestANumberToDialIsNotBroken(t *testing.T) {
	for n := range 40 {
		r, _ := draw(t, short(document.Para{Text: []document.Inline{document.Text(strings.Repeat("ab ", n)),
			document.Link{URL: "tel:+31880000000", Text: one("088 000 00 00")}}}))
		if len(r.links) != 1 || unspaced(r.find(t, "088").s) != "0880000000" {
			t.Fatalf("after %d words the number is broken", n)
		}
	}
}

func TestAHeadingIsNeverTheLastLineOfAPage(t *testing.T) {
	for n := range 30 {
		r, _ := draw(t, sample(n))
		for i, w := range r.words {
			if !isHeading(w) {
				continue
			}
			if !followed(r.words[i+1:], w) {
				t.Fatalf("%d reports: %q is the last line of page %d", n, w.s, w.page+1)
			}
		}
	}
}

func isHeading(w word) bool {
	tag := w.tags[strings.LastIndexByte(w.tags, '/')+1:]
	return len(tag) == 2 && tag[0] == 'H'
}

// followed reports whether words that are no heading stand under w on its page.
func followed(rest []word, w word) bool {
	for _, o := range rest {
		if o.page == w.page && o.content && !isHeading(o) && o.base > w.base {
			return true
		}
	}
	return false
}

func TestNoParagraphLeavesASingleLineBehind(t *testing.T) {
	for n := range 24 {
		var bs []document.Block
		for i := range n {
			bs = append(bs, para(fmt.Sprint("vulling ", i)))
		}
		for i := range 12 {
			bs = append(bs, para(strings.Repeat(fmt.Sprintf("alinea%d ", i), 120)))
		}
		r, _ := draw(t, short(bs...))
		lines := map[string]int{} // of a paragraph on a page
		for _, w := range r.words {
			if _, after, ok := strings.Cut(w.s, "alinea"); ok {
				nth, _, _ := strings.Cut(after, " ")
				lines[fmt.Sprintf("alinea%s on page %d", nth, w.page+1)]++
			}
		}
		for at, k := range lines {
			if k == 1 {
				t.Errorf("after %d others, one line stands alone: %s", n, at)
			}
		}
	}
}

func TestNoPageHoldsOnlyALeftOverLine(t *testing.T) {
	for n := range 45 {
		s := document.Section{ID: "gids", Title: "Gids"}
		for i := range 8 {
			s.Blocks = append(s.Blocks, document.Heading{Level: 2, Text: fmt.Sprint("Vraag ", i)}, para(strings.Repeat("een antwoord ", 12)))
		}
		for range n {
			s.Blocks = append(s.Blocks, para("nog een regel"))
		}
		d := bare()
		d.Sections = []document.Section{s, {ID: "twee", Title: "Twee", OwnPage: true, Blocks: []document.Block{para("a")}}}
		r, _ := draw(t, d)
		lines := map[int]map[float64]bool{}
		for _, w := range r.words {
			if lines[w.page] == nil {
				lines[w.page] = map[float64]bool{}
			}
			if w.content {
				lines[w.page][w.base] = true
			}
		}
		for p := 1; p < r.pages-1; p++ {
			if len(lines[p]) < 4 {
				t.Errorf("%d lines more: page %d holds %d lines", n, p+1, len(lines[p]))
			}
		}
	}
}

func TestALongSectionStartsAPageOnlyWhenTheOneBeforeIsFullEnough(t *testing.T) {
	for lines, want := range map[int]int{1: 0, 20: 1} {
		var before, long []document.Block
		for range lines {
			before = append(before, para("vooraf"))
		}
		for range 40 {
			long = append(long, para("lang"))
		}
		d := short(before...)
		d.Sections = append(d.Sections, document.Section{ID: "lang", Title: "Het lange stuk", Blocks: long})
		r, _ := draw(t, d)
		if got := r.find(t, "Het lange stuk").page - r.find(t, "vooraf").page; got != want {
			t.Errorf("after %d lines it starts %d pages on, not %d", lines, got, want)
		}
	}
}

func TestAnEntryThatGoesOnSaysSo(t *testing.T) {
	e := document.Entry{When: "12 maart 2025", Who: []string{"verzorgende"}}
	for i := range 120 {
		e.Blocks = append(e.Blocks, para(fmt.Sprint("alinea ", i)))
	}
	r, file := draw(t, short(e))
	var on []int
	for _, w := range r.words {
		if strings.Contains(w.s, "vervolg") {
			if w.content {
				t.Error("it is content, and would be read aloud in the middle of the entry")
			}
			on = append(on, w.page)
		}
	}
	first, last := r.find(t, "alinea 0").page, r.find(t, "alinea 119").page
	if last == first || len(on) != last-first || on[0] != first+1 || on[len(on)-1] != last {
		t.Errorf("the entry runs from page %d to %d and says so on %v", first, last, on)
	}
	if !strings.Contains(unspaced(poppler(t, file, "pdftotext", "-raw")), "12maart2025,vervolg") {
		t.Error("no one reads “12 maart 2025, vervolg”")
	}
}

func TestEveryPageButTheCoverSaysWhichOfHowMany(t *testing.T) {
	d := sample(40)
	r, _ := draw(t, d)
	for p := range r.pages {
		foot := fmt.Sprintf("Pagina %d van %d", p+1, r.pages)
		n := 0
		for _, w := range r.words {
			if w.page == p && w.s == foot {
				n++
			}
		}
		if want := bits.Len(uint(min(p, 1))); n != want {
			t.Errorf("page %d says %q %d times, not %d", p+1, foot, n, want)
		}
	}
	if got := r.words[wordAfter(t, r, "Aantal bladzijden")].s; got != strconv.Itoa(r.pages) {
		t.Errorf("the cover says %s pages, there are %d", got, r.pages)
	}
}

// wordAfter gives the index of the word after the one that is s.
func wordAfter(t *testing.T, r *recorder, s string) int {
	t.Helper()
	for i, w := range r.words {
		if w.s == s {
			return i + 1
		}
	}
	t.Fatalf("%q is on no page", s)
	return 0
}

func TestNoPersonIsNamedAtTheHeadOrFootOfAPage(t *testing.T) {
	d := sample(40)
	r, _ := draw(t, d)
	allowed := unspaced(d.Furniture.Kind + d.Furniture.Portal + d.Furniture.Date)
	for _, w := range r.words {
		if w.base > top && w.base < bottom+10 {
			continue
		}
		s := unspaced(w.s)
		if !strings.HasPrefix(s, "Pagina") && !strings.Contains(allowed, strings.ReplaceAll(s, "·", "")) {
			t.Errorf("page %d: %q is furniture", w.page+1, w.s)
		}
	}
}

func TestContentsBookmarksAndLinksLeadToTheRightPages(t *testing.T) {
	d := sample(90)
	r, _ := draw(t, d)
	title := map[string]int{} // section title to the page it stands on
	for _, w := range r.words {
		if strings.HasSuffix(w.tags, "/H1") && w.page > 0 {
			line := strings.TrimSpace(w.s)
			for _, s := range d.Sections {
				if strings.HasPrefix(s.Title, line) {
					title[s.Title] = w.page
				}
			}
		}
	}
	at := 0
	for _, s := range d.Sections {
		page, ok := title[s.Title]
		if !ok {
			t.Fatalf("%q heads no page", s.Title)
		}
		if got := r.anchors[s.ID].page; got != page {
			t.Errorf("links to %q lead to page %d, not %d", s.ID, got+1, page+1)
		}
		for at < len(r.bookmarks) && r.bookmarks[at].level != 1 {
			at++
		}
		if at == len(r.bookmarks) || r.bookmarks[at].id != s.Title || r.bookmarks[at].page != page {
			t.Fatalf("%q has no bookmark to page %d in its place", s.Title, page+1)
		}
		at++
		if s.Role == document.RoleContents {
			continue
		}
		if got := contentsNumber(r, s.Title); got != page+1 {
			t.Errorf("the contents say that %q stands on page %d, it is %d", s.Title, got, page+1)
		}
	}
	if ref := r.find(t, "(pagina"); !strings.Contains(r.onPage(ref.page), fmt.Sprintf("(pagina%d)", title["Wat hier niet in staat"]+1)) {
		t.Error("the reference names another page than the one its section stands on")
	}
}

// contentsNumber gives the number at the end of a title's row in the contents.
func contentsNumber(r *recorder, title string) int {
	inRow := false
	for _, w := range r.words {
		if !strings.HasSuffix(w.tags, "/TOCI/Reference") && !strings.Contains(w.tags, "/TOCI/Reference/Link") {
			continue
		}
		if w.s == title {
			inRow = true
		} else if n, err := strconv.Atoi(strings.TrimSpace(w.s)); err == nil && inRow {
			return n
		}
	}
	return 0
}

func TestEveryLinkHasAPlaceToLeadTo(t *testing.T) {
	ref := func(id string) document.Block {
		return document.Para{Text: []document.Inline{document.Ref{ID: id, Text: one("daar")}}}
	}
	d := short(
		document.Entry{ID: "gewoon", When: "1 mei", Blocks: []document.Block{para("a")}},
		document.Quote{Blocks: []document.Block{document.Entry{ID: "binnen", When: "2 mei", Blocks: []document.Block{para("b")}}}},
		document.Entry{ID: "hoog", When: strings.Repeat("mei ", 500), Blocks: []document.Block{para("c")}},
		document.Entry{ID: "leeg"},
		document.Heading{Level: 4, ID: "kop", Text: "Kop"}, document.Heading{Level: 2, ID: "kop zonder tekst"},
		ref("gewoon"), ref("binnen"), ref("hoog"), ref("leeg"), ref("kop"), ref("kop zonder tekst"), ref("nergens"), ref(""))
	r, _ := draw(t, d)
	for _, l := range r.links {
		if _, ok := r.anchors[strings.TrimPrefix(l.id, "#")]; !ok {
			t.Errorf("a link leads to %q, which is nowhere", l.id)
		}
	}
	for _, id := range []string{"gewoon", "binnen", "hoog", "kop"} {
		if _, ok := r.anchors[id]; !ok {
			t.Errorf("nothing stands at %q", id)
		}
	}
}

func TestTheWordsOfAChartAndATimelineAreDrawn(t *testing.T) {
	r, _ := draw(t, sample(40))
	var figures strings.Builder
	for _, w := range r.words {
		if w.figure {
			figures.WriteString(w.s + "\n")
		}
	}
	for _, s := range []string{"normaal: 60 tot 80 kg", "kg", "Rapportages", "Metingen", "Berichten", "januari 2025", "maart 2026", "60", "80"} {
		if !strings.Contains(figures.String(), s+"\n") {
			t.Errorf("%q is in no picture", s)
		}
	}
}
