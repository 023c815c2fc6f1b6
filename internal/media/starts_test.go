package media_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"inzage/internal/dossier"
	"inzage/internal/media"
)

// pdfWith is the objects of a file of one page: catalog and page with something
// added, and more objects from 6 on.
func pdfWith(catalog, page string, more ...string) []string {
	return append([]string{
		"<</Type /Catalog /Pages 2 0 R " + catalog + ">>",
		"<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>> " + page + ">>",
		"<</Length 79>>\nstream\nBT /F1 12 Tf 20 100 Td (/JavaScript /Launch <</S /SubmitForm>>) Tj ET /JS 9 0 obj\nendstream",
		"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
	}, more...)
}

// startingPDFs are files that can start something, one for each way.
var startingPDFs = map[string]struct {
	is      media.Start
	objects []string
}{
	"script at opening":         {media.StartsScript, pdfWith("/OpenAction 6 0 R", "", "<</S /JavaScript /JS (app.alert\\(1\\))>>")},
	"script in the name tree":   {media.StartsScript, pdfWith("/Names <</JavaScript <</Names [(a) 6 0 R]>>>>", "", "<</S /JavaScript /JS 7 0 R>>", "<</Length 13>>\nstream\napp.beep(0);;\nendstream")},
	"script in a field":         {media.StartsScript, pdfWith("/AcroForm <</Fields [6 0 R]>>", "/Annots [6 0 R]", "<</Type /Annot /Subtype /Widget /FT /Tx /T (a) /Rect [0 0 9 9] /AA <</K <</S /JavaScript /JS (x)>>>>>>")},
	"program":                   {media.StartsOther, pdfWith("/OpenAction <</S /Launch /F (c:\\\\a.exe)>>", "")},
	"program behind a click":    {media.StartsOther, pdfWith("", "/Annots [6 0 R]", "<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /A <</S /Launch /Win <</F (a.exe)>>>>>>")},
	"another file":              {media.StartsOther, pdfWith("", "/Annots [6 0 R]", "<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /A <</S /GoToR /F (b.pdf) /D [0 /Fit]>>>>")},
	"a file within":             {media.StartsOther, pdfWith("", "/AA <</O <</S /GoToE /T <</R /C /N (x)>>>>>>")},
	"a page at opening":         {media.StartsOther, pdfWith("/OpenAction <</S /URI /URI (https://a.example/x)>>", "")},
	"a page at turning over":    {media.StartsOther, pdfWith("", "/AA 6 0 R", "<</O 7 0 R>>", "<</S /URI /URI (https://a.example/x)>>")},
	"a page after a jump":       {media.StartsOther, pdfWith("/OpenAction 6 0 R", "", "<</S /GoTo /D [3 0 R /Fit] /Next [7 0 R]>>", "<</S /URI /URI (https://a.example/x)>>")},
	"a command of the reader":   {media.StartsOther, pdfWith("/OpenAction <</S /Named /N /SaveAs>>", "")},
	"a thread elsewhere":        {media.StartsOther, pdfWith("/OpenAction <</S /Thread /F (b.pdf) /D 0>>", "")},
	"data from a file outside":  {media.StartsOther, pdfWith("", "", "<</Length 0 /F (//server/share/x)>>\nstream\n\nendstream")},
	"sending":                   {media.StartsSending, pdfWith("/OpenAction 6 0 R", "", "<</S /SubmitForm /F <</FS /URL /F (https://a.example)>>>>")},
	"fetching":                  {media.StartsSending, pdfWith("/OpenAction 6 0 R", "", "<</S /ImportData /F (a.fdf)>>")},
	"rich media":                {media.StartsMedia, pdfWith("", "/Annots [6 0 R]", "<</Type /Annot /Subtype /RichMedia /Rect [0 0 9 9] /RichMediaContent <<>>>>")},
	"film":                      {media.StartsMedia, pdfWith("", "/Annots [6 0 R]", "<</Type /Annot /Subtype /Movie /Rect [0 0 9 9] /Movie <</F (a.avi)>>>>")},
	"sound":                     {media.StartsMedia, pdfWith("/OpenAction <</S /Sound /Sound 6 0 R>>", "", "<</R 8000 /Length 0>>\nstream\n\nendstream")},
	"rendition":                 {media.StartsMedia, pdfWith("", "/Annots [6 0 R]", "<</Type /Annot /Subtype /Screen /Rect [0 0 9 9] /A <</S /Rendition /OP 0>>>>")},
	"three dimensions":          {media.StartsMedia, pdfWith("", "/Annots [6 0 R]", "<</Type /Annot /Subtype /3D /Rect [0 0 9 9] /3DD 7 0 R>>", "<</Type /3D /Subtype /U3D /Length 0>>\nstream\n\nendstream")},
	"a file packed in":          {media.StartsInside, pdfWith("/Names <</EmbeddedFiles <</Names [(a.exe) 6 0 R]>>>>", "", "<</Type /Filespec /F (a.exe) /EF <</F 7 0 R>>>>", "<</Type /EmbeddedFile /Length 2>>\nstream\nMZ\nendstream")},
	"a file pinned to the page": {media.StartsInside, pdfWith("", "/Annots [6 0 R]", "<</Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS <</F (a) /EF <</F 7 0 R>>>>>>", "<</Length 2>>\nstream\nMZ\nendstream")},
	"a form that is a program":  {media.StartsForm, pdfWith("/AcroForm <</Fields [] /XFA [(template) 6 0 R]>>", "", "<</Length 4>>\nstream\n<a/>\nendstream")},
	"an action by two names":    {media.StartsScript, pdfWith("/OpenAction 6 0 R", "", "<</S 7 0 R /Extra 1>>", "/JavaScript")},
}

// harmlessPDFs are files that start nothing, near to those that do.
var harmlessPDFs = map[string][]string{
	"plain":                  pdfWith("", ""),
	"opens at a page":        pdfWith("/OpenAction [3 0 R /XYZ null null 1]", "/Annots [6 0 R]", "<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /A <</S /URI /URI (https://a.example)>>>>"),
	"jumps to a page":        pdfWith("/OpenAction 7 0 R", "/Annots [6 0 R]", "<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /A <</S /URI /URI (https://a.example)>>>>", "<</S /GoTo /D [3 0 R /Fit]>>"),
	"a jump behind a name":   pdfWith("/OpenAction 6 0 R", "", "[3 0 R /Fit]"),
	"form of paper":          pdfWith("/AcroForm <</Fields [6 0 R]>>", "/Annots [6 0 R]", "<</Type /Annot /Subtype /Widget /FT /Tx /T (JS) /V (/Launch) /Rect [0 0 9 9]>>"),
	"next page":              pdfWith("", "/Annots [6 0 R]", "<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /A <</S /Named /N /NextPage>>>>"),
	"words in texts":         pdfWith("", "", "<</Title (\\(/S /JavaScript \\) /Launch) /Subject <2F4A5320> /Author (a\\)>> /JS) >> % /JavaScript"),
	"a resource called JS":   pdfWith("", "", "<</A /JS /B /EF /C /XFA>>"),
	"structure and metadata": pdfWith("/MarkInfo <</Marked true>> /StructTreeRoot 6 0 R", "", "<</Type /StructTreeRoot /K <</S /Link /P 6 0 R>>>>"),
}

// ways are how the same objects can be written down.
var ways = map[string]func(t testing.TB, objects []string) []byte{
	"plain":          func(_ testing.TB, o []string) []byte { return classic(o) },
	"names in hex":   func(_ testing.TB, o []string) []byte { return classic(hexed(o)) },
	"a later update": updated,
	"in a stream":    hidden,
	"packed":         func(_ testing.TB, o []string) []byte { return packedPDF(o, deflated) },
	"packed, in hex": func(_ testing.TB, o []string) []byte { return packedPDF(hexed(o), deflated) },
	"packed plainly": func(_ testing.TB, o []string) []byte {
		return packedPDF(o, func(b []byte) (string, []byte) { return "", b })
	},
	"packed twice":  func(_ testing.TB, o []string) []byte { return packedPDF(o, twice) },
	"packed as hex": func(_ testing.TB, o []string) []byte { return packedPDF(o, asHex) },
	"predicted":     func(_ testing.TB, o []string) []byte { return packedPDF(o, predicted) },
	"odd white":     func(_ testing.TB, o []string) []byte { return classic(oddWhite(o)) },
}

// Every way to start something, in every way to write it down.
func TestWhatAPDFCanStartIsSeen(t *testing.T) {
	for way, write := range ways {
		for name, c := range startingPDFs {
			f := prepare(t, dossier.Attachment{MIME: "application/pdf"}, write(t, c.objects), media.DefaultLimits())
			if f.Missing != "" || !slices.Contains(f.Starts, c.is) || slices.Contains(f.Starts, media.StartsUnsure) {
				t.Errorf("%s, %s: %q %v, want %s", name, way, f.Missing, f.Starts, c.is)
			}
		}
		for name, objects := range harmlessPDFs {
			f := prepare(t, dossier.Attachment{MIME: "application/pdf"}, write(t, objects), media.DefaultLimits())
			if f.Missing != "" || len(f.Starts) > 0 {
				t.Errorf("%s, %s: %q %v, want nothing", name, way, f.Missing, f.Starts)
			}
		}
	}
}

// The same as another program writes it: object streams, and encryption.
func TestWhatQpdfWrites(t *testing.T) {
	qpdf, err := exec.LookPath("qpdf")
	if err != nil {
		if strings.Contains(","+os.Getenv("INZAGE_MUST_RUN")+",", ",qpdf,") {
			t.Fatal("qpdf must run here")
		}
		t.Skip("qpdf is not installed")
	}
	dir := t.TempDir()
	rewrite := func(objects []string, args ...string) []byte {
		in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
		if err := os.WriteFile(in, classic(objects), 0o600); err != nil {
			t.Fatal(err)
		}
		if msg, err := exec.Command(qpdf, append(append([]string{"--warning-exit-0"}, args...), in, out)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, msg)
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	keep := []string{"--object-streams=generate", "--preserve-unreferenced"}
	for name, c := range startingPDFs {
		f := prepare(t, dossier.Attachment{MIME: "application/pdf"}, rewrite(c.objects, keep...), media.DefaultLimits())
		if f.Missing != "" || !slices.Contains(f.Starts, c.is) || slices.Contains(f.Starts, media.StartsUnsure) {
			t.Errorf("%s: %q %v, want %s", name, f.Missing, f.Starts, c.is)
		}
	}
	for name, objects := range harmlessPDFs {
		f := prepare(t, dossier.Attachment{MIME: "application/pdf"}, rewrite(objects, keep...), media.DefaultLimits())
		if f.Missing != "" || len(f.Starts) > 0 {
			t.Errorf("%s: %q %v, want nothing", name, f.Missing, f.Starts)
		}
	}
	locked := rewrite(startingPDFs["program"].objects, "--encrypt", "", "owner", "256", "--", "--object-streams=generate")
	for _, b := range [][]byte{locked, bytes.Replace(locked, []byte("/Encrypt"), []byte("/#45ncrypt"), 1)} {
		if f := prepare(t, dossier.Attachment{MIME: "application/pdf"}, b, media.DefaultLimits()); f.Missing != dossier.MissingEncrypted {
			t.Errorf("encrypted: %q %v", f.Missing, f.Starts)
		}
	}
}

// What cannot be seen whole counts as something that can start something.
func TestWhatCannotBeSeenIsNotTrusted(t *testing.T) {
	good := packedPDF(pdfWith("", ""), deflated)
	cut := bytes.Replace(good, []byte("/Filter /FlateDecode"), []byte("/Filter /JBIG2Decode"), 1)
	flipped := slices.Clone(good)
	flipped[bytes.Index(flipped, []byte("/ObjStm"))+120] ^= 0x55
	for name, b := range map[string][]byte{
		"an unknown filter":      cut,
		"a damaged stream":       flipped,
		"a key twice":            classic(pdfWith("/OpenAction 6 0 R /OpenAction [3 0 R /Fit]", "", "<</S /GoTo /D [3 0 R /Fit]>>")),
		"nested without end":     classic(pdfWith("", "", strings.Repeat("[", 400)+strings.Repeat("]", 400))),
		"no catalog":             classic([]string{"<</Type /Pages>>", "<<>>"}),
		"a bomb":                 packedPDF(append(pdfWith("", ""), "("+strings.Repeat("a", 40<<20)+")"), deflated),
		"read over and over":     classic(pdfWith("", "", strings.Repeat("9 0 obj (", 3000))),
		"a place out of bounds":  bytes.Replace(packedPDF(pdfWith("", ""), func(b []byte) (string, []byte) { return "", b }), []byte("\n1 0 2 "), []byte("\n1 0 2 9"), 1),
		"a ring of own actions":  classic(pdfWith("/OpenAction 6 0 R", "", "<</S /GoTo /D [3 0 R /Fit] /Next 6 0 R>>")),
		"a head that is a fancy": bytes.Replace(packedPDF(pdfWith("", ""), deflated), []byte("/First "), []byte("/First (x) %"), 1),
	} {
		f := prepare(t, dossier.Attachment{MIME: "application/pdf"}, b, media.Limits{MaxBytes: 64 << 20, MaxPixels: 1, Edge: 1})
		if f.Missing != "" || !slices.Contains(f.Starts, media.StartsUnsure) {
			t.Errorf("%s: %q %v", name, f.Missing, f.Starts)
		}
	}
}

// Files of other kinds: each with what it can start, and its neighbour that
// starts nothing.
func TestWhatOtherFilesCanStartIsSeen(t *testing.T) {
	const word, macros = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.ms-word.document.macroEnabled.12"
	rels := func(kind string) string {
		return `<Relationships><Relationship Id="r" Type="http://schemas.example/` + kind + `" Target="https://a.example/t" TargetMode="External"/></Relationships>`
	}
	ole := func(names ...string) []byte {
		b := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...)
		for _, n := range names {
			for _, u := range utf16.Encode([]rune(n)) {
				b = binary.LittleEndian.AppendUint16(b, u)
			}
		}
		return b
	}
	for name, c := range map[string]struct {
		mime string
		data []byte
		want []media.Start
		path string
	}{
		"document":               {word, zipped(t, "word/document.xml", "<w/>"), nil, ".docx"},
		"with macros":            {word, zipped(t, "word/vbaProject.bin", "x"), []media.Start{media.StartsMacro}, ".docx"},
		"that says so":           {macros, zipped(t, "[Content_Types].xml", `<a t="application/vnd.ms-word.document.macroEnabled.main+xml"/>`), []media.Start{media.StartsMacro}, ".docm"},
		"old macros":             {word, zipped(t, "xl/macrosheets/sheet1.xml", "x"), []media.Start{media.StartsMacro}, ".docx"},
		"a control":              {word, zipped(t, "word/activeX/activeX1.bin", "x"), []media.Start{media.StartsMacro}, ".docx"},
		"a file packed in":       {word, zipped(t, "word/embeddings/oleObject1.bin", "x"), []media.Start{media.StartsInside}, ".docx"},
		"a template elsewhere":   {word, zipped(t, "word/_rels/settings.xml.rels", rels("attachedTemplate")), []media.Start{media.StartsOther}, ".docx"},
		"a link":                 {word, zipped(t, "word/_rels/document.xml.rels", rels("hyperlink")), nil, ".docx"},
		"types in another code":  {word, zipped(t, "[Content_Types].xml", "<\x00a\x00"), []media.Start{media.StartsUnsure}, ".docx"},
		"basic in a text":        {"application/vnd.oasis.opendocument.text", zipped(t, "Basic/Standard/Module1.xml", "x"), []media.Start{media.StartsMacro}, ".odt"},
		"no zip behind its head": {word, []byte("PK\x03\x04 and no more"), []media.Start{media.StartsUnsure}, ".docx"},
		"photos":                 {"application/zip", zipped(t, "a/b.JPG", "x"), nil, ".zip"},
		"a program among them":   {"application/zip", zipped(t, "a/b.jpg.exe", "x"), []media.Start{media.StartsInside}, ".zip"},
		"old document":           {"application/msword", ole("WordDocument"), nil, ".doc"},
		"old with macros":        {"application/msword", ole("_VBA_PROJECT"), []media.Start{media.StartsMacro}, ".doc"},
		"old with a file":        {"application/msword", ole("\x01Ole10Native"), []media.Start{media.StartsInside}, ".doc"},
		"rich text":              {"application/rtf", []byte(`{\rtf1 geen object}`), nil, ".rtf"},
		"rich text with a file":  {"application/rtf", []byte(`{\rtf1 {\object\objemb{\*\OBJDATA 01}}}`), []media.Start{media.StartsInside}, ".rtf"},
		"rich text from outside": {"application/rtf", []byte(`{\rtf1 {\*\template https://a.example/t}}`), []media.Start{media.StartsOther}, ".rtf"},
		"page":                   {"text/html", []byte("<!doctype html><p>a"), []media.Start{media.StartsScript}, ".html.txt"},
		"drawing":                {"image/svg+xml", []byte(`<?xml version="1.0"?><svg onload="x()"/>`), []media.Start{media.StartsScript}, ".svg.txt"},
		"part of a page":         {"text/html", []byte("Groet, <b>A</b>"), []media.Start{media.StartsScript}, ".html.txt"},
		"table that reckons":     {"text/csv", []byte("a;b\n1;\"=cmd|' /C x'!A0\"\n"), nil, ".txt"}, // opens as text
		"text":                   {"text/plain", []byte("=1 @x <script>"), nil, ".txt"},
		"program":                {"application/x-msdownload", []byte("MZ..."), []media.Start{media.StartsProgram}, ".bin"},
	} {
		f := prepare(t, dossier.Attachment{MIME: c.mime}, c.data, media.DefaultLimits())
		if !slices.Equal(f.Starts, c.want) || !strings.HasSuffix(f.Path, c.path) || f.Missing != "" {
			t.Errorf("%s: %v at %q (%q), want %v", name, f.Starts, f.Path, f.Missing, c.want)
		}
		lim := media.DefaultLimits()
		lim.Inert = true
		f = prepare(t, dossier.Attachment{MIME: c.mime}, c.data, lim)
		if want := c.want != nil; (f.Missing == dossier.MissingActive) != want || (f.Path == "") != want || !slices.Equal(f.Starts, c.want) {
			t.Errorf("%s, where nothing may start: %q at %q %v", name, f.Missing, f.Path, f.Starts)
		}
	}
}

// What the fixtures hold starts nothing, and nothing of it is held back.
func TestFixturesStartNothing(t *testing.T) {
	n := 0
	err := filepath.WalkDir("../../fixtures/dossiers", func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".pdf" {
			return err
		}
		b, err := os.ReadFile(path)
		n++
		if f := prepare(t, dossier.Attachment{MIME: "application/pdf"}, b, media.DefaultLimits()); len(f.Starts) > 0 {
			t.Errorf("%s: %v", path, f.Starts)
		}
		return err
	})
	if err != nil || n == 0 {
		t.Fatalf("%d files: %v", n, err)
	}
}

// classic writes objects with a cross-reference table.
func classic(objects []string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	body(&b, objects, 1)
	return b.Bytes()
}

// body writes objects from a number on, with their table and trailer.
func body(b *bytes.Buffer, objects []string, from int) {
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", from+i, o)
	}
	xref := b.Len()
	fmt.Fprintf(b, "xref\n0 1\n0000000000 65535 f \n%d %d\n", from, len(objects))
	for _, a := range at {
		fmt.Fprintf(b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(b, "trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", from+len(objects), xref)
}

// updated is a plain file to which the objects were added later, the catalog too.
func updated(_ testing.TB, objects []string) []byte {
	b := bytes.NewBuffer(classic(pdfWith("", "")))
	body(b, objects, 1)
	return b.Bytes()
}

// hidden has all objects inside the data of a stream, where the table points to them.
func hidden(_ testing.TB, objects []string) []byte {
	inner := classic(objects)
	at := bytes.LastIndex(inner, []byte("xref\n0 1"))
	var b bytes.Buffer
	fmt.Fprintf(&b, "%%PDF-1.7\n99 0 obj\n<</Length %d>>\nstream\n", at)
	before := b.Len()
	b.Write(inner[:at])
	b.WriteString("\nendstream\nendobj\n")
	xref := b.Len()
	shift := regexp.MustCompile(`(?m)^(\d{10}) 00000 n `)
	b.Write(shift.ReplaceAllFunc(inner[at:bytes.LastIndex(inner, []byte("startxref"))], func(m []byte) []byte {
		var n int
		fmt.Sscanf(string(m), "%d", &n)
		return fmt.Appendf(nil, "%010d 00000 n ", n+before)
	}))
	fmt.Fprintf(&b, "startxref\n%d\n%%%%EOF\n", xref)
	return b.Bytes()
}

// hexed writes each letter of each name by its number.
func hexed(objects []string) []string {
	name := regexp.MustCompile(`/[A-Za-z0-9]+`)
	out := make([]string, len(objects))
	for i, o := range objects {
		if strings.Contains(o, "stream\n") || strings.Contains(o, "(") {
			out[i] = strings.NewReplacer("/JavaScript", "/J#61v#61Script", "/JS ", "/J#53 ", "/Launch", "/#4caunch", "/URI ", "/U#52#49 ", "/GoTo", "/G#6fTo", "/EF ", "/#45F ",
				"/EmbeddedFile", "/Embedded#46ile", "/XFA ", "/#58FA ", "/RichMedia", "/Rich#4dedia", "/OpenAction", "/Open#41ction").Replace(o)
			continue
		}
		out[i] = name.ReplaceAllStringFunc(o, func(s string) string { return "/#" + hex.EncodeToString([]byte(s[1:2])) + s[2:] })
	}
	return out
}

// oddWhite puts comments and other white where a reader allows them.
func oddWhite(objects []string) []string {
	out := make([]string, len(objects))
	for i, o := range objects {
		if strings.Contains(o, "stream\n") {
			out[i] = o
			continue
		}
		out[i] = strings.NewReplacer(" 0 R", "\x00\r0 % (\n\tR", "/S /", "/S%>>endobj\r/", "/S/", "/S\f/").Replace(o)
	}
	return out
}

// packedPDF puts all objects that are no stream into an object stream.
func packedPDF(objects []string, filter func([]byte) (dict string, out []byte)) []byte {
	var head, inner bytes.Buffer
	kept := map[int]string{}
	n := 0
	for i, o := range objects {
		if strings.Contains(o, "stream\n") {
			kept[i+1] = o
			continue
		}
		fmt.Fprintf(&head, "%d %d ", i+1, inner.Len())
		inner.WriteString(o + "\n")
		n++
	}
	dict, data := filter(append(head.Bytes(), inner.Bytes()...))
	number := len(objects) + 1
	kept[number] = fmt.Sprintf("<</Type /ObjStm /N %d /First %d /Length %d %s>>\nstream\n%s\nendstream", n, head.Len(), len(data), dict, data)
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	places := map[int]int{}
	for _, i := range slices.Sorted(maps.Keys(kept)) {
		places[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i, kept[i])
	}
	xref := b.Len()
	table := []byte{0, 0, 0, 0, 0, 255, 255}
	index := 0
	for i := 1; i <= number; i++ {
		if at, ok := places[i]; ok {
			table = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32(append(table, 1), uint32(at)), 0)
			continue
		}
		table = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32(append(table, 2), uint32(number)), uint16(index))
		index++
	}
	table = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32(append(table, 1), uint32(xref)), 0)
	fmt.Fprintf(&b, "%d 0 obj\n<</Type /XRef /Size %d /W [1 4 2] /Root 1 0 R /Length %d>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", number+1, number+2, len(table), table, xref)
	return b.Bytes()
}

func deflated(b []byte) (string, []byte) {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	w.Write(b)
	w.Close()
	return "/Filter /FlateDecode", out.Bytes()
}

func twice(b []byte) (string, []byte) {
	_, b = deflated(b)
	var out bytes.Buffer
	w := ascii85.NewEncoder(&out)
	w.Write(b)
	w.Close()
	out.WriteString("~>")
	return "/Filter [/ASCII85Decode /FlateDecode]", out.Bytes()
}

func asHex(b []byte) (string, []byte) {
	return "/Filter /ASCIIHexDecode", []byte(hex.EncodeToString(b) + "\n>")
}

// predicted filters rows of 12 bytes by each of PNG's five ways in turn.
func predicted(b []byte) (string, []byte) {
	const size = 12
	for len(b)%size != 0 {
		b = append(b, ' ')
	}
	var out []byte
	above := make([]byte, size)
	for i := 0; i < len(b); i += size {
		kind := byte(i / size % 5)
		out = append(out, kind)
		row := b[i : i+size]
		for j, c := range row {
			var left, corner byte
			if j > 0 {
				left, corner = row[j-1], above[j-1]
			}
			switch kind {
			case 1:
				c -= left
			case 2:
				c -= above[j]
			case 3:
				c -= byte((int(left) + int(above[j])) / 2)
			case 4:
				c -= nearest(left, above[j], corner)
			}
			out = append(out, c)
		}
		above = row
	}
	dict, data := deflated(out)
	return dict + " /DecodeParms <</Predictor 15 /Columns 12>>", data
}

func nearest(a, b, c byte) byte {
	best, at := 1<<10, a
	for _, x := range []byte{a, b, c} {
		if d := int(a) + int(b) - int(c) - int(x); max(d, -d) < best {
			best, at = max(d, -d), x
		}
	}
	return at
}

// zipped is a ZIP file of one file.
func zipped(t testing.TB, name, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	if err == nil {
		_, err = f.Write([]byte(text))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
