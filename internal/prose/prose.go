// Package prose turns written text into document blocks. It is the only door to
// Markdown and HTML, and it lets nothing through that can act: no script, no
// address that opens, no remote picture, no raw HTML.
//
// Words are never changed, lost or moved (RULES C9). Nesting is bounded: what
// lies deeper than [MaxDepth] is kept and set flat.
package prose

import (
	"inzage/internal/document"
	"inzage/internal/dossier"
)

// MaxDepth is how many levels of quotes, lists and emphasis are kept.
const MaxDepth = 12

// Blocks turns client text of a format into inert blocks: an address stays
// text ("woord (adres)"), a picture becomes "[afbeelding: alt]", and a heading
// becomes a bold paragraph, so that client text never shapes the document.
// An unknown format is read as plain text.
func Blocks(format dossier.Format, text string) []document.Block {
	switch format {
	case dossier.Markdown:
		return markdown([]byte(text), mode{})
	case dossier.HTML:
		return fromHTML(text)
	}
	return Plain(text)
}

// Markdown reads CommonMark with tables and strikethrough. Headings become
// [document.Heading] of level 2 to 4 without gaps; links become text.
func Markdown(src []byte) []document.Block {
	return markdown(src, mode{headings: true})
}

// MarkdownTrusted is [Markdown] for the organisation's own texts: https, mailto
// and tel addresses become links.
func MarkdownTrusted(src []byte) []document.Block {
	return markdown(src, mode{headings: true, links: true})
}

// A mode is what a Markdown text is allowed.
type mode struct{ headings, links bool }
