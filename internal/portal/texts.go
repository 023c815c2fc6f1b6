package portal

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/prose"
)

const (
	termsDir       = "voorwaarden"
	disclaimerFile = "eigen-risico.md"
	article15Dir   = "artikel-15"
	textsDir       = "teksten"
)

// RequiredTexts are the keys of the texts a portal must have: what it is for,
// how to read, ask, correct, complain and refuse, how reports are meant, how to
// keep a copy safe, and the note in the bundle.
func RequiredTexts() []string {
	return []string{"bewaren", "doel", "klagen", "leesmij", "lezen", "rapportages", "verbeteren", "vragen", "weigeren"}
}

// optionalTexts are the keys of texts a portal may have: its own words at the
// head of the letter that brings an access code.
func optionalTexts() []string { return []string{"brief"} }

// article15Letters are the parts of AVG art. 15 lid 1, and i for lid 2.
var article15Letters = map[string]string{
	"a": "purposes", "b": "categories of data", "c": "recipients", "d": "period of storage", "e": "rights",
	"f": "complaint to the supervisor", "g": "source of the data", "h": "automated decisions", "i": "transfer, lid 2",
}

func englishName(file string) string { return strings.TrimSuffix(file, ".md") + ".en.md" }

// front splits a file into its front matter and its body, with the number of
// lines before the body.
func front(src string) (meta, body string, lines int, ok bool) {
	src = strings.ReplaceAll(src, "\r\n", "\n")
	rest, ok := strings.CutPrefix(src, "---\n")
	if !ok {
		return "", src, 0, false
	}
	meta, body, ok = strings.Cut("\n"+rest, "\n---\n")
	if !ok {
		return "", src, 0, false
	}
	meta = strings.TrimPrefix(meta, "\n")
	return meta, body, strings.Count(meta, "\n") + 3, true
}

// titled takes the first heading of level 1 as the title.
func titled(body string) (title, rest string) {
	trimmed := strings.TrimLeft(body, "\n")
	line, rest, _ := strings.Cut(trimmed, "\n")
	if t, ok := strings.CutPrefix(line, "# "); ok {
		return prose.Clean(strings.TrimSpace(t)), rest
	}
	return "", body
}

// terms reads every version of the terms of use.
func (l *loader) terms() {
	byDay := map[string]string{}
	for _, file := range l.within(termsDir) {
		if !strings.HasSuffix(file, ".md") {
			l.fault(file, 0, "is not a .md file")
			continue
		}
		t, ok := l.version(file)
		if !ok {
			continue
		}
		day := t.ValidFrom.String()
		if before, twice := byDay[day]; twice {
			l.fault(file, 0, "holds from the same day as "+before)
			continue
		}
		byDay[day] = file
		l.p.Terms = append(l.p.Terms, t)
	}
	slices.SortStableFunc(l.p.Terms, func(a, b Terms) int { return a.ValidFrom.Compare(b.ValidFrom) })
	if len(l.within(termsDir)) == 0 {
		l.fault(termsDir, 0, "no terms of use: a version <valid-from>.md is needed")
	}
}

func (l *loader) version(file string) (Terms, bool) {
	src := l.files[file]
	meta, body, lines, ok := front(string(src))
	if !ok {
		l.fault(file, 1, "no front matter between --- lines (version, valid_from, language)")
		return Terms{}, false
	}
	n := parseYAML(l, file, []byte(meta), 1)
	if n == nil {
		return Terms{}, false
	}
	s := l.section(file, "", n)
	t := Terms{
		Version: s.str("version", "name of this version"), Language: s.choice("language", "nl or en", "nl", "en"),
		URL: s.url("url", ""), Retrieved: s.day("retrieved", ""), ValidFrom: s.day("valid_from", "first day of this version"),
		Sample: s.boolean("sample"), SHA256: digestOf(src),
	}
	s.done()
	if want := strings.TrimSuffix(path.Base(file), ".md"); !t.ValidFrom.IsZero() && t.ValidFrom.String() != want {
		s.fault("valid_from", "differs from the file's name")
	}
	t.Title, body = titled(body)
	t.Blocks = prose.MarkdownTrusted([]byte(body))
	if t.Title == "" {
		l.fault(file, lines, "no title (# …)")
	}
	if strings.TrimSpace(prose.Text(t.Blocks)) == "" {
		l.fault(file, lines, "no text")
	}
	l.exclusion(file, string(src))
	return t, !t.ValidFrom.IsZero()
}

func (s *section) day(key, what string) dossier.Date {
	v := s.str(key, what)
	d, err := dossier.ParseDate(v)
	if v != "" && (err != nil || d.Precision() != dossier.Day) {
		s.fault(key, "must be a day such as 2026-01-31")
		return dossier.Date{}
	}
	return d
}

var (
	excludes  = regexp.MustCompile(`(?i)(niet|geen)\s+aansprakelijk|sluit\s+(\S+\s+)?aansprakelijkheid|not\s+liable|no\s+liability`)
	exception = regexp.MustCompile(`(?is)(opzet|intent).{0,60}(bewust\S*\s+roekelo|(conscious|wilful)\s+reckless)`)
)

// exclusion refuses an exclusion of liability that has lost its exception:
// nobody can exclude intent or wilful recklessness (RULES C17).
func (l *loader) exclusion(file, src string) {
	if at := excludes.FindStringIndex(src); at != nil && !exception.MatchString(src) {
		l.fault(file, lineAt(src, at[0]), "excludes liability without the exception for intent or wilful recklessness")
	}
}

func lineAt(src string, at int) int { return strings.Count(src[:at], "\n") + 1 }

// text reads one text of the organisation.
func (l *loader) text(file, key, lang string) Text {
	src := l.files[file]
	if strings.HasPrefix(string(src), "---\n") {
		l.fault(file, 1, "front matter belongs to terms only")
	}
	t := Text{Key: key, Language: lang, SHA256: digestOf(src)}
	body := strings.ReplaceAll(string(src), "\r\n", "\n")
	t.Title, body = titled(body)
	t.Blocks = prose.MarkdownTrusted([]byte(body))
	if t.Title == "" {
		l.fault(file, 1, "no title (# …)")
	}
	if strings.TrimSpace(prose.Text(t.Blocks)) == "" {
		l.fault(file, 1, "no text")
	}
	return t
}

// disclaimer reads the own-risk text; without it nothing is made (RULES C1).
func (l *loader) disclaimer() {
	src, ok := l.files[disclaimerFile]
	if !ok {
		l.fault(disclaimerFile, 0, "missing: nothing may be made without the own-risk text")
		return
	}
	l.p.Disclaimer = l.text(disclaimerFile, "eigen-risico", "nl")
	l.exclusion(disclaimerFile, string(src))
	if en := englishName(disclaimerFile); l.files[en] != nil {
		l.english(en, "eigen-risico")
	}
}

func (l *loader) english(file, key string) {
	if l.p.English == nil {
		l.p.English = map[string]Text{}
	}
	l.p.English[key] = l.text(file, key, "en")
}

// each gives every text of a folder with its key, translations apart.
func (l *loader) each(folder string, dutch func(file, key string)) {
	for _, file := range l.within(folder) {
		key, ok := strings.CutSuffix(path.Base(file), ".md")
		if !ok {
			l.fault(file, 0, "is not a .md file")
			continue
		}
		if of, en := strings.CutSuffix(key, ".en"); en {
			if _, ok := l.files[path.Join(folder, of+".md")]; !ok {
				l.fault(file, 0, "translates a text that is not there")
			}
			l.english(file, of)
			continue
		}
		dutch(file, key)
	}
}

func (l *loader) article15() {
	seen := map[string]string{}
	l.each(article15Dir, func(file, key string) {
		letter, rest, _ := strings.Cut(key, "-")
		switch _, known := article15Letters[letter]; {
		case !known || rest == "":
			l.fault(file, 0, "name must be <letter>-<key>.md with a letter from a to i")
		case seen[letter] != "":
			l.fault(file, 0, "part "+letter+" is also in "+seen[letter])
		default:
			seen[letter] = file
			l.p.Article15 = append(l.p.Article15, l.text(file, key, "nl"))
		}
	})
	for _, letter := range strings.Split("abcdefghi", "") {
		if seen[letter] == "" {
			l.fault(article15Dir, 0, "no text for part "+letter+" of AVG art. 15 ("+article15Letters[letter]+")")
		}
	}
}

func (l *loader) texts() {
	l.p.Texts = map[string]Text{}
	l.each(textsDir, func(file, key string) {
		if !slices.Contains(RequiredTexts(), key) && !slices.Contains(optionalTexts(), key) {
			l.fault(file, 0, "unknown text "+quote(key))
			return
		}
		l.p.Texts[key] = l.text(file, key, "nl")
	})
	for _, key := range RequiredTexts() {
		if _, ok := l.p.Texts[key]; !ok {
			l.fault(textsDir+"/"+key+".md", 0, "missing")
		}
	}
}
