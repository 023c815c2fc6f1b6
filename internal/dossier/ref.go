package dossier

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Normal is the reference as it is compared: letters and digits alone, in one
// width and one case, so that "C-77", "c 77", "C‑77" and "Ｃ77" are one client. A
// reference without any letter or digit stays as it is. Leading zeros are kept:
// they are part of the number in systems that have them, and dropping them would
// make one client of two where "1" and "01" both exist.
//
// Two clients whose references differ in punctuation alone ("1/23" and "12/3")
// are taken for one, and then neither is exported: that is told, a mix-up is not.
func (r ClientRef) Normal() string {
	s := strings.TrimSpace(string(r))
	for range 4 { // to lower case can decompose, and composing can change the case's form
		next := normalOnce(s)
		if next == s {
			break
		}
		s = next
	}
	if s == "" {
		return strings.TrimSpace(string(r))
	}
	return s
}

// Same reports whether two references mean one client.
func (r ClientRef) Same(other ClientRef) bool { return r == other || r.Normal() == other.Normal() }

func normalOnce(s string) string {
	return strings.Map(func(c rune) rune {
		if d := digitOf(c); d >= 0 {
			return '0' + rune(d)
		}
		if unicode.IsLetter(c) || unicode.IsNumber(c) {
			return c
		}
		return -1
	}, strings.ToLower(norm.NFKC.String(s)))
}

// Composed is a text in one form of its letters (NFC), without spaces around it.
func Composed(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// FoldName is a person's name without what differs from one clerk to the next:
// case, form of the letters, spaces.
func FoldName(s string) string {
	return strings.Join(strings.Fields(norm.NFC.String(cases.Fold().String(norm.NFKC.String(s)))), " ")
}
