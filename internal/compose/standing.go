package compose

import (
	"strings"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/prose"
)

// person is what the organisation knows of the client, as one list of fields.
// What the record itself says under the same label stands once.
func (c *composer) person(items []dossier.Item) []document.Block {
	f := document.Fields{Items: c.identity(items)}
	var more []document.Block // what is no field, such as a list
	var rest []dossier.Item
	for i := range items {
		it := &items[i]
		if !ordinary(it) || len(it.Body) == 0 {
			rest = append(rest, *it)
			continue
		}
		for _, b := range c.body(it) {
			if fields, ok := b.(document.Fields); ok {
				f.Items = append(f.Items, fields.Items...)
			} else {
				more = append(more, b)
			}
		}
	}
	var out []document.Block
	if len(f.Items) > 0 {
		out = append(out, f)
	}
	return append(append(out, more...), c.standing(rest)...)
}

// identity is name, call name, birth date and BSN, as policy lets them be seen,
// without those that a field of the record already gives.
func (c *composer) identity(items []dossier.Item) []document.Field {
	given := map[string]bool{}
	for i := range items {
		for b := range items[i].Body {
			given[strings.ToLower(items[i].Body[b].Label)] = true
		}
	}
	who := c.v.Client()
	var out []document.Field
	add := func(k key, value string) {
		if label := c.say(k); value != "" && !given[strings.ToLower(label)] {
			out = append(out, field(label, value))
		}
	}
	add(kPersonName, prose.Clean(who.Name))
	add(kPersonCallName, prose.Clean(who.CallName))
	if !who.BirthDate.IsZero() {
		add(kPersonBorn, c.date(who.BirthDate))
	}
	add(kPersonBsn, prose.Clean(who.BSN))
	return out
}

// ordinary reports whether an item has nothing that only an entry tells: files, who
// added it, what became of it, a measurement, a warning.
func ordinary(it *dossier.Item) bool {
	return it.Unreadable == "" && len(it.Attachments) == 0 && it.Origin != dossier.OriginClient && it.Origin != dossier.OriginRelative &&
		it.Status == dossier.StatusFinal && it.Measurement == nil && !it.Alert
}

// card reports whether an item can stand as a heading with what it says: there is
// something said, or a name alone, of which a date that is not there would be the
// longest part.
func card(it *dossier.Item) bool {
	return ordinary(it) && (len(it.Body) > 0 || it.Title != "" && it.Date.IsZero())
}

// standing is for what holds over time: people, an indication. Each is a
// heading with fields; a date would say little, so it becomes a period.
func (c *composer) standing(items []dossier.Item) []document.Block {
	var out []document.Block
	for i := range items {
		it := &items[i]
		if !card(it) {
			out = append(out, c.entry(it))
			continue
		}
		title := firstOf(c.itemTitle(it), prose.Clean(it.Author.Name), c.say(kEntryUntitled))
		out = append(out, document.Heading{Level: 2, ID: c.links.anchor[it.ID], Text: title})
		blocks, f := c.body(it), c.standingFields(it)
		if n := len(blocks); n > 0 && len(f.Items) > 0 {
			if last, ok := blocks[n-1].(document.Fields); ok { // one list of fields
				f.Items, blocks = append(last.Items, f.Items...), blocks[:n-1]
			}
		}
		out = append(out, blocks...)
		if len(f.Items) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// standingFields are what a heading does not tell of an item: since when, by whom,
// what became of it.
func (c *composer) standingFields(it *dossier.Item) document.Fields {
	var f document.Fields
	if p := c.period(it.Date, it.Until); p != "" {
		f.Items = append(f.Items, field(c.say(kPersonPeriod), p))
	}
	if who := strings.Join(c.who(it), ", "); who != "" && it.Section == dossier.SectionCare {
		f.Items = append(f.Items, field(c.say(kPersonWritten), who))
	}
	if notes := c.notes(it); len(notes) > 0 {
		f.Items = append(f.Items, field(c.say(kPersonNote), strings.Join(notes, ". ")))
	}
	return f
}
