// Package cli is the only package that reads flags, files, environment and the
// clock, and the only one that prints.
//
// It turns them into settings for the pipeline and the pipeline's report into
// words and an exit code. It refuses to print anybody's name.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"inzage/internal/pipeline"
	"inzage/internal/store"
)

// Exit codes of the program.
const (
	ExitDone    = 0 // all done, or validly refused
	ExitUsage   = 1 // wrong flags or configuration
	ExitSome    = 2 // some items failed
	ExitNothing = 3 // nothing could run
)

// World is everything outside the program.
type World struct {
	Args           []string
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Terminal       bool // Stderr is a terminal: show a progress bar
}

// exitError carries an exit code; its text, if any, is still to be printed.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}
func (e *exitError) Unwrap() error { return e.err }

// Run carries out one command and returns its exit code. An interrupt ends it
// gracefully; a second one at once.
func Run(ctx context.Context, w World) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // the second interrupt is not caught
	cmd := newRoot(&w)
	cmd.SetArgs(w.Args)
	cmd.SetOut(w.Stdout)
	cmd.SetErr(w.Stderr)
	err := cmd.ExecuteContext(ctx)
	if err != nil && err.Error() != "" {
		fmt.Fprintf(w.Stderr, "inzage: %s\n", err)
	}
	return exitCode(err)
}

func exitCode(err error) int {
	var exit *exitError
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &exit):
		return exit.code
	case errors.Is(err, store.ErrRefused), errors.Is(err, store.ErrUnavailable), errors.Is(err, store.ErrWeak),
		errors.Is(err, store.ErrFull), errors.Is(err, store.ErrBusy), errors.Is(err, pipeline.ErrStopped),
		errors.Is(err, pipeline.ErrBehind), errors.Is(err, pipeline.ErrEarlier), errors.Is(err, context.Canceled):
		return ExitNothing
	}
	return ExitUsage
}

// app is what the commands share.
type app struct {
	*World
	config string
	now    string
	json   bool
}

func newRoot(w *World) *cobra.Command {
	a := &app{World: w}
	root := &cobra.Command{
		Use:   "inzage",
		Short: "Give people in care a copy of their own file that is safe, readable and lasting",
		Long: `inzage copies what a care client may see, together with the portal's current
terms of use and the own-risk disclaimer, into encrypted PDF and HTML bundles
in S3-compatible storage.

Start with "inzage check", then "inzage plan", then "inzage run".`,
		SilenceUsage: true, SilenceErrors: true,
		Version: version(),
	}
	flags := root.PersistentFlags()
	flags.StringVarP(&a.config, "config", "c", "inzage.yaml", "configuration file")
	flags.StringVar(&a.now, "now", "", "moment to work at (RFC 3339) instead of the clock, for runs that can be repeated")
	flags.BoolVar(&a.json, "json", false, "print what a program can read")
	root.AddCommand(a.runCmd(), a.planCmd(), a.openCmd(), a.checkCmd(), a.inspectCmd(), a.keyCmd(), a.codeCmd(), a.serveCmd(), a.reindexCmd(), a.versionCmd())
	root.MarkPersistentFlagFilename("config", "yaml", "yml")
	return root
}

// moment is --now, or the clock.
func (a *app) moment() (time.Time, error) {
	if a.now == "" {
		return a.Now(), nil
	}
	t, err := time.Parse(time.RFC3339, a.now)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: --now: use a moment such as 2026-03-15T03:00:00+01:00", errConfig)
	}
	return t, nil
}
