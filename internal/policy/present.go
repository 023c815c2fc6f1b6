package policy

import (
	"slices"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/portal"
	"inzage/internal/prose"
)

// present is an item as this reader sees it: field by field what a copy may hold,
// pictures with others taken out, staff named as on the portal, texts reduced to
// what is shown of them, every known BSN masked. The words are otherwise the
// professional's own, to the letter (C9). It returns how many pictures stay in
// the portal alone. The archive's copy is the item as it is.
func (j *judge) present(it *dossier.Item) (dossier.Item, int) {
	if j.pol.LabelsKept {
		return *it, 0
	}
	// The source's own references to persons, flags and decisions stay behind.
	out := dossier.Item{
		ID: it.ID, Section: it.Section, Kind: it.Kind, Discipline: it.Discipline, Title: it.Title,
		Date: it.Date, Until: it.Until, RecordedAt: it.RecordedAt, Author: j.author(it), OnBehalfOf: it.OnBehalfOf,
		Body: shownBody(it.Body), Status: it.Status, Supersedes: it.Supersedes, Corrects: it.Corrects, RelatesTo: it.RelatesTo,
		Origin: it.Origin, Sources: it.Sources, Attachments: it.Attachments, Measurement: it.Measurement, Alert: it.Alert,
	}
	pictures := 0
	out.Attachments = slices.DeleteFunc(slices.Clone(it.Attachments), func(a dossier.Attachment) bool {
		hide := !j.pol.WithOthers && (a.ShowsOthers == dossier.Yes || isPicture(a.MIME) && a.ShowsOthers != dossier.No)
		if hide {
			pictures++
		}
		return hide
	})
	j.mask.item(&out)
	return out, pictures
}

// shownBody is what is shown of a body: of each kind of block the parts that it
// has. Only a text and a field have a format.
func shownBody(body []dossier.Block) []dossier.Block {
	out := slices.Clone(body)
	for i, b := range body {
		shown := dossier.Block{Kind: b.Kind, Label: b.Label}
		switch b.Kind {
		case dossier.BlockTable:
			shown.Columns, shown.Rows = b.Columns, b.Rows
		case dossier.BlockList:
			shown.Entries = b.Entries
		case dossier.BlockWarning:
			shown.Text = b.Text
		default:
			shown.Format, shown.Text = prose.Shown(b.Format, b.Text)
		}
		out[i] = shown
	}
	return out
}

// isPicture reports whether a type may hold people's faces; one that is not said may.
func isPicture(mime string) bool {
	mime = strings.ToLower(strings.TrimSpace(mime))
	return mime == "" || mime == "application/octet-stream" || strings.HasPrefix(mime, "image/") || strings.HasPrefix(mime, "video/")
}

// author names staff as the portal does (C6). What the client or a relative
// wrote keeps its writer's name.
func (j *judge) author(it *dossier.Item) dossier.Author {
	a := it.Author
	if it.Origin == dossier.OriginClient || it.Origin == dossier.OriginRelative {
		return a
	}
	switch j.p.Staff {
	case portal.StaffName:
	case portal.StaffInitials:
		a.Name = initials(a.Name)
	default:
		a.Name = ""
	}
	return a
}

func initials(name string) string {
	var b strings.Builder
	for _, word := range strings.Fields(name) {
		for _, r := range word {
			b.WriteRune(r)
			b.WriteByte('.')
			break
		}
	}
	return b.String()
}
