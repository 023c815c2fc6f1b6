package document

import (
	"strings"
	"testing"
)

// blocks is one of every block; a new kind of block must be added here.
var blocks = []Block{
	Heading{Level: 2, ID: "kop", Text: "Een kop", Fold: true}, Para{Text: []Inline{Text("Een alinea")}, Small: true},
	List{Ordered: true, Start: 3, Items: [][]Block{{Para{Text: []Inline{Text("Een regel")}}}, {Notice{Text: []Inline{Text("Een melding")}}}}},
	Fields{Items: []Field{{"Een veld", []Inline{Strong{[]Inline{Text("waarde")}}, Break{}, Code("c0de"), Emph{[]Inline{Text("nadruk")}}}}}},
	Table{Caption: "Een tabel", Columns: []Column{{Head: "Hoofd"}}, Groups: []RowGroup{{"Een groep", [][]Cell{{{[]Inline{Text("Een cel")}}}}}}},
	Chart{Title: "Een lijn", Alt: "In woorden", RangeLabel: "normaal", Points: []Point{{}}},
	Figures{Items: []Figure{{Alt: "Een foto"}}}, Contents{},
	Entry{ID: "e", When: "gisteren", Time: "14.30 uur", Who: []string{"Wie"}, Title: "Titel", Tags: []string{"Merk"}, Notes: []string{"Noot"},
		Files: []FileLine{{Name: "brief.pdf", Note: "weg", Missing: true}}},
	Callout{Kind: CalloutWarning, Title: "Pas op"}, Quote{Blocks: []Block{Para{Text: []Inline{Link{"https://x.example", []Inline{Text("Een adres")}}, Ref{"e", []Inline{Text("daar")}}, Lang{"en", []Inline{Text("there")}}}}}},
	Timeline{Alt: "Door de tijd", Rows: []TimelineRow{{Label: "Rij", Total: "2", Cells: []TimelineCell{{Month: "2025-03", Count: 2}, {Month: "2025-04"}}}}},
}

func TestOutlineHoldsEveryWordOfEveryBlock(t *testing.T) {
	out := Outline(&Document{Lang: "nl", Title: "Titel", Cover: Cover{Kind: "Kopie", Questions: &Callout{Title: "Vragen?"}}, Sections: []Section{{ID: "s", Title: "Deel", Count: "12 stukken", Blocks: blocks}}})
	for _, want := range []string{
		"h2 #kop Een kop fold", "p-small Een alinea", "3. Een regel", "Een melding", "Een veld: *waarde* ⏎ `c0de`_nadruk_", "Een tabel", "| Hoofd", "group Een groep", "| Een cel",
		"Een lijn", "In woorden", "normaal", "[alt: Een foto]", "contents", "entry #e gisteren 14.30 uur — Wie", "title Titel", "tag Merk", "note Noot", "file brief.pdf, weg missing",
		"callout <warning> Pas op", "[Een adres](https://x.example)[daar](#e)en‹there›", "Door de tijd", "Rij (2) 2025-03=2", "Vragen?", "section #s <> Deel (12 stukken)",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the outline lacks %q", want)
		}
	}
	if strings.Contains(out, "unknown block") {
		t.Error("a block is unknown")
	}
}
