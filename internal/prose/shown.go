package prose

import (
	"slices"
	"strconv"
	"strings"

	"inzage/internal/document"
	"inzage/internal/dossier"
)

// Shown is a text as a reader sees it, and nothing else that stands in it: no
// comment, attribute, address that is not shown, hidden definition or unknown
// element. Plain text stays as it is; the rest becomes plain text where that says
// the same, else HTML of a few elements without attributes. [Blocks] makes the
// same words of it.
func Shown(format dossier.Format, text string) (dossier.Format, string) {
	if format != dossier.Markdown && format != dossier.HTML {
		return "", text
	}
	blocks := Blocks(format, text)
	if s, ok := onlyLines(blocks); ok {
		return "", s
	}
	var b strings.Builder
	writeHTML(&b, blocks)
	return dossier.HTML, b.String()
}

// onlyLines is text that is paragraphs of plain lines; false when it is more.
func onlyLines(blocks []document.Block) (string, bool) {
	var paras []string
	for _, x := range blocks {
		p, ok := x.(document.Para)
		if !ok {
			return "", false
		}
		line, before := "", true // before: the line before was ended
		for _, in := range p.Text {
			switch in := in.(type) {
			case document.Text:
				if before && strings.TrimSpace(string(in)) == "" {
					return "", false
				}
				line, before = line+string(in), false
			case document.Break:
				if before {
					return "", false // an empty line would end the paragraph
				}
				line, before = line+"\n", true
			default:
				return "", false
			}
		}
		paras = append(paras, line)
	}
	return strings.Join(paras, "\n\n"), true
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func writeHTML(b *strings.Builder, blocks []document.Block) {
	for _, x := range blocks {
		switch x := x.(type) {
		case document.Quote:
			b.WriteString("<blockquote>")
			writeHTML(b, x.Blocks)
			b.WriteString("</blockquote>")
		case document.List:
			writeList(b, x)
		case document.Table:
			writeTableHTML(b, x)
		case document.Para:
			writePara(b, x.Text)
		default: // client text makes no other; its words stay
			b.WriteString("<p>" + escape.Replace(Text([]document.Block{x})) + "</p>")
		}
	}
}

// writePara sets lines of code as lines, everything else as a paragraph.
func writePara(b *strings.Builder, in []document.Inline) {
	lines := !slices.ContainsFunc(in, func(x document.Inline) bool {
		switch x.(type) {
		case document.Code, document.Break:
			return false
		}
		return true
	})
	if lines {
		b.WriteString("<pre>" + escape.Replace(InlineText(in)) + "</pre>")
		return
	}
	b.WriteString("<p>")
	inlineHTML(b, in)
	b.WriteString("</p>")
}

func writeList(b *strings.Builder, l document.List) {
	name := "ul"
	if l.Ordered {
		name = "ol"
	}
	b.WriteString("<" + name)
	if l.Ordered && l.Start > 1 {
		b.WriteString(` start="` + strconv.Itoa(l.Start) + `"`)
	}
	b.WriteString(">")
	for _, it := range l.Items {
		b.WriteString("<li>")
		writeHTML(b, it)
		b.WriteString("</li>")
	}
	b.WriteString("</" + name + ">")
}

func writeTableHTML(b *strings.Builder, t document.Table) {
	b.WriteString("<table>")
	heads := false
	for _, c := range t.Columns {
		heads = heads || c.Head != ""
	}
	if heads {
		b.WriteString("<tr>")
		for _, c := range t.Columns {
			b.WriteString("<th>" + escape.Replace(c.Head) + "</th>")
		}
		b.WriteString("</tr>")
	}
	for _, g := range t.Groups {
		for _, r := range g.Rows {
			b.WriteString("<tr>")
			for _, c := range r {
				b.WriteString("<td>")
				inlineHTML(b, c.Text)
				b.WriteString("</td>")
			}
			b.WriteString("</tr>")
		}
	}
	b.WriteString("</table>")
}

func inlineHTML(b *strings.Builder, in []document.Inline) {
	around := func(name string, in []document.Inline) {
		b.WriteString("<" + name + ">")
		inlineHTML(b, in)
		b.WriteString("</" + name + ">")
	}
	for _, x := range in {
		switch x := x.(type) {
		case document.Text:
			b.WriteString(escape.Replace(string(x)))
		case document.Code:
			b.WriteString("<code>" + escape.Replace(string(x)) + "</code>")
		case document.Break:
			b.WriteString("<br>")
		case document.Strong:
			around("strong", x.Text)
		case document.Emph:
			around("em", x.Text)
		default:
			b.WriteString(escape.Replace(InlineText([]document.Inline{x})))
		}
	}
}
