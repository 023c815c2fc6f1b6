// Package r4 turns FHIR resources into items of a dossier, in Dutch words.
//
// It reads R4 and tolerates STU3 and the faults of real files. What it has no
// row for is not dropped: it stands in a block "Overige gegevens" of the item.
// What could turn a statement into its opposite, and is not understood, keeps
// the item from being shown as a fact. It refuses to fetch anything and to
// guess whose resource something is; package fhir decides that.
package r4

import (
	"strings"

	"inzage/internal/source/fhir/tree"
)

// A Resource is one resource of the input. Its node counts what was read of it.
type Resource struct {
	Type    string
	ID      string // logical id; empty when the input gives none
	Key     string // "Type/id", unique within its set, made up when there is no id
	FullURL string // of its Bundle entry
	Node    *tree.Node
	parent  *Resource // of a contained resource
	held    []*Resource
}

// New takes a resource from its node and gives its elements their R4 names.
// The result's Type is empty when the node is no resource.
func New(n *tree.Node, fullURL string) *Resource {
	n = n.One()
	r := &Resource{Type: n.Peek("resourceType").Look(), ID: n.Peek("id").Look(), FullURL: fullURL, Node: n}
	if n == nil || n.Kind != tree.Object {
		r.Type = ""
		return r
	}
	modernise(r)
	r.Key = r.Type + "/" + r.ID
	for _, c := range n.Peek("contained").List() {
		h := New(c, "")
		h.parent = r
		r.held = append(r.held, h)
	}
	return r
}

// Contained is the resources inside r.
func (r *Resource) Contained() []*Resource { return r.held }

// A Set is the resources of one client and those shared with others, in which
// references are looked up.
type Set struct {
	All   []*Resource
	byRef map[string]*Resource
	names map[*Resource]string // see nameOf
	last  Lookup
}

// A Lookup finds a shared resource outside a set by "Type/id", or "" and its
// search, such as "Practitioner?identifier=system|value".
type Lookup func(ref string) *Resource

// NewSet makes a set. Resources that share a key must be told apart before.
// Elsewhere may be nil.
func NewSet(all []*Resource, elsewhere Lookup) *Set {
	s := &Set{All: all, byRef: make(map[string]*Resource, 2*len(all)), names: map[*Resource]string{}, last: elsewhere}
	for _, r := range all {
		if r.FullURL != "" {
			s.byRef[r.FullURL] = r
		}
	}
	for _, r := range all {
		if r.ID != "" && s.byRef[r.Key] == nil {
			s.byRef[r.Key] = r
		}
	}
	return s
}

// Find resolves a reference as it stands in from: contained, by full URL, by
// type and id, versioned or not, or by an identifier of a search. It never
// leaves the set but by the set's own lookup.
func (s *Set) Find(from *Resource, ref string) *Resource {
	if ref == "" {
		return nil
	}
	if id, ok := strings.CutPrefix(ref, "#"); ok {
		return contained(from, id)
	}
	ref, _, _ = strings.Cut(ref, "/_history/")
	if r := s.byRef[ref]; r != nil {
		return r
	}
	if r := s.byRef[absolute(from, ref)]; r != nil {
		return r
	}
	if kind, query, ok := strings.Cut(ref, "?"); ok {
		if r := s.search(kind, query); r != nil {
			return r
		}
	}
	if s.last != nil {
		return s.last(ref)
	}
	return nil
}

func contained(from *Resource, id string) *Resource {
	if from == nil {
		return nil
	}
	if from.parent != nil {
		from = from.parent
	}
	if id == "" {
		return from
	}
	for _, c := range from.held {
		if strings.TrimPrefix(c.ID, "#") == id {
			return c
		}
	}
	return nil
}

// absolute is a relative reference against the base of the entry it stands in
// (FHIR R4, Bundle, "Resolving references in Bundles").
func absolute(from *Resource, ref string) string {
	if from == nil || from.FullURL == "" || strings.Contains(ref, ":") {
		return ""
	}
	base, ok := strings.CutSuffix(from.FullURL, from.Key)
	if !ok {
		return ""
	}
	return base + ref
}

// search answers "identifier=system|value" from the set's own resources.
func (s *Set) search(kind, query string) *Resource {
	want, ok := strings.CutPrefix(query, "identifier=")
	if !ok {
		return nil
	}
	system, value, _ := strings.Cut(want, "|")
	key := kind + "?" + system + "|" + value
	if r, done := s.byRef[key]; done {
		return r
	}
	s.byRef[key] = nil
	for _, r := range s.All {
		if r.Type == kind && HasIdentifier(r, system, value) {
			s.byRef[key] = r
			return r
		}
	}
	return nil
}

// HasIdentifier reports whether a resource bears an identifier.
func HasIdentifier(r *Resource, system, value string) bool {
	for _, i := range r.Node.Peek("identifier").List() {
		if i.Peek("system").Look() == system && i.Peek("value").Look() == value {
			return true
		}
	}
	return false
}
