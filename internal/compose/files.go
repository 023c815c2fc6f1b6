package compose

import (
	"strconv"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/media"
	"inzage/internal/prose"
)

// files tells of every attachment that is not drawn in the document itself: a
// sheet of its own for each PDF, so that a printed copy has a place for it, and
// a short one for other files. Foreign pages are never merged in: the document
// would stop to be PDF/A.
func (c *composer) files() []document.Section {
	var sheets []document.Block
	var list document.List
	for _, p := range c.parts {
		for i := range p.items {
			for j := range p.items[i].Attachments {
				it, a := &p.items[i], &p.items[i].Attachments[j]
				if f, ok := c.file(it.ID, a.ID); ok && outside(f) {
					list.Items = append(list.Items, []document.Block{document.Para{Text: []document.Inline{
						ref(sheetID(f), c.sheetTitle(a, f)),
					}}})
					sheets = append(sheets, c.sheet(it, a, f)...)
				}
			}
		}
	}
	n := len(list.Items)
	if n == 0 {
		return nil
	}
	s := document.Section{ID: "bijlagen", Title: c.say(kFilesTitle), Role: document.RoleFiles, Count: c.count(kFilesCount, n)}
	s.Blocks = append(s.Blocks, lead(c.count(kFilesText, n, "record", c.told)), para(c.say(kFilesHow)), list)
	s.Blocks = append(s.Blocks, sheets...)
	return []document.Section{s}
}

// outside reports whether a file goes along and is not drawn as a picture.
func outside(f media.File) bool { return f.Missing == "" && f.Image == nil }

// sheetRef leads from where an attachment belongs to its sheet.
func (c *composer) sheetRef(f media.File) document.Ref {
	if !outside(f) {
		return document.Ref{}
	}
	return ref(sheetID(f), c.say(kFilesRef, "number", strconv.Itoa(f.Number)))
}

func sheetID(f media.File) string { return "bijlage-" + strconv.Itoa(f.Number) }

func (c *composer) sheet(it *dossier.Item, a *dossier.Attachment, f media.File) []document.Block {
	isPDF := f.MIME == "application/pdf"
	out := []document.Block{document.Heading{
		Level: 2, ID: sheetID(f), NewPage: isPDF,
		Text: c.sheetTitle(a, f),
	}}
	fields := document.Fields{}
	add := func(label key, value ...document.Inline) {
		fields.Items = append(fields.Items, document.Field{Label: c.say(label), Value: value})
	}
	add(kFilesWhat, document.Text(c.fileType(f.MIME, f.Path)))
	if original := prose.Clean(a.Name); a.Caption != "" && original != "" && original != prose.Clean(a.Caption) {
		add(kFilesName, document.Text(original))
	}
	if isPDF {
		add(kFilesLength, document.Text(c.lengthOf(f)))
	}
	add(kFilesSize, document.Text(c.size(f.Size)))
	add(kFilesOf, c.ownerOf(it)...)
	add(kFilesWhere, document.Code(f.Path))
	add(kFilesDigest, document.Code(f.SHA256))
	if len(f.Starts) > 0 {
		out = append(out, document.Callout{
			Kind: document.CalloutWarning, Title: c.say(kFilesStarts), Blocks: []document.Block{para(c.say(kFilesStartsText))},
		})
	}
	out = append(out, fields)
	if isPDF {
		out = append(out, small(c.say(kFilesPrinted)))
	}
	return out
}

func (c *composer) sheetTitle(a *dossier.Attachment, f media.File) string {
	name := firstOf(prose.Clean(a.Caption), prose.Clean(a.Name), c.say(kFileUnnamed))
	return c.say(kFilesSheet, "number", strconv.Itoa(f.Number), "name", name)
}

func (c *composer) lengthOf(f media.File) string {
	if f.Pages == 0 {
		return c.say(kFilesUnknown)
	}
	return c.number(f.Pages)
}

// ownerOf leads to the item an attachment belongs to.
func (c *composer) ownerOf(it *dossier.Item) []document.Inline {
	title := firstOf(c.itemTitle(it), c.sectionTitle(it.Section))
	return []document.Inline{ref(c.links.anchor[it.ID], title), document.Text(", " + c.date(it.Date))}
}
