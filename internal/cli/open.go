package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"inzage/internal/bundle"
	"inzage/internal/seal"
	"inzage/internal/viewer"
)

// openFlags are the flags of open.
type openFlags struct {
	key, slot, out, signers string
	require                 bool
}

func (a *app) openCmd() *cobra.Command {
	var f openFlags
	cmd := &cobra.Command{
		Use:   "open BUNDLE.age|PAGE.html",
		Short: "Decrypt a bundle, check every file in it, and unpack it",
		Long: `Decrypts a bundle with a private key, or with an access code that is typed on
standard input, holds every file against the manifest, and unpacks it as a folder.
The folder appears only when all is whole: a bundle that was cut off or altered, or
that is another than its name, page, record or code says, gives an error and leaves
nothing behind.

The manifest names every file, so its signature covers them all. With --signers it
must be that of a key in the list. Without it the bundle is unpacked with a warning:
anyone who knows a reader's public key can make one that looks like this.
--require-signature refuses what is not signed by a key in the list, with exit code 2.

A code opens a page by itself, and a bundle with the file .sleutel.age beside it.

Without this program: age -d -i KEY BUNDLE.age > bundle.zip, where KEY is a key
file or the file .sleutel.age, which asks for the code.`,
		Example: `  inzage open --key archief-a.key --out . 2026/bcdfghjklmnpqrstbcdfghjk.age
  inzage open --signers allowed_signers --require-signature dossier.html`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.open(cmd.InOrStdin(), args[0], f) },
	}
	cmd.Flags().StringVarP(&f.key, "key", "k", "", "file with the private key (AGE-SECRET-KEY-PQ-1…); without it the code is read from standard input")
	cmd.Flags().StringVar(&f.slot, "slot", "", "the file sleutel.age of the code; normally found beside the bundle")
	cmd.Flags().StringVar(&f.signers, "signers", "", "list of allowed signers to verify the signature with")
	cmd.Flags().BoolVar(&f.require, "require-signature", false, "refuse a bundle that is not signed by a key in --signers")
	cmd.Flags().StringVarP(&f.out, "out", "o", ".", "folder to unpack into")
	return cmd
}

func (a *app) open(in io.Reader, path string, f openFlags) error {
	j, err := a.judge(path, f)
	if err != nil {
		return err
	}
	id, err := a.identity(in, path, f, j)
	if err != nil {
		return err
	}
	plain, size, done, err := decryptWith(path, id)
	if err != nil {
		return err
	}
	defer done()
	if err := os.MkdirAll(f.out, 0o700); err != nil {
		return err
	}
	folder, m, err := bundle.Extract(plain, size, f.out, j.accept)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if a.json {
		return json.NewEncoder(a.Stdout).Encode(map[string]any{"folder": folder, "files": m.Files, "kind": m.Kind, "signedBy": j.signedBy})
	}
	if j.signedBy != "" {
		fmt.Fprintf(a.Stdout, "%d files, all whole: %s\nsignature intact, key %s\n", len(m.Files), folder, j.signedBy)
	} else {
		fmt.Fprintf(a.Stdout, "%d files, as the bundle itself lists them: %s\n", len(m.Files), folder)
	}
	fmt.Fprintf(a.Stdout, "Read %s\n", filepath.Join(folder, "data", "dossier.html"))
	return nil
}

// identity is the private key to open with: of a key file, or of a code, which
// also tells j what it knows of the bundle.
func (a *app) identity(in io.Reader, path string, f openFlags, j *judge) (seal.Identity, error) {
	if f.key != "" {
		return readIdentity(f.key)
	}
	fmt.Fprint(a.Stderr, "Code: ")
	line, err := bufio.NewReader(io.LimitReader(in, 200)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return seal.Identity{}, err
	}
	code, corrected, err := seal.ParseCode(line)
	if err != nil {
		return seal.Identity{}, err
	}
	if corrected > 0 {
		fmt.Fprintf(a.Stderr, "one typing error in group %d was corrected\n", corrected)
	}
	if isPage(path) {
		return ofPage(path, code)
	}
	slot := f.slot
	if slot == "" {
		slot = strings.TrimSuffix(path, ".age") + ".sleutel.age"
	}
	body, err := os.ReadFile(slot)
	if err != nil {
		return seal.Identity{}, fmt.Errorf("a code opens a bundle with the file sleutel.age of it; name that with --slot: %w", err)
	}
	id, holder, err := seal.OpenSlot(body, code)
	j.places = append(j.places, bundle.Place{Reader: holder})
	return id, err
}

func isPage(path string) bool { return strings.EqualFold(filepath.Ext(path), ".html") }

// ofPage derives the key of a code for the deployment that a page names.
func ofPage(path string, code seal.Code) (seal.Identity, error) {
	facts, err := factsOf(path)
	if err != nil {
		return seal.Identity{}, err
	}
	h, err := code.Holder(seal.Edition{Deployment: facts.Deployment, Number: facts.Edition})
	if err != nil {
		return seal.Identity{}, fmt.Errorf("%s: %w", path, err)
	}
	return h.Identity(), nil
}

func factsOf(path string) (viewer.Facts, error) {
	f, err := os.Open(path)
	if err != nil {
		return viewer.Facts{}, err
	}
	defer f.Close()
	facts, err := viewer.ReadFacts(f)
	if err != nil {
		return viewer.Facts{}, fmt.Errorf("%s: %w", path, err)
	}
	return facts, nil
}

// decrypt opens a bundle for reading with a key file; done closes it.
func decrypt(path, key string) (plain io.ReaderAt, size int64, done func() error, err error) {
	id, err := readIdentity(key)
	if err != nil {
		return nil, 0, nil, err
	}
	return decryptWith(path, id)
}

func decryptWith(path string, id seal.Identity) (plain io.ReaderAt, size int64, done func() error, err error) {
	f, n, done, err := ciphertext(path)
	if err != nil {
		return nil, 0, nil, err
	}
	plain, size, err = seal.Open(f, n, id)
	if err != nil {
		done()
		return nil, 0, nil, fmt.Errorf("%s: %w", path, err)
	}
	return plain, size, done, nil
}

// ciphertext opens a bundle; of a page it takes the ciphertext out into a
// temporary file, which done removes.
func ciphertext(path string) (f *os.File, size int64, done func() error, err error) {
	if f, err = os.Open(path); err != nil {
		return nil, 0, nil, err
	}
	done = f.Close
	if isPage(path) {
		page := f
		defer page.Close()
		if f, err = os.CreateTemp("", "inzage-*.age"); err != nil {
			return nil, 0, nil, err
		}
		done = func() error { return errors.Join(f.Close(), os.Remove(f.Name())) }
		if _, err = io.Copy(f, viewer.Extract(page)); err != nil {
			done()
			return nil, 0, nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	info, err := f.Stat()
	if err != nil {
		done()
		return nil, 0, nil, err
	}
	return f, info.Size(), done, nil
}

func readIdentity(path string) (seal.Identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return seal.Identity{}, err
	}
	defer f.Close()
	id, err := seal.ReadIdentity(f)
	if err != nil {
		return seal.Identity{}, fmt.Errorf("%s: %w", path, err)
	}
	return id, nil
}
