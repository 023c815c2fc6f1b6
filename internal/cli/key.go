package cli

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"inzage/internal/seal"
)

func (a *app) keyCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "Make keys"}
	cmd.AddCommand(a.keyNewCmd(), a.keySecretCmd(), a.keySigningCmd())
	return cmd
}

func (a *app) keyNewCmd() *cobra.Command {
	var out, pub string
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Make a key pair: the private key to keep, the public key to give out",
		Long: `Makes a hybrid (post-quantum) age key. The private key is written to a new file
that only you can read; it is not needed on the machine that makes bundles. The
public key is printed, and added to a file of public keys with --add.

Keep private keys on paper or on a token, at two places with two people. Without
a private key nobody can open the bundles, not even we.`,
		Example: `  inzage key new --out officer.key --add officers.txt
  inzage key new --out archief-a.key --add archief.txt`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.keyNew(out, pub) },
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "new file for the private key")
	cmd.Flags().StringVar(&pub, "add", "", "file of public keys to add the public key to")
	cmd.MarkFlagRequired("out")
	return cmd
}

func (a *app) keyNew(out, pub string) error {
	text, r, err := seal.NewKey()
	if err != nil {
		return err
	}
	if err := writeNew(out, fmt.Sprintf("# inzage key %s\n%s\n", r.ID(), text)); err != nil {
		return err
	}
	if pub == "" {
		_, err = fmt.Fprintln(a.Stdout, r)
		return err
	}
	f, err := os.OpenFile(pub, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "# %s\n%s\n", r.ID(), r)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		fmt.Fprintf(a.Stdout, "key %s: private in %s, public added to %s\n", r.ID(), out, pub)
	}
	return err
}

func (a *app) keySecretCmd() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Make the deployment's secret, which turns client numbers into pseudonyms",
		Long: `Makes the secret that turns client numbers into pseudonyms and contents into
bundle ids. It opens nothing. Keep it: with another secret every bundle is made
anew, and older ones are no longer recognised.`,
		Example: "  inzage key secret --out secret",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := seal.NewSecret()
			if err != nil {
				return err
			}
			return writeNew(out, text+"\n")
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "new file for the secret")
	cmd.MarkFlagRequired("out")
	return cmd
}

func (a *app) keySigningCmd() *cobra.Command {
	var out, add, principal string
	cmd := &cobra.Command{
		Use:   "signing",
		Short: "Make the key that signs manifests and records",
		Long: `Makes an Ed25519 key in the format of OpenSSH, and adds its public half to a list
of allowed signers, valid from now on. The list is the history of your keys:
when you make a new key, end the old line with valid-before and keep it.

Anyone verifies with: ssh-keygen -Y verify -f allowed_signers -I PRINCIPAL
-n inzage-manifest -s manifest.json.sig < manifest.json`,
		Example: "  inzage key signing --out signing.key --add allowed_signers --principal dossiers@organisatie.nl",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.keySigning(out, add, principal) },
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "new file for the private key")
	cmd.Flags().StringVar(&add, "add", "", "list of allowed signers to add the public key to")
	cmd.Flags().StringVar(&principal, "principal", "inzage", "name of the signer in the list")
	cmd.MarkFlagRequired("out")
	cmd.MarkFlagRequired("add")
	return cmd
}

func (a *app) keySigning(out, add, principal string) error {
	from, err := a.moment()
	if err != nil {
		return err
	}
	text, s, err := seal.NewSigner()
	if err != nil {
		return err
	}
	if err := writeNew(out, text); err != nil {
		return err
	}
	f, err := os.OpenFile(add, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, seal.AllowedSigner(s, principal, from, time.Time{}))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		fmt.Fprintf(a.Stdout, "signing key %s: private in %s, public added to %s\n", s.Fingerprint(), out, add)
	}
	return err
}

// writeNew writes a file that only its owner can read; it never overwrites one.
func writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
