package dossier_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"inzage/internal/dossier"
)

// testBSN passes the eleven-test and is nobody's.
const testBSN = "999990019"

// between are the ways in which people and systems write something between the
// digits of a number: all of Unicode's spaces, dashes, marks and signs that do
// not show, and what stands in running text.
func between() []string {
	out := []string{"", " ", ".", "-", "/", "_", "·", ",", "|", "\t", "\n", "\r\n", " - ", "  ", "\u00AD", "...", ") ("}
	for r := rune(0x80); r < 0x1FFFF; r++ {
		if unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp, unicode.Cf, unicode.Pd, unicode.Me) || r == 0x2212 || r == 0x0305 || r == 0xFE0F {
			out = append(out, string(r))
		}
	}
	return out
}

// zeros are the first digits of every run of ten in Unicode, and of the forms
// that read as one.
func zeros() []rune {
	var out []rune
	for r := rune(0x30); r < 0x1FFFF; r++ {
		if unicode.IsDigit(r) && norm.NFKC.String(string(r)) == "0" || unicode.IsDigit(r) && !unicode.IsDigit(r-1) {
			out = append(out, r)
		}
	}
	return out
}

func write(digits string, zero rune, gap string) string {
	var parts []string
	for _, c := range digits {
		parts = append(parts, string(zero+(c-'0')))
	}
	return strings.Join(parts, gap)
}

// holds is another reading of a text than the masker's: it folds, drops what is
// no letter or digit, and looks.
func holds(s string) bool {
	var b strings.Builder
	for _, r := range norm.NFKC.String(s) {
		switch {
		case unicode.IsDigit(r):
			v := 0
			for unicode.IsDigit(r-rune(v)-1) && v < 9 && norm.NFKC.String(string(r)) != "0" {
				v++
			}
			b.WriteByte(byte('0' + v))
		case unicode.IsLetter(r) || r == '*':
			b.WriteRune('x')
		}
	}
	return strings.Contains(b.String(), testBSN)
}

func TestANumberIsMaskedHoweverItIsWritten(t *testing.T) {
	m, n := dossier.NewMasker(testBSN), 0
	for _, gap := range between() {
		for _, zero := range zeros() {
			in := "nummer " + write(testBSN, zero, gap) + ", ja"
			got := m.Text(in)
			if n++; got == in || holds(got) || strings.Count(got, "*") != 5 || !strings.HasPrefix(got, "nummer *") || !strings.HasSuffix(got, ", ja") {
				t.Fatalf("%q (%+q between, digits from %U) became %q", in, gap, zero, got)
			}
		}
	}
	if n < 2000 {
		t.Errorf("only %d ways", n)
	}
	for _, in := range []string{"⁹⁹⁹⁹⁹⁰⁰¹⁹", "₉₉₉₉₉₀₀₁₉", "⑨⑨⑨⑨⑨⓪⓪①⑨", "❾❾❾❾❾⓿⓿❶❾", "9️⃣9️⃣9️⃣9️⃣9️⃣0️⃣0️⃣1️⃣9️⃣", "9⑨⑨99⓪0⑲", "999[U+200B]990[U+200B]019", "bsn" + testBSN, testBSN + "\u200B1"} {
		if got := m.Text(in); !strings.Contains(got, "*") || holds(got) {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestOnlyTheNumberItselfIsMasked(t *testing.T) {
	m := dossier.NewMasker("9999.90.019", "", "onbekend", "1234", "012345672")
	for in, want := range map[string]string{
		"BSN 999990019.": "BSN *****0019.", "9999.90.019": "****.*0.019", "999990019 999990019": "*****0019 *****0019",
		"1999990019": "1999990019", "9999900191": "9999900191", "99999001": "99999001", "999990018": "999990018",
		"1234": "1234", "12345672": "****5672", "012345672": "*****5672", "9x99990019": "9x99990019",
		"99999 999990019": "***** *****0019", // what is left may not be read as the number
	} {
		if got := m.Text(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	if got := (dossier.Masker{}).Text(testBSN); got != testBSN {
		t.Error("a masker without numbers masks")
	}
	for in, want := range map[string]string{testBSN: "*****0019", "999 990 019": "*****0019", "": "", "12345": "*****", "onbekend": "", "*****0019": "*****0019"} {
		if got := dossier.MaskBSN(in); got != want {
			t.Errorf("%q alone became %q, want %q", in, got, want)
		}
	}
}

func TestANumberIsMaskedInMarkup(t *testing.T) {
	m := dossier.NewMasker(testBSN)
	for _, in := range []string{
		"<b>999</b>990019", "999<!-- x -->990019", "<!-- 999990019 -->", `<i title="999990019">x</i>`, "&#57;&#57;&#57;&#57;&#57;0019", "&#x39;99990019",
		"<td>999</td><td>990</td><td>019</td>", "999&nbsp;990&#8209;019", `999<b title="a>b">990019</b>`, "<p>999990019</p>", "999<br/>990019", "999&shy;990&#xAD;019",
	} {
		got := m.Markup(in)
		if got == in || holds(strings.NewReplacer("&nbsp;", " ", "&#8209;", "-", "&shy;", "", "&#xAD;", "").Replace(got)) || strings.Count(got, "<") != strings.Count(in, "<") {
			t.Errorf("%q became %q", in, got)
		}
	}
	if in := "1<i>2</i>3 &amp; 1999990019 < 3"; m.Markup(in) != in {
		t.Errorf("%q became %q", in, m.Markup(in))
	}
}

func TestANumberIsMaskedOverCells(t *testing.T) {
	m := dossier.NewMasker(testBSN)
	in := []string{"BSN", "999", "990", "019", "a\x00b"}
	got := m.Texts(in)
	if fmt.Sprint(got[:4]) != "[BSN *** **0 019]" || len(got) != 5 || in[1] != "999" {
		t.Errorf("%q", got)
	}
	if got := m.Texts([]string{"a\x00b", "1"}); got[0] != "a\x00b" {
		t.Errorf("%q", got)
	}
}

func FuzzMask(f *testing.F) {
	f.Add("BSN 999 990-019 en <b>999</b>&#57;90019", int64(1))
	f.Add("99999 999990019", int64(2))
	m, gaps := dossier.NewMasker(testBSN), between()
	f.Fuzz(func(t *testing.T, s string, seed int64) {
		if got := m.Text(s); m.Text(got) != got || len([]rune(got)) != len([]rune(s)) && got == s {
			t.Errorf("%q: %q is not stable", s, got)
		}
		if got := m.Markup(s); m.Markup(got) != got {
			t.Errorf("%q: markup %q is not stable", s, got)
		}
		r := rand.New(rand.NewSource(seed))
		in := strings.ToValidUTF8(s, "?") + " x" + write(testBSN, '0', gaps[r.Intn(len(gaps))]) + "x "
		if got := m.Text(in); strings.Contains(got, in[len(strings.ToValidUTF8(s, "?")):]) {
			t.Errorf("%q became %q", in, got)
		}
	})
}
