package compose

import (
	"maps"
	"slices"
	"strings"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/prose"
)

// recipientsText reports whether an art. 15 text is the one of letter c.
func recipientsText(name string) bool {
	return strings.Contains(name, "ontvanger") || name == "c" || strings.HasSuffix(name, "-c")
}

// terms are the organisation's terms, word for word, with version, date and the
// place of the newest text (A6, A8, A12, C16, C17). In an answer to a request
// they are marked as no condition (A11).
func (c *composer) terms() document.Section {
	t := c.v.Work().Terms
	s := document.Section{
		ID: string(dossier.SectionTerms), Title: firstOf(prose.Clean(t.Title), c.say(kTermsTitle)), Role: document.RoleTerms,
	}
	if c.pol.Article15 {
		s.Title = c.say(kTermsNotCondition)
		s.Blocks = append(s.Blocks, document.Callout{
			Kind: document.CalloutInfo, Title: c.say(kTermsForInformation), Blocks: []document.Block{para(c.say(kTermsNotConditionText))},
		})
	}
	s.Blocks = append(s.Blocks, lead(c.say(kTermsVerbatim, "portal", prose.Clean(c.p.Name))), c.termsFacts())
	if c.pol.TermsAreCondition {
		s.Blocks = append(s.Blocks, small(c.say(kTermsByUse, "portal", prose.Clean(c.p.Name))))
	}
	if t.Sample {
		s.Blocks = append(s.Blocks, small(c.say(kTermsSample)))
	}
	s.Blocks = append(s.Blocks, inLanguage(firstOf(t.Language, "nl"), c.lang, t.Blocks)...)
	return s
}

func (c *composer) termsFacts() document.Fields {
	t := c.v.Work().Terms
	f := document.Fields{Items: []document.Field{
		field(c.say(kTermsVersion), t.Version),
		field(c.say(kTermsValidFrom), c.date(t.ValidFrom)),
	}}
	if url := firstOf(t.URL, c.p.TermsURL); url != "" {
		f.Items = append(f.Items, document.Field{
			Label: c.say(kTermsCurrent), Value: []document.Inline{document.Link{URL: url, Text: text(url)}},
		})
	}
	if !t.Retrieved.IsZero() {
		f.Items = append(f.Items, field(c.say(kTermsRetrieved), c.date(t.Retrieved)))
	}
	return f
}

// safe says how to keep the copy: the organisation's text, or ours (C14).
func (c *composer) safe() document.Section {
	s := document.Section{ID: "bewaren", Title: c.say(kSafeTitle), Role: document.RoleSafe}
	if t := c.theirs("bewaren"); len(t) > 0 {
		s.Blocks = append(s.Blocks, t...)
	} else {
		s.Blocks = append(s.Blocks, para(c.say(kSafeText)), para(c.say(kSafePaper)))
	}
	s.Blocks = append(s.Blocks, para(c.say(kSafeCode)))
	return s
}

// about holds what somebody needs who wants to check this copy years later.
func (c *composer) about() document.Section {
	f := document.Fields{}
	add := func(label key, value document.Inline) {
		f.Items = append(f.Items, document.Field{Label: c.say(label), Value: []document.Inline{value}})
	}
	if c.o.BundleID != "" {
		add(kAboutId, document.Code(c.o.BundleID))
	}
	add(kAboutMade, document.Text(c.moment(c.made())))
	if c.o.Program != "" {
		add(kAboutProgram, document.Text(c.o.Program))
	}
	add(kAboutPortal, c.portalLink())
	if sum := c.v.Work().Terms.SHA256; sum != "" {
		add(kAboutTermsDigest, document.Code(sum))
	}
	s := document.Section{ID: "over-deze-kopie", Title: c.say(kAboutTitle), Role: document.RoleAbout}
	s.Blocks = append(s.Blocks, f, para(c.say(kAboutAsWritten)))
	s.Blocks = append(s.Blocks, c.sources()...)
	s.Blocks = append(s.Blocks, heading(2, c.say(kAboutInside)), lines(c.inside()))
	s.Blocks = append(s.Blocks, heading(2, c.say(kAboutCheck)), para(c.say(kAboutCheckText)))
	return s
}

// portalLink is the portal's name and place: the only address of a portal that
// leads outside (A3).
func (c *composer) portalLink() document.Inline {
	name := prose.Clean(firstOf(c.p.FullName, c.p.Name))
	if c.p.URL == "" {
		return document.Text(name)
	}
	return document.Link{URL: c.p.URL, Text: text(name + " (" + c.p.URL + ")")}
}

// sources names the systems that the shown items came from, with their number.
func (c *composer) sources() []document.Block {
	n := map[string]int{}
	for _, p := range c.parts {
		for i := range p.items {
			seen := ""
			for _, src := range p.items[i].Sources {
				if src.System != "" && src.System != seen {
					n[prose.Clean(src.System)]++
					seen = src.System
				}
			}
		}
	}
	if len(n) == 0 {
		return nil
	}
	var names []string
	for _, system := range slices.Sorted(maps.Keys(n)) {
		names = append(names, c.count(kAboutSource, n[system], "system", system))
	}
	return []document.Block{heading(2, c.say(kAboutSources)), lines(names)}
}

// inside lists the files of the package.
func (c *composer) inside() []string {
	out := []string{c.say(kAboutPdf), c.say(kAboutHtml), c.say(kAboutJson)}
	if c.o.FHIR {
		out = append(out, c.say(kAboutFHIR))
	}
	if n := c.filesInside(); n > 0 {
		out = append(out, c.count(kAboutFiles, n))
	}
	return append(out, c.say(kAboutReadme), c.say(kAboutManifest))
}

func (c *composer) filesInside() int {
	if c.o.Media == nil {
		return 0
	}
	n := 0
	for _, f := range c.o.Media.Files() {
		if f.Missing == "" {
			n++
		}
	}
	return n
}
