package policy

import (
	"slices"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/portal"
)

// present is an item as this reader sees it: pictures with others taken out,
// staff named as on the portal, the client's BSN masked. The text is otherwise
// the professional's own, to the letter (C9). It returns how many pictures stay
// in the portal alone.
func (j *judge) present(it *dossier.Item) (dossier.Item, int) {
	out := *it
	pictures := 0
	if !j.pol.WithOthers {
		out.Attachments = slices.DeleteFunc(slices.Clone(it.Attachments), func(a dossier.Attachment) bool {
			hide := a.ShowsOthers == dossier.Yes || isPicture(a.MIME) && a.ShowsOthers != dossier.No
			if hide {
				pictures++
			}
			return hide
		})
	}
	if !j.pol.LabelsKept {
		out.Author = j.author(it)
		out.Visibility = dossier.Visibility{}
		out.Participants, out.AboutPerson, out.ClientRef = nil, "", "" // the source's own references to persons
	}
	if bsn := j.d.Client.BSN; bsn != "" && !j.w.FullBSN {
		maskItem(&out, bsn)
	}
	return out, pictures
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

// maskBSN leaves the last four digits: *****1234.
func maskBSN(bsn string) string {
	if len(bsn) < 5 {
		return strings.Repeat("*", len(bsn))
	}
	return strings.Repeat("*", len(bsn)-4) + bsn[len(bsn)-4:]
}

// maskIn masks a BSN wherever a text quotes it, also with dots, spaces or dashes
// between the digits. A longer number that holds the same digits stays as it is.
func maskIn(s, bsn string) string {
	if len(s) < len(bsn) || bsn == "" {
		return s
	}
	var b strings.Builder
	from := 0
	for i := 0; i < len(s); i++ {
		if s[i] != bsn[0] || i > 0 && isDigit(s[i-1]) {
			continue
		}
		if end := matchBSN(s[i:], bsn); end > 0 {
			b.WriteString(s[from:i])
			b.WriteString(maskBSN(bsn))
			from = i + end
			i = from - 1
		}
	}
	if from == 0 {
		return s
	}
	return b.String() + s[from:]
}

// matchBSN is how many bytes of s are the digits of bsn, or 0.
func matchBSN(s, bsn string) int {
	at := 0
	for n := range len(bsn) {
		if n > 0 && at < len(s) && strings.IndexByte(". -", s[at]) >= 0 {
			at++
		}
		if at >= len(s) || s[at] != bsn[n] {
			return 0
		}
		at++
	}
	if at < len(s) && isDigit(s[at]) {
		return 0
	}
	return at
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// maskItem masks the client's BSN in every text of an item. It copies what it
// changes, so that the dossier stays as it was.
func maskItem(it *dossier.Item, bsn string) {
	fix := func(s string) string { return maskIn(s, bsn) }
	it.Title, it.OnBehalfOf, it.Author.Name = fix(it.Title), fix(it.OnBehalfOf), fix(it.Author.Name)
	if m := it.Measurement; m != nil && fix(m.Text) != m.Text {
		masked := *m
		masked.Text = fix(m.Text)
		it.Measurement = &masked
	}
	for i := range it.Body {
		if b := &it.Body[i]; holds(b, fix) {
			it.Body = slices.Clone(it.Body)
			maskBlock(&it.Body[i], fix)
		}
	}
	for i := range it.Attachments {
		if a := &it.Attachments[i]; fix(a.Name) != a.Name || fix(a.Caption) != a.Caption {
			it.Attachments = slices.Clone(it.Attachments)
			it.Attachments[i].Name, it.Attachments[i].Caption = fix(a.Name), fix(a.Caption)
		}
	}
}

// holds reports whether a block has a text that fix changes.
func holds(b *dossier.Block, fix func(string) string) bool {
	changed := func(s string) bool { return fix(s) != s }
	return changed(b.Text) || changed(b.Label) || slices.ContainsFunc(b.Entries, changed) ||
		slices.ContainsFunc(b.Columns, changed) || slices.ContainsFunc(b.Rows, func(r []string) bool { return slices.ContainsFunc(r, changed) })
}

func maskBlock(b *dossier.Block, fix func(string) string) {
	b.Text, b.Label = fix(b.Text), fix(b.Label)
	b.Entries, b.Columns = mapped(b.Entries, fix), mapped(b.Columns, fix)
	if b.Rows == nil {
		return
	}
	rows := make([][]string, len(b.Rows))
	for i, r := range b.Rows {
		rows[i] = mapped(r, fix)
	}
	b.Rows = rows
}

func mapped(list []string, f func(string) string) []string {
	if list == nil {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = f(s)
	}
	return out
}
