package cli

import (
	"context"
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
	cmd := &cobra.Command{Use: "code", Short: "Issue, revoke and list access codes"}
	cmd.AddCommand(a.codeIssueCmd(), a.codeRevokeCmd(), a.codeListCmd())
	return cmd
}

// issueFlags are the flags of code issue.
type issueFlags struct {
	grant, letters, key string
	all, again          bool
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

With --again everyone in the choice gets a new code; the next run makes their
copies for it. With the private key of an officer (--key) the copies that stand
in the store are given the new key at once, without making them anew. Copies
that people have already fetched stay readable with the old code.`,
		Example: `  inzage code issue --all --letters letters
  inzage code issue thuisgenoten/devries/dossier.json --grant g1 --again --key officer.key`,
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
	cmd.Flags().StringVarP(&f.key, "key", "k", "", "file with an officer's private key, to give standing copies the new key")
	return cmd
}

func (a *app) codeIssue(ctx context.Context, path string, f issueFlags) error {
	letters, err := filepath.Abs(f.letters) // the embedded store changes the working folder
	if err != nil {
		return err
	}
	var officer seal.Identity
	if f.key != "" {
		if officer, err = readIdentity(f.key); err != nil {
			return err
		}
	}
	c, s, b, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	s.Store, s.Ledger, s.Sync = b.store, b.ledger, b.sync
	n, had, again, moved, unknown := 0, 0, 0, 0, 0
	err = pipeline.IssueCodes(ctx, s, pipeline.Issue{
		Path: path, Grant: f.grant, Again: f.again, Officer: officer, Letters: letters, Window: c.Letter.window(),
	}, func(one pipeline.Issued) {
		switch {
		case one.Refused != "":
			unknown++
			return
		case one.Letter == "":
			had++
			return
		}
		n++
		moved += one.Rewrapped
		if one.Again {
			again++
		}
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
		fmt.Fprintf(a.Stdout, "%d new codes in place of old ones; %d copies in the store open with the new code now.\n", again, moved)
		fmt.Fprintln(a.Stdout, "Copies that people have already fetched stay readable with the old code.")
	}
	if unknown > 0 {
		return &exitError{code: ExitSome}
	}
	return nil
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
			_, s, b, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			defer b.Close()
			s.Store, s.Ledger, s.Sync = b.store, b.ledger, b.sync
			n, err := pipeline.RevokeCode(cmd.Context(), s, args[0], now)
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
