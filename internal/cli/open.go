package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"inzage/internal/bundle"
	"inzage/internal/seal"
)

func (a *app) openCmd() *cobra.Command {
	var key, out string
	cmd := &cobra.Command{
		Use:   "open BUNDLE.age",
		Short: "Decrypt a bundle, check every file in it, and unpack it",
		Long: `Decrypts a bundle with a private key, compares every file with the sums in the
bundle, and unpacks it as a folder. The folder appears only when all is whole: a
bundle that was cut off or altered gives an error and leaves nothing behind.

Without this program: age -d -i KEY BUNDLE.age > bundle.zip`,
		Example: "  inzage open --key archief-a.key --out . 2026/bcdfghjklmnpqrstbcdfghjk.age",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, m, err := openBundle(args[0], key, out)
			if err != nil {
				return err
			}
			if a.json {
				return json.NewEncoder(a.Stdout).Encode(map[string]any{"folder": folder, "files": m.Files, "kind": m.Kind})
			}
			fmt.Fprintf(a.Stdout, "%d files, all whole: %s\n", len(m.Files), folder)
			fmt.Fprintf(a.Stdout, "Read %s\n", filepath.Join(folder, "data", "dossier.html"))
			return nil
		},
	}
	cmd.Flags().StringVarP(&key, "key", "k", "", "file with the private key (AGE-SECRET-KEY-PQ-1…)")
	cmd.Flags().StringVarP(&out, "out", "o", ".", "folder to unpack into")
	cmd.MarkFlagRequired("key")
	return cmd
}

// openBundle decrypts and unpacks one bundle.
func openBundle(path, key, out string) (string, bundle.Manifest, error) {
	plain, size, done, err := decrypt(path, key)
	if err != nil {
		return "", bundle.Manifest{}, err
	}
	defer done()
	if err := os.MkdirAll(out, 0o700); err != nil {
		return "", bundle.Manifest{}, err
	}
	return bundle.Extract(plain, size, out)
}

// decrypt opens a bundle for reading; done closes it.
func decrypt(path, key string) (plain io.ReaderAt, size int64, done func() error, err error) {
	id, err := readIdentity(key)
	if err != nil {
		return nil, 0, nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, nil, err
	}
	info, err := f.Stat()
	if err == nil {
		plain, size, err = seal.Open(f, info.Size(), id)
	}
	if err != nil {
		f.Close()
		return nil, 0, nil, fmt.Errorf("%s: %w", path, err)
	}
	return plain, size, f.Close, nil
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
