package compose

import (
	"reflect"
	"testing"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/portal"
)

func TestFilesAreNamedWithKindLengthAndPlace(t *testing.T) {
	c := &composer{catalogue: wordsIn("nl")}
	a := &dossier.Attachment{ID: "1", Name: "brief.pdf"}
	for _, x := range []struct {
		file  media.File
		known bool
		want  document.FileLine
	}{
		{media.File{Number: 1, Path: "bijlagen/bijlage-001.pdf", MIME: "application/pdf", Size: 1_240_000, Pages: 3}, true,
			document.FileLine{Name: "brief.pdf", Path: "bijlagen/bijlage-001.pdf", Note: "PDF, 3 bladzijden, 1,2\u00a0MB, in de map bijlagen", Sheet: ref("bijlage-1", "bijlage 1")}},
		{media.File{Number: 2, Path: "bijlagen/bijlage-002.odt", MIME: "application/vnd.oasis.opendocument.text", Size: 900}, true,
			document.FileLine{Name: "brief.pdf", Path: "bijlagen/bijlage-002.odt", Note: "ODT, 900\u00a0bytes, in de map bijlagen", Sheet: ref("bijlage-2", "bijlage 2")}},
		{media.File{Missing: dossier.MissingOutside}, true,
			document.FileLine{Name: "brief.pdf", Missing: true, Note: "ontbreekt: het bestand stond niet op de goede plek"}},
		{media.File{Number: 3, Path: "bijlagen/bijlage-003.pdf", MIME: "application/pdf", Size: 900, Starts: []media.Start{media.StartsScript}}, true,
			document.FileLine{Name: "brief.pdf", Path: "bijlagen/bijlage-003.pdf", Note: "PDF, 900\u00a0bytes, in de map bijlagen; let op, dit bestand kan iets starten", Sheet: ref("bijlage-3", "bijlage 3")}},
		{media.File{Missing: dossier.MissingActive, Starts: []media.Start{media.StartsScript}}, true,
			document.FileLine{Name: "brief.pdf", Missing: true, Note: "niet in deze kopie: het bestand kan iets starten als u het opent; vraag ons erom als u het wilt hebben"}},
		{media.File{Missing: "nieuwe-reden"}, true,
			document.FileLine{Name: "brief.pdf", Missing: true, Note: "ontbreekt: wij konden het bestand niet meegeven"}},
		{media.File{}, false, document.FileLine{Name: "brief.pdf", Missing: true, Note: "dit bestand zit niet bij deze kopie"}},
	} {
		if got := c.fileLine(a, x.file, x.known); !reflect.DeepEqual(got, x.want) {
			t.Errorf("%+v\nwant %+v", got, x.want)
		}
	}
}

func TestAPictureAlwaysHasWords(t *testing.T) {
	c := &composer{catalogue: wordsIn("nl")}
	img := &document.Image{MIME: "image/jpeg", Width: 10, Height: 10}
	bare := c.figure(&dossier.Attachment{Name: "IMG_0001.jpg"}, img)
	if bare.Alt != "Foto, geen beschrijving" {
		t.Errorf("alt %q", bare.Alt)
	}
	told := c.figure(&dossier.Attachment{Caption: "In de tuin", TakenAt: dossier.MustDate("2025-06")}, img)
	if told.Alt != "In de tuin" || document.PlainText(told.Caption) != "In de tuin, gemaakt in juni 2025" {
		t.Errorf("alt %q, caption %q", told.Alt, document.PlainText(told.Caption))
	}
}

func TestWhatWasEnteredInErrorIsMarkedInTheAnswerToARequest(t *testing.T) {
	wrong := func(d *dossier.Dossier, _ *portal.Portal, _ *policy.Work) {
		for i := range d.Items {
			if d.Items[i].ID == "r2" || d.Items[i].ID == "al" {
				d.Items[i].Status = dossier.StatusEnteredInError
			}
		}
	}
	d := composed(t, policy.AVGInzage, dossier.AudienceClient, wrong)
	holds(t, words(d), "tag Ingetrokken", "note Dit is per vergissing opgeschreven. Het geldt niet meer.")
	lacks(t, of(sectionOf(t, d, document.RoleOverview)), "Penicilline")
}
