package bundle

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

var (
	// ErrBag means that the bag is not whole: fetch the bundle again.
	ErrBag = errors.New("the bundle is not whole")
	// ErrUnsafe means that a name in a bundle could leave its folder.
	ErrUnsafe = errors.New("unsafe file name")
)

const maxTag = 64 << 20 // bytes; tag files are read whole

// Verify reads a bag and checks every sum in it. It gives back the manifest, or
// an error that wraps [ErrBag] or [ErrUnsafe]; an error of r is passed on. Sums
// tell damage, not who made it: the caller verifies Manifest.Signature over
// Manifest.Raw.
func Verify(r io.ReaderAt, size int64) (Manifest, error) {
	b, err := openBag(r, size)
	if err != nil {
		return Manifest{}, err
	}
	return b.verify(func(string, io.Reader) error { return nil })
}

// Extract verifies a bag while writing it below dir, and gives back the folder
// that now holds it. The files appear under their own name only when all is
// whole; on an error nothing is left behind. It refuses a folder that exists.
func Extract(r io.ReaderAt, size int64, dir string) (folder string, m Manifest, err error) {
	b, err := openBag(r, size)
	if err != nil {
		return "", Manifest{}, err
	}
	folder = filepath.Join(dir, strings.TrimSuffix(b.root, "/"))
	if _, err := os.Lstat(folder); !errors.Is(err, fs.ErrNotExist) {
		return "", Manifest{}, fmt.Errorf("%s exists already; move it away or choose another folder", folder)
	}
	tmp, err := os.MkdirTemp(dir, ".inzage-*")
	if err != nil {
		return "", Manifest{}, err
	}
	defer os.RemoveAll(tmp)
	m, err = b.verify(func(name string, r io.Reader) error {
		return writeFile(filepath.Join(tmp, filepath.FromSlash(name)), r)
	})
	if err != nil {
		return "", Manifest{}, err
	}
	return folder, m, os.Rename(tmp, folder)
}

func writeFile(name string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// bag is a ZIP whose names have been checked.
type bag struct {
	root  string
	files map[string]*zip.File // by name below root
	order []string
}

func openBag(r io.ReaderAt, size int64) (*bag, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: not a ZIP file", ErrBag)
	}
	b := &bag{files: map[string]*zip.File{}}
	for _, f := range z.File {
		root, name, ok := strings.Cut(f.Name, "/")
		if !ok || !safePath(f.Name) || !strings.HasPrefix(root, "dossier-") || !f.Mode().IsRegular() {
			return nil, ErrUnsafe
		}
		if b.root == "" {
			b.root = root + "/"
		}
		if b.root != root+"/" || b.files[name] != nil {
			return nil, fmt.Errorf("%w: more than one folder, or a name twice", ErrBag)
		}
		b.files[name] = f
		b.order = append(b.order, name)
	}
	return b, nil
}

// verify reads every file once, compares its sum with the bag's manifests and
// hands it to keep.
func (b *bag) verify(keep func(name string, r io.Reader) error) (Manifest, error) {
	want, err := b.expected()
	if err != nil {
		return Manifest{}, err
	}
	for _, name := range b.order {
		sum, ok := want[name]
		if !ok && name != tagSumsName {
			return Manifest{}, fmt.Errorf("%w: a file too many", ErrBag)
		}
		got, err := b.copy(name, keep)
		if err != nil {
			return Manifest{}, err
		}
		if ok && got != sum {
			return Manifest{}, fmt.Errorf("%w: %s is altered", ErrBag, name)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		return Manifest{}, fmt.Errorf("%w: %d files are missing", ErrBag, len(want))
	}
	return b.manifest()
}

// manifest reads manifest.json, and keeps its bytes and those of its signature.
func (b *bag) manifest() (Manifest, error) {
	body, err := b.tag(ManifestName)
	if err != nil {
		return Manifest{}, err
	}
	m, err := ParseManifest(body)
	if err != nil {
		return Manifest{}, err
	}
	m.Raw = body
	if b.files[SignatureName] != nil {
		m.Signature, err = b.tag(SignatureName)
	}
	return m, err
}

// expected gathers the sums of the tag files and of the payload.
func (b *bag) expected() (map[string]string, error) {
	want := map[string]string{}
	for _, name := range []string{tagSumsName, "manifest-sha256.txt"} {
		body, err := b.tag(name)
		if err != nil {
			return nil, err
		}
		if err := parseSums(body, want); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, name := range []string{"bagit.txt", "manifest-sha256.txt", ManifestName} {
		if want[name] == "" {
			return nil, fmt.Errorf("%w: no sum of %s", ErrBag, name)
		}
	}
	return want, nil
}

func parseSums(body []byte, into map[string]string) error {
	sc := bufio.NewScanner(bytes.NewReader(body))
	for sc.Scan() {
		sum, name, ok := strings.Cut(sc.Text(), "  ")
		if !ok || len(sum) != 64 || !safePath(name) {
			return fmt.Errorf("%w: a damaged line", ErrBag)
		}
		into[name] = sum
	}
	return sc.Err()
}

// tag reads a tag file whole.
func (b *bag) tag(name string) ([]byte, error) {
	f := b.files[name]
	if f == nil {
		return nil, fmt.Errorf("%w: %s is missing", ErrBag, name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	body, err := io.ReadAll(io.LimitReader(r, maxTag))
	return body, zipError(name, err)
}

// copy hands one file to keep and returns its SHA-256 in hex.
func (b *bag) copy(name string, keep func(string, io.Reader) error) (string, error) {
	r, err := b.files[name].Open()
	if err != nil {
		return "", zipError(name, err)
	}
	defer r.Close()
	sum := sha256.New()
	t := io.TeeReader(r, sum)
	if err := keep(name, t); err != nil {
		return "", zipError(name, err)
	}
	_, err = io.Copy(io.Discard, t)
	return hex.EncodeToString(sum.Sum(nil)), zipError(name, err)
}

func zipError(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %s is altered", ErrBag, name)
	}
	return fmt.Errorf("%s: %w", name, err)
}
