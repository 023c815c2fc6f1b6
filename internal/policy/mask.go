package policy

import (
	"slices"

	"inzage/internal/dossier"
)

// masker masks every BSN that the dossier knows: the client's, and that of who
// may look or asks. The client's own stays when it was asked for, and in the
// archive's copy all stand as they are.
func masker(d *dossier.Dossier, pol Policy, w Work) dossier.Masker {
	if pol.LabelsKept {
		return dossier.Masker{}
	}
	var numbers []string
	add := func(n string) {
		if !w.FullBSN || !dossier.SameNumber(d.Client.BSN, n) {
			numbers = append(numbers, n)
		}
	}
	add(d.Client.BSN)
	for i := range d.Grants {
		add(d.Grants[i].Person.BSN)
	}
	for i := range d.Requests {
		add(d.Requests[i].Requester.BSN)
	}
	return dossier.NewMasker(numbers...)
}

// A mask takes numbers out of what a copy holds. It copies what it changes, so
// that the dossier stays as it was.
type mask struct{ dossier.Masker }

// strings masks each of these where it stands.
func (m mask) strings(list ...*string) {
	for _, s := range list {
		*s = m.Text(*s)
	}
}

// item masks every text of an item, its ids too: they reach dossier.json.
func (m mask) item(it *dossier.Item) {
	m.strings(&it.ID, &it.Kind, &it.Discipline, &it.Title, &it.Author.Role, &it.Author.Name, &it.Author.Organisation, &it.OnBehalfOf,
		&it.Supersedes, &it.Corrects, &it.RelatesTo)
	for i := range it.Body {
		m.block(&it.Body[i])
	}
	it.Sources, it.Attachments = slices.Clone(it.Sources), slices.Clone(it.Attachments)
	for i := range it.Sources {
		s := &it.Sources[i]
		m.strings(&s.System, &s.Type, &s.ID, &s.Version, &s.SHA256)
	}
	for i := range it.Attachments {
		a := &it.Attachments[i]
		m.strings(&a.ID, &a.Name, &a.MIME, &a.Caption)
	}
	if it.Measurement != nil {
		v := *it.Measurement
		m.strings(&v.Type, &v.Text, &v.Unit, &v.Method)
		v.Parts = slices.Clone(v.Parts)
		for i := range v.Parts {
			m.strings(&v.Parts[i].Label)
		}
		it.Measurement = &v
	}
}

// block masks a block, its cells and entries together: a number may be spread
// over what stands beside each other.
func (m mask) block(b *dossier.Block) {
	if b.Format == dossier.HTML {
		b.Text = m.Markup(b.Text)
	}
	m.strings(&b.Label, &b.Text)
	b.Entries = m.Texts(b.Entries)
	cells := slices.Clone(b.Columns)
	for _, r := range b.Rows {
		cells = append(cells, r...)
	}
	cells = m.Texts(cells)
	take := func(n int) []string {
		head := cells[:n:n]
		cells = cells[n:]
		return head
	}
	if b.Columns != nil {
		b.Columns = take(len(b.Columns))
	}
	rows := slices.Clone(b.Rows)
	for i, r := range rows {
		rows[i] = take(len(r))
	}
	b.Rows = rows
}

// person is what a copy may hold of a person: never the address, which is for
// letters alone, nor the source's reference.
func (m mask) person(p dossier.Person, full bool) dossier.Person {
	out := dossier.Person{Name: p.Name, CallName: p.CallName, BirthDate: p.BirthDate}
	m.strings(&out.Name, &out.CallName)
	if out.BSN = p.BSN; !full {
		out.BSN = dossier.MaskBSN(p.BSN)
	}
	return out
}
