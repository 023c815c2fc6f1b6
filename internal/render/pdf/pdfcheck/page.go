package pdfcheck

// A page is what is known of one page.
type page struct {
	ref   ref
	dict  dict
	used  map[int]bool   // MCIDs that its content uses
	group int            // its StructParents; -1 when it has none
	said  map[int][]rune // what its marked content says, by MCID
}

// readPages walks the page tree. A page is an object of its own, so that others
// can point at it.
func (c *checker) readPages() {
	seen := map[ref]bool{}
	var walk func(v any, inherited dict, depth int)
	walk = func(v any, inherited dict, depth int) {
		r, ok := v.(ref)
		d := c.f.dict(v)
		if !ok || d == nil || seen[r] || depth > deepestTree {
			c.fault("readable", "file", "the page tree has something that is no page")
			return
		}
		seen[r] = true
		d = inherit(d, inherited)
		if d["Type"] == name("Page") {
			c.addPage(r, d)
			return
		}
		for _, k := range c.f.list(d["Kids"]) {
			walk(k, d, depth+1)
		}
	}
	walk(c.catalog["Pages"], nil, 0)
	if len(c.pages) == 0 {
		c.fault("readable", "file", "it has no page")
	}
}

// inherit adds what a page takes from the tree above it (ISO 32000-1, 7.7.3.4).
func inherit(d, from dict) dict {
	out := dict{}
	for _, k := range keys(d) {
		out[k] = d[k]
	}
	for _, k := range []name{"Resources", "MediaBox"} {
		if out[k] == nil {
			out[k] = from[k]
		}
	}
	return out
}

func (c *checker) addPage(r ref, d dict) {
	p := &page{ref: r, dict: d, used: map[int]bool{}, said: map[int][]rune{}, group: -1}
	if n, ok := whole(c.f.get(d["StructParents"])); ok {
		p.group = n
	}
	c.pageOf[r] = len(c.pages)
	c.pages = append(c.pages, p)
	where := onPage(len(c.pages) - 1)
	if len(c.f.list(d["Annots"])) > 0 && c.f.get(d["Tabs"]) != name("S") {
		c.fault("tabs", where, "it has links, and its tab order is not that of the structure")
	}
	if d["AA"] != nil {
		c.fault("action", where, "it acts when it is opened")
	}
}

// source is the content of a page, its parts joined (ISO 32000-1, 7.8.2).
func (c *checker) source(p *page) ([]byte, bool) {
	var out []byte
	for _, v := range c.f.several(p.dict["Contents"]) {
		s, ok := c.f.get(v).(*stream)
		if !ok {
			return nil, false
		}
		b, err := c.f.inflate(s)
		if err != nil {
			return nil, false
		}
		out = append(append(out, b...), '\n')
	}
	return out, true
}
