package fhir

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"inzage/internal/dossier"
)

// An Export says what a FHIR copy may hold.
type Export struct {
	// Items are the items that the reader sees, as policy has left them. An item of
	// which an attachment was held back is left out whole: its resource holds the file.
	Items []dossier.Item
	// FullBSN keeps the client's number as it stands; otherwise it is struck out,
	// also in running text (UAVG art. 46).
	FullBSN bool
	// WithoutStaff leaves out Practitioner and PractitionerRole, for a portal that
	// names staff by function. Names that stand inside other resources remain: a
	// portal with that rule should not give the FHIR copy at all.
	WithoutStaff bool
}

// Bundle is data/fhir.json: the shown resources, each unchanged but for the BSN,
// as a FHIR document, so that a client can take them elsewhere (AVG art. 20; FHIR
// R4 section 3.3, documents). Its Composition lists them by section. Nil, nil
// when the items hold nothing of FHIR.
func (s *Source) Bundle(ctx context.Context, ref Ref, e Export) ([]byte, error) {
	m, err := s.mapped(ctx, ref, nil)
	if err != nil {
		return nil, err
	}
	x := exporter{m: m.m, e: e, asOf: m.dossier.AsOf.String(), seen: map[*resource]bool{}}
	for _, sec := range dossier.ItemSections() {
		x.section(sec)
	}
	if len(x.entries) == 0 {
		return nil, nil
	}
	return x.bundle()
}

type exporter struct {
	m        *mapper
	e        Export
	asOf     string
	seen     map[*resource]bool
	entries  []entry
	sections []section
}

type entry struct {
	FullURL  string          `json:"fullUrl"`
	Resource json.RawMessage `json:"resource"`
}

type reference struct {
	Reference string `json:"reference"`
}

type section struct {
	Title string      `json:"title"`
	Entry []reference `json:"entry"`
}

// section adds the resources of the shown items of one section, with the parts
// that are shown inside them.
func (x *exporter) section(id dossier.Section) {
	s := section{Title: upper(strings.ReplaceAll(string(id), "-", " "))}
	for i := range x.e.Items {
		it := &x.e.Items[i]
		k := slices.IndexFunc(x.m.made, func(c *cx) bool { return c.it.ID == it.ID })
		if it.Section != id || k < 0 || it.Unreadable != "" || len(it.Attachments) < len(x.m.made[k].it.Attachments) {
			continue
		}
		for _, r := range append([]*resource{x.m.made[k].res}, x.m.made[k].parts...) {
			if u := x.add(r); u != "" {
				s.Entry = append(s.Entry, reference{u})
			}
		}
	}
	if len(s.Entry) > 0 {
		x.sections = append(x.sections, s)
	}
}

// add takes a resource over unchanged with what it stands on, and gives the URL by
// which others in the document point at it.
func (x *exporter) add(r *resource) string {
	if x.seen[r] || r.parent != nil || x.e.WithoutStaff && strings.HasPrefix(r.kind, "Practitioner") {
		return ""
	}
	x.seen[r] = true
	raw := r.node.Raw()
	if !x.e.FullBSN {
		raw = strikeBSN(raw)
	}
	if !json.Valid([]byte(raw)) { // a bare control character, which reading lets through
		raw = strings.Map(func(c rune) rune {
			if c < ' ' {
				return ' '
			}
			return c
		}, raw)
	}
	u := x.url(r)
	x.entries = append(x.entries, entry{u, json.RawMessage(raw)})
	return u
}

// url is the resource's own address, or one that is always the same for it.
func (x *exporter) url(r *resource) string {
	if r.url != "" {
		return r.url
	}
	sum := sha256.Sum256([]byte("inzage fhir entry\x00" + r.key))
	h := hex.EncodeToString(sum[:16])
	return "urn:uuid:" + h[:8] + "-" + h[8:12] + "-5" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
}

// bundle writes the resources as a document: a Composition first, which names them all
// (FHIR R4 section 3.3, bundle type document).
func (x *exporter) bundle() ([]byte, error) {
	comp := map[string]any{
		"resourceType": "Composition", "status": "final", "title": "Kopie van uw dossier", "date": x.asOf, "section": x.sections,
		"type":   map[string]any{"text": "Kopie van het dossier dat een cliënt mag inzien"},
		"author": []any{map[string]any{"display": x.m.opt.System}},
	}
	if x.seen[x.m.patient] {
		comp["subject"] = reference{x.url(x.m.patient)}
	}
	if x.asOf == "" {
		comp["date"] = "1970"
	}
	body, err := json.Marshal(comp)
	if err != nil {
		return nil, fmt.Errorf("fhir copy: %w", err)
	}
	sum := sha256.New()
	sum.Write(body)
	for _, e := range x.entries {
		sum.Write(e.Resource)
	}
	id := hex.EncodeToString(sum.Sum(nil)[:16])
	head := []entry{{"urn:uuid:" + id[:8] + "-" + id[8:12] + "-5" + id[13:16] + "-8" + id[17:20] + "-" + id[20:32], body}}
	b := struct {
		Type       string  `json:"resourceType"`
		Identifier any     `json:"identifier"`
		Kind       string  `json:"type"`
		Timestamp  string  `json:"timestamp,omitempty"`
		Entry      []entry `json:"entry"`
	}{"Bundle", map[string]string{"system": "urn:ietf:rfc:3986", "value": head[0].FullURL}, "document", x.asOf, append(head, x.entries...)}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(b); err != nil {
		return nil, fmt.Errorf("fhir copy: %w", err)
	}
	return out.Bytes(), nil
}

// strikeBSN takes numbers that are a BSN out of the texts of a resource; the
// bytes of files (texts longer than a page without a space) stay as they are.
func strikeBSN(raw string) string {
	var b strings.Builder
	for len(raw) > 0 {
		i := strings.IndexByte(raw, '"')
		if i < 0 {
			b.WriteString(raw)
			break
		}
		b.WriteString(raw[:i+1])
		raw = raw[i+1:]
		end := endOfString(raw)
		text := raw[:end]
		if len(text) < 4000 || strings.ContainsRune(text, ' ') {
			text = scrubBSN(text)
		}
		b.WriteString(text)
		if end < len(raw) {
			b.WriteByte('"')
			end++
		}
		raw = raw[end:]
	}
	return b.String()
}

// endOfString is where the quote stands that ends a JSON string, of which s is the
// rest; its length when there is none.
func endOfString(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(s)
}
