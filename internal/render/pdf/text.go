package pdf

import (
	"strings"
	"unicode/utf8"

	"inzage/internal/document"
	"inzage/internal/render/pdf/face"
)

// A text is a paragraph's words as one string with the runs of style over it.
// A newline in s is a forced break and nothing else.
type text struct {
	s    string
	runs []run
}

// A run is s[previous end:end] in one style. Runs of one link or reference share
// a group number above zero.
type run struct {
	end    int
	style  *style
	group  int
	url    string // a Link's address
	ref    string // a Ref's anchor
	lang   string // where it differs from the document's
	pageOf string // the run is a page number of this anchor, set in reserved digits
}

// reserved stands for a page number while lines are broken: the number itself is
// known only after pages are, and may not move a line.
const reserved = "000"

// plain makes a text of one style.
func plain(s string, st *style) text {
	s = clean(s)
	if s == "" {
		return text{}
	}
	return text{s: s, runs: []run{{end: len(s), style: st}}}
}

// clean makes a string safe to set on a line: valid UTF-8 and one line of it.
// Soft hyphens, which have no width of their own, are dropped.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexFunc(s, odd) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0xAD:
			return -1
		case r < 0x20 || r == 0x2028 || r == 0x2029 || r == 0x85:
			return ' '
		}
		return r
	}, s)
}

func odd(r rune) bool {
	return r < 0x20 || r == 0xAD || r == 0x2028 || r == 0x2029 || r == 0x85
}

// A weaver turns inlines into a text.
type weaver struct {
	*fonts
	b      strings.Builder
	runs   []run
	groups int
	words  document.Words
	lang   string // of the document
	bare   bool   // references without their page: the table of contents has them
}

// weave sets inlines in a base style.
func (l *layout) weave(in []document.Inline, base *style) text {
	if len(in) == 1 {
		if t, ok := in[0].(document.Text); ok {
			return plain(string(t), base)
		}
	}
	w := weaver{fonts: l.fonts, words: l.doc.Words, bare: l.bare, lang: l.doc.Lang}
	w.add(in, run{style: base}, 0)
	return text{s: w.b.String(), runs: w.runs}
}

// deepest bounds the nesting of inlines and of blocks. Words of inlines that lie
// deeper are set like their parent's; blocks never come so deep from package prose.
const deepest = 64

func (w *weaver) add(in []document.Inline, at run, depth int) {
	for _, x := range in {
		w.one(x, at, depth)
	}
}

func (w *weaver) one(x document.Inline, at run, depth int) {
	nested := func(in []document.Inline) {
		if depth < deepest {
			w.add(in, at, depth+1)
			return
		}
		w.put(clean(document.PlainText(in)), at)
	}
	switch x := x.(type) {
	case document.Text:
		w.put(clean(string(x)), at)
	case document.Code:
		at.style = w.mono(at.style)
		w.put(clean(string(x)), at)
	case document.Break:
		w.put("\n", at)
	case document.Strong:
		at.style = w.bold(at.style)
		nested(x.Text)
	case document.Emph:
		at.style = w.italic(at.style)
		nested(x.Text)
	case document.Lang:
		at.lang = w.language(x.Tag, at.lang)
		nested(x.Text)
	case document.Link:
		w.link(&at)
		at.url = x.URL
		nested(x.Text)
	case document.Ref:
		if x.ID == allPages {
			at.pageOf = allPages
			w.put(reserved, at)
			return
		}
		w.link(&at)
		at.ref = x.ID
		nested(x.Text)
		w.page(x.ID, at)
	}
}

// language is what a passage with a tag is marked as, within a passage of another:
// nothing for the document's own language, and what is around it for what is no
// tag (RFC 5646: letters and digits, eight at most between hyphens).
func (w *weaver) language(tag, around string) string {
	if strings.EqualFold(tag, w.lang) {
		return ""
	}
	for i, part := range strings.Split(tag, "-") {
		if len(part) == 0 || len(part) > 8 || i == 0 && strings.Trim(part, letters) != "" || strings.Trim(part, letters+"0123456789") != "" {
			return around
		}
	}
	return tag
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// link starts a new group in the accent colour, unless one is open: a link in a
// link is one link.
func (w *weaver) link(at *run) {
	if at.group > 0 {
		return
	}
	w.groups++
	at.group = w.groups
	at.style = w.accent(at.style)
}

// page adds " (pagina 000)" after a reference.
func (w *weaver) page(id string, at run) {
	if w.words.Page == "" || w.bare {
		return
	}
	w.put(" ("+clean(w.words.Page)+"\u00a0", at)
	num := at
	num.pageOf = id
	w.put(reserved, num)
	w.put(")", at)
}

// put appends s, joining it to the run before when nothing differs.
func (w *weaver) put(s string, at run) {
	if s == "" {
		return
	}
	if strings.HasPrefix(at.url, "tel:") {
		s = strings.ReplaceAll(s, " ", "\u00a0") // a number to dial is read in one go
	}
	s = w.takeMarks(s)
	if s == "" {
		return
	}
	w.b.WriteString(s)
	at.end = w.b.Len()
	if n := len(w.runs); n > 0 {
		last := w.runs[n-1]
		last.end = at.end
		if last == at {
			w.runs[n-1].end = at.end
			return
		}
	}
	w.runs = append(w.runs, at)
}

// takeMarks gives the marks at the head of s to the run before, which has their
// letter, and returns the rest: bold may begin at a mark, a letter is of one style.
func (w *weaver) takeMarks(s string) string {
	n := len(w.runs)
	if n == 0 || w.runs[n-1].pageOf != "" || strings.HasSuffix(w.b.String(), "\n") {
		return s
	}
	k := 0
	for i, r := range s {
		if k = i; !face.Extends(r) {
			break
		}
		k = len(s)
	}
	if k > 0 {
		w.b.WriteString(s[:k])
		w.runs[n-1].end = w.b.Len()
	}
	return s[k:]
}
