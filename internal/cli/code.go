package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"inzage/internal/document"
	"inzage/internal/pipeline"
	"inzage/internal/seal"
)

func (a *app) codeCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "code", Short: "Issue, renew, revoke and list access codes"}
	cmd.AddCommand(a.codeIssueCmd(), a.codeRewrapCmd(), a.codeRevokeCmd(), a.codeListCmd())
	return cmd
}

// issueFlags are the flags of code issue.
type issueFlags struct {
	grant, letters string
	all, again     bool
}

func (a *app) codeIssueCmd() *cobra.Command {
	var f issueFlags
	cmd := &cobra.Command{
		Use:   "issue [DOSSIER]",
		Short: "Make access codes and their letters",
		Long: `Makes an access code for everyone who may have a copy of a dossier and has no code
yet, and writes a letter for each as a PDF that only you can read. DOSSIER is a
path below the source folder; --all takes every dossier.

The code stands in the letter and nowhere else. Print the letters, then remove
the files. Never send a letter together with the file or its link.

With --again everyone in the choice gets a new code. The next run makes their
copies for it; until then the copies that stand in the store open with the old
code. An officer can give them the new key before that, on a machine of their own:
see "inzage code rewrap". No private key of an officer is ever needed here. Copies
that people have already fetched stay readable with the old code.`,
		Example: `  inzage code issue --all --letters letters
  inzage code issue thuisgenoten/devries/dossier.json --grant g1 --again`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 != f.all {
				return fmt.Errorf("%w: name one dossier, or --all", errConfig)
			}
			path := ""
			if len(args) == 1 {
				path = args[0]
			}
			return a.codeIssue(cmd.Context(), path, f)
		},
	}
	cmd.Flags().StringVar(&f.grant, "grant", "", "one grant or request of the dossier: its id, or grant:ID or request:ID")
	cmd.Flags().StringVar(&f.letters, "letters", "letters", "folder for the letters")
	cmd.Flags().BoolVar(&f.all, "all", false, "every dossier of the source")
	cmd.Flags().BoolVar(&f.again, "again", false, "a new code also for who has one")
	return cmd
}

func (a *app) codeIssue(ctx context.Context, path string, f issueFlags) error {
	letters, err := filepath.Abs(f.letters) // the embedded store changes the working folder
	if err != nil {
		return err
	}
	n, had, again, listed, unknown := 0, 0, 0, 0, 0
	count := func(one pipeline.Issued) {
		switch {
		case one.Refused != "":
			unknown++
			return
		case one.Letter == "":
			had++
			return
		}
		n++
		listed += one.Listed
		if one.Again {
			again++
		}
	}
	err = a.change(ctx, "code", func(ctx context.Context, c Config, s pipeline.Settings, _ *backend) error {
		return pipeline.IssueCodes(ctx, s, pipeline.Issue{
			Path: path, Grant: f.grant, Again: f.again, Letters: letters, Window: c.Letter.window(),
		}, count)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Stdout, "%d codes, %d letters in %s\n", n, n, letters)
	if had > 0 {
		fmt.Fprintf(a.Stdout, "%d have a code already; --again makes a new one.\n", had)
	}
	if unknown > 0 {
		fmt.Fprintf(a.Stdout, "%d without a code: the dossier gives the person no ref, and no name with a birth date.\n", unknown)
	}
	if again > 0 {
		fmt.Fprintf(a.Stdout, "%d new codes in place of old ones; the next run makes their copies.\n", again)
		if listed > 0 {
			fmt.Fprintf(a.Stdout, "%d copies in the store can open with the new code before that: inzage code rewrap, on an officer's machine.\n", listed)
		}
		fmt.Fprintln(a.Stdout, "Copies that people have already fetched stay readable with the old code.")
	}
	if unknown > 0 {
		return &exitError{code: ExitSome}
	}
	return nil
}

func (a *app) codeRewrapCmd() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use:   "rewrap",
		Short: "Give standing copies the key of a new code, on an officer's own machine",
		Long: `Gives the copies of everyone who got a new code ("inzage code issue --again") the
key of that code, their content untouched. It needs the store, the private key of
an officer and a signing key of its own; no source, no ledger, no secret. Run it
where the officer's key is, never where the batch runs.

Of the configuration it reads store, spool, keys.signing and keys.signers. The
list of signers must hold the key of the batch host, and that of the batch host
the key of this machine.

It may be stopped at any moment; run it again to finish. Copies that people have
already fetched stay readable with the old code.`,
		Example: "  inzage code rewrap --key officer.key",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.codeRewrap(cmd.Context(), key) },
	}
	cmd.Flags().StringVarP(&key, "key", "k", "", "file with an officer's private key (AGE-SECRET-KEY-PQ-1…)")
	cmd.MarkFlagRequired("key")
	return cmd
}

func (a *app) codeRewrap(ctx context.Context, key string) error {
	c, err := readConfig(a.config, Config.checkStore)
	if err != nil {
		return err
	}
	w := pipeline.Rewrapping{Spool: c.Spool}
	var faults [4]error
	w.Now, faults[0] = a.moment()
	w.Book.Signer, faults[1] = readSigner(c.Keys.Signing)
	if c.Keys.Signers != "" {
		w.Book.Trusted, faults[2] = os.ReadFile(c.Keys.Signers)
	}
	w.Officer, faults[3] = readIdentity(key)
	if err := errors.Join(faults[:]...); err != nil {
		return err
	}
	b, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer b.Close()
	w.Book.Store, w.Sync = b.store, b.sync
	var out pipeline.Rewrapped
	err = b.holding(ctx, c.Spool, "rewrap", func(ctx context.Context) (err error) {
		out, err = pipeline.Rewrap(ctx, w)
		return err
	})
	fmt.Fprintf(a.Stdout, "%d copies open with their new code now; %d were made anew or taken away before.\n", out.Copies, out.Anew)
	for _, bad := range out.Bad {
		fmt.Fprintf(a.Stdout, "left as it is: %s\n", bad)
	}
	if err == nil && len(out.Bad) > 0 {
		err = &exitError{code: ExitSome}
	}
	return err
}

func (c LetterConfig) window() document.Window {
	return document.Window{Left: c.Left, Top: c.Top, Width: c.Width, Height: c.Height}
}

func (a *app) codeRevokeCmd() *cobra.Command {
	var now bool
	cmd := &cobra.Command{
		Use:   "revoke HOLDER",
		Short: "Take a code away, and the copies that it opens",
		Long: `Revokes the code of a holder, a pseudonym from "inzage code list". Their copies
are taken out of the store by the next run, or at once with --now-withdraw.
Copies that people have already fetched stay readable with the code.`,
		Example: "  inzage code revoke bcdfghjklmnpqrst --now-withdraw",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n := 0
			err := a.change(cmd.Context(), "code", func(ctx context.Context, _ Config, s pipeline.Settings, _ *backend) (err error) {
				n, err = pipeline.RevokeCode(ctx, s, args[0], now)
				return err
			})
			if err != nil {
				return err
			}
			if now {
				fmt.Fprintf(a.Stdout, "revoked; %d copies taken out of the store\n", n)
			} else {
				fmt.Fprintln(a.Stdout, "revoked; the next run takes the copies out of the store")
			}
			fmt.Fprintln(a.Stdout, "Copies that were already fetched stay readable with the code.")
			return nil
		},
	}
	cmd.Flags().BoolVar(&now, "now-withdraw", false, "take the copies out of the store at once")
	return cmd
}

func (a *app) codeListCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List who has a code, by pseudonym",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, s, b, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			defer b.Close()
			return a.codeList(cmd.Context(), s, b)
		},
	}
}

func (a *app) codeList(ctx context.Context, s pipeline.Settings, b *backend) error {
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "HOLDER\tPORTAL\tEDITION\tISSUED\tREVOKED")
	for _, id := range s.PortalIDs() {
		for c, err := range b.ledger.Codes(ctx, id) {
			if err != nil {
				return err
			}
			revoked := "-"
			if !c.RevokedAt.IsZero() {
				revoked = c.RevokedAt.Format("2006-01-02")
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", c.Holder, c.Portal, c.Edition, c.IssuedAt.Format("2006-01-02"), revoked)
		}
	}
	return w.Flush()
}

// readSigner reads the key that signs; without one nothing is signed.
func readSigner(path string) (seal.Signer, error) {
	if path == "" {
		return seal.Signer{}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return seal.Signer{}, fmt.Errorf("%w: keys.signing: %w", errConfig, err)
	}
	defer f.Close()
	sg, err := seal.ReadSigner(f)
	if err != nil {
		return seal.Signer{}, fmt.Errorf("%w: keys.signing: %w", errConfig, err)
	}
	return sg, nil
}
