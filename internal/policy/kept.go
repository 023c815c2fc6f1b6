package policy

import (
	"encoding/json"

	"inzage/internal/dossier"
)

// Kept reports whether copies of a kind are kept for a retention term, whoever
// may look.
func Kept(k Kind) bool { return policies[k].Retention }

// Withdrawable are the kinds whose copies go when their reader's access ends.
func Withdrawable() (out []string) {
	for _, k := range []Kind{Portaalkopie, Terugval, AVGInzage, Archief} {
		if !Kept(k) {
			out = append(out, string(k))
		}
	}
	return out
}

// Record is the items of a view alone, as bytes for a digest: no text of the
// portal, no reader, and no moment at which the source gave them.
func (v View) Record() ([]byte, error) {
	record := struct {
		Items      []dossier.Item
		Unreadable []Unreadable
	}{Unreadable: v.Unreadable()}
	for _, s := range v.Sections() {
		record.Items = append(record.Items, v.Items(s)...)
	}
	return json.Marshal(record)
}
