package fhir

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"inzage/internal/dossier"
)

// Document gives the resources behind these items of one client, unchanged, as
// a FHIR document: a Bundle whose first entry is a Composition that lists them
// (FHIR R4, "Documents"; AVG art. 20). The items must be those that a view
// shows. Citizen service numbers are masked unless fullBSN is set. Parts that
// an item took in come along. An id that has no resource is an error.
func (s *Source) Document(ctx context.Context, ref dossier.FileRef, ids []string, fullBSN bool) ([]byte, error) {
	r, err := s.Record(ctx, ref)
	if err != nil {
		return nil, err
	}
	return r.Document(ids, fullBSN)
}

type entry struct {
	FullURL  string          `json:"fullUrl"`
	Resource json.RawMessage `json:"resource"`
}

// Document is [Source.Document] for a record that is at hand.
func (r *Record) Document(ids []string, fullBSN bool) ([]byte, error) {
	keys, err := r.keys(ids)
	if err != nil {
		return nil, err
	}
	entries := []entry{}
	for _, k := range keys {
		raw := r.byKey(k)
		if !fullBSN {
			raw = r.masked(raw)
		}
		entries = append(entries, entry{uuid(k), json.RawMessage(raw)})
	}
	head, err := json.Marshal(r.composition(entries))
	if err != nil {
		return nil, err
	}
	bundle := struct {
		Type       string            `json:"resourceType"`
		Kind       string            `json:"type"`
		Identifier map[string]string `json:"identifier"`
		Timestamp  string            `json:"timestamp,omitempty"`
		Entry      []entry           `json:"entry"`
	}{"Bundle", "document", map[string]string{"system": "urn:ietf:rfc:3986", "value": uuid(strings.Join(keys, " "))}, r.Dossier.AsOf.String(), append([]entry{{uuid("Composition " + strings.Join(keys, " ")), head}}, entries...)}
	if !r.Dossier.AsOf.HasTime() {
		bundle.Timestamp = ""
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(bundle); err != nil {
		return nil, fmt.Errorf("fhir document: %w", err)
	}
	return b.Bytes(), nil
}

// keys are the resources of the items and of their parts, each once, in order.
func (r *Record) keys(ids []string) ([]string, error) {
	parts := map[string][]dossier.Source{}
	for _, it := range r.Dossier.Items {
		if len(it.Sources) > 1 {
			parts[it.ID] = it.Sources[1:]
		}
	}
	var out []string
	add := func(k string) {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	for _, id := range ids {
		res := r.raw[id]
		if res == nil {
			return nil, fmt.Errorf("fhir document: %w: an item that no resource stands behind", ErrFHIR)
		}
		add(res.Key)
		for _, p := range parts[id] {
			add(p.Type + "/" + p.ID)
		}
	}
	return out, nil
}

func (r *Record) byKey(key string) string {
	for _, x := range r.set.All {
		if x.Key == key {
			return x.Node.Raw()
		}
	}
	return "{}"
}

func (r *Record) masked(raw string) string {
	if b := r.Dossier.Client.BSN; len(b) >= 8 {
		raw = strings.ReplaceAll(raw, b, "*****"+b[len(b)-4:])
	}
	return raw
}

func (r *Record) composition(list []entry) map[string]any {
	refs := []map[string]string{}
	for _, e := range list {
		refs = append(refs, map[string]string{"reference": e.FullURL})
	}
	return map[string]any{
		"resourceType": "Composition", "status": "final", "title": "Kopie van het dossier", "date": r.Dossier.AsOf.String(),
		"type":    map[string]any{"text": "kopie voor de cliënt"},
		"author":  []map[string]string{{"display": r.Dossier.System}},
		"section": []map[string]any{{"title": "Gegevens", "entry": refs}},
	}
}

// uuid is a name for an entry that is the same in every run (RFC 4122, version
// 8 by RFC 9562: a hash of our own).
func uuid(s string) string {
	h := sha256.Sum256([]byte(s))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
