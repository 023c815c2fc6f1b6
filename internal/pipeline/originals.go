package pipeline

import (
	"context"

	"inzage/internal/dossier"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/source/fhir"
)

// originals is data/fhir.json, or nil: what the client sees, as the source gave it,
// to take elsewhere (AVG art. 20). Only for the client, who acts for the client,
// and the archive: a resource may say more than a contact may see. A portal that
// does not name staff gives none, for names stand inside resources.
func (r *run) originals(ctx context.Context, j job) ([]byte, error) {
	src, ok := r.Source.(*fhir.Source)
	if !ok || j.portal.Staff != portal.StaffName && j.view.Kind() != policy.Archief {
		return nil, nil
	}
	switch j.view.Work().Recipient.Audience {
	case dossier.AudienceClient, dossier.AudienceRepresentative:
	default:
		if j.view.Kind() != policy.Archief {
			return nil, nil
		}
	}
	return src.Bundle(ctx, j.ref, fhir.Export{Items: shownItems(j.view), FullBSN: j.view.Work().FullBSN, Mask: j.view.Masker()})
}
