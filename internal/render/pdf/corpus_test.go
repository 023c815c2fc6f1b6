package pdf

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	composing "inzage/internal/compose"
	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/source/folder"
)

// A copyOf is one document that the program would make, and its file.
type copyOf struct {
	name  string // kind and number, no person
	doc   *document.Document
	file  []byte
	pages int
}

// corpus gives a copy for every reader of every dossier: of the fixtures, or of
// the folder that INZAGE_DOSSIERS names. They are made once for all tests.
var corpus = sync.OnceValues(func() (out []copyOf, err error) {
	const fixtures = "../../../fixtures/"
	root := fixtures + "dossiers"
	if dir := os.Getenv("INZAGE_DOSSIERS"); dir != "" {
		root = dir
	}
	s, err := folder.Open(root, folder.DefaultLimits())
	if err != nil {
		return nil, err
	}
	defer s.Close()
	a := &author{source: s, portals: map[string]*portal.Portal{}}
	for _, id := range []string{"thuisgenoten", "mijnplan"} {
		if a.portals[id], err = portal.Load(fixtures + "portals/" + id); err != nil {
			return nil, err
		}
	}
	for ref, err := range s.Clients(bg) {
		if err != nil {
			return nil, err
		}
		if err := a.client(ref); err != nil {
			return nil, err
		}
	}
	return a.made, nil
})

// An author takes dossiers through the stages before this one.
type author struct {
	source  *folder.Source
	portals map[string]*portal.Portal
	made    []copyOf
}

func (a *author) client(ref folder.Ref) error {
	now := time.Date(2026, 3, 15, 3, 0, 0, 0, dossier.Amsterdam)
	d, err := a.source.Load(bg, ref)
	if err != nil {
		return err
	}
	p := a.portals[d.Portal]
	terms, err := p.TermsAt(now)
	if err != nil {
		return err
	}
	kinds := []policy.Kind{policy.Portaalkopie, policy.Terugval, policy.Archief, policy.AVGInzage}
	works, _, err := policy.Plan(d, p, kinds, terms, now)
	if err != nil {
		return err
	}
	for _, w := range works {
		if err := a.work(ref, d, p, w); err != nil {
			return fmt.Errorf("%s %d: %w", w.Kind, len(a.made)+1, err)
		}
	}
	return nil
}

func (a *author) work(ref folder.Ref, d *dossier.Dossier, p *portal.Portal, w policy.Work) error {
	v, err := policy.Decide(d, p, w)
	if err != nil {
		return err
	}
	var items []dossier.Item
	for _, s := range v.Sections() {
		items = append(items, v.Items(s)...)
	}
	set, err := media.Prepare(bg, a.source.Opener(ref), items, media.DefaultLimits())
	if err != nil {
		return err
	}
	doc, err := composing.Compose(v, p, composing.Options{Media: set, BundleID: "bcdfgh", Program: "inzage"})
	if err != nil {
		return err
	}
	data, err := v.MarshalJSON()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	st, err := Render(&b, doc, Options{Data: data})
	a.made = append(a.made, copyOf{fmt.Sprintf("%s-%d", w.Kind, len(a.made)+1), doc, b.Bytes(), st.Pages})
	return err
}

// copies are those of the corpus; too few mean that something is not looked at.
func copies(t *testing.T) []copyOf {
	t.Helper()
	all, err := corpus()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, c := range all {
		kind, _, _ := strings.Cut(c.name, "-")
		kinds[kind] = true
	}
	if len(all) < 30 && os.Getenv("INZAGE_DOSSIERS") == "" || len(kinds) < 2 {
		t.Fatalf("only %d copies of %d kinds", len(all), len(kinds))
	}
	return all
}

var bg = context.Background() // the corpus outlives any one test
