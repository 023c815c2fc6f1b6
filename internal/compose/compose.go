// Package compose writes the document that a reader gets: it turns what policy
// shows into pages, sections and sentences, in the reader's language.
//
// It refuses to decide who may see what (policy did), to reword a text of the
// record or of the organisation (C9, A12), and to look at a clock: the moment
// of making comes with the view. Same view, same texts, same document.
package compose

import (
	"errors"
	"fmt"
	"time"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/prose"
)

// ErrIncomplete is wrapped when the portal lacks a text without which no
// document may be made: the terms or the own-risk text (A8, C1).
var ErrIncomplete = errors.New("portal incomplete")

// Options are what a document needs besides view and portal.
type Options struct {
	Media    *media.Set // prepared attachments; nil: every attachment is listed as not included
	BundleID string     // shown on the last page, never a person
	Program  string     // name and version: "inzage 0.1.0"
	FHIR     bool       // fhir.json is in the bundle
}

// Compose writes the document for one view. The language is the recipient's,
// Dutch by default. The error wraps [ErrIncomplete].
func Compose(v policy.View, p *portal.Portal, o Options) (*document.Document, error) {
	c, err := newComposer(v, p, o)
	if err != nil {
		return nil, err
	}
	record := c.record() // first: it sets the anchors that the front pages refer to
	left, something := c.left()
	d := &document.Document{
		Lang: c.lang, Title: c.title(), ID: o.BundleID, Made: v.Work().Now, Theme: p.Theme,
		Furniture: document.Furniture{
			Kind: c.title(), Portal: prose.Clean(p.Name), Date: c.date(dossier.DayOf(v.Work().Now)), Page: c.say(kRendererPageOf),
		},
		Cover: c.cover(), Words: c.words(),
	}
	d.Sections = append(d.Sections, c.ownRisk(), c.guide(), c.overview(something), c.contents())
	d.Sections = append(d.Sections, record...)
	files := c.files()
	left.OwnPage = len(files) > 0 // the last sheet stands alone
	d.Sections = append(d.Sections, files...)
	d.Sections = append(append(d.Sections, left), c.article15()...)
	d.Sections = append(d.Sections, c.terms(), c.safe(), c.about())
	return d, nil
}

// A composer holds what all parts of one document need.
type composer struct {
	*catalogue
	v     policy.View
	p     *portal.Portal
	o     Options
	pol   policy.Policy // what makes this kind of copy differ
	own   bool          // the reader is the client: "uw dossier"
	told  string        // "uw dossier" or "dit dossier", for {record}
	parts []recordPart
	links links
}

// A recordPart is one section of the record with what the reader may see of it.
type recordPart struct {
	id    dossier.Section
	items []dossier.Item
}

func newComposer(v policy.View, p *portal.Portal, o Options) (*composer, error) {
	switch {
	case v.Kind() == "":
		return nil, fmt.Errorf("compose: %w: the view is empty", ErrIncomplete)
	case len(v.Work().Terms.Blocks) == 0:
		return nil, fmt.Errorf("compose: %w: no terms of use", ErrIncomplete)
	case len(p.Disclaimer.Blocks) == 0:
		return nil, fmt.Errorf("compose: %w: no own-risk text", ErrIncomplete)
	}
	c := &composer{catalogue: wordsIn(v.Work().Recipient.Language), v: v, p: p, o: o, pol: v.Policy()}
	c.own = v.Work().Recipient.Audience == dossier.AudienceClient
	c.told = c.choose(kRecordOwn, kRecordOther)
	for _, id := range v.Sections() {
		if !written(id) {
			c.parts = append(c.parts, recordPart{id, v.Items(id)})
		}
	}
	c.links = linksOf(c.parts)
	return c, nil
}

// written reports whether the program itself writes a section.
func written(s dossier.Section) bool {
	return s == dossier.SectionNotIncluded || s == dossier.SectionArticle15 || s == dossier.SectionTerms
}

// choose picks the message for the client, or the one for any other reader.
func (c *composer) choose(own, other key, pairs ...string) string {
	if c.own {
		return c.say(own, pairs...)
	}
	return c.say(other, pairs...)
}

// title is what the document is, without a name: it becomes the title of the
// PDF and HTML and stands above every page.
func (c *composer) title() string {
	variant := "other"
	if c.own {
		variant = "own"
	}
	return c.wordOr("copy", string(c.v.Kind())+"."+variant, string(c.v.Kind()))
}

// made is the moment of making as a date of the record's kind.
func (c *composer) made() dossier.Date { return dossier.DateAt(c.v.Work().Now) }

// now is the moment up to which the record goes: everything that is "new",
// "coming" or "older than a year" counts from here and not from a clock.
func (c *composer) now() time.Time {
	if d := c.v.AsOf(); !d.IsZero() {
		return d.Start()
	}
	return c.v.Work().Now
}

// sectionTitle is the heading of a section of the record.
func (c *composer) sectionTitle(s dossier.Section) string {
	if !c.own {
		if w, ok := c.word("section", string(s)+".titleOther"); ok {
			return w
		}
	}
	return c.wordOr("section", string(s)+".title", string(s))
}

// sectionCount is the number of things in a section with their noun.
func (c *composer) sectionCount(s dossier.Section, n int) string {
	return c.count(key("section."+string(s)+".count"), n)
}

func (c *composer) words() document.Words {
	return document.Words{
		Contents: c.say(kRendererContents), SkipToText: c.say(kRendererSkip),
		Continued: c.say(kRendererContinued), Page: c.say(kRendererPage),
		Sections: c.say(kRendererSections), OlderMonths: c.say(kRendererOlder),
		Attachment: c.say(kRendererAttachment), ChartTable: c.say(kRendererChartTable),
	}
}
