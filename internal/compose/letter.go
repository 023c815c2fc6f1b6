package compose

import (
	"strings"
	"time"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/portal"
	"inzage/internal/prose"
)

// A LetterTo is who gets an access code, and the code. It is the one thing in
// this package that holds a secret: what [Letter] makes of it is for the
// operator's own printer and goes into no bundle and no store.
type LetterTo struct {
	Person   dossier.Person
	Role     dossier.Role
	Language string
	Code     string // seven groups of four, joined by hyphens
	Again    bool   // it replaces an earlier code
	Made     time.Time
	Window   document.Window
}

// Letter writes the letter that brings an access code: what it is for, how to
// use it in three steps, the code, what to do when it does not work.
func Letter(to LetterTo, p *portal.Portal) *document.Letter {
	l := letter{catalogue: wordsIn(to.Language), to: to, p: p}
	name := prose.Clean(p.Name)
	return &document.Letter{
		Lang: l.lang, Title: l.say(kLetterTitle, "portal", name), Made: to.Made, Theme: p.Theme,
		Organisation: prose.Clean(p.Organisation), Window: to.Window, To: l.address(),
		Date: l.date(dossier.DayOf(to.Made)), Subject: l.say(kLetterTitle, "portal", name),
		Intro: l.intro(), Before: l.steps(), Code: l.code(), After: l.after(),
		Words: document.Words{Page: l.say(kRendererPage), Continued: l.say(kRendererContinued)},
	}
}

type letter struct {
	*catalogue
	to LetterTo
	p  *portal.Portal
}

func (l letter) address() []string {
	out := []string{prose.Clean(l.to.Person.Name)}
	for _, s := range l.to.Person.Address {
		if s = strings.Join(strings.Fields(prose.Clean(s)), " "); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// mine reports whether the reader is the client.
func (l letter) mine() bool { return l.to.Role == dossier.RoleClient }

func (l letter) intro() []document.Block {
	var out []document.Block
	if t, ok := l.p.Text("brief", l.lang); ok {
		out = append(out, t.Blocks...)
	}
	what := kLetterWhatOther
	if l.mine() {
		what = kLetterWhat
	}
	out = append(out, para(l.say(what, "portal", prose.Clean(l.p.Name))))
	if l.to.Again {
		out = append(out, para(l.say(kLetterAgain)))
	}
	return out
}

func (l letter) steps() []document.Part {
	first := l.say(kLetterOpen)
	if l.p.FallbackURL != "" {
		first = l.say(kLetterOpenOr, "url", shown(l.p.FallbackURL))
	}
	steps := lines([]string{first, l.say(kLetterType), l.say(kLetterRead)})
	steps.Ordered = true
	return []document.Part{{Title: l.say(kLetterHow), Blocks: []document.Block{steps}}}
}

// shown is an address as people type it.
func shown(url string) string { return strings.TrimSuffix(strings.TrimPrefix(url, "https://"), "/") }

// code is the box with the code. The square holds it in the fragment of the
// page's address, which a browser never sends; without a page, the code alone.
func (l letter) code() document.CodeBox {
	groups := strings.Split(l.to.Code, "-")
	b := document.CodeBox{Label: l.say(kLetterCode), Scan: l.to.Code, Alt: l.say(kLetterScanCode)}
	if n := len(groups); n > 4 {
		b.Lines = []string{strings.Join(groups[:4], "-"), strings.Join(groups[4:], "-")}
	} else {
		b.Lines = []string{l.to.Code}
	}
	if l.p.FallbackURL != "" {
		b.Scan, b.Alt = l.p.FallbackURL+"#"+l.to.Code, l.say(kLetterScan)
		b.Note = l.say(kLetterScanNote)
	}
	return b
}

func (l letter) after() []document.Part {
	org := prose.Clean(l.p.Organisation)
	call := l.say(kLetterCall, "organisation", org, "phone", l.p.Phone)
	if l.p.PhoneHours != "" {
		call = l.say(kLetterCallHours, "organisation", org, "phone", l.p.Phone, "hours", portalWord(l.p, l.lang, l.p.PhoneHours))
	}
	return []document.Part{
		{Title: l.say(kLetterFails), Blocks: []document.Block{para(l.say(kLetterFailsText)), para(call)}},
		{Title: l.say(kLetterSafe), Blocks: []document.Block{para(l.say(kLetterSafeText)), para(l.say(kLetterLost))}},
	}
}
