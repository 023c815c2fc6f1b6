package prose

import (
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html/atom"

	"inzage/internal/document"
)

// inlines converts the children of n; beyond MaxDepth emphasis is set flat.
func (c converter) inlines(n ast.Node, depth int) []document.Inline {
	var out []document.Inline
	for k := n.FirstChild(); k != nil; k = k.NextSibling() {
		out = append(out, c.inline(k, depth)...)
	}
	return merge(out)
}

func (c converter) inline(n ast.Node, depth int) []document.Inline {
	switch n := n.(type) {
	case *ast.Text:
		return c.text(n)
	case *ast.String:
		return words(unescape(string(n.Value)))
	case *ast.CodeSpan:
		return []document.Inline{document.Code(Clean(InlineText(c.raw(n))))}
	case *ast.Emphasis:
		in := c.inlines(n, depth+1)
		switch {
		case depth >= MaxDepth:
			return in
		case n.Level == 2:
			return []document.Inline{document.Strong{Text: in}}
		}
		return []document.Inline{document.Emph{Text: in}}
	case *ast.Link:
		return c.link(c.inlines(n, depth+1), unescape(string(n.Destination)))
	case *ast.AutoLink:
		label := words(string(n.Label(c.src)))
		return c.link(label, string(n.URL(c.src)))
	case *ast.Image:
		return picture(InlineText(c.inlines(n, depth+1)))
	case *ast.RawHTML:
		return c.tag(n)
	}
	return c.inlines(n, depth) // strikethrough and what may come: the words stay
}

func (c converter) text(n *ast.Text) []document.Inline {
	out := words(unescape(string(n.Segment.Value(c.src))))
	switch {
	case n.HardLineBreak():
		out = append(out, document.Break{})
	case n.SoftLineBreak():
		out = append(out, document.Text(" "))
	}
	return out
}

// raw is the text of a code span, in which nothing is escaped.
func (c converter) raw(n ast.Node) []document.Inline {
	var out []document.Inline
	for k := n.FirstChild(); k != nil; k = k.NextSibling() {
		if t, ok := k.(*ast.Text); ok {
			v := strings.ReplaceAll(string(t.Segment.Value(c.src)), "\n", " ")
			out = append(out, document.Text(v))
		}
	}
	return out
}

// tag handles a tag amid Markdown text. A known HTML tag is left out, since the
// words it stands around are there, and so is a comment; what only looks like a
// tag is shown.
func (c converter) tag(n *ast.RawHTML) []document.Inline {
	var b strings.Builder
	for i := range n.Segments.Len() {
		seg := n.Segments.At(i)
		b.Write(seg.Value(c.src))
	}
	if strings.HasPrefix(b.String(), "<!--") {
		return nil // a comment, as in HTML
	}
	name := strings.TrimLeft(b.String(), "</")
	if i := strings.IndexAny(name, " \t\n/>"); i >= 0 {
		name = name[:i]
	}
	switch a := atom.Lookup([]byte(strings.ToLower(name))); {
	case a == atom.Br:
		return []document.Inline{document.Break{}}
	case a != 0:
		return nil
	}
	return words(b.String())
}

// link makes a Link where the mode and the address allow, else text with the
// address behind it. An address that could act is left out with a mark.
func (c converter) link(in []document.Inline, url string) []document.Inline {
	if c.links && Linkable(url) {
		return []document.Inline{document.Link{URL: url, Text: in}}
	}
	return address(in, url)
}

// Linkable reports whether an address of the organisation may become a link:
// https, mailto or tel, and nothing hidden in it.
func Linkable(url string) bool {
	low := strings.ToLower(url)
	for _, scheme := range []string{"https://", "mailto:", "tel:"} {
		if rest, ok := strings.CutPrefix(low, scheme); ok {
			return rest != "" && Clean(url) == url && !strings.ContainsAny(url, " \t\n\"<>\\")
		}
	}
	return false
}

// address sets "woord (adres)"; an address that is not plainly one of a page,
// of mail or of a phone is left out: javascript and data say nothing to a reader.
func address(in []document.Inline, url string) []document.Inline {
	url = Clean(strings.TrimSpace(url))
	low := strings.ToLower(url)
	plainURL := strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "http://") ||
		strings.HasPrefix(low, "mailto:") || strings.HasPrefix(low, "tel:")
	said := strings.TrimSpace(InlineText(in))
	bare := strings.TrimPrefix(strings.TrimPrefix(url, "mailto:"), "tel:")
	if !plainURL || said == url || said == bare {
		return in
	}
	if said == "" {
		return []document.Inline{document.Text(bare)}
	}
	return append(in, document.Text(" ("+bare+")"))
}

// picture stands for a picture that is not in the record itself.
func picture(alt string) []document.Inline {
	alt = strings.TrimSpace(alt)
	if alt == "" {
		return []document.Inline{document.Text("[afbeelding]")}
	}
	return []document.Inline{document.Text("[afbeelding: " + alt + "]")}
}

// words is cleaned text as inlines.
func words(s string) []document.Inline {
	if s == "" {
		return nil
	}
	return []document.Inline{document.Text(Clean(s))}
}

// unescape resolves backslash escapes and entities in one pass, as CommonMark
// section 2.4 and 2.5 say.
func unescape(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		switch {
		case s[i] == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]):
			b.WriteByte(s[i+1])
			i += 2
		case s[i] == '&':
			end := entity(s[i:])
			b.WriteString(html.UnescapeString(s[i : i+end]))
			i += end
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String()
}

// entity is the length of the reference that s begins with, or 1 for a mere &.
func entity(s string) int {
	for i := 1; i < min(len(s), 40); i++ {
		switch c := s[i]; {
		case c == ';':
			return i + 1
		case c != '#' && !util.IsAlphaNumeric(c):
			return 1
		}
	}
	return 1
}

// merge joins neighbouring runs of text, so that equal words make equal trees.
func merge(in []document.Inline) []document.Inline {
	var out []document.Inline
	for _, x := range in {
		t, ok := x.(document.Text)
		if ok && len(out) > 0 {
			if before, ok := out[len(out)-1].(document.Text); ok {
				out[len(out)-1] = before + t
				continue
			}
		}
		out = append(out, x)
	}
	return out
}
