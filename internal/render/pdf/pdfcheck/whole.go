package pdfcheck

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// wholeFile holds what stands outside every object.
func (c *checker) wholeFile(b []byte) {
	line, rest, _ := bytes.Cut(b, []byte("\n"))
	if string(line) != "%PDF-1.7" || len(rest) < 5 || rest[0] != '%' || min(rest[1], rest[2], rest[3], rest[4]) < 128 {
		c.fault("header", "file", "it does not begin with the version and four bytes above 127")
	}
	if !bytes.HasSuffix(bytes.TrimRight(b, "\r\n"), []byte("%%EOF")) {
		c.fault("header", "file", "something follows its end")
	}
	if id := c.f.list(c.f.trailer["ID"]); len(id) != 2 || !c.f.full(id[0]) || !c.f.full(id[1]) {
		c.fault("id", "file", "it has no identifier")
	}
	if c.f.trailer["Encrypt"] != nil {
		c.fault("encrypted", "file", "it is encrypted")
	}
}

// catalogEntries holds what the file says about itself.
func (c *checker) catalogEntries() {
	d := c.catalog
	if d == nil {
		c.fault("readable", "file", "it has no catalog")
	}
	if !c.language(d["Lang"]) {
		c.fault("language", "catalog", "it does not say in which language it is")
	}
	marked := c.f.dict(d["MarkInfo"])
	if c.f.get(marked["Marked"]) != true || c.f.get(marked["Suspects"]) == true {
		c.fault("marked", "catalog", "it does not say that it is tagged")
	}
	if c.f.get(c.f.dict(d["ViewerPreferences"])["DisplayDocTitle"]) != true {
		c.fault("display-title", "catalog", "its title is not shown")
	}
	if d["OpenAction"] != nil || d["AA"] != nil || c.f.dict(d["Names"])["JavaScript"] != nil {
		c.fault("action", "catalog", "it acts when it is opened")
	}
	c.outputIntent()
	c.metadata()
	c.embeddedFiles()
}

// outputIntent holds that colours have a meaning: one intent, with a profile.
func (c *checker) outputIntent() {
	found := 0
	for _, v := range c.f.list(c.catalog["OutputIntents"]) {
		d := c.f.dict(v)
		if c.f.get(d["S"]) != name("GTS_PDFA1") {
			continue
		}
		found++
		n, _ := whole(c.f.get(c.f.dict(d["DestOutputProfile"])["N"]))
		p := c.f.bytes(d["DestOutputProfile"])
		if n != 3 || len(p) < 132 || string(p[36:40]) != "acsp" || string(p[16:20]) != "RGB " || int64(binary.BigEndian.Uint32(p)) != int64(len(p)) {
			c.fault("output-intent", "catalog", "its colour profile is not one of RGB")
		}
	}
	if found != 1 {
		c.fault("output-intent", "catalog", "%d output intents, not one", found)
	}
}

// metadata reads the XMP packet (ISO 16684-1).
func (c *checker) metadata() {
	b := c.f.bytes(c.catalog["Metadata"])
	said, err := readXMP(b)
	if err != nil || !bytes.Contains(b, []byte("<?xpacket begin=")) {
		c.fault("xmp", "catalog", "its metadata cannot be read")
		return
	}
	const aiim = "http://www.aiim.org/"
	if said[aiim+"pdfa/ns/id/ part"] != "3" || said[aiim+"pdfa/ns/id/ conformance"] != "A" {
		c.fault("xmp-version", "catalog", "it does not say that it is PDF/A-3a")
	}
	if said[aiim+"pdfua/ns/id/ part"] != "1" {
		c.fault("xmp-version", "catalog", "it does not say that it is PDF/UA-1")
	}
	if said["http://purl.org/dc/elements/1.1/ title"] == "" {
		c.fault("display-title", "catalog", "its metadata have no title")
	}
}

// readXMP gives the properties by name space and name. Of a list the last counts.
func readXMP(b []byte) (map[string]string, error) {
	const rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	out := map[string]string{}
	var open []xml.Name
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Space != rdf {
				open = append(open, t.Name)
			}
			for _, a := range t.Attr {
				out[a.Name.Space+" "+a.Name.Local] = a.Value
			}
		case xml.EndElement:
			if t.Name.Space != rdf {
				open = open[:len(open)-1]
			}
		case xml.CharData:
			if s := strings.TrimSpace(string(t)); s != "" && len(open) > 0 {
				n := open[len(open)-1]
				out[n.Space+" "+n.Local] = s
			}
		}
	}
}

// embeddedFiles holds that the files within are named twice, say what they are
// and how large, and belong to the document (ISO 19005-3, 6.8).
func (c *checker) embeddedFiles() {
	listed := map[ref]bool{}
	names := c.f.list(c.f.dict(c.f.dict(c.catalog["Names"])["EmbeddedFiles"])["Names"])
	if c.f.dict(c.f.dict(c.catalog["Names"])["EmbeddedFiles"])["Kids"] != nil {
		c.fault("embedded-file", "catalog", "the list of files within has branches, which are not read")
	}
	for i := 1; i < len(names); i += 2 {
		r, _ := names[i].(ref)
		listed[r] = true
		c.embeddedFile(r)
	}
	tied := map[ref]bool{}
	for _, v := range c.f.list(c.catalog["AF"]) {
		r, _ := v.(ref)
		tied[r] = true
		if !listed[r] {
			c.fault("embedded-file", r.where(), "a file belongs to the document and is not listed")
		}
	}
	for i := 1; i < len(names); i += 2 {
		if r, _ := names[i].(ref); !tied[r] {
			c.fault("embedded-file", r.where(), "a file is listed and belongs to nothing")
		}
	}
}

// relations are the values of AFRelationship (ISO 19005-3, 6.8, note 3 and E.2).
var relations = map[name]bool{"Source": true, "Data": true, "Alternative": true, "Supplement": true}

func (c *checker) embeddedFile(r ref) {
	d := c.f.dict(r)
	where := r.where()
	if n, _ := c.f.get(d["AFRelationship"]).(name); !relations[n] {
		c.fault("embedded-file", where, "a file does not say how it relates to the document")
	}
	if !c.f.full(d["F"]) || !c.f.full(d["UF"]) || !c.f.full(d["Desc"]) {
		c.fault("embedded-file", where, "a file has no name or description")
	}
	s, ok := c.f.get(c.f.dict(d["EF"])["F"]).(*stream)
	if !ok {
		c.fault("embedded-file", where, "a file is not there")
		return
	}
	kind, _ := c.f.get(s.dict["Subtype"]).(name)
	if before, after, ok := strings.Cut(string(kind), "/"); !ok || before == "" || after == "" {
		c.fault("embedded-file", where, "a file does not say of what kind it is")
	}
	params := c.f.dict(s.dict["Params"])
	size, ok := whole(c.f.get(params["Size"]))
	if b, err := c.f.inflate(s); err != nil || !ok || size != len(b) || !c.f.full(params["ModDate"]) {
		c.fault("embedded-file", where, "a file does not say its size and date, or says them wrong")
	}
}

// everyObject looks at all objects for what may stand nowhere: scripts, actions
// that leave the document, and pictures in CMYK or that change when they are shown.
func (c *checker) everyObject() {
	for n := 1; n < len(c.f.at); n++ {
		c.anywhere(object(n), c.f.object(n))
	}
}

// allowed are the actions of a document that only shows itself.
var allowed = map[name]bool{"URI": true, "GoTo": true}

func (c *checker) anywhere(where string, v any) {
	switch v := v.(type) {
	case list:
		for _, x := range v {
			c.anywhere(where, x)
		}
	case *stream:
		c.anywhere(where, v.dict)
		if f := v.dict["F"]; f != nil {
			c.fault("xobject", where, "a stream lies outside the file")
		}
	case dict:
		if s, _ := v["S"].(name); v["JS"] != nil || v["Type"] == name("Action") && !allowed[s] {
			c.fault("action", where, "an action that may not be")
		}
		if v["Subtype"] == name("Image") && (v["ColorSpace"] == name("DeviceCMYK") || c.f.get(v["Interpolate"]) == true) {
			c.fault("colour", where, "a picture is in CMYK, or is smoothed when it is shown")
		}
		for _, k := range keys(v) {
			c.anywhere(where, v[k])
		}
	}
}
