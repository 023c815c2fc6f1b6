package html

import (
	"bufio"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"inzage/internal/document"
)

// A name is the name of an element or attribute. Only constants of this package
// become names; nothing of a document does.
type name string

// An attr is an attribute. One with an empty value is not written.
type attr struct {
	key   name
	value string
}

func class(v string) attr { return attr{"class", v} }

// dir marks a text that runs from right to left. The browser's own guess (auto)
// goes by the first letter, and would turn a Dutch sentence round that begins with
// a Hebrew name.
func dir(s string) attr {
	if document.RightToLeft(s) {
		return attr{"dir", "rtl"}
	}
	return attr{}
}

// along is dir of running text.
func along(in []document.Inline) attr { return dir(document.PlainText(in)) }

// writer writes elements, and everything in them escaped. It is the only way
// from a string to the page. Write errors are kept by the buffer until Flush.
type writer struct{ b *bufio.Writer }

// open starts an element.
func (w writer) open(n name, attrs ...attr) {
	w.b.WriteByte('<')
	w.b.WriteString(string(n))
	for _, a := range attrs {
		if a.value != "" {
			w.attr(a)
		}
	}
	w.b.WriteByte('>')
}

func (w writer) attr(a attr) {
	w.b.WriteByte(' ')
	w.b.WriteString(string(a.key))
	w.b.WriteString(`="`)
	w.text(a.value)
	w.b.WriteByte('"')
}

// close ends elements, the innermost first.
func (w writer) close(names ...name) {
	for _, n := range names {
		w.b.WriteString("</")
		w.b.WriteString(string(n))
		w.b.WriteByte('>')
	}
}

// leaf writes an element with nothing but text in it.
func (w writer) leaf(n name, text string, attrs ...attr) {
	w.open(n, attrs...)
	w.text(text)
	w.close(n)
}

// line breaks the source of the page, where white space means nothing.
func (w writer) line() { w.b.WriteByte('\n') }

// text writes a string so that it stands in the page as itself: in an element
// or in a quoted attribute.
func (w writer) text(s string) {
	from := 0
	for i, r := range s {
		safe := escape(r)
		if safe == "" || r == utf8.RuneError && strings.HasPrefix(s[i:], "\ufffd") {
			continue
		}
		w.b.WriteString(s[from:i])
		w.b.WriteString(safe)
		from = i + 1 // everything escaped is one byte long, or broken
		if r >= utf8.RuneSelf && r != utf8.RuneError {
			from = i + utf8.RuneLen(r)
		}
	}
	w.b.WriteString(s[from:])
}

// escape gives what to write for a character that may not be written as it is.
// Controls that HTML has no place for become U+FFFD.
func escape(r rune) string {
	switch r {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&#34;"
	case '\'':
		return "&#39;"
	case '\r':
		return "&#13;"
	case '\t', '\n':
		return ""
	case utf8.RuneError:
		return "\ufffd"
	}
	if r < ' ' || r >= 0x7f && r < 0xa0 {
		return "\ufffd"
	}
	return ""
}

// picture writes an img that carries its own data.
func (w writer) picture(mime string, data []byte, alt string, width, height string) {
	w.b.WriteString("<img")
	w.attr(attr{"alt", alt}) // also when empty
	w.attr(attr{"width", width})
	w.attr(attr{"height", height})
	w.b.WriteString(` src="data:`)
	w.text(mime)
	w.b.WriteString(";base64,")
	e := base64.NewEncoder(base64.StdEncoding, w.b)
	e.Write(data)
	e.Close()
	w.b.WriteString(`">`)
}
