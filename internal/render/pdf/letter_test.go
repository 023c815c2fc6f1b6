package pdf

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"inzage/internal/document"
	"inzage/internal/render/pdf/pdfcheck"
)

func sampleLetter() *document.Letter {
	step := func(s string) []document.Block {
		return []document.Block{document.Para{Text: []document.Inline{document.Text(s)}}}
	}
	return &document.Letter{
		Lang: "nl", Title: "Uw code", Made: time.Date(2026, 3, 15, 2, 0, 0, 0, time.UTC),
		Theme: document.Theme{Accent: 0x1F6F6B}, Organisation: "Voorbeeldzorg",
		To: []string{"Aleida Voorbeeld", "Voorbeeldlaan 12", "1234 AB VOORBEELDSTAD"}, Date: "15 maart 2026", Subject: "Uw code",
		Intro:  step("Met deze code leest u uw kopie."),
		Before: []document.Part{{Title: "Zo opent u", Blocks: []document.Block{document.List{Ordered: true, Items: [][]document.Block{step("Open."), step("Typ.")}}}}},
		Code: document.CodeBox{Label: "Uw code", Lines: []string{"0123-4567-89AB-CDEF", "GHJK-MNPQ-RSTV"},
			Scan: "https://example.nl/#0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV", Alt: "Vierkante streepjescode"},
		After: []document.Part{{Title: "Lukt het niet?", Blocks: step("Bel ons.")}},
	}
}

func letterFile(t *testing.T, l *document.Letter) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := RenderLetter(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The address must show through the envelope's window wherever that is.
func TestTheAddressStandsInTheWindow(t *testing.T) {
	for _, win := range []document.Window{{}, {Left: 110, Top: 55, Width: 80, Height: 30}} {
		l := sampleLetter()
		l.Window = win
		if win.Width == 0 {
			win = defaultWindow
		}
		boxes := poppler(t, letterFile(t, l), "pdftotext", "-bbox")
		for _, word := range []string{"Aleida", "Voorbeeldlaan", "VOORBEELDSTAD"} {
			m := regexp.MustCompile(`xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">` + word + `<`).FindStringSubmatch(boxes)
			if m == nil {
				t.Fatalf("no %s in the letter", word)
			}
			var at [4]float64
			for i := range at {
				at[i], _ = strconv.ParseFloat(m[i+1], 64)
				at[i] /= mm
			}
			if at[0] < win.Left-0.1 || at[1] < win.Top-1 || at[2] > win.Left+win.Width || at[3] > win.Top+win.Height+1 {
				t.Errorf("%s stands at %.0f mm, outside the window %+v", word, at, win)
			}
		}
	}
}

func TestALetterSaysItsWordsInOrderOnOnePage(t *testing.T) {
	file := letterFile(t, sampleLetter())
	got := strings.Join(strings.Fields(poppler(t, file, "pdftotext")), " ")
	at := 0
	for _, want := range []string{"Aleida Voorbeeld", "15 maart 2026", "Uw code", "Zo opent u", "Open.", "0123-4567-89AB-CDEF", "GHJK-MNPQ-RSTV", "Lukt het niet?", "Bel ons."} {
		i := strings.Index(got[at:], want)
		if i < 0 {
			t.Fatalf("no %q after %q", want, got[:at])
		}
		at += i
	}
	if n := strings.Count(poppler(t, file, "pdftotext"), "\f"); n != 1 {
		t.Errorf("%d pages", n)
	}
	for _, f := range pdfcheck.Check(file) {
		t.Errorf("%s", f)
	}
	if !bytes.Equal(file, letterFile(t, sampleLetter())) {
		t.Error("the same letter gives other bytes")
	}
}

func TestALetterWithoutRoomForItsCodeIsRefused(t *testing.T) {
	l := sampleLetter()
	l.Code.Scan = strings.Repeat("x", 4000)
	if _, err := RenderLetter(&bytes.Buffer{}, l); err == nil || strings.Contains(err.Error(), "xx") {
		t.Errorf("%v", err)
	}
}
