package pipeline

import (
	"context"
	"errors"

	"inzage/internal/compose"
	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/media"
	"inzage/internal/policy"
)

// An Inspection is what the stages make of one dossier, for a person to look at.
type Inspection struct {
	Dossier  *dossier.Dossier
	View     policy.View
	Document *document.Document
}

// ErrNobody means that nobody may have this kind of bundle of this dossier.
var ErrNobody = errors.New("nobody may have this kind of bundle of this dossier now; see: inzage plan")

// Inspect takes one dossier, a path below the source folder, through the stages
// up to compose. An empty id takes the first grant or request that may have one.
func Inspect(ctx context.Context, s Settings, path string, k policy.Kind, id string) (Inspection, error) {
	terms, err := s.pinTerms()
	if err != nil {
		return Inspection{}, err
	}
	r := &run{Settings: s, terms: terms}
	c, err := r.load(ctx, dossier.FileRef{Path: path})
	if err != nil {
		return Inspection{}, err
	}
	in := Inspection{Dossier: c.dossier}
	work, _, err := policy.Plan(c.dossier, c.portal, []policy.Kind{k}, terms[c.portal.ID], s.Now)
	if err != nil {
		return in, err
	}
	for _, w := range work {
		if id == "" || id == w.GrantID || id == w.RequestID {
			return r.inspect(ctx, c, w, in)
		}
	}
	return in, ErrNobody
}

func (r *run) inspect(ctx context.Context, c client, w policy.Work, in Inspection) (Inspection, error) {
	v, err := policy.Decide(c.dossier, c.portal, w)
	if err != nil {
		return in, err
	}
	in.View = v
	set, err := media.Prepare(ctx, c.opener, shownItems(v), r.limits(c.portal, v.Kind()))
	if err != nil {
		return in, err
	}
	in.Document, err = compose.Compose(v, c.portal, compose.Options{Media: set, BundleID: "inspect", Program: r.Program})
	return in, err
}
