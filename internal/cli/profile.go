package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"inzage/internal/source/fhir"
)

// profile prints what a FHIR source holds.
func (a *app) profile(ctx context.Context) error {
	_, s, err := a.configured()
	if err != nil {
		return err
	}
	defer s.Source.Close()
	src, ok := s.Source.(*fhir.Source)
	if !ok {
		return fmt.Errorf("%w: --source looks at a FHIR source; set source.fhir", errConfig)
	}
	p, err := src.Profile(ctx)
	if err != nil {
		return err
	}
	if a.json {
		enc := json.NewEncoder(a.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(p)
	}
	a.printProfile(p)
	return nil
}

func (a *app) printProfile(p *fhir.Profile) {
	w := a.Stdout
	fmt.Fprintf(w, "%d clients, %d without a dossier\n", p.Clients, p.Failed)
	fmt.Fprintf(w, "%d resources: %d items, %d parts of items; %d of no patient\n", p.Resources, p.Items, p.Parts, p.NoPatient)
	for _, part := range []struct {
		title  string
		counts map[string]int
	}{
		{"resources by type", p.Types},
		{"what the rules make of them", p.Outcome},
		{"security labels", p.Labels},
		{"elements without a place of their own, shown under \"Overige gegevens\"", p.Unmapped},
		{"modifiers that nothing could read: these items are not shown as fact", p.Modifiers},
		{"unreadable, by reason", p.Unreadable},
	} {
		if len(part.counts) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s\n", part.title)
		for _, c := range fhir.Sorted(part.counts) {
			fmt.Fprintf(w, "%8d  %s\n", c.N, c.Name)
		}
	}
	for _, g := range p.Gaps {
		fmt.Fprintf(w, "\nnot complete: %s\n", g)
	}
}
