package compose

import (
	"strings"
	"unicode/utf8"

	"inzage/internal/document"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/prose"
)

// lineWidth is how many characters a line of plain text has at most.
const lineWidth = 72

// ReadMe writes LEESMIJ.txt: how to open the copy, what is in it, whom to call.
// Plain UTF-8 text with line feeds, wrapped at 72 characters, and no name in it.
func ReadMe(v policy.View, p *portal.Portal, o Options) ([]byte, error) {
	c, err := newComposer(v, p, o)
	if err != nil {
		return nil, err
	}
	w := &plainText{}
	name := prose.Clean(p.Name)
	w.title(c.say(kReadmeTitle))
	w.para(c.title() + ". " + prose.Clean(p.Organisation) + ", " + name + ".")
	w.para(c.say(kReadmeState, "moment", c.moment(v.AsOf())))
	for _, b := range c.theirs("leesmij") {
		w.para(prose.Text([]document.Block{b}))
	}
	w.title(c.say(kReadmeOpen))
	w.para(c.say(kReadmeOpenText))
	w.title(c.say(kReadmeInside))
	w.list(c.inside())
	w.title(c.say(kReadmeQuestions))
	w.para(c.choose(kReadmeQuestionsText, kReadmeQuestionsTextOther,
		"organisation", prose.Clean(p.Organisation), "phone", p.Phone, "role", c.explainer()))
	if p.EmergencyPhone != "" {
		w.title(c.say(kReadmeEmergency))
		w.para(c.say(kCoverEmergencyCall, "phone", p.EmergencyPhone, "portal", name))
	}
	w.title(c.say(kReadmeSafe))
	w.para(c.say(kSafeText))
	w.para(c.say(kSafeCode))
	return []byte(w.b.String()), nil
}

// plainText lays out text without markup.
type plainText struct{ b strings.Builder }

func (w *plainText) title(s string) {
	w.b.WriteString(s + "\n" + strings.Repeat("-", utf8.RuneCountInString(s)) + "\n\n")
}

func (w *plainText) para(s string) {
	w.wrap(s, "", "")
	w.b.WriteByte('\n')
}

func (w *plainText) list(items []string) {
	for _, s := range items {
		w.wrap(s, "- ", "  ")
	}
	w.b.WriteByte('\n')
}

// wrap breaks at spaces; a word longer than a line stays whole.
func (w *plainText) wrap(s, first, next string) {
	line := first
	width := utf8.RuneCountInString(first)
	start := true
	for _, word := range strings.Fields(s) {
		n := utf8.RuneCountInString(word)
		if !start && width+1+n > lineWidth {
			w.b.WriteString(line + "\n")
			line, width, start = next, utf8.RuneCountInString(next), true
		}
		if !start {
			line += " "
			width++
		}
		line += word
		width += n
		start = false
	}
	w.b.WriteString(line + "\n")
}
