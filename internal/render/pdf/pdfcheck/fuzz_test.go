package pdfcheck

import (
	"fmt"
	"testing"
)

// small is a file of a few objects with the given content, character map and
// font program: what the fuzzer changes should matter.
func small(t testing.TB, content, unicode, program []byte) []byte {
	d := &draft{t: t, head: "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", objects: map[int]any{
		1:  dict{"Type": name("Catalog"), "Pages": ref(2), "StructTreeRoot": ref(5), "Lang": text("nl"), "Outlines": ref(9)},
		2:  dict{"Type": name("Pages"), "Kids": list{ref(3)}},
		3:  dict{"Type": name("Page"), "Contents": ref(4), "StructParents": 0.0, "Resources": dict{"Font": dict{"F": ref(10)}}},
		4:  &stream{dict{}, content},
		5:  dict{"K": ref(6), "ParentTree": ref(8)},
		6:  dict{"S": name("Document"), "P": ref(5), "K": list{ref(7)}},
		7:  dict{"S": name("Table"), "P": ref(6), "Pg": ref(3), "K": list{0.0}},
		8:  dict{"Nums": list{0.0, list{ref(7)}}},
		9:  dict{"First": ref(9), "Last": ref(9)},
		10: dict{"Subtype": name("Type0"), "Encoding": name("Identity-H"), "DescendantFonts": list{ref(11)}, "ToUnicode": ref(12)},
		11: dict{"W": list{0.0, 3.0, 500.0, 4.0, list{600.0}}, "CIDToGIDMap": name("Identity"), "FontDescriptor": dict{"FontFile2": ref(13)}},
		12: &stream{dict{}, unicode},
		13: &stream{dict{}, program},
	}, trailer: dict{"Root": ref(1)}}
	return d.bytes()
}

const (
	someContent = "/P <</MCID 0>> BDC q BT /F 11 Tf 1 0 0 1 9 9 Tm <00010002> Tj [(ab) -20 <0003>] TJ ET Q EMC /Artifact BMC 0 0 m 9 9 l S EMC BI /W 1 ID x EI"
	someUnicode = "1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <0041> <0002> <D83DDE0A> endbfchar 2 beginbfrange <0003> <0009> <0061> <000A> <000B> [<0062> <0063>] endbfrange"
)

// FuzzCheck gives the checker any bytes.
func FuzzCheck(f *testing.F) {
	b := small(f, []byte(someContent), []byte(someUnicode), nil)
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Add([]byte("startxref 0"))
	f.Add([]byte("1 0 obj <</Type/XRef/W[1 1 1]/Size 2/Length 1 0 R>> stream\nabc\nendstream endobj startxref\n0"))
	f.Fuzz(func(t *testing.T, b []byte) { told(t, Check(b)) })
}

// FuzzContent gives it a file that can be read, with any content, character map
// and font.
func FuzzContent(f *testing.F) {
	program := takeApart(f, good(f))
	_, _, descriptor := program.font()
	font := program.f.bytes(descriptor["FontFile2"])
	f.Add([]byte(someContent), []byte(someUnicode), font[:min(len(font), 4000)])
	f.Add([]byte("BT Tj TJ ' \" Tf Do cs k BDC BMC EMC EMC Q ET ET"), []byte("<00> <0001> endbfrange <0001> <FFFF> [] endbfrange"), []byte(fmt.Sprintf("\x00\x01\x00\x00\x00\x01%100s", "")))
	f.Fuzz(func(t *testing.T, content, unicode, program []byte) {
		told(t, Check(small(t, content, unicode, program)))
	})
}

// told holds that a file that is not good is refused in words.
func told(t *testing.T, faults []Fault) {
	t.Helper()
	if len(faults) == 0 {
		t.Error("no fault is found")
	}
	for _, x := range faults {
		if x.Rule == "" || x.Clause == "" || x.Where == "" || x.What == "" {
			t.Errorf("a fault without its words: %q", x)
		}
	}
}
