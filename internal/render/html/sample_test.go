package html_test

import (
	"bytes"
	"image"
	"image/png"
	"time"

	"inzage/internal/document"
)

func txt(s string) []document.Inline { return []document.Inline{document.Text(s)} }

func para(s string) document.Para { return document.Para{Text: txt(s)} }

func dot() *document.Image {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		panic(err)
	}
	return &document.Image{MIME: "image/png", Data: b.Bytes(), Width: 40, Height: 30}
}

var theme = document.Theme{Accent: 0x1f6e68, AccentDark: 0x5cb8b0}

// sample is a document with every block there is. a and b stand wherever words
// of others may stand.
func sample(a, b string) *document.Document {
	return &document.Document{
		Lang: "nl", Title: "Kopie van uw dossier", ID: "7f3a9c", Theme: theme,
		Made:      time.Date(2026, 3, 15, 3, 0, 0, 0, time.UTC),
		Furniture: document.Furniture{Kind: "Kopie van uw dossier", Portal: "MijnLinde", Date: "15 maart 2026", Page: "Pagina %d van %d"},
		Words: document.Words{Contents: "Inhoud", SkipToText: "Ga naar de tekst", Sections: "Onderdelen",
			OlderMonths: "Ouder dan een jaar", ChartTable: "De waarden staan in de tabel hieronder."},
		Cover: document.Cover{
			Organisation: "Stichting De Linde", Kind: "Kopie van uw dossier", Lead: txt("Dit zijn uw gegevens."),
			Facts:      []document.Field{{Label: "Van wie", Value: txt(a)}},
			PagesLabel: "Aantal bladzijden",
			Questions:  &document.Callout{Kind: document.CalloutQuestion, Title: "Vragen?", Blocks: []document.Block{para("Bel ons.")}},
			Emergency:  &document.Callout{Kind: document.CalloutEmergency, Title: "Spoed?", Blocks: []document.Block{para("Bel 030 765 43 21.")}},
		},
		Sections: []document.Section{
			{ID: "eigen-risico", Title: "Voordat u verder leest", Role: document.RoleOwnRisk, Narrow: true, OwnPage: true, Blocks: []document.Block{para("Lees rustig."), document.Heading{Level: 2, Text: "U staat er niet alleen voor"}, para("Bel gerust.")}},
			{ID: "inhoud", Title: "Inhoud", Role: document.RoleContents, Blocks: []document.Block{document.Contents{}}},
			{ID: "rapportages", Title: "Rapportages", Count: "2 rapportages", Blocks: reports(a, b)},
			{ID: "metingen", Title: "Metingen", Blocks: measurements(a, b)},
			{ID: "rest", Title: a, Blocks: others(a, b)},
		},
	}
}

func reports(a, b string) []document.Block {
	return []document.Block{
		document.Heading{Level: 2, ID: "m-2026-03", Text: "Maart 2026"},
		document.Entry{ID: "r2", When: "12 maart 2026", Time: "14.30 uur", Who: []string{"verzorgende", a}, Title: b,
			Tags: []string{"Door uw dochter toegevoegd"}, Blocks: []document.Block{para(a), document.Heading{Level: 3, Text: "Daarna"}, para(b)},
			Files: []document.FileLine{{Name: b, Note: "PDF, 3 bladzijden", Path: "bijlagen/bijlage-001.pdf"}, {Name: a, Note: "ontbreekt", Missing: true}},
			Notes: []string{"Eerdere tekst vervangen op 13 maart 2026."}},
		document.Heading{Level: 2, ID: "m-2024-12", Text: a, Fold: true},
		document.Entry{ID: "r1", When: "30 december 2024", Blocks: []document.Block{para(b)}},
		document.Heading{Level: 2, Text: "November 2024", Fold: true},
		document.Entry{ID: "r0", When: "zonder datum", Title: a, Blocks: []document.Block{document.Quote{Blocks: []document.Block{para(a)}}}},
	}
}

func measurements(a, b string) []document.Block {
	low, high := 60.0, 80.0
	c := document.Chart{Title: b, Unit: "kg", Alt: a, Low: &low, High: &high, RangeLabel: a, Labels: document.ChartLabels{Decimal: ","}}
	for i, v := range []float64{70.5, 71, 69.2, 72.4} {
		c.Points = append(c.Points, document.Point{At: time.Date(2025, time.Month(2+i), 1, 0, 0, 0, 0, time.UTC), Value: v, Label: "70", When: "1 februari"})
	}
	wide := document.Table{Caption: b, ShowCaption: true, Columns: []document.Column{{Head: "Wat", RowHead: true}, {Head: "Hoe"}, {Head: a}, {Head: "Aantal", Align: document.Right}},
		Groups: []document.RowGroup{{Head: a, Rows: [][]document.Cell{{{Text: txt(a)}, {Text: txt(b)}, {Text: txt(a)}, {Text: txt("12")}}}}}}
	return []document.Block{
		c,
		document.Table{Caption: "Gewicht", Columns: []document.Column{{Head: "Datum", RowHead: true}, {Head: "Waarde (kg)", Align: document.Decimal}},
			Groups: []document.RowGroup{{Rows: [][]document.Cell{{{Text: txt("1 mei 2025")}, {Text: txt("72,4")}}, {{Text: txt("1 april 2025")}, {Text: txt("70")}}}}}},
		wide, wide,
		document.Timeline{Alt: b, Rows: []document.TimelineRow{{Label: a, Total: "3", Cells: []document.TimelineCell{{Month: "2025-02", Label: "februari 2025", Count: 3}, {Month: "2025-03", Label: "maart 2025"}}}}},
	}
}

func others(a, b string) []document.Block {
	return []document.Block{
		document.Para{Text: []document.Inline{document.Text(a), document.Strong{Text: txt(b)}, document.Emph{Text: txt(a)}, document.Code(b), document.Break{},
			document.Link{URL: "https://linde.example/a?b=c&d", Text: txt(b)}, document.Ref{ID: "r2", Text: txt(a)}, document.Lang{Tag: "ar", Text: txt(b)}}},
		document.Para{Text: txt(a), Small: true}, document.Para{Text: txt(b), Lead: true},
		document.List{Ordered: true, Start: 3, Items: [][]document.Block{{para(a)}, {para(a), document.List{Items: [][]document.Block{{para(b)}}}}}},
		document.Fields{Items: []document.Field{{Label: a, Value: txt(b)}}},
		document.Figures{Items: []document.Figure{{Image: dot(), Alt: a, Caption: txt(b)}, {Image: &document.Image{MIME: "image/svg+xml", Data: []byte("<svg/>")}, Alt: b}}},
		document.Callout{Kind: document.CalloutWarning, Title: a, Blocks: []document.Block{para(b)}},
		document.Callout{Kind: document.CalloutWithheld, Blocks: []document.Block{para("Hier ontbreekt 1 stuk.")}},
		document.Notice{Text: txt(b)},
		document.Heading{Level: 4, Text: a}, para(b),
	}
}

// runReport is a page that is no dossier: facts and tables, no contents.
func runReport() *document.Document {
	return &document.Document{
		Lang: "nl", Title: "Verslag van de nacht", Theme: theme, Words: document.Words{SkipToText: "Ga naar de tekst"},
		Cover: document.Cover{Kind: "Verslag van de nacht", Facts: []document.Field{{Label: "Begonnen", Value: txt("15 maart 2026, 03.00 uur")}, {Label: "Klaar", Value: txt("15 maart 2026, 03.04 uur")}}},
		Sections: []document.Section{{ID: "uitkomst", Title: "Uitkomst", Blocks: []document.Block{para("Alle kopieën zijn gemaakt."), document.Table{Caption: "Kopieën per soort",
			Columns: []document.Column{{Head: "Soort", RowHead: true}, {Head: "Gemaakt", Align: document.Right}, {Head: "Geweigerd", Align: document.Right}},
			Groups:  []document.RowGroup{{Rows: [][]document.Cell{{{Text: txt("portaalkopie")}, {Text: txt("412")}, {Text: txt("3")}}, {{Text: txt("archief")}, {Text: txt("18")}, {Text: txt("0")}}}}}}}}},
	}
}
