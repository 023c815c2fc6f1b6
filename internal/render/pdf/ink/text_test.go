package ink

import (
	"os/exec"
	"strings"
	"sync"
	"testing"
	"unicode"

	"inzage/internal/document"
	"inzage/internal/render/pdf/face"
)

// line draws one line and gives what poppler reads, in the order of the content
// and without spaces or signs of direction.
func line(t *testing.T, st Style, s string) string {
	t.Helper()
	return bare(extract(t, drawn(t, func(w *Writer) {
		w.Begin("P", Attr{})
		w.Text(50, 90, st, s)
		w.End()
	}), "-raw"))
}

func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
}

var emoji = []string{"😊", "🩹", "👍🏽", "👩\u200d🔬", "👨\u200d👩\u200d👧", "🇳🇱", "1\ufe0f\u20e3", "❤\ufe0f", "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", "\U0001F9FF", "🫠"}

func TestEmojiAreOnePictureAndReadAsWritten(t *testing.T) {
	for _, e := range emoji {
		list, _ := lay(faceOf(body), e, document.RightToLeft(e))
		if len(list) != 1 || list[0].face != face.Emoji() || len(list[0].glyphs) == 0 {
			t.Errorf("%+q is drawn in %d pieces", e, len(list))
			continue
		}
		if n := len(list[0].glyphs); n > 1 && !strings.Contains(e, "👧") { // the face has that family in parts
			t.Errorf("%+q is drawn in %d glyphs", e, n)
		}
	}
	all := "Goed " + strings.Join(emoji, " en ") + " gedaan"
	for _, st := range []Style{body, {Size: 11, Bold: true}, {Size: 11, Mono: true}} {
		if got := line(t, st, all); got != bare(all) {
			t.Errorf("read %+q\nset  %+q", got, bare(all))
		}
	}
}

// A sequence that the face has no picture for is drawn in its parts.
func TestAnUnknownSequenceIsDrawnInParts(t *testing.T) {
	s := "🐘\u200d🪥"
	list, _ := lay(faceOf(body), s, document.RightToLeft(s))
	if len(list) != 1 || len(list[0].glyphs) != 2 {
		t.Fatalf("%d pieces", len(list))
	}
	if got := line(t, body, s+" einde"); got != s+"einde" {
		t.Errorf("read %+q", got)
	}
}

func TestRightToLeftIsReadAsWritten(t *testing.T) {
	for _, s := range []string{
		"Huisarts: مريم العلي (op dinsdag) en verder", "שלום עולם 112 שלום, (ב) 37,4", "الاسم مريم لا إله 2025 بعد الظهر.",
		"Tekst met פנים in het midden (אבג) en 45% דהו einde", "בְּרֵאשִׁית בָּרָא אֱלֹהִים", "هَٰذَا كتَاب مُفِيد", "سلام، دنیا! می\u200cخواهم", "ܫܠܡܐ",
	} {
		if got, want := strings.ReplaceAll(line(t, body, s), "\u200c", ""), bare(strings.ReplaceAll(s, "\u200c", "")); got != want {
			t.Errorf("read %+q\nset  %+q", got, want)
		}
	}
}

func TestNumbersStandWhereTheyAreSeen(t *testing.T) {
	list, _ := lay(faceOf(body), "אבג 12 דהו.", document.RightToLeft("אבג 12 דהו."))
	x := map[string]float64{}
	for _, p := range list {
		x[strings.TrimSpace(p.text)] = p.x
	}
	if !(x["."] < x["דהו"] && x["דהו"] < x["12"] && x["12"] < x["אבג"]) {
		t.Errorf("seen from left to right: %v", x)
	}
	for _, s := range []string{"Naam: אבג, en verder", "Naam: אבג 12 maart, en verder", "Naam: ٣ אבג ٣, en verder"} {
		list, width := lay(faceOf(body), s, document.RightToLeft(s))
		if last := list[len(list)-1]; last.level != 0 || last.x+last.width < width-1e-9 {
			t.Errorf("%+q: a Dutch sentence is turned round by a name", s)
		}
	}
	list, _ = lay(faceOf(body), "Naam: אבג 12 maart", document.RightToLeft("Naam: אבג 12 maart"))
	if name, day := list[1], list[3]; day.text != "12" || day.x > name.x || list[4].x < name.x {
		t.Errorf("%q at %.2f, %q at %.2f, %q at %.2f", name.text, name.x, day.text, day.x, list[4].text, list[4].x)
	}
}

func TestArabicIsJoined(t *testing.T) {
	list, w := lay(faceOf(body), "ببب", document.RightToLeft("ببب"))
	glyphs := map[uint16]bool{}
	for _, g := range list[0].glyphs {
		glyphs[g.ID] = true
	}
	if len(glyphs) != 3 || glyphs[faceOf(body).Glyph('ب')] {
		t.Errorf("first, middle and last letter have %d forms", len(glyphs))
	}
	if _, one := lay(faceOf(body), "ب", document.RightToLeft("ب")); w >= 3*one {
		t.Error("joined letters are as wide as letters apart")
	}
}

func TestMarksStandOnTheirLetter(t *testing.T) {
	for _, c := range [][2]string{{"x\u0301", "x"}, {"e\u0301\u0323", "e"}, {"אֱ", "א"}, {"بٌ", "ب"}} {
		if got, want := Width(body, c[0]), Width(body, c[1]); got != want {
			t.Errorf("%+q is %.2f wide, without marks %.2f", c[0], got, want)
		}
	}
	if s := "x\u0301 e\u0301\u0323 a\u0308\u0304 cafe\u0301"; line(t, body, s) != bare(s) {
		t.Errorf("read %+q", line(t, body, s))
	}
	var x, over face.Glyph
	list, _ := lay(faceOf(body), "X\u0301", document.RightToLeft("X\u0301"))
	for _, g := range list[0].glyphs {
		x, over = over, g
	}
	if x.Advance == 0 || over.Advance != 0 || over.X == 0 && over.Y == 0 {
		t.Errorf("the mark stands where the face has it: %v after %v", over, x)
	}
}

func TestLettersAreKerned(t *testing.T) {
	for _, st := range []Style{{Size: 10}, {Size: 10, Bold: true}, {Size: 10, Italic: true}} {
		for _, pair := range []string{"AV", "To", "Wa"} {
			if got, apart := Width(st, pair), Width(st, pair[:1])+Width(st, pair[1:]); got >= apart {
				t.Errorf("%s is %.3f wide, its letters %.3f", pair, got, apart)
			}
		}
		for _, cut := range [][2]string{{"V ", "AV"}, {"A-", "Vo"}} { // where lines are broken
			if got, apart := Width(st, cut[0]+cut[1]), Width(st, cut[0])+Width(st, cut[1]); got < apart-1e-9 || got > apart+1e-9 {
				t.Errorf("%q and %q are %.4f wide, together %.4f", cut[0], cut[1], apart, got)
			}
		}
	}
	if s := "P. AV To Wa „Vroeg”"; line(t, Style{Size: 18, Bold: true, Italic: true}, s) != bare(s) {
		t.Error("kerned text is not read back")
	}
}

func TestShapingIsSharedByGoroutines(t *testing.T) {
	s := "Naam: فاطمة لا בְּרֵאשִׁית x\u0301 👩\u200d🔬 AV"
	page := func() string {
		return string(drawn(t, func(w *Writer) { w.Begin("P", Attr{}); w.Text(50, 90, body, s); w.End() }))
	}
	want := page()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if page() != want {
				t.Error("the same line gave other bytes")
			}
		})
	}
	wg.Wait()
}

func TestShapedPagesAreSound(t *testing.T) {
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Skip("qpdf is not installed")
	}
	file := t.TempDir() + "/x.pdf"
	write(t, file, drawn(t, func(w *Writer) {
		w.Begin("P", Attr{})
		w.Text(50, 90, body, "Naam: فاطمة لا, 👩\u200d🔬 \u4e2d AV")
		w.End()
	}))
	if out, err := exec.Command("qpdf", "--check", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// DejaVu draws something for U+EF00. Nobody else knows what, so the file says which
// character it is, and an archive file may not hold it otherwise.
func TestAPrivateCharacterIsNamed(t *testing.T) {
	for _, s := range []string{"\uEF00", "\U000FE82C"} {
		r := []rune(s)[0]
		if got, want := Width(body, s), Width(body, Placeholder(r)); got != want {
			t.Errorf("%U takes %.2f points, not the %.2f of its number", r, got, want)
		}
		if got := line(t, body, "een "+s+" teken"); !strings.Contains(got, s) {
			t.Errorf("%U is read as %+q", r, got)
		}
	}
}
