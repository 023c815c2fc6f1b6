package fhir

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
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
	// Mask takes the numbers that the reader's copy may not hold out of every text,
	// as policy did with the items.
	Mask dossier.Masker
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
	x := exporter{m: m.m, e: e, asOf: m.dossier.AsOf.String(), seen: map[*resource]bool{}, made: map[string]*cx{}}
	for _, c := range m.m.made {
		x.made[e.Mask.Text(c.it.ID)] = c
	}
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
	made     map[string]*cx // by the id that the reader's item has
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
		c := x.made[it.ID]
		if it.Section != id || c == nil || it.Unreadable != "" || len(it.Attachments) < len(c.it.Attachments) {
			continue
		}
		for _, r := range append([]*resource{c.res}, c.parts...) {
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
	raw := x.texts(r.node.Raw())
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
		return x.e.Mask.Text(r.url)
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
		"author": []any{map[string]any{"display": x.e.Mask.Text(x.m.opt.System)}},
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

// texts goes through the texts of a resource: numbers that are, or could be, a BSN
// come out, and comments of a narrative, which no page shows. The bytes of files
// stay as they are.
func (x *exporter) texts(raw string) string {
	var b strings.Builder
	for len(raw) > 0 {
		i := strings.IndexByte(raw, '"')
		if i < 0 {
			b.WriteString(x.numbers(raw))
			break
		}
		b.WriteString(x.numbers(raw[:i]) + `"`)
		raw = raw[i+1:]
		end := endOfString(raw)
		b.WriteString(x.text(raw[:end]))
		if end < len(raw) {
			b.WriteByte('"')
			end++
		}
		raw = raw[end:]
	}
	return b.String()
}

// text is one text as JSON has it, between its quotes.
func (x *exporter) text(s string) string {
	if isFile(s) {
		return s
	}
	if !x.e.FullBSN {
		s = scrubBSN(s)
	}
	var said string
	if json.Unmarshal([]byte(`"`+s+`"`), &said) != nil {
		return x.e.Mask.Markup(s) // a bare control character: no escapes can be read
	}
	clean := said
	if strings.HasPrefix(said, "<div") {
		clean = comments.ReplaceAllString(said, "")
	}
	if clean = x.e.Mask.Markup(clean); clean == said {
		return s
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(clean) != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSpace(out.String())[1:], `"`)
}

var (
	comments = regexp.MustCompile(`(?s)<!--.*?-->`)
	number   = regexp.MustCompile(`-?[0-9][0-9.eE+-]*`)
)

// numbers masks in what stands between texts; a number with stars must be a text.
func (x *exporter) numbers(s string) string {
	return number.ReplaceAllStringFunc(s, func(n string) string {
		if masked := x.e.Mask.Text(n); masked != n {
			return `"` + masked + `"`
		}
		return n
	})
}

// isFile reports whether a text is the bytes of a file: long, and base64.
func isFile(s string) bool {
	return len(s) >= 4000 && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("+/=-_\\", r)
	}) < 0
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
