package fhir

import (
	"strconv"
	"strings"

	"inzage/internal/source/fhir/tree"
)

// A resource is one FHIR resource of the input.
type resource struct {
	kind string // resourceType, "" when it has none
	id   string // logical id, "" when it has none
	url  string // fullUrl of its Bundle entry
	key  string // stable id of the item it becomes; unique in the record
	node *tree.Node
	// parent is set on a contained resource: it is part of its parent, not a resource of the input.
	parent *resource
	inside []*resource // contained resources
	// part is set when the resource is shown inside others' items and makes none of its own.
	part  bool
	taken bool // a part that an item has shown
	// bad is why nothing can be made of it, such as "geen-soort"; empty otherwise.
	bad string
}

// A record is what the files of one client hold, in input order.
type record struct {
	all  []*resource
	by   map[string]*resource // by reference: Type/id, full URL, Type?identifier=system|value
	asOf string               // when the source says it gave this copy
	// notices counts entries that carry no resource: answers to a transaction, deletions.
	notices int
	gaps    []string
}

func newRecord() *record { return &record{by: map[string]*resource{}} }

// add takes in a parsed value: a Bundle, a list of resources or one resource.
func (r *record) add(n *tree.Node, url string) {
	switch {
	case n.Kind == tree.List:
		for i := range n.Kids() {
			r.add(&n.Kids()[i], "")
		}
	case n.Get("resourceType").Peek() == "Bundle":
		r.bundle(n)
	default:
		r.one(n, url)
	}
}

// bundle reads the entries of a Bundle, also of one within another. An entry without a
// resource is counted: something was meant to be there.
func (r *record) bundle(n *tree.Node) {
	for _, path := range [][]string{{"timestamp"}, {"meta", "lastUpdated"}} {
		if s := n.At(path...).Peek(); s > r.asOf {
			r.asOf = s
		}
	}
	for _, e := range n.All("entry") {
		body := e.Get("resource")
		if body == nil {
			r.notices++
			continue
		}
		for _, b := range body.Each() {
			r.add(b, e.Get("fullUrl").Peek())
		}
	}
	for _, l := range n.All("link") {
		if l.Get("relation").Peek() == "next" { // a page of a search; the rest is elsewhere
			r.gap("meer-bladzijden")
		}
	}
}

// gap notes that the source itself says that something is missing.
func (r *record) gap(why string) {
	for _, g := range r.gaps {
		if g == why {
			return
		}
	}
	r.gaps = append(r.gaps, why)
}

// one adds a resource with what it contains, under every name by which others may
// point at it.
func (r *record) one(n *tree.Node, url string) {
	res := &resource{node: n, url: strings.TrimSpace(url)}
	if n.Kind != tree.Object {
		res.bad = reasonShape
	} else {
		res.kind, res.id = n.Get("resourceType").Peek(), n.Get("id").Peek()
		if res.kind == "" {
			res.bad = reasonNoType
		}
	}
	r.name(res)
	r.all = append(r.all, res)
	if res.bad != "" {
		return
	}
	upgrade(res)
	for _, c := range n.All("contained") {
		in := &resource{kind: c.Get("resourceType").Peek(), id: strings.TrimPrefix(c.Get("id").Peek(), "#"), node: c, parent: res, part: true}
		upgrade(in)
		res.inside = append(res.inside, in)
	}
	r.index(res)
}

// name gives a resource the id of its item. Without an id of its own it is the
// place in the input, so that the same input gives the same ids.
func (r *record) name(res *resource) {
	base := res.kind + "/" + res.id
	if res.kind == "" {
		base = "onbekend/" + res.id
	}
	if res.id == "" {
		base += "_" + strconv.Itoa(len(r.all)+1)
	}
	res.key = base
	for n := 2; r.by["\x00"+res.key] != nil; n++ {
		res.key = base + "~" + strconv.Itoa(n)
	}
	r.by["\x00"+res.key] = res
}

// index makes the resource findable. What stands first keeps its name.
func (r *record) index(res *resource) {
	put := func(k string) {
		if r.by[k] == nil {
			r.by[k] = res
		}
	}
	if res.id != "" {
		put(res.kind + "/" + res.id)
	}
	if res.url != "" {
		put(res.url)
	}
	if !shared[res.kind] {
		return
	}
	for _, i := range res.node.All("identifier") {
		if v := i.Get("value").Peek(); v != "" {
			put(res.kind + "?identifier=" + i.Get("system").Peek() + "|" + v)
		}
	}
}

// shared are the types that belong to no client: many records point at them.
var shared = map[string]bool{
	"Practitioner": true, "PractitionerRole": true, "Organization": true, "Location": true, "Medication": true,
	"HealthcareService": true, "Endpoint": true, "Substance": true, "Questionnaire": true, "Patient": true, "Device": true,
}

// find gives the resource that a Reference points at: contained, relative,
// absolute, versioned, urn:, by a search or by identifier alone; nil when it is
// not in this record. It never looks anywhere else. FHIR R4 section 2.3.
func (r *record) find(ref *tree.Node, from *resource) *resource {
	s := strings.TrimSpace(ref.Get("reference").Peek())
	if ref.Leaf() { // a bare text where a Reference should be
		s = ref.Peek()
	}
	if s == "" {
		return r.byIdentifier(ref, from)
	}
	if id, ok := strings.CutPrefix(s, "#"); ok {
		return contained(from, id)
	}
	for _, k := range refKeys(s) {
		if res := r.by[k]; res != nil {
			return res
		}
	}
	return nil
}

// contained is the resource of that id inside another (FHIR R4 section 2.3.0.2).
func contained(from *resource, id string) *resource {
	if from == nil {
		return nil
	}
	if from.parent != nil {
		from = from.parent
	}
	if id == "" {
		return from
	}
	for _, in := range from.inside {
		if in.id == id {
			return in
		}
	}
	return nil
}

// byIdentifier finds what a logical reference means: the resource of its type with that
// identifier; without a type, among those that are pointed at so.
func (r *record) byIdentifier(ref *tree.Node, from *resource) *resource {
	id := ref.Get("identifier")
	v := id.Get("value").Peek()
	if v == "" {
		return nil
	}
	suffix := "?identifier=" + id.Get("system").Peek() + "|" + v
	if t := ref.Get("type").Peek(); t != "" {
		return r.by[t+suffix]
	}
	for _, t := range []string{"Practitioner", "PractitionerRole", "Organization", "Location", "Patient", "Device"} {
		if res := r.by[t+suffix]; res != nil {
			return res
		}
	}
	return nil
}

// refKeys are the names under which a reference's target can stand: as written,
// without a version, and as Type/id.
func refKeys(s string) []string {
	s, _, _ = strings.Cut(s, "/_history/")
	keys := []string{s}
	if strings.Contains(s, "?") || strings.HasPrefix(s, "urn:") {
		return keys
	}
	parts := strings.Split(s, "/")
	if n := len(parts); n > 2 {
		keys = append(keys, parts[n-2]+"/"+parts[n-1])
	}
	return keys
}
