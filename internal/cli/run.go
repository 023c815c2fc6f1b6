package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"inzage/internal/pipeline"
	"inzage/internal/report"
	"inzage/internal/store/s3"
)

func (a *app) runCmd() *cobra.Command {
	var dryRun, earlier bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Export what has changed, withdraw what has ended, and report",
		Long: `Reads every dossier of the source, decides who may have what, and makes a
bundle for each of them where something has changed. Copies of those whose
access has ended are taken out of the store first, before anything is made. The
copies that stand there are held against the ledger: every fallback copy in every
run, every other within a week; what is missing or altered is made again and told.
The report is written to the bucket, as runs/<run>/run.json and run.html, and to
the folder "reports" of the configuration.

An interrupt (Ctrl-C) finishes what is in hand. Running the same command again
goes on where it stopped.

Exit codes: 0 all done or validly refused, 1 wrong flags or configuration,
2 some items failed or the bucket was not as it must be, 3 nothing could run.`,
		Example: `  inzage run
  inzage run --dry-run
  inzage run --config /etc/inzage/inzage.yaml --now 2026-03-15T03:00:00+01:00`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dryRun {
				return a.plan(cmd.Context())
			}
			return a.run(cmd.Context(), earlier)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print the plan and make nothing")
	cmd.Flags().BoolVar(&earlier, "allow-earlier", false, "run at a moment before the latest fact in the bucket, for tests")
	return cmd
}

func (a *app) planCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "plan",
		Short:   "Say what a run would make and refuse, without making anything",
		Example: "  inzage plan\n  inzage plan --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.plan(cmd.Context()) },
	}
}

func (a *app) plan(ctx context.Context) error {
	_, s, err := a.configured()
	if err != nil {
		return err
	}
	rep, err := pipeline.Plan(ctx, s)
	if err != nil {
		return err
	}
	return a.show(rep, "would make")
}

func (a *app) run(ctx context.Context, earlier bool) error {
	return a.change(ctx, "run", func(ctx context.Context, c Config, s pipeline.Settings, b *backend) error {
		if err := a.probe(ctx, b.store); err != nil {
			return err
		}
		s.AllowEarlier = earlier
		done := a.follow(&s)
		rep, runErr := pipeline.Run(ctx, s)
		done()
		if rep.RunID == "" {
			return runErr
		}
		return a.finish(context.WithoutCancel(ctx), c, s, rep, runErr)
	})
}

// probe refuses a store that does not keep its promises.
func (a *app) probe(ctx context.Context, st *s3.Store) error {
	findings, err := st.Probe(ctx)
	for _, f := range findings {
		if f.Weak {
			fmt.Fprintf(a.Stderr, "inzage: weak store, allowed by store.allow_weak: %s\n", f)
		}
	}
	return err
}

// follow shows progress on a terminal, and writes JSON lines elsewhere.
func (a *app) follow(s *pipeline.Settings) (done func()) {
	if a.Terminal {
		bar := &bar{w: a.Stderr}
		s.Progress = bar.show
		return bar.end
	}
	s.Log = slog.New(slog.NewJSONHandler(a.Stderr, nil)).With("run", s.RunID)
	s.Progress = func(p pipeline.Progress) {
		if p.Done%1000 == 0 || p.Done == p.Clients {
			s.Log.Info("progress", "clients", p.Clients, "done", p.Done, "made", p.Made, "unchanged", p.Fresh, "refused", p.Refused, "failed", p.Failed)
		}
	}
	return func() {}
}

// finish publishes the report and turns it into words and an exit code.
func (a *app) finish(ctx context.Context, c Config, s pipeline.Settings, rep report.Run, runErr error) error {
	page, err := a.publish(ctx, c, s, rep)
	if err := a.show(rep, "made"); err != nil {
		return err
	}
	if page != "" && !a.json {
		fmt.Fprintf(a.Stdout, "\nReport: %s\n", page)
	}
	switch {
	case errors.Is(runErr, pipeline.ErrStopped):
		return &exitError{ExitSome, errors.New("stopped before the end; run the same command again to go on")}
	case runErr != nil:
		return &exitError{ExitNothing, runErr}
	case err != nil && exitCode(err) == ExitNothing:
		return err
	case err != nil:
		return &exitError{ExitSome, fmt.Errorf("the report: %w", err)}
	case rep.Failures()+rep.Odd() > 0:
		return &exitError{code: ExitSome}
	}
	return nil
}

// publish writes run.json and run.html to the bucket and to the reports folder;
// it returns the path of the page.
func (a *app) publish(ctx context.Context, c Config, s pipeline.Settings, rep report.Run) (string, error) {
	files, perr := pipeline.Publish(ctx, s, rep)
	if files == nil || c.Reports == "" {
		return "", perr
	}
	dir := filepath.Join(c.Reports, rep.RunID)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, "run.html"), perr
}

func (a *app) show(rep report.Run, verb string) error {
	if a.json {
		enc := json.NewEncoder(a.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(rep)
	}
	return printReport(a.Stdout, rep, verb)
}
