package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"

	"github.com/spf13/cobra"

	"inzage/internal/pipeline"
	"inzage/internal/report"
)

func (a *app) checkCmd() *cobra.Command {
	var source bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check configuration, portals, keys, source and store before a run",
		Long: `Loads everything that a run needs and names every fault at once. Asks the store
to keep its promises: a second write of one key refused, a wrong SHA-256
refused, an object lock reported. Then reads every dossier and names those that
cannot be read.

With --source it looks at a FHIR source alone and prints what is in it: counts by
type, the labels seen, the elements that have no place of their own, what could
not be read and why, and what the portal's rules make of each type. That is
enough to set up a new source.`,
		Example: "  inzage check --config inzage.yaml\n  inzage check --source",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if source {
				return a.profile(cmd.Context())
			}
			return a.check(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&source, "source", false, "print a profile of a FHIR source")
	return cmd
}

// A checkReport is what check prints with --json.
type checkReport struct {
	Portals []report.Portal `json:"portals"`
	Store   []string        `json:"store"`
	Clients int             `json:"clients"`
	Failed  int             `json:"failed"`
}

func (a *app) check(ctx context.Context) error {
	_, s, b, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	findings, err := b.store.Probe(ctx)
	if err != nil {
		return err
	}
	var promises []string
	for _, f := range findings {
		promises = append(promises, f.String())
	}
	rep, err := pipeline.Plan(ctx, s)
	if err != nil {
		return err
	}
	return a.showCheck(rep, promises)
}

func (a *app) showCheck(rep report.Run, promises []string) error {
	out := checkReport{rep.Portals, promises, rep.Clients, rep.Failures()}
	if a.json {
		if err := json.NewEncoder(a.Stdout).Encode(out); err != nil {
			return err
		}
	} else {
		a.printCheck(out, rep)
	}
	if out.Failed > 0 {
		return &exitError{code: ExitSome}
	}
	return nil
}

func (a *app) printCheck(out checkReport, rep report.Run) {
	for _, p := range out.Portals {
		fmt.Fprintf(a.Stdout, "portal %s: whole; terms %s in force since %s\n", p.Portal, p.Terms, p.ValidFrom)
		for _, w := range p.Warnings {
			fmt.Fprintf(a.Stdout, "  note: %s\n", w)
		}
	}
	sort.Strings(out.Store)
	for _, f := range out.Store {
		fmt.Fprintf(a.Stdout, "store: %s\n", f)
	}
	fmt.Fprintf(a.Stdout, "source: %d dossiers, %d failures\n", out.Clients, out.Failed)
	for _, f := range rep.Faults {
		fmt.Fprintf(a.Stdout, "  %s\n", faultLine(f))
	}
	printDoubts(a.Stdout, rep)
	if rep.Unsigned {
		fmt.Fprintln(a.Stdout, unsignedFacts)
	}
}
