package pdfcheck

import "slices"

// annotations holds every annotation of every page against the structure tree.
func (c *checker) annotations() {
	home := map[ref]int{} // annotation → page
	for i, p := range c.pages {
		for _, v := range c.f.list(p.dict["Annots"]) {
			r, ok := v.(ref)
			d := c.f.dict(v)
			if _, twice := home[r]; !ok || d == nil || twice {
				c.fault("annotation-parent", onPage(i), "an annotation is not an object of one page")
				continue
			}
			home[r] = i
			c.annotation(i, r, d)
		}
	}
	for _, e := range c.elems {
		for _, k := range e.kids {
			if page, ok := home[k.annot]; k.annot != 0 && (!ok || page != k.page) {
				c.fault("annotation-parent", e.ref.where(), "it holds an annotation that is not on its page")
			}
		}
	}
}

// The flags of an annotation (ISO 32000-1, 12.5.3): it must print, and must not
// be invisible, hidden, without view, or with a view that toggles.
const (
	flagPrint = 1 << 2
	flagsAway = 1<<0 | 1<<1 | 1<<5 | 1<<8
)

// annotation holds one annotation against its rules. Ours are links and nothing else.
func (c *checker) annotation(page int, r ref, d dict) {
	where := r.where()
	if flags, _ := whole(c.f.get(d["F"])); flags&flagPrint == 0 || flags&flagsAway != 0 {
		c.fault("annotation-flags", where, "it is not printed, or is hidden")
	}
	if d["AA"] != nil {
		c.fault("action", where, "it acts by itself")
	}
	e := c.annotationParent(r, d)
	if e == nil {
		c.fault("annotation-parent", where, "no element of the structure holds it")
	}
	if c.f.get(d["Subtype"]) != name("Link") {
		c.fault("annotation-parent", where, "it is not a link")
		return
	}
	if e != nil && e.tag != "Link" {
		c.fault("link", where, "a link belongs to an element that is none")
	}
	if !c.f.full(d["Contents"]) {
		c.fault("link-contents", where, "a link does not say in words where it leads")
	}
	if !c.leads(d) {
		c.fault("link-target", where, "a link leads nowhere")
	}
}

// annotationParent is the element that the parent tree gives for an annotation
// and that holds it, or nil.
func (c *checker) annotationParent(r ref, d dict) *elem {
	key, ok := whole(c.f.get(d["StructParent"]))
	if !ok {
		return nil
	}
	at, _ := c.parents[key].(ref)
	e := c.elemOf[at]
	if e == nil || !slices.ContainsFunc(e.kids, func(k kid) bool { return k.annot == r }) {
		return nil
	}
	return e
}

// leads reports whether a link or bookmark leads to a page of the file or to an
// address. Other actions are told as such.
func (c *checker) leads(d dict) bool {
	if d["Dest"] != nil {
		return c.destination(d["Dest"])
	}
	a := c.f.dict(d["A"])
	switch c.f.get(a["S"]) {
	case name("URI"):
		return c.f.full(a["URI"])
	case name("GoTo"):
		return c.destination(a["D"])
	}
	return false
}

func (c *checker) destination(v any) bool {
	l := c.f.list(v)
	return len(l) >= 2 && c.pageAt(l[0]) >= 0
}

// bookmarks walks the outline: each line has a title and leads to a page, each
// level is a chain that ends (ISO 32000-1, 12.3.3).
func (c *checker) bookmarks() {
	if c.catalog["Outlines"] == nil {
		if len(c.pages) > 20 { // the clause asks for them in long documents
			c.fault("bookmark", "file", "a long document has no bookmarks")
		}
		return
	}
	seen := map[ref]bool{}
	var level func(parent ref, depth int)
	level = func(parent ref, depth int) {
		up := c.f.dict(parent)
		var before ref
		next := up["First"]
		for next != nil {
			r, ok := next.(ref)
			d := c.f.dict(r)
			if !ok || d == nil || seen[r] || depth > deepestTree {
				c.fault("bookmark", parent.where(), "the chain of bookmarks is broken")
				return
			}
			seen[r] = true
			if !c.f.full(d["Title"]) || !c.leads(d) || d["Parent"] != parent {
				c.fault("bookmark", r.where(), "it has no title, leads nowhere, or belongs elsewhere")
			}
			if prev, _ := d["Prev"].(ref); prev != before {
				c.fault("bookmark", r.where(), "it does not know which comes before it")
			}
			level(r, depth+1)
			before, next = r, d["Next"]
		}
		if last, _ := up["Last"].(ref); last != before {
			c.fault("bookmark", parent.where(), "its last bookmark is another one")
		}
	}
	root, _ := c.catalog["Outlines"].(ref)
	level(root, 0)
}
