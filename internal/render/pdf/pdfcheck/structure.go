package pdfcheck

import (
	"regexp"
	"slices"
)

// structure holds every element against the rules for its type.
func (c *checker) structure() {
	c.headings()
	c.identifiers()
	for _, e := range c.elems {
		where := e.ref.where()
		c.nesting(e)
		switch e.tag {
		case "Table":
			c.table(e)
		case "TH":
			if s := c.attribute(e, "Table", "Scope"); s != name("Row") && s != name("Column") && s != name("Both") {
				c.fault("table-scope", where, "a head does not say what it is the head of")
			}
		case "Figure":
			c.figure(e)
		case "Formula":
			c.alternative(e)
		case "Link":
			if !slices.ContainsFunc(e.kids, func(k kid) bool { return k.annot != 0 }) {
				c.fault("link", where, "a link has no annotation")
			}
		}
		if v := e.dict["Lang"]; v != nil && !c.language(v) {
			c.fault("language", where, "its language is no language tag")
		}
	}
}

// identifiers holds the IDs of elements against the tree that finds them: every
// Note has one, none is there twice, and the tree names all and no other.
func (c *checker) identifiers() {
	owner := map[string]ref{}
	for _, e := range c.elems {
		id, ok := c.f.get(e.dict["ID"]).(text)
		switch {
		case !ok && e.tag == "Note", ok && len(id) == 0, ok && owner[string(id)] != 0:
			c.fault("note-id", e.ref.where(), "a note has no ID of its own")
		case ok:
			owner[string(id)] = e.ref
		}
	}
	names := c.f.list(c.f.dict(c.f.dict(c.catalog["StructTreeRoot"])["IDTree"])["Names"])
	last := ""
	for i := 0; i+1 < len(names); i += 2 {
		id, _ := c.f.get(names[i]).(text)
		if r, ok := names[i+1].(ref); !ok || owner[string(id)] != r || string(id) <= last {
			c.fault("id-tree", "file", "an entry names no element of that ID, or is out of order")
		}
		last = string(id)
	}
	if len(names) != 2*len(owner) {
		c.fault("id-tree", "file", "it names %d of %d IDs", len(names)/2, len(owner))
	}
}

// tag is the form of a language tag (RFC 5646), as far as a form can tell.
var tag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

func (c *checker) language(v any) bool {
	s, _ := c.f.get(v).(text)
	return tag.Match(s)
}

// headings are H1 first, and never one that skips a level (ISO 14289-1, 7.4.2).
func (c *checker) headings() {
	last := 0
	for _, e := range c.elems {
		if len(e.tag) != 2 || e.tag[0] != 'H' || e.tag[1] < '1' || e.tag[1] > '6' {
			if e.tag == "H" {
				c.fault("heading-order", e.ref.where(), "a heading has no level")
			}
			continue
		}
		level := int(e.tag[1] - '0')
		if level > last+1 {
			c.fault("heading-order", e.ref.where(), "a heading of level %d follows one of level %d", level, last)
		}
		last = level
	}
}

// within names the types that an element of a type may stand in, and holds the
// types that one may hold, where the two belong together (ISO 14289-1, 7.2).
var (
	within = map[name][]name{
		"LI": {"L"}, "LBody": {"LI"}, "TOCI": {"TOC"},
		"TR": {"Table", "THead", "TBody", "TFoot"}, "TH": {"TR"}, "TD": {"TR"},
		"THead": {"Table"}, "TBody": {"Table"}, "TFoot": {"Table"},
	}
	holds = map[name][]name{
		"L": {"L", "LI", "Caption"}, "LI": {"Lbl", "LBody"}, "TOC": {"TOC", "TOCI", "Caption"},
		"TOCI": {"Lbl", "Reference", "NonStruct", "P", "TOC"}, "TR": {"TH", "TD"},
		"Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
		"THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"},
	}
)

// nesting holds an element against the one around it and against its kids.
func (c *checker) nesting(e *elem) {
	rule := "list-shape"
	if e.tag[:min(1, len(e.tag))] == "T" && e.tag != "TOC" && e.tag != "TOCI" {
		rule = "table-shape"
	}
	var around name
	if e.parent != nil {
		around = e.parent.tag
	}
	if ok := within[e.tag]; ok != nil && !slices.Contains(ok, around) {
		c.fault(rule, e.ref.where(), "a %s does not stand where it belongs", e.tag)
	}
	ok := holds[e.tag]
	if ok == nil {
		return
	}
	for _, k := range e.kids {
		if k.elem == nil || !slices.Contains(ok, k.elem.tag) {
			c.fault(rule, e.ref.where(), "a %s holds what does not belong in it", e.tag)
		}
	}
}

// table holds that all rows of a table are of one width, cells that span
// several rows or columns counted (ISO 14289-1, 7.2).
func (c *checker) table(e *elem) {
	width, rows := -1, c.rows(e)
	var hang []int // for each column, how many more rows a cell above covers
	for _, row := range rows {
		at := 0
		for _, cell := range row.kids {
			for at < len(hang) && hang[at] > 0 {
				hang[at]--
				at++
			}
			down := c.span(cell.elem, "RowSpan")
			for range c.span(cell.elem, "ColSpan") {
				for at >= len(hang) {
					hang = append(hang, 0)
				}
				if hang[at] > 0 {
					c.fault("table-shape", row.ref.where(), "two cells lie over each other")
				}
				hang[at] = down - 1
				at++
			}
		}
		for ; at < len(hang) && hang[at] > 0; at++ {
			hang[at]--
		}
		if width < 0 {
			width = at
		}
		if at != width {
			c.fault("table-shape", row.ref.where(), "a row of %d columns in a table of %d", at, width)
		}
	}
	if len(rows) == 0 {
		c.fault("table-shape", e.ref.where(), "a table without rows")
	}
}

// rows are the rows of a table, also of those in its parts.
func (c *checker) rows(e *elem) (out []*elem) {
	for _, k := range e.kids {
		switch {
		case k.elem == nil:
		case k.elem.tag == "TR":
			out = append(out, k.elem)
		case k.elem.tag == "THead" || k.elem.tag == "TBody" || k.elem.tag == "TFoot":
			out = append(out, c.rows(k.elem)...)
		}
	}
	return out
}

// span is how many rows or columns a cell covers.
func (c *checker) span(e *elem, key name) int {
	if e == nil {
		return 1
	}
	n, ok := whole(c.attribute(e, "Table", key))
	if !ok || n < 1 || n > 1000 {
		return 1
	}
	return n
}

// attribute is the value of a key among an element's attributes of an owner
// (ISO 32000-1, 14.7.5).
func (c *checker) attribute(e *elem, owner, key name) any {
	for _, v := range c.f.several(e.dict["A"]) {
		d := c.f.dict(v)
		if c.f.get(d["O"]) == owner && d[key] != nil {
			return c.f.get(d[key])
		}
	}
	return nil
}

func (c *checker) alternative(e *elem) {
	if !c.f.full(e.dict["Alt"]) && !c.f.full(e.dict["ActualText"]) {
		c.fault("figure-alt", e.ref.where(), "a picture has no text in its place")
	}
}

// figure holds that a picture has a text and a place on a page.
func (c *checker) figure(e *elem) {
	c.alternative(e)
	box, _ := c.attribute(e, "Layout", "BBox").(list)
	var at [4]float64
	for i, v := range box {
		if x, ok := c.f.get(v).(float64); ok && i < 4 {
			at[i] = x
		}
	}
	if len(box) != 4 || at[0] >= at[2] || at[1] >= at[3] {
		c.fault("figure-box", e.ref.where(), "a picture has no place on the page")
	}
}
