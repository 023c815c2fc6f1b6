package fhir

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/r4"
	"inzage/internal/source/fhir/tree"
)

// An input is what the files of one client hold, before anything is decided.
type input struct {
	list    []*r4.Resource
	broken  []string                      // reasons of parts that are no resource, in order
	empty   int                           // Bundle entries that by their kind carry no resource
	deleted int                           // entries that ask for a deletion
	same    int                           // resources that stood twice, to the byte
	older   map[*r4.Resource]*r4.Resource // newest version to the one before it
	asOf    dossier.Date
	lookup  func(ref string) string // raw shared resources elsewhere; may be nil

}

// file takes in a file: JSON, or NDJSON by its name.
func (in *input) file(name, data string) error {
	if !strings.HasSuffix(name, ".ndjson") {
		n, err := tree.Parse(data)
		if err != nil {
			return &Error{File: name, Text: err.Error(), cause: err}
		}
		in.take(n, "", 0)
		return nil
	}
	for data != "" {
		var line string
		line, data, _ = strings.Cut(data, "\n")
		if err := in.line(line); err != nil {
			return err
		}
	}
	return nil
}

// line takes in one line of NDJSON; a broken one harms no other.
func (in *input) line(line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		return nil
	}
	n, err := tree.Parse(line)
	if err != nil {
		in.broken = append(in.broken, "geen-json")
		return nil
	}
	in.take(n, "", 0)
	return nil
}

// take enters a resource, or what a Bundle holds.
func (in *input) take(n *tree.Node, fullURL string, depth int) {
	if n.One().Peek("resourceType").Look() != "Bundle" || depth > 3 {
		if n.Kind == tree.Array {
			for c := range n.Members() {
				in.take(c, "", depth+1)
			}
			return
		}
		in.enter(n, fullURL)
		return
	}
	n = n.One()
	in.seen(n.Peek("timestamp"))
	in.seen(n.Path("meta", "lastUpdated"))
	for _, e := range n.Peek("entry").List() {
		r := e.Peek("resource")
		switch {
		case !r.Empty():
			in.take(r, e.Peek("fullUrl").Look(), depth+1)
		case strings.EqualFold(e.Path("request", "method").Look(), "DELETE"):
			in.deleted++
		default:
			in.empty++
		}
	}
}

func (in *input) enter(n *tree.Node, fullURL string) {
	r := r4.New(n, fullURL)
	if r.Type == "" {
		in.broken = append(in.broken, "geen-fhir-resource")
		return
	}
	in.seen(n.Path("meta", "lastUpdated"))
	in.list = append(in.list, r)
}

// seen moves the moment of the copy to the newest that the input gives.
func (in *input) seen(n *tree.Node) {
	d, err := dossier.ParseDate(n.Look())
	if err == nil && !d.IsZero() && (in.asOf.IsZero() || d.Compare(in.asOf) > 0) {
		in.asOf = d
	}
}

// tidy gives every resource a key of its own: one is made up where there is no
// id, a copy to the byte is left out, and of versions the newest keeps the key.
func (in *input) tidy() {
	in.older = map[*r4.Resource]*r4.Resource{}
	groups := map[string][]*r4.Resource{}
	var order []string
	for i, r := range in.list {
		if r.ID == "" {
			r.Key = fmt.Sprintf("%s/zonder-id-%d", r.Type, i+1)
			if r.FullURL != "" {
				r.Key = r.Type + "/url-" + digest(r.FullURL)
			}
		}
		if groups[r.Key] == nil {
			order = append(order, r.Key)
		}
		groups[r.Key] = append(groups[r.Key], r)
	}
	in.list = in.list[:0]
	for _, key := range order {
		in.list = append(in.list, in.versions(key, groups[key])...)
	}
}

func digest(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:6])
}

func (in *input) versions(key string, list []*r4.Resource) []*r4.Resource {
	var out []*r4.Resource
	seen := map[string]bool{}
	for _, r := range list {
		if seen[r.Node.Raw()] {
			in.same++
			continue
		}
		seen[r.Node.Raw()] = true
		out = append(out, r)
	}
	sort.SliceStable(out, func(i, j int) bool { return newer(out[i].Node, out[j].Node) })
	for i, r := range out {
		if i > 0 {
			r.Key = fmt.Sprintf("%s@%d", key, len(out)-i)
			in.older[out[i-1]] = r
		}
	}
	return out
}

// newer orders versions: by version number, then by the moment of change.
func newer(a, b *tree.Node) bool {
	x, y := a.Path("meta", "versionId").Look(), b.Path("meta", "versionId").Look()
	if len(x) != len(y) && x != "" && y != "" {
		return len(x) > len(y)
	}
	if x != y {
		return x > y
	}
	p, _ := dossier.ParseDate(a.Path("meta", "lastUpdated").Look())
	q, _ := dossier.ParseDate(b.Path("meta", "lastUpdated").Look())
	return !p.IsZero() && (q.IsZero() || p.Compare(q) > 0)
}
