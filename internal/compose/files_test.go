package compose

import (
	"strings"
	"testing"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/media"
)

func TestAnAttachmentHasASheetThatSaysWhatItIsAndWhere(t *testing.T) {
	c := &composer{catalogue: wordsIn("nl"), links: links{anchor: map[string]string{"i": "stuk-1"}}}
	it := &dossier.Item{ID: "i", Section: dossier.SectionDocuments, Title: "Brief van de huisarts", Date: dossier.MustDate("2025-09-03")}
	a := &dossier.Attachment{ID: "a", Name: "scan0001.pdf", Caption: "Brief"}
	f := media.File{Number: 4, Path: "bijlagen/bijlage-004.pdf", MIME: "application/pdf", Size: 1200, Pages: 2, SHA256: "c0ffee"}
	d := &document.Document{Sections: []document.Section{{Blocks: c.sheet(it, a, f)}}}
	got := document.Outline(d)
	for _, want := range []string{
		"h2 #bijlage-4 Bijlage 4: Brief new-page", "Soort: PDF", "Naam van het bestand: scan0001.pdf", "Aantal bladzijden: 2",
		"Hoort bij: [Brief van de huisarts](#stuk-1), 3 september 2025", "Waar u het vindt: `bijlagen/bijlage-004.pdf`", "`c0ffee`",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "kan iets starten") {
		t.Errorf("a warning without a reason:\n%s", got)
	}
	f.Starts = []media.Start{media.StartsUnsure}
	for lang, want := range map[string]string{"nl": "Dit bestand kan iets starten", "en": "This file can start something"} {
		c.catalogue = wordsIn(lang)
		if got := document.Outline(&document.Document{Sections: []document.Section{{Blocks: c.sheet(it, a, f)}}}); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	c.catalogue, f.Starts = wordsIn("nl"), nil
	f.MIME, f.Path, f.Pages = "application/vnd.oasis.opendocument.text", "bijlagen/bijlage-004.odt", 0
	if got := document.Outline(&document.Document{Sections: []document.Section{{Blocks: c.sheet(it, a, f)}}}); strings.Contains(got, "new-page") || strings.Contains(got, "Aantal") {
		t.Errorf("a sheet of a PDF for another file:\n%s", got)
	}
}

func TestWhatIsDrawnOrMissingHasNoSheet(t *testing.T) {
	c := &composer{catalogue: wordsIn("nl")}
	for _, f := range []media.File{{Image: &document.Image{}}, {Missing: dossier.MissingTooLarge}} {
		if got := c.sheetRef(f); got.ID != "" {
			t.Errorf("%+v", got)
		}
	}
}
