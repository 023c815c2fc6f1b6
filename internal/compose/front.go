package compose

import (
	"strconv"
	"strings"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/portal"
	"inzage/internal/prose"
)

// cover is the first page: what this is, whose, for whom, as of when (RULES 3),
// who explains (C2) and whom to call in an emergency (B12). Of the birth date
// only the year stands here.
func (c *composer) cover() document.Cover {
	k := document.Cover{
		Organisation: prose.Clean(c.p.Organisation),
		Kind:         c.title(),
		Facts:        c.coverFacts(),
		PagesLabel:   c.say(kCoverPages),
		Questions:    c.questions(),
		Emergency:    c.emergency(),
	}
	if name := prose.Clean(c.v.Client().Name); !c.own && name != "" {
		k.Kind = c.say(c.copyKey("named"), "name", name)
	}
	k.Lead = text(c.say(c.copyKey("lead"), "portal", prose.Clean(c.p.Name), "date", c.moment(c.v.AsOf())))
	return k
}

func (c *composer) copyKey(variant string) key {
	return key("copy." + string(c.v.Kind()) + "." + variant)
}

func (c *composer) coverFacts() []document.Field {
	facts := []document.Field{
		field(c.say(kCoverWhose), c.whose()),
		field(c.say(kCoverForWhom), c.forWhom()),
		field(c.say(kCoverAsOf), c.moment(c.v.AsOf())),
		field(c.say(kCoverMade), c.moment(c.made())),
	}
	if s := prose.Clean(c.v.System()); s != "" {
		facts = append(facts, field(c.say(kCoverSystem), s))
	}
	return append(facts, c.termsFact(), field(c.say(kCoverLanguage), c.say(kCoverLanguageName)))
}

func (c *composer) whose() string {
	who := c.v.Client()
	if who.BirthDate.IsZero() {
		return prose.Clean(who.Name)
	}
	return c.say(kCoverWhoseBorn, "name", prose.Clean(who.Name), "year", strconv.Itoa(who.BirthDate.Start().Year()))
}

func (c *composer) forWhom() string {
	r := c.v.Work().Recipient
	if r.Person.Name == "" {
		return c.say(kCoverForArchive, "organisation", prose.Clean(c.p.Organisation))
	}
	return c.say(kCoverForWhomRole, "name", prose.Clean(r.Person.Name), "role", c.roleWord(r.Role))
}

func (c *composer) roleWord(r dossier.Role) string {
	return c.wordOr("role", string(r), prose.Clean(string(r)))
}

// termsFact names the version, and says on this first page when the reader has
// not yet accepted it at a login (A7). Opening the copy accepts nothing.
func (c *composer) termsFact() document.Field {
	t := c.v.Work().Terms
	f := field(c.say(kCoverTerms), c.say(kCoverTermsVersion, "version", t.Version, "date", c.date(t.ValidFrom)))
	if c.pol.TermsAreCondition && !c.v.TermsSeen() {
		f.Value = append(f.Value, document.Break{}, document.Text(c.say(kCoverTermsNotSeen)))
	}
	return f
}

// questions says who explains: the role, the person when the team names one, and the phone.
func (c *composer) questions() *document.Callout {
	role := c.explainer()
	box := &document.Callout{Kind: document.CalloutQuestion, Title: c.say(kCoverQuestions)}
	if name := c.explainerName(); name != "" {
		box.Blocks = append(box.Blocks, para(c.say(kCoverAskNamed, "name", name, "role", role)))
	} else if role != "" {
		box.Blocks = append(box.Blocks, para(c.choose(kCoverAskRole, kCoverAskRoleOther, "role", role)))
	}
	if c.p.Phone != "" {
		box.Blocks = append(box.Blocks, document.Para{Text: c.inline(kCoverCall, "phone", tel(c.p.Phone))})
	}
	if c.p.Email != "" {
		to := document.Link{URL: "mailto:" + c.p.Email, Text: text(c.p.Email)}
		box.Blocks = append(box.Blocks, document.Para{Text: c.inline(kCoverMail, "email", to)})
	}
	if c.p.PhoneHours != "" {
		box.Blocks = append(box.Blocks, small(c.say(kCoverHours, "hours", c.portalWord(c.p.PhoneHours))))
	}
	return box
}

// explainer is the portal's word for who explains, such as "EVV'er".
func (c *composer) explainer() string {
	return c.portalWord(c.p.Explainer.Role)
}

// portalWord is what the organisation calls something, in the copy's language if
// the portal's settings have it.
func (c *composer) portalWord(s string) string { return portalWord(c.p, c.lang, s) }

func portalWord(p *portal.Portal, lang, s string) string {
	if w := p.InEnglish[s]; lang == "en" && w != "" {
		s = w
	}
	return prose.Clean(s)
}

// explainerName is the team member whose role is the explainer's, if the record names one.
func (c *composer) explainerName() string {
	for _, part := range c.parts {
		if part.id != dossier.SectionTeam {
			continue
		}
		for _, it := range part.items {
			if c.explains(&it) {
				return prose.Clean(firstOf(it.Title, it.Author.Name))
			}
		}
	}
	return ""
}

// explains reports whether a team member has the explainer's role, in whichever
// place the record says what somebody's role is.
func (c *composer) explains(it *dossier.Item) bool {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "’", "'")) }
	is := func(role string) bool {
		return role != "" && (plain(role) == plain(c.p.Explainer.Role) || plain(role) == plain(c.p.Explainer.RoleShort))
	}
	for i := range it.Body {
		if is(it.Body[i].Text) {
			return true
		}
	}
	return is(it.Author.Role) || is(it.Kind) || is(it.Discipline)
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

// emergency is the box "Spoed? Bel …", where the portal has a number.
func (c *composer) emergency() *document.Callout {
	if c.p.EmergencyPhone == "" {
		return nil
	}
	say := c.inline(kCoverEmergencyCall, "phone", tel(c.p.EmergencyPhone), "portal", prose.Clean(c.p.Name))
	return &document.Callout{
		Kind: document.CalloutEmergency, Title: c.say(kCoverEmergency),
		Blocks: []document.Block{document.Para{Text: say}},
	}
}

// tel makes a number that a phone can call; the reader sees it as the portal writes it.
func tel(number string) document.Inline {
	digits := make([]byte, 0, len(number))
	for i := 0; i < len(number); i++ {
		if ch := number[i]; ch >= '0' && ch <= '9' || ch == '+' && len(digits) == 0 {
			digits = append(digits, ch)
		}
	}
	return document.Link{URL: "tel:" + string(digits), Text: text(number)}
}

// ownRisk is the page before anything of the record (C1): the organisation's
// text, word for word, and whom to call when something hurts.
func (c *composer) ownRisk() document.Section {
	theirs, blocks := c.p.Disclaimer, c.dutch(c.p.Disclaimer.Blocks)
	if en, ok := c.p.Text(theirs.Key, c.lang); ok && en.SHA256 != theirs.SHA256 {
		theirs, blocks = en, en.Blocks
	}
	s := document.Section{
		ID: "eigen-risico", Title: firstOf(theirs.Title, c.say(kOwnRiskTitle)),
		Role: document.RoleOwnRisk, OwnPage: true, Narrow: true,
	}
	if !c.pol.TermsAreCondition {
		s.Blocks = append(s.Blocks, lead(c.say(kOwnRiskInformation)))
	}
	s.Blocks = append(s.Blocks, blocks...)
	if c.p.Phone != "" && c.explainer() != "" && !strings.Contains(prose.Text(blocks), c.p.Phone) {
		call := c.choose(kOwnRiskHelpCall, kOwnRiskHelpCallOther, "role", c.explainer(), "phone", c.p.Phone)
		s.Blocks = append(s.Blocks, document.Callout{
			Kind: document.CalloutQuestion, Title: c.say(kOwnRiskHelp), Blocks: []document.Block{para(call)},
		})
	}
	return s
}

// dutch marks a text of the organisation or the record, word for word, as Dutch
// in a document of another language.
func (c *composer) dutch(blocks []document.Block) []document.Block {
	return inLanguage("nl", c.lang, blocks)
}

// guide says how to read, ask, correct and complain, in short blocks: the
// organisation's text where it has one, ours where it has not (A4, C7, C8).
func (c *composer) guide() document.Section {
	s := document.Section{ID: "lezen", Title: c.say(kGuideTitle), Role: document.RoleGuide, OwnPage: true}
	add := func(blocks ...document.Block) { s.Blocks = append(s.Blocks, blocks...) }
	name := prose.Clean(c.p.Name)

	add(c.ownOr("doel", kGuidePurpose, c.say(kGuidePurposeText, "record", c.told, "portal", name))...)
	if c.has("doel") && !c.says("doel", c.say(kGuideReplacesWord)) {
		add(para(c.say(kGuideReplaces))) // A4, also when the organisation's text is silent
	}
	add(c.ownOr("lezen", kGuideRead, c.say(kGuideReadText))...)
	if c.has("lezen") {
		add(para(c.say(kGuideOrder)))
	}
	add(c.stateOfRecord()...)
	add(c.ownOr("vragen", kGuideAsk, c.say(kGuideAskText, "role", c.explainer(), "phone", c.p.Phone))...)
	add(c.ownOr("verbeteren", kGuideCorrect, c.say(kGuideCorrectText, "role", c.explainer()))...)
	if n := c.p.Correction.Days; n > 0 && !c.says("verbeteren", c.number(n)) {
		add(para(c.count(kGuideCorrectDays, n)))
	}
	add(c.ownOr("klagen", kGuideComplain, c.say(kGuideComplainText, "role", c.explainer()))...)
	add(c.complaints()...)
	if c.pol.TermsAreCondition && c.has("weigeren") {
		add(c.ownOr("weigeren", kGuideRefuse, "")...)
	}
	add(c.privacy()...)
	return s
}

// stateOfRecord says as of when, by which system, and that errors are possible (C7).
func (c *composer) stateOfRecord() []document.Block {
	at := c.moment(c.v.AsOf())
	state := c.say(kGuideState, "moment", at)
	if system := prose.Clean(c.v.System()); system != "" {
		state = c.say(kGuideStateSystem, "moment", at, "system", system)
	}
	out := []document.Block{para(state), para(c.say(kGuideAccuracy))}
	if c.lang != "nl" {
		out = append(out, para(c.say(kGuideDutch)))
	}
	return out
}

// has reports whether the organisation has a text of that name.
func (c *composer) has(name string) bool { return len(c.theirs(name)) > 0 }

// theirs is the organisation's text of that name: in the document's language
// where there is one, else in Dutch and marked so.
func (c *composer) theirs(name string) []document.Block {
	t, _ := c.p.Text(name, c.lang)
	if nl, _ := c.p.Text(name, "nl"); nl.SHA256 == t.SHA256 {
		return c.dutch(t.Blocks)
	}
	return t.Blocks
}

// says reports whether the organisation's own text of that name holds a word,
// so that ours does not repeat it.
func (c *composer) says(name, word string) bool {
	return strings.Contains(strings.ToLower(prose.Text(c.theirs(name))), word)
}

// ownOr is a heading with the organisation's text of that name, or with ours.
func (c *composer) ownOr(name string, title key, ours string) []document.Block {
	blocks := c.theirs(name)
	ourTitle := c.say(title, "portal", prose.Clean(c.p.Name))
	if len(blocks) == 0 {
		return []document.Block{heading(2, ourTitle), para(ours)}
	}
	t, _ := c.p.Text(name, c.lang)
	return append([]document.Block{heading(2, firstOf(t.Title, ourTitle))}, lower(blocks, 3)...)
}

// lower keeps headings of a text below the level of the place it stands in.
func lower(blocks []document.Block, top int) []document.Block {
	shift := 0
	for _, b := range blocks {
		if h, ok := b.(document.Heading); ok {
			shift = max(shift, top-h.Level)
		}
	}
	if shift == 0 {
		return blocks
	}
	out := make([]document.Block, len(blocks))
	for i, b := range blocks {
		if h, ok := b.(document.Heading); ok {
			h.Level = min(h.Level+shift, 4)
			b = h
		}
		out[i] = b
	}
	return out
}

// complaints lists where a complaint can go.
func (c *composer) complaints() []document.Block {
	if len(c.p.Complaints) == 0 {
		return nil
	}
	f := document.Fields{}
	for _, k := range c.p.Complaints {
		v := []document.Inline{}
		add := func(in document.Inline) {
			if len(v) > 0 {
				v = append(v, document.Break{})
			}
			v = append(v, in)
		}
		if k.Name != "" {
			add(document.Text(k.Name))
		}
		if k.Phone != "" {
			add(tel(k.Phone))
		}
		if k.URL != "" {
			add(document.Link{URL: k.URL, Text: text(k.URL)})
		}
		f.Items = append(f.Items, document.Field{Label: capital(c.portalWord(k.Role)), Value: v})
	}
	return []document.Block{f}
}

// privacy leads to the organisation's privacy statement (A10).
func (c *composer) privacy() []document.Block {
	if c.p.PrivacyURL == "" {
		return nil
	}
	to := document.Link{URL: c.p.PrivacyURL, Text: text(c.p.PrivacyURL)}
	return []document.Block{
		para(c.say(kGuidePrivacy)),
		document.Para{Text: c.inline(kGuidePrivacyLink, "link", to), Small: true},
	}
}
