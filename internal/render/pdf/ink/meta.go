package ink

import (
	"encoding/binary"
	"encoding/xml"
	"math"
	"strings"
	"sync"
)

// xmp is the metadata of the file (ISO 16684-1), which says that it keeps to
// PDF/A-3a and PDF/UA-1. PDF/A wants the UA field described in an extension
// schema (ISO 19005-3, 6.6.2.3).
func (o Options) xmp() []byte {
	const (
		rdf  = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
		aiim = "http://www.aiim.org/"
	)
	var b strings.Builder
	about := func(prefix, space, body string) {
		b.WriteString(`<rdf:Description rdf:about="" xmlns:` + prefix + `="` + space + `">` + body + "</rdf:Description>\n")
	}
	alt := func(s string) string {
		return `<rdf:Alt><rdf:li xml:lang="x-default">` + escape(s) + `</rdf:li></rdf:Alt>`
	}
	b.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"" + rdf + "\">\n")
	about("pdfaid", aiim+"pdfa/ns/id/", "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>")
	about("pdfuaid", aiim+"pdfua/ns/id/", "<pdfuaid:part>1</pdfuaid:part>")
	b.WriteString(`<rdf:Description rdf:about="" xmlns:pdfaExtension="` + aiim + `pdfa/ns/extension/" xmlns:pdfaSchema="` + aiim + `pdfa/ns/schema#" xmlns:pdfaProperty="` + aiim + `pdfa/ns/property#">` +
		`<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>` +
		`<pdfaSchema:namespaceURI>` + aiim + `pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>` +
		`<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>` +
		`<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>` +
		`</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>` + "\n")
	about("dc", "http://purl.org/dc/elements/1.1/", "<dc:format>application/pdf</dc:format><dc:title>"+alt(o.Title)+"</dc:title><dc:creator><rdf:Seq><rdf:li>"+escape(o.Author)+
		"</rdf:li></rdf:Seq></dc:creator><dc:description>"+alt(o.Subject)+"</dc:description><dc:language><rdf:Bag><rdf:li>"+escape(o.Lang)+"</rdf:li></rdf:Bag></dc:language>")
	made := o.Made.UTC().Format("2006-01-02T15:04:05Z")
	b.WriteString(`<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><xmp:CreateDate>` + made + `</xmp:CreateDate><xmp:ModifyDate>` + made +
		`</xmp:ModifyDate><xmp:MetadataDate>` + made + `</xmp:MetadataDate><xmp:CreatorTool>` + escape(o.Producer) + `</xmp:CreatorTool><pdf:Producer>` + escape(o.Producer) + "</pdf:Producer></rdf:Description>\n")
	b.WriteString("</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>")
	return []byte(b.String())
}

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // to memory: no error
	return b.String()
}

// sRGB is a small ICC version 2 profile of sRGB (IEC 61966-2-1), computed, so
// that no file of others is carried along.
var sRGB = sync.OnceValue(func() []byte {
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", iccDescription("sRGB IEC61966-2.1")}, {"cprt", append([]byte("text\x00\x00\x00\x00No copyright, use freely"), 0)},
		{"wtpt", iccXYZ(0.9505, 1, 1.0891)}, {"rXYZ", iccXYZ(0.43607, 0.22249, 0.01392)}, {"gXYZ", iccXYZ(0.38515, 0.71687, 0.09708)},
		{"bXYZ", iccXYZ(0.14307, 0.06061, 0.71410)}, {"rTRC", iccCurve()}, {"gTRC", nil}, {"bTRC", nil}, // green and blue share red's curve
	}
	directory := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var data []byte
	var at, size uint32
	for _, t := range tags {
		if t.data != nil {
			at, size = uint32(128+4+12*len(tags)+len(data)), uint32(len(t.data))
			data = append(data, t.data...)
			for len(data)%4 != 0 {
				data = append(data, 0)
			}
		}
		directory = append(directory, t.name...)
		directory = binary.BigEndian.AppendUint32(directory, at)
		directory = binary.BigEndian.AppendUint32(directory, size)
	}
	out := append(append(iccHeader(), directory...), data...)
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
})

func iccHeader() []byte {
	h := make([]byte, 128)
	copy(h[8:], []byte{2, 0x10, 0, 0}) // version 2.1
	copy(h[12:], "mntrRGB XYZ ")
	for i, v := range []uint16{2020, 1, 1, 0, 0, 0} {
		binary.BigEndian.PutUint16(h[24+2*i:], v)
	}
	copy(h[36:], "acsp")
	copy(h[68:], iccXYZ(0.9642, 1, 0.8249)[8:]) // the D50 illuminant
	return h
}

func iccXYZ(values ...float64) []byte {
	b := []byte("XYZ \x00\x00\x00\x00")
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
	}
	return b
}

// iccCurve is the transfer curve of sRGB at 256 points.
func iccCurve() []byte {
	const n = 256
	b := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), n)
	for i := range n {
		v := float64(i) / (n - 1)
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(math.Round(v*65535)))
	}
	return b
}

func iccDescription(s string) []byte {
	b := binary.BigEndian.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(s)+1))
	b = append(append(b, s...), 0)
	return append(b, make([]byte, 4+4+2+1+67)...)
}
