package compose

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"inzage/internal/document"
	"inzage/templates"
)

// languages are the languages a document can be in; the first is the default.
var languages = []string{"nl", "en"}

// A key names one message. Keys that code uses by name are the constants of
// keys.go; keys that follow from data, such as "section.metingen.title", are
// looked up with [catalogue.word], which knows what to do when there is none.
type key string

// A part is a run of text or, when name is set, a placeholder.
type part struct{ text, name string }

// A message is one sentence, or two when it depends on a number.
type message struct {
	other []part
	one   []part // nil unless the message has a singular
}

// A catalogue holds all messages of one language. It is read only.
type catalogue struct {
	lang     string
	messages map[key]message
}

// catalogues reads the embedded files once. They are part of the program, and
// a test reads them too, so a fault in them is a fault of the build: it panics.
var catalogues = sync.OnceValue(func() map[string]*catalogue {
	all := make(map[string]*catalogue, len(languages))
	for _, lang := range languages {
		c, err := readCatalogue(lang)
		if err != nil {
			panic(err)
		}
		all[lang] = c
	}
	return all
})

// wordsIn gives the catalogue of a language tag; any tag we do not speak gets Dutch.
func wordsIn(lang string) *catalogue {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if c, ok := catalogues()[base]; ok {
		return c
	}
	return catalogues()[languages[0]]
}

func readCatalogue(lang string) (*catalogue, error) {
	name := "messages/" + lang + ".yaml"
	b, err := templates.Messages.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := yaml.UnmarshalWithOptions(b, &tree, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c := &catalogue{lang: lang, messages: make(map[key]message)}
	if err := c.gather("", tree); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// gather flattens the tree: keys join with dots, a node of "one" and "other" is
// one message with a singular.
func (c *catalogue) gather(at string, tree map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		path := strings.TrimPrefix(at+"."+name, ".")
		switch v := tree[name].(type) {
		case string:
			c.messages[key(path)] = message{other: parse(v)}
		case map[string]any:
			one, isOne := v["one"].(string)
			other, isOther := v["other"].(string)
			if isOne && isOther && len(v) == 2 {
				c.messages[key(path)] = message{one: parse(one), other: parse(other)}
				continue
			}
			if err := c.gather(path, v); err != nil {
				return err
			}
		default:
			return fmt.Errorf("key %s: want text, have %T", path, v)
		}
	}
	return nil
}

// parse splits "Er zijn {n} stukken" at its placeholders.
func parse(s string) []part {
	parts := []part{}
	for {
		before, rest, found := strings.Cut(s, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return append(parts, part{text: s})
		}
		if before != "" {
			parts = append(parts, part{text: before})
		}
		parts = append(parts, part{name: name})
		if after == "" {
			return parts
		}
		s = after
	}
}

// say is the message with its placeholders filled from name and value pairs.
func (c *catalogue) say(k key, pairs ...string) string {
	return fill(c.messages[k].other, pairs)
}

// count is the message for n things, with {n} filled in the reader's notation.
func (c *catalogue) count(k key, n int, pairs ...string) string {
	m := c.messages[k]
	parts := m.other
	if n == 1 && m.one != nil {
		parts = m.one
	}
	return fill(parts, append(pairs, "n", c.number(n)))
}

// word looks a message up whose key follows from data: word("status", "vervallen").
func (c *catalogue) word(family, id string) (string, bool) {
	m, ok := c.messages[key(family+"."+id)]
	if !ok {
		return "", false
	}
	return fill(m.other, nil), true
}

// wordOr is the word, or the data's own word where the catalogue has none.
func (c *catalogue) wordOr(family, id, otherwise string) string {
	if w, ok := c.word(family, id); ok {
		return w
	}
	return otherwise
}

// inline is the message as inlines, for sentences that hold a reference, a link
// or stressed text: the placeholder name becomes in, the others come from pairs.
func (c *catalogue) inline(k key, name string, in document.Inline, pairs ...string) []document.Inline {
	var out []document.Inline
	var run strings.Builder
	for _, p := range c.messages[k].other {
		if p.name != name {
			run.WriteString(fill([]part{p}, pairs))
			continue
		}
		if run.Len() > 0 {
			out = append(out, document.Text(run.String()))
			run.Reset()
		}
		out = append(out, in)
	}
	if run.Len() > 0 {
		out = append(out, document.Text(run.String()))
	}
	return out
}

func fill(parts []part, pairs []string) string {
	if len(parts) == 1 && parts[0].name == "" {
		return parts[0].text
	}
	var b strings.Builder
	for _, p := range parts {
		if p.name == "" {
			b.WriteString(p.text)
			continue
		}
		b.WriteString(valueOf(p.name, pairs))
	}
	return b.String()
}

func valueOf(name string, pairs []string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1]
		}
	}
	return "{" + name + "}" // a test finds calls that leave one open
}
