package compose

import (
	"path"
	"strings"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/media"
	"inzage/internal/prose"
)

// body is what an item says. Its text goes through prose alone, so the words
// stay as they were written (C9); fields in a row become one list of fields.
func (c *composer) body(it *dossier.Item) []document.Block {
	if it.Unreadable != "" {
		return []document.Block{document.Notice{Text: text(c.say(kEntryUnreadable, "organisation", prose.Clean(c.p.Organisation)))}}
	}
	var out []document.Block
	for i := 0; i < len(it.Body); i++ {
		if it.Body[i].Kind != dossier.BlockField {
			out = append(out, c.block(&it.Body[i])...)
			continue
		}
		var f document.Fields
		for ; i < len(it.Body) && it.Body[i].Kind == dossier.BlockField; i++ {
			f.Items = append(f.Items, c.field(&it.Body[i]))
		}
		i--
		out = append(out, f)
	}
	return out
}

func (c *composer) block(b *dossier.Block) []document.Block {
	switch b.Kind {
	case dossier.BlockTable:
		return []document.Block{c.table(b)}
	case dossier.BlockList:
		entries := make([]string, len(b.Entries))
		for i, e := range b.Entries {
			entries[i] = prose.Clean(e)
		}
		return c.labelled(b, c.dutch([]document.Block{lines(entries)}))
	case dossier.BlockWarning:
		return []document.Block{document.Callout{
			Kind: document.CalloutWarning, Title: firstOf(prose.Clean(b.Label), c.say(kEntryAlert)),
			Blocks: c.dutch(prose.Blocks(dossier.Plain, b.Text)),
		}}
	}
	return c.labelled(b, c.dutch(prose.Blocks(b.Format, b.Text)))
}

// labelled sets a block's label, if it has one, above it.
func (c *composer) labelled(b *dossier.Block, blocks []document.Block) []document.Block {
	if b.Label == "" {
		return blocks
	}
	head := document.Para{Text: []document.Inline{document.Strong{Text: text(prose.Clean(b.Label))}}}
	return append([]document.Block{head}, blocks...)
}

// field is a label with its value; the value's own lines stay lines. A plain
// yes or no stands out, so that NEE is not overlooked in a directive.
func (c *composer) field(b *dossier.Block) document.Field {
	value := flat(c.dutch(prose.Blocks(b.Format, b.Text)))
	switch strings.ToLower(strings.Trim(b.Text, " .!")) {
	case "ja", "nee", "yes", "no":
		value = []document.Inline{document.Strong{Text: value}}
	}
	return document.Field{Label: c.coded(prose.Clean(b.Label)), Value: value}
}

// table keeps every cell: a row longer than the head gets columns without one.
func (c *composer) table(b *dossier.Block) document.Block {
	width := len(b.Columns)
	for _, r := range b.Rows {
		width = max(width, len(r))
	}
	t := document.Table{Caption: firstOf(prose.Clean(b.Label), c.say(kEntryTable)), ShowCaption: b.Label != ""}
	for i := range width {
		col := document.Column{}
		if i < len(b.Columns) {
			col.Head = prose.Clean(b.Columns[i])
		}
		t.Columns = append(t.Columns, col)
	}
	var g document.RowGroup
	for _, r := range b.Rows {
		row := make([]document.Cell, width)
		for i, s := range r {
			row[i] = document.Cell{Text: flat(c.dutch(prose.Blocks(dossier.Plain, s)))}
		}
		g.Rows = append(g.Rows, row)
	}
	t.Groups = []document.RowGroup{g}
	return t
}

// attachments gives pictures that can be shown and a line for every other file.
func (c *composer) attachments(it *dossier.Item) ([]document.Figure, []document.FileLine) {
	var pictures []document.Figure
	var files []document.FileLine
	for i := range it.Attachments {
		a := &it.Attachments[i]
		f, ok := c.file(it.ID, a.ID)
		if ok && f.Image != nil && f.Missing == "" {
			pictures = append(pictures, c.figure(a, f.Image))
			continue
		}
		files = append(files, c.fileLine(a, f, ok))
	}
	return pictures, files
}

func (c *composer) file(item, attachment string) (media.File, bool) {
	if c.o.Media == nil {
		return media.File{}, false
	}
	return c.o.Media.Of(item, attachment)
}

// fileLine names a file with its kind, length and place, or why it is missing.
func (c *composer) fileLine(a *dossier.Attachment, f media.File, known bool) document.FileLine {
	l := document.FileLine{Name: firstOf(prose.Clean(a.Caption), prose.Clean(a.Name), c.say(kFileUnnamed))}
	switch {
	case !known:
		l.Missing, l.Note = true, c.say(kFileNotHere)
	case f.Missing == dossier.MissingActive:
		l.Missing, l.Note = true, c.say(kFileLeftOut, "reason", c.missingWord(f.Missing))
	case f.Missing != "":
		l.Missing, l.Note = true, c.say(kFileMissing, "reason", c.missingWord(f.Missing))
	default:
		l.Path = f.Path
		l.Sheet = c.sheetRef(f)
		notes := []string{c.fileType(f.MIME, f.Path)}
		if f.Pages > 0 {
			notes = append(notes, c.count(kFilePages, f.Pages))
		}
		l.Note = strings.Join(append(notes, c.size(f.Size), c.say(kFileInFolder)), ", ")
		if len(f.Starts) > 0 {
			l.Note += "; " + c.say(kFileStarts)
		}
	}
	return l
}

func (c *composer) missingWord(r dossier.Reason) string {
	return c.wordOr("missing", string(r), c.wordOr("missing", "onbekend", ""))
}

// fileType is the reader's word for a media type; without one, the ending of the name.
func (c *composer) fileType(mime, name string) string {
	switch {
	case mime == "application/pdf":
		return c.wordOr("fileType", "pdf", "")
	case mime == "image/jpeg":
		return c.wordOr("fileType", "jpeg", "")
	case strings.HasPrefix(mime, "image/"):
		return c.wordOr("fileType", "png", "")
	case strings.HasPrefix(mime, "text/"):
		return c.wordOr("fileType", "text", "")
	case strings.Contains(mime, "msword"), strings.Contains(mime, "wordprocessingml"):
		return c.wordOr("fileType", "word", "")
	}
	if ext := strings.TrimPrefix(path.Ext(name), "."); ext != "" {
		return strings.ToUpper(ext)
	}
	return c.wordOr("fileType", "other", "")
}

// figure is a picture with its caption; without one the text alternative says
// that nobody described it (RULES 4.10).
func (c *composer) figure(a *dossier.Attachment, img *document.Image) document.Figure {
	caption := prose.Clean(a.Caption)
	f := document.Figure{Image: img, Alt: firstOf(caption, c.say(kFilePhoto))}
	var lines []string
	if caption != "" {
		lines = append(lines, caption)
	}
	if !a.TakenAt.IsZero() {
		lines = append(lines, c.say(kFileTaken, "when", c.when(a.TakenAt)))
	}
	if len(lines) == 0 {
		lines = append(lines, firstOf(prose.Clean(a.Name), c.say(kFilePhoto)))
	}
	f.Caption = text(strings.Join(lines, ", "))
	return f
}
