package compose

import (
	"strconv"

	"inzage/internal/dossier"
)

// links says where an item stands in the document and what belongs to it. Only
// items that the reader may see are in it, so no reference tells of another.
type links struct {
	anchor map[string]string        // item id → anchor
	item   map[string]*dossier.Item // item id → item
	newer  map[string]*dossier.Item // item id → the item that replaces or corrects it
}

// linksOf sets the anchors: the section and the item's place in it. They hold
// no id or name of the record.
func linksOf(parts []recordPart) links {
	n := 0
	for _, p := range parts {
		n += len(p.items)
	}
	l := links{make(map[string]string, n), make(map[string]*dossier.Item, n), map[string]*dossier.Item{}}
	for _, p := range parts {
		for i := range p.items {
			it := &p.items[i]
			if it.ID == "" {
				continue
			}
			l.anchor[it.ID] = anchor(p.id, i)
			l.item[it.ID] = it
			for _, old := range []string{it.Supersedes, it.Corrects} {
				if old != "" && old != it.ID {
					l.newer[old] = it
				}
			}
		}
	}
	return l
}

// anchor is the place of the i-th item of a section: "rapportages-12".
func anchor(s dossier.Section, i int) string { return string(s) + "-" + strconv.Itoa(i+1) }
