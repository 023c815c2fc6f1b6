package pdf

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"inzage/internal/document"
	"inzage/internal/render/pdf/pdfcheck"
)

// A spoken document is its words in reading order, one line for each thing that
// stands by itself. It is made from the document alone, without the words of
// pictures.
type spoken struct {
	d     *document.Document
	lines []string
	heard string
}

func speak(d *document.Document) []string {
	s := &spoken{d: d}
	if d.Theme.Logo == nil { // else a picture says it
		s.say(d.Cover.Organisation)
	}
	s.say(d.Cover.Kind, plainText(d.Cover.Lead))
	s.block(document.Fields{Items: d.Cover.Facts})
	s.say(d.Cover.PagesLabel, pageNumber)
	for _, c := range []*document.Callout{d.Cover.Questions, d.Cover.Emergency} {
		if c != nil {
			s.block(*c)
		}
	}
	for _, x := range d.Sections {
		s.say(x.Title)
		s.blocks(x.Blocks)
	}
	return s.lines
}

// joint stands where two words meet without a space in the file though they are
// two for the eye: at a forced line break, in a line of the contents, and where
// an entry says when and who. What
// should be heard there is a space. pageNumber is a number that only the layout
// knows.
const joint, pageNumber = "\x01", "\x02"

// jointsJoin is a known fault: the layout sets no space at a joint, so that who
// listens hears one word. With the fault mended this is false.
const jointsJoin = false

// plainText is the text of inlines with joints for their forced breaks.
func plainText(in []document.Inline) string {
	var b strings.Builder
	for _, x := range in {
		switch x := x.(type) {
		case document.Break:
			b.WriteString(joint)
		case document.Strong:
			b.WriteString(plainText(x.Text))
		case document.Emph:
			b.WriteString(plainText(x.Text))
		case document.Link:
			b.WriteString(plainText(x.Text))
		case document.Ref:
			b.WriteString(plainText(x.Text))
		case document.Lang:
			b.WriteString(plainText(x.Text))
		default:
			b.WriteString(document.PlainText([]document.Inline{x}))
		}
	}
	return b.String()
}

func (s *spoken) say(lines ...string) { s.lines = append(s.lines, lines...) }

func (s *spoken) blocks(bs []document.Block) {
	for _, b := range bs {
		s.block(b)
	}
}

func (s *spoken) block(b document.Block) {
	switch b := b.(type) {
	case document.Heading:
		s.say(b.Text)
		s.heard = b.Text
	case document.Para:
		s.say(plainText(b.Text))
	case document.Notice:
		s.say(plainText(b.Text))
	case document.List:
		for i, item := range b.Items {
			mark := "•"
			if b.Ordered {
				mark = fmt.Sprint(max(b.Start, 1)+i, ".")
			}
			s.say(mark)
			s.blocks(item)
		}
	case document.Fields:
		for _, x := range b.Items {
			s.say(x.Label, plainText(x.Value))
		}
	case document.Chart:
		if b.Title != s.heard { // else the heading says it
			s.say(b.Title)
		}
	case document.Figures:
		for _, x := range b.Items {
			s.say(plainText(x.Caption))
		}
	case document.Callout:
		s.say(b.Title)
		s.blocks(b.Blocks)
	case document.Quote:
		s.blocks(b.Blocks)
	case document.Contents:
		for _, x := range s.d.Sections {
			if x.Role != document.RoleContents {
				s.say(x.Title + joint + x.Count + joint + pageNumber)
			}
		}
	case document.Table:
		s.table(b)
	case document.Entry:
		s.entry(b)
	}
}

func (s *spoken) table(b document.Table) {
	if b.ShowCaption {
		s.say(b.Caption)
	}
	for _, c := range b.Columns {
		s.say(c.Head)
	}
	for _, g := range b.Groups {
		s.say(g.Head)
		for _, row := range g.Rows {
			for _, c := range row {
				s.say(plainText(c.Text))
			}
		}
	}
}

func (s *spoken) entry(b document.Entry) {
	s.say(strings.Join(append([]string{b.When, b.Time}, b.Who...), joint), b.Title)
	s.say(b.Tags...)
	s.blocks(b.Blocks)
	for _, f := range b.Files {
		line := upperFirst(s.d.Words.Attachment) + ": " + f.Name
		if f.Note != "" {
			line += " · " + f.Note
		}
		if f.Sheet.ID != "" {
			line += " · " + plainText(f.Sheet.Text)
		}
		s.say(line)
	}
	s.say(b.Notes...)
}

// A node is a line of `pdfinfo -struct-text` that opens an element: its depth in
// spaces, its type, and whether it stands within a line of text.
var node = regexp.MustCompile(`^( *)([A-Z][A-Za-z0-9]*)(?: \((block|inline)\))?(?: ".*")?:?$`)

// heardText is what a program that reads aloud finds in a file, one line for
// each thing that stands by itself.
func heardText(t *testing.T, file []byte) []string {
	t.Helper()
	var out []string
	fresh, figure := true, -1
	for line := range strings.Lines(structText(t, file)) {
		line = strings.TrimRight(line, "\n")
		depth := len(line) - len(strings.TrimLeft(line, " "))
		if m := node.FindStringSubmatch(line); m != nil {
			if figure >= 0 && depth > figure {
				continue
			}
			figure = -1
			if m[2] == "Figure" {
				figure = depth
			}
			fresh = fresh || m[3] != "inline"
			continue
		}
		said, ok := strings.CutPrefix(line[depth:], `"`)
		if !ok || figure >= 0 {
			continue
		}
		said = strings.TrimSuffix(said, `"`)
		if fresh {
			out = append(out, "")
		}
		out[len(out)-1] += said
		fresh = false
	}
	return out
}

// structText is what pdfinfo tells of a file's structure.
func structText(t *testing.T, file []byte) string {
	t.Helper()
	path, err := exec.LookPath("pdfinfo")
	if err != nil {
		if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), "poppler") {
			t.Fatal("pdfinfo is not installed, and INZAGE_MUST_RUN asks for it")
		}
		t.Skip("pdfinfo is not installed")
	}
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "-struct-text", name).Output()
	if err != nil {
		t.Fatalf("pdfinfo: %v", err)
	}
	return string(out)
}

// wordsOf cuts lines into words. In a line with letters that run from right to
// left these are left out, and signs beside words too: poppler gives both in an
// order of its own.
func wordsOf(lines []string) (out []string) {
	for _, line := range lines {
		line = strings.Map(drawn, unplaced(line))
		if !strings.ContainsFunc(line, fromRight) {
			out = append(out, strings.Fields(line)...)
			continue
		}
		for _, w := range strings.FieldsFunc(line, func(r rune) bool { return unicode.IsSpace(r) || fromRight(r) }) {
			if w = strings.TrimFunc(w, unicode.IsPunct); w != "" {
				out = append(out, w)
			}
		}
	}
	return out
}

func fromRight(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Bidi_Control)
}

// drawn leaves out what has no glyph of its own: joiners and variation selectors.
func drawn(r rune) rune {
	if r == 0x200D || r == 0xAD || r >= 0xFE00 && r <= 0xFE0F {
		return -1
	}
	return r
}

var placeholder = regexp.MustCompile(`\[U\+[0-9A-F]{4,6}\]`)

// unplaced puts characters in the place of their numbers: pdfinfo shows what is
// drawn, and does not know ActualText.
func unplaced(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(p string) string {
		n, err := strconv.ParseInt(p[3:len(p)-1], 16, 32)
		if err != nil {
			return p
		}
		return string(rune(n))
	})
}

// sameSpeech holds the words that are heard against those of the document: each
// once, in order, and none joined to the next. It gives their number, and where
// they differ.
func sameSpeech(c copyOf, heard []string) (int, error) {
	ref := regexp.MustCompile(`[\s\x{A0}]*\(` + regexp.QuoteMeta(c.doc.Words.Page) + `[\s\x{A0}](\d+|–)\)`)
	for i := range heard {
		heard[i] = ref.ReplaceAllString(heard[i], "")
	}
	want, got := wordsOf(speak(c.doc)), wordsOf(heard)
	at := 0
	for i, w := range want {
		n := matches(w, got[at:])
		if n == 0 {
			return 0, fmt.Errorf("%s: after %d words the document says\n%q\nand is heard as\n%q", c.name, i, want[max(0, i-4):min(i+6, len(want))], got[max(0, at-4):min(at+6, len(got))])
		}
		at += n
	}
	if at < len(got) {
		return 0, fmt.Errorf("%s: %d words are heard that the document does not have", c.name, len(got)-at)
	}
	return len(want), nil
}

// matches gives how many of the words that are heard say w: one, or with joints
// in it more; 0 when they say something else.
func matches(w string, heard []string) int {
	if !strings.ContainsAny(w, joint+pageNumber) {
		if len(heard) > 0 && w == heard[0] {
			return 1
		}
		return 0
	}
	parts := strings.Fields(strings.ReplaceAll(w, joint, " "))
	said := strings.ReplaceAll(regexp.QuoteMeta(strings.Join(parts, "")), pageNumber, `\d+`)
	form := regexp.MustCompile("^" + said + "$")
	for n := 1; n <= min(len(parts), len(heard)); n++ {
		if (n == len(parts) || jointsJoin) && form.MatchString(strings.Join(heard[:n], "")) {
			return n
		}
	}
	return 0
}

// few are the shortest copy of each kind in each portal: pdfinfo takes seconds
// for a long one. `make conformance` has it read them all.
func few(all []copyOf) (out []copyOf) {
	if os.Getenv("INZAGE_CONFORMANCE") != "" {
		return all
	}
	best := map[string]int{}
	for i, c := range all {
		kind, _, _ := strings.Cut(c.name, "-")
		key := kind + c.doc.Furniture.Portal + c.doc.Lang
		if j, ok := best[key]; !ok || c.pages < all[j].pages {
			best[key] = i
		}
	}
	for i := range all {
		for _, j := range best {
			if i == j {
				out = append(out, all[i])
			}
		}
	}
	return out
}

// withSamples are copies and made-up documents that hold what no fixture does.
func withSamples(t *testing.T, list []copyOf, reports ...int) []copyOf {
	t.Helper()
	for _, n := range reports {
		d := sample(n)
		list = append(list, copyOf{name: fmt.Sprintf("sample-%d", n), doc: d, file: rendered(t, d)})
	}
	return list
}

func TestTheStructureOfEveryCopySaysItsDocument(t *testing.T) {
	words := 0
	list := withSamples(t, copies(t), 0, 40)
	for _, c := range list {
		lines, _ := pdfcheck.Text(c.file)
		n, err := sameSpeech(c, lines)
		if err != nil {
			t.Error(err)
		}
		words += n
	}
	t.Logf("own reading: %d files, %d words in the order of the document", len(list), words)
}

// A file with text in the place of what is drawn cannot be held against pdfinfo:
// it takes the end of that text for the end of the element (poppler 22.12).
func TestWhatIsReadAloudIsTheDocument(t *testing.T) {
	list := withSamples(t, few(copies(t)), 6)
	var files, words, nested atomic.Int64
	t.Run("files", func(t *testing.T) {
		for _, c := range list {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				n, err := sameSpeech(c, heardText(t, c.file))
				files.Add(1)
				words.Add(int64(n))
				if _, within := pdfcheck.Text(c.file); err != nil && within {
					nested.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			})
		}
	})
	if 2*nested.Load() > files.Load() {
		t.Errorf("%d of %d files could not be compared", nested.Load(), files.Load())
	}
	t.Logf("pdfinfo -struct-text: %d files, %d words in the order of the document; %d files not comparable", files.Load(), words.Load(), nested.Load())
}
