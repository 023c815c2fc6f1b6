package pdfcheck

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strconv"
	"testing"
	"time"

	"inzage/internal/document"
	"inzage/internal/render/pdf"
)

// good is a small file with every kind of element in it.
func good(t testing.TB) []byte {
	t.Helper()
	say := func(s string) []document.Inline { return []document.Inline{document.Text(s)} }
	para := func(s string) document.Block { return document.Para{Text: say(s)} }
	var pixels bytes.Buffer
	m := image.NewGray(image.Rect(0, 0, 300, 200))
	m.Set(3, 3, color.White)
	if err := png.Encode(&pixels, m); err != nil {
		t.Fatal(err)
	}
	d := &document.Document{
		Lang: "nl", Title: "Kopie van uw dossier", ID: "bcd", Made: time.Date(2026, 3, 15, 3, 0, 0, 0, time.UTC),
		Furniture: document.Furniture{Kind: "Kopie", Portal: "MijnLinde", Date: "15 maart 2026", Page: "Pagina %d van %d"},
		Cover:     document.Cover{Organisation: "De Linde", Kind: "Kopie van uw dossier", PagesLabel: "Bladzijden", Facts: []document.Field{{Label: "Gemaakt op", Value: say("15 maart")}}},
		Sections: []document.Section{
			{ID: "inhoud", Title: "Inhoud", Role: document.RoleContents, Blocks: []document.Block{document.Contents{}}},
			{ID: "een", Title: "Eén", Role: document.RoleRecord, Blocks: []document.Block{
				document.Heading{Level: 2, Text: "Hoe u dit leest"}, para("Łukasz en Ελένη lazen dit."),
				document.Heading{Level: 3, Text: "Vragen"},
				document.Para{Text: []document.Inline{document.Text("Kijk op "), document.Link{URL: "https://linde.example/vragen", Text: say("linde.example")}, document.Text(" of bij "), document.Ref{ID: "twee", Text: say("Twee")}}},
				document.List{Items: [][]document.Block{{para("een punt")}, {para("nog een punt")}}},
				document.Entry{When: "1 maart 2026", Title: "Wandeling", Blocks: []document.Block{para("Een rondje.")}, Tags: []string{"Gewijzigd"}, Notes: []string{"Eerdere tekst vervangen op 2 maart 2026.", "Later opgeschreven."}},
				document.Table{Caption: "Metingen", Columns: []document.Column{{Head: "Dag", RowHead: true}, {Head: "Waarde"}}, Groups: []document.RowGroup{{Rows: [][]document.Cell{{{Text: say("maandag")}, {Text: say("72,4")}}, {{Text: say("dinsdag")}, {Text: say("72,1")}}}}}},
				document.Figures{Items: []document.Figure{{Alt: "De tuin in de zon", Caption: say("De tuin"), Image: &document.Image{MIME: "image/png", Data: pixels.Bytes(), Width: 300, Height: 200, SHA256: "s"}}}},
			}},
			{ID: "twee", Title: "Twee", Role: document.RoleRecord, OwnPage: true, Blocks: []document.Block{para("Het einde.")}},
		},
	}
	var b bytes.Buffer
	if _, err := pdf.Render(&b, d, pdf.Options{Data: []byte(`{"schema":"dossier/v1"}`)}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A draft is a file taken apart into its objects, streams inflated, to be
// changed and put together again.
type draft struct {
	*checker // what it was before any change
	t        testing.TB
	objects  map[int]any
	trailer  dict
	head     string
}

func takeApart(t testing.TB, b []byte) *draft {
	t.Helper()
	f, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	d := &draft{t: t, objects: map[int]any{}, trailer: dict{}, head: "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n",
		checker: newChecker()}
	d.f = f
	for _, k := range []name{"Root", "Info", "ID"} {
		d.trailer[k] = f.trailer[k]
	}
	for n := 1; n < len(f.at); n++ {
		v := f.object(n)
		if s, ok := v.(*stream); ok {
			if kind := s.dict["Type"]; kind == name("ObjStm") || kind == name("XRef") {
				continue
			}
			if b, err := f.inflate(s); err == nil {
				s.raw = b
				delete(s.dict, "Filter")
			}
		}
		d.objects[n] = v
	}
	d.catalog = f.dict(f.trailer["Root"])
	d.readPages()
	d.readTree()
	d.readParents()
	return d
}

// bytes puts the file together: plain objects and a cross-reference stream.
func (d *draft) bytes() []byte {
	var out bytes.Buffer
	out.WriteString(d.head)
	size := 1
	for n := range d.objects {
		size = max(size, n+1)
	}
	table := make([]byte, 7*(size+1))
	row := func(n int) {
		at := out.Len()
		copy(table[7*n:], []byte{1, byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at)})
	}
	for n := 1; n < size; n++ {
		if v, ok := d.objects[n]; ok {
			row(n)
			fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", n, write(v))
		}
	}
	at := out.Len()
	row(size)
	x := dict{"Type": name("XRef"), "Size": float64(size + 1), "W": list{1.0, 4.0, 2.0}}
	for k, v := range d.trailer {
		x[k] = v
	}
	fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", size, write(&stream{x, table}), at)
	return out.Bytes()
}

// write is a value as PDF.
func write(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case name:
		return "/" + string(bytes.ReplaceAll([]byte(v), []byte("/"), []byte("#2F")))
	case text:
		return fmt.Sprintf("<%X>", []byte(v))
	case ref:
		return fmt.Sprintf("%d 0 R", int(v))
	case list:
		s := "["
		for _, x := range v {
			s += write(x) + " "
		}
		return s + "]"
	case dict:
		s := "<<"
		for _, k := range keys(v) {
			s += write(k) + " " + write(v[k]) + " "
		}
		return s + ">>"
	case *stream:
		v.dict["Length"] = float64(len(v.raw))
		return write(v.dict) + "\nstream\n" + string(v.raw) + "\nendstream"
	}
	return fmt.Sprint(v)
}

// elem is the first element of a type.
func (d *draft) elem(tag name) *elem {
	d.t.Helper()
	i := slices.IndexFunc(d.elems, func(e *elem) bool { return e.tag == tag })
	if i < 0 {
		d.t.Fatalf("the file has no %s", tag)
	}
	return d.elems[i]
}

// link is the first annotation.
func (d *draft) link() dict {
	d.t.Helper()
	for _, p := range d.pages {
		if l := d.f.list(p.dict["Annots"]); len(l) > 0 {
			return d.f.dict(l[0])
		}
	}
	d.t.Fatal("the file has no link")
	return nil
}

// page is the dictionary of a page that the file holds.
func (d *draft) page(i int) dict { return d.f.dict(d.pages[i].ref) }

// change replaces the first of a text in the content of the last page.
func (d *draft) change(old, new string) {
	d.t.Helper()
	s, ok := d.f.get(d.page(len(d.pages) - 1)["Contents"]).(*stream)
	if !ok || !bytes.Contains(s.raw, []byte(old)) {
		d.t.Fatalf("no %q on the page", old)
	}
	s.raw = bytes.Replace(s.raw, []byte(old), []byte(new), 1)
}

// font is the first font of the file's resources, and what lies below it.
func (d *draft) font() (outer, cid, descriptor dict) {
	fonts := d.f.dict(d.f.dict(d.pages[0].dict["Resources"])["Font"])
	outer = d.f.dict(fonts[keys(fonts)[0]])
	cid = d.f.dict(d.f.list(outer["DescendantFonts"])[0])
	return outer, cid, d.f.dict(cid["FontDescriptor"])
}

// swap replaces text in a stream.
func (d *draft) swap(v any, old, new string) {
	d.t.Helper()
	s, ok := d.f.get(v).(*stream)
	if !ok || !bytes.Contains(s.raw, []byte(old)) {
		d.t.Fatalf("no %q in the stream", old)
	}
	s.raw = bytes.ReplaceAll(s.raw, []byte(old), []byte(new))
}

// add puts a new object into the file.
func (d *draft) add(v any) ref {
	n := len(d.f.at) + len(d.objects)
	d.objects[n] = v
	return ref(n)
}
