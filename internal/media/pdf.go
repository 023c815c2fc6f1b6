package media

import (
	"bytes"
	"regexp"
	"strconv"

	"inzage/internal/dossier"
)

var (
	encrypted = regexp.MustCompile(`/Encrypt[\s\d<]`)
	pageType  = regexp.MustCompile(`/Type\s*/Page[^a-zA-Z]`)
	pagesNode = regexp.MustCompile(`/Type\s*/Pages\b`)
	pageCount = regexp.MustCompile(`/Count\s+(\d{1,6})\b`)
)

// window bounds how far a mark is looked for, so that a crafted file costs no more than a plain one.
const window = 8 << 10

// maxPages is more than any attachment has; a larger number is not believed.
const maxPages = 20000

// inspectPDF looks at the frame of a PDF without drawing it: is it whole, is it
// locked, how many pages has it, what can it start. Pages is 0 when that cannot
// be told for certain, as with a page tree inside a compressed object stream
// (ISO 32000-1, 7.5.7).
func inspectPDF(b []byte) (pages int, starts []Start, reason dossier.Reason) {
	tail := b[max(0, len(b)-2048):]
	switch {
	case !bytes.Contains(tail, []byte("startxref")) || !bytes.Contains(tail, []byte("%%EOF")):
		return 0, nil, dossier.MissingBroken
	case !startsXref(b, tail):
		return 0, nil, dossier.MissingBroken
	case locked(b):
		return 0, nil, dossier.MissingEncrypted
	}
	starts, encrypted := pdfStarts(b)
	if encrypted {
		return 0, nil, dossier.MissingEncrypted
	}
	return countPages(b), starts, ""
}

// startsXref reports whether startxref points at a table or stream within the file.
func startsXref(b, tail []byte) bool {
	rest := bytes.TrimSpace(tail[bytes.LastIndex(tail, []byte("startxref"))+len("startxref"):])
	end := 0
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	at, err := strconv.Atoi(string(rest[:end]))
	if err != nil || at >= len(b) {
		return false
	}
	at += max(bytes.Index(b[:min(1024, len(b))], []byte("%PDF-")), 0) // offsets count from the head
	if at >= len(b) {
		return false
	}
	place := bytes.TrimSpace(b[at:min(len(b), at+64)])
	return bytes.HasPrefix(place, []byte("xref")) || bytes.Contains(place, []byte(" obj"))
}

// locked looks for /Encrypt in the trailers only: the word may stand in text.
func locked(b []byte) bool {
	for rest := b; ; {
		i := bytes.Index(rest, []byte("trailer"))
		if i < 0 {
			break
		}
		rest = rest[i+len("trailer"):]
		if encrypted.Match(upTo(rest[:min(window, len(rest))], "startxref")) {
			return true
		}
	}
	for rest := b; ; { // cross-reference streams have the trailer in their own dictionary
		i := bytes.Index(rest, []byte("/XRef"))
		if i < 0 {
			return false
		}
		if encrypted.Match(around(rest, i, " obj", "stream")) {
			return true
		}
		rest = rest[i+len("/XRef"):]
	}
}

// around is the text round a place, from the last begin to the first end.
func around(b []byte, at int, begin, end string) []byte {
	from := max(0, at-window)
	if i := bytes.LastIndex(b[from:at], []byte(begin)); i >= 0 {
		from += i + len(begin)
	}
	head := b[from:at]
	return append(head[:len(head):len(head)], upTo(b[at:min(len(b), at+window)], end)...)
}

func upTo(b []byte, mark string) []byte {
	if i := bytes.Index(b, []byte(mark)); i >= 0 {
		return b[:i]
	}
	return b
}

// countPages believes the page tree's own count when the pages found agree.
func countPages(b []byte) int {
	found := len(pageType.FindAllIndex(b, maxPages+1))
	largest := 0
	for _, at := range pagesNode.FindAllIndex(b, maxPages) {
		node := around(b, at[0], "obj", "endobj")
		for _, m := range pageCount.FindAllSubmatch(node, -1) {
			n, err := strconv.Atoi(string(m[1]))
			if err == nil {
				largest = max(largest, n)
			}
		}
	}
	if found == largest && found <= maxPages {
		return found
	}
	return 0
}
