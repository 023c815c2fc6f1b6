package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"inzage/internal/bundle"
	"inzage/internal/document"
	"inzage/internal/ledger"
	"inzage/internal/pipeline"
	"inzage/internal/policy"
)

// inspection says what to look at.
type inspection struct {
	stage, kind, grant, key string
}

func (a *app) inspectCmd() *cobra.Command {
	var in inspection
	cmd := &cobra.Command{
		Use:   "inspect [FILE]",
		Short: "Print what one stage makes of one dossier or bundle",
		Long: `Prints a stage for a person to look at:

  dossier   the dossier as it was read           FILE is a dossier below the source folder
  view      what an audience may see, and why    the same, with --kind and --grant
  document  the document's outline               the same
  manifest  the manifest of a bundle             FILE is a bundle, with --key
  ledger    what was made                        no FILE

dossier, view, document and manifest print personal data on your screen.`,
		Example: `  inzage inspect --stage view --kind portaalkopie --grant g1 thuisgenoten/devries/dossier.json
  inzage inspect --stage manifest --key officer.key bundle.age
  inzage inspect --stage ledger`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.inspect(cmd.Context(), in, args) },
	}
	cmd.Flags().StringVar(&in.stage, "stage", "view", "dossier, view, document, manifest or ledger")
	cmd.Flags().StringVar(&in.kind, "kind", string(policy.Portaalkopie), "kind of bundle")
	cmd.Flags().StringVar(&in.grant, "grant", "", "id of the grant or request; empty takes the first")
	cmd.Flags().StringVarP(&in.key, "key", "k", "", "file with a private key, for manifest")
	cmd.RegisterFlagCompletionFunc("stage", cobra.FixedCompletions([]string{"dossier", "view", "document", "manifest", "ledger"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (a *app) inspect(ctx context.Context, in inspection, args []string) error {
	switch in.stage {
	case "ledger":
		return a.inspectLedger(ctx)
	case "dossier", "view", "document", "manifest":
	default:
		return fmt.Errorf("%w: --stage: dossier, view, document, manifest or ledger", errConfig)
	}
	if len(args) == 0 {
		return fmt.Errorf("%w: --stage %s needs a FILE", errConfig, in.stage)
	}
	if in.stage == "manifest" {
		return a.inspectManifest(args[0], in.key)
	}
	_, s, err := a.configured()
	if err != nil {
		return err
	}
	got, err := pipeline.Inspect(ctx, s, args[0], policy.Kind(in.kind), in.grant)
	if err != nil {
		return err
	}
	switch in.stage {
	case "dossier":
		return a.printJSON(got.Dossier)
	case "view":
		return a.printJSON(got.View)
	}
	_, err = fmt.Fprint(a.Stdout, document.Outline(got.Document))
	return err
}

func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func (a *app) inspectManifest(path, key string) error {
	plain, size, done, err := decrypt(path, key)
	if err != nil {
		return err
	}
	defer done()
	m, err := bundle.Verify(plain, size)
	if err != nil {
		return err
	}
	return a.printJSON(m)
}

func (a *app) inspectLedger(ctx context.Context) error {
	c, err := loadConfig(a.config)
	if err != nil {
		return err
	}
	l, err := ledger.Open(c.Ledger)
	if err != nil {
		return err
	}
	defer l.Close()
	for e, err := range l.Live(ctx, "") {
		if err != nil {
			return err
		}
		if a.json {
			err = json.NewEncoder(a.Stdout).Encode(e)
		} else {
			_, err = fmt.Fprintf(a.Stdout, "%s  %-12s  %s  %8d bytes  %s\n", e.MadeAt.Format("2006-01-02 15:04"), e.Kind, e.Pseudonym, e.Size, e.Key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
