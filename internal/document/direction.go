package document

import "unicode"

// RightToLeft reports whether a paragraph runs from right to left: its first and
// its last letter do, and most letters between them. Both renderers go by it and
// not by the first letter alone (UAX #9, P2): in a Dutch record a name in Arabic
// or Hebrew may open a Dutch sentence, and may not turn it round.
func RightToLeft(s string) bool {
	left, right := 0, 0
	last := false
	for _, r := range s {
		if r < lowestRightToLeft {
			if r >= 'A' && unicode.IsLetter(r) {
				if left, last = left+1, false; right == 0 {
					return false
				}
			}
			continue
		}
		if !unicode.IsLetter(r) {
			continue
		}
		if last = fromTheRight(r); last {
			right++
		} else if left++; right == 0 {
			return false
		}
	}
	return last && right > left
}

// lowestRightToLeft is where the first block from right to left begins, Hebrew's.
const lowestRightToLeft = 0x0590

// fromTheRight reports whether a letter is of a script that runs so.
func fromTheRight(r rune) bool {
	return r >= lowestRightToLeft && (r <= 0x08FF || r >= 0xFB1D && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFC ||
		r >= 0x10800 && r <= 0x10FFF || r >= 0x1E800 && r <= 0x1EFFF)
}
