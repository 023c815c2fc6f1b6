package portal

import (
	"regexp"
	"strconv"
	"strings"
)

// wgboYears is the term of BW 7:454 lid 3, from the last change of the record.
const wgboYears = 20

// stale are phrases in terms that the law has overtaken. The text itself is
// never altered; the organisation is told (RULES C16, C21).
var stale = []struct {
	find *regexp.Regexp
	text string
}{
	{regexp.MustCompile(`(?i)\b(niet|geen)\b[^.]{0,60}\bmatig`),
		"a penalty that a court may not reduce: such a clause has no effect (BW 6:94 lid 3)"},
	{regexp.MustCompile(`(?i)\bBOPZ\b`), "names the BOPZ, replaced by the Wzd and the Wvggz on 1 January 2020"},
	{regexp.MustCompile(`(?i)\bWcev\b|wet\s+cliëntenrechten\s+bij\s+elektronische`),
		"names the Wet cliëntenrechten, now part of the Wabvpz"},
}

// lint warns of what an organisation should look at and that refuses nothing.
func (l *loader) lint() {
	for _, file := range append(l.within(termsDir), disclaimerFile) {
		src := string(l.files[file])
		for _, s := range stale {
			if at := s.find.FindStringIndex(src); at != nil {
				l.warn(file, lineAt(src, at[0]), s.text)
			}
		}
	}
	for _, c := range l.p.Retention {
		if c.Years > 0 && c.Years < wgboYears {
			l.warn(settingsFile, l.retentionLine(c.ID), "class "+quote(c.ID)+" keeps "+strconv.Itoa(c.Years)+
				" years; treatment records must be kept 20 years from the last change (BW 7:454 lid 3)")
		}
	}
}

// retentionLine finds where a class stands; 0 when it cannot be told.
func (l *loader) retentionLine(id string) int {
	for i, line := range strings.Split(string(l.files[settingsFile]), "\n") {
		if f := strings.Fields(strings.TrimLeft(line, " -{")); len(f) >= 2 && f[0] == "id:" && strings.Trim(f[1], `",}`) == id {
			return i + 1
		}
	}
	return 0
}
