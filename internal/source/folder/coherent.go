package folder

import (
	"fmt"

	"inzage/internal/dossier"
)

// coherent checks what a shape cannot say: the version, and that no id stands
// twice. A decision about "item 7" must be about one item.
func coherent(d *dossier.Dossier) *fault {
	switch {
	case d.Schema != dossier.Version:
		return &fault{path: "schema", text: "must be " + dossier.Version}
	case d.Portal == "":
		return &fault{path: "portal", text: "must not be empty"}
	case d.Ref == "":
		return &fault{path: "clientRef", text: "must not be empty"}
	}
	if f := unique("grants", len(d.Grants), func(i int) string { return d.Grants[i].ID }); f != nil {
		return f
	}
	if f := unique("requests", len(d.Requests), func(i int) string { return d.Requests[i].ID }); f != nil {
		return f
	}
	if f := unique("items", len(d.Items), func(i int) string { return d.Items[i].ID }); f != nil {
		return f
	}
	for i := range d.Items {
		a := d.Items[i].Attachments
		if f := unique(fmt.Sprintf("items[%d].attachments", i), len(a), func(j int) string { return a[j].ID }); f != nil {
			return f
		}
	}
	return nil
}

func unique(list string, n int, id func(int) string) *fault {
	seen := make(map[string]int, n)
	for i := range n {
		place := fmt.Sprintf("%s[%d].id", list, i)
		if id(i) == "" {
			return &fault{path: place, text: "must not be empty"}
		}
		if first, twice := seen[id(i)]; twice {
			return &fault{path: place, text: fmt.Sprintf("is the same as %s[%d].id", list, first)}
		}
		seen[id(i)] = i
	}
	return nil
}
