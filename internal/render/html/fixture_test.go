package html_test

import (
	"bytes"
	"testing"
	"time"

	"inzage/internal/compose"
	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/render/html"
	"inzage/internal/source/folder"
)

// composed gives each document that the fixed dossier of three years leads to.
func composed(t testing.TB) map[policy.Kind]*document.Document {
	t.Helper()
	const root = "../../../fixtures/"
	p, err := portal.Load(root + "portals/thuisgenoten")
	if err != nil {
		t.Fatal(err)
	}
	s, err := folder.Open(root+"dossiers/thuisgenoten/drie-jaar", folder.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	out := map[policy.Kind]*document.Document{}
	for ref, err := range s.Clients(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for kind, doc := range documents(t, s, ref, p) {
			out[kind] = doc
		}
	}
	return out
}

// documents composes one document of each kind for one client.
func documents(t testing.TB, s *folder.Source, ref folder.Ref, p *portal.Portal) map[policy.Kind]*document.Document {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := time.Date(2026, 3, 15, 3, 0, 0, 0, dossier.Amsterdam)
	d, err := s.Load(t.Context(), ref)
	must(err)
	terms, err := p.TermsAt(now)
	must(err)
	works, _, err := policy.Plan(d, p, []policy.Kind{policy.Portaalkopie, policy.Terugval, policy.Archief, policy.AVGInzage}, terms, now)
	must(err)
	out := map[policy.Kind]*document.Document{}
	for _, w := range works {
		v, err := policy.Decide(d, p, w)
		must(err)
		set, err := media.Prepare(t.Context(), s.Opener(ref), shown(v), media.DefaultLimits())
		must(err)
		out[w.Kind], err = compose.Compose(v, p, compose.Options{Media: set, BundleID: "7f3a9c", Program: "inzage 0.1.0"})
		must(err)
	}
	return out
}

func shown(v policy.View) (out []dossier.Item) {
	for _, s := range v.Sections() {
		out = append(out, v.Items(s)...)
	}
	return out
}

func page(t testing.TB, d *document.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := html.Render(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
