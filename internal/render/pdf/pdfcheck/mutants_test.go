package pdfcheck

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// A mutant is the good file with one thing wrong.
type mutant struct {
	name, rule string
	change     func(*draft)
}

var mutants = []mutant{
	{"an object that is not written as PDF", "readable", func(d *draft) { d.objects[int(d.elem("P").ref)] = word("(") }},
	{"no page", "readable", func(d *draft) { d.f.dict(d.catalog["Pages"])["Kids"] = list{} }},
	{"no binary comment", "header", func(d *draft) { d.head = "%PDF-1.7\n%abcd\n" }},
	{"another version", "header", func(d *draft) { d.head = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n" }},
	{"no identifier", "id", func(d *draft) { delete(d.trailer, "ID") }},
	{"encrypted", "encrypted", func(d *draft) { d.trailer["Encrypt"] = dict{"Filter": name("Standard")} }},
	{"an unknown operator", "operator", func(d *draft) { d.change("BT ", "1 2 foo BT ") }},
	{"no output intent", "output-intent", func(d *draft) { delete(d.catalog, "OutputIntents") }},
	{"a profile that is none", "output-intent", func(d *draft) {
		d.swap(d.f.dict(d.f.list(d.catalog["OutputIntents"])[0])["DestOutputProfile"], "acsp", "xxxx")
	}},
	{"a colour in CMYK", "colour", func(d *draft) { d.change("BT ", "0 0 0 1 k BT ") }},
	{"a picture in CMYK", "colour", func(d *draft) { d.picture().dict["ColorSpace"] = name("DeviceCMYK") }},
	{"a form", "xobject", func(d *draft) { d.picture().dict["Subtype"] = name("Form") }},
	{"a font that is not in the file", "font-embedded", func(d *draft) { _, _, desc := d.font(); delete(desc, "FontFile2") }},
	{"a font of another kind", "font-embedded", func(d *draft) { outer, _, _ := d.font(); outer["Subtype"] = name("TrueType") }},
	{"a font that is not in the resources", "font-embedded", func(d *draft) { d.change("/T", "/X") }},
	{"a glyph that the font lacks", "glyph-missing", func(d *draft) {
		_, _, desc := d.font()
		d.table(desc["FontFile2"], "maxp", 4, 1)
	}},
	{"a glyph of another width", "glyph-width", func(d *draft) {
		_, cid, _ := d.font()
		each := d.f.list(d.f.list(cid["W"])[1])
		for i := range each {
			each[i] = 1.0 + each[i].(float64) + 2
		}
	}},
	{"no ToUnicode", "to-unicode", func(d *draft) { outer, _, _ := d.font(); delete(outer, "ToUnicode") }},
	{"a glyph that stands for U+0000", "to-unicode", func(d *draft) { outer, _, _ := d.font(); d.swap(outer["ToUnicode"], "> <00", "> <0000") }},
	{"a private character", "private-use", func(d *draft) { outer, _, _ := d.font(); d.swap(outer["ToUnicode"], "> <00", "> <E0") }},
	{"glyph 0", "glyph-zero", func(d *draft) { d.change("<00", "<000000") }},
	{"half a glyph number", "glyph-zero", func(d *draft) { d.change("> Tj", "00> Tj") }},
	{"a link that does not print", "annotation-flags", func(d *draft) { d.link()["F"] = 0.0 }},
	{"a hidden link", "annotation-flags", func(d *draft) { d.link()["F"] = 6.0 }},
	{"a script", "action", func(d *draft) { d.catalog["OpenAction"] = dict{"S": name("JavaScript"), "JS": text("1")} }},
	{"a script that nothing leads to", "action", func(d *draft) { d.add(dict{"S": name("JavaScript"), "JS": text("1")}) }},
	{"a link that starts a program", "action", func(d *draft) { d.link()["A"] = dict{"Type": name("Action"), "S": name("Launch")} }},
	{"a page that acts", "action", func(d *draft) { d.page(1)["AA"] = dict{} }},
	{"no metadata", "xmp", func(d *draft) { delete(d.catalog, "Metadata") }},
	{"metadata that are not XML", "xmp", func(d *draft) { d.swap(d.catalog["Metadata"], "</rdf:RDF>", "") }},
	{"another part of PDF/A", "xmp-version", func(d *draft) { d.swap(d.catalog["Metadata"], "<pdfaid:part>3", "<pdfaid:part>2") }},
	{"another level of PDF/A", "xmp-version", func(d *draft) { d.swap(d.catalog["Metadata"], "conformance>A", "conformance>B") }},
	{"no word of PDF/UA", "xmp-version", func(d *draft) { d.swap(d.catalog["Metadata"], "<pdfuaid:part>1</pdfuaid:part>", "") }},
	{"not marked", "marked", func(d *draft) { delete(d.catalog, "MarkInfo") }},
	{"suspects", "marked", func(d *draft) { d.catalog["MarkInfo"] = dict{"Marked": true, "Suspects": true} }},
	{"a file that does not say how it relates", "embedded-file", func(d *draft) { delete(d.file(), "AFRelationship") }},
	{"a file that belongs to nothing", "embedded-file", func(d *draft) { delete(d.catalog, "AF") }},
	{"a file that is not listed", "embedded-file", func(d *draft) { delete(d.catalog, "Names") }},
	{"a file of no kind", "embedded-file", func(d *draft) { delete(d.f.dict(d.f.dict(d.file()["EF"])["F"]), "Subtype") }},
	{"a file of another size", "embedded-file", func(d *draft) {
		d.f.dict(d.f.dict(d.f.dict(d.file()["EF"])["F"])["Params"])["Size"] = 1.0
	}},
	{"marked content that is not closed", "balance", func(d *draft) { d.change("EMC\n", "\n") }},
	{"a state that is not restored", "balance", func(d *draft) { d.change("BT ", "q BT ") }},
	{"marked content that nothing holds", "mcid-parent", func(d *draft) { d.change("/MCID 0", "/MCID 700") }},
	{"an entry of another element", "mcid-parent", func(d *draft) {
		d.f.list(d.parents[d.pages[1].group])[0] = d.elem("Document").ref
	}},
	{"a page outside the parent tree", "mcid-parent", func(d *draft) { delete(d.page(1), "StructParents") }},
	{"marked content that is there twice", "mcid-twice", func(d *draft) { d.change("/MCID 1>>", "/MCID 0>>") }},
	{"a kid that is on no page", "kid-page", func(d *draft) { d.change("/MCID 1>>", "/MCID 0>>") }},
	{"a kid on another page", "kid-page", func(d *draft) { d.elem("TD").dict["Pg"] = d.pages[0].ref }},
	{"content with two owners", "kid-page", func(d *draft) {
		p := d.elem("P")
		d.elem("H2").dict["K"], d.elem("H2").dict["Pg"] = p.dict["K"], p.dict["Pg"]
	}},
	{"an entry for what is not there", "parent-tree", func(d *draft) {
		key := d.pages[1].group
		d.parentsOf()[2*key+1] = append(d.f.list(d.parents[key]), d.elem("P").ref)
	}},
	{"no structure tree", "tree", func(d *draft) { delete(d.catalog, "StructTreeRoot") }},
	{"an element that names another parent", "tree", func(d *draft) { d.elem("TD").dict["P"] = d.elem("Document").ref }},
	{"an element in two places", "tree", func(d *draft) {
		e := d.elem("Document")
		e.dict["K"] = append(d.f.list(e.dict["K"]), d.elem("P").ref)
	}},
	{"a root that is no document", "tree", func(d *draft) { d.elem("Document").dict["S"] = name("Sect") }},
	{"a type that nobody knows", "role", func(d *draft) { d.elem("P").dict["S"] = name("Alinea") }},
	{"text outside every mark", "painted-outside", func(d *draft) { d.change("/Artifact BMC", "/Other BMC") }},
	{"a line outside every mark", "painted-outside", func(d *draft) { d.after("0 0 m 9 9 l S") }},
	{"a picture outside every mark", "painted-outside", func(d *draft) { d.after("/" + string(d.pictureName()) + " Do") }},
	{"a picture in the content, outside", "painted-outside", func(d *draft) { d.after("BI /W 1 /H 1 ID \x00 EI") }},
	{"an artifact in tagged content", "artifact-nesting", func(d *draft) { d.change("BT ", "/Artifact BMC EMC BT ") }},
	{"tagged content in an artifact", "artifact-nesting", func(d *draft) { d.after("/Artifact BMC /P <</MCID 900>> BDC EMC EMC") }},
	{"a title that is not shown", "display-title", func(d *draft) { delete(d.catalog, "ViewerPreferences") }},
	{"no title", "display-title", func(d *draft) {
		d.swap(d.catalog["Metadata"], "Kopie van uw dossier</rdf:li></rdf:Alt></dc:title>", "</rdf:li></rdf:Alt></dc:title>")
	}},
	{"no language", "language", func(d *draft) { delete(d.catalog, "Lang") }},
	{"a passage in no language", "language", func(d *draft) { d.elem("P").dict["Lang"] = text("Het Nederlands") }},
	{"a paragraph right in a list", "list-shape", func(d *draft) { d.elem("LI").dict["S"] = name("P") }},
	{"a list item outside a list", "list-shape", func(d *draft) { d.elem("P").dict["S"] = name("LI") }},
	{"a line of the contents elsewhere", "list-shape", func(d *draft) { d.elem("TOC").dict["S"] = name("Div") }},
	{"a paragraph right in a row", "table-shape", func(d *draft) { d.elem("TD").dict["S"] = name("P") }},
	{"a row that is too short", "table-shape", func(d *draft) {
		row := d.elem("TR").dict
		row["K"] = d.f.list(row["K"])[:1]
	}},
	{"a cell that spans too far", "table-shape", func(d *draft) { d.elem("TD").dict["A"] = dict{"O": name("Table"), "ColSpan": 2.0} }},
	{"a cell that hangs into another", "table-shape", func(d *draft) { d.elem("TD").dict["A"] = dict{"O": name("Table"), "RowSpan": 2.0} }},
	{"a picture without words", "figure-alt", func(d *draft) { delete(d.elem("Figure").dict, "Alt") }},
	{"a picture with empty words", "figure-alt", func(d *draft) { d.elem("Figure").dict["Alt"] = text("\xFE\xFF\x00 ") }},
	{"a picture without a place", "figure-box", func(d *draft) { delete(d.elem("Figure").dict, "A") }},
	{"a heading that skips a level", "heading-order", func(d *draft) { d.elem("H2").dict["S"] = name("H3") }},
	{"a first heading that is not H1", "heading-order", func(d *draft) { d.elem("H1").dict["S"] = name("H2") }},
	{"a heading without a level", "heading-order", func(d *draft) { d.elem("H2").dict["S"] = name("H") }},
	{"a head of nothing", "table-scope", func(d *draft) { delete(d.elem("TH").dict, "A") }},
	{"a note without an ID", "note-id", func(d *draft) { d.elem("P").dict["S"] = name("Note") }},
	{"a note that lost its ID", "note-id", func(d *draft) { delete(d.elem("Note").dict, "ID") }},
	{"two elements of one ID", "note-id", func(d *draft) { d.elem("P").dict["ID"] = d.elem("Note").dict["ID"] }},
	{"IDs that no tree finds", "id-tree", func(d *draft) { delete(d.f.dict(d.catalog["StructTreeRoot"]), "IDTree") }},
	{"an ID that leads elsewhere", "id-tree", func(d *draft) {
		tree := d.f.dict(d.f.dict(d.catalog["StructTreeRoot"])["IDTree"])
		d.f.list(tree["Names"])[1] = d.elem("P").ref
	}},
	{"a bookmark without a title", "bookmark", func(d *draft) { delete(d.f.dict(d.f.dict(d.catalog["Outlines"])["First"]), "Title") }},
	{"bookmarks that go round", "bookmark", func(d *draft) {
		o := d.f.dict(d.catalog["Outlines"])
		d.f.dict(o["First"])["Next"] = o["First"]
	}},
	{"a link that no element holds", "annotation-parent", func(d *draft) { delete(d.link(), "StructParent") }},
	{"an annotation that is no link", "annotation-parent", func(d *draft) { d.link()["Subtype"] = name("Text") }},
	{"a link on another page", "annotation-parent", func(d *draft) {
		for i := range d.pages {
			delete(d.page(i), "Annots")
		}
	}},
	{"a tab order of its own", "tabs", func(d *draft) {
		for i := range d.pages {
			delete(d.page(i), "Tabs")
		}
	}},
	{"a link without its annotation", "link", func(d *draft) {
		for _, e := range d.elems {
			if e.tag == "Link" {
				e.dict["K"] = slices.DeleteFunc(d.f.list(e.dict["K"]), func(v any) bool { return d.f.dict(v)["Type"] == name("OBJR") })
			}
		}
	}},
	{"a link in an element that is none", "link", func(d *draft) { d.elem("Link").dict["S"] = name("Span") }},
	{"a link without words", "link-contents", func(d *draft) { delete(d.link(), "Contents") }},
	{"a link to nowhere", "link-target", func(d *draft) { l := d.link(); delete(l, "A"); delete(l, "Dest") }},
	{"a link to what is no page", "link-target", func(d *draft) { l := d.link(); delete(l, "A"); l["Dest"] = list{d.elem("P").ref, name("Fit")} }},
}

// picture is the picture of the file; its resource name is pictureName.
func (d *draft) picture() *stream {
	s, ok := d.f.get(d.f.dict(d.f.dict(d.pages[0].dict["Resources"])["XObject"])[d.pictureName()]).(*stream)
	if !ok {
		d.t.Fatal("the file has no picture")
	}
	return s
}

func (d *draft) pictureName() name {
	pictures := keys(d.f.dict(d.f.dict(d.pages[0].dict["Resources"])["XObject"]))
	if len(pictures) != 1 {
		d.t.Fatalf("%d pictures", len(pictures))
	}
	return pictures[0]
}

// file is what the catalog says of the file within.
func (d *draft) file() dict { return d.f.dict(d.f.list(d.catalog["AF"])[0]) }

// parentsOf is the list of keys and entries of the parent tree.
func (d *draft) parentsOf() list {
	return d.f.list(d.f.dict(d.f.dict(d.catalog["StructTreeRoot"])["ParentTree"])["Nums"])
}

// after adds operators at the end of the last page.
func (d *draft) after(s string) {
	c := d.f.get(d.page(len(d.pages) - 1)["Contents"]).(*stream)
	c.raw = append(bytes.TrimRight(slices.Clone(c.raw), "\n"), "\n"+s+"\n"...)
}

// table writes a number into a table of a TrueType program.
func (d *draft) table(v any, tag string, at int, n uint16) {
	s := d.f.get(v).(*stream)
	s.raw = slices.Clone(s.raw)
	i := bytes.Index(s.raw, []byte(tag))
	from := int(binary.BigEndian.Uint32(s.raw[i+8:]))
	binary.BigEndian.PutUint16(s.raw[from+at:], n)
}

func TestAGoodFileTakenApartAndPutTogetherIsStillGood(t *testing.T) {
	b := good(t)
	for name, file := range map[string][]byte{"as written": b, "put together": takeApart(t, b).bytes()} {
		for _, f := range Check(file) {
			t.Errorf("%s: %s", name, f)
		}
	}
}

func TestEveryMutantIsRefusedByItsRule(t *testing.T) {
	b := good(t)
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			d := takeApart(t, b)
			m.change(d)
			found := Check(d.bytes())
			for _, f := range found {
				if f.Rule == m.rule && f.Clause != "" && f.Where != "" {
					return
				}
			}
			t.Errorf("%s does not refuse it; told is %v", m.rule, found)
		})
	}
}

func TestEveryRuleHasAMutant(t *testing.T) {
	for _, r := range Rules() {
		if !slices.ContainsFunc(mutants, func(m mutant) bool { return m.rule == r.Name }) {
			t.Errorf("nothing shows that %s can fail", r.Name)
		}
	}
}
