package pdfcheck

// An elem is an element of the structure tree (ISO 32000-1, 14.7.2).
type elem struct {
	ref    ref
	tag    name // a standard one, after the role map
	dict   dict
	parent *elem
	kids   []kid
	depth  int
}

// deepestTree bounds what stands in each other: elements, pages, bookmarks.
const deepestTree = 2000

// A kid is an element, marked content (page and mcid), or an annotation.
type kid struct {
	elem  *elem
	page  int // from 0; -1 when it names no page of the file
	mcid  int
	annot ref
}

// standard are the structure types of ISO 32000-1, 14.8.4.
var standard = words(`Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6
	L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP
	Warichu WT WP Figure Formula Form`)

// readTree reads the structure tree in reading order.
func (c *checker) readTree() {
	d := c.f.dict(c.catalog["StructTreeRoot"])
	if d == nil {
		c.fault("tree", "file", "it has no structure tree")
		return
	}
	root, _ := c.catalog["StructTreeRoot"].(ref)
	c.root = c.kidsOf(d, nil, root)
	for _, k := range c.root {
		if k.elem == nil || k.elem.tag != "Document" || len(c.root) != 1 {
			c.fault("tree", "file", "the tree does not hold one Document")
		}
	}
}

// kidsOf reads what an element or the root holds.
func (c *checker) kidsOf(d dict, e *elem, parent ref) []kid {
	home := c.pageAt(d["Pg"])
	var out []kid
	for _, v := range c.kidValues(d) {
		if k, ok := c.readKid(v, e, parent, home); ok {
			out = append(out, k)
		}
	}
	return out
}

// kidValues are the entries of K; a reference to a list is followed.
func (c *checker) kidValues(d dict) list {
	if l, ok := c.f.get(d["K"]).(list); ok {
		return l
	}
	if d["K"] == nil {
		return nil
	}
	return list{d["K"]}
}

func (c *checker) readKid(v any, e *elem, parent ref, home int) (kid, bool) {
	if id, ok := whole(v); ok {
		return kid{page: home, mcid: id}, true
	}
	d := c.f.dict(v)
	page := home
	if d["Pg"] != nil {
		page = c.pageAt(d["Pg"])
	}
	switch c.f.get(d["Type"]) {
	case name("MCR"):
		id, ok := whole(c.f.get(d["MCID"]))
		if !ok || d["Stm"] != nil {
			c.fault("tree", parent.where(), "a kid names no marked content of a page")
			return kid{}, false
		}
		return kid{page: page, mcid: id}, true
	case name("OBJR"):
		r, ok := d["Obj"].(ref)
		if !ok {
			c.fault("tree", parent.where(), "a kid names no object")
		}
		return kid{page: page, annot: r}, ok
	}
	return c.readElem(v, d, e, parent)
}

// readElem reads an element. It is an object of its own, in one place of the tree.
func (c *checker) readElem(v any, d dict, e *elem, parent ref) (kid, bool) {
	r, ok := v.(ref)
	if !ok || d == nil || c.elemOf[r] != nil {
		c.fault("tree", parent.where(), "a kid is not there, or stands in the tree twice")
		return kid{}, false
	}
	child := &elem{ref: r, dict: d, parent: e}
	if e != nil {
		child.depth = e.depth + 1
	}
	if child.depth > deepestTree {
		c.fault("tree", r.where(), "elements stand in each other without end")
		return kid{}, false
	}
	child.tag = c.role(r, d)
	c.elemOf[r] = child
	c.elems = append(c.elems, child)
	if d["P"] != parent {
		c.fault("tree", r.where(), "its P is not the element that holds it")
	}
	child.kids = c.kidsOf(d, child, r)
	return kid{elem: child}, true
}

// role gives the standard type that an element is or maps to.
func (c *checker) role(r ref, d dict) name {
	tag, _ := c.f.get(d["S"]).(name)
	roles := c.f.dict(c.f.dict(c.catalog["StructTreeRoot"])["RoleMap"])
	for range 8 {
		if standard[word(tag)] {
			return tag
		}
		tag, _ = c.f.get(roles[tag]).(name)
	}
	c.fault("role", r.where(), "its type is not a standard one and maps to none")
	return ""
}

// pageAt is the page that v points at, or -1.
func (c *checker) pageAt(v any) int {
	r, _ := v.(ref)
	if i, ok := c.pageOf[r]; ok {
		return i
	}
	return -1
}

// readParents reads the parent tree, a number tree (ISO 32000-1, 7.9.7).
func (c *checker) readParents() {
	c.parents = map[int]any{}
	seen := map[ref]bool{}
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		r, ok := v.(ref)
		if ok && seen[r] || depth > deepestTree {
			c.fault("parent-tree", r.where(), "the tree holds itself, or has no end")
			return
		}
		seen[r] = true
		d := c.f.dict(v)
		nums := c.f.list(d["Nums"])
		for i := 0; i+1 < len(nums); i += 2 {
			n, ok := whole(nums[i])
			if _, twice := c.parents[n]; !ok || twice {
				c.fault("parent-tree", "file", "a key is no number, or is there twice")
				continue
			}
			c.parents[n] = nums[i+1]
		}
		for _, k := range c.f.list(d["Kids"]) {
			if _, ok := k.(ref); ok {
				walk(k, depth+1)
			}
		}
	}
	walk(c.f.dict(c.catalog["StructTreeRoot"])["ParentTree"], 0)
}

// matchMarks holds the marked content of every page, the kids of every element
// and the parent tree against each other, in each direction.
func (c *checker) matchMarks() {
	owner := map[[2]int]ref{} // page and MCID → element
	for _, e := range c.elems {
		for _, k := range e.kids {
			if k.elem != nil || k.annot != 0 {
				continue
			}
			if k.page < 0 || !c.pages[k.page].used[k.mcid] {
				c.fault("kid-page", e.ref.where(), "it holds marked content %d, which its page does not have", k.mcid)
				continue
			}
			at := [2]int{k.page, k.mcid}
			if owner[at] != 0 {
				c.fault("kid-page", e.ref.where(), "marked content %d of %s belongs to another element too", k.mcid, onPage(k.page))
			}
			owner[at] = e.ref
		}
	}
	for i, p := range c.pages {
		c.matchPage(i, p, owner)
	}
}

// matchPage holds one page's entry of the parent tree against its content.
func (c *checker) matchPage(i int, p *page, owner map[[2]int]ref) {
	where := onPage(i)
	if p.group < 0 {
		if len(p.used) > 0 {
			c.fault("mcid-parent", where, "it has marked content and no entry in the parent tree")
		}
		return
	}
	entries, ok := c.f.get(c.parents[p.group]).(list)
	if !ok {
		c.fault("parent-tree", where, "the parent tree has no list for it")
		return
	}
	for id, v := range entries {
		if v != nil && !p.used[id] {
			c.fault("parent-tree", where, "the parent tree names marked content %d, which is not there", id)
		}
	}
	for id := range len(entries) + len(p.used) {
		if !p.used[id] {
			continue
		}
		var parent any
		if id < len(entries) {
			parent = entries[id]
		}
		if r, ok := parent.(ref); !ok || c.elemOf[r] == nil || owner[[2]int{i, id}] != r {
			c.fault("mcid-parent", where, "marked content %d is not held by the element that the parent tree names", id)
		}
	}
	for id := range p.used {
		if id < 0 || id >= len(entries)+len(p.used) {
			c.fault("mcid-parent", where, "marked content %d has a number that is out of line", id)
		}
	}
}
