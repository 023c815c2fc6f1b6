package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"inzage/internal/fact"
	"inzage/internal/ledger"
)

func (a *app) reindexCmd() *cobra.Command {
	var sign bool
	cmd := &cobra.Command{
		Use:   "reindex",
		Short: "Rebuild the ledger from the facts in the bucket",
		Long: `Reads and verifies every record, withdrawal, code and revocation in the bucket and
makes the ledger anew, beside the one that is there. Only when it is whole does it
take that one's place, which is kept with .old behind its name.

A fact that is rotten or forged is named and left out, and so is one that the
ledger knew and the bucket lacks: exit 2.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.reindex(cmd.Context(), sign) },
	}
	cmd.Flags().BoolVar(&sign, "sign-unsigned", false, "sign first what has no signature; once, when a bucket gets its first signing key")
	return cmd
}

func (a *app) reindex(ctx context.Context, sign bool) error {
	c, err := loadConfig(a.config)
	if err != nil {
		return err
	}
	book, err := bookKeys(c)
	if err != nil {
		return err
	}
	b, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer b.Close()
	book.Store = b.store
	if sign {
		n, err := ledger.SignUnsigned(ctx, book)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.Stdout, "%d facts signed\n", n)
	}
	r, err := ledger.Rebuild(ctx, c.Ledger, book)
	if err != nil {
		return err
	}
	for _, bad := range r.Bad {
		fmt.Fprintf(a.Stdout, "left out: %s\n", bad)
	}
	for _, key := range r.Lost {
		fmt.Fprintf(a.Stdout, "not in the bucket any more: %s\n", key)
	}
	if !book.Signed() {
		fmt.Fprintln(a.Stdout, unsignedFacts)
	}
	fmt.Fprintf(a.Stdout, "%d copies and %d codes; the ledger is made anew\n", r.Copies, r.Codes)
	if len(r.Bad)+len(r.Lost) > 0 {
		return &exitError{ExitSome, fmt.Errorf("%d facts cannot be believed and %d are lost; find out who can write the bucket", len(r.Bad), len(r.Lost))}
	}
	return nil
}

// unsignedFacts says what a bucket without signatures is worth.
const unsignedFacts = "codes and records are not signed: who has the secret and can write the bucket can put their own in place; set keys.signing"

// bookKeys reads from the configuration what it takes to believe a fact, and
// nothing else: a lost machine need not have its source to make its ledger again.
func bookKeys(c Config) (b fact.Book, err error) {
	var faults [3]error
	b.Secret, faults[0] = readSecret(c)
	b.Signer, faults[1] = readSigner(c.Keys.Signing)
	if c.Keys.Signers != "" {
		b.Trusted, faults[2] = os.ReadFile(c.Keys.Signers)
	}
	return b, errors.Join(faults[:]...)
}
